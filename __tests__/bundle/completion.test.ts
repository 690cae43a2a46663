import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  ended,
  entry,
  NEW_DIGEST,
  NEW_TIME,
  newRow,
  nothing,
  OLD_TIME,
  oldRow,
  ongoing,
  row,
} from './console-data.ts';
import { calls, gate, gates, NO_IMAGE, of, PASSED, type Run, verdictOf } from './gate.ts';
import { json, notFound, refused, type Scripts } from './scripted-console.ts';

const unreadable = refused(403, 'forbidden');

/** A run that never ends by itself is given a deadline that comes soon. */
const SOON = { timeout: '4s' } as const;

interface Case {
  readonly name: string;
  readonly scripts: Scripts;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly expected: string;
}

const TRIGGER: Case[] = [
  {
    name: 'an entry that is ongoing keeps the gate waiting',
    scripts: { progress: [ongoing], report: [oldRow] },
    inputs: SOON,
    expected: '1 timed-out still-scanning',
  },
  {
    name: 'a newer row does not end what progress shows as ongoing',
    scripts: { progress: [ongoing], report: [oldRow, newRow] },
    inputs: SOON,
    expected: '1 timed-out still-scanning',
  },
  {
    name: 'counts that add up do not end what progress shows as ongoing',
    scripts: { progress: [json([entry(true, { imageScan: { scanned: 1, total: 1 } })])], report: [oldRow] },
    inputs: SOON,
    expected: '1 timed-out still-scanning',
  },
  {
    name: 'ended after ongoing, and a newer row: passed',
    scripts: { progress: [nothing, ongoing, ended, nothing], report: [oldRow, newRow] },
    expected: PASSED,
  },
  {
    name: 'ended after ongoing, and the first row ever: passed',
    scripts: { progress: [nothing, ongoing, ended, nothing], report: [json(null), newRow] },
    expected: PASSED,
  },
  {
    name: 'ended after ongoing, and the report answers 403: passed',
    scripts: { progress: [ongoing, ended, nothing], report: [unreadable] },
    expected: PASSED,
  },
  {
    name: 'ended after ongoing, and the report answers 404: passed',
    scripts: { progress: [ongoing, ended, nothing], report: [notFound] },
    expected: PASSED,
  },
  {
    name: 'ended after ongoing, and the row comes late: passed',
    scripts: { progress: [ongoing, ended, nothing], report: [oldRow, oldRow, oldRow, newRow] },
    inputs: { 'report-timeout': '8s' },
    expected: PASSED,
  },
  {
    name: 'ended after ongoing, and the row never comes: passed where no gate is set',
    scripts: { progress: [ongoing, ended, nothing], report: [oldRow] },
    expected: PASSED,
  },
  {
    name: 'ended though never ongoing, and a newer row: passed',
    scripts: { progress: [nothing, ended, nothing], report: [oldRow, oldRow, newRow] },
    inputs: { 'start-timeout': '8s' },
    expected: PASSED,
  },
  {
    name: 'ended though never ongoing, and the report cannot be read: passed',
    scripts: { progress: [ended, nothing], report: [unreadable] },
    expected: PASSED,
  },
  {
    name: 'ended though never ongoing, and only the old row: the unread end of an earlier scan proves nothing',
    scripts: { progress: [ended, nothing], report: [oldRow] },
    inputs: { 'start-timeout': '8s' },
    expected: '1 error unconfirmed',
  },
  {
    name: 'ended for good though never ongoing, and only the old row: proves nothing',
    scripts: { progress: [ended], report: [oldRow] },
    inputs: { 'start-timeout': '8s' },
    expected: '1 error unconfirmed',
  },
  {
    name: "an earlier scan's unread end, then the row of this one: passed",
    scripts: { progress: [ended, nothing], report: [oldRow, oldRow, oldRow, newRow] },
    inputs: { 'start-timeout': '8s', 'report-timeout': '8s' },
    expected: PASSED,
  },
  {
    name: "an earlier scan's unread end, then this one, ongoing and ended: passed",
    scripts: {
      progress: [ended, nothing, ongoing, ended, nothing],
      report: [oldRow, oldRow, oldRow, oldRow, newRow],
    },
    inputs: { 'start-timeout': '8s', 'report-timeout': '8s' },
    expected: PASSED,
  },
  {
    name: "an earlier scan's unread end, then this one, ongoing for good: never passed",
    scripts: { progress: [ended, ongoing], report: [oldRow] },
    inputs: { timeout: '5s', 'report-timeout': '5s' },
    expected: '1 timed-out still-scanning',
  },
  {
    name: 'gone after ongoing, and a newer row: someone else read the end, passed',
    scripts: { progress: [ongoing, nothing], report: [oldRow, newRow] },
    expected: PASSED,
  },
  {
    name: 'gone after ongoing, and the newer row comes late: passed',
    scripts: { progress: [ongoing, nothing], report: [oldRow, oldRow, oldRow, newRow] },
    inputs: { 'report-timeout': '8s' },
    expected: PASSED,
  },
  {
    name: 'gone after ongoing, and no newer row ever: unconfirmed',
    scripts: { progress: [ongoing, nothing], report: [oldRow] },
    expected: '1 error unconfirmed',
  },
  {
    name: 'gone after ongoing, and no row at all in a report that can be read: unconfirmed',
    scripts: { progress: [ongoing, nothing], report: [json([])] },
    expected: '1 error unconfirmed',
  },
  {
    name: 'gone for one look, then ongoing again: never passed',
    scripts: { progress: [ongoing, nothing, ongoing], report: [unreadable] },
    inputs: SOON,
    expected: '1 timed-out still-scanning',
  },
  {
    name: 'never shown, and a newer row: passed',
    scripts: { progress: [nothing], report: [oldRow, oldRow, newRow] },
    inputs: { 'start-timeout': '8s' },
    expected: PASSED,
  },
  {
    name: 'never shown, and only the old row: not started',
    scripts: { progress: [nothing], report: [oldRow] },
    expected: '1 timed-out not-started',
  },
  {
    name: 'never shown, and no row: not started',
    scripts: { progress: [nothing], report: [json(null)] },
    expected: '1 timed-out not-started',
  },
  {
    name: 'never shown, and the report cannot be read: not started',
    scripts: { progress: [nothing], report: [unreadable] },
    expected: '1 timed-out not-started',
  },
  {
    name: 'progress that answers null is no end either: not started',
    scripts: { progress: [json(null)], report: [oldRow] },
    expected: '1 timed-out not-started',
  },
  {
    name: 'a start-timeout beyond the timeout is cut to it: not started',
    scripts: { progress: [nothing], report: [oldRow] },
    inputs: { timeout: '2s', 'start-timeout': '5m' },
    expected: '1 timed-out not-started',
  },
  {
    name: 'one of two entries is still ongoing: the other may have ended',
    scripts: { progress: [json([entry(false), entry(true)])], report: [oldRow, newRow] },
    inputs: SOON,
    expected: '1 timed-out still-scanning',
  },
  {
    name: 'both of two entries ended: passed',
    scripts: {
      progress: [json([entry(false), entry(true)]), json([entry(false), entry(false)]), nothing],
      report: [oldRow, newRow],
    },
    expected: PASSED,
  },
  {
    name: 'an error of the image scan: failed',
    scripts: {
      progress: [ongoing, json([entry(false, { imageScan: { error: 'manifest unknown' } })]), nothing],
      report: [oldRow, newRow],
    },
    expected: '1 failed scan-error',
  },
  {
    name: 'an error of the discovery: failed',
    scripts: {
      progress: [ongoing, json([entry(false, { discovery: { error: 'no such repository' } })]), nothing],
      report: [oldRow],
    },
    expected: '1 failed scan-error',
  },
  {
    name: 'an error in one of two entries: failed',
    scripts: {
      progress: [
        json([entry(true), entry(true)]),
        json([entry(false), entry(false, { imageScan: { error: 'manifest unknown' } })]),
        nothing,
      ],
      report: [oldRow, newRow],
    },
    expected: '1 failed scan-error',
  },
  {
    name: 'an error in the newer row: failed',
    scripts: {
      progress: [ongoing, ended, nothing],
      report: [oldRow, json([row(NEW_TIME, { err: 'failed to pull image' })])],
    },
    expected: '1 failed scan-error',
  },
  {
    name: 'an error in the newer row of a scan that progress never showed: failed',
    scripts: {
      progress: [nothing],
      report: [oldRow, json([row(NEW_TIME, { err: 'failed to pull image' })])],
    },
    expected: '1 failed scan-error',
  },
  {
    name: 'an error in the old row is history: passed',
    scripts: {
      progress: [ongoing, ended, nothing],
      report: [json([row(OLD_TIME, { err: 'failed to pull image' })]), newRow],
    },
    expected: PASSED,
  },
  {
    name: 'an error in the old row is no sign of this scan: not started',
    scripts: { progress: [nothing], report: [json([row(OLD_TIME, { err: 'failed to pull image' })])] },
    expected: '1 timed-out not-started',
  },
  {
    name: 'a row that turns older proves nothing: not started',
    scripts: { progress: [nothing], report: [newRow, oldRow] },
    expected: '1 timed-out not-started',
  },
  {
    name: "a row of another tag, however new, is not this image's: not started",
    scripts: {
      progress: [nothing],
      report: [
        oldRow,
        json([row(NEW_TIME, { repoTag: { registry: '', repo: 'library/alpine', tag: '3.17' } })]),
      ],
    },
    expected: '1 timed-out not-started',
  },
  {
    name: "a Console whose clock is years behind the runner's is no trouble: passed",
    scripts: {
      progress: [ongoing, ended, nothing],
      report: [json([row('2001-01-01T00:00:00Z')]), json([row('2001-01-01T00:00:01Z')])],
    },
    expected: PASSED,
  },
  {
    name: 'an old row dated in the future does not become newer by itself: not started',
    scripts: { progress: [nothing], report: [json([row('2099-01-01T00:00:00Z')])] },
    expected: '1 timed-out not-started',
  },
  {
    name: 'the deadline comes between two polls, and the last look finds the end: passed',
    scripts: { progress: [ongoing, ended, nothing], report: [oldRow, newRow] },
    inputs: { timeout: '4s', 'poll-interval': '1m' },
    expected: PASSED,
  },
  {
    name: 'the last look finds the scan ongoing: timed out',
    scripts: { progress: [ongoing], report: [oldRow] },
    inputs: { timeout: '4s', 'poll-interval': '1m' },
    expected: '1 timed-out still-scanning',
  },
  {
    name: 'the last look finds nothing, and the row: passed',
    scripts: { progress: [nothing], report: [oldRow, oldRow, newRow] },
    inputs: { timeout: '4s', 'start-timeout': '4s', 'poll-interval': '1m' },
    expected: PASSED,
  },
  {
    name: 'the end was seen after ongoing, and the deadline comes before the row: passed',
    scripts: { progress: [ongoing, ended, nothing], report: [oldRow] },
    inputs: { timeout: '5s', 'report-timeout': '1m' },
    expected: PASSED,
  },
];

