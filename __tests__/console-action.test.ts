import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

const folder = new URL('../console/', import.meta.url).pathname;
const action: {
  readonly inputs: Record<string, { readonly default: string }>;
  readonly outputs: object;
  readonly runs: { readonly main: string; readonly post: string };
} = parse(readFileSync(`${folder}action.yml`, 'utf8'));

/** Runs the main script as a runner does, and returns what it set. */
async function started(given: Record<string, string> = {}) {
  const temporary = mkdtempSync(join(tmpdir(), 'console-action-'));
  const files = { GITHUB_OUTPUT: join(temporary, 'output'), GITHUB_STATE: join(temporary, 'state') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const defaults = Object.fromEntries(
    Object.entries(action.inputs).map(([name, input]) => [name, input.default]),
  );
  const inputs = Object.fromEntries(
    Object.entries({ ...defaults, ...given }).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
  );
  const env = { ...process.env, ...files, ...inputs, RUNNER_TEMP: temporary };
  const { code, stdout } = await run(action.runs.main, env);
  const outputs = valuesIn(files.GITHUB_OUTPUT);
  const state = Object.fromEntries(
    Object.entries(valuesIn(files.GITHUB_STATE)).map(([name, value]) => [`STATE_${name}`, value]),
  );
  return { code, stdout, outputs, stop: () => run(action.runs.post, { ...process.env, ...state }) };
}

function run(script: string, env: NodeJS.ProcessEnv): Promise<{ code: unknown; stdout: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [`${folder}${script}`], { env }, (error, stdout) => {
      resolve({ code: error?.code ?? 0, stdout });
    });
  });
}

function valuesIn(file: string): Record<string, string> {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
}

/** The status of a call, or the code of the error if there is no answer. */
function status(url: string, ca: string): Promise<unknown> {
  return new Promise((resolve) => {
    const request = get(`${url}/api/v1/_ping`, { ca, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
}

describe('the action that starts a Console', () => {
  test('serves it with a certificate, until the job ends', async () => {
    const { code, outputs, stop } = await started({ settings: 'rowLagMs=0\npageLimit=7', images: '3' });
    expect(code).toBe(0);
    expect(Object.keys(outputs).toSorted()).toEqual(Object.keys(action.outputs).toSorted());
    const { url = '', 'ca-cert': caCert = '' } = outputs;
    expect(outputs).toMatchObject({ username: 'gate', password: 'let-me-scan' });
    const ca = readFileSync(caCert, 'utf8');
    expect(await status(url, ca)).toBe(200);
    const stopped = await stop();
    expect(stopped.code).toBe(0);
    expect(stopped.stdout).toContain('GET /api/v1/_ping 200');
    expect(await status(url, ca)).toBe('ECONNREFUSED');
  }, 120_000);

  test('fails with the words of the Console if an input is wrong', async () => {
    const { code, stdout, outputs } = await started({ settings: 'rowLagMS=0' });
    expect([code, outputs]).toEqual([1, {}]);
    expect(stdout).toMatch(/^::error::--set: .*did you mean "rowLagMs"/);
  }, 120_000);

  test('has an example, with the inputs and outputs that it has', () => {
    const text = readFileSync(`${folder}../examples/embedded-console.yml`, 'utf8');
    const read = [...text.matchAll(/steps\.console\.outputs\.([\w-]+)/g)].map(([, name = '']) => name);
    expect(read.filter((name) => !Object.hasOwn(action.outputs, name))).toEqual([]);
    expect(execFileSync('git', ['ls-files', 'console'], { cwd: `${folder}..`, encoding: 'utf8' })).toContain(
      'action.yml',
    );
  });
});
