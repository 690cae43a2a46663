import { parseArgs } from 'node:util';
import { closestOf } from './config/hints.ts';
import {
  INPUTS,
  type InputDefinition,
  type InputName,
  inputDefinition,
  isInputName,
} from './config/inputs.ts';

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' | 'version' }
  /** The embedded Console, with its own options. */
  | { readonly kind: 'console'; readonly args: readonly string[] }
  | {
      readonly kind: 'gate';
      /** Inputs by name: flags, then the environment. Secrets are read from their files later. */
      readonly inputs: ReadonlyMap<string, string>;
      /** Files that secrets are read from, by input; `-` is standard input. */
      readonly secretFiles: ReadonlyMap<string, string>;
      readonly files: RequestedFiles;
      readonly hasProgressBar: boolean;
      /** Whether requests and delays are logged as well. */
      readonly isDebug: boolean;
    };

/** The formats that the command writes on request, and where. */
export type RequestedFiles = Readonly<Partial<Record<FileFlag, string>>>;

/** Flags that name an output file, and for `tekton` a folder. */
const FILE_FLAGS = {
  json: 'All results as JSON.',
  junit: 'JUnit XML: one test case for each image.',
  sarif: 'SARIF 2.1.0 file of the findings.',
  sbom: 'CycloneDX 1.6 of what was scanned; of several images, one numbered file each.',
  receipt: 'JSON file with what was decided and why.',
  summary: 'The summary in Markdown.',
  gitlab: "GitLab's container scanning report (gl-container-scanning-report.json).",
  dotenv: 'Outputs as variables for GitLab (at most 5 KB).',
  tekton: "Folder of a Tekton task's results: verdict, reason, digest.",
} as const satisfies Record<string, string>;

type FileFlag = keyof typeof FILE_FLAGS;

/** The command line cannot be understood. The message says what is wrong and what is allowed. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

const ENVIRONMENT_PREFIX = 'SCAN_GATE_';

const COMMANDS = ['gate', 'check', 'console'] as const;

/**
 * Reads the arguments behind the program's name, and the environment behind them: `--console-url` before
 * `SCAN_GATE_CONSOLE_URL` before the default. Throws a `UsageError`.
 */
