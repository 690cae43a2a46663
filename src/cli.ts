#!/usr/bin/env node
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { type Command, helpText, parseCommandLine, type RequestedFiles, UsageError } from './command-line.ts';
import { InputError } from './config/input-reader.ts';
import { secretsIn } from './config/parse.ts';
import type { Files, Host, RunInfo } from './host.ts';
import { createHttpTransport } from './http/transport.ts';
import { prepareProcess, runToExit } from './lifecycle.ts';
import { machineFiles, systemClock } from './machine.ts';
import { gitlabReportOf } from './output/gitlab.ts';
import { junitOf } from './output/junit.ts';
import { type OutputFile, sarifFile } from './output/output-files.ts';
import { NO_PATHS, outputsOf, resultsFileOf } from './output/outputs.ts';
import { receiptOf } from './output/receipt.ts';
import { Redactor } from './output/redaction.ts';
import { renderSummary } from './output/summary.ts';
import { dotenvOf, tektonResultsOf } from './output/variable-files.ts';
import type { Decision } from './policy/reasons.ts';
import type { RunResult } from './policy/result.ts';
import { crash, run } from './run.ts';
import { ciSystemOf, outputCommand, summaryCommand, terminalLog } from './terminal.ts';
import { errorMessage } from './text/sanitize.ts';
import { VERSION } from './version.ts';

type GateCommand = Extract<Command, { kind: 'gate' }>;

const EXIT = { passed: 0, failed: 1, usage: 2, error: 3, 'timed-out': 4, cancelled: 130 } as const;

/** The exit status of a decision, as the contract and `--help` have it. */
function exitCodeOf({ verdict, reason }: Decision): number {
  return reason === 'invalid-input' ? EXIT.usage : EXIT[verdict];
}

/** The command line as a host. */
function commandLineHost(command: GateCommand, signal: AbortSignal): Host {
  const { env } = process;
  const inputs = withSecrets(command);
  const redactor = new Redactor(() => undefined, secretsIn(inputs, env));
  const redact = (text: string) => redactor.redact(text);
  const ciSystem = ciSystemOf(env);
  // Azure reads the summary once the step is over, from another folder.
  const machine = machineFiles(resolve(env.AGENT_TEMPDIRECTORY || tmpdir()));
  const files: Files = { ...machine, write: (path, text) => machine.write(path, redact(text)) };
  const runInfo: RunInfo = {
    version: VERSION,
    url: runUrl(env),
    reasonsPage: 'docs/troubleshooting.md',
    now: () => new Date(),
  };
  let verdict: string = 'error';
  const log = terminalLog(process.stdout, {
    ciSystem,
    environment: env,
    hasProgressBar: command.hasProgressBar,
    isDebug: command.isDebug,
    redact,
  });
  return {
    inputs,
    environment: env,
    redactor,
    clock: systemClock,
    random: Math.random,
    signal,
    connect: (tls) => createHttpTransport(`registry-scan-gate/${VERSION}`, systemClock, tls),
    files,
    log,
    outputFiles: (result) => requestedFiles(result, command.files, runInfo),
    setOutput: (name, value) => {
      if (name === 'verdict') verdict = value;
      const line = outputCommand(ciSystem, name, value);
      if (line !== undefined) log.info(line);
    },
    writeSummary: async (markdown) => {
      // The file of the flag is written by now.
      const { summary } = command.files;
      const path = summary === undefined ? files.outputPath('summary.md') : resolve(summary);
      const line = summaryCommand(ciSystem, path, verdict);
      if (line === undefined) return;
      if (summary === undefined) files.write(path, markdown);
      if (existsSync(path)) log.info(line);
    },
    run: runInfo,
  };
}

/** Reads secrets from their files, `-` being standard input, without the line break at the end. */
function withSecrets({ inputs, secretFiles }: GateCommand): ReadonlyMap<string, string> {
  const all = new Map(inputs);
  for (const [name, path] of secretFiles) {
    try {
      all.set(name, readFileSync(path === '-' ? 0 : path, 'utf8').trim());
    } catch (error) {
      throw new InputError([`--${name}-file cannot be read (${errorMessage(error)}).`]);
    }
  }
  return all;
}

