import type { Clock } from '../scan/clock.ts';

/** The credentials: a token, or user and password to obtain one. */
export type Credentials =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'login'; readonly username: string; readonly password: string };

/** No token is shorter than this many characters; those of the Console have hundreds. */
const SHORTEST_TOKEN = 8;

/**
 * True if a text can be a token. A short text or a plain word cannot: masking `passed` or `true` would hide results.
 */
export function isToken(text: string): boolean {
  return text.length >= SHORTEST_TOKEN && !/^[A-Za-z-]+$/.test(text);
}

/**
 * Tokens live 30 minutes self-hosted and 10 to 60 on SaaS (documented), and there is no usable call to renew one. The
 * vendor's SDK logs in again after 590 seconds; this is a little earlier.
 */
const RENEW_AFTER_MS = 480_000;

/** Obtains a token with user and password. */
export type ObtainToken = (username: string, password: string) => Promise<string>;

/** The token that all requests share: obtained when it is first needed, renewed before it can expire. */
export class Session {
  readonly #credentials: Credentials;
  readonly #logIn: ObtainToken;
  readonly #clock: Clock;
  #current: IssuedToken | undefined;

  constructor(credentials: Credentials, logIn: ObtainToken, clock: Clock) {
    this.#credentials = credentials;
    this.#logIn = logIn;
    this.#clock = clock;
  }

  /** A token that should be accepted. Rejects as the log-in does. */
  async token(): Promise<string> {
    if (this.#credentials.kind === 'token') return this.#credentials.token;
    const current = this.#current;
    const isFresh = current !== undefined && this.#clock.nowMs() - current.atMs < RENEW_AFTER_MS;
    return isFresh ? current.token : this.#renew(this.#credentials);
  }

  /** A replacement for a rejected token; undefined without credentials to obtain one. */
  async tokenInsteadOf(rejected: string): Promise<string | undefined> {
    if (this.#credentials.kind === 'token') return undefined;
    // Another request may be renewing it already, or have done so.
    const isRenewed = this.#current !== undefined && this.#current.value !== rejected;
    return isRenewed ? this.#current?.token : this.#renew(this.#credentials);
  }

  async #renew(credentials: Credentials & { kind: 'login' }): Promise<string> {
    const login: IssuedToken = {
      token: this.#logIn(credentials.username, credentials.password),
      value: undefined,
      atMs: this.#clock.nowMs(),
    };
    this.#current = login;
    try {
      login.value = await login.token;
      return login.value;
    } catch (error) {
      if (this.#current === login) this.#current = undefined;
      throw error;
    }
  }
}

interface IssuedToken {
  readonly token: Promise<string>;
  /** The token itself, once it has been obtained. */
  value: string | undefined;
  readonly atMs: number;
}
