import { describe, expect, test } from '@jest/globals';
import { DurationEstimator } from '../../src/scan/estimator.ts';
import type { ReportSnapshot } from '../../src/scan/evidence.ts';
import type { History } from '../../src/scan/history.ts';
import type { ScanState } from '../../src/scan/state.ts';
import { absent, entry, row, shows, unreadable } from './evidence.ts';
import { stateAfter } from './story.ts';

const minuteLong: ReportSnapshot = shows(row('08:00:00', { durationMs: 60_000 }));

function historyOf(polledAtMs: number): History {
  return { ...stateAfter({ baseline: minuteLong }).history, polledAtMs };
}

function pending(polledAtMs: number): ScanState {
  return { phase: 'pending', spentMs: 0, history: historyOf(polledAtMs) };
}

function scanning(polledAtMs: number, scanned = 0, total = 1): ScanState {
  const progress = [entry({ isOngoing: true, scanned, total })];
  return { phase: 'scanning', missed: false, spentMs: 0, history: { ...historyOf(polledAtMs), progress } };
}

describe('The duration estimator', () => {
  test('expects the duration of the scan before, counted from the trigger', () => {
    const estimator = new DurationEstimator(minuteLong);
    estimator.triggered(1_000);
    expect(estimator.expected(1_500)).toEqual({ kind: 'expected', runningMs: 500, expectedMs: 60_000 });
    expect(estimator.estimate(scanning(8_000), 9_000)).toEqual({
      kind: 'expected',
      runningMs: 8_000,
      expectedMs: 60_000,
    });
  });

  test.each<[string, ReportSnapshot]>([
    ['no row', absent()],
    ['a row without a duration', shows(row('08:00:00'))],
    ['a report that may not be read', unreadable()],
  ])('knows nothing with %s', (_what, earlier) => {
    const estimator = new DurationEstimator(earlier);
    estimator.triggered(0);
    expect(estimator.expected(0)).toEqual({ kind: 'unknown' });
    expect(estimator.estimate(scanning(1_000), 1_000)).toEqual({ kind: 'unknown' });
  });

  test('knows nothing of a scan that may have run for long when it was first seen', () => {
    expect(new DurationEstimator(minuteLong).estimate(scanning(1_000), 1_000)).toEqual({ kind: 'unknown' });
  });

  test('counts from the last poll without a sign of the scan, and knows nothing before it is seen', () => {
    const estimator = new DurationEstimator(minuteLong);
    estimator.triggered(0);
    estimator.polled(pending(20_000), true);
    expect(estimator.estimate(pending(20_000), 20_000)).toEqual({ kind: 'unknown' });
    estimator.polled(scanning(25_000), true);
    expect(estimator.estimate(scanning(25_000), 25_000)).toMatchObject({ runningMs: 5_000 });
  });

  test('does not count from a poll that progress did not answer', () => {
    const estimator = new DurationEstimator(minuteLong);
    estimator.triggered(0);
    estimator.polled(pending(20_000), false);
    expect(estimator.estimate(scanning(25_000), 25_000)).toMatchObject({ runningMs: 25_000 });
  });

  test.each(['over-before', 'lost', 'between-batches'] as const)(
    'expects a scan that is %s to settle',
    (phase) => {
      const state: ScanState = { phase, spentMs: 1_000, history: historyOf(30_000) };
      const estimator = new DurationEstimator(minuteLong);
      estimator.polled(state, true);
      expect(estimator.estimate(state, 33_000)).toEqual({ kind: 'settling', elapsedMs: 4_000 });
    },
  );

  test('goes by the rate of the counts if there are many', () => {
    const estimator = new DurationEstimator(minuteLong);
    estimator.triggered(0);
    estimator.polled(scanning(10_000, 20, 100), true);
    expect(estimator.estimate(scanning(10_000, 20, 100), 10_000)).toMatchObject({ kind: 'expected' });
    estimator.polled(scanning(20_000, 40, 100), true);
    expect(estimator.estimate(scanning(20_000, 40, 100), 20_000)).toEqual({
      kind: 'counting',
      remainingMs: 30_000,
    });
  });

  test('goes by a total of ten and no fewer', () => {
    for (const [total, kind] of [
      [9, 'expected'],
      [10, 'counting'],
    ] as const) {
      const estimator = new DurationEstimator(minuteLong);
      estimator.triggered(0);
      estimator.polled(scanning(10_000, 2, total), true);
      estimator.polled(scanning(20_000, 4, total), true);
      expect(estimator.estimate(scanning(20_000, 4, total), 20_000).kind).toBe(kind);
    }
  });

  test('expects a scan whose counts add up to be closed, counted from when they did', () => {
    const estimator = new DurationEstimator(minuteLong);
    estimator.polled(scanning(10_000, 50, 50), true);
    estimator.polled(scanning(14_000, 50, 50), true);
    expect(estimator.estimate(scanning(14_000, 50, 50), 15_000)).toEqual({
      kind: 'settling',
      elapsedMs: 5_000,
    });
  });

  test('goes by the rate again if the total grows', () => {
    const estimator = new DurationEstimator(minuteLong);
    estimator.polled(scanning(0, 0, 50), true);
    estimator.polled(scanning(10_000, 50, 50), true);
    estimator.polled(scanning(20_000, 50, 100), true);
    expect(estimator.estimate(scanning(20_000, 50, 100), 20_000)).toEqual({
      kind: 'counting',
      remainingMs: 20_000,
    });
  });

  test('knows nothing by counts that do not move', () => {
    const estimator = new DurationEstimator(absent());
    estimator.polled(scanning(10_000, 20, 100), true);
    estimator.polled(scanning(20_000, 20, 100), true);
    expect(estimator.estimate(scanning(20_000, 20, 100), 20_000)).toEqual({ kind: 'unknown' });
  });
});
