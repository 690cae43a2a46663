import { INPUTS, type InputDefinition, inputDefinition, isInputName } from '../config/inputs.ts';
import { FILE_FLAGS, isSwitch, LOG_FLAGS, variableOf } from './flags.ts';

/** The commands in the order of the help. */
export const COMMANDS = ['gate', 'check', 'console', 'completion', 'help', 'version'] as const;

/** The topics of the help: each command, and the program. */
export type Topic = (typeof COMMANDS)[number] | 'program';

/** True if the text is a command. */
export function isCommand(text: string): text is (typeof COMMANDS)[number] {
  return COMMANDS.some((command) => command === text);
}

/** Lines are at most this wide, as a terminal of 80 columns shows them. */
const WIDTH = 80;
const COLUMN = 26;

const EXIT_STATUS = 'Exit status: 0 passed, 1 failed, 2 wrong inputs, 3 error, 4 timed out, 130 cancelled.';

/** The help of a command; without one, that of the program. */
export function helpText(topic: Topic = 'program'): string {
  return `${HELP[topic]().join('\n')}\n`;
}

const HELP: Readonly<Record<Topic, () => readonly string[]>> = {
  program: programHelp,
  gate: gateHelp,
  check: checkHelp,
  console: () => [
    'registry-scan-gate console [FLAGS]',
    '',
    ...wrapped(
      'Serves an embedded Console to try the gate with. registry-scan-gate console --help has its flags.',
    ),
  ],
  completion: completionHelp,
  help: () => [
    'registry-scan-gate help [COMMAND]',
    '',
    ...wrapped('Prints the help of the program or of a command, and ends with status 0.'),
  ],
  version: () => ['registry-scan-gate version', '', 'Prints the version. --version is the same.'],
};

function programHelp(): readonly string[] {
  return [
    ...wrapped(
      'Waits until the Prisma Cloud Compute registry scan of an image is proven finished, and passes only on proof.',
    ),
    '',
    'Usage:',
    '  registry-scan-gate COMMAND [ARGUMENTS]',
    '',
    entry('gate [IMAGE…] [FLAGS]', 'Starts or awaits the scan, and evaluates its report.'),
    entry(
      'check [IMAGE…] [FLAGS]',
      'Takes ten seconds and starts nothing: are address, access, image and settings right?',
    ),
    entry('console [FLAGS]', 'An embedded Console to try the gate with.'),
    entry('completion SHELL', 'Prints the completion for bash, zsh or fish.'),
    entry('help [COMMAND]', 'Prints this help, or that of a command.'),
    entry('version', 'Prints the version.'),
    '',
    ...EXAMPLE,
    '',
    ...wrapped(EXIT_STATUS),
    ...wrapped(
      'help, and --help or -h with nothing else, end with 0. With --help among the arguments of gate or check nothing ' +
        'is gated, so that ends with 2: 0 always means passed.',
    ),
  ];
}

const EXAMPLE = [
  'Example:',
  `  export ${variableOf('console-url')}=https://console.example.com:8083`,
  `  export ${variableOf('username')}=gate`,
  '  registry-scan-gate gate registry.example.com/team/app:1.2.3 \\',
  '    --password-file password.txt --severity-cutoff high --junit junit.xml',
];

function gateHelp(): readonly string[] {
  return [
    'registry-scan-gate gate [IMAGE…] [FLAGS]',
    '',
    ...wrapped(
      'Starts or awaits the scan of each image, waits until it is proven finished, and evaluates its report. Passes only ' +
        'on proof.',
    ),
    '',
    ...EXAMPLE,
    '',
    ...ABOUT_IMAGES,
    ...allFlags(),
  ];
}

function checkHelp(): readonly string[] {
  return [
    'registry-scan-gate check [IMAGE…] [FLAGS]',
    '',
    ...wrapped(
      'Takes ten seconds and starts nothing. Checks address, certificate, access, image and settings, and says for each ' +
        'what to do. The flags are those of gate.',
    ),
    '',
    ...ABOUT_IMAGES,
    ...allFlags(),
  ];
}

const ABOUT_IMAGES = wrapped(
  'IMAGE is [registry/]repo[:tag][@sha256:…]; with several, all must pass. Each flag that names an input is also a ' +
    `variable, such as ${variableOf('severity-cutoff')}; the flag comes first. A secret is never a flag, because other ` +
    'processes can read a command line. Flags that are true or false take --flag, --flag=true and --flag=false.',
);

/** Flags by topic, in the order of the help. Inputs that no group names are listed in the last one. */
const GROUPS = {
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
    'exploit-cutoff',
    'compliance-cutoff',
    'only-fixed',
    'fail-on-policy',
    'grace',
    'compare-with',
    'exceptions',
    'vex-max-age',
  ],
  Waiting: [],
} as const satisfies Record<string, readonly string[]>;

