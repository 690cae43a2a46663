import { describe, expect, test } from '@jest/globals';
import {
  absent,
  DIGEST,
  ended,
  entry,
  failure,
  nothing,
  OTHER_DIGEST,
  row,
  running,
  shows,
  unreadable,
} from './evidence.ts';
import { from, type Script, type ScriptedRun, waitOn } from './scripted-wait.ts';

const before = shows(row('08:00:00'), '09:00:00');
const newer = shows(row('09:01:00', { findings: [] }), '09:01:00');
const lost = failure();
const accepted = { trigger: () => ({ afterMs: 100, result: 'accepted' as const }) };

/** Registers at 5 s, ends at 60 s, writes its row half a second later. */
const good: Script = {
  ...accepted,
  progress: from([0, nothing], [5_000, running], [60_000, ended]),
  report: from([0, before], [60_500, newer]),
};

const byReport = { kind: 'ended', state: { phase: 'finished', proof: 'report', error: undefined } };

function called({ calls }: ScriptedRun, call: string): number[] {
  return calls.filter((each) => each.call === call).map(({ atMs }) => atMs);
}

function firstCalls({ calls }: ScriptedRun, count: number): string[] {
  return calls.slice(0, count).map(({ call }) => call);
}

describe('A wait for a scan that it triggers', () => {
  test('reads the report, polls progress once, and only then triggers', async () => {
    const run = await waitOn(good);
    expect(firstCalls(run, 3)).toEqual(['report compact', 'progress', 'trigger']);
    expect(run.outcome).toMatchObject({ ...byReport, state: { row: row('09:01:00', { findings: [] }) } });
  });

  test.each<[string, Script, number]>([
    [
      'the report has been read',
      { ...good, report: from([0, lost], [20_000, before], [60_500, newer]) },
      20_000,
    ],
    [
      'progress has answered',
      { ...good, progress: from([0, lost], [20_000, nothing], [25_000, running], [60_000, ended]) },
      20_000,
    ],
  ])('triggers nothing before %s', async (_what, script, atMs) => {
    const run = await waitOn(script);
    expect(called(run, 'trigger')).toEqual([expect.any(Number)]);
    expect(called(run, 'trigger')[0]).toBeGreaterThanOrEqual(atMs);
    expect(run.outcome).toMatchObject(byReport);
  });

  test('triggers as well if a scan is running already', async () => {
    const run = await waitOn({ ...good, progress: from([0, running], [60_000, ended]) });
    expect(called(run, 'trigger')).toHaveLength(1);
    expect(run.outcome).toMatchObject(byReport);
  });

  test('does not read the report while progress shows the scan running', async () => {
    const run = await waitOn(good);
    expect(called(run, 'report compact').filter((atMs) => atMs > 6_000 && atMs < 60_000)).toEqual([]);
  });

  test('polls nothing any more once it is finished', async () => {
    const run = await waitOn(good);
    const finishedAtMs = run.events.at(-1)?.atMs ?? 0;
    expect(run.calls.filter(({ atMs }) => atMs > finishedAtMs)).toEqual([]);
  });

  test('gives up without a trigger if the time is over before', async () => {
    const run = await waitOn(
      { ...good, report: from([0, lost], [53_000, before]) },
      { limits: { timeoutMs: 60_000 } },
    );
    expect(called(run, 'trigger')).toEqual([]);
    expect(run.outcome).toMatchObject({ kind: 'ended', state: { phase: 'given-up', why: 'not-triggered' } });
  });

  test('ends with what the Console refuses finally, at the trigger', async () => {
    const run = await waitOn({ ...good, trigger: () => ({ afterMs: 100, result: new Error('403') }) });
    expect(run.outcome).toEqual(new Error('403'));
  });

  test('ends with what the Console refuses finally, although the refusal comes after the scan shows', async () => {
    const run = await waitOn({ ...good, trigger: () => ({ afterMs: 20_000, result: new Error('403') }) });
    expect(run.outcome).toEqual(new Error('403'));
    expect(run.tookMs).toBe(20_000);
  });

  test('ends with what the Console refuses finally, at any other call', async () => {
    const run = await waitOn({
      ...good,
      progress: from([0, nothing], [5_000, running], [20_000, new Error('404')]),
    });
    expect(run.outcome).toEqual(new Error('404'));
  });
});

