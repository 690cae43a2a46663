import { randomUUID } from 'node:crypto';
import type { Scenario, UserScript } from './scenario.ts';

type Session = { readonly user: UserScript; readonly issuedAtMs: number };

export type AuthorizationKind = 'basic' | 'bearer' | 'none' | 'other';

/** Who may come in: users with their passwords, and the tokens that they were given. */
export class Sessions {
  readonly #scenario: Scenario;
  readonly #now: () => number;
  readonly #tokens = new Map<string, Session>();

  constructor(scenario: Scenario, now: () => number) {
    this.#scenario = scenario;
    this.#now = now;
  }

  /** A new token, or undefined where user and password don't fit. */
  logIn(username: string, password: string): string | undefined {
    const user = this.#userWith(username, password);
    if (user === undefined) return undefined;
    this.#forgetExpired();
    const token = randomUUID();
    this.#tokens.set(token, { user, issuedAtMs: this.#now() });
    return token;
  }

  /**
   * Whom an `Authorization` header stands for, or undefined. `restartedAtMs` is when the Console last
   * restarted, in milliseconds of the same clock as tokens.
   */
  userOf(authorization: string, restartedAtMs: number | undefined): UserScript | undefined {
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

  #userWith(username: string, password: string): UserScript | undefined {
    return this.#scenario.users.find((user) => user.username === username && user.password === password);
  }

  #userHolding(token: string, restartedAtMs: number | undefined): UserScript | undefined {
    const session = this.#tokens.get(token);
    if (session === undefined) return undefined;
    const { restartDropsTokens } = this.#scenario.settings;
    const dropped = restartDropsTokens && restartedAtMs !== undefined && session.issuedAtMs <= restartedAtMs;
    return dropped || this.#expired(session) ? undefined : session.user;
  }

  #expired({ issuedAtMs }: Session): boolean {
    return this.#now() - issuedAtMs >= this.#scenario.settings.tokenLifetimeMs;
  }

  /** Tokens expire in the order in which they were given, so the first that is good ends the search. */
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
