import { describe, expect, test } from '@jest/globals';
import { ended, newRow, nothing, oldRow, ongoing } from './console-data.ts';
import { gate, of, PASSED, PASSWORD, type Run, shown, USER, verdictOf } from './gate.ts';
import {
  htmlPage,
  json,
  logIn,
  notFound,
  refused,
  type Scripts,
  token,
  unauthorized,
} from './scripted-console.ts';

const finishes: Scripts = { progress: [ongoing, ended, nothing], report: [oldRow, newRow] };
const GIVEN = 'given-token-Yx93';
const BY_TOKEN = { username: '', password: '', token: GIVEN } as const;

const bearers = (run: Run): (string | undefined)[] =>
  run.asked.filter(({ call }) => call !== 'authenticate').map(({ headers }) => headers.authorization);

describe('user and password', () => {
  test.concurrent('are exchanged for a token once, and the token serves every other call', async () => {
    const run = await gate(finishes);

    expect(verdictOf(run)).toBe(PASSED);
    expect(of(run, 'authenticate').map(({ body }): unknown => JSON.parse(body))).toEqual([
      { username: USER, password: PASSWORD },
    ]);
    expect(new Set(bearers(run))).toEqual(new Set([`Bearer ${token(1)}`]));
  });

  test.concurrent('arrive as they were written, whatever they are made of', async () => {
    const password = 'pä"ss\\w$rd %41 \u{1F511} <&>';
    const run = await gate(finishes, { password });

    expect(verdictOf(run)).toBe(PASSED);
    expect(JSON.parse(of(run, 'authenticate')[0]?.body ?? '')).toEqual({ username: USER, password });
  });

  test.concurrent('are sent to authenticate alone, and never as a basic header', async () => {
    const run = await gate(finishes);
    const elsewhere = run.asked.filter(({ call }) => call !== 'authenticate');
    const basic = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');

    expect(elsewhere.length).toBeGreaterThan(0);
    expect(JSON.stringify(elsewhere)).not.toContain(PASSWORD);
    expect(JSON.stringify(run.asked)).not.toContain(basic);
    expect(run.asked.filter(({ headers }) => headers.authorization?.startsWith('Basic'))).toEqual([]);
  });

  test.concurrent('that are wrong end at once with unauthorized, and nothing else is asked', async () => {
    const run = await gate({ authenticate: [refused(401, 'invalid credentials')] });

    expect(verdictOf(run)).toBe('1 error unauthorized');
    expect(run.asked).toHaveLength(1);
  });

  test.concurrent.each([
    ['400', refused(400, 'malformed'), '1 error bad-request'],
    ['403', refused(403, 'locked'), '1 error forbidden'],
    ['404', notFound, '1 error not-found'],
    ['an answer without a token', json({}), '1 error invalid-response'],
    ['an empty token', json({ token: '' }), '1 error invalid-response'],
    ['a page of HTML for good', htmlPage(200), '1 error invalid-response'],
  ])('answered with %s', async (_name, answer, expected) => {
    const run = await gate({ authenticate: [answer] });

    expect(verdictOf(run)).toBe(expected);
    expect(new Set(run.asked.map(({ call }) => call))).toEqual(new Set(['authenticate']));
  });
});

describe('a token instead of user and password', () => {
  test.concurrent('serves every call, and nobody logs in', async () => {
    const run = await gate({ ...finishes, knownToken: GIVEN }, BY_TOKEN);

    expect(verdictOf(run)).toBe(PASSED);
    expect(of(run, 'authenticate')).toEqual([]);
    expect(new Set(bearers(run))).toEqual(new Set([`Bearer ${GIVEN}`]));
  });

  test.concurrent('that is refused ends with unauthorized: there is nothing to renew it with', async () => {
    const run = await gate(finishes, BY_TOKEN);

    expect(verdictOf(run)).toBe('1 error unauthorized');
    expect(of(run, 'authenticate')).toEqual([]);
    expect(of(run, 'trigger')).toEqual([]);
  });

  test.concurrent('that expires in the middle ends with unauthorized', async () => {
    const run = await gate(
      { ...finishes, progress: [ongoing, { ...unauthorized, revokesTokens: true }], knownToken: GIVEN },
      BY_TOKEN,
    );

    expect(verdictOf(run)).toBe('1 error unauthorized');
    expect(of(run, 'authenticate')).toEqual([]);
  });
});

describe('exactly one of the two ways', () => {
  test.concurrent.each([
    ['neither', { username: '', password: '' }],
    ['both', { token: GIVEN }],
    ['a user without a password', { password: '' }],
    ['a password without a user', { username: '' }],
    ['a token and a user', { password: '', token: GIVEN }],
    ['a token and a password', { username: '', token: GIVEN }],
  ])('%s: invalid-input, and nothing is sent', async (_name, inputs) => {
    const run = await gate(finishes, inputs);

    expect(verdictOf(run)).toBe('1 error invalid-input');
    expect(run.asked).toEqual([]);
    expect(shown(run)).toMatch(/token|password/);
    expect(shown(run)).not.toContain(PASSWORD);
    expect(shown(run)).not.toContain(GIVEN);
  });
});