const AWAIT: Case[] = [
  {
    name: 'ongoing, ended, and a newer row: passed',
    scripts: { progress: [ongoing, ended, nothing], report: [oldRow, newRow] },
    expected: PASSED,
  },
  {
    name: 'ongoing for good: timed out',
    scripts: { progress: [ongoing], report: [oldRow] },
    inputs: SOON,
    expected: '1 timed-out still-scanning',
  },
  {
    name: 'ended at the first look, with a row: passed',
    scripts: { progress: [ended, nothing], report: [newRow] },
    expected: PASSED,
  },
  {
    name: 'ended at the first look, and the report cannot be read: passed',
    scripts: { progress: [ended, nothing], report: [unreadable] },
    expected: PASSED,
  },
  {
    name: 'ended at the first look, and an error in its row: failed',
    scripts: { progress: [ended, nothing], report: [json([row(NEW_TIME, { err: 'failed to pull image' })])] },
    expected: '1 failed scan-error',
  },
  {
    name: 'ended at the first look, with an error: failed',
    scripts: {
      progress: [json([entry(false, { imageScan: { error: 'manifest unknown' } })]), nothing],
      report: [newRow],
    },
    expected: '1 failed scan-error',
  },
  {
    name: 'gone after ongoing, and a newer row: passed',
    scripts: { progress: [ongoing, nothing], report: [oldRow, newRow] },
    expected: PASSED,
  },
  {
    name: 'gone after ongoing, and only the old row: unconfirmed',
    scripts: { progress: [ongoing, nothing], report: [oldRow] },
    expected: '1 error unconfirmed',
  },
  {
    name: 'never shown, and the row turns newer: passed',
    scripts: { progress: [nothing], report: [oldRow, oldRow, newRow] },
    inputs: { 'start-timeout': '8s' },
    expected: PASSED,
  },
  {
    name: 'never shown, and a row that stays: a finished scan of before is not awaited, not started',
    scripts: { progress: [nothing], report: [newRow] },
    expected: '1 timed-out not-started',
  },
];