function allFlags(): readonly string[] {
  return [
    ...Object.keys(GROUPS).flatMap((group) => ['', `${group}:`, ...inputsOf(group).map(inputHelp)]),
    '',
    'Files, written with the verdict; - is standard output, and the log has standard',
    'error. Those of the previous run are removed first:',
    ...Object.entries(FILE_FLAGS).map(([flag, help]) =>
      entry(`--${flag} ${flag === 'tekton' ? 'DIR' : 'FILE'}`, help),
    ),
    '',
    'Log:',
    ...Object.entries(LOG_FLAGS).map(([flag, help]) => entry(`--${flag}`, help)),
    '',
    ...wrapped(EXIT_STATUS),
    ...wrapped('--help among the arguments prints this help and ends with 2: 0 always means passed.'),
  ];
}

function inputsOf(group: string): readonly InputDefinition[] {
  const grouped = new Map<string, string>(
    Object.entries(GROUPS).flatMap(([name, inputs]) => inputs.map((input) => [input, name] as const)),
  );
  return INPUTS.filter(({ name }) => (grouped.get(name) ?? 'Waiting') === group);
}

/** The placeholder for the value of a flag; `VALUE` for all others. */
const VALUE_PLACEHOLDERS: Readonly<Record<string, string>> = {
  'console-url': 'URL',
  'ca-cert': 'PEM|FILE',
  exceptions: 'FILES',
  digest: 'SHA256',
  images: 'LINES',
  mode: 'MODE',
  timeout: 'DURATION',
  'start-timeout': 'DURATION',
  'report-timeout': 'DURATION',
  'poll-interval': 'DURATION',
  'max-scan-age': 'DURATION',
  'vex-max-age': 'DURATION',
  'severity-cutoff': 'SEVERITY',
  'compliance-cutoff': 'SEVERITY',
};

/** The name of a flag's value, such as `DURATION`. */
function placeholderOf(flag: string): string {
  return VALUE_PLACEHOLDERS[flag] ?? 'VALUE';
}

/** The words that an input's help names as its values, such as `critical`; none if it takes any text. */
export function wordsOf(flag: string): readonly string[] {
  if (!isInputName(flag)) return [];
  const words = [...inputDefinition(flag).help.matchAll(/`([a-z-]+)`(?=[,:]| or | and)/g)].map(
    ([, word = '']) => word,
  );
  return words.filter((word) => !isInputName(word));
}

function inputHelp(input: InputDefinition): string {
  const { name, isSecret, help, default: byDefault } = input;
  const text = help.replaceAll('`', '');
  if (isSecret) {
    return entry(
      `--${name}-file FILE`,
      `${text} From this file, from - for standard input (a terminal asks for it), or from ${variableOf(name)}.`,
    );
  }
  if (isSwitch(input)) {
    // The help of the action's input begins with "true"; the flag has no value.
    const [first = '', ...rest] = text.replace(/^true:? /, '');
    return entry(`--${name}`, first.toUpperCase() + rest.join(''));
  }
  return entry(
    `--${name} ${placeholderOf(name)}`,
    `${text}${byDefault === undefined ? '' : ` Default: ${byDefault}.`}`,
  );
}

function completionHelp(): readonly string[] {
  return [
    'registry-scan-gate completion SHELL',
    '',
    'Prints the completion for bash, zsh or fish. To load it:',
    '',
    '  bash: source <(registry-scan-gate completion bash)',
    '  zsh:  source <(registry-scan-gate completion zsh)',
    '  fish: registry-scan-gate completion fish | source',
  ];
}

/** A name followed by its help, which is below the name if the name is long. */
function entry(name: string, help: string): string {
  const indent = ' '.repeat(COLUMN);
  const lines = linesOf(help, WIDTH - COLUMN);
  const label = `  ${name}`;
  const first = label.length < COLUMN ? [label.padEnd(COLUMN) + (lines.shift() ?? '')] : [label];
  return [...first, ...lines.map((text) => `${indent}${text}`)].join('\n');
}

function wrapped(text: string): readonly string[] {
  return linesOf(text, WIDTH);
}

/** Lines of whole words; a word that is longer than a line is broken after a `/`, or else anywhere. */
function linesOf(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => piecesOf(each, width))) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function piecesOf(word: string, width: number): readonly string[] {
  if (word.length <= width) return [word];
  const slash = word.lastIndexOf('/', width - 1) + 1;
  const end = slash > 0 ? slash : width;
  return [word.slice(0, end), ...piecesOf(word.slice(end), width)];
}
