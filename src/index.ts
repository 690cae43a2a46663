import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import * as core from '@actions/core';
import { Cancelled, type Runner } from './action/runner.ts';
import { Secrets, secretsOf } from './action/secrets.ts';
import { systemClock } from './action/system-clock.ts';
import { createExchange } from './console/exchange.ts';
import { crash, main } from './main.ts';

const VERSION = '1.0.0';

// Failed until proven passed: a crash, a lost connection or an event loop that runs dry ends like this.
let outcome: 'open' | 'passed' | 'failed' = 'open';
process.exitCode = 1;
process.on('exit', () => {
  if (outcome !== 'passed') process.exitCode = 1;
});

// The HTTP client goes through a proxy in a way that Node deprecates; its warning is nothing for a job's log.
process.noDeprecation = true;

// Only the input turns certificate checks off, and says so; a variable of the job would do it in silence.
delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;

const cancellation = new AbortController();

const inputs = inputsFrom(process.env);

const secrets = new Secrets(core.setSecret, secretsOf(inputs, process.env));

const reportFolder = join(process.env.RUNNER_TEMP || tmpdir(), `registry-scan-gate-${randomUUID()}`);

const runner: Runner = {
  inputs,
  secrets,
  clock: systemClock,
  random: Math.random,
  today: () => new Date().toISOString().slice(0, 10),
  connect: (trust) => createExchange(`registry-scan-gate/${VERSION}`, systemClock, trust),
  readFile: (path) => {
    // A pipe or a device may never end, and no timeout runs yet.
    if (!statSync(path).isFile()) throw new Error('it is no file');
    return readFileSync(path, 'utf8');
  },
  signal: cancellation.signal,
  reasonsPage: reasonsPage(process.env),
  log: (line) => core.info(secrets.strike(line)),
  debug: (text) => core.debug(secrets.strike(text)),
  warn: (title, text) => core.warning(secrets.strike(text), { title }),
  fail: (title, text) => core.error(secrets.strike(text), { title }),
  output: core.setOutput,
  summary: async (markdown) => {
    if (process.env.GITHUB_STEP_SUMMARY) await core.summary.addRaw(markdown).write();
  },
  reportedRun: () => ({ actionVersion: VERSION, url: runUrl(process.env), endedAt: new Date() }),
  reportPath: (name) => join(reportFolder, name),
  writeReport,
};

process.on('uncaughtException', (error) => end(crash(runner, error)));
process.on('beforeExit', () =>
  end(crash(runner, new Error('Nothing was left to wait for, and no verdict.'))),
);
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => cancellation.abort(new Cancelled(name)));
}

try {
  end(await main(runner));
} catch (error) {
  end(crash(runner, error));
}

/** Open connections must not keep the process, so it ends here, once what was written has left it. */
function end(verdict: Awaited<ReturnType<typeof main>>): void {
  // What failed once stays failed, whichever end comes first.
  outcome = verdict === 'passed' && outcome !== 'failed' ? 'passed' : 'failed';
  process.stdout.write('', () => process.exit(outcome === 'passed' ? 0 : 1));
}

/** The runner hands an input over as a variable of its name in capitals; anything else is not from there. */
function inputsFrom(env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const prefix = 'INPUT_';
  return new Map(
    Object.entries(env)
      .filter(([name]) => name.startsWith(prefix) && name === name.toUpperCase())
      .map(([name, value = '']) => [name.slice(prefix.length).toLowerCase(), value.trim()]),
  );
}

/** Where the page of reasons is, of the very version that runs; a path where the action is used from a checkout. */
function reasonsPage(env: NodeJS.ProcessEnv): string {
  const page = 'docs/reasons.md';
  const { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref } = env;
  return server && repository && ref ? `${server}/${repository}/blob/${ref}/${page}` : page;
}

/** The page of this run; empty outside of GitHub. */
function runUrl(env: NodeJS.ProcessEnv): string {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  return server && repository && id ? `${server}/${repository}/actions/runs/${id}` : '';
}

/** Half a report would be read as a whole one, so it gets its name only once it is complete. */
function writeReport(path: string, text: string): void {
  const draft = `${path}.draft`;
  const folder = dirname(path);
  // Making parents as well can go on without end in folders where nothing can be made, such as /proc.
  if (!existsSync(folder)) mkdirSync(folder);
  try {
    writeFileSync(draft, text);
    renameSync(draft, path);
  } catch (error) {
    // What stood there before is out of date.
    for (const file of [draft, path]) rmSync(file, { force: true, recursive: true });
    throw error;
  }
}
