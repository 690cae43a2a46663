import { spellingsOf } from './spellings.ts';

/** Shorter texts occur by chance in many places; the CI system's own mask still covers them in the log. */
const SHORTEST_TO_REDACT = 4;

/** Knows every secret of the run, makes the CI system mask it, and removes it from texts. */
export class Redactor {
  readonly #mask: (text: string) => void;
  readonly #secrets = new Set<string>();
  readonly #masked = new Set<string>();
  /** The patterns to search for, the longest first; undefined after a new secret. */
  #patterns: readonly (string | RegExp)[] | undefined;
  /** No shorter text can contain a secret. */
  #shortest = Number.POSITIVE_INFINITY;

  constructor(mask: (text: string) => void, known: readonly string[]) {
    this.#mask = mask;
    for (const text of known) this.add(text);
  }

  /** Adds a secret, such as one that is obtained during the run, in all its forms. */
  add(secret: string): void {
    if (secret === '' || this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    this.#patterns = undefined;
    if (secret.length >= SHORTEST_TO_REDACT) this.#shortest = Math.min(this.#shortest, secret.length);
    for (const form of formsOf(secret)) {
      if (this.#masked.has(form)) continue;
      this.#masked.add(form);
      this.#mask(form);
    }
  }

  /** The text with every secret replaced by `***`: a server may echo what it received. */
  redact(text: string): string {
    if (text.length < this.#shortest) return text;
    this.#patterns ??= patternsFor([...this.#secrets].filter(({ length }) => length >= SHORTEST_TO_REDACT));
    return this.#patterns.reduce<string>((redacted, pattern) => redacted.replaceAll(pattern, '***'), text);
  }
}

/** V8 refuses an expression of some hundred thousand characters: a few long tokens, or many renewed ones. */
const LONGEST_EXPRESSION = 20_000;

/**
 * Patterns that match any of the secrets, the longest first if one contains another. A report has hundreds of
 * thousands of texts, so as many secrets as V8 allows share an expression. A secret that is too long for one is
 * searched for in its usual forms.
 */
function patternsFor(secrets: readonly string[]): readonly (string | RegExp)[] {
  const longestFirst = secrets.flatMap(withBase64).sort((one, other) => other.length - one.length);
  const groups: string[] = [];
  const texts: string[] = [];
  for (const secret of longestFirst) {
    const alternative = secret.length > LONGEST_EXPRESSION ? undefined : spellingsOf(secret);
    const group = groups.at(-1);
    if (alternative === undefined || alternative.length > LONGEST_EXPRESSION) texts.push(...formsOf(secret));
    else if (group === undefined || group.length + alternative.length > LONGEST_EXPRESSION) {
      groups.push(alternative);
    } else groups[groups.length - 1] = `${group}|${alternative}`;
  }
  return [
    ...texts.sort((one, other) => other.length - one.length),
    ...groups.map((group) => new RegExp(group, 'g')),
  ];
}

function withBase64(secret: string): readonly string[] {
  return [...new Set([secret, ...base64Of(secret).filter(({ length }) => length >= SHORTEST_TO_REDACT)])];
}

/** A secret unchanged, and as addresses, forms, JSON, HTML and headers write it. */
function formsOf(secret: string): ReadonlySet<string> {
  const percent = encodeURIComponent(secret.toWellFormed());
  // Go and Python encode more characters than JavaScript does.
  const more = percent.replace(/[!~*'()]/g, percentOf);
  const json = JSON.stringify(secret).slice(1, -1);
  return new Set([
    secret,
    percent,
    more,
    more.replaceAll('%2F', '/'),
    more.replaceAll('%20', '+'),
    more.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    new URLSearchParams([['', secret]]).toString().slice(1),
    json,
    json.replace(/[<>&\u2028\u2029]/g, escaped),
    json.replace(/[^ -~]/g, escaped),
    json.replace(/[^ -~]|[<>&]/g, escaped),
    JSON.stringify(json).slice(1, -1),
    secret.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`),
    secret.replace(/[<>&"']/g, (character) => HTML_ENTITIES[character] ?? character),
    secret.replaceAll("'", `'\\''`),
    ...base64Of(secret),
  ]);
}

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&#x27;',
};

function percentOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** The character as Go's encoder escapes it. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function base64Of(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const base64 = bytes.toString('base64');
  return [base64, base64.replace(/={1,2}$/, ''), bytes.toString('base64url')];
}
