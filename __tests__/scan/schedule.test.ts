import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { grantedMs, nextPauseMs, type Outlook, progressSpacingMs } from '../../src/scan/schedule.ts';

const unknown: Outlook = { kind: 'unknown' };
const answered = { leftMs: 600_000, unanswered: 0, retryAfterMs: undefined, outlook: unknown, crowd: 1 };

describe('The pause before the next look', () => {
  test('is about a second at first', () => {
    expect(nextPauseMs('auto', { waitedMs: 0, ...answered }, 0.5)).toBe(1_000);
  });

  test.each([
    [2_000, 1_000],
    [5_000, 2_500],
    [9_000, 4_500],
    [119_999, 4_500],
    [120_000, 9_500],
    [3_600_000, 9_500],
  ])('after %i ms of which nothing is known is %i ms', (waitedMs, pauseMs) => {
    expect(nextPauseMs('auto', { waitedMs, ...answered }, 0.5)).toBe(pauseMs);
  });

  test('varies by a tenth, so that parallel jobs do not march in step', () => {
    const pauses = [0, 0.999_999].map((random) =>
      nextPauseMs('auto', { waitedMs: 60_000, ...answered }, random),
    );
    expect(pauses.map(Math.round)).toEqual([4_050, 4_950]);
  });

  test.each([
    [45_000, 4_500],
    [30_000, 3_000],
    [10_000, 1_000],
    [2_000, 1_000],
  ])('with %i ms left is %i ms', (leftMs, pauseMs) => {
    expect(nextPauseMs('auto', { ...answered, waitedMs: 60_000, leftMs }, 0.5)).toBe(pauseMs);
  });

  test('is never below a second', () => {
    expect(nextPauseMs('auto', { waitedMs: 0, ...answered }, 0)).toBe(1_000);
  });

  test.each<[string, Outlook, number]>([
    ['that is expected', { kind: 'expected', forMs: 26_000, expectedMs: 25_000 }, 3_422],
    ['that has been expected for a moment', { kind: 'expected', forMs: 29_500, expectedMs: 25_000 }, 3_274],
    ['of minutes, expected for a moment', { kind: 'expected', forMs: 567_000, expectedMs: 480_000 }, 1_000],
    ['that is overdue', { kind: 'expected', forMs: 45_500, expectedMs: 25_000 }, 4_000],
    ['that is long overdue', { kind: 'expected', forMs: 129_500, expectedMs: 25_000 }, 4_500],
    ['whose counts promise an end', { kind: 'counting', remainingMs: 40_000 }, 10_000],
    ['whose counts promise an end at once', { kind: 'counting', remainingMs: 0 }, 1_125],
    ['whose counts promise no end', { kind: 'counting', remainingMs: 9_000_000 }, 30_000],
    ['that has just to settle', { kind: 'settling', forMs: 0 }, 1_000],
    ['that settles', { kind: 'settling', forMs: 20_000 }, 5_000],
    ['that does not settle', { kind: 'settling', forMs: 300_000 }, 9_500],
  ])('at a scan %s goes by that', (_what, outlook, pauseMs) => {
    const waited = { ...answered, waitedMs: 60_000, outlook };
    expect(Math.round(nextPauseMs('auto', waited, 0.5))).toBe(pauseMs);
  });

  test('spreads an early look by a tenth of the gap, not of the whole pause', () => {
    const outlook: Outlook = { kind: 'expected', forMs: 167_000, expectedMs: 480_000 };
    const pauses = [0, 0.5, 0.999_999_9].map((random) =>
      nextPauseMs('auto', { ...answered, waitedMs: 60_000, outlook }, random),
    );
    expect(pauses.map(Math.round)).toEqual([247_539, 248_265, 248_992]);
  });

  test('is what poll-interval says, where that says something', () => {
    expect(nextPauseMs({ everyMs: 7_000 }, { waitedMs: 60_000, ...answered }, 0.1)).toBe(7_000);
    expect(nextPauseMs({ everyMs: 600_000 }, { waitedMs: 0, ...answered }, 0.1)).toBe(600_000);
    const outlook: Outlook = { kind: 'expected', forMs: 0, expectedMs: 25_000 };
    expect(nextPauseMs({ everyMs: 7_000 }, { ...answered, waitedMs: 0, outlook }, 0.1)).toBe(7_000);
  });

  test('backs off after unanswered looks, with full jitter', () => {
    const pauses = [1, 3, 5, 40].map((unanswered) =>
      nextPauseMs('auto', { ...answered, waitedMs: 0, unanswered }, 0.5),
    );
    expect(pauses).toEqual([1_000, 2_000, 8_000, 15_000]);
  });

  test('is half a minute at most after a lost answer, however long the interval', () => {
    const lost = { ...answered, waitedMs: 0, unanswered: 1 };
    expect(nextPauseMs({ everyMs: 600_000 }, lost, 0.5)).toBe(30_000);
    expect(nextPauseMs({ everyMs: 5_000 }, lost, 0.5)).toBe(5_000);
  });

  test.each([
    ['what the Console asked for', 60_000, 600_000, 60_000],
    ['a quarter of the time left where it asked for more than half of that', 99_999_000, 600_000, 150_000],
    ['the usual pause at least', 10, 600_000, 1_000],
  ])('after a refusal is %s', (_what, retryAfterMs, leftMs, expected) => {
    expect(nextPauseMs('auto', { ...answered, waitedMs: 0, leftMs, unanswered: 1, retryAfterMs }, 0.5)).toBe(
      expected,
    );
  });

  test('never undercuts the schedule after a failure', () => {
    fc.assert(
      fc.property(
        fc.record({
          waitedMs: fc.nat(),
          leftMs: fc.nat(),
          unanswered: fc.integer({ min: 1, max: 1_000 }),
          retryAfterMs: fc.option(fc.nat(), { nil: undefined }),
          outlook: fc.constant(unknown),
          crowd: fc.nat({ max: 1_000 }),
        }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (waited, random) => {
          const usualMs = nextPauseMs('auto', { ...waited, unanswered: 0 }, random);
          expect(nextPauseMs('auto', waited, random)).toBeGreaterThanOrEqual(usualMs);
        },
      ),
    );
  });

  test.each<[string, number, Outlook, number]>([
    ['a second at first', 0, unknown, 1_000],
    ['a tenth of the time waited', 30_000, unknown, 3_000],
    ['the usual one where that is shorter', 300_000, unknown, 9_500],
    [
      'no longer for a scan that may be over',
      90_000,
      { kind: 'expected', forMs: 90_000, expectedMs: 90_000 },
      9_000,
    ],
    [
      'that of a single scan while the end is far',
      30_000,
      { kind: 'expected', forMs: 30_000, expectedMs: 90_000 },
      0,
    ],
    ['the usual one where counts promise an end', 60_000, { kind: 'counting', remainingMs: 8_000 }, 2_000],
  ])('among many is %s', (_what, waitedMs, outlook, expected) => {
    const alone = nextPauseMs('auto', { ...answered, waitedMs, outlook }, 0.5);
    const among = nextPauseMs('auto', { ...answered, waitedMs, outlook, crowd: 40 }, 0.5);
    expect(among).toBeLessThanOrEqual(alone);
    expect(among).toBeCloseTo(expected === 0 ? alone : Math.min(expected, alone), 6);
  });

  test.each([
    [0, 0],
    [1, 0],
    [2, 500],
    [40, 10_000],
    [1_000, 250_000],
  ])('leaves progress of each alone where there are %d for %d ms', (crowd, expected) => {
    expect(progressSpacingMs(crowd)).toBe(expected);
  });
});

describe('What the Console asks for with a refusal', () => {
  test.each([
    [undefined, 60_000, 0],
    [7_000, 60_000, 7_000],
    [30_000, 60_000, 30_000],
    [30_001, 60_000, 15_000],
    [99_999_000, 8_000, 2_000],
  ])('%j of %d ms that are left is granted as %d ms', (retryAfterMs, leftMs, expected) => {
    expect(grantedMs({ retryAfterMs, leftMs })).toBe(expected);
  });
});