/** The files that flags ask for. */
function requestedFiles(
  result: RunResult,
  requested: RequestedFiles,
  runInfo: RunInfo,
): readonly OutputFile[] {
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const file = (name: string, path: string | undefined, render: () => string | undefined) =>
    path === undefined ? [] : [{ name, path: resolve(path), render, output: undefined }];
  const { tekton } = requested;
  return [
    ...file('JSON file', requested.json, () =>
      json({ ...outputsOf(result, NO_PATHS), results: JSON.parse(resultsFileOf(result)) }),
    ),
    ...file('receipt', requested.receipt, () => json(receiptOf(result, runInfo))),
    ...(requested.sarif === undefined
      ? []
      : [sarifFile(resolve(requested.sarif), result, runInfo, undefined)]),
    ...file('JUnit file', requested.junit, () => junitOf(result, runInfo)),
    ...file('GitLab report', requested.gitlab, () => json(gitlabReportOf(result, runInfo))),
    ...file('summary', requested.summary, () => renderSummary(result, { ...runInfo, receiptPath: '' })),
    ...file('dotenv file', requested.dotenv, () => dotenvOf(result)),
    ...(tekton === undefined
      ? []
      : [...tektonResultsOf(result)].flatMap(([name, value]) =>
          file(`Tekton result ${name}`, join(tekton, name), () => value),
        )),
  ];
}

/** The page of this run in the CI system; empty where it is not known. */
function runUrl(env: NodeJS.ProcessEnv): string {
  const { BUILD_BUILDID: azureBuild, SYSTEM_COLLECTIONURI: azure, SYSTEM_TEAMPROJECT: project } = env;
  const known = env.CI_JOB_URL ?? env.BUILDKITE_BUILD_URL ?? env.BUILD_URL ?? env.CIRCLE_BUILD_URL ?? '';
  if (known !== '' || !azure || !project || !azureBuild) return known;
  return `${azure}${encodeURIComponent(project)}/_build/results?buildId=${azureBuild}`;
}

async function runGate(command: GateCommand): Promise<void> {
  let host: Host | undefined;
  await runToExit({
    main: (signal) => {
      host = commandLineHost(command, signal);
      return run(host);
    },
    crash: (error, signal) => {
      if (host === undefined) host = commandLineHost({ ...command, secretFiles: new Map() }, signal);
      return crash(host, error);
    },
    exitCodeOf,
    brokenExitCode: EXIT.error,
  });
}

/** The embedded Console is a bundle of its own beside this one, and shares no code with it. */
async function runConsole(args: readonly string[]): Promise<void> {
  const path = join(dirname(realpathSync(process.argv[1] ?? '')), 'console.js');
  const module: unknown = await import(/* webpackIgnore: true */ pathToFileURL(path).href);
  const start =
    typeof module === 'object' && module !== null && 'runConsole' in module ? module.runConsole : undefined;
  if (typeof start !== 'function') throw new Error(`${path} is not the embedded Console.`);
  process.exitCode = await start(args, process.stdout, process.stderr);
}

async function main(): Promise<void> {
  prepareProcess();
  // A reader that has seen enough, such as `| head -1`, is no error.
  process.stdout.on('error', () => undefined);
  try {
    const command = parseCommandLine(process.argv.slice(2), process.env);
    switch (command.kind) {
      case 'help':
        process.stdout.write(`${helpText()}\n`);
        return;
      case 'version':
        process.stdout.write(`${VERSION}\n`);
        return;
      case 'console':
        await runConsole(command.args);
        return;
      case 'gate':
        await runGate(command);
        return;
    }
  } catch (error) {
    process.exitCode = error instanceof UsageError ? EXIT.usage : EXIT.error;
    process.stderr.write(`registry-scan-gate: ${errorMessage(error)}\n`);
  }
}

await main();
