#!/usr/bin/env node
import { existsSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { type Command, type GateCommand, isHelp, parseCommandLine } from './command/command-line.ts';
import { completionScript } from './command/completion.ts';
import { helpText } from './command/help.ts';
import { STANDARD_OUTPUT } from './command/output-path.ts';
import { pathsToRemove, pathsToWrite, requestedFiles } from './command/requested-files.ts';
import { readSecrets, secretLimitMs } from './command/secret-source.ts';
import { pathsRead } from './command/shared-paths.ts';
import { ciSystemOf, outputCommand, summaryCommand, terminalLog } from './command/terminal.ts';
import { InputError, shown } from './config/input-reader.ts';
import type { Host, WrittenFiles } from './host.ts';
import { prepareProcess } from './lifecycle.ts';
import { isOwnWord } from './output/outputs.ts';
import type { Decision } from './policy/decision.ts';
import { filesIn, noteWrite, outputFolder, removeOldFile, writeObstacle } from './shell/machine.ts';
import { secretsIn } from './shell/secrets.ts';
import { REASONS_PAGE, runHost, runShell } from './shell/shell.ts';
import { errorMessage } from './text/sanitize.ts';
import { pageAddress, VERSION } from './text/version.ts';

const EXIT = { passed: 0, failed: 1, usage: 2, error: 3, 'timed-out': 4, cancelled: 130 } as const;

/** The exit status of a decision, as listed in the help. */
function exitCodeOf({ verdict, reason }: Decision): number {
  return reason === 'invalid-input' ? EXIT.usage : EXIT[verdict];
}

/**
 * The command line as a host. The log goes to standard error, so standard output has only the files requested with
 * `-`.
 */
function commandLineHost(command: GateCommand, signal: AbortSignal): Host {
  const { env } = process;
  const ciSystem = ciSystemOf(env);
  const host = runHost({
    inputs: command.inputs,
    environment: env,
    signal,
    onSecret: () => undefined,
    logWith: (redact) =>
      terminalLog(process.stderr, {
        ciSystem,
        environment: env,
        hasProgressBar: !command.log.has('no-progress'),
        isDebug: command.log.has('debug'),
        isQuiet: command.log.has('quiet'),
        redact,
      }),
  });
  const { redact } = host.redactor;
  const writeCommand = (line: string | undefined) => {
    if (line !== undefined) process.stderr.write(`${line}\n`);
  };
  // Azure reads the summary after the step, from another folder.
  const files = withStandardOutput(
    outputFolder(resolve(env.AGENT_TEMPDIRECTORY || tmpdir()), redact),
    redact,
  );
  const runInfo = {
    version: VERSION,
    url: jobUrl(env),
    reasonsPage: pageAddress(REASONS_PAGE),
  };
  let verdict: string = 'error';
  return {
    ...host,
    files: { ...host.files, ...files },
    outputFiles: (result) => requestedFiles(result, command.files, runInfo),
    setOutputs: (outputs) => {
      for (const [name, value] of outputs) {
        if (name === 'verdict') verdict = value;
        writeCommand(outputCommand(ciSystem, name, isOwnWord(name) ? value : redact(value)));
      }
    },
    writeSummary: async (markdown) => {
      // The file requested by the flag has been written by now.
      const { summary } = command.files;
      const isWritten = summary !== undefined && summary !== STANDARD_OUTPUT;
      const path = isWritten ? resolve(summary) : files.outputPath('summary.md');
      const line = summaryCommand(ciSystem, path, verdict);
      if (line === undefined) return;
      if (!isWritten) files.write(path, markdown);
      if (existsSync(path)) writeCommand(redact(line));
    },
    run: runInfo,
  };
}

function withStandardOutput(files: WrittenFiles, redact: (text: string) => string): WrittenFiles {
  return {
    ...files,
    write: (path, text) => {
      if (path === STANDARD_OUTPUT) noteWrite('standard output', printed(redact(text)));
      else files.write(path, text);
    },
  };
}

/** Resolves when standard output has the text. A reader that has seen enough, such as `| head -1`, is no error. */
function printed(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error || ('code' in error && error.code === 'EPIPE')) resolve();
      else reject(error);
    });
  });
}

/** The page of this run in the CI system; empty if unknown. */
function jobUrl(env: NodeJS.ProcessEnv): string {
  const { BUILD_BUILDID: azureBuild, SYSTEM_COLLECTIONURI: azure, SYSTEM_TEAMPROJECT: project } = env;
  const known = env.CI_JOB_URL ?? env.BUILDKITE_BUILD_URL ?? env.BUILD_URL ?? env.CIRCLE_BUILD_URL ?? '';
  if (known !== '' || !azure || !project || !azureBuild) return known;
  return `${azure}${encodeURIComponent(project)}/_build/results?buildId=${azureBuild}`;
}

