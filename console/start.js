import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const startTimeoutMs = 60_000;

const input = (name) => (process.env[`INPUT_${name.toUpperCase()}`] ?? '').trim();
const lines = (name) =>
  input(name)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** The options of the command for the inputs given. */
function options(caOut) {
  const values = {
    '--scenario': input('scenario'),
    '--api-version': input('api-version'),
    '--speed': input('speed'),
    '--port': input('port') || '0',
    '--images': input('images'),
    '--control-token': input('control-token'),
  };
  return [
    ...Object.entries(values).flatMap(([name, value]) => (value === '' ? [] : [name, value])),
    ...lines('settings').flatMap((line) => ['--set', line]),
    ...lines('registries').flatMap((line) => ['--registry', line]),
    ...(caOut === '' ? [] : ['--tls', '--ca-out', caOut]),
    '--log',
  ];
}

/** Sets an output or a state of the step; values have one line. */
function set(file, values) {
  const text = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  if (file !== undefined) appendFileSync(file, text.join(''));
}

/** Text for a command of the runner. */
const escaped = (text) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** Waits until the Console has printed how to reach it; throws with its message if it has not started. */
async function ready(child, output, log) {
  let exitCode = null;
  child.once('exit', (code) => {
    exitCode = code ?? 1;
  });
  for (const endsAtMs = Date.now() + startTimeoutMs; Date.now() < endsAtMs; await sleep(100)) {
    const text = readFileSync(output, 'utf8');
    if (text.includes('Ctrl-C')) return text;
    if (exitCode !== null) break;
  }
  throw new Error(readFileSync(log, 'utf8').trim() || 'The embedded Console did not start.');
}

try {
  const folder = mkdtempSync(join(process.env.RUNNER_TEMP ?? tmpdir(), 'embedded-console-'));
  const output = join(folder, 'output.txt');
  const log = join(folder, 'requests.log');
  const caCert = input('tls') === 'false' ? '' : join(folder, 'ca.pem');
  const serve = fileURLToPath(new URL('serve.js', import.meta.url));
  // Started by npm, the Console would end with this process, which is over long before the job is.
  const { npm_lifecycle_event: _, ...env } = process.env;
  const child = spawn(process.execPath, [serve, ...options(caCert)], {
    detached: true,
    env,
    stdio: ['ignore', openSync(output, 'a'), openSync(log, 'a')],
  });
  set(process.env.GITHUB_STATE, { pid: child.pid, log });
  const text = await ready(child, output, log);
  const first = (name) => new RegExp(`^${name}: +(.*)$`, 'm').exec(text)?.[1] ?? '';
  const url = first('console ready');
  set(process.env.GITHUB_OUTPUT, {
    url,
    'ca-cert': caCert,
    username: first('user'),
    password: first('password'),
    log,
  });
  process.stdout.write(`embedded Console at ${url}, log of requests in ${log}\n`);
  child.unref();
} catch (error) {
  process.stdout.write(`::error::${escaped(error instanceof Error ? error.message : String(error))}\n`);
  process.exitCode = 1;
}
