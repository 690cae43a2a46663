import { beforeEach, describe, expect, test } from '@jest/globals';
import { type ObtainToken, Session } from '../../src/console/session.ts';
import type { Clock } from '../../src/scan/clock.ts';

const credentials = { kind: 'login', username: 'gate', password: 'secret' } as const;

let nowMs = 0;
let logIns = 0;
const clock: Clock = { nowMs: () => nowMs, sleep: async () => undefined };
const logIn: ObtainToken = async (username, password) => {
  logIns += 1;
  return `${username}/${password}/${logIns}`;
};

beforeEach(() => {
  nowMs = 0;
  logIns = 0;
});

describe('A session', () => {
  test('logs in once, when a token is first needed', async () => {
    const session = new Session(credentials, logIn, clock);
    expect(logIns).toBe(0);
    const tokens = await Promise.all([session.token(), session.token()]);
    expect(tokens).toEqual(['gate/secret/1', 'gate/secret/1']);
  });

  test('renews its token before the shortest life that a token has', async () => {
    const session = new Session(credentials, logIn, clock);
    await session.token();
    nowMs = 479_000;
    expect(await session.token()).toBe('gate/secret/1');
    nowMs = 590_000;
    expect(await session.token()).toBe('gate/secret/2');
  });

  test('renews a rejected token once, however many requests it was rejected for', async () => {
    const session = new Session(credentials, logIn, clock);
    const rejected = await session.token();
    const renewed = await Promise.all([session.tokenInsteadOf(rejected), session.tokenInsteadOf(rejected)]);
    expect(renewed).toEqual(['gate/secret/2', 'gate/secret/2']);
    expect(await session.tokenInsteadOf(rejected)).toBe('gate/secret/2');
  });

  test('tries again after a log-in that failed', async () => {
    let fails = true;
    const flaky: ObtainToken = async (...given) => {
      if (fails) throw new Error('down');
      return logIn(...given);
    };
    const session = new Session(credentials, flaky, clock);
    const both = await Promise.allSettled([session.token(), session.token()]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fails = false;
    expect(await session.token()).toBe('gate/secret/1');
  });

  test('has nothing to offer instead of a token that was given', async () => {
    const session = new Session({ kind: 'token', token: 'given' }, logIn, clock);
    expect(await session.token()).toBe('given');
    expect(await session.tokenInsteadOf('given')).toBeUndefined();
    expect(logIns).toBe(0);
  });
});
