import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  ended,
  entry,
  NEW_DIGEST,
  NEW_TIME,
  newRow,
  nothing,
  OLD_DIGEST,
  OLD_TIME,
  oldRow,
  ongoing,
  row,
} from './console-data.ts';
import { calls, gate, gates, NO_IMAGE, of, PASSED, type Run, verdictOf } from './gate.ts';
import {
  type Answer,
  json,
  notFound,
  refused,
  type Scripts,
  undated,
  undatedLogIn,
} from './scripted-console.ts';

const unreadable = refused(403, 'forbidden');
const none = json(null);

/** The verdicts by name, as exit code, verdict and reason. */
const NOT_STARTED = '1 timed-out not-started';
const STILL_SCANNING = '1 timed-out still-scanning';
const UNCONFIRMED = '1 error unconfirmed';
const INCOMPLETE = '1 failed scan-incomplete';
const SCAN_ERROR = '1 failed scan-error';
const MISMATCH = '1 failed digest-mismatch';

const withError = (isOngoing: boolean, phase: 'discovery' | 'imageScan'): Answer =>
  json([entry(isOngoing, { [phase]: { error: 'manifest unknown' } })]);
const counted = (isOngoing: boolean, scanned: number, total: number): Answer =>
  json([entry(isOngoing, { imageScan: { scanned, total } })]);
const rowWith = (given: Readonly<Record<string, unknown>>, scanTime = NEW_TIME): Answer =>
  json([row(scanTime, given)]);

/** The Console's image is in a registry of this machine that nothing listens on. */
const CLOSED_REGISTRY = '127.0.0.1:9';
const inClosedRegistry = (scanTime: string, digest: string): Answer =>
  json([
    row(scanTime, {
      repoTag: { registry: CLOSED_REGISTRY, repo: 'team/app', tag: '3.16' },
      repoDigests: [`${CLOSED_REGISTRY}/team/app@${digest}`],
    }),
  ]);
const BY_DIGEST = { registry: CLOSED_REGISTRY, repo: 'team/app', digest: NEW_DIGEST } as const;

interface Case {
  readonly name: string;
  readonly scripts: Scripts;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly expected: string;
}