describe('A trigger of unclear outcome', () => {
  const unclear = (afterMs = 100) => ({ afterMs, result: lost });
  const answered = { afterMs: 100, result: 'accepted' as const };

  test('is sent again once progress and the report show nothing of it', async () => {
    const run = await waitOn({
      ...good,
      trigger: (attempt) => (attempt === 1 ? unclear() : answered),
    });
    expect(called(run, 'trigger')).toHaveLength(2);
    const [first = 0, second = 0] = called(run, 'trigger');
    const between = run.calls.filter(({ atMs }) => atMs > first && atMs < second).map(({ call }) => call);
    expect(between).toEqual(expect.arrayContaining(['progress', 'report compact']));
  });

  test('is not sent again if the scan shows', async () => {
    const run = await waitOn({ ...good, trigger: () => unclear(6_000) });
    expect(called(run, 'trigger')).toHaveLength(1);
    expect(run.outcome).toMatchObject(byReport);
  });

  test('is not sent again if a newer row shows', async () => {
    const run = await waitOn({
      ...good,
      progress: () => nothing,
      report: from([0, before], [100, newer]),
      trigger: () => unclear(),
    });
    expect(called(run, 'trigger')).toHaveLength(1);
    expect(run.outcome).toMatchObject(byReport);
  });

  test.each<[string, Partial<Script>]>([
    ['progress does not answer', { progress: from([0, nothing], [50, lost]) }],
    ['the report does not answer', { progress: () => nothing, report: from([0, before], [50, lost]) }],
  ])('is not sent again while %s', async (_what, script) => {
    const run = await waitOn(
      { ...good, ...script, trigger: () => unclear() },
      { limits: { timeoutMs: 120_000 } },
    );
    expect(called(run, 'trigger')).toHaveLength(1);
  });

  test('is sent ten times at most, ever more rarely', async () => {
    const run = await waitOn(
      { progress: () => nothing, report: () => before, trigger: () => unclear() },
      { limits: { startTimeoutMs: 3_000_000, timeoutMs: 3_600_000 } },
    );
    const times = called(run, 'trigger');
    const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
    expect(times).toHaveLength(10);
    expect(gaps.every((gapMs, index) => gapMs >= 1_000 * 2 ** index)).toBe(true);
  });

  test('is the reason if no scan ever shows', async () => {
    const run = await waitOn({
      progress: () => nothing,
      report: () => before,
      trigger: () => ({ afterMs: 100, result: failure({ what: 'HTTP 503' }) }),
    });
    expect(run.outcome).toMatchObject({ kind: 'no-response', failure: { what: 'HTTP 503' } });
  });

  test('does not hide a scan that shows later', async () => {
    const run = await waitOn({
      ...good,
      progress: from([0, nothing], [40_000, running], [60_000, ended]),
      trigger: () => unclear(),
    });
    expect(run.outcome).toMatchObject(byReport);
  });
});

describe('A Console that never answers', () => {
  test.each([
    ['an image', 'on-demand'],
    ['the regular scan', 'regular'],
  ] as const)('is given up after a minute, with %s', async (_what, scan) => {
    const run = await waitOn(
      { progress: () => lost, report: () => (scan === 'regular' ? unreadable() : lost) },
      { scan },
    );
    expect(run.outcome).toMatchObject({ kind: 'no-response', failure: lost });
    expect(run.tookMs).toBeLessThan(100_000);
  });

  test('is asked until the deadline if it limits the rate', async () => {
    const limited = failure({ kind: 'rate-limited' });
    const run = await waitOn(
      { progress: () => limited, report: () => limited },
      { limits: { timeoutMs: 300_000 } },
    );
    expect(run.outcome).toMatchObject({ kind: 'no-response', failure: limited });
    expect(run.tookMs).toBeGreaterThanOrEqual(290_000);
  });
});

