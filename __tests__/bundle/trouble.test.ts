import { describe, expect, test } from '@jest/globals';
import { ended, entry, newRow, nothing, oldRow, ongoing } from './console-data.ts';
import { gate, NO_IMAGE, of, PASSED, shown, verdictOf } from './gate.ts';
import {
  type Answer,
  type Call,
  htmlPage,
  json,
  logIn,
  notFound,
  refused,
  type Scripts,
  startConsole,
} from './scripted-console.ts';

/** The answers of each call without faults, with room for one or two wrong answers. */
const USUAL = {
  authenticate: [logIn],
  report: [oldRow, newRow],
  progress: [ongoing, ended, nothing],
} as const satisfies Partial<Record<Call, readonly Answer[]>>;

/** The same, of a scan that the report never shows. */
const UNPROVEN = { ...USUAL, report: [oldRow] } as const;

const PASSING = [
  {
    name: '503, twice in a row, at authenticate',
    scripts: { authenticate: [refused(503, 'busy'), refused(503, 'busy'), logIn] },
  },
  {
    name: 'a dropped connection, twice in a row, at the report',
    scripts: { report: [{ broken: 'dropped' }, { broken: 'dropped' }, oldRow, newRow] },
  },
  {
    name: 'a page of HTML with 200, twice in a row, at progress',
    scripts: { progress: [htmlPage(200), htmlPage(200), ...USUAL.progress] },
  },
  {
    name: '429 with Retry-After, in the middle of the wait',
    scripts: { progress: [ongoing, { status: 429, headers: { 'retry-after': '1' } }, ended, nothing] },
  },
  {
    name: 'a connection dropped within the answer, at the end of the wait',
    scripts: { report: [oldRow, { ...newRow, broken: 'dropped-within' }, newRow] },
  },
] as const satisfies readonly { readonly name: string; readonly scripts: Scripts }[];

/* A fault of each kind; every fault, at every call and moment, is in the matrix of `reliability/`. */

describe('what passes by itself does not fail the gate', () => {
  test.concurrent.each(PASSING)('$name', async ({ scripts }) => {
    const run = await gate({ ...USUAL, ...scripts });

    expect(verdictOf(run)).toBe(PASSED);
    expect(of(run, 'trigger')).toHaveLength(1);
  });
});

describe('what stays broken fails the gate, in time', () => {
  test.concurrent('nobody listens at the address: unreachable', async () => {
    const gone = await startConsole();
    await gone.close();
    const run = await gate({}, {}, { addressed: () => gone.url });

    expect(verdictOf(run)).toBe('1 error unreachable');
    expect(shown(run)).toContain(`127.0.0.1:${gone.port}`);
  });

  test.concurrent('a host that has no address: unreachable', async () => {
    const run = await gate({}, {}, { addressed: () => 'https://console.invalid' });

    expect(verdictOf(run)).toBe('1 error unreachable');
    expect(shown(run)).toContain('console.invalid');
  });

  test.concurrent('https asked of a port that speaks http: an error, and never passed', async () => {
    const run = await gate(USUAL, {}, { addressed: (url) => url.replace('http:', 'https:') });

    expect(run.exitCode).toBe(1);
    expect(run.outputs.verdict).toBe('error');
    expect(['tls', 'unreachable']).toContain(run.outputs.reason);
    expect(run.asked).toEqual([]);
  });

  test.concurrent.each<[string, Scripts, string]>([
    ['a dropped connection at authenticate', { authenticate: [{ broken: 'dropped' }] }, 'unreachable'],
    ['a page of HTML at authenticate', { authenticate: [htmlPage(200)] }, 'invalid-response'],
    ['503 at the report', { report: [refused(503, 'busy')] }, 'unreachable'],
    ['a stalled answer of progress', { progress: [{ broken: 'stalled' }] }, 'unreachable'],
    [
      'an answer of progress that is stalled within',
      { progress: [ongoing, { ...ended, broken: 'stalled-within' }] },
      'unreachable',
    ],
    ['half an answer of progress', { progress: [{ body: '[{"isScanOngoing":false' }] }, 'invalid-response'],
    [
      'an entry of progress that has ended by a word',
      { progress: [ongoing, json([{ ...Object(entry(false)), isScanOngoing: 'false' }])] },
      'invalid-response',
    ],
  ])('%s, for good', async (_name, scripts, reason) => {
    const run = await gate({ ...UNPROVEN, ...scripts });

    expect(verdictOf(run)).toBe(`1 error ${reason}`);
    expect(Number(run.outputs['duration-seconds'])).toBeLessThanOrEqual(30 * 60);
  });

  test.concurrent('an answer that never ends is cut off', async () => {
    const run = await gate({
      ...UNPROVEN,
      progress: [{ ...json([]), body: `[${' '.repeat(200 * 1024 * 1024)}` }],
    });

    expect(run.exitCode).toBe(1);
  });

  test.concurrent('progress answers with nothing at all, which is no empty list: never passed', async () => {
    const silent = [ongoing, { body: '' }];
    const runs = await Promise.all([
      gate({ progress: silent, report: [refused(403, 'forbidden')] }),
      gate({ progress: silent }, { mode: 'await-regular', ...NO_IMAGE }),
    ]);

    expect(runs.map(({ exitCode }) => exitCode)).toEqual([1, 1]);
  });

  test.concurrent('counts that make no sense never break the gate itself', async () => {
    const runs = await Promise.all(
      [1e300, 'one'].map((count) =>
        gate({
          ...UNPROVEN,
          progress: [json([entry(true, { imageScan: { scanned: count, total: count } })]), ended, nothing],
        }),
      ),
    );

    for (const { outputs } of runs) {
      expect(outputs.reason).not.toBe('internal');
      expect(outputs.scanned).toMatch(/^\d*$/);
      expect(outputs.total).toMatch(/^\d*$/);
    }
  });

  test.concurrent('the report answers with nonsense, for good: never passed', async () => {
    const runs = await Promise.all(
      [json({ rows: [] }), json([{ scanTime: 5 }])].map((answer) =>
        gate({ progress: [nothing], report: [oldRow, answer] }),
      ),
    );

    expect(runs.map(({ exitCode }) => exitCode)).toEqual(runs.map(() => 1));
  });
});

