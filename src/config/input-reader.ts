import type { Files } from '../host.ts';
import { formatDuration, parseDuration } from '../scan/duration.ts';
import { joined } from '../text/joined.ts';
import { listText } from '../text/plural.ts';
import { errorMessage, quoted } from '../text/sanitize.ts';
import { closestOf, didYouMean, durationMeant, unexpandedHint } from './hints.ts';
import { type DefaultedInput, type InputName, inputDefinition } from './inputs.ts';

/** One or more inputs are unknown, contradictory or malformed. */
export class InputError extends Error {
  /** One sanitized line for each mistake: the input, its value (never a secret), what is allowed. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const [first = 'The inputs cannot be used.', ...others] = problems;
    const list = problems.map((problem, index) => `(${index + 1}) ${problem}`).join(' ');
    super(others.length === 0 ? first : `${problems.length} mistakes in the inputs: ${list}`);
    this.name = 'InputError';
    this.problems = problems;
  }
}

/** A secret from a pipe did not end within its time: that of the step, or of a preflight. */
export class SecretLateError extends Error {
  /** The flag that names the pipe, such as `--password-file`. */
  readonly flag: string;
  readonly timeoutMs: number;

  constructor(flag: string, timeoutMs: number) {
    super(`${flag} had no end.`);
    this.name = 'SecretLateError';
    this.flag = flag;
    this.timeoutMs = timeoutMs;
  }
}

const LONGEST_SHOWN = 120;

/** Matches user and password before the host of an address or a reference. */
const LOG_IN_BEFORE_HOST = /((?:^|\s)(?:[^\s:/?#]*:\/\/)?)[^\s/@]*:[^\s]*@(?!sha\d+:)/gi;

/** A value as one sanitized line in quotes, cut if it is long, and without credentials. Not for secrets. */
export function shown(value: string): string {
  const harmless = value.replace(LOG_IN_BEFORE_HOST, '$1***@');
  return quoted(harmless.length > LONGEST_SHOWN ? `${harmless.slice(0, LONGEST_SHOWN)}…` : harmless);
}

interface DurationRange {
  readonly leastMs: number;
  readonly mostMs: number;
  /** A word that is allowed instead of a duration; the caller has handled it already. */
  readonly word?: string;
}

/**
 * Reads inputs and collects every mistake instead of stopping at the first. After a mistake, a method returns a value
 * of the right type, which is never used, because the caller checks `problems` once everything is read.
 */
export class InputReader {
  readonly #given: ReadonlyMap<string, string>;
  readonly problems: string[] = [];
  readonly warnings: string[] = [];

  constructor(given: ReadonlyMap<string, string>) {
    this.#given = given;
  }

  /** The value without surrounding white space, or the default; undefined if there is neither. */
  text(name: DefaultedInput): string;
  text(name: InputName): string | undefined;
  text(name: InputName): string | undefined {
    return this.#given.get(name)?.trim() || inputDefinition(name).default;
  }

  /** True if the value differs from the default. */
  isSet(name: InputName): boolean {
    return this.text(name) !== inputDefinition(name).default;
  }

  /** True if the input was given without a value. */
  isEmpty(name: InputName): boolean {
    return this.#given.get(name)?.trim() === '';
  }

  refuse(problem: string): void {
    this.problems.push(problem);
  }

  /** Refuses the value of an input; `allowed` continues “expected”, and `hint` is a sentence of its own. */
  refuseValue(name: InputName, allowed: string, hint?: string): void {
    const value = this.text(name) ?? '';
    const problem = `Input ${name} is ${shown(value)}; expected ${allowed}.`;
    this.refuse(joined([problem, unexpandedHint(value) ?? hint]));
  }

  warn(warning: string): void {
    this.warnings.push(warning);
  }

  flag(name: DefaultedInput): boolean {
    const value = this.text(name);
    if (value !== 'true' && value !== 'false') {
      const isYes = /^(?:true|yes|on|1|y)$/i.test(value);
      const isNo = /^(?:false|no|off|0|n)$/i.test(value);
      this.refuseValue(name, 'true or false', isYes || isNo ? `Did you mean ${isYes}?` : undefined);
    }
    return value === 'true';
  }

  /** One of a few words; the first of them after a mistake. `meant` knows other words for them. */
  choice<Word extends string>(
    name: DefaultedInput,
    words: readonly [Word, ...Word[]],
    meant: (value: string) => Word | undefined = () => undefined,
  ): Word {
    const value = this.text(name);
    const word = words.find((each) => each === value);
    if (word !== undefined) return word;
    const isPrefix = (each: Word) => value.length > 2 && each.startsWith(value.toLowerCase());
    const close = meant(value.toLowerCase()) ?? closestOf(value, words) ?? words.find(isPrefix);
    this.refuseValue(name, listText(words, 'or'), didYouMean(close));
    return words[0];
  }

  durationMs(name: DefaultedInput, { leastMs, mostMs, word }: DurationRange): number {
    const value = this.text(name);
    const ms = parseDuration(value);
    if (ms !== undefined && ms >= leastMs && ms <= mostMs) return ms;
    const isWord = word !== undefined && closestOf(value, [word]) === word;
    const hint = isWord ? didYouMean(word) : ms === undefined ? durationMeant(value) : undefined;
    const least = leastMs > 0 ? ` of at least ${formatDuration(leastMs)} and` : ' of';
    const allowed = `a duration such as 90s, 15m, 1h30m or 2d,${least} at most ${formatDuration(mostMs)}`;
    this.refuseValue(name, word === undefined ? allowed : `${word}, or ${allowed}`, hint);
    return leastMs;
  }

  /** The text of the file that an input names; undefined after a mistake. */
  file(name: InputName, path: string, expected: string, files: Pick<Files, 'read'>): string | undefined {
    try {
      return files.read(path);
    } catch (error) {
      this.refuse(
        `Input ${name} names the file ${shown(path)}, which cannot be read (${errorMessage(error)}); expected ` +
          `${expected}. A file of the repository is there only after the repository was checked out.`,
      );
      return undefined;
    }
  }
}
