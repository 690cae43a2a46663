import { describe, expect, test } from '@jest/globals';
import { Deadline } from '../../src/scan/deadline.ts';
import { answer, type ReportReading, type ReportRow } from '../../src/scan/evidence.ts';
import type { Digest } from '../../src/scan/image.ts';
import type { ReadReport } from '../../src/scan/source.ts';
import { awaitScan } from '../../src/scan/wait.ts';
import { row } from './evidence.ts';
import { FakeClock } from './fake-clock.ts';
import type { Triggering, World } from './world.ts';
import { type Run, runIn } from './world-run.ts';

/** A minute's scan that registers after ten seconds, on a Console that behaves, asked by us. */
const usual: World = {
  mode: 'trigger',
  timeoutMs: 1_800_000,
  startTimeoutMs: 300_000,
  reportTimeoutMs: 120_000,
  interval: 'auto',
  crowd: { size: 1, untilMs: 0 },
  scan: {
    registerDelayMs: 10_000,
    discoveryMs: 10_000,
    scanMs: 60_000,
    closingMs: 0,
    outcome: 'finished',
    shownInProgress: true,
    rowLagMs: 500,
    endReadByOtherAfterMs: undefined,
  },
  earlier: { agoMs: 86_400_000, unread: false, err: '' },
  twins: [],
  startedAtMs: 0,
  registries: [],
  events: [],
  settings: {
    reportStatus: 200,
    scanTimeIs: 'end',
    endReadBy: 'anyone',
    endConsumed: 'per-entry',
    unreadEndMs: null,
    unreadEndAfterTrigger: 'kept-until-registered',
    parallelScansShown: 'latest',
    parallelRegistries: 4,
    regularEnd: 'shown-once',
    failedScanWritesRow: true,
    rateLimit: { requests: 30, windowMs: 30_000 },
    rateLimitRetryAfter: false,
  },
  triggers: [{ answer: 'given', accepted: true, answerAfterMs: 200, reason: 'unreachable' }],
  latenciesMs: [50],
  outages: [],
  veil: undefined,
  dice: [0.5],
};

const lost: Triggering = { answer: 'lost', accepted: true, answerAfterMs: 200, reason: 'unreachable' };
const given: Triggering = { ...lost, answer: 'given' };

function reasonOf({ end }: Run): string {
  return end.kind === 'ending' ? end.judged.decision.reason : 'thrown';
}

function looksBetween(run: Run, fromMs: number, toMs: number): number {
  return run.events.filter(({ kind, atMs }) => kind === 'looked' && atMs >= fromMs && atMs < toMs).length;
}

describe('A trigger whose answer is lost', () => {
  test('is sent again where the Console shows nothing of it', async () => {
    const run = await runIn({ ...usual, triggers: [{ ...lost, accepted: false }, given] });
    expect(run.posts).toHaveLength(2);
    expect(reasonOf(run)).toBe('scan-completed');
  });

  test('is not sent again where the scan is seen before the answer is missed', async () => {
    const run = await runIn({
      ...usual,
      scan: { ...usual.scan, registerDelayMs: 1_000 },
      triggers: [{ ...lost, answerAfterMs: 30_000 }, given],
    });
    expect(run.posts).toHaveLength(1);
    expect(reasonOf(run)).toBe('scan-completed');
  });

  test('is not sent again on the strength of a look from before the answer was missed', async () => {
    // The scan registers at 17 s, after the look at 15 s; the answer is lost at 20 s, in the pause.
    const run = await runIn({
      ...usual,
      interval: { everyMs: 10_000 },
      scan: { ...usual.scan, registerDelayMs: 17_000 },
      triggers: [{ ...lost, answerAfterMs: 20_000 }, given],
    });
    expect(run.posts).toHaveLength(1);
    expect(reasonOf(run)).toBe('scan-completed');
  });

  test('is not sent again once the scan was seen, although its end vanishes before the row is there', async () => {
    const run = await runIn({
      ...usual,
      scan: { ...usual.scan, registerDelayMs: 1_000, endReadByOtherAfterMs: 0, rowLagMs: 60_000 },
      triggers: [{ ...lost, answerAfterMs: 30_000 }, given],
    });
    expect(run.posts).toHaveLength(1);
    expect(reasonOf(run)).toBe('scan-completed');
  });

  test('does not make the looks at a scan that is seen any hastier', async () => {
    const scan = { ...usual.scan, registerDelayMs: 1_000, scanMs: 1_200_000 };
    const answered = await runIn({ ...usual, scan });
    const unanswered = await runIn({ ...usual, scan, triggers: [{ ...lost, answerAfterMs: 30_000 }] });
    expect(looksBetween(unanswered, 60_000, 1_200_000)).toBeLessThanOrEqual(
      2 * looksBetween(answered, 60_000, 1_200_000),
    );
  });

  test('does not end the wait for a scan that is seen, whatever came instead of the answer', async () => {
    const run = await runIn({
      ...usual,
      scan: { ...usual.scan, registerDelayMs: 1_000, scanMs: 300_000 },
      triggers: [{ ...lost, answerAfterMs: 30_000, reason: 'invalid-response' }],
    });
    expect(reasonOf(run)).toBe('scan-completed');
  });
});

