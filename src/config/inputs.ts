import type { Task } from './config.ts';

export type Mode = Task['mode'];

/** The modes in the order in which messages list them. */
export const MODES = ['trigger', 'await', 'await-regular', 'check'] as const satisfies readonly Mode[];

/** The definition of one input, for all lists of inputs. */
export interface InputDefinition {
  readonly name: string;
  /** The value if the input is not given; undefined if there is no default. */
  readonly default: string | undefined;
  readonly isRequired: boolean;
  /** True if the value must never be printed. */
  readonly isSecret: boolean;
  /**
   * The meaning of an empty value. `default`: the same as no value. `refused`: an error, because the default checks
   * less than the user asked for. `warned`: the default, with a warning for the same reason.
   */
  readonly empty: 'default' | 'refused' | 'warned';
  /** The modes in which the input has an effect. */
  readonly modes: readonly Mode[];
  /** One line of Markdown: the description in `action.yml`, in the README and in the help of the command line. */
  readonly help: string;
}

const PLAIN = {
  default: undefined,
  isRequired: false,
  isSecret: false,
  empty: 'default',
  modes: MODES,
} as const;

const OF_IMAGES = ['trigger', 'await', 'check'] as const;
const OF_WAITING = ['trigger', 'await', 'await-regular'] as const;
const OF_WAITING_FOR_IMAGES = ['trigger', 'await'] as const;

/**
 * Every input, in the order of the documentation. `action.yml`, the README, the flags of the command line and the
 * parser follow this table.
 */
