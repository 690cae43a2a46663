import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import process from 'node:process';
import * as core from '@actions/core';
import type { Host } from './host.ts';
import { prepareProcess } from './lifecycle.ts';
import { outputFiles } from './output/output-files.ts';
import { isOwnWord } from './output/outputs.ts';
import { outputFolder } from './shell/machine.ts';
import { appendOutputs } from './shell/runner-outputs.ts';
import { REASONS_PAGE, runHost, runShell } from './shell/shell.ts';
import { pageAddress, TITLE, VERSION } from './text/version.ts';

/** GitHub's runner as a host. */
function githubHost(signal: AbortSignal): Host {
  const { env } = process;
  const host = runHost({
    inputs: inputsFrom(env),
    environment: env,
    signal,
    // Outside of a runner, the command would print the secret.
    onSecret: isRunner(env) ? core.setSecret : () => undefined,
    logWith: (redact) => ({
      info: (line) => core.info(redact(line)),
      passed: (line) => core.info(redact(line)),
      status: undefined,
      debug: (text) => core.debug(redact(text)),
      warning: (text) => core.warning(redact(text), { title: TITLE }),
      error: (title, text) => core.error(redact(text), { title }),
    }),
  });
  const { redact } = host.redactor;
  const files = outputFolder(env.RUNNER_TEMP || tmpdir(), redact);
  const runInfo = { version: VERSION, url: runUrl(env), reasonsPage: reasonsPage(env) };
  return {
    ...host,
    files: { ...host.files, ...files },
    outputFiles: (result) => outputFiles({ files, run: runInfo }, result),
    setOutputs: (outputs) => {
      refusePipe(env.GITHUB_OUTPUT);
      const safe = outputs.map(([name, value]) => [name, isOwnWord(name) ? value : redact(value)] as const);
      if (env.GITHUB_OUTPUT) appendOutputs(env.GITHUB_OUTPUT, safe);
      else for (const [name, value] of safe) core.setOutput(name, value);
    },
    writeSummary: async (markdown) => {
      refusePipe(env.GITHUB_STEP_SUMMARY);
      if (env.GITHUB_STEP_SUMMARY) await core.summary.addRaw(redact(markdown)).write();
    },
    run: runInfo,
  };
}

/** Refuses a pipe: opening it waits for its reader, and neither the deadline nor a signal ends that wait. */
function refusePipe(path: string | undefined): void {
  if (path && statSync(path, { throwIfNoEntry: false })?.isFIFO())
    throw new Error(`${path} is a pipe, not a file`);
}

/** True if a runner reads the output. */
function isRunner({ GITHUB_ACTIONS, GITHUB_OUTPUT }: NodeJS.ProcessEnv): boolean {
  return Boolean(GITHUB_ACTIONS || GITHUB_OUTPUT);
}

/** The inputs from the runner's variables, whose names are in capitals; other variables are not inputs. */
function inputsFrom(env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const prefix = 'INPUT_';
  return new Map(
    Object.entries(env)
      .filter(([name]) => name.startsWith(prefix) && name === name.toUpperCase())
      .map(([name, value = '']) => [name.slice(prefix.length).toLowerCase(), value.trim()]),
  );
}

/** The page on reasons, in the version that runs. */
function reasonsPage(env: NodeJS.ProcessEnv): string {
  const { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref } = env;
  return server && repository && ref
    ? `${server}/${repository}/blob/${ref}/${REASONS_PAGE}`
    : pageAddress(REASONS_PAGE);
}

/** The page of this run; empty outside of GitHub. */
function runUrl(env: NodeJS.ProcessEnv): string {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  return server && repository && id ? `${server}/${repository}/actions/runs/${id}` : '';
}

prepareProcess();
await runShell({
  hostFor: githubHost,
  log: 'stdout',
  exitCodes: { of: ({ verdict }) => (verdict === 'passed' ? 0 : 1), broken: 1 },
});