/**
 * Removes the files of the previous run, and adds the secrets. Rejects with an `InputError` if the command line does
 * not ask for a gate.
 */
async function complete(host: Host, command: GateCommand): Promise<Host> {
  const problems = [...command.problems, ...removeOldFiles(command), ...unwritableFiles(command)];
  // A preflight continues with mistakes in the inputs, but not with mistakes in the command line.
  const isGate = command.command === 'gate' && command.topic === undefined;
  if (problems.length > 0 && !isGate) throw new InputError(problems);
  const secrets = await readSecrets(command.secretFiles, {
    signal: host.signal,
    timeoutMs: secretLimitMs(host.inputs),
    terminal: () => ({
      input: process.stdin,
      write: (text) => process.stderr.write(text),
      interrupt: () => process.kill(process.pid, 'SIGINT'),
    }),
  });
  const inputs = new Map([...host.inputs, ...secrets.values]);
  for (const secret of secretsIn(inputs, host.environment)) host.redactor.add(secret);
  return { ...host, inputs, problems: [...problems, ...secrets.problems] };
}

/** Removes the files of a previous run: one that stays would look like a result of this run. */
function removeOldFiles(command: GateCommand): readonly string[] {
  const read = pathsRead(command);
  const paths = pathsToRemove(command.files, filesIn).filter((path) => !read.has(path));
  return paths.flatMap((path) => {
    try {
      removeOldFile(path);
      return [];
    } catch (error) {
      return [`A file of the previous run cannot be removed (${errorMessage(error)}).`];
    }
  });
}

/** Refuses a file that could not be written after the wait. */
function unwritableFiles({ files }: GateCommand): readonly string[] {
  return pathsToWrite(files).flatMap(([flag, path]) => {
    const obstacle = writeObstacle(path);
    return obstacle === undefined
      ? []
      : [`--${flag} is ${shown(path)}, which cannot be written: ${obstacle}.`];
  });
}

async function runGate(command: GateCommand): Promise<void> {
  if (command.topic !== undefined) {
    const isFree = !Object.values(command.files).includes(STANDARD_OUTPUT);
    (isFree ? process.stdout : process.stderr).write(helpText(command.topic));
  }
  await runShell({
    hostFor: (signal) => commandLineHost(command, signal),
    complete: (host) => complete(host, command),
    exitCodes: { of: exitCodeOf, broken: EXIT.error },
    log: 'stderr',
  });
}

/** Runs the embedded Console, which is a separate bundle beside this one, without shared code. Gives its exit status. */
async function embeddedConsole(args: readonly string[]): Promise<number> {
  const path = join(dirname(realpathSync(process.argv[1] ?? '')), 'console.js');
  const module: unknown = await import(/* webpackIgnore: true */ pathToFileURL(path).href);
  const start =
    typeof module === 'object' && module !== null && 'runConsole' in module ? module.runConsole : undefined;
  if (typeof start !== 'function') throw new Error(`${path} is not the embedded Console.`);
  return start(args, process.stdout, process.stderr);
}

/** With `--help` among the arguments it serves nothing, so it must not end with 0. */
async function runConsole(args: readonly string[]): Promise<number> {
  const status = await embeddedConsole(args);
  if (!args.some(isHelp)) return status;
  process.stderr.write(
    'registry-scan-gate: no Console was started. For the help with exit status 0, run registry-scan-gate help console.\n',
  );
  return EXIT.usage;
}

async function runCommand(command: Command): Promise<void> {
  switch (command.kind) {
    case 'help':
      if (command.topic === 'console') process.exitCode = await embeddedConsole(['--help']);
      else process.stdout.write(helpText(command.topic));
      return;
    case 'version':
      process.stdout.write(`${VERSION}\n`);
      return;
    case 'completion':
      process.stdout.write(completionScript(command.shell));
      return;
    case 'console':
      process.exitCode = await runConsole(command.args);
      return;
    case 'gate':
      return runGate(command);
  }
}

prepareProcess();
// A reader that stops early, such as `| head -1`, is not an error.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
try {
  await runCommand(parseCommandLine(process.argv.slice(2), process.env));
} catch (error) {
  process.exitCode = EXIT.error;
  process.stderr.write(`registry-scan-gate: ${errorMessage(error)}\n`);
}
