import { type ConsoleAddress, parseConsoleUrl } from '../console/address.ts';
import { plainText, wordsOf } from '../console/plain-text.ts';
import type { Credentials } from '../console/session.ts';
import { certificatesIn, type Trust } from '../console/trust.ts';
import type { Exception } from '../gate/exception.ts';
import { parseExceptions } from '../gate/exceptions-file.ts';
import type { Gates } from '../gate/gates.ts';
import { parseDuration } from '../scan/duration.ts';
import { type Image, isDigest, type ScanBy, type Subject } from '../scan/image.ts';
import type { Limits } from '../scan/limits.ts';
import type { PollInterval } from '../scan/schedule.ts';
import { SEVERITIES } from '../scan/severity.ts';

/** What the action is asked to do, checked and without contradictions. */
export interface Inputs {
  readonly address: ConsoleAddress;
  readonly credentials: Credentials;
  readonly trust: Trust;
  readonly subject: Subject;
  readonly startedBy: 'us' | 'someone-else';
  readonly limits: Limits;
  readonly interval: PollInterval;
  /** How long ago an accepted scan may have finished; undefined where only a scan of now will do. */
  readonly maxScanAgeMs: number | undefined;
  readonly gates: Gates;
}

/** The inputs as `action.yml` declares them. There are no defaults here: the runner fills them in from there. */
export const INPUT_NAMES = [
  'console-url',
  'username',
  'password',
  'token',
  'project',
  'api-version',
  'ca-cert',
  'insecure-skip-tls-verify',
  'registry',
  'repo',
  'tag',
  'digest',
  'mode',
  'timeout',
  'start-timeout',
  'report-timeout',
  'poll-interval',
  'max-scan-age',
  'severity-cutoff',
  'only-fixed',
  'fail-on-policy',
  'exceptions',
] as const;

export type InputName = (typeof INPUT_NAMES)[number];

/** An input is unknown, contradictory or malformed. The message names it, its value and what is allowed. */
export class InputError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InputError';
  }
}

/** Gives the text of a file; throws where it cannot. */
export type ReadFile = (path: string) => string;

/** Reads the inputs, by name and trimmed; an absent one is as good as an empty one. Throws an `InputError`. */
export function parseInputs(given: ReadonlyMap<string, string>, readFile: ReadFile): Inputs {
  refuseUnknown(given);
  const text: Text = (name) => given.get(name) ?? '';
  return {
    address: readAddress(text),
    credentials: readCredentials(text),
    trust: { extraCa: readCa(text, readFile), verify: !readFlag('insecure-skip-tls-verify', text) },
    ...readSubject(text),
    limits: readLimits(text),
    interval: readInterval(text),
    maxScanAgeMs: readMaxScanAge(text),
    gates: readGates(text, readFile),
  };
}

type Text = (name: InputName) => string;

/** A misspelt input would be a gate that nobody closed. */
function refuseUnknown(given: ReadonlyMap<string, string>): void {
  const known: ReadonlySet<string> = new Set(INPUT_NAMES);
  for (const [name, value] of given) {
    if (value !== '' && !known.has(name)) {
      throw new InputError(
        `There is no input ${shown(name)} (a variable INPUT_… of the job counts as one). ` +
          `Inputs are: ${INPUT_NAMES.join(', ')}.`,
      );
    }
  }
}

function readAddress(text: Text): ConsoleAddress {
  const url = text('console-url');
  if (url === '') throw new InputError('Input console-url is empty; expected https://HOST[:PORT][/PATH].');
  const parsed = parseConsoleUrl(url);
  if ('wrong' in parsed) {
    throw new InputError(`Input console-url ${parsed.isSecret ? '' : `(${shown(url)}) `}${parsed.wrong}.`);
  }
  const version = /^v?(\d{1,3}(?:\.\d{1,3}){0,2})$/.exec(text('api-version'))?.[1];
  if (version === undefined) throw malformed('api-version', text, 'a version such as 32.07 or v32.07');
  const project = text('project');
  if (plainText(project) !== project) throw malformed('project', text, 'the name of a project');
  return { base: parsed.base, apiVersion: version, project };
}