/** The first report is the baseline, and the first progress is read before the trigger. */
const TRIGGER: Case[] = [
  {
    name: 'a scan that goes on keeps the gate waiting until the timeout',
    scripts: { progress: [nothing, ongoing], report: [oldRow] },
    expected: STILL_SCANNING,
  },
  {
    name: 'a newer row does not end what progress shows running in the same poll',
    scripts: { progress: [nothing, ongoing], report: [oldRow, newRow] },
    expected: STILL_SCANNING,
  },
  {
    name: 'counts that add up do not end a scan that goes on',
    scripts: { progress: [nothing, counted(true, 1, 1)], report: [oldRow] },
    expected: STILL_SCANNING,
  },
  {
    name: 'ended, and a newer row',
    scripts: { progress: [nothing, ongoing, ended, nothing], report: [oldRow, newRow] },
    expected: PASSED,
  },
  {
    name: 'ended, and the first row ever',
    scripts: { progress: [nothing, ongoing, ended, nothing], report: [none, newRow] },
    expected: PASSED,
  },
  {
    name: 'ended, and the row comes late',
    scripts: {
      progress: [nothing, ongoing, ended, nothing],
      report: [oldRow, oldRow, oldRow, oldRow, newRow],
    },
    expected: PASSED,
  },
  {
    name: 'ended, and the row never comes: nothing dated proves the end',
    scripts: { progress: [nothing, ongoing, ended, nothing], report: [oldRow] },
    expected: UNCONFIRMED,
  },
  {
    name: 'ended, and the report never has a row',
    scripts: { progress: [nothing, ongoing, ended, nothing], report: [none] },
    expected: UNCONFIRMED,
  },
  {
    name: 'ended with the counts of a stopped scan, and no newer row',
    scripts: { progress: [nothing, ongoing, counted(false, 0, 1), nothing], report: [oldRow] },
    expected: INCOMPLETE,
  },
  {
    name: 'ended with nothing to scan: the tag does not exist',
    scripts: { progress: [nothing, counted(false, 0, 0), nothing], report: [none] },
    expected: INCOMPLETE,
  },
  {
    name: 'ended with the counts of a stopped scan, and a newer row of ours',
    scripts: { progress: [nothing, counted(false, 0, 1), nothing], report: [oldRow, newRow] },
    expected: PASSED,
  },
  {
    name: 'ended, and the report may not be read (403)',
    scripts: { progress: [nothing, ongoing, ended, nothing], report: [unreadable] },
    expected: PASSED,
  },
  {
    name: 'ended, and the Console has no report (404)',
    scripts: { progress: [nothing, ongoing, ended, nothing], report: [notFound] },
    expected: PASSED,
  },
  {
    name: 'ended before all was scanned, and the report may not be read',
    scripts: { progress: [nothing, ongoing, counted(false, 0, 1), nothing], report: [unreadable] },
    expected: INCOMPLETE,
  },
  {
    name: 'an unread end of an earlier scan is drained before the trigger and proves nothing',
    scripts: { progress: [ended, nothing], report: [oldRow] },
    expected: NOT_STARTED,
  },
  {
    name: 'an unread end of an earlier scan with an error is ignored',
    scripts: { progress: [withError(false, 'imageScan'), nothing, ended, nothing], report: [oldRow, newRow] },
    expected: PASSED,
  },
  {
    name: 'an unread end of an earlier scan, and the report may not be read',
    scripts: { progress: [ended, nothing], report: [unreadable] },
    expected: NOT_STARTED,
  },
  {
    name: 'a scan that runs before the trigger counts as ours',
    scripts: { progress: [ongoing, ended, nothing], report: [oldRow, newRow] },
    expected: PASSED,
  },
  {
    name: 'lost after running, and a newer row: another client read the end',
    scripts: { progress: [nothing, ongoing, nothing], report: [oldRow, newRow] },
    expected: PASSED,
  },
  {
    name: 'lost after running, and the newer row comes late',
    scripts: { progress: [nothing, ongoing, nothing], report: [oldRow, oldRow, oldRow, newRow] },
    expected: PASSED,
  },
  {
    name: 'lost after running, and no newer row',
    scripts: { progress: [nothing, ongoing, nothing], report: [oldRow] },
    expected: UNCONFIRMED,
  },
  {
    name: 'lost for one poll, then running again, and the report may not be read',
    scripts: { progress: [nothing, ongoing, nothing, ongoing], report: [unreadable] },
    expected: STILL_SCANNING,
  },
  {
    name: 'never shown, and a newer row: some scans never show progress',
    scripts: { progress: [nothing], report: [oldRow, oldRow, newRow] },
    expected: PASSED,
  },
  {
    name: 'never shown, and only the old row',
    scripts: { progress: [nothing], report: [oldRow] },
    expected: NOT_STARTED,
  },
  {
    name: 'never shown, and the report may not be read',
    scripts: { progress: [nothing], report: [unreadable] },
    expected: NOT_STARTED,
  },
  {
    name: 'progress that answers null shows nothing',
    scripts: { progress: [none], report: [oldRow] },
    expected: NOT_STARTED,
  },
  {
    name: 'one of two entries goes on',
    scripts: { progress: [nothing, json([entry(false), entry(true)])], report: [oldRow, newRow] },
    expected: STILL_SCANNING,
  },
  {
    name: 'both of two entries ended',
    scripts: {
      progress: [nothing, json([entry(false), entry(true)]), json([entry(false), entry(false)]), nothing],
      report: [oldRow, newRow],
    },
    expected: PASSED,
  },
  // An error stands.
  {
    name: 'an error of the image scan, and a newer row without one',
    scripts: { progress: [nothing, withError(false, 'imageScan'), nothing], report: [oldRow, newRow] },
    expected: SCAN_ERROR,
  },
  {
    name: 'an error while the scan runs, and a clean end',
    scripts: { progress: [nothing, withError(true, 'discovery'), ended, nothing], report: [oldRow, newRow] },
    expected: SCAN_ERROR,
  },
  {
    name: 'an error of the discovery, and no newer row',
    scripts: { progress: [nothing, ongoing, withError(false, 'discovery'), nothing], report: [oldRow] },
    expected: SCAN_ERROR,
  },
  {
    name: 'an error while the scan runs, which is then lost',
    scripts: { progress: [nothing, withError(true, 'imageScan'), nothing], report: [oldRow] },
    expected: SCAN_ERROR,
  },
  {
    name: 'an error in one of two entries',
    scripts: {
      progress: [
        nothing,
        json([entry(true), entry(true)]),
        json([entry(false), entry(false, { imageScan: { error: 'manifest unknown' } })]),
        nothing,
      ],
      report: [oldRow, newRow],
    },
    expected: SCAN_ERROR,
  },
  {
    name: 'err in the newer row',
    scripts: { progress: [nothing, ended, nothing], report: [oldRow, rowWith({ err: 'failed to pull' })] },
    expected: SCAN_ERROR,
  },
  {
    name: 'errCode without err in the newer row',
    scripts: { progress: [nothing, ended, nothing], report: [oldRow, rowWith({ errCode: 7 })] },
    expected: SCAN_ERROR,
  },
  {
    name: 'err in the old row is history',
    scripts: {
      progress: [nothing, ended, nothing],
      report: [rowWith({ err: 'failed to pull' }, OLD_TIME), newRow],
    },
    expected: PASSED,
  },
  // A good row decides at once, a bad one has to stand.
  {
    name: "another job's scan writes a row with err first, ours is good",
    scripts: {
      progress: [nothing],
      report: [
        oldRow,
        rowWith({ err: 'failed to pull' }, '2026-11-20T09:29:30Z'),
        rowWith({ err: 'failed to pull' }, '2026-11-20T09:29:30Z'),
        newRow,
      ],
    },
    expected: PASSED,
  },
  {
    name: "another job's scan writes a row of another digest first, ours is good",
    scripts: {
      progress: [nothing, ongoing, nothing],
      report: [
        inClosedRegistry(OLD_TIME, OLD_DIGEST),
        inClosedRegistry('2026-11-20T09:29:30Z', OLD_DIGEST),
        inClosedRegistry(NEW_TIME, NEW_DIGEST),
      ],
    },
    inputs: BY_DIGEST,
    expected: PASSED,
  },
  {
    name: 'a newer row of another digest that stands',
    scripts: {
      progress: [nothing, ended, nothing],
      report: [inClosedRegistry(OLD_TIME, OLD_DIGEST), inClosedRegistry(NEW_TIME, OLD_DIGEST)],
    },
    inputs: BY_DIGEST,
    expected: MISMATCH,
  },
  {
    name: 'a newer row of the digest asked for',
    scripts: {
      progress: [nothing, ended, nothing],
      report: [inClosedRegistry(OLD_TIME, OLD_DIGEST), inClosedRegistry(NEW_TIME, NEW_DIGEST)],
    },
    inputs: BY_DIGEST,
    expected: PASSED,
  },
  // Proof is dated.
  {
    name: 'the report answers null at first, and an old row later',
    scripts: { progress: [nothing], report: [none, oldRow] },
    expected: NOT_STARTED,
  },
  {
    name: 'the report answers null at first, and an old row later, with the end of our scan',
    scripts: { progress: [nothing, ended, nothing], report: [none, oldRow] },
    expected: UNCONFIRMED,
  },
  {
    name: 'an older row first, and a less old one later from a lagging copy',
    scripts: {
      progress: [nothing],
      report: [rowWith({}, '2026-11-19T08:00:00Z'), oldRow],
    },
    expected: NOT_STARTED,
  },
  {
    name: 'a row of four minutes before the report was read: clocks may differ by that',
    scripts: { progress: [nothing, ended, nothing], report: [oldRow, rowWith({}, '2026-11-20T09:25:00Z')] },
    expected: PASSED,
  },
  {
    name: 'a row that turns older',
    scripts: { progress: [nothing], report: [newRow, oldRow] },
    expected: NOT_STARTED,
  },
  {
    name: 'an old row of the future does not become newer by itself',
    scripts: { progress: [nothing], report: [rowWith({}, '2099-01-01T00:00:00Z')] },
    expected: NOT_STARTED,
  },
  {
    name: 'the clock of the Console was set back by half a minute',
    scripts: {
      progress: [nothing, ended, nothing],
      report: [rowWith({}, '2026-11-20T09:29:20Z'), rowWith({}, '2026-11-20T09:29:10Z')],
    },
    expected: PASSED,
  },
  {
    name: 'no Date, no row before, and then a row: it may be any',
    scripts: {
      authenticate: [undatedLogIn],
      progress: [undated(nothing)],
      report: [
        { ...none, date: null },
        { ...newRow, date: null },
      ],
    },
    expected: NOT_STARTED,
  },
  {
    name: 'no Date, no row before, and a row once progress has shown our scan: nothing dates it either',
    scripts: {
      authenticate: [undatedLogIn],
      progress: [undated(nothing), undated(ended), undated(nothing)],
      report: [undated(none), undated(newRow)],
    },
    expected: UNCONFIRMED,
  },
  {
    name: 'no Date, and a row later than the one before',
    scripts: {
      progress: [nothing],
      report: [
        { ...oldRow, date: null },
        { ...newRow, date: null },
      ],
    },
    expected: PASSED,
  },
  // Whose row it is.
  {
    name: "a row of another tag, however new, is not this image's",
    scripts: {
      progress: [nothing],
      report: [oldRow, rowWith({ repoTag: { registry: '', repo: 'library/alpine', tag: '3.17' } })],
    },
    expected: NOT_STARTED,
  },
  {
    name: 'a row of another tag that lists ours',
    scripts: {
      progress: [nothing],
      report: [
        oldRow,
        rowWith({
          repoTag: { registry: '', repo: 'library/alpine', tag: '3.17' },
          tags: [{ registry: '', repo: 'library/alpine', tag: '3.16' }],
        }),
      ],
    },
    expected: NOT_STARTED,
  },
  {
    name: 'a row without a tag of its own that lists ours',
    scripts: {
      progress: [nothing],
      report: [
        oldRow,
        rowWith({ repoTag: null, tags: [{ registry: '', repo: 'library/alpine', tag: '3.16' }] }),
      ],
    },
    expected: PASSED,
  },
  {
    name: "a Console that ignores registry shows another registry's scan, and our row stays old",
    scripts: { progress: [nothing, ongoing, ended, nothing], report: [oldRow] },
    expected: UNCONFIRMED,
  },
  // Outages.
  ...[400, 403, 404].map((status) => ({
    name: `progress answers ${status} once in mid-scan`,
    scripts: {
      progress: [nothing, ongoing, refused(status, 'ingress'), ended, nothing],
      report: [oldRow, oldRow, newRow],
    },
    expected: PASSED,
  })),
  {
    name: 'progress answers 403 for good in mid-scan: an outage for a minute, then final',
    scripts: { progress: [nothing, ongoing, refused(403, 'forbidden')], report: [oldRow] },
    expected: '1 error forbidden',
  },
  {
    name: 'one unanswered poll does not let a row end what may still run',
    scripts: {
      progress: [nothing, ongoing, refused(503, 'busy'), ongoing],
      report: [oldRow, newRow],
    },
    expected: STILL_SCANNING,
  },
  {
    name: 'the report that was read answers 403 in mid-scan, and then the row',
    scripts: {
      progress: [nothing, ongoing, ended, nothing],
      report: [oldRow, unreadable, newRow],
    },
    expected: PASSED,
  },
  // The deadline.
  {
    name: 'the deadline comes between two polls, and the final poll finds the end',
    scripts: { progress: [nothing, ongoing, ended, nothing], report: [oldRow, newRow] },
    inputs: { timeout: '90s', 'poll-interval': '1h' },
    expected: PASSED,
  },
  {
    name: 'the final poll finds the scan running',
    scripts: { progress: [nothing, ongoing], report: [oldRow] },
    inputs: { timeout: '90s', 'poll-interval': '1h' },
    expected: STILL_SCANNING,
  },
  {
    name: 'a start-timeout beyond the timeout is cut to it',
    scripts: { progress: [nothing], report: [oldRow] },
    inputs: { timeout: '1m', 'start-timeout': '5m' },
    expected: NOT_STARTED,
  },
  {
    name: 'the scan ended, and the timeout comes before the row',
    scripts: { progress: [nothing, ongoing, ended, nothing], report: [oldRow] },
    inputs: { timeout: '1m', 'report-timeout': '5m' },
    expected: STILL_SCANNING,
  },
];

