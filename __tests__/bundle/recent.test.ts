import { beforeAll, describe, expect, test } from '@jest/globals';
import { ended, NEW_DIGEST, NEW_TIME, nothing, OLD_DIGEST, ongoing, row } from './console-data.ts';
import { distribution, found, isCompact, type WireFinding } from './findings-data.ts';
import { gate, gates, of, PASSED, type Run, verdictOf } from './gate.ts';
import { type Answer, type Asked, json, refused, type Scripts } from './scripted-console.ts';

const RECENT = '0 passed recent-scan';

/** No test may ask a registry that is not on this machine; nothing listens here. */
const REGISTRY = '127.0.0.1:9';
const repoTag = { registry: REGISTRY, repo: 'library/alpine', tag: '3.16' };
const AGE = { registry: REGISTRY, 'max-scan-age': '1h' } as const;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

interface Case {
  readonly name: string;
  /** How long before its answer the Console finished the scan, by its own clock. */
  readonly ageMs: number;
  /** How far the Console's clock is from the runner's. */
  readonly skewMs?: number;
  /** The value of the header in place of the time of the answer. */
  readonly date?: 'none' | string;
  /** For how long a cache kept the answer, as it says itself. */
  readonly cachedFor?: string;
  readonly row?: WireFinding;
  readonly inputs?: Readonly<Record<string, string>>;
  /** True if the earlier scan makes another one needless. */
  readonly isAccepted: boolean;
  /** The verdict, if it does not follow from recency alone. */
  readonly expected?: string;
}

const CASES: Case[] = [
  { name: 'of a moment ago: accepted', ageMs: 1_000, isAccepted: true },
  { name: 'of 59 minutes ago: accepted', ageMs: 59 * MINUTE_MS, isAccepted: true },
  { name: 'of 61 minutes ago: not', ageMs: 61 * MINUTE_MS, isAccepted: false },
  { name: 'of a year ago: not', ageMs: 8_766 * HOUR_MS, isAccepted: false },
  { name: 'stamped by a clock half a minute ahead: accepted', ageMs: -30_000, isAccepted: true },
  { name: 'of an hour ahead, which is no time: not', ageMs: -HOUR_MS, isAccepted: false },
  { name: 'of years ahead: not', ageMs: -50_000 * HOUR_MS, isAccepted: false },
  { name: 'of a minute ago, without a date: not', ageMs: MINUTE_MS, date: 'none', isAccepted: false },
  { name: 'of a minute ago, with a senseless date: not', ageMs: MINUTE_MS, date: 'today', isAccepted: false },
  {
    name: 'of a minute before an answer that a cache kept for an hour: not',
    ageMs: MINUTE_MS,
    skewMs: -HOUR_MS,
    cachedFor: '3600',
    isAccepted: false,
  },
  {
    name: 'of a minute before an answer that a cache kept for half an hour: accepted',
    ageMs: MINUTE_MS,
    skewMs: -HOUR_MS / 2,
    cachedFor: '1800',
    isAccepted: true,
  },
  {
    name: 'of a minute ago, in an answer that a cache kept nobody knows how long: not',
    ageMs: MINUTE_MS,
    cachedFor: 'long',
    isAccepted: false,
  },
  {
    name: 'of a minute ago, on a Console that is nine hours behind: accepted',
    ageMs: MINUTE_MS,
    skewMs: -9 * HOUR_MS,
    isAccepted: true,
  },
  {
    name: 'of a minute ago, on a Console that is nine hours ahead: accepted',
    ageMs: MINUTE_MS,
    skewMs: 9 * HOUR_MS,
    isAccepted: true,
  },
  {
    name: 'of ten hours ago, on a Console that is nine hours ahead: not',
    ageMs: 10 * HOUR_MS,
    skewMs: 9 * HOUR_MS,
    isAccepted: false,
  },
  {
    name: 'of two hours ago, on a Console that is nine hours behind: not',
    ageMs: 2 * HOUR_MS,
    skewMs: -9 * HOUR_MS,
    isAccepted: false,
  },
  { name: 'that failed: not', ageMs: MINUTE_MS, row: { err: 'failed to pull image' }, isAccepted: false },
  {
    name: 'that never was: not',
    ageMs: MINUTE_MS,
    row: { scanTime: '0001-01-01T00:00:00Z' },
    isAccepted: false,
  },
  {
    name: 'of the digest asked for: accepted',
    ageMs: MINUTE_MS,
    inputs: { digest: OLD_DIGEST },
    isAccepted: true,
  },
  {
    name: 'of the digest asked for without a tag: accepted',
    ageMs: MINUTE_MS,
    inputs: { tag: '', digest: OLD_DIGEST },
    isAccepted: true,
  },
  { name: 'of another digest: not', ageMs: MINUTE_MS, inputs: { digest: NEW_DIGEST }, isAccepted: false },
  {
    name: 'of no digest, and one is asked for: not',
    ageMs: MINUTE_MS,
    row: { repoDigests: null },
    inputs: { digest: NEW_DIGEST },
    isAccepted: false,
  },
  {
    name: 'of another tag: not',
    ageMs: MINUTE_MS,
    row: { repoTag: { registry: REGISTRY, repo: 'library/alpine', tag: '3.17' } },
    isAccepted: false,
  },
  {
    name: 'of a minute ago, and nothing said of age: not',
    ageMs: 1,
    inputs: { 'max-scan-age': '' },
    isAccepted: false,
  },
  {
    name: 'under a gate that is open: accepted',
    ageMs: MINUTE_MS,
    inputs: { 'severity-cutoff': 'critical' },
    isAccepted: true,
  },
  {
    name: 'under a gate that is shut: failed, and no other scan is needed to know it',
    ageMs: MINUTE_MS,
    inputs: { 'severity-cutoff': 'high' },
    isAccepted: true,
    expected: '1 failed severity-cutoff',
  },
  {
    name: 'of an uncovered system, under a gate: failed',
    ageMs: MINUTE_MS,
    row: { missingDistroVulnCoverage: true },
    inputs: { 'severity-cutoff': 'critical' },
    isAccepted: true,
    expected: '1 failed coverage-missing',
  },
];