function readCredentials(text: Text): Credentials {
  const username = text('username');
  const password = text('password');
  const token = text('token');
  if (token !== '') {
    if (username !== '' || password !== '') {
      throw new InputError(
        'Inputs token and username/password contradict each other; give one way to log in.',
      );
    }
    if (!/^[\x21-\x7e]+$/.test(token)) {
      throw new InputError(
        'Input token has characters in it that no token has, such as a space or a line break.',
      );
    }
    return { kind: 'token', token };
  }
  if (username === '' && password === '') {
    throw new InputError(
      'No way to log in: give the inputs username and password, or token. ' +
        'Where they come from secrets, check that these exist and may be read here.',
    );
  }
  if (username === '')
    throw new InputError('Input username is empty, but password is given; both are needed.');
  if (password === '') {
    throw new InputError(
      'Input password is empty, but username is given; both are needed. ' +
        'Where it comes from a secret, check that the secret exists and may be read here.',
    );
  }
  return { kind: 'login', username, password };
}

function readCa(text: Text, readFile: ReadFile): string {
  const given = text('ca-cert');
  if (given === '') return '';
  const isPem = given.includes('-----BEGIN');
  const pem = isPem
    ? given
    : readInputFile('ca-cert', given, 'PEM text, or the path of a PEM file', readFile);
  if (certificatesIn(pem) !== undefined) return pem;
  const what = isPem ? 'is PEM text' : `names a file (${shown(given)})`;
  throw new InputError(
    `Input ca-cert ${what} without a certificate in it, or with a broken one; ` +
      'expected -----BEGIN CERTIFICATE----- … -----END CERTIFICATE-----, or the path of a file with that.',
  );
}

function readInputFile(name: InputName, path: string, expected: string, readFile: ReadFile): string {
  try {
    return readFile(path);
  } catch (error) {
    throw new InputError(
      `Input ${name} names a file (${shown(path)}) that cannot be read (${wordsOf(error)}); expected ${expected}.`,
    );
  }
}

function readFlag(name: InputName, text: Text): boolean {
  const value = text(name);
  if (value !== 'true' && value !== 'false') throw malformed(name, text, 'true or false');
  return value === 'true';
}

const IMAGE_INPUTS = ['registry', 'repo', 'tag', 'digest'] as const satisfies readonly InputName[];

/** Inputs that mean nothing where no image is waited for. */
const OF_IMAGES = [
  ...IMAGE_INPUTS,
  'max-scan-age',
  'severity-cutoff',
  'only-fixed',
  'fail-on-policy',
  'exceptions',
] as const satisfies readonly InputName[];

function readSubject(text: Text): Pick<Inputs, 'subject' | 'startedBy'> {
  const mode = text('mode');
  switch (mode) {
    case 'trigger':
      return { subject: readImage(text), startedBy: 'us' };
    case 'await':
      return { subject: readImage(text), startedBy: 'someone-else' };
    case 'await-regular': {
      const extra = OF_IMAGES.find((name) => text(name) !== '' && text(name) !== 'false');
      if (extra !== undefined) {
        throw new InputError(
          `Input ${extra} (${shown(text(extra))}) contradicts mode await-regular, which waits for whole registries ` +
            'and neither takes an image nor reads the report of one; leave it out, or use mode trigger or await.',
        );
      }
      return { subject: 'regular-scan', startedBy: 'someone-else' };
    }
    default:
      throw malformed('mode', text, 'trigger, await or await-regular');
  }
}

