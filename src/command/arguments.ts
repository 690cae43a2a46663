import { suggestionFor } from '../config/hints.ts';
import { shown } from '../config/input-reader.ts';
import type { InputName } from '../config/inputs.ts';
import type { Environment } from '../host.ts';
import { sanitize } from '../text/sanitize.ts';
import {
  type FileFlag,
  FLAGS,
  type Flag,
  inputOfVariable,
  isSwitchFlag,
  type LogFlag,
  OFFERED_FLAGS,
  variableOf,
} from './flags.ts';
import { imageProblem } from './image-argument.ts';
import { isStandardError, outputPathOf, STANDARD_OUTPUT } from './output-path.ts';
import { refuseSharedPaths } from './shared-paths.ts';

/** The paths of the formats that the command writes on request; `-` is standard output. */
export type RequestedFiles = Readonly<Partial<Record<FileFlag, string>>>;

/** The parsed arguments of `gate` and `check`, and every mistake in them. */
export interface GateArguments {
  /** Inputs by name: flags, then the environment. Secrets are read from their files later. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Files that secrets are read from, by input; `-` is standard input. */
  readonly secretFiles: ReadonlyMap<InputName, string>;
  readonly files: RequestedFiles;
  /** The switches of the log that are on. */
  readonly log: ReadonlySet<LogFlag>;
  /** One sanitized line for each mistake. */
  readonly problems: readonly string[];
  readonly isHelpAsked: boolean;
}

/**
 * Reads the arguments after `gate` or `check`, and the environment: `--console-url` wins over
 * `SCAN_GATE_CONSOLE_URL`, which wins over the default. Reads all of them in spite of mistakes, so that the files of
 * the previous run are always known.
 */
export function readArguments(
  command: 'gate' | 'check' | undefined,
  args: readonly string[],
  environment: Environment,
): GateArguments {
  const reader = new ArgumentReader(args);
  reader.read();
  const { values, secretFiles, files, log, images, isHelpAsked } = reader;
  const inputs = environmentInputs(environment, reader.problems);
  for (const [name, value] of values) inputs.set(name, value);
  if (command === 'check') checkMode(inputs, values, reader.problems);
  if (images.length > 0) {
    inputs.set('images', [inputs.get('images') ?? '', ...images].filter((line) => line !== '').join('\n'));
  }
  refuseSharedPaths({ inputs, secretFiles }, files, reader.problems);
  return {
    inputs,
    secretFiles,
    files: Object.fromEntries(files),
    log: new Set([...log].filter(([, value]) => value === 'true').map(([name]) => name)),
    problems: reader.problems,
    isHelpAsked,
  };
}

const OFFERED_OPTIONS = OFFERED_FLAGS.map((flag) => `--${flag}`);

/** The form of a possibly misspelt flag; any other text that begins with a dash may be a secret. */
const FLAG_NAME = /^--[A-Za-z][A-Za-z_-]{1,40}$/;

/** Reads the arguments in one pass, and collects their values. */
class ArgumentReader {
  readonly values = new Map<InputName, string>();
  readonly secretFiles = new Map<InputName, string>();
  readonly files = new Map<FileFlag, string>();
  readonly log = new Map<LogFlag, string>();
  readonly images: string[] = [];
  readonly problems: string[] = [];
  isHelpAsked = false;
  readonly #args: readonly string[];
  #next = 0;
  /** The last switch without a value: the next word may be meant as its value. */
  #lastSwitch: string | undefined;

  constructor(args: readonly string[]) {
    this.#args = args;
  }

  read(): void {
    let hasFlags = true;
    for (let word = this.#take(); word !== undefined; word = this.#take()) {
      if (hasFlags && word === '--') hasFlags = false;
      else if (hasFlags && word.startsWith('-') && word !== '-') this.#readFlag(word);
      else this.#readImage(word);
    }
  }

