import { INPUTS, type InputDefinition, type InputName } from '../config/inputs.ts';

/** Formats that the command writes on request, by flag; `tekton` names a folder, the others a file. */
export const FILE_FLAGS = {
  json: 'All results as JSON, findings included.',
  junit: 'JUnit XML: one test case for each image.',
  sarif: 'SARIF 2.1.0 file of the findings.',
  sbom: 'CycloneDX 1.6 of what was scanned; of several images one numbered file each.',
  receipt: 'JSON file with what was decided and why.',
  summary: 'The summary in Markdown.',
  gitlab: "GitLab's container scanning report (gl-container-scanning-report.json).",
  dotenv: 'Outputs as variables for GitLab (at most 5 KB).',
  tekton: "Folder of a Tekton task's results: verdict, reason, digest.",
} as const satisfies Record<string, string>;

export type FileFlag = keyof typeof FILE_FLAGS;

/** Switches of the log. */
export const LOG_FLAGS = {
  quiet: 'Prints the warnings and the line that decides, and nothing else.',
  debug: 'Logs each request, its status and duration, and the delay before the next poll.',
  'no-progress': 'No progress bar on a terminal (NO_COLOR: no colours).',
} as const satisfies Record<string, string>;

export type LogFlag = keyof typeof LOG_FLAGS;

/** The meaning of a flag of `gate` and `check`. */
export type Flag =
  | { readonly kind: 'input'; readonly name: InputName; readonly isSwitch: boolean }
  /** The file that a secret input is read from. */
  | { readonly kind: 'secret-file'; readonly name: InputName }
  /** A secret itself, which is not allowed among the arguments. */
  | { readonly kind: 'secret'; readonly name: InputName }
  | { readonly kind: 'file'; readonly name: FileFlag }
  | { readonly kind: 'log'; readonly name: LogFlag };

/** Every flag by its name without the dashes. */
export const FLAGS: ReadonlyMap<string, Flag> = new Map<string, Flag>([
  ...INPUTS.flatMap((input): readonly (readonly [string, Flag])[] =>
    isSecretInput(input)
      ? [
          [input.name, { kind: 'secret', name: input.name }],
          [`${input.name}-file`, { kind: 'secret-file', name: input.name }],
        ]
      : [[input.name, { kind: 'input', name: input.name, isSwitch: isSwitch(input) }]],
  ),
  ...flagsOf(FILE_FLAGS).map((name) => [name, { kind: 'file', name }] as const),
  ...flagsOf(LOG_FLAGS).map((name) => [name, { kind: 'log', name }] as const),
]);

/** The flags that the help and the completion name: all but those that are refused. */
export const OFFERED_FLAGS: readonly string[] = [...FLAGS]
  .filter(([, { kind }]) => kind !== 'secret')
  .map(([name]) => name);

/** True if a flag takes no value: `--only-fixed`, `--quiet`. */
export function isSwitchFlag(flag: Flag): boolean {
  return flag.kind === 'log' || (flag.kind === 'input' && flag.isSwitch);
}

/** True if the input is true or false, so that its flag needs no value. */
export function isSwitch({ default: byDefault }: InputDefinition): boolean {
  return byDefault === 'false';
}

const ENVIRONMENT_PREFIX = 'SCAN_GATE_';

/** The environment variable of an input. */
export function variableOf(input: string): string {
  return `${ENVIRONMENT_PREFIX}${input.replaceAll('-', '_').toUpperCase()}`;
}

/** The input that a variable stands for, such as `console-url`, whether it exists or not; undefined for other variables. */
export function inputOfVariable(variable: string): string | undefined {
  return variable.startsWith(ENVIRONMENT_PREFIX)
    ? variable.slice(ENVIRONMENT_PREFIX.length).toLowerCase().replaceAll('_', '-')
    : undefined;
}

function isSecretInput({ isSecret }: InputDefinition): boolean {
  return isSecret;
}

function flagsOf<Key extends string>(table: Readonly<Record<Key, string>>): readonly Key[] {
  const keys: Key[] = [];
  for (const key in table) keys.push(key);
  return keys;
}
