import { plainText, wordsOf } from '../console/plain-text.ts';
import { parseDuration } from '../scan/duration.ts';

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
  'images',
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

/** The value of an input, trimmed; an absent one is as good as an empty one. */
export type Text = (name: InputName) => string;

/** Gives the text of a file; throws where it cannot. */
export type ReadFile = (path: string) => string;

/** Reads an input that is `true` or `false`, as the runner writes them. */
export function readFlag(name: InputName, text: Text): boolean {
  const value = text(name);
  if (value !== 'true' && value !== 'false') throw malformed(name, text, 'true or false');
  return value === 'true';
}

/** No job runs longer than five days. */
const LONGEST_MS = 5 * 24 * 3_600_000;

/** Reads an input that is a duration, in milliseconds. `alternative` is what else it may be, for the message. */
export function readDuration(
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

/** Reads the file that an input names. `expected` is what the input should be, for the message. */
export function readInputFile(name: InputName, path: string, expected: string, readFile: ReadFile): string {
  try {
    return readFile(path);
  } catch (error) {
    throw new InputError(
      `Input ${name} names a file (${shown(path)}) that cannot be read (${wordsOf(error)}); expected ${expected}.`,
    );
  }
}

/** The error of an input that is not what it should be. */
export function malformed(name: InputName, text: Text, allowed: string): InputError {
  return new InputError(`Input ${name} is ${shown(text(name))}; expected ${allowed}.`);
}

/** A value as one harmless line in quotes. Tags often come from branch names. Not for secrets. */
export function shown(value: string): string {
  return `"${plainText(value)}"`;
}