  #take(): string | undefined {
    const word = this.#args[this.#next];
    this.#next += 1;
    return word;
  }

  #readImage(word: string): void {
    const problem = imageProblem(word, this.#lastSwitch);
    this.#lastSwitch = undefined;
    if (problem === undefined) this.images.push(word);
    else this.problems.push(problem);
  }

  #readFlag(word: string): void {
    this.#lastSwitch = undefined;
    const { option, given } = splitFlag(word);
    const flag = option.startsWith('--') ? FLAGS.get(option.slice(2)) : undefined;
    if (option === '--help' || option === '-h') this.isHelpAsked = true;
    else if (flag === undefined) this.#refuseUnknown(option, given);
    else if (isSwitchFlag(flag)) {
      if (given === undefined) this.#lastSwitch = option;
      this.#note(flag, option, given ?? 'true');
    } else this.#readValue(flag, option, given ?? this.#valueBehind());
  }

  /** The next argument, if it can be a value; a flag cannot. */
  #valueBehind(): string | undefined {
    const word = this.#args[this.#next];
    if (word === undefined || (word.startsWith('-') && word !== '-')) return undefined;
    return this.#take();
  }

  #readValue(flag: Flag, option: string, value: string | undefined): void {
    if (flag.kind === 'secret') {
      this.problems.push(
        `${option} is refused: other processes can read a command line. Give the environment variable ` +
          `${variableOf(flag.name)}, or ${option}-file with a path (- for standard input).`,
      );
    } else if (value === undefined) {
      this.problems.push(`${option} needs a value; if it begins with a dash, write ${option}=VALUE.`);
    } else this.#note(flag, option, value);
  }

  #note(flag: Flag, option: string, value: string): void {
    switch (flag.kind) {
      case 'input':
        this.#refuseEmptyImages(flag.name, value);
        this.#set(this.values, flag.name, option, value);
        break;
      case 'secret-file':
        this.#set(this.secretFiles, flag.name, option, value, false);
        break;
      case 'file':
        this.#noteFile(flag.name, option, value);
        break;
      case 'log':
        if (value !== 'true' && value !== 'false') {
          this.problems.push(
            `${option} is ${shown(value)}; expected ${option}, or =true or =false behind it.`,
          );
        }
        this.#set(this.log, flag.name, option, value);
        break;
      case 'secret':
        break;
    }
  }

  #noteFile(name: FileFlag, option: string, value: string): void {
    const isFolder = name === 'tekton';
    const path = outputPathOf(value);
    if (isStandardError(path)) {
      this.problems.push(`${option} is ${value}, which has the log. Give a file, or - for standard output.`);
    } else if (path !== '' && !(isFolder && path === STANDARD_OUTPUT)) {
      this.#set(this.files, name, option, path);
    } else this.problems.push(`${option} needs the path of a ${isFolder ? 'folder' : 'file'}.`);
  }

  #set<Name>(map: Map<Name, string>, name: Name, option: string, value: string, isPrintable = true): void {
    const before = map.get(name);
    if (before !== undefined && before !== value) {
      const values = isPrintable ? `, as ${shown(before)} and as ${shown(value)}` : ' with different values';
      this.problems.push(`${option} is given twice${values}. Leave one of them out.`);
    }
    map.set(name, value);
  }

  #refuseEmptyImages(name: InputName, value: string): void {
    if (name === 'images' && value.trim() === '') {
      this.problems.push(
        '--images is empty; a variable probably has no value. Expected one reference a line.',
      );
    }
  }

  /** Refuses an unknown flag. Its value may be a secret: it is skipped, and never printed. */
  #refuseUnknown(option: string, given: string | undefined): void {
    const isSkipped = given === undefined && this.#valueBehind() !== undefined;
    const name = FLAG_NAME.test(option) ? option : option.slice(0, 2);
    const skipped = isSkipped ? ' The argument behind it was skipped.' : '';
    this.problems.push(
      `There is no flag ${sanitize(name)}${suggestionFor(option, OFFERED_OPTIONS)}.${skipped} See registry-scan-gate help gate.`,
    );
  }
}

/**
 * The inputs from variables. A variable that is set but empty is an empty input. A misspelt one becomes an unknown
 * input.
 */
function environmentInputs(environment: Environment, problems: string[]): Map<string, string> {
  const inputs = new Map<string, string>();
  for (const [variable, value] of Object.entries(environment)) {
    if (value === undefined) continue;
    const upper = variable.toUpperCase();
    const name = inputOfVariable(upper);
    if (name === undefined) continue;
    if (variable === upper) inputs.set(name, value.trim());
    else {
      problems.push(
        `Environment variable ${sanitize(variable)} is not read, because names of variables are in capitals. Did you ` +
          `mean ${sanitize(upper)}?`,
      );
    }
  }
  return inputs;
}

function checkMode(
  inputs: Map<string, string>,
  values: ReadonlyMap<InputName, string>,
  problems: string[],
): void {
  const mode = values.get('mode') ?? 'check';
  if (mode !== 'check') {
    problems.push(`--mode is ${shown(mode)}, but the command is check. Give gate --mode ${sanitize(mode)}.`);
  }
  inputs.set('mode', 'check');
}

/** `--flag=value` in its two parts. */
function splitFlag(word: string): { readonly option: string; readonly given: string | undefined } {
  const equals = word.indexOf('=');
  return equals < 0
    ? { option: word, given: undefined }
    : { option: word.slice(0, equals), given: word.slice(equals + 1) };
}