export const INPUTS = [
  {
    ...PLAIN,
    name: 'console-url',
    isRequired: true,
    help: 'Address of the Compute Console: `https://HOST:8083`, or on SaaS the address with its path. `http://` is for loopback only.',
  },
  { ...PLAIN, name: 'username', help: 'Console user, or access key id. Needs `password`.' },
  { ...PLAIN, name: 'password', isSecret: true, help: 'Password of the Console user, or secret key.' },
  {
    ...PLAIN,
    name: 'token',
    isSecret: true,
    help: 'A token instead of `username` and `password`; it must be valid for the whole step.',
  },
  { ...PLAIN, name: 'project', help: 'Tenant project of a self-hosted Console.' },
  {
    ...PLAIN,
    name: 'api-version',
    default: '32.07',
    help: 'API version in the path: `32.07` or `v32.07`.',
  },
  {
    ...PLAIN,
    name: 'ca-cert',
    help: 'Extra trusted CA: PEM text, or the path of a PEM file.',
  },
  {
    ...PLAIN,
    name: 'insecure-skip-tls-verify',
    default: 'false',
    help: "`true`: do not check the Console's certificate. A registry's is always checked.",
  },
  {
    ...PLAIN,
    name: 'registry',
    modes: OF_IMAGES,
    help: 'Registry as the Console knows it, such as `registry.example.com:5000`. Empty for Docker Hub.',
  },
  {
    ...PLAIN,
    name: 'repo',
    modes: OF_IMAGES,
    help: 'Repository, such as `library/alpine`.',
  },
  { ...PLAIN, name: 'tag', modes: OF_IMAGES, help: 'Tag. At least one of `tag` and `digest` is needed.' },
  {
    ...PLAIN,
    name: 'digest',
    default: 'any',
    empty: 'refused',
    modes: OF_IMAGES,
    help: '`sha256:…`: what was scanned must be this digest. `any`: whatever was scanned. `registry`: what the tag holds in the registry when the step begins.',
  },
  {
    ...PLAIN,
    name: 'platforms',
    default: 'scanned',
    empty: 'refused',
    modes: OF_IMAGES,
    help: 'Platforms of a multi-platform image to scan. `scanned`: whichever the Console scans. `all`: every runnable one. Or a list: `linux/amd64,linux/arm64`.',
  },
  {
    ...PLAIN,
    name: 'images',
    modes: OF_IMAGES,
    help: 'One reference a line, `[registry/]repo[:tag][@sha256:…]`, instead of `registry`, `repo`, `tag` and `digest`. `#` begins a comment. All must pass.',
  },
  {
    ...PLAIN,
    name: 'mode',
    default: 'trigger',
    help: '`trigger`: start a scan of each image and wait for it. `await`: wait for a scan that something else started. `await-regular`: wait for the regular scan of the registries. `check`: scan nothing, check the set-up.',
  },
  {
    ...PLAIN,
    name: 'timeout',
    default: '30m',
    help: 'Deadline of the whole step: `90s`, `15m`, `1h30m`, `2d`.',
  },
  {
    ...PLAIN,
    name: 'start-timeout',
    default: '5m',
    modes: OF_WAITING,
    help: 'Longest time without any sign of the scan.',
  },
  {
    ...PLAIN,
    name: 'report-timeout',
    default: '2m',
    modes: OF_WAITING_FOR_IMAGES,
    help: 'Longest time that the report may lag behind progress.',
  },
  {
    ...PLAIN,
    name: 'poll-interval',
    default: 'auto',
    modes: OF_WAITING,
    help: '`auto` adapts to the scan; or at least `1s`.',
  },
  {
    ...PLAIN,
    name: 'max-scan-age',
    default: 'never',
    modes: OF_IMAGES,
    help: 'Accept a scan that finished no longer ago than this, without starting another.',
  },
  {
    ...PLAIN,
    name: 'severity-cutoff',
    default: 'none',
    empty: 'refused',
    modes: OF_IMAGES,
    help: '`critical`, `high`, `medium`, `low`: fail on a vulnerability at or above. `none`: they decide nothing.',
  },
  {
    ...PLAIN,
    name: 'exploit-cutoff',
    default: 'none',
    empty: 'refused',
    modes: OF_IMAGES,
    help: '`in-the-wild`, `poc`: fail on a vulnerability of any severity that has such an exploit.',
  },
  {
    ...PLAIN,
    name: 'grace',
    default: 'none',
    empty: 'refused',
    modes: OF_IMAGES,
    help: 'How long a vulnerability may wait for its update before `severity-cutoff` counts it: `critical=7d, high=30d`.',
  },
  {
    ...PLAIN,
    name: 'compare-with',
    modes: OF_IMAGES,
    help: 'Reference image, such as `registry.example.com/production/{name}:latest`: `severity-cutoff` ignores what it has already.',
  },
  {
    ...PLAIN,
    name: 'compliance-cutoff',
    default: 'none',
    empty: 'refused',
    modes: OF_IMAGES,
    help: 'As `severity-cutoff`, for compliance issues, malware and secrets.',
  },
  {
    ...PLAIN,
    name: 'only-fixed',
    default: 'false',
    modes: OF_IMAGES,
    help: '`true`: `severity-cutoff` counts only vulnerabilities that have a fix.',
  },
  {
    ...PLAIN,
    name: 'fail-on-policy',
    default: 'false',
    empty: 'refused',
    modes: OF_IMAGES,
    help: "`true`: fail if the Console's own policy blocks a finding.",
  },
  {
    ...PLAIN,
    name: 'exceptions',
    modes: OF_IMAGES,
    help: 'Paths of files, one a line: our own YAML, `.trivyignore.yaml` or OpenVEX.',
  },
  {
    ...PLAIN,
    name: 'vex-max-age',
    default: '365d',
    empty: 'warned',
    modes: OF_IMAGES,
    help: 'An older OpenVEX statement accepts nothing.',
  },
] as const satisfies readonly InputDefinition[];

export type InputName = (typeof INPUTS)[number]['name'];

/** The inputs that always have a value. */
export type DefaultedInput = Extract<(typeof INPUTS)[number], { readonly default: string }>['name'];

/** The names of all inputs, in the order of the table. */
export const INPUT_NAMES: readonly InputName[] = INPUTS.map(({ name }) => name);

const BY_NAME: ReadonlyMap<string, InputDefinition> = new Map(INPUTS.map((input) => [input.name, input]));

export function isInputName(name: string): name is InputName {
  return BY_NAME.has(name);
}

/** The row of the table. */
export function inputDefinition(name: InputName): InputDefinition {
  const definition = BY_NAME.get(name);
  if (definition === undefined) throw new Error(`The table of inputs lacks ${name}.`);
  return definition;
}