describe('the request for the scan', () => {
  const onceAsked: Scripts = { report: [oldRow, newRow], progress: [ongoing, ended, nothing] };

  test.concurrent('is accepted, and the answer is lost: only one scan is asked for', async () => {
    const run = await gate({ ...onceAsked, trigger: [{ body: '{}', broken: 'dropped-within' }] });

    expect(verdictOf(run)).toBe(PASSED);
    expect(of(run, 'trigger')).toHaveLength(1);
  });

  test.concurrent('is accepted, the answer is lost, and someone else read the end: the row says so', async () => {
    const run = await gate({
      trigger: [{ broken: 'dropped' }],
      report: [oldRow, newRow],
      progress: [nothing],
    });

    expect(verdictOf(run)).toBe(PASSED);
    expect(of(run, 'trigger')).toHaveLength(1);
  });

  test.concurrent('is refused once with 503: polls progress and row, then asks again', async () => {
    const answer = refused(503, 'busy');
    let asked = 0;
    let polls = 0;
    const run = await gate({
      trigger: () => {
        asked += 1;
        return asked === 1 ? answer : { body: '' };
      },
      progress: () => {
        if (asked < 2) return nothing;
        polls += 1;
        return [ongoing, ended][polls - 1] ?? nothing;
      },
      report: () => (polls >= 2 ? newRow : oldRow),
    });

    expect(verdictOf(run)).toBe(PASSED);
    const bodies = of(run, 'trigger').map(({ body }) => body);
    expect(bodies).toEqual([bodies[0], bodies[0]]);
    const order = run.asked.map(({ call }) => call);
    const between = order.slice(order.indexOf('trigger') + 1, order.lastIndexOf('trigger'));
    expect(between).toContain('progress');
    expect(between).toContain('report');
  });

  test.concurrent.each([
    ['403', refused(403, 'no permission'), 'forbidden'],
    ['404', notFound, 'not-found'],
  ] as const)('is refused with %s: final', async (_name, answer, reason) => {
    const run = await gate({ ...onceAsked, trigger: [answer] });

    expect(verdictOf(run)).toBe(`1 error ${reason}`);
    expect(of(run, 'trigger')).toHaveLength(1);
  });

  test.concurrent('stalls past the deadline: fails in time', async () => {
    const run = await gate({ trigger: [{ broken: 'stalled' }], report: [oldRow], progress: [nothing] });

    expect(run.exitCode).toBe(1);
    // Each request has a quarter of start-timeout.
    expect(of(run, 'trigger').length).toBeLessThanOrEqual(4);
  });
});

describe('a redirect', () => {
  test.concurrent.each([
    ['authenticate', 301],
    ['report', 302],
    ['trigger', 307],
    ['progress', 308],
  ] as const)('at %s is not followed, and the message says where it points', async (call, status) => {
    const thief = await startConsole({ authenticate: [logIn] });
    try {
      const to = `http://localhost:${thief.port}/api/v32.07/registry`;
      const run = await gate({
        progress: [call === 'trigger' ? nothing : ongoing],
        report: [oldRow],
        [call]: [{ status, headers: { location: to } }],
      });

      expect(run.exitCode).toBe(1);
      expect(run.outputs.verdict).toBe('error');
      expect(shown(run)).toContain(`localhost:${thief.port}`);
      expect(thief.asked).toEqual([]);
    } finally {
      await thief.close();
    }
  });
});
