import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createControlApi } from '../src/control-api.ts';
import { scenarioNamed } from '../src/scenarios/catalogue.ts';
import { type RunningConsole, startConsole } from '../src/server.ts';

const root = new URL('../', import.meta.url).pathname;
const examples = `${root}examples`;
const has = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
// A machine may lack these tools; `.ci/steps/30-emulator` installs them and runs all of it.
const withCurl = has('curl', '--version') ? test : undefined;
const withPytest = has('python3', '-m', 'pytest', '--version') ? test : undefined;
const withGo = has('go', 'version') ? test : undefined;

function run(command: string, args: string[], env = {}): Promise<{ code: unknown; stdout: string }> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: { ...process.env, ...env } };
    execFile(command, args, options, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stdout: `${stdout}${stderr}` });
    });
  });
}

describe('the examples of the control API', () => {
  test('are there for curl, pytest and Go', () => {
    expect(readdirSync(examples).sort()).toEqual(['console_test.go', 'control.sh', 'test_promotion.py']);
  });

  withCurl?.('and the first lines of the README work as they are written', async () => {
    const readme = readFileSync(`${root}README.md`, 'utf8');
    const [, script = ''] = /```sh\n([^`]*)```/.exec(readme) ?? [];
    const folder = mkdtempSync(join(tmpdir(), 'console-readme-'));
    const clone = script.replaceAll('CLONE/emulator/', root);
    const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;
    const lines = `cd ${folder}\n${clone.replaceAll('curl ', 'curl --silent ')}kill $!\n`;
    const { code, stdout } = await run('bash', ['-c', lines], { PATH });
    expect(stdout).toContain('"vulnerabilitiesCount":5');
    expect(code).toBe(0);
  });

  let console: RunningConsole;

  beforeEach(async () => {
    const scenario = scenarioNamed('quiet');
    if (scenario === undefined) throw new Error('There is no scenario named quiet.');
    console = await startConsole({ scenario, control: createControlApi('secret') });
  });

  afterEach(() => console.close());

  withCurl?.('work with curl', async () => {
    const { code, stdout } = await run('bash', [`${examples}/control.sh`, console.url, 'secret']);
    expect(stdout).toContain('first progress: restarting');
    expect(stdout).toContain('running: "isScanOngoing":true');
    expect(stdout).toContain('ended: "isScanOngoing":false');
    expect(stdout).toContain('findings: "vulnerabilitiesCount":5');
    expect(stdout).toContain('what happened: "outcome":"finished"');
    expect(code).toBe(0);
  });

  withPytest?.(
    'work with pytest',
    async () => {
      const CONSOLE = `${process.execPath} ${root}src/cli.ts`;
      const args = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', `${examples}/test_promotion.py`];
      const { code, stdout } = await run('python3', args, { CONSOLE, PYTHONDONTWRITEBYTECODE: '1' });
      expect(stdout).toContain('5 passed');
      expect(code).toBe(0);
    },
    120_000,
  );

  withGo?.('are correct Go', async () => {
    const { code, stdout } = await run('gofmt', ['-l', `${examples}/console_test.go`]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  });
});