describe('The deadline', () => {
  test('is preceded by a final poll, and a scan that is finished then passes', async () => {
    const run = await waitOn(
      {
        ...good,
        progress: from([0, nothing], [5_000, running], [91_000, ended]),
        report: from([0, before], [89_000, newer]),
      },
      { limits: { timeoutMs: 100_000 }, pollInterval: { everyMs: 60_000 } },
    );
    expect(called(run, 'progress').at(-1)).toBe(90_000);
    expect(run.outcome).toMatchObject({ kind: 'ended', state: { why: 'still-scanning' } });
    const inTime = await waitOn(
      {
        ...good,
        progress: from([0, nothing], [5_000, running], [89_000, ended]),
        report: from([0, before], [89_000, newer]),
      },
      { limits: { timeoutMs: 100_000 }, pollInterval: { everyMs: 60_000 } },
    );
    expect(inTime.outcome).toMatchObject(byReport);
  });

  test('names the call that had not been answered for a while', async () => {
    const run = await waitOn(
      { ...good, progress: from([0, nothing], [5_000, running], [20_000, lost]), report: () => before },
      { limits: { timeoutMs: 100_000 } },
    );
    expect(run.outcome).toMatchObject({ kind: 'no-response', failure: lost });
  });

  test('does not name a call that failed in the final poll alone', async () => {
    const run = await waitOn(
      { ...good, progress: from([0, nothing], [5_000, running], [90_000, lost]), report: () => before },
      { limits: { timeoutMs: 100_000 } },
    );
    expect(run.outcome).toMatchObject({ kind: 'ended', state: { why: 'still-scanning' } });
  });
});

describe('A wait that is broken off', () => {
  test.each([
    ['before the baseline is read', 3_000],
    ['while the trigger is under way', 12_000],
    ['while it polls', 40_000],
  ])('%s ends at that moment with the reason', async (_when, abortAtMs) => {
    const run = await waitOn(
      {
        ...good,
        report: from([0, lost], [8_000, before]),
        trigger: () => ({ afterMs: 15_000, result: 'accepted' }),
      },
      { abortAtMs },
    );
    expect(run.outcome).toEqual(new Error('broken off'));
    expect(run.tookMs).toBe(abortAtMs);
  });
});

describe('With max-scan-age', () => {
  const recent = shows(row('08:50:00', { findings: [] }), '09:00:00');
  const age = { maxScanAgeMs: 3_600_000 };
  const isRecent = { kind: 'ended', state: { phase: 'finished', proof: 'recent' } };

  test('a recent scan is accepted without a trigger, once progress was polled', async () => {
    const run = await waitOn({ ...good, report: () => recent }, age);
    expect(run.outcome).toMatchObject(isRecent);
    expect(run.calls.map(({ call }) => call)).toEqual(['report compact', 'progress']);
  });

  test('a recent scan is not accepted while one runs', async () => {
    const run = await waitOn(
      { ...good, progress: from([0, running], [60_000, ended]), report: from([0, recent], [60_000, newer]) },
      age,
    );
    expect(run.outcome).toMatchObject({
      ...byReport,
      state: { row: { scanTime: { text: '2026-11-02T09:01:00Z' } } },
    });
  });

  test('a recent scan that turns out to have failed once it is read in full is not accepted', async () => {
    const run = await waitOn(
      {
        ...good,
        report: (atMs, detail) =>
          atMs >= 60_500
            ? newer
            : shows(row('08:50:00', detail === 'full' ? { error: 'no', findings: [] } : {}), '09:00:00'),
      },
      age,
    );
    expect(called(run, 'trigger')).toHaveLength(1);
    expect(run.outcome).toMatchObject(byReport);
  });

  test('a recent scan whose compact row lacks the digest is read in full for it', async () => {
    const run = await waitOn(
      {
        ...good,
        report: (_atMs, detail) =>
          shows(
            row('08:50:00', detail === 'full' ? { findings: [] } : { digest: undefined, digests: [] }),
            '09:00:00',
          ),
        isWanted: ({ digests }) => digests.includes(DIGEST),
      },
      { ...age, hasDigest: true },
    );
    expect(called(run, 'trigger')).toEqual([]);
    expect(run.outcome).toMatchObject(isRecent);
  });
});