describe('A trigger that is sent again', () => {
  test('has the time of its own answer, whatever came instead of the first one', async () => {
    const run = await runIn({
      ...usual,
      scan: { ...usual.scan, registerDelayMs: 70_000 },
      triggers: [
        { ...lost, accepted: false, reason: 'invalid-response' },
        { ...given, answerAfterMs: 65_000 },
      ],
    });
    expect(run.posts).toHaveLength(2);
    expect(reasonOf(run)).toBe('scan-completed');
  });
});

describe('A report that does not answer for a moment', () => {
  test('does not make the looks at a scan that progress shows afterwards any hastier', async () => {
    const scan = { ...usual.scan, scanMs: 1_200_000 };
    const outage = {
      fromMs: 6_000,
      toMs: 12_000,
      of: 'report',
      how: 'unheard',
      reason: 'unreachable',
      retryAfterMs: undefined,
    } as const;
    const answered = await runIn({ ...usual, scan });
    const unanswered = await runIn({ ...usual, scan, outages: [outage] });
    expect(looksBetween(unanswered, 60_000, 1_200_000)).toBeLessThanOrEqual(
      2 * looksBetween(answered, 60_000, 1_200_000),
    );
  });

  test('does not hold back the looks at progress for ever by what it asked for once', async () => {
    const outage = {
      fromMs: 6_000,
      toMs: 12_000,
      of: 'report',
      how: 'unheard',
      reason: 'unreachable',
      retryAfterMs: 60_000,
    } as const;
    const run = await runIn({
      ...usual,
      scan: { ...usual.scan, registerDelayMs: 30_000, scanMs: 600_000 },
      outages: [outage],
    });
    expect(looksBetween(run, 120_000, 600_000)).toBeGreaterThan(20);
  });
});

describe('A scan that is going on at the deadline', () => {
  test('is still-scanning, whatever went unanswered long before', async () => {
    const outage = {
      fromMs: 6_000,
      toMs: 12_000,
      of: 'report',
      how: 'unheard',
      reason: 'unreachable',
      retryAfterMs: undefined,
    } as const;
    const run = await runIn({
      ...usual,
      timeoutMs: 300_000,
      scan: { ...usual.scan, registerDelayMs: 12_000, scanMs: 600_000 },
      outages: [outage],
    });
    expect(reasonOf(run)).toBe('still-scanning');
  });
});

describe('A scan that progress never shows', () => {
  test('is passed although the report is silent until start-timeout is over', async () => {
    const outage = {
      fromMs: 6_000,
      toMs: 400_000,
      of: 'report',
      how: 'unheard',
      reason: 'unreachable',
      retryAfterMs: undefined,
    } as const;
    const run = await runIn({
      ...usual,
      scan: { ...usual.scan, shownInProgress: false },
      outages: [outage],
    });
    expect(reasonOf(run)).toBe('scan-completed');
  });
});

describe('A regular scan of several registries', () => {
  test('of which one fails early is not passed because the others end well', async () => {
    const registry = { discoveryMs: 5_000, scanMs: 60_000, closingMs: 0, outcome: 'finished' } as const;
    const run = await runIn({
      ...usual,
      mode: 'await-regular',
      registries: [registry, { ...registry, outcome: 'discovery-error' }],
    });
    expect(reasonOf(run)).toBe('scan-error');
  });
});

describe('A report that cannot be read at first', () => {
  const hidden = { ...usual, veil: { refusals: 1, absences: 1 } } as const;

  test('and then shows an old row for the first time does not pass it for a new one', async () => {
    // The Console keeps the request and never scans in time: what shows up is yesterday’s row.
    const run = await runIn({
      ...hidden,
      startTimeoutMs: 30_000,
      scan: { ...usual.scan, registerDelayMs: 600_000 },
    });
    expect(reasonOf(run)).toBe('not-started');
  });

  test('does not keep a scan from passing that progress shows from beginning to end', async () => {
    expect(reasonOf(await runIn(hidden))).toBe('scan-completed');
  });
});