function readImage(text: Text): Image {
  const repository = text('repo');
  if (repository === '')
    throw new InputError('Input repo is empty; expected a repository such as library/alpine.');
  // The grammar of image names: https://github.com/distribution/reference
  if (!/^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/.test(repository)) {
    throw malformed('repo', text, 'a repository such as library/alpine, without registry, tag and digest');
  }
  const registry = text('registry');
  if (!/^(?:(?:https?:\/\/)?[A-Za-z0-9[][A-Za-z0-9[\]_.:-]*(?:\/[A-Za-z0-9_.-]+)*\/?)?$/.test(registry)) {
    throw malformed(
      'registry',
      text,
      'a registry such as registry.example.com:5000, or nothing for Docker Hub',
    );
  }
  if (registry === '' && /^(?:[^/]*\.[^/]*|localhost)\//.test(repository)) {
    throw malformed('repo', text, 'a repository without its registry, which goes into the input registry');
  }
  return {
    registry: registry === 'docker.io' ? '' : registry.replace(/\/+$/, ''),
    repository,
    ...readSelection(text),
  };
}

function readSelection(text: Text): Pick<Image, 'scanBy' | 'requiredDigest'> {
  const tag = text('tag');
  const digest = text('digest');
  if (tag === '' && digest === '')
    throw new InputError('Inputs tag and digest are both empty; give at least one.');
  if (tag !== '' && !/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(tag)) {
    throw malformed('tag', text, 'a tag such as 3.16, without repository and digest');
  }
  if (digest === '') return { scanBy: { tag }, requiredDigest: undefined };
  if (!isDigest(digest)) throw malformed('digest', text, 'sha256: and 64 hex digits in lower case');
  const scanBy: ScanBy = tag === '' ? { digest } : { tag };
  return { scanBy, requiredDigest: digest };
}

/** No job runs longer than five days. */
const LONGEST_MS = 5 * 24 * 3_600_000;

function readLimits(text: Text): Limits {
  const timeoutMs = readDuration('timeout', text, 1_000);
  return {
    timeoutMs,
    startTimeoutMs: Math.min(readDuration('start-timeout', text, 0), timeoutMs),
    reportTimeoutMs: readDuration('report-timeout', text, 0),
  };
}

function readInterval(text: Text): PollInterval {
  if (text('poll-interval') === 'auto') return 'auto';
  return { everyMs: readDuration('poll-interval', text, 1_000, 'auto, or ') };
}

/** A scan from before this says nothing of today's vulnerabilities. */
const OLDEST_SCAN_MS = 365 * 24 * 3_600_000;

function readMaxScanAge(text: Text): number | undefined {
  const isGiven = text('max-scan-age') !== '';
  return isGiven ? readDuration('max-scan-age', text, 1_000, 'nothing, or ', OLDEST_SCAN_MS) : undefined;
}

function readDuration(
  name: InputName,
  text: Text,
  leastMs: number,
  alternative = '',
  mostMs = LONGEST_MS,
): number {
  const ms = parseDuration(text(name));
  if (ms !== undefined && ms >= leastMs && ms <= mostMs) return ms;
  const least = leastMs > 0 ? ' of at least 1s' : '';
  const allowed = `a duration${least} such as 90s, 15m or 1h30m, and no more than ${mostMs / 3_600_000}h`;
  throw malformed(name, text, `${alternative}${allowed}`);
}

function readGates(text: Text, readFile: ReadFile): Gates {
  const cutoff = text('severity-cutoff');
  const severityCutoff = SEVERITIES.find((severity) => severity === cutoff);
  if (cutoff !== '' && severityCutoff === undefined) {
    throw malformed('severity-cutoff', text, `${SEVERITIES.join(', ')}, or nothing for no such gate`);
  }
  return {
    severityCutoff,
    onlyFixed: readFlag('only-fixed', text),
    failOnPolicy: readFlag('fail-on-policy', text),
    exceptions: readExceptions(text, readFile),
  };
}

function readExceptions(text: Text, readFile: ReadFile): readonly Exception[] {
  const path = text('exceptions');
  if (path === '') return [];
  const list = parseExceptions(readInputFile('exceptions', path, 'the path of a YAML file', readFile));
  if ('exceptions' in list) return list.exceptions;
  throw new InputError(
    `Input exceptions names a file (${shown(path)}) that cannot be used: ${plainText(list.wrong)}. Expected a list ` +
      'of entries with id, reason and until, and optionally package and image.',
  );
}

function malformed(name: InputName, text: Text, allowed: string): InputError {
  return new InputError(`Input ${name} is ${shown(text(name))}; expected ${allowed}.`);
}

/** A value as one harmless line in quotes. Tags often come from branch names. Not for secrets. */
function shown(value: string): string {
  return `"${plainText(value)}"`;
}