const FINDINGS = [found('high'), found('low')];

/** The runner's time when the file began: the Console's answers are all of one moment. */
const NOW_MS = Date.now();

const timeOf = ({ skewMs = 0, ageMs }: Case): string => new Date(NOW_MS + skewMs - ageMs).toISOString();

/** The report of a scan from before, until another one was asked for and finished. */
function answerTo(asked: Asked, scanTime: string, { row: given, date, cachedFor, skewMs = 0 }: Case): Answer {
  const answer = json([
    row(scanTime, {
      repoTag,
      repoDigests: [`${REGISTRY}/library/alpine@${OLD_DIGEST}`],
      vulnerabilities: isCompact(asked) ? null : FINDINGS,
      vulnerabilityDistribution: distribution(FINDINGS),
      vulnerabilitiesCount: FINDINGS.length,
      ...given,
    }),
  ]);
  const headers = {
    ...answer.headers,
    ...(date === undefined || date === 'none' ? {} : { date }),
    ...(cachedFor === undefined ? {} : { age: cachedFor }),
  };
  return { ...answer, headers, date: date === 'none' ? null : new Date(NOW_MS + skewMs).toISOString() };
}

/** The first poll shows nothing; then a scan runs and ends, and the report has it a minute later. */
function scriptsOf(one: Case, answer = (asked: Asked) => answerTo(asked, timeOf(one), one)): Scripts {
  const { skewMs = 0, cachedFor } = one;
  const nowMs = NOW_MS + skewMs + (Number(cachedFor) || 0) * 1_000;
  let polls = 0;
  return {
    progress: () => {
      polls += 1;
      return [nothing, ongoing, ended][polls - 1] ?? nothing;
    },
    report: (asked) =>
      polls < 3
        ? answer(asked)
        : json([
            row(new Date(nowMs + MINUTE_MS).toISOString(), {
              repoTag,
              repoDigests: [`${REGISTRY}/library/alpine@${NEW_DIGEST}`],
              vulnerabilities: null,
              vulnerabilityDistribution: distribution([]),
              vulnerabilitiesCount: 0,
            }),
          ]),
  };
}

