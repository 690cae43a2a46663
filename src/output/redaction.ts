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

/** An environment, as far as proxies are set in it. */
export type Environment = Readonly<Record<string, string | undefined>>;

const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'] as const;

/**
 * Every text that must never be printed: secrets, the pair of user and password, and the credentials of a
 * proxy, as they are and in the forms that headers and addresses give them.
 */
export function secretForms(
  secrets: readonly string[],
  login: { readonly username: string; readonly password: string },
  environment: Environment,
): readonly string[] {
  const proxies = PROXY_VARIABLES.flatMap((name) => proxyCredentials(environment[name] ?? ''));
  const texts = [
    ...secrets.flatMap(formsOf),
    ...basic([login.username, login.password]),
    ...proxies.flatMap((pair) => [...formsOf(pair[1]), ...basic(pair)]),
  ];
  return [...new Set(texts)].filter((text) => text !== '');
}

/** A secret as it is, and as addresses, forms, JSON and headers write it. */
function formsOf(secret: string): readonly string[] {
  const encoded = encodeURIComponent(secret.toWellFormed());
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    new URLSearchParams([['', secret]]).toString().slice(1),
    json,
    json.replace(/[<>&\u2028\u2029]/g, escaped),
    json.replace(/[^ -~]/g, escaped),
    json.replace(/[^ -~]|[<>&]/g, escaped),
    JSON.stringify(json).slice(1, -1),
    ...base64Of(secret),
  ];
}

/** As Go's encoder writes what it does not write as it is. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function base64Of(text: string): readonly string[] {
  if (text === '') return [];
  const base64 = Buffer.from(text).toString('base64');
  return [base64, base64.replace(/=+$/, ''), Buffer.from(text).toString('base64url')];
}

/** The credentials of basic authentication, as a header carries them; none without a password. */
function basic([user, password]: readonly [string, string]): readonly string[] {
  return password === '' ? [] : base64Of(`${user}:${password}`);
}

/** User and password in the address of a proxy, which may lack its scheme. */
function proxyCredentials(address: string): readonly (readonly [string, string])[] {
  const text = /^[a-z]+:\/\//i.test(address) ? address : `http://${address}`;
  if (!URL.canParse(text)) return [];
  const { username, password } = new URL(text);
  return [
    [username, password],
    [decoded(username), decoded(password)],
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