const REGULAR: Case[] = [
  {
    name: 'every entry ended: passed',
    scripts: { progress: [json([entry(true), entry(true)]), json([entry(false), entry(false)]), nothing] },
    expected: PASSED,
  },
  {
    name: 'one registry is still under scan: timed out',
    scripts: { progress: [json([entry(false), entry(true)])] },
    inputs: SOON,
    expected: '1 timed-out still-scanning',
  },
  {
    name: 'two answers in a row are empty after one that was ongoing: passed',
    scripts: { progress: [ongoing, nothing, nothing] },
    expected: PASSED,
  },
  {
    name: 'a single empty answer between two that are ongoing: timed out',
    scripts: { progress: [ongoing, nothing, ongoing] },
    inputs: SOON,
    expected: '1 timed-out still-scanning',
  },
  {
    name: 'empty from the start: nothing to wait for is not a pass',
    scripts: { progress: [nothing] },
    expected: '1 timed-out not-started',
  },
  {
    name: 'an error in one registry: failed',
    scripts: {
      progress: [
        json([entry(true), entry(true)]),
        json([entry(false), entry(false, { discovery: { error: 'no such registry' } })]),
        nothing,
      ],
    },
    expected: '1 failed scan-error',
  },
];

const MODES = [
  { mode: 'trigger', cases: TRIGGER, image: {} },
  { mode: 'await', cases: AWAIT, image: {} },
  { mode: 'await-regular', cases: REGULAR, image: NO_IMAGE },
] as const;