describe('With a digest', () => {
  const isWanted: Script['isWanted'] = ({ digest }) => digest === DIGEST;
  const wrong = shows(
    row('09:00:40', { digest: OTHER_DIGEST, digests: [OTHER_DIGEST], findings: [] }),
    '09:00:50',
  );

  test('the row of another digest is held for report-timeout, and ours that comes meanwhile passes', async () => {
    const run = await waitOn(
      {
        ...good,
        progress: () => nothing,
        report: from([0, before], [40_000, wrong], [43_000, newer]),
        isWanted,
      },
      { hasDigest: true },
    );
    expect(run.outcome).toMatchObject({ ...byReport, state: { row: { digest: DIGEST } } });
  });

  test('the row of another digest counts if nothing better comes', async () => {
    const run = await waitOn(
      { ...good, progress: () => nothing, report: from([0, before], [40_000, wrong]), isWanted },
      { hasDigest: true },
    );
    expect(run.outcome).toMatchObject({ ...byReport, state: { row: { digest: OTHER_DIGEST } } });
    expect(run.tookMs).toBeGreaterThanOrEqual(50_000);
  });

  test('a compact row without a digest is read in full before it decides', async () => {
    const compact = shows(row('09:01:00', { digest: undefined, digests: [] }), '09:01:00');
    const run = await waitOn(
      {
        ...good,
        report: (atMs, detail) => (atMs < 60_500 ? before : detail === 'full' ? newer : compact),
        isWanted,
      },
      { hasDigest: true },
    );
    expect(run.outcome).toMatchObject({ ...byReport, state: { row: { digest: DIGEST } } });
  });

  test('no row is asked about that decides nothing', async () => {
    let asked = 0;
    const isWanted = () => {
      asked += 1;
      return true;
    };
    await waitOn({ ...good, isWanted }, { hasDigest: true });
    expect(asked).toBe(1);
  });

  test('a row that counts only since progress showed the end is evaluated in the same poll', async () => {
    const run = await waitOn(
      {
        progress: from([0, nothing], [30_000, ended]),
        report: from([0, unreadable('09:00:00')], [20_000, shows(row('09:00:20', { findings: [] }))]),
        isWanted,
      },
      { hasDigest: true },
    );
    expect(run.events.flatMap((event) => (event.kind === 'polled' ? [event.stage] : []))).not.toContain(
      'awaiting-better-row',
    );
    expect(run.outcome).toMatchObject(byReport);
  });
});

describe('Over before the step, with a digest', () => {
  const script: Script = {
    progress: from([0, ended], [1, nothing]),
    report: () => before,
    isWanted: ({ digest }) => digest === DIGEST,
  };
  const byDigest = { kind: 'ended', state: { phase: 'finished', proof: 'digest', row: { digest: DIGEST } } };

  test('progress is not polled again at once', async () => {
    const run = await waitOn(script, { hasDigest: true });
    const [first = 0, second = 0] = called(run, 'progress');
    expect(second - first).toBeGreaterThanOrEqual(1_000);
  });

  test('the row that is there counts after report-timeout', async () => {
    const run = await waitOn(
      { ...script, report: () => shows(row('08:00:00', { findings: [] }), '09:00:00') },
      { hasDigest: true },
    );
    expect(run.outcome).toMatchObject(byDigest);
    expect(run.tookMs).toBeGreaterThanOrEqual(10_000);
  });

  test('the row that is there counts although the report hides it in the last poll', async () => {
    const run = await waitOn(
      { ...script, report: from([0, before], [9_900, absent('09:00:10')]) },
      { hasDigest: true },
    );
    expect(run.outcome).toMatchObject(byDigest);
  });

  test('the row of a lagging copy does not count beside the later one of another digest', async () => {
    const other = shows(row('08:30:00', { digest: OTHER_DIGEST, digests: [OTHER_DIGEST] }), '09:00:00');
    const run = await waitOn({ ...script, report: from([0, other], [100, before]) }, { hasDigest: true });
    expect(run.outcome).toMatchObject({ kind: 'ended', state: { phase: 'given-up', why: 'unconfirmed' } });
  });
});

