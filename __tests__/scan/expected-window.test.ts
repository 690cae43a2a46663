import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { delayForExpected, gapStepMs, overdueMs } from '../../src/scan/expected-window.ts';
import { nextDelayMs } from '../../src/scan/schedule.ts';

/** When to poll a scan that took `expectedMs` before, until it is overdue; in whole milliseconds. */
function pollsAt(expectedMs: number): number[] {
  const polls: number[] = [];
  for (let atMs = 0; ; ) {
    const delay = delayForExpected(atMs, expectedMs);
    if (delay === undefined) return polls;
    atMs += delay.delayMs;
    polls.push(Math.round(atMs));
  }
}

describe('The polls of a scan whose duration is expected', () => {
  test('are few before its end is likely, and then ever closer', () => {
    expect(pollsAt(25_000)).toEqual([10_857, 27_143, 29_500]);
  });

  test.each([
    ['a second and less', 500, [590]],
    ['twenty seconds', 20_000, [9_033, 22_583, 23_600]],
    ['a minute and a half', 90_000, [13_345, 33_364, 83_409, 89_409]],
    ['eight minutes', 480_000, [10_631, 26_577, 66_442, 166_106, 415_265, 422_360]],
    ['two hours', 7_200_000, [10_039, 25_098, 62_744, 156_860, 392_150, 980_375, 2_450_938, 6_127_344]],
  ])('of %s begin so', (_duration, expectedMs, first) => {
    expect(pollsAt(expectedMs).slice(0, first.length)).toEqual(first);
  });

  test('come with gaps that shrink by the same step', () => {
    const polls = pollsAt(480_000).slice(4, 30);
    const gaps = polls.slice(1).map((atMs, at) => atMs - (polls[at] ?? 0));
    const steps = gaps.slice(1).map((gapMs, at) => (gaps[at] ?? 0) - gapMs);
    for (const step of steps) expect(Math.abs(step - gapStepMs(480_000))).toBeLessThan(2);
  });

  test('shrink by a step that is smaller the longer the window is', () => {
    expect(gapStepMs(480_000)).toBeCloseTo(170.53, 2);
    expect(gapStepMs(25_000)).toBeCloseTo(3_274.09, 2);
  });

  test.each([
    ['right after the trigger', 0, 10_857],
    ['after a poll that came by itself', 7_200, 3_657],
    ['not right after another poll', 7_300, 19_843],
    ['where the early poll is past', 11_000, 16_143],
    ['where the window opens', 21_250, 5_893],
    ['in the window', 26_000, 3_422],
    ['at its very end', 29_499, 1],
  ])('%s are this far away', (_when, runningMs, delayMs) => {
    expect(Math.round(delayForExpected(runningMs, 25_000)?.delayMs ?? 0)).toBe(delayMs);
  });

  test('have jitter of no more than the gap that they begin, however far away that is', () => {
    expect(delayForExpected(104_000, 480_000)?.jitterMs).toBeCloseTo(7_265.23, 2);
    expect(delayForExpected(7_200, 25_000)?.jitterMs).toBeCloseTo(3_657.22, 2);
  });

  test('are planned no further than the window', () => {
    expect(delayForExpected(29_500, 25_000)).toBeUndefined();
    expect(overdueMs(30_000, 25_000)).toBe(500);
    expect(overdueMs(29_000, 25_000)).toBe(-500);
  });
});

/** The polls of a scan until one finds it ended: how late that is, and how many there were. */
function pollUntilEnd(truthMs: number, expectedMs: number | undefined, dice: readonly number[]) {
  let [atMs, polls] = [0, 0];
  do {
    const estimate =
      expectedMs === undefined
        ? ({ kind: 'unknown' } as const)
        : ({ kind: 'expected', runningMs: atMs, expectedMs } as const);
    const waited = {
      waitedMs: atMs,
      leftMs: 1e9,
      failures: 0,
      retryAfterMs: undefined,
      estimate,
      activeScans: 1,
    };
    atMs += nextDelayMs('auto', waited, dice[polls % dice.length] ?? 0);
    polls += 1;
  } while (atMs < truthMs);
  return { lateMs: atMs - truthMs, polls };
}

describe('An expected duration that is wrong', () => {
  const durations = fc.integer({ min: 1_000, max: 2 * 3_600_000 });
  const dice = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1 });

  test('makes the wait three times as long as the scan at worst, or twenty seconds longer', () => {
    fc.assert(
      fc.property(durations, durations, dice, (truthMs, expectedMs, rolls) => {
        expect(pollUntilEnd(truthMs, expectedMs, rolls).lateMs).toBeLessThan(Math.max(17_000, 1.9 * truthMs));
      }),
    );
  });

  test('costs no more than fifteen polls over those with nothing known', () => {
    fc.assert(
      fc.property(durations, durations, dice, (truthMs, expectedMs, rolls) => {
        const spared =
          pollUntilEnd(truthMs, undefined, rolls).polls - pollUntilEnd(truthMs, expectedMs, rolls).polls;
        expect(spared).toBeGreaterThanOrEqual(-15);
      }),
    );
  });

  test('that was too short makes no poll later than with nothing known', () => {
    fc.assert(
      fc.property(durations, durations, dice, (truthMs, expectedMs, rolls) => {
        fc.pre(truthMs > 1.4 * expectedMs);
        expect(pollUntilEnd(truthMs, expectedMs, rolls).lateMs).toBeLessThanOrEqual(9_500 * 1.1);
      }),
    );
  });
});