describe('completion', () => {
  const all = MODES.flatMap(({ mode, cases, image }) =>
    cases.map((one) => ({ ...one, mode, image, name: `${mode}: ${one.name}` })),
  );
  let runOf: (name: string) => Run;
  beforeAll(async () => {
    runOf = await gates(all, ({ scripts, mode, image, inputs }) =>
      gate(scripts, { mode, ...image, ...inputs }),
    );
  });

  test.each(all)('$name', ({ name, mode, expected }) => {
    const run = runOf(name);

    expect(verdictOf(run)).toBe(expected);
    expect(of(run, 'trigger')).toHaveLength(mode === 'trigger' ? 1 : 0);
    expect(of(run, 'other')).toEqual([]);
  });
});

describe('what the gate asks for', () => {
  test.concurrent('reads the row first, then starts the scan, then follows it with the same values', async () => {
    const run = await gate(
      { progress: [ongoing, ended, nothing], report: [oldRow, newRow] },
      { registry: 'registry.example.com:5000', repo: 'team/app', tag: '1.2.3' },
    );

    const order = calls(run);
    expect(order[0]).toBe('authenticate');
    expect(order.indexOf('report')).toBeLessThan(order.indexOf('trigger'));
    expect(order.indexOf('trigger')).toBeLessThan(order.indexOf('progress'));
    const tag = { registry: 'registry.example.com:5000', repo: 'team/app', tag: '1.2.3' };
    expect(JSON.parse(of(run, 'trigger')[0]?.body ?? '')).toEqual({ onDemandScan: true, tag });
    for (const { query } of of(run, 'progress')) {
      expect(Object.fromEntries(query)).toEqual({ onDemand: 'true', ...tag });
    }
  });

  test.concurrent('asks by digest where there is no tag', async () => {
    const run = await gate(
      { progress: [ongoing, ended, nothing], report: [oldRow, newRow] },
      { tag: '', digest: NEW_DIGEST },
    );

    const body: unknown = JSON.parse(of(run, 'trigger')[0]?.body ?? '');
    expect(body).toMatchObject({ onDemandScan: true, tag: { repo: 'library/alpine', digest: NEW_DIGEST } });
    expect(Object.fromEntries(of(run, 'progress')[0]?.query ?? [])).toMatchObject({
      onDemand: 'true',
      repo: 'library/alpine',
      digest: NEW_DIGEST,
    });
  });

  test.concurrent('asks for the regular scan without any parameter, and for no image', async () => {
    const run = await gate({ progress: [ongoing, ended, nothing] }, { mode: 'await-regular', ...NO_IMAGE });

    expect(verdictOf(run)).toBe(PASSED);
    expect(of(run, 'progress').flatMap(({ query }) => query)).toEqual([]);
    expect(of(run, 'trigger')).toEqual([]);
  });

  test.concurrent('stays below the rate limit of the report', async () => {
    const run = await gate(
      { progress: [ongoing, ended, nothing], report: [oldRow] },
      { 'report-timeout': '5s' },
    );

    expect(verdictOf(run)).toBe(PASSED);
    expect(of(run, 'report').length).toBeLessThan(10);
  });
});