describe('A failed call', () => {
  const slow = failure({ retryAfterMs: 60_000 });

  test('of the report does not slow down polls of a scan that progress shows', async () => {
    const run = await waitOn({
      ...good,
      progress: from([0, nothing], [12_000, running], [300_000, ended]),
      report: from([0, before], [5_000, slow], [12_000, before], [300_000, newer]),
    });
    expect(called(run, 'progress').filter((atMs) => atMs > 100_000 && atMs < 300_000).length).toBeGreaterThan(
      15,
    );
  });

  test('of the trigger is repeated within start-timeout, however long a pause the Console asks for', async () => {
    const tomorrow = failure({ kind: 'rate-limited', retryAfterMs: 99_999_000 });
    const run = await waitOn({
      ...good,
      progress: from([0, nothing]),
      report: from([0, before]),
      trigger: (attempt) => ({ afterMs: 10, result: attempt < 3 ? tomorrow : 'accepted' }),
    });
    expect(called(run, 'trigger')).toHaveLength(3);
  });

  test('of the trigger does not slow down polls of a scan that progress shows', async () => {
    const run = await waitOn({
      ...good,
      progress: from([0, nothing], [5_000, running], [300_000, ended]),
      report: from([0, before], [300_000, newer]),
      trigger: () => ({ afterMs: 8_000, result: slow }),
    });
    expect(called(run, 'progress').filter((atMs) => atMs > 100_000 && atMs < 300_000).length).toBeGreaterThan(
      15,
    );
    expect(run.outcome).toMatchObject(byReport);
  });

  test('is followed by the pause that the Console asked for', async () => {
    const run = await waitOn({
      ...good,
      progress: from([0, nothing], [5_000, slow], [10_000, running], [60_000, ended]),
    });
    const times = called(run, 'progress');
    const failedAt = times.findIndex((atMs) => atMs >= 5_000);
    expect((times[failedAt + 1] ?? 0) - (times[failedAt] ?? 0)).toBe(60_000);
  });
});

