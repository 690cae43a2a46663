#!/usr/bin/env node
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { type Command, helpText, parseCommandLine, type RequestedFiles, UsageError } from './command-line.ts';
import { InputError } from './config/input-reader.ts';
import type { Host, OutputFile, RunInfo } from './host.ts';
import { prepareProcess } from './lifecycle.ts';
import { outputFolder } from './machine.ts';
import { gitlabReportOf } from './output/gitlab.ts';
import { junitOf } from './output/junit.ts';
import { sarifFile } from './output/output-files.ts';
import { NO_PATHS, outputsOf, resultsFileOf } from './output/outputs.ts';
import { receiptOf } from './output/receipt.ts';
import { renderSummary } from './output/summary.ts';
import { dotenvOf, tektonResultsOf } from './output/variable-files.ts';
import type { Decision } from './policy/decision.ts';
import type { RunResult } from './policy/result.ts';
import { secretsIn } from './secrets.ts';
import { REASONS_PAGE, runHost, runShell } from './shell.ts';
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
  const ciSystem = ciSystemOf(env);
  const host = runHost({
    inputs: command.inputs,
    environment: env,
    signal,
    onSecret: () => undefined,
    logWith: (redact) =>
      terminalLog(process.stdout, {
        ciSystem,
        environment: env,
        hasProgressBar: command.hasProgressBar,
        isDebug: command.isDebug,
        redact,
      }),
  });
  const { log } = host;
  // Azure reads the summary once the step is over, from another folder.
  const files = outputFolder(resolve(env.AGENT_TEMPDIRECTORY || tmpdir()), host.redactor.redact);
  const runInfo = { version: VERSION, url: runUrl(env), reasonsPage: REASONS_PAGE, now: host.now };
  let verdict: string = 'error';
  return {
    ...host,
    files: { ...host.files, ...files },
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
function withSecrets(host: Host, { secretFiles }: GateCommand): Host {
  const all = new Map(host.inputs);
  for (const [name, path] of secretFiles) {
    try {
      all.set(name, readFileSync(path === '-' ? 0 : path, 'utf8').trim());
    } catch (error) {
      throw new InputError([`--${name}-file cannot be read (${errorMessage(error)}).`]);
    }
  }
  for (const text of secretsIn(all, host.environment)) host.redactor.add(text);
  return { ...host, inputs: all };
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
  await runShell({
    hostFor: (signal) => commandLineHost(command, signal),
    complete: async (host) => withSecrets(host, command),
    exitCodes: { of: exitCodeOf, broken: EXIT.error },
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