describe('a token that does not last', () => {
  test.concurrent.each(['report', 'trigger', 'progress'] as const)(
    'expired at %s: one new log-in, and on it goes',
    async (call) => {
      const expired = { ...unauthorized, revokesTokens: true };
      const usual = { report: [oldRow, newRow], trigger: [{}], progress: [ongoing, ended, nothing] }[call];
      const run = await gate({ ...finishes, [call]: [expired, ...usual] });

      expect(verdictOf(run)).toBe(PASSED);
      expect(of(run, 'authenticate')).toHaveLength(2);
      expect(bearers(run).at(-1)).toBe(`Bearer ${token(2)}`);
      expect(of(run, 'trigger').map(({ body }) => body)).toEqual(
        Array.from({ length: call === 'trigger' ? 2 : 1 }, () => of(run, 'trigger')[0]?.body),
      );
    },
  );

  test.concurrent('refused again after the new log-in: unauthorized, at once', async () => {
    const run = await gate({ ...finishes, progress: [ongoing, unauthorized] });

    expect(verdictOf(run)).toBe('1 error unauthorized');
    expect(of(run, 'authenticate')).toHaveLength(2);
    expect(of(run, 'progress')).toHaveLength(3);
  });

  test.concurrent('expired, and the password was changed meanwhile: unauthorized', async () => {
    const run = await gate({
      ...finishes,
      authenticate: [logIn, refused(401, 'invalid credentials')],
      progress: [ongoing, { ...unauthorized, revokesTokens: true }],
    });

    expect(verdictOf(run)).toBe('1 error unauthorized');
  });

  test.concurrent.each([
    ['403', refused(403, 'locked'), '1 error forbidden'],
    ['404', notFound, '1 error not-found'],
  ])(
    'expired, and the new log-in answers %s: no report that cannot be read',
    async (_name, answer, expected) => {
      const run = await gate({
        authenticate: [logIn, answer],
        progress: [ongoing, { ...ended, revokesTokens: true }],
        report: [oldRow],
      });

      expect(verdictOf(run)).toBe(expected);
    },
  );

  test.concurrent('refused for good at the report, after the end was seen: unauthorized', async () => {
    const run = await gate({ ...finishes, report: [oldRow, unauthorized] });

    expect(verdictOf(run)).toBe('1 error unauthorized');
  });

  test.concurrent('good for three calls only, again and again: passed', async () => {
    const run = await gate({
      callsPerToken: 3,
      progress: [nothing, ongoing, ongoing, ongoing, ended, nothing],
      report: [oldRow, oldRow, newRow],
    });

    expect(verdictOf(run)).toBe(PASSED);
    expect(of(run, 'authenticate').length).toBeGreaterThanOrEqual(2);
    expect(of(run, 'trigger')).toHaveLength(1);
  });
});

describe('what the user may not do', () => {
  test.concurrent.each(['trigger', 'progress'] as const)(
    '403 at %s: forbidden, and no new log-in',
    async (call) => {
      const run = await gate({ ...finishes, [call]: [refused(403, 'no permission')] });

      expect(verdictOf(run)).toBe('1 error forbidden');
      expect(of(run, call)).toHaveLength(1);
      expect(of(run, 'authenticate')).toHaveLength(1);
    },
  );
});

describe('secrets', () => {
  const secrets = [PASSWORD, token(1), token(2), Buffer.from(`${USER}:${PASSWORD}`).toString('base64')];

  test.concurrent('are masked, and stand nowhere in log, outputs and summary', async () => {
    const renewed = { ...unauthorized, revokesTokens: true };
    const runs = await Promise.all(
      [
        { ...finishes, progress: [ongoing, renewed, ongoing, ended, nothing] },
        {
          report: [oldRow],
          progress: [ongoing, renewed, refused(403, `no, ${USER}:${PASSWORD}, with ${token(2)}`)],
        },
        { authenticate: [refused(400, `cannot read {"password":"${PASSWORD}"}`)] },
      ].map((scripts) => gate(scripts)),
    );

    const [first] = runs;
    for (const secret of [PASSWORD, token(1), token(2)])
      expect(first?.log).toContain(`::add-mask::${secret}\n`);
    expect(runs.map(verdictOf)).toEqual([PASSED, '1 error forbidden', '1 error bad-request']);
    for (const run of runs) {
      const seen = `${shown(run)}${JSON.stringify(run.outputs)}${run.summary}`;
      for (const secret of secrets) expect(seen).not.toContain(secret);
    }
  });

  test.concurrent('are masked before they are used', async () => {
    let log = '';
    const known: Record<string, boolean> = {};
    const masked = async (call: string, secret: string): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      known[call] ??= log.includes(`::add-mask::${secret}`);
    };
    const run = await gate(
      {
        ...finishes,
        authenticate: async () => {
          await masked('authenticate', PASSWORD);
          return logIn;
        },
        report: async (_asked, nth) => {
          await masked('report', token(1));
          return nth === 0 ? oldRow : newRow;
        },
      },
      {},
      {
        meanwhile: async (_console, started) => {
          (await started).stdout?.on('data', (text: string) => {
            log += text;
          });
        },
      },
    );

    expect(verdictOf(run)).toBe(PASSED);
    expect(known).toEqual({ authenticate: true, report: true });
  });
});
