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
    expect(looksAt(25_000)).toEqual([10_857, 27_143, 29_500]);
  });

  test.each([
    ['a second and less', 500, [590]],
    ['twenty seconds', 20_000, [9_033, 22_583, 23_600]],
    ['a minute and a half', 90_000, [13_345, 33_364, 83_409, 89_409]],
    ['eight minutes', 480_000, [10_631, 26_577, 66_442, 166_106, 415_265, 422_360]],
    ['two hours', 7_200_000, [10_039, 25_098, 62_744, 156_860, 392_150, 980_375, 2_450_938, 6_127_344]],
  ])('of %s begin so', (_duration, expectedMs, first) => {
    expect(looksAt(expectedMs).slice(0, first.length)).toEqual(first);
  });

  test('come with gaps that shrink by the same step', () => {
    const looks = looksAt(480_000).slice(4, 30);
    const gaps = looks.slice(1).map((atMs, at) => atMs - (looks[at] ?? 0));
    const steps = gaps.slice(1).map((gapMs, at) => (gaps[at] ?? 0) - gapMs);
    for (const step of steps) expect(Math.abs(step - gapStepMs(480_000))).toBeLessThan(2);
  });

  test('shrink by a step that is smaller the longer the window is', () => {
    expect(gapStepMs(480_000)).toBeCloseTo(170.53, 2);
    expect(gapStepMs(25_000)).toBeCloseTo(3_274.09, 2);
  });

  test.each([
    ['right after the trigger', 0, 10_857],
    ['after a look that came by itself', 7_200, 3_657],
    ['not right after another look', 7_300, 19_843],
    ['where the early look is past', 11_000, 16_143],
    ['where the window opens', 21_250, 5_893],
    ['in the window', 26_000, 3_422],
    ['at its very end', 29_499, 1],
  ])('%s are this far away', (_when, forMs, pauseMs) => {
    expect(Math.round(planForExpected(forMs, 25_000)?.pauseMs ?? 0)).toBe(pauseMs);
  });

  test('spread by no more than the gap that they begin, however far away that is', () => {
    expect(planForExpected(104_000, 480_000)?.spreadMs).toBeCloseTo(7_265.23, 2);
    expect(planForExpected(7_200, 25_000)?.spreadMs).toBeCloseTo(3_657.22, 2);
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

  test('makes the wait three times as long as the scan at worst, or twenty seconds longer', () => {
    fc.assert(
      fc.property(durations, durations, dice, (truthMs, expectedMs, rolls) => {
        expect(watch(truthMs, expectedMs, rolls).lateMs).toBeLessThan(Math.max(17_000, 1.9 * truthMs));
      }),
    );
  });

  test('costs no more than fifteen looks over those with nothing known', () => {
    fc.assert(
      fc.property(durations, durations, dice, (truthMs, expectedMs, rolls) => {
        const spared = watch(truthMs, undefined, rolls).looks - watch(truthMs, expectedMs, rolls).looks;
        expect(spared).toBeGreaterThanOrEqual(-15);
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
