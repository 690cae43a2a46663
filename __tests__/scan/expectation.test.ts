import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gapStepMs, overdueMs, planForExpected } from '../../src/scan/expectation.ts';
import { nextPauseMs } from '../../src/scan/schedule.ts';

/** When to look at a scan that took `expectedMs` before, until it is overdue; in whole milliseconds. */
function looksAt(expectedMs: number): number[] {
  const looks: number[] = [];
  for (let atMs = 0; ; ) {
    const plan = planForExpected(atMs, expectedMs);
    if (plan === undefined) return looks;
    atMs += plan.pauseMs;
    looks.push(Math.round(atMs));
  }
}

describe('The looks at a scan whose duration is expected', () => {
  test('are few before its end is likely, and then ever closer', () => {
    expect(looksAt(25_000)).toEqual([6_640, 26_561, 29_351, 29_500]);
  });

  test.each([
    ['a second and less', 500, [590]],
    ['twenty seconds', 20_000, [22_064, 23_600]],
    ['a minute and a half', 90_000, [20_652, 82_609, 88_018]],
    ['eight minutes', 480_000, [6_475, 25_899, 103_596, 414_385, 420_638]],
    ['two hours', 7_200_000, [23_931, 95_726, 382_903, 1_531_611, 6_126_446, 6_132_882]],
  ])('of %s begin so', (_duration, expectedMs, first) => {
    expect(looksAt(expectedMs).slice(0, first.length)).toEqual(first);
  });

  test('come with gaps that shrink by the same step', () => {
    const looks = looksAt(480_000).slice(3, 30);
    const gaps = looks.slice(1).map((atMs, at) => atMs - (looks[at] ?? 0));
    const steps = gaps.slice(1).map((gapMs, at) => (gaps[at] ?? 0) - gapMs);
    for (const step of steps) expect(Math.abs(step - gapStepMs(480_000))).toBeLessThan(2);
  });

  test('shrink by a step that is smaller the longer the window is', () => {
    expect(gapStepMs(480_000)).toBeCloseTo(131.32, 2);
    expect(gapStepMs(25_000)).toBeCloseTo(2_521.36, 2);
  });

  test.each([
    ['right after the trigger', 0, 6_640],
    ['after a look that came by itself', 4_000, 2_640],
    ['not right after another look', 4_500, 22_061],
    ['where the early look is past', 6_700, 19_861],
    ['where the window opens', 21_250, 5_311],
    ['in the window', 26_000, 3_126],
    ['at its very end', 29_499, 1],
  ])('%s are this far away', (_when, forMs, pauseMs) => {
    expect(Math.round(planForExpected(forMs, 25_000)?.pauseMs ?? 0)).toBe(pauseMs);
  });

  test('spread by no more than the gap that they begin, however far away that is', () => {
    expect(planForExpected(104_000, 480_000)?.spreadMs).toBeCloseTo(6_384.67, 2);
    expect(planForExpected(4_000, 25_000)?.spreadMs).toBeCloseTo(2_640.34, 2);
  });

  test('are planned no further than the window', () => {
    expect(planForExpected(29_500, 25_000)).toBeUndefined();
    expect(overdueMs(30_000, 25_000)).toBe(500);
    expect(overdueMs(29_000, 25_000)).toBe(-500);
  });
});

/** The looks at a scan until one finds it ended: how late that is, and how many there were. */
function watch(truthMs: number, expectedMs: number | undefined, dice: readonly number[]) {
  let [atMs, looks] = [0, 0];
  do {
    const outlook =
      expectedMs === undefined
        ? ({ kind: 'unknown' } as const)
        : ({ kind: 'expected', forMs: atMs, expectedMs } as const);
    const waited = { waitedMs: atMs, leftMs: 1e9, unanswered: 0, retryAfterMs: undefined, outlook, crowd: 1 };
    atMs += nextPauseMs('auto', waited, dice[looks % dice.length] ?? 0);
    looks += 1;
  } while (atMs < truthMs);
  return { lateMs: atMs - truthMs, looks };
}

describe('An expectation that is wrong', () => {
  const durations = fc.integer({ min: 1_000, max: 2 * 3_600_000 });
  const dice = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1 });

  test('makes the wait four times as long as the scan at worst, or half a minute longer', () => {
    fc.assert(
      fc.property(durations, durations, dice, (truthMs, expectedMs, rolls) => {
        expect(watch(truthMs, expectedMs, rolls).lateMs).toBeLessThan(Math.max(27_000, 3.3 * truthMs));
      }),
    );
  });

  test('costs no more than a dozen looks over those with nothing known', () => {
    fc.assert(
      fc.property(durations, durations, dice, (truthMs, expectedMs, rolls) => {
        const spared = watch(truthMs, undefined, rolls).looks - watch(truthMs, expectedMs, rolls).looks;
        expect(spared).toBeGreaterThanOrEqual(-12);
      }),
    );
  });

  test('that was too short makes no look later than with nothing known', () => {
    fc.assert(
      fc.property(durations, durations, dice, (truthMs, expectedMs, rolls) => {
        fc.pre(truthMs > 1.4 * expectedMs);
        expect(watch(truthMs, expectedMs, rolls).lateMs).toBeLessThanOrEqual(9_500 * 1.1);
      }),
    );
  });
});