describe('An unread end of an earlier scan', () => {
  test('that was shown before the request was accepted is no proof, where the report cannot be read', async () => {
    const run = await runIn({
      ...usual,
      settings: { ...usual.settings, reportStatus: 403 },
      earlier: { agoMs: 60_000, unread: true, err: '' },
      scan: { ...usual.scan, registerDelayMs: 600_000 },
      triggers: [{ ...given, answerAfterMs: 12_000 }],
    });
    expect(reasonOf(run)).toBe('unconfirmed');
  });
});

describe('The row of a scan that ended', () => {
  test('is waited for no longer than report-timeout, whatever a silent report asks for', async () => {
    const run = await runIn({
      ...usual,
      reportTimeoutMs: 20_000,
      outages: [
        {
          fromMs: 70_000,
          toMs: 900_000,
          of: 'report',
          how: 'unheard',
          reason: 'unreachable',
          retryAfterMs: 120_000,
        },
      ],
    });
    expect(reasonOf(run)).toBe('scan-completed');
    // The scan ends at 80 s, is seen to at most 10 s later, and the last question for the row takes no time.
    expect(run.overAtMs).toBeLessThan(112_000);
  });
});

describe('A regular scan of which nobody can be asked', () => {
  test('is given up as soon as an image would be, when the Console never answers', async () => {
    const run = await runIn({
      ...usual,
      mode: 'await-regular',
      registries: [{ discoveryMs: 5_000, scanMs: 60_000, closingMs: 0, outcome: 'finished' }],
      outages: [
        {
          fromMs: 0,
          toMs: 1_800_000,
          of: 'everything',
          how: 'unheard',
          reason: 'unreachable',
          retryAfterMs: undefined,
        },
      ],
    });
    expect(reasonOf(run)).toBe('unreachable');
    expect(run.overAtMs).toBeLessThan(120_000);
  });
});

describe('Among many scans', () => {
  const many: World = { ...usual, crowd: { size: 40, untilMs: Number.POSITIVE_INFINITY } };

  function asked(run: Run, question: 'progress' | 'report'): number[] {
    return run.calls.filter((call) => call.question === question).map(({ askedAtMs }) => askedAtMs);
  }

  function gaps(times: readonly number[]): number[] {
    return times.slice(1).map((atMs, at) => atMs - (times[at] ?? 0));
  }

  test('progress of one is asked every ten seconds where there are forty, and the report much more often', async () => {
    const run = await runIn({ ...many, scan: { ...usual.scan, scanMs: 150_000 } });
    expect(reasonOf(run)).toBe('scan-completed');
    const progress = asked(run, 'progress');
    expect(Math.min(...gaps(progress).slice(0, -1))).toBeGreaterThanOrEqual(10_000);
    expect(Math.max(...gaps(progress))).toBeLessThan(30_000);
    expect(asked(run, 'report').length).toBeGreaterThan(2 * progress.length);
  });

  test('progress has a say before a newer row is believed', async () => {
    const run = await runIn({ ...many, scan: { ...usual.scan, rowLagMs: -12_000 } });
    expect(reasonOf(run)).toBe('scan-completed');
    expect(run.overAtMs).toBeGreaterThan(80_000);
  });

  test('an end that comes after the first look of an awaited scan waits for a row of its own', async () => {
    // It ends after five seconds; the row of the scan before is there all the time, the new one a minute later.
    const run = await runIn({
      ...many,
      mode: 'await',
      startedAtMs: -75_000,
      scan: { ...usual.scan, rowLagMs: 60_000 },
    });
    expect(reasonOf(run)).toBe('scan-completed');
    expect(run.overAtMs).toBeGreaterThan(65_000);
  });

  test('an end that is there at the first look of an awaited scan is taken at once', async () => {
    const run = await runIn({ ...many, mode: 'await', startedAtMs: -90_000 });
    expect(reasonOf(run)).toBe('scan-completed');
    expect(run.overAtMs).toBeLessThan(5_000);
  });

  test('nothing is given up before progress was asked', async () => {
    const run = await runIn({ ...many, startTimeoutMs: 7_000 });
    const [first = 0, second = 0] = asked(run, 'progress');
    expect(first).toBeLessThan(2_000);
    expect(second - first).toBeLessThan(10_000);
    expect(reasonOf(run)).toBe('not-started');
  });

  test('the first look sees a short scan run, so that its failure is one even without a row', async () => {
    const run = await runIn({
      ...many,
      crowd: { size: 300, untilMs: Number.POSITIVE_INFINITY },
      settings: { ...usual.settings, failedScanWritesRow: false },
      scan: { ...usual.scan, registerDelayMs: 200, outcome: 'discovery-error' },
    });
    expect(reasonOf(run)).toBe('scan-error');
  });

  test('the scan that is left is looked at as if it had been alone', async () => {
    const run = await runIn({ ...many, crowd: { size: 40, untilMs: 20_000 } });
    const late = asked(run, 'progress').filter((atMs) => atMs > 20_000);
    expect(Math.max(...gaps(late))).toBeLessThan(7_000);
  });

  test('the last look asks progress, however shortly before it was asked', async () => {
    const run = await runIn({
      ...many,
      crowd: { size: 300, untilMs: Number.POSITIVE_INFINITY },
      timeoutMs: 100_000,
      scan: { ...usual.scan, scanMs: 300_000 },
    });
    expect(reasonOf(run)).toBe('still-scanning');
    expect(asked(run, 'progress').at(-1)).toBeGreaterThanOrEqual(90_000);
  });
});