describe('Reads of the report', () => {
  const seenToEnd = {
    ...good,
    progress: from([0, nothing], [2_000, running], [6_000, ended]),
    report: (atMs: number) => (atMs < 6_000 ? before : newer),
  } satisfies Script;
  const reads = (run: ScriptedRun) =>
    run.calls.map(({ call }) => call).filter((call) => call.startsWith('report'));

  test('are two for an image whose scan is seen to end: the baseline, and the row in full', async () => {
    const run = await waitOn(seenToEnd, { needsFindings: true });
    expect(run.outcome).toMatchObject({ ...byReport, unread: undefined });
    expect(reads(run)).toEqual(['report compact', 'report full']);
  });

  test('are compact first if the baseline counts very many findings', async () => {
    const counts = { critical: 0, high: 0, medium: 0, low: 2_001, total: 2_001 };
    const many = shows(row('08:00:00', { vulnerabilityCounts: counts }), '09:00:00');
    const report = (atMs: number) => (atMs < 6_000 ? many : newer);
    const run = await waitOn({ ...seenToEnd, report }, { needsFindings: true });
    expect(reads(run).slice(0, 2)).toEqual(['report compact', 'report compact']);
  });

  test('are rare while progress shows nothing, and are made before start-timeout is over', async () => {
    const run = await waitOn({ ...good, progress: from([0, nothing]), report: from([0, before]) });
    expect(run.outcome).toMatchObject({ state: { why: 'not-started' } });
    expect(reads(run).length).toBeLessThan(8);
    const last = run.calls.findLast(({ call }) => call.startsWith('report'));
    expect(last?.atMs).toBe(run.tookMs);
  });

  test('find a scan that progress never shows', async () => {
    const run = await waitOn({
      ...good,
      progress: from([0, nothing]),
      report: from([0, before], [4_000, newer]),
    });
    expect(run.outcome).toMatchObject(byReport);
    expect(run.tookMs).toBeLessThan(20_000);
  });

  test('that are refused because others ask too much use up no phase timeout, and are counted', async () => {
    const limited = failure({ kind: 'rate-limited', what: '429' });
    const run = await waitOn(
      { ...seenToEnd, report: (atMs: number) => (atMs < 6_000 ? before : limited) },
      { needsFindings: true },
    );
    expect(run.outcome).toMatchObject({ kind: 'no-response', failure: limited });
    expect(run.tookMs).toBeGreaterThan(500_000);
    const { made, refused } = run.outcome instanceof Error ? { made: 0, refused: 0 } : run.outcome.calls;
    expect(refused).toBeGreaterThan(1);
    expect(made).toBeGreaterThan(refused);
  });
});

describe('The row in full', () => {
  const compact = shows(row('09:01:00'), '09:01:00');
  const later = (given: Parameters<typeof row>[1]) =>
    shows(row('09:01:10', { findings: [], ...given }), '09:01:10');
  const inFull = (...full: readonly ReturnType<Script['report']>[]): Script => {
    let read = 0;
    return {
      ...good,
      report: (atMs, detail) =>
        detail === 'full'
          ? (full[Math.min(read++, full.length - 1)] ?? lost)
          : atMs < 60_500
            ? before
            : compact,
    };
  };
  const gated = { needsFindings: true };

  test('is read once if it is whole', async () => {
    const run = await waitOn(inFull(newer), gated);
    expect(called(run, 'report full')).toHaveLength(1);
    expect(run.outcome).toMatchObject({ ...byReport, unread: undefined, state: { row: { findings: [] } } });
  });

  test.each<[string, ReturnType<Script['report']>]>([
    ['there was no response', lost],
    ['it showed no row', absent('09:01:01')],
    ['a lagging copy showed the row of before', before],
    ['it had no findings', compact],
    ['the Console refused it', new Error('403')],
    ['another job’s scan, which failed, replaced it', later({ error: 'no such layer' })],
  ])('is read again if %s', async (_what, first) => {
    const run = await waitOn(inFull(first, newer), gated);
    expect(called(run, 'report full')).toHaveLength(2);
    expect(run.outcome).toMatchObject({
      ...byReport,
      unread: undefined,
      state: { row: { findings: [], error: undefined } },
    });
  });

  test('is read again if another job’s scan of another digest replaced it', async () => {
    const other = later({ digest: OTHER_DIGEST, digests: [OTHER_DIGEST] });
    const run = await waitOn(
      { ...inFull(other, newer), isWanted: ({ digest }) => digest === DIGEST },
      { ...gated, hasDigest: true },
    );
    expect(run.outcome).toMatchObject({
      ...byReport,
      unread: undefined,
      state: { row: { digest: DIGEST, findings: [] } },
    });
  });

  test('of the same scan counts although it shows an error that the compact row did not', async () => {
    const run = await waitOn(inFull(shows(row('09:01:00', { findings: [], error: 'no such layer' }))), gated);
    expect(run.outcome).toMatchObject({ unread: undefined, state: { row: { error: 'no such layer' } } });
  });

  test('that the Console refuses as too much is asked for until report-timeout, and the proven row stays', async () => {
    const tooLarge = failure({ kind: 'invalid-response', what: 'too large' });
    const run = await waitOn(inFull(tooLarge), gated);
    expect(run.outcome).toMatchObject({
      ...byReport,
      unread: { kind: 'call-failed', failure: { what: 'too large' } },
      state: { row: row('09:01:00') },
    });
    const [first = 0, ...others] = called(run, 'report full');
    const [second = 0] = others;
    // The first read was the poll's; then the compact form proves the scan.
    expect(second).toBeGreaterThan(first);
    expect((others.at(-1) ?? 0) - second).toBe(10_000);
  });

  test.each([
    ['not answered', lost],
    ['refused because others ask too much', failure({ kind: 'rate-limited', what: '429' })],
  ])('that is %s uses up no report-timeout', async (_what, unanswered) => {
    const answersAtMs = 300_000;
    const run = await waitOn(
      {
        ...good,
        report: (atMs, detail) => {
          if (atMs < 60_500) return before;
          return detail === 'compact' ? compact : atMs < answersAtMs ? unanswered : newer;
        },
      },
      gated,
    );
    expect(run.outcome).toMatchObject({ ...byReport, unread: undefined, state: { row: { findings: [] } } });
    expect(run.tookMs).toBeGreaterThan(answersAtMs);
  });

  test('is asked for once if no gate needs its findings', async () => {
    const run = await waitOn(inFull(lost));
    expect(called(run, 'report full')).toHaveLength(1);
    expect(run.outcome).toMatchObject({ ...byReport, state: { row: row('09:01:00') } });
  });
});

