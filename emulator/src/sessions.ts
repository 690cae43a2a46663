import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Scenario, UserSpec } from './scenario.ts';

interface Session {
  readonly user: UserSpec;
  readonly issuedAtMs: number;
}

export type AuthorizationKind = 'basic' | 'bearer' | 'none' | 'other';

/** Users with their passwords, and the tokens issued to them. */
export class Sessions {
  readonly #scenario: Scenario;
  readonly #now: () => number;
  readonly #shownNow: () => number;
  readonly #key = randomBytes(32);
  readonly #tokens = new Map<string, Session>();

  /** `shownNow` is the time that the Console's clock shows, for the claims of a token. */
  constructor(scenario: Scenario, now: () => number, shownNow: () => number = now) {
    this.#scenario = scenario;
    this.#now = now;
    this.#shownNow = shownNow;
  }

  /** Issues a token; undefined: wrong user or password. */
  logIn(username: string, password: string): string | undefined {
    const user = this.#userWith(username, password);
    if (user === undefined) return undefined;
    this.#forgetExpired();
    const token = this.#scenario.settings.tokenForm === 'jwt' ? this.#webToken(user) : randomUUID();
    this.#tokens.set(token, { user, issuedAtMs: this.#now() });
    return token;
  }

  /**
   * Returns the user of an `Authorization` header. `restartedAtMs` is the time of the last restart on the clock of
   * the tokens.
   */
  userOf(authorization: string, restartedAtMs: number | undefined): UserSpec | undefined {
    const credentials = authorization.replace(/^\S+\s+/, '');
    switch (authorizationKind(authorization)) {
      case 'basic': {
        const [username = '', ...rest] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
        return this.#userWith(username, rest.join(':'));
      }
      case 'bearer':
        return this.#userHolding(credentials, restartedAtMs);
      case 'none':
      case 'other':
        return undefined;
    }
  }

  #webToken({ username, role }: UserSpec): string {
    const iat = Math.floor(this.#shownNow() / 1_000);
    const exp = iat + Math.floor(this.#scenario.settings.tokenLifetimeMs / 1_000);
    const claims = { user: username, role, iss: 'embedded-console', jti: randomUUID(), iat, exp };
    const parts = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const signed = parts.join('.');
    return `${signed}.${createHmac('sha256', this.#key).update(signed).digest('base64url')}`;
  }

  #userWith(username: string, password: string): UserSpec | undefined {
    return this.#scenario.users.find((user) => user.username === username && user.password === password);
  }

  #userHolding(token: string, restartedAtMs: number | undefined): UserSpec | undefined {
    const session = this.#tokens.get(token);
    if (session === undefined) return undefined;
    const { restartDropsTokens } = this.#scenario.settings;
    const dropped = restartDropsTokens && restartedAtMs !== undefined && session.issuedAtMs <= restartedAtMs;
    return dropped || this.#expired(session) ? undefined : session.user;
  }

  #expired({ issuedAtMs }: Session): boolean {
    return this.#now() - issuedAtMs >= this.#scenario.settings.tokenLifetimeMs;
  }

  /** Removes expired tokens. They expire in the order of issue, so the first valid one ends the search. */
  #forgetExpired(): void {
    for (const [token, session] of this.#tokens) {
      if (!this.#expired(session)) return;
      this.#tokens.delete(token);
    }
  }
}

export function authorizationKind(authorization: string): AuthorizationKind {
  if (authorization === '') return 'none';
  if (/^basic /i.test(authorization)) return 'basic';
  return /^bearer /i.test(authorization) ? 'bearer' : 'other';
}