describe('what the gate gives', () => {
  test.concurrent('one image: digest, counts and time as the Console gave them', async () => {
    const run = await gate({
      progress: [
        ongoing,
        json([entry(false, { discovery: { scanned: 2, total: 3 }, imageScan: { scanned: 4, total: 5 } })]),
        nothing,
      ],
      report: [oldRow, newRow],
    });

    expect(run.outputs).toMatchObject({
      verdict: 'passed',
      reason: 'scan-completed',
      scanned: '4',
      total: '5',
      'discovery-scanned': '2',
      'discovery-total': '3',
      digest: NEW_DIGEST,
      'image-by-digest': `library/alpine@${NEW_DIGEST}`,
      'scan-time': NEW_TIME,
      'duration-seconds': expect.stringMatching(/^\d+$/),
    });
    const results: unknown = JSON.parse(run.outputs.results ?? '');
    expect(results).toEqual([
      {
        image: 'library/alpine:3.16',
        verdict: 'passed',
        reason: 'scan-completed',
        message: expect.any(String),
        scanned: 4,
        total: 5,
        digest: NEW_DIGEST,
        imageByDigest: `library/alpine@${NEW_DIGEST}`,
        scanTime: NEW_TIME,
        findings: { critical: 1, high: 2, medium: 3, low: 4, total: 10 },
      },
    ]);
  });

  test.concurrent('image-by-digest carries the registry', async () => {
    const inRegistry = {
      repoTag: { registry: 'https://Registry.example.com:5000/', repo: 'team/app', tag: '1.2.3' },
      repoDigests: [`registry.example.com:5000/team/app@${NEW_DIGEST}`],
    };
    const run = await gate(
      {
        progress: [ongoing, ended, nothing],
        report: [json(null), json(null), json(null), json([row(NEW_TIME, inRegistry)])],
      },
      { registry: 'registry.example.com:5000', repo: 'team/app', tag: '1.2.3' },
    );

    expect(run.outputs).toMatchObject({
      verdict: 'passed',
      digest: NEW_DIGEST,
      'image-by-digest': `registry.example.com:5000/team/app@${NEW_DIGEST}`,
      'scan-time': NEW_TIME,
    });
  });

  test.concurrent('counts of several entries are added up, of the last answer that had any', async () => {
    const counted = (scanned: number, total: number) => ({
      discovery: { scanned: scanned * 10, total: total * 10 },
      imageScan: { scanned, total },
    });
    const run = await gate(
      { progress: [json([entry(true, counted(1, 4)), entry(false, counted(2, 3))]), nothing] },
      { mode: 'await-regular', ...NO_IMAGE },
    );

    expect(run.outputs).toMatchObject({
      verdict: 'passed',
      scanned: '3',
      total: '7',
      'discovery-scanned': '30',
      'discovery-total': '70',
    });
  });

  test.concurrent('a timeout gives the counts that it saw', async () => {
    const run = await gate(
      {
        progress: [json([entry(true, { imageScan: { scanned: 3, total: 9 } })])],
        report: [oldRow],
      },
      { timeout: '4s' },
    );

    expect(run.outputs).toMatchObject({ verdict: 'timed-out', scanned: '3', total: '9' });
    expect(run.outputs.digest).toBe('');
    expect(run.outputs['scan-time']).toBe('');
  });

  test.concurrent('where the report alone proves the scan, the counts are of the images it proves', async () => {
    const run = await gate({ progress: [nothing], report: [oldRow, newRow] });

    expect(run.outputs).toMatchObject({ verdict: 'passed', scanned: '1', total: '1', digest: NEW_DIGEST });
  });

  test.concurrent('a scan finished without a row does not borrow the digest of the old one', async () => {
    const run = await gate({ progress: [ongoing, ended, nothing], report: [oldRow] });

    expect(verdictOf(run)).toBe(PASSED);
    expect(run.outputs).toMatchObject({ digest: '', 'image-by-digest': '', 'scan-time': '' });
    expect(run.outputs.results).not.toContain(OLD_TIME);
  });

  test.concurrent('await, ended at the first look: the row counts once two reads in a row agree', async () => {
    const [still, moving] = await Promise.all([
      gate({ progress: [ended, nothing], report: [newRow] }, { mode: 'await' }),
      gate({ progress: [ended, nothing], report: [oldRow, newRow] }, { mode: 'await' }),
    ]);

    expect([verdictOf(still), verdictOf(moving)]).toEqual([PASSED, PASSED]);
    expect(still.outputs).toMatchObject({ digest: NEW_DIGEST, 'scan-time': NEW_TIME });
    expect(moving.outputs).toMatchObject({ digest: NEW_DIGEST, 'scan-time': NEW_TIME });
    expect(of(still, 'report').length).toBeGreaterThanOrEqual(2);
  });

  test.concurrent('gone after ongoing where the report cannot be read: two looks, and a warning', async () => {
    const run = await gate({ progress: [ongoing, nothing], report: [unreadable] });

    expect(verdictOf(run)).toBe(PASSED);
    expect(of(run, 'progress').length).toBeGreaterThanOrEqual(3);
    expect(run.log).toMatch(/^::warning/m);
  });
});