describe('The regular scan', () => {
  const batches: Script = {
    progress: from(
      [0, [entry({ scanned: 8, total: 8 })]],
      [1, nothing],
      [3_000, running],
      [20_000, ended],
      [20_500, nothing],
      [28_000, running],
      [50_000, ended],
      [52_000, nothing],
    ),
    report: () => unreadable(),
  };

  test('is finished after its last batch, never between two or by last night’s end', async () => {
    const run = await waitOn(batches, { scan: 'regular' });
    expect(run.outcome).toMatchObject({ kind: 'ended', state: { phase: 'finished', proof: 'progress' } });
    expect(run.tookMs).toBeGreaterThanOrEqual(60_000);
    expect(run.tookMs).toBeLessThan(75_000);
  });

  test('is polled by progress alone, and never triggered', async () => {
    const run = await waitOn(batches, { scan: 'regular' });
    expect(called(run, 'trigger')).toEqual([]);
  });
});

describe('Among many images', () => {
  test('progress of one is polled rarely, and the report in between', async () => {
    const run = await waitOn(
      {
        ...good,
        progress: from([0, nothing], [5_000, running], [150_000, ended]),
        report: from([0, before], [150_000, newer]),
      },
      { active: 40 },
    );
    const times = called(run, 'progress');
    const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
    expect(Math.min(...gaps.slice(0, -1))).toBeGreaterThanOrEqual(10_000);
    expect(called(run, 'report compact').length).toBeGreaterThan(times.length);
    expect(run.outcome).toMatchObject(byReport);
  });

  test('a newer row is compared with progress in the same poll', async () => {
    const run = await waitOn(
      {
        ...good,
        progress: from([0, nothing], [1_000, running], [30_000, ended]),
        report: from([0, before], [15_000, newer]),
      },
      { active: 40 },
    );
    const believedAtMs = run.events.at(-1)?.atMs ?? 0;
    expect(believedAtMs).toBeGreaterThanOrEqual(30_000);
    expect(run.outcome).toMatchObject(byReport);
  });

  test('nothing is given up before progress was polled', async () => {
    const run = await waitOn(
      { ...good, progress: () => nothing, report: () => before },
      { active: 300, limits: { startTimeoutMs: 7_000 } },
    );
    expect(run.outcome).toMatchObject({ kind: 'ended', state: { why: 'not-started' } });
    expect(run.calls.at(-2)?.call === 'progress' || run.calls.at(-1)?.call === 'progress').toBe(true);
  });
});
