import { beforeAll, describe, expect, test } from '@jest/globals';
import { ended, entry, newRow, nothing, oldRow, ongoing } from './console-data.ts';
import { gate, gates, NO_IMAGE, of, PASSED, type Run, shown, verdictOf } from './gate.ts';
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

const CALLS = ['authenticate', 'report', 'progress'] as const;

const PASSING: readonly (readonly [name: string, fault: Answer])[] = [
  ['500', refused(500, 'internal error')],
  ['502 with HTML', htmlPage(502)],
  ['503 without a body', { status: 503 }],
  ['504', htmlPage(504)],
  ['429', refused(429, 'too many requests')],
  ['429 with Retry-After', { status: 429, headers: { 'retry-after': '1' } }],
  ['a dropped connection', { broken: 'dropped' }],
  ['a connection dropped within the answer', { ...ongoing, broken: 'dropped-within' }],
  ['a page of HTML with 200', htmlPage(200)],
];

describe('what passes by itself does not fail the gate', () => {
  const cases = PASSING.flatMap(([fault, answer]) => [
    ...CALLS.map((call) => ({
      name: `${fault}, twice in a row, at ${call}`,
      scripts: { ...USUAL, [call]: [answer, answer, ...USUAL[call]] },
    })),
    {
      name: `${fault}, once, at progress in the middle of the wait`,
      scripts: { ...USUAL, progress: [ongoing, answer, ended, nothing] },
    },
    {
      name: `${fault}, once, at the report at the end of the wait`,
      scripts: { ...USUAL, report: [oldRow, answer, newRow] },
    },
  ]);
  let runOf: (name: string) => Run;
  beforeAll(async () => {
    runOf = await gates(cases, ({ scripts }) => gate(scripts));
  });

  test.each(cases)('$name', ({ name }) => {
    expect(verdictOf(runOf(name))).toBe(PASSED);
    expect(of(runOf(name), 'trigger')).toHaveLength(1);
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

  const forGood = [
    ...PASSING,
    ['a stalled answer', { broken: 'stalled' }] as const,
    ['an answer stalled within', { ...ended, broken: 'stalled-within' }] as const,
  ].flatMap(([fault, answer]) =>
    CALLS.map((call) => ({
      name: `${fault}, for good, at ${call}`,
      scripts: { ...UNPROVEN, [call]: [answer] },
      call,
    })),
  );

  const NONSENSE: readonly (readonly [name: string, answer: Answer])[] = [
    ['a string', json('finished')],
    ['an object', json({ isScanOngoing: false })],
    ['a list of nothing in particular', json([1, null, 'x'])],
    ['an entry that does not say whether it is ongoing', json([{ discovery: {}, imageScan: {} }])],
    ['an entry that says it in words', json([{ ...Object(entry(false)), isScanOngoing: 'false' }])],
    ['an entry that says it with null', json([{ ...Object(entry(false)), isScanOngoing: null }])],
    ['half an answer', { body: '[{"isScanOngoing":false' }],
    ['an empty answer', { body: '' }],
    ['nesting without end', { body: '['.repeat(100_000) }],
    ['bytes that are no text', { body: Buffer.from([0x5b, 0xff, 0xfe, 0x5d]) }],
  ];
  const nonsense = NONSENSE.flatMap(([what, answer]) => [
    { name: `progress answers with ${what} from the start`, scripts: { ...UNPROVEN, progress: [answer] } },
    {
      name: `progress answers with ${what} after ongoing`,
      scripts: { ...UNPROVEN, progress: [ongoing, answer] },
    },
  ]);

  let runOf: (name: string) => Run;
  beforeAll(async () => {
    runOf = await gates([...forGood, ...nonsense], ({ scripts }) => gate(scripts));
  });

  test.each(forGood)('$name', ({ name, call }) => {
    const run = runOf(name);

    expect(run.exitCode).toBe(1);
    expect(['error', 'timed-out']).toContain(run.outputs.verdict);
    expect(Number(run.outputs['duration-seconds'])).toBeLessThanOrEqual(30 * 60);
    if (call === 'authenticate') {
      expect(['unreachable', 'invalid-response']).toContain(run.outputs.reason);
    }
  });

  test.each(nonsense)('$name, for good', ({ name }) => {
    expect(verdictOf(runOf(name))).toBe('1 error invalid-response');
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
      [-1, 1.5, 1e300, 'one', null, [], {}].map((count) =>
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
      [json('rows'), json({ rows: [] }), json([1]), json([{ scanTime: 5 }]), { body: '[{' }].map((answer) =>
        gate({ progress: [nothing], report: [oldRow, answer] }),
      ),
    );

    expect(runs.map(({ exitCode }) => exitCode)).toEqual(runs.map(() => 1));
  });

  test.concurrent('progress answers 404 after it worked: not-found, and no sign of an end', async () => {
    const run = await gate({ ...UNPROVEN, progress: [ongoing, notFound] });

    expect(run.exitCode).toBe(1);
    expect(run.outputs.verdict).not.toBe('passed');
  });
});

describe('the request for the scan', () => {
  const onceAsked: Scripts = { report: [oldRow, newRow], progress: [ongoing, ended, nothing] };

  test.concurrent.each([
    ['dropped', { broken: 'dropped' }],
    ['dropped within', { body: '{}', broken: 'dropped-within' }],
    ['a 504 of a proxy', htmlPage(504)],
    ['a 500', refused(500, 'internal error')],
  ] as const)(
    'is accepted, and the answer is lost (%s): only one scan is asked for',
    async (_name, answer) => {
      const run = await gate({ ...onceAsked, trigger: [answer] });

      expect(verdictOf(run)).toBe(PASSED);
      expect(of(run, 'trigger')).toHaveLength(1);
    },
  );

  test.concurrent('is accepted, the answer is lost, and someone else read the end: the row says so', async () => {
    const run = await gate({
      trigger: [{ broken: 'dropped' }],
      report: [oldRow, newRow],
      progress: [nothing],
    });

    expect(verdictOf(run)).toBe(PASSED);
    expect(of(run, 'trigger')).toHaveLength(1);
  });

  test.concurrent.each([
    ['503', refused(503, 'busy')],
    ['429', refused(429, 'too many requests')],
    ['a dropped connection', { broken: 'dropped' }],
  ] as const)('is refused once with %s: polls progress and row, then asks again', async (_name, answer) => {
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
    ['400', refused(400, 'no such registry'), 'bad-request'],
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
  test.concurrent.each(['authenticate', 'report', 'trigger', 'progress'] as const)(
    'at %s is not followed, and the message says where it points',
    async (call) => {
      const thief = await startConsole({ authenticate: [logIn] });
      try {
        const to = `http://localhost:${thief.port}/api/v32.07/registry`;
        const runs = await Promise.all(
          [301, 302, 307, 308].map((status) =>
            gate({
              progress: [call === 'trigger' ? nothing : ongoing],
              report: [oldRow],
              [call]: [{ status, headers: { location: to } }],
            }),
          ),
        );

        for (const run of runs) {
          expect(run.exitCode).toBe(1);
          expect(run.outputs.verdict).toBe('error');
          expect(shown(run)).toContain(`localhost:${thief.port}`);
        }
        expect(thief.asked).toEqual([]);
      } finally {
        await thief.close();
      }
    },
  );
});
