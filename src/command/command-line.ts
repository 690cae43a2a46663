import { suggestionFor } from '../config/hints.ts';
import type { Environment } from '../host.ts';
import { sanitize } from '../text/sanitize.ts';
import { type GateArguments, readArguments } from './arguments.ts';
import { type CompletionShell, isShell, SHELLS } from './completion.ts';
import { COMMANDS, isCommand, type Topic } from './help.ts';

/** The parsed command line. */
export type Command =
  | { readonly kind: 'help'; readonly topic: Topic | undefined }
  | { readonly kind: 'version' }
  | { readonly kind: 'completion'; readonly shell: CompletionShell }
  /** The embedded Console, with its own options. */
  | { readonly kind: 'console'; readonly args: readonly string[] }
  | GateCommand;

/** A run of the gate. With a `topic`, it only shows the help on it, which is not a pass. */
export interface GateCommand extends GateArguments {
  readonly kind: 'gate';
  readonly command: 'gate' | 'check' | undefined;
  readonly topic: Topic | undefined;
}

/**
 * Reads the arguments after the program's name. Anything that is not another command is a run of the gate with a
 * mistake: it never ends with status 0, prints a verdict, and leaves no file of the previous run.
 */
export function parseCommandLine(args: readonly string[], environment: Environment): Command {
  const [command, ...rest] = args;
  if (command === 'gate' || command === 'check') return gateCommand(command, rest, environment);
  if (command === 'console') return { kind: 'console', args: rest };
  return printing(command, rest) ?? wrongCommand(command, rest, environment);
}

/** A command that only prints something; undefined for any other command, or if its arguments are wrong. */
function printing(command: string | undefined, rest: readonly string[]): Command | undefined {
  const isAlone = rest.length === 0;
  switch (command) {
    case '--help':
    case '-h':
      return isAlone ? { kind: 'help', topic: undefined } : undefined;
    case 'help':
      return helpOn(rest);
    case 'version':
    case '--version':
    case '-V':
      return isAlone ? { kind: 'version' } : undefined;
    case 'completion':
      return completionFor(rest);
    default:
      return undefined;
  }
}

function helpOn([topic, ...more]: readonly string[]): Command | undefined {
  if (topic === undefined) return { kind: 'help', topic };
  return isCommand(topic) && more.length === 0 ? { kind: 'help', topic } : undefined;
}

function completionFor([shell = '', ...more]: readonly string[]): Command | undefined {
  return isShell(shell) && more.length === 0 ? { kind: 'completion', shell } : undefined;
}

function gateCommand(
  command: 'gate' | 'check',
  args: readonly string[],
  environment: Environment,
): GateCommand {
  const read = readArguments(command, args, environment);
  if (!read.isHelpAsked) return { kind: 'gate', command, topic: undefined, ...read };
  const problem =
    `--help stands among the arguments of ${command}, so nothing was gated. For the help with exit status 0, run ` +
    `registry-scan-gate help ${command}.`;
  return { kind: 'gate', command, topic: command, ...read, problems: [problem] };
}

/** A missing or misused command. The arguments are read all the same, for the files that they name. */
function wrongCommand(
  command: string | undefined,
  rest: readonly string[],
  environment: Environment,
): GateCommand {
  const isFlag = command?.startsWith('-') === true && !STANDING_ALONE.has(command);
  const read = readArguments(undefined, isFlag ? [command, ...rest] : rest, environment);
  const isHelpAsked = read.isHelpAsked || (command !== undefined && isHelp(command));
  return {
    kind: 'gate',
    command: undefined,
    topic: isHelpAsked ? 'program' : undefined,
    ...read,
    problems: [isFlag ? noCommand() : misuseOf(command, rest)],
  };
}

/** Flags that replace a command. */
const STANDING_ALONE: ReadonlySet<string> = new Set(['--help', '-h', '--version', '-V']);

/** True for `--help` and `-h`. */
export function isHelp(command: string): boolean {
  return command === '--help' || command === '-h';
}

function noCommand(): string {
  // An error, not the help with status 0: a variable that holds the arguments may be empty.
  return `There is no command. Commands are: ${COMMANDS.join(', ')}. See registry-scan-gate help.`;
}

function misuseOf(command: string | undefined, rest: readonly string[]): string {
  if (command === undefined) return noCommand();
  switch (command) {
    case 'help':
      return `${command} takes one command${suggestionFor(rest[0] ?? '', COMMANDS)}. Commands are: ${COMMANDS.join(', ')}.`;
    case 'completion':
      return `completion takes the name of a shell: ${SHELLS.join(', ')}.`;
    case 'version':
    case '--version':
    case '-V':
    case '--help':
    case '-h':
      return `${command} stands alone; with other arguments nothing was gated.`;
    default:
      return `There is no command ${sanitize(command)}${suggestionFor(command, COMMANDS)}. Commands are: ${COMMANDS.join(', ')}.`;
  }
}