const AWAIT: Case[] = [
  {
    name: 'running, ended, and a newer row',
    scripts: { progress: [ongoing, ended, nothing], report: [oldRow, newRow] },
    expected: PASSED,
  },
  {
    name: 'running for good',
    scripts: { progress: [ongoing], report: [oldRow] },
    expected: STILL_SCANNING,
  },
  {
    name: 'over before we came, and only the row of before',
    scripts: { progress: [ended, nothing], report: [newRow] },
    expected: UNCONFIRMED,
  },
  {
    name: 'over before we came, and its row lags behind',
    scripts: { progress: [ended, nothing], report: [oldRow, oldRow, newRow] },
    expected: PASSED,
  },
  {
    name: 'over before we came, and the new scan registers a second later',
    scripts: { progress: [ended, nothing, ongoing, ended, nothing], report: [oldRow, oldRow, newRow] },
    expected: PASSED,
  },
  {
    name: 'over before we came, the new scan registers, and its row never comes',
    scripts: { progress: [ended, nothing, ongoing, ended, nothing], report: [oldRow] },
    expected: UNCONFIRMED,
  },
  {
    name: 'over before we came, and the row that is there carries the digest',
    scripts: { progress: [ended, nothing], report: [inClosedRegistry(OLD_TIME, NEW_DIGEST)] },
    inputs: BY_DIGEST,
    expected: PASSED,
  },
  {
    name: 'over before we came, and the row that is there carries another digest',
    scripts: { progress: [ended, nothing], report: [inClosedRegistry(OLD_TIME, OLD_DIGEST)] },
    inputs: BY_DIGEST,
    expected: UNCONFIRMED,
  },
  {
    name: 'over before we came, with an error, and the report may not be read',
    scripts: { progress: [withError(false, 'imageScan'), nothing], report: [unreadable] },
    expected: SCAN_ERROR,
  },
  {
    name: 'over before we came, and the report may not be read',
    scripts: { progress: [ended, nothing], report: [unreadable] },
    expected: PASSED,
  },
  {
    name: 'over before we came, and max-scan-age allows the row',
    scripts: { progress: [ended, nothing], report: [oldRow] },
    inputs: { 'max-scan-age': '2h' },
    expected: '0 passed recent-scan',
  },
  {
    name: 'max-scan-age does not accept a row while the scan runs',
    scripts: { progress: [ongoing], report: [oldRow] },
    inputs: { 'max-scan-age': '2h' },
    expected: STILL_SCANNING,
  },
  {
    name: 'lost after running, and only the old row',
    scripts: { progress: [ongoing, nothing], report: [oldRow] },
    expected: UNCONFIRMED,
  },
  {
    name: 'never shown, and the row turns newer',
    scripts: { progress: [nothing], report: [oldRow, oldRow, newRow] },
    expected: PASSED,
  },
  {
    name: 'never shown, and a row that stays: a scan of before is not awaited',
    scripts: { progress: [nothing], report: [newRow] },
    expected: NOT_STARTED,
  },
];

