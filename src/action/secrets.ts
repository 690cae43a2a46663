import type { InputName } from './inputs.ts';

/** An environment, as far as proxies are set in it. */
export type Environment = Readonly<Record<string, string | undefined>>;

const SECRET_INPUTS: readonly InputName[] = ['password', 'token'];
const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'] as const;

/** Shorter texts stand in too many places by chance; the runner's own mask still covers them in the log. */
const SHORTEST_TO_STRIKE = 4;

/** What must never be printed. The runner is told to mask it, and what the Console says is searched for it. */
export class Secrets {
  readonly #mask: (text: string) => void;
  readonly #known = new Set<string>();

  constructor(mask: (text: string) => void, known: readonly string[]) {
    this.#mask = mask;
    for (const text of known) this.add(text);
  }

  /** Adds a secret that came up on the way, such as a renewed token. */
  add(text: string): void {
    if (this.#known.has(text)) return;
    this.#known.add(text);
    this.#mask(text);
  }

  /** The text without any secret in it: a Console may echo what it was sent. */
  strike(text: string): string {
    const longestFirst = [...this.#known].sort((a, b) => b.length - a.length);
    return longestFirst
      .filter((secret) => secret.length >= SHORTEST_TO_STRIKE)
      .reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  }
}

/**
 * Every text that must never be printed, whatever else is wrong: the secret inputs and the credentials of a
 * proxy, as they are and in the forms that headers and addresses give them.
 */
export function secretsOf(inputs: ReadonlyMap<string, string>, environment: Environment): readonly string[] {
  const given = SECRET_INPUTS.map((name) => inputs.get(name) ?? '');
  const login = [inputs.get('username') ?? '', inputs.get('password') ?? ''] as const;
  const proxies = PROXY_VARIABLES.flatMap((name) => proxyCredentials(environment[name] ?? ''));
  const texts = [
    ...given.flatMap(formsOf),
    basic(login),
    ...proxies.flatMap((pair) => [...formsOf(pair[1]), basic(pair)]),
  ];
  return [...new Set(texts)].filter((text) => text !== '');
}

/** A secret as it is, in an address, and in a JSON text. */
function formsOf(secret: string): readonly string[] {
  return [secret, encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1)];
}

/** The credentials of basic authentication, as a header carries them; empty without a password. */
function basic([user, password]: readonly [string, string]): string {
  return password === '' ? '' : Buffer.from(`${user}:${password}`).toString('base64');
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