describe.each(['trigger', 'await'])('max-scan-age of an hour, in mode %s, and a scan', (mode) => {
  let runOf: (name: string) => Run;
  beforeAll(async () => {
    runOf = await gates(CASES, (one) => gate(scriptsOf(one), { mode, ...AGE, ...one.inputs }));
  });

  test.each(CASES)('$name', ({ name, isAccepted, expected = isAccepted ? RECENT : PASSED }) => {
    const run = runOf(name);

    expect(verdictOf(run)).toBe(expected);
    expect(of(run, 'trigger')).toHaveLength(isAccepted || mode === 'await' ? 0 : 1);
    expect(of(run, 'progress').length > 1).toBe(!isAccepted);
    expect(run.outputs.digest).toBe(isAccepted ? OLD_DIGEST : NEW_DIGEST);
    expect(run.outputs).toMatchObject(
      isAccepted ? { scanned: '1', total: '1', findings: '2', high: '1', low: '1' } : { findings: '0' },
    );
  });
});

describe('a scan that is recent enough', () => {
  const one: Case = { name: '', ageMs: MINUTE_MS, isAccepted: true };

  test.concurrent('is told with its time, and with what to promote', async () => {
    const run = await gate(scriptsOf(one), AGE);

    expect(run.outputs['scan-time']).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(run.outputs['image-by-digest']).toBe(`${REGISTRY}/library/alpine@${OLD_DIGEST}`);
    expect(run.log).toContain(run.outputs['scan-time'] ?? 'no time');
    expect(run.log).not.toMatch(/^::(?:warning|error)/m);
    expect(of(run, 'other')).toEqual([]);
  });

  test.concurrent('is no pass under a gate if its findings cannot be read', async () => {
    const run = await gate(
      scriptsOf(one, (asked) => (isCompact(asked) ? answerTo(asked, timeOf(one), one) : refused(403, 'no'))),
      { ...AGE, 'severity-cutoff': 'critical' },
    );

    expect(verdictOf(run)).toBe('1 error report-unavailable');
    expect(of(run, 'trigger')).toEqual([]);
  });

  test.concurrent('gives way to a new scan if the report turns out to be of one that failed', async () => {
    const failed = { ...one, row: { err: 'failed to pull image' } };
    const run = await gate(
      scriptsOf(one, (asked) => answerTo(asked, timeOf(one), isCompact(asked) ? one : failed)),
      AGE,
    );

    expect(verdictOf(run)).toBe(PASSED);
    expect(of(run, 'trigger')).toHaveLength(1);
  });

  test.concurrent('is none if the report cannot be read, and a scan is asked for as ever', async () => {
    const run = await gate(
      { progress: [nothing, ongoing, ended, nothing], report: [refused(403, 'forbidden')] },
      AGE,
    );

    expect(verdictOf(run)).toBe(PASSED);
    expect(of(run, 'trigger')).toHaveLength(1);
  });

  test.concurrent('is none if there is no row, and a scan is asked for as ever', async () => {
    const report = [json(null), json(null), json(null), json([row(NEW_TIME, { repoTag })])];
    const run = await gate({ progress: [nothing, ongoing, ended, nothing], report }, AGE);

    expect(verdictOf(run)).toBe(PASSED);
    expect(of(run, 'trigger')).toHaveLength(1);
  });
});