const REGULAR: Case[] = [
  {
    name: 'every entry ended, and nothing runs ten seconds later',
    scripts: { progress: [json([entry(true), entry(true)]), json([entry(false), entry(false)]), nothing] },
    expected: PASSED,
  },
  {
    name: 'one registry is still under scan',
    scripts: { progress: [json([entry(false), entry(true)])] },
    expected: STILL_SCANNING,
  },
  {
    name: 'a gap between two batches, and the second is never over',
    scripts: { progress: [ongoing, ended, nothing, ongoing] },
    expected: STILL_SCANNING,
  },
  {
    name: 'a gap between two batches, and the second ends',
    scripts: { progress: [ongoing, ended, nothing, ongoing, ended, nothing] },
    expected: PASSED,
  },
  {
    name: 'stopped at 3 of 10',
    scripts: { progress: [counted(true, 3, 10), counted(false, 3, 10), nothing] },
    expected: INCOMPLETE,
  },
  {
    name: 'stopped, and progress shows nothing any more',
    scripts: { progress: [counted(true, 3, 10), nothing] },
    expected: INCOMPLETE,
  },
  {
    name: 'one registry of the first batch is incomplete, the second batch is not',
    scripts: { progress: [counted(true, 3, 10), counted(false, 3, 10), ongoing, ended, nothing] },
    expected: INCOMPLETE,
  },
  {
    name: 'an unread end of last night is nothing to wait for',
    scripts: { progress: [ended, nothing] },
    expected: NOT_STARTED,
  },
  { name: 'empty from the start', scripts: { progress: [nothing] }, expected: NOT_STARTED },
  {
    name: 'an error in one registry',
    scripts: {
      progress: [
        json([entry(true), entry(true)]),
        json([entry(false), entry(false, { discovery: { error: 'no such registry' } })]),
        nothing,
      ],
    },
    expected: SCAN_ERROR,
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
  test.concurrent('reads the report and progress, then starts the scan, then follows it with the same values', async () => {
    const run = await gate(
      { progress: [nothing, ongoing, ended, nothing], report: [none] },
      { registry: 'registry.example.com:5000', repo: 'team/app', tag: '1.2.3' },
    );

    const order = calls(run);
    expect(order[0]).toBe('authenticate');
    expect(order.indexOf('report')).toBeLessThan(order.indexOf('trigger'));
    expect(order.slice(0, 4)).toEqual(['authenticate', 'report', 'progress', 'trigger']);
    const tag = { registry: 'registry.example.com:5000', repo: 'team/app', tag: '1.2.3' };
    expect(JSON.parse(of(run, 'trigger')[0]?.body ?? '')).toEqual({ onDemandScan: true, tag });
    for (const { query } of of(run, 'progress')) {
      expect(Object.fromEntries(query)).toEqual({ onDemand: 'true', ...tag });
    }
  });

  test.concurrent('asks by digest if there is no tag', async () => {
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
    expect(run.log).toContain('looking for the regular scan');
  });

  test.concurrent('nothing is triggered before progress was answered', async () => {
    const run = await gate({ progress: [notFound], report: [oldRow] });

    expect(verdictOf(run)).toBe('1 error not-found');
    expect(of(run, 'trigger')).toEqual([]);
  });

  test.concurrent('stays below the rate limit of the report', async () => {
    const run = await gate({ progress: [nothing, ongoing, ended, nothing], report: [oldRow] });

    expect(verdictOf(run)).toBe(UNCONFIRMED);
    expect(of(run, 'report').length).toBeLessThan(60);
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
    const countedPhases = (scanned: number, total: number) => ({
      discovery: { scanned: scanned * 10, total: total * 10 },
      imageScan: { scanned, total },
    });
    const run = await gate(
      {
        progress: [
          json([entry(true, countedPhases(1, 4)), entry(true, countedPhases(2, 3))]),
          json([entry(false, countedPhases(4, 4)), entry(false, countedPhases(3, 3))]),
          nothing,
        ],
      },
      { mode: 'await-regular', ...NO_IMAGE },
    );

    expect(run.outputs).toMatchObject({
      verdict: 'passed',
      scanned: '7',
      total: '7',
      'discovery-scanned': '70',
      'discovery-total': '70',
    });
  });

  test.concurrent('a timeout gives the counts that it saw', async () => {
    const run = await gate(
      {
        progress: [json([entry(true, { imageScan: { scanned: 3, total: 9 } })])],
        report: [oldRow],
      },
      { timeout: '1m' },
    );

    expect(run.outputs).toMatchObject({ verdict: 'timed-out', scanned: '3', total: '9' });
    expect(run.outputs.digest).toBe('');
    expect(run.outputs['scan-time']).toBe('');
  });

  test.concurrent('if the report alone proves the scan, the counts are of the images it proves', async () => {
    const run = await gate({ progress: [nothing], report: [oldRow, newRow] });

    expect(run.outputs).toMatchObject({ verdict: 'passed', scanned: '1', total: '1', digest: NEW_DIGEST });
  });

  test.concurrent('a scan that is not confirmed does not borrow the digest of the old row', async () => {
    const run = await gate({ progress: [nothing, ongoing, ended, nothing], report: [oldRow] });

    expect(verdictOf(run)).toBe(UNCONFIRMED);
    expect(run.outputs).toMatchObject({ digest: '', 'image-by-digest': '', 'scan-time': '' });
    expect(run.log).toContain(`still shows the scan of ${OLD_TIME}`);
  });

  test.concurrent('lost after running if the user is not allowed to read the report: two empty polls, and a warning', async () => {
    const run = await gate({ progress: [ongoing, nothing], report: [unreadable] });

    expect(verdictOf(run)).toBe(PASSED);
    expect(of(run, 'progress').length).toBeGreaterThanOrEqual(3);
    expect(run.log).toMatch(/^::warning/m);
  });
});