describe('a digest asked for along with the tag', () => {
  const asked = { digest: NEW_DIGEST } as const;

  test.concurrent('the report carries it: passed, and the scan was asked for by tag', async () => {
    const run = await gate({ progress: [ongoing, ended, nothing], report: [oldRow, newRow] }, asked);

    expect(verdictOf(run)).toBe(PASSED);
    expect(Object.fromEntries(of(run, 'progress')[0]?.query ?? [])).toMatchObject({ tag: '3.16' });
  });

  test.concurrent('the report carries another: digest-mismatch', async () => {
    const other = json([row(NEW_TIME, { repoDigests: [`library/alpine@sha256:${'f'.repeat(64)}`] })]);
    const run = await gate({ progress: [ongoing, ended, nothing], report: [oldRow, other] }, asked);

    expect(verdictOf(run)).toBe('1 failed digest-mismatch');
  });

  test.concurrent('no report to carry it: not passed', async () => {
    const runs = await Promise.all([
      gate({ progress: [ongoing, ended, nothing], report: [oldRow] }, asked),
      gate({ progress: [ongoing, ended, nothing], report: [unreadable] }, asked),
      gate(
        {
          progress: [ongoing, ended, nothing],
          report: [json(null), json([row(NEW_TIME, { repoDigests: [] })])],
        },
        asked,
      ),
    ]);

    expect(runs.map(({ exitCode }) => exitCode)).toEqual([1, 1, 1]);
  });
});
