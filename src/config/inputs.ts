import type { Task } from './config.ts';

export type Mode = Task['mode'];

/** The modes in the order in which messages list them. */
export const MODES = ['trigger', 'await', 'await-regular', 'check'] as const satisfies readonly Mode[];

/** One input, as every place that lists the inputs shows it. */
export interface InputDefinition {
  readonly name: string;
  /** What counts where the input is not given; undefined where there is no default. */
  readonly default: string | undefined;
  readonly isRequired: boolean;
  /** Whether the value must never be printed. */
  readonly isSecret: boolean;
  /**
   * What an empty value means: `default`: the same as no value. `refused`: an error, because the default checks less
   * than the user asked for. `warned`: the default, with a warning for the same reason.
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
 * Every input there is, in the order of the documentation. `action.yml`, the README, the flags of the command line
 * and the parser follow this table.
 */
export const INPUTS = [
  {
    ...PLAIN,
    name: 'console-url',
    isRequired: true,
    help:
      'Address of the Compute Console: `https://HOST:8083`, or on SaaS the address with its path, such as ' +
      '`https://us-east1.cloud.twistlock.com/us-2-158254964`. `http://` is for loopback only.',
  },
  { ...PLAIN, name: 'username', help: 'Console user, or access key id. Needs `password`.' },
  { ...PLAIN, name: 'password', isSecret: true, help: 'Password of the Console user, or secret key.' },
  {
    ...PLAIN,
    name: 'token',
    isSecret: true,
    help:
      'A token already obtained, instead of `username` and `password`. It cannot be renewed, so it has to be valid ' +
      'for the whole step.',
  },
  { ...PLAIN, name: 'project', help: 'Tenant project of a self-hosted Console.' },
  {
    ...PLAIN,
    name: 'api-version',
    default: '32.07',
    help: 'Version of the API, as in its path: `32.07` or `v32.07`.',
  },
  {
    ...PLAIN,
    name: 'ca-cert',
    help: 'An extra trusted CA: PEM text, or the path of a PEM file. Added to the default roots, never replacing them.',
  },
  {
    ...PLAIN,
    name: 'insecure-skip-tls-verify',
    default: 'false',
    help: '`true` turns certificate checks off, with a warning on every run: anyone on the network path can then pose as the Console.',
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
    help: 'Repository, such as `library/alpine`. On Docker Hub a single name gets `library/`.',
  },
  { ...PLAIN, name: 'tag', modes: OF_IMAGES, help: 'Tag. At least one of `tag` and `digest` is needed.' },
  {
    ...PLAIN,
    name: 'digest',
    default: 'any',
    empty: 'refused',
    modes: OF_IMAGES,
    help:
      '`sha256:…`: what was scanned must be this digest. `any`: whatever was scanned. `registry`: what the tag holds ' +
      'in the registry when the step begins. Empty is an error.',
  },
  {
    ...PLAIN,
    name: 'platforms',
    default: 'scanned',
    empty: 'warned',
    modes: OF_IMAGES,
    help:
      'What of a multi-platform image has to be scanned. `scanned`: whichever platform the Console scans. `all`: ' +
      'every platform. Or a list, such as `linux/amd64,linux/arm64`.',
  },
  {
    ...PLAIN,
    name: 'images',
    modes: OF_IMAGES,
    help:
      'One full reference a line, `[registry/]repo[:tag][@sha256:…]`, instead of `registry`, `repo`, `tag` and ' +
      '`digest`. `#` begins a comment. No tag and no digest means `latest`. All images must pass.',
  },
  {
    ...PLAIN,
    name: 'mode',
    default: 'trigger',
    help:
      '`trigger`: start an on-demand scan of each image and wait for it. `await`: wait for an on-demand scan that ' +
      'something else started. `await-regular`: wait for the regular scan of the registries that is under way; takes ' +
      'no image. `check`: scan nothing, and check address, access, image and settings.',
  },
  {
    ...PLAIN,
    name: 'timeout',
    default: '30m',
    help: 'Deadline of the whole step. Durations are `90s`, `15m`, `1h30m`, `2d`.',
  },
  {
    ...PLAIN,
    name: 'start-timeout',
    default: '5m',
    modes: OF_WAITING,
    help: 'How long there may be no sign of the scan at all.',
  },
  {
    ...PLAIN,
    name: 'report-timeout',
    default: '2m',
    modes: OF_WAITING_FOR_IMAGES,
    help: 'How long the report may lag behind once progress shows the end of the scan, or no longer shows the scan.',
  },
  {
    ...PLAIN,
    name: 'poll-interval',
    default: 'auto',
    modes: OF_WAITING,
    help: '`auto` adapts to the scan; or a fixed duration of at least `1s`.',
  },
  {
    ...PLAIN,
    name: 'max-scan-age',
    default: 'never',
    modes: OF_IMAGES,
    help:
      'Accept a scan of the same image that finished no longer ago than this, without starting another. `never`: only ' +
      'a new scan.',
  },
  {
    ...PLAIN,
    name: 'severity-cutoff',
    default: 'none',
    empty: 'refused',
    modes: OF_IMAGES,
    help:
      '`critical`, `high`, `medium` or `low`: fail on any vulnerability at or above. `none`: vulnerabilities are ' +
      'counted and decide nothing. Empty is an error.',
  },
  {
    ...PLAIN,
    name: 'exploit-cutoff',
    default: 'none',
    empty: 'refused',
    modes: OF_IMAGES,
    help:
      '`in-the-wild`, `poc`: fail on any vulnerability, of whatever severity, for which the report shows ' +
      'such an exploit; `poc` includes those in the wild. `none`: exploits decide nothing. Empty is an ' +
      'error.',
  },
  {
    ...PLAIN,
    name: 'grace',
    default: 'none',
    empty: 'refused',
    modes: OF_IMAGES,
    help:
      'How long a vulnerability may wait for its update before `severity-cutoff` counts it, from the day of ' +
      'the fix or of its publication: `critical=7d, high=30d`. Never for what is exploited in the wild. ' +
      'Empty is an error.',
  },
  {
    ...PLAIN,
    name: 'compare-with',
    modes: OF_IMAGES,
    help:
      'A reference image, such as `registry.example.com/production/{name}:latest`: `severity-cutoff` does ' +
      "not count what it has already. `{name}`, `{repository}` and `{tag}` stand for the image's own.",
  },
  {
    ...PLAIN,
    name: 'compliance-cutoff',
    default: 'none',
    empty: 'refused',
    modes: OF_IMAGES,
    help:
      '`critical`, `high`, `medium` or `low`: fail on any compliance issue at or above; malware and secrets found in ' +
      'the image are among them. `none`: they are counted and decide nothing. Empty is an error.',
  },
  {
    ...PLAIN,
    name: 'only-fixed',
    default: 'false',
    modes: OF_IMAGES,
    help: '`true`: only vulnerabilities that have a fix count for `severity-cutoff`.',
  },
  {
    ...PLAIN,
    name: 'fail-on-policy',
    default: 'false',
    empty: 'warned',
    modes: OF_IMAGES,
    help: "`true`: fail where the Console's own policy marks a finding as blocking.",
  },
  {
    ...PLAIN,
    name: 'exceptions',
    modes: OF_IMAGES,
    help:
      'Paths of files of accepted findings, one a line: our own YAML (each entry with `id`, `reason` and `until`, and ' +
      'optionally `package`, `image` and `until-fixed: true`), a `.trivyignore.yaml`, or OpenVEX.',
  },
  {
    ...PLAIN,
    name: 'vex-max-age',
    default: '365d',
    empty: 'warned',
    modes: OF_IMAGES,
    help: 'A statement of OpenVEX that is older accepts nothing.',
  },
] as const satisfies readonly InputDefinition[];

export type InputName = (typeof INPUTS)[number]['name'];

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