describe('a digest asked for along with the tag', () => {
  test.concurrent('the scan is asked for by tag, and the report carries the digest', async () => {
    const run = await gate(
      { progress: [nothing, ongoing, ended, nothing], report: [oldRow, newRow] },
      { digest: NEW_DIGEST },
    );

    expect(verdictOf(run)).toBe(PASSED);
    expect(Object.fromEntries(of(run, 'progress')[0]?.query ?? [])).toMatchObject({ tag: '3.16' });
  });

  test.concurrent('a registry that cannot be asked about another digest is named with the reason', async () => {
    const run = await gate(
      {
        progress: [nothing, ended, nothing],
        report: [inClosedRegistry(OLD_TIME, OLD_DIGEST), inClosedRegistry(NEW_TIME, OLD_DIGEST)],
      },
      BY_DIGEST,
    );

    expect(verdictOf(run)).toBe(MISMATCH);
    expect(run.log).toContain(OLD_DIGEST);
    expect(run.log).toContain(CLOSED_REGISTRY);
  });

  test.concurrent('no report to carry it: not passed', async () => {
    const runs = await Promise.all([
      gate({ progress: [nothing, ongoing, ended, nothing], report: [oldRow] }, { digest: NEW_DIGEST }),
      gate({ progress: [nothing, ongoing, ended, nothing], report: [unreadable] }, { digest: NEW_DIGEST }),
      gate(
        { progress: [nothing, ended, nothing], report: [none, rowWith({ repoDigests: [], id: '' })] },
        { digest: NEW_DIGEST },
      ),
    ]);

    expect(runs.map(({ exitCode }) => exitCode)).toEqual([1, 1, 1]);
  });
});