export function parseCommandLine(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Command {
  const [command, ...rest] = args;
  if (command === undefined) {
    // Not the help with exit status 0: a variable that holds the arguments may be empty.
    throw new UsageError(
      `There is no command. Commands are: ${COMMANDS.join(', ')}. See registry-scan-gate --help.`,
    );
  }
  if (command === '--help' || command === '-h' || command === 'help') return { kind: 'help' };
  if (command === '--version' || command === '-V') return { kind: 'version' };
  if (command === 'console') return { kind: 'console', args: rest };
  if (command !== 'gate' && command !== 'check') {
    throw new UsageError(
      `There is no command ${command}${meant(command, COMMANDS)}. Commands are: ${COMMANDS.join(', ')}.`,
    );
  }
  if (rest.includes('--help') || rest.includes('-h')) return { kind: 'help' };
  return gateCommand(command, rest, environment);
}

function gateCommand(
  command: 'gate' | 'check',
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Command {
  refuseSecretFlags(args);
  const { values, positionals } = parsed(args);
  const inputs = new Map(environmentInputs(environment));
  const secretFiles = new Map<string, string>();
  for (const [flag, value] of Object.entries(values)) {
    const secret = flag.endsWith('-file') ? flag.slice(0, -'-file'.length) : '';
    if (isSecret(secret)) secretFiles.set(secret, String(value));
    // A flag without a value is a switch, such as --only-fixed.
    else if (isInputName(flag)) inputs.set(flag, value === true ? 'true' : String(value));
  }
  if (command === 'check') inputs.set('mode', 'check');
  if (positionals.length > 0) addImages(inputs, positionals);
  const files = Object.fromEntries(
    Object.keys(FILE_FLAGS).flatMap((flag) => {
      const path = values[flag];
      if (typeof path !== 'string') return [];
      if (path === '' || path === '-') {
        throw new UsageError(`--${flag} needs the path of a file; standard output has the log.`);
      }
      return [[flag, path]];
    }),
  );
  return {
    kind: 'gate',
    inputs,
    secretFiles,
    files,
    hasProgressBar: values['no-progress'] !== true,
    isDebug: values.debug === true,
  };
}

function parsed(args: readonly string[]) {
  const options: Record<string, { type: 'string' | 'boolean' }> = {
    'no-progress': { type: 'boolean' },
    debug: { type: 'boolean' },
  };
  for (const input of INPUTS) {
    if (input.isSecret) options[`${input.name}-file`] = { type: 'string' };
    else options[input.name] = { type: isSwitch(input) ? 'boolean' : 'string' };
  }
  for (const flag of Object.keys(FILE_FLAGS)) options[flag] = { type: 'string' };
  try {
    return parseArgs({ args: args.map(withSwitchValue), options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(usageMessage(error, Object.keys(options)));
  }
}

function isSwitch({ default: byDefault }: InputDefinition): boolean {
  return byDefault === 'false';
}

/** `--only-fixed=true` is the same as `--only-fixed`, because the action's input has that value. */
function withSwitchValue(argument: string): string {
  const match = /^--([a-z-]+)=true$/.exec(argument);
  const name = match?.[1] ?? '';
  return isInputName(name) && isSwitch(inputDefinition(name)) ? `--${name}` : argument;
}

function usageMessage(error: unknown, flags: readonly string[]): string {
  const message = error instanceof Error ? error.message : String(error);
  const unknown = /Unknown option '--?([^']*)'/.exec(message)?.[1];
  if (unknown === undefined) return message;
  const named = flags.map((flag) => `--${flag}`);
  return `There is no flag --${unknown}${meant(`--${unknown}`, named)}. See registry-scan-gate --help.`;
}

function meant(word: string, words: readonly string[]): string {
  const closest = closestOf(word, words);
  return closest === undefined ? '' : ` (did you mean ${closest}?)`;
}

/** Every process of the machine can read a command line, so a secret has no place there. */
function refuseSecretFlags(args: readonly string[]): void {
  for (const argument of args) {
    const name = /^--([a-z-]+)(?:=|$)/.exec(argument)?.[1] ?? '';
    if (!isSecret(name)) continue;
    throw new UsageError(
      `--${name} is refused: other processes can read a command line. Give the environment variable ` +
        `${variableOf(name)}, or --${name}-file with a path (- for standard input).`,
    );
  }
}

function isSecret(name: string): boolean {
  return isInputName(name) && inputDefinition(name).isSecret;
}

/** `SCAN_GATE_CONSOLE_URL` and so on. A variable that is set and empty was given empty. */
function environmentInputs(
  environment: Readonly<Record<string, string | undefined>>,
): readonly (readonly [string, string])[] {
  // A misspelt variable becomes an input that does not exist, and is refused as one.
  return Object.entries(environment).flatMap(([variable, value]) => {
    if (!variable.startsWith(ENVIRONMENT_PREFIX) || value === undefined) return [];
    const name = variable.slice(ENVIRONMENT_PREFIX.length).toLowerCase().replaceAll('_', '-');
    return [[name, value.trim()] as const];
  });
}

/** The environment variable of an input. */
export function variableOf(input: string): string {
  return `${ENVIRONMENT_PREFIX}${input.replaceAll('-', '_').toUpperCase()}`;
}

/** Images as arguments take the place of the inputs for one image. */
function addImages(inputs: Map<string, string>, images: readonly string[]): void {
  const list = [inputs.get('images') ?? '', ...images].filter((line) => line !== '');
  inputs.set('images', list.join('\n'));
}

/** Flags by what they are about, in the order of the help. Inputs that no group names stand in the last one. */
const HELP_GROUPS = {
  Console: [
    'console-url',
    'username',
    'password',
    'token',
    'project',
    'api-version',
    'ca-cert',
    'insecure-skip-tls-verify',
  ],
  Images: ['images', 'registry', 'repo', 'tag', 'digest', 'platforms'],
  'What fails the gate': [
    'severity-cutoff',
    'compliance-cutoff',
    'only-fixed',
    'fail-on-policy',
    'exceptions',
  ],
  Waiting: [],
} as const satisfies Record<string, readonly InputName[]>;

/** What stands for the value of a flag; `VALUE` for others. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  'console-url': 'URL',
  'ca-cert': 'PEM|FILE',
  exceptions: 'FILE',
  digest: 'SHA256',
  images: 'LINES',
  mode: 'MODE',
  timeout: 'DURATION',
  'start-timeout': 'DURATION',
  'report-timeout': 'DURATION',
  'poll-interval': 'DURATION',
  'max-scan-age': 'DURATION',
  'severity-cutoff': 'SEVERITY',
  'compliance-cutoff': 'SEVERITY',
};

/** The help, as `--help` prints it: an example first, then every flag. */
export function helpText(): string {
  return [
    'Waits until the Prisma Cloud Compute registry scan of an image is proven finished, and passes only on proof.',
    '',
    'Usage:',
    '  registry-scan-gate gate [IMAGE…] [FLAGS]     start or await the scan, evaluate its report',
    '  registry-scan-gate check [IMAGE…] [FLAGS]    ten seconds, starts nothing: are address, rights, image right?',
    '  registry-scan-gate console [FLAGS]           an embedded Console to try it with (console --help)',
    '  registry-scan-gate --help | --version',
    '',
    'Example:',
    `  export ${variableOf('console-url')}=https://console.example.com:8083`,
    `  export ${variableOf('username')}=gate ${variableOf('password')}=…   # or --password-file FILE, - for standard input`,
    '  registry-scan-gate gate registry.example.com/team/app:1.2.3 --severity-cutoff high --junit junit.xml',
    '',
    'IMAGE is [registry/]repo[:tag][@sha256:…]; with several, all must pass. Each flag below, down to “Waiting”, is',
    `also a variable, such as ${variableOf('severity-cutoff')}; the flag comes first. Secrets are never flags, because other`,
    'processes can read a command line.',
    ...Object.keys(HELP_GROUPS).flatMap((group) => ['', `${group}:`, ...inputsOf(group).map(inputHelp)]),
    '',
    'Output files, written after the verdict:',
    ...Object.entries(FILE_FLAGS).map(([flag, help]) =>
      flagHelp(`${flag} ${flag === 'tekton' ? 'DIR' : 'FILE'}`, help),
    ),
    '',
    'Log:',
    flagHelp('debug', 'Logs each request, its status and duration, and the delay before the next poll.'),
    flagHelp('no-progress', 'No progress bar on a terminal (NO_COLOR: no colours).'),
    '',
    'Exit status: 0 passed, 1 failed, 2 wrong inputs, 3 error, 4 timed out, 130 cancelled.',
  ].join('\n');
}

function inputsOf(group: string): readonly InputDefinition[] {
  const grouped = new Map<string, string>(
    Object.entries(HELP_GROUPS).flatMap(([name, inputs]) => inputs.map((input) => [input, name] as const)),
  );
  return INPUTS.filter(({ name }) => (grouped.get(name) ?? 'Waiting') === group);
}

function inputHelp(input: InputDefinition): string {
  const { name, isSecret, help, default: byDefault } = input;
  const text = help.replaceAll('`', '');
  if (isSecret) {
    return flagHelp(`${name}-file FILE`, `${text} From this file, or from ${variableOf(name)}.`);
  }
  if (isSwitch(input)) {
    // The action's input has the word "true" where the flag has none.
    const [first = '', ...rest] = text.replace(/^true:? /, '');
    return flagHelp(name, first.toUpperCase() + rest.join(''));
  }
  return flagHelp(
    `${name} ${PLACEHOLDERS[name] ?? 'VALUE'}`,
    `${text}${byDefault === undefined ? '' : ` Default: ${byDefault}.`}`,
  );
}

const HELP_COLUMN = 32;
const HELP_WIDTH = 110;

function flagHelp(flag: string, help: string): string {
  const indent = ' '.repeat(HELP_COLUMN);
  const lines: string[] = [];
  let line = '';
  for (const word of help.split(' ')) {
    if (line !== '' && HELP_COLUMN + line.length + word.length + 1 > HELP_WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  const name = `  --${flag}`;
  const first = name.length < HELP_COLUMN ? [name.padEnd(HELP_COLUMN) + (lines.shift() ?? '')] : [name];
  return [...first, ...lines.map((text) => `${indent}${text}`)].join('\n');
}
