import { formsOf } from './secrets.ts';

/** Shorter texts occur by chance in many places; the CI system's own mask still covers them in the log. */
const SHORTEST_TO_REDACT = 4;

/** Knows every secret of the run, tells the CI system to mask it, and removes it from texts. */
export class Redactor {
  readonly #mask: (text: string) => void;
  readonly #known = new Set<string>();
  /** What to look for, the longest first; undefined after a new secret. */
  #patterns: readonly (string | RegExp)[] | undefined;
  /** No shorter text can have a secret in it. */
  #shortest = Number.POSITIVE_INFINITY;

  constructor(mask: (text: string) => void, known: readonly string[]) {
    this.#mask = mask;
    for (const text of known) this.#learn(text);
  }

  /** Adds a secret that is obtained during the run, such as a renewed token, in all its forms. */
  add(secret: string): void {
    for (const text of formsOf(secret)) this.#learn(text);
  }

  #learn(text: string): void {
    if (text === '' || this.#known.has(text)) return;
    this.#known.add(text);
    this.#patterns = undefined;
    if (text.length >= SHORTEST_TO_REDACT) this.#shortest = Math.min(this.#shortest, text.length);
    this.#mask(text);
  }

  /** The text with every secret replaced by `***`: a server may echo what it was sent. */
  redact(text: string): string {
    if (text.length < this.#shortest) return text;
    this.#patterns ??= patternsFor([...this.#known]);
    return this.#patterns.reduce<string>((redacted, pattern) => redacted.replaceAll(pattern, '***'), text);
  }
}

/** V8 refuses an expression of some hundred thousand characters: a few long tokens, or many renewed ones. */
const LONGEST_IN_EXPRESSION = 1_000;
const LONGEST_EXPRESSION = 20_000;

/**
 * Patterns that match any of the texts, the longest first where one contains another. A report has hundreds of thousands
 * of texts, so as many secrets as V8 allows share an expression.
 */
function patternsFor(texts: readonly string[]): readonly (string | RegExp)[] {
  const longestFirst = texts
    .filter((text) => text.length >= SHORTEST_TO_REDACT)
    .sort((one, other) => other.length - one.length);
  const groups: string[] = [];
  for (const text of longestFirst.filter(({ length }) => length <= LONGEST_IN_EXPRESSION)) {
    const alternative = text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
    const group = groups.at(-1);
    if (group === undefined || group.length + alternative.length > LONGEST_EXPRESSION)
      groups.push(alternative);
    else groups[groups.length - 1] = `${group}|${alternative}`;
  }
  return [
    ...longestFirst.filter(({ length }) => length > LONGEST_IN_EXPRESSION),
    ...groups.map((group) => new RegExp(group, 'g')),
  ];
}
