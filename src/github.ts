import { tmpdir } from 'node:os';
import process from 'node:process';
import * as core from '@actions/core';
import { secretsIn } from './config/parse.ts';
import type { Host } from './host.ts';
import { createHttpTransport } from './http/transport.ts';
import { prepareProcess, runToExit } from './lifecycle.ts';
import { machineFiles, systemClock } from './machine.ts';
import { outputFiles } from './output/output-files.ts';
import { Redactor } from './output/redaction.ts';
import { crash, run } from './run.ts';
import { VERSION } from './version.ts';

/** GitHub's runner as a host. */
function githubHost(signal: AbortSignal): Host {
  const { env } = process;
  const redactor = new Redactor(core.setSecret, secretsIn(inputs, env));
  const redact = (text: string) => redactor.redact(text);
  const machine = machineFiles(env.RUNNER_TEMP || tmpdir());
  const files = { ...machine, write: (path: string, text: string) => machine.write(path, redact(text)) };
  const runInfo = {
    version: VERSION,
    url: runUrl(env),
    reasonsPage: reasonsPage(env),
    now: () => new Date(),
  };
  return {
    inputs,
    environment: env,
    redactor,
    clock: systemClock,
    random: Math.random,
    signal,
    connect: (tls) => createHttpTransport(`registry-scan-gate/${VERSION}`, systemClock, tls),
    files,
    log: {
      info: (line) => core.info(redact(line)),
      status: undefined,
      debug: (text) => core.debug(redact(text)),
      warning: (text) => core.warning(redact(text), { title: TITLE }),
      error: (title, text) => core.error(redact(text), { title }),
    },
    outputFiles: (result) => outputFiles({ files, run: runInfo }, result),
    setOutput: (name, value) => core.setOutput(name, redact(value)),
    writeSummary: async (markdown) => {
      if (env.GITHUB_STEP_SUMMARY) await core.summary.addRaw(redact(markdown)).write();
    },
    run: runInfo,
  };
}

const TITLE = 'Registry scan gate';

/** The runner passes an input as a variable of its name in capitals; other variables are not from there. */
function inputsFrom(env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const prefix = 'INPUT_';
  return new Map(
    Object.entries(env)
      .filter(([name]) => name.startsWith(prefix) && name === name.toUpperCase())
      .map(([name, value = '']) => [name.slice(prefix.length).toLowerCase(), value.trim()]),
  );
}

/** The page on reasons, of the very version that runs; a path where the action is used from a checkout. */
function reasonsPage(env: NodeJS.ProcessEnv): string {
  const page = 'docs/troubleshooting.md';
  const { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref } = env;
  return server && repository && ref ? `${server}/${repository}/blob/${ref}/${page}` : page;
}

/** The page of this run; empty outside of GitHub. */
function runUrl(env: NodeJS.ProcessEnv): string {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  return server && repository && id ? `${server}/${repository}/actions/runs/${id}` : '';
}

prepareProcess();
const inputs = inputsFrom(process.env);
let host: Host | undefined;

await runToExit({
  main: (signal) => {
    host = githubHost(signal);
    return run(host);
  },
  crash: (error, signal) => crash(host ?? githubHost(signal), error),
  exitCodeOf: ({ verdict }) => (verdict === 'passed' ? 0 : 1),
  brokenExitCode: 1,
});