describe('The row in full', () => {
  const digest: Digest = `sha256:${'d'.repeat(64)}`;
  const other: Digest = `sha256:${'e'.repeat(64)}`;

  /** Waits for a scan that the report alone shows; `full` answers in turn what is asked in full, the last for good. */
  async function endingOf(
    full: readonly (() => ReportRow)[],
    wanted: { readonly needsFindings?: boolean; readonly requiredDigest?: Digest } = {},
  ) {
    const clock = new FakeClock(0);
    let compact = 0;
    let asked = 0;
    const report: ReadReport = async (detail) => {
      const read = full[Math.min(asked, full.length - 1)];
      if (detail === 'full') asked += 1;
      const given = detail === 'full' && read !== undefined ? read() : row(compact++ === 0 ? 1 : 2);
      return answer<ReportReading>({ kind: 'row', row: given, atEpochMs: undefined });
    };
    const waiting = awaitScan(
      {
        source: { progress: async () => answer([]), report },
        start: async () => answer('accepted'),
        limits: { timeoutMs: 600_000, startTimeoutMs: 60_000, reportTimeoutMs: 10_000 },
        interval: 'auto',
        requiredDigest: wanted.requiredDigest,
        maxScanAgeMs: undefined,
        needsFindings: wanted.needsFindings ?? false,
      },
      {
        clock,
        deadline: new Deadline(clock, 600_000),
        random: () => 0.5,
        signal: new AbortController().signal,
        onEvent: () => undefined,
        crowdSize: () => 1,
      },
    );
    const ending = await clock.run(waiting);
    return { ending, asked };
  }

  const refuse = () => {
    throw new Error('refused');
  };
  const inFull = (given: Partial<ReportRow> = {}) => row(2, { listed: [], ...given });

  test('is asked for once where nothing depends on it, and a refusal changes nothing', async () => {
    const { ending, asked } = await endingOf([refuse]);
    expect(ending).toMatchObject({ phase: 'finished', unread: 'refused', row: { listed: undefined } });
    expect(asked).toBe(1);
  });

  test('is asked for until it is there where the findings decide', async () => {
    const stale = () => row(1, { listed: [] });
    const { ending, asked } = await endingOf([stale, stale, () => inFull()], { needsFindings: true });
    expect(ending).toMatchObject({ phase: 'finished', unread: '', row: { listed: [] } });
    expect(asked).toBe(3);
  });

  test('is given up at report-timeout, and the scan stays finished', async () => {
    const { ending } = await endingOf([() => row(1)], { needsFindings: true });
    expect(ending).toMatchObject({ phase: 'finished', unread: 'The report no longer shows this scan.' });
  });

  test('is asked for until it is there where the compact row lacks the digest that was asked for', async () => {
    const carrying = () => inFull({ digest: other, digests: [other, digest] });
    const { ending, asked } = await endingOf([() => row(1), carrying], { requiredDigest: digest });
    expect(ending).toMatchObject({ phase: 'finished', row: { digests: [other, digest] } });
    expect(asked).toBe(2);
  });
});
