import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Estimate,
  honouredRetryAfterMs,
  nextDelayMs,
  progressSpacingMs,
} from '../../src/scan/schedule.ts';

const unknown: Estimate = { kind: 'unknown' };
const answered = { leftMs: 600_000, failures: 0, retryAfterMs: undefined, estimate: unknown, activeScans: 1 };

describe('The delay before the next poll', () => {
  test('is about a second at first', () => {
    expect(nextDelayMs('auto', { waitedMs: 0, ...answered }, 0.5)).toBe(1_000);
  });

  test.each([
    [2_000, 1_000],
    [5_000, 2_500],
    [9_000, 4_500],
    [119_999, 4_500],
    [120_000, 9_500],
    [3_600_000, 9_500],
  ])('after %i ms of which nothing is known is %i ms', (waitedMs, delayMs) => {
    expect(nextDelayMs('auto', { waitedMs, ...answered }, 0.5)).toBe(delayMs);
  });

  test('varies by a tenth, so that parallel jobs do not poll in step', () => {
    const delays = [0, 0.999_999].map((random) =>
      nextDelayMs('auto', { waitedMs: 60_000, ...answered }, random),
    );
    expect(delays.map(Math.round)).toEqual([4_050, 4_950]);
  });

  test.each([
    [45_000, 4_500],
    [30_000, 3_000],
    [10_000, 1_000],
    [2_000, 1_000],
  ])('with %i ms left is %i ms', (leftMs, delayMs) => {
    expect(nextDelayMs('auto', { ...answered, waitedMs: 60_000, leftMs }, 0.5)).toBe(delayMs);
  });

  test('is never below a second', () => {
    expect(nextDelayMs('auto', { waitedMs: 0, ...answered }, 0)).toBe(1_000);
  });

  test.each<[string, Estimate, number]>([
    ['that is expected', { kind: 'expected', runningMs: 26_000, expectedMs: 25_000 }, 3_422],
    [
      'that has been expected for a moment',
      { kind: 'expected', runningMs: 29_500, expectedMs: 25_000 },
      3_274,
    ],
    [
      'of minutes, expected for a moment',
      { kind: 'expected', runningMs: 567_000, expectedMs: 480_000 },
      1_000,
    ],
    ['that is overdue', { kind: 'expected', runningMs: 45_500, expectedMs: 25_000 }, 4_000],
    ['that is long overdue', { kind: 'expected', runningMs: 129_500, expectedMs: 25_000 }, 4_500],
    ['whose counts promise an end', { kind: 'counting', remainingMs: 40_000 }, 10_000],
    ['whose counts promise an end at once', { kind: 'counting', remainingMs: 0 }, 1_125],
    ['whose counts promise no end', { kind: 'counting', remainingMs: 9_000_000 }, 30_000],
    ['that has just to settle', { kind: 'settling', elapsedMs: 0 }, 1_000],
    ['that settles', { kind: 'settling', elapsedMs: 20_000 }, 5_000],
    ['that does not settle', { kind: 'settling', elapsedMs: 300_000 }, 9_500],
  ])('of a scan %s goes by that', (_what, estimate, delayMs) => {
    const waited = { ...answered, waitedMs: 60_000, estimate };
    expect(Math.round(nextDelayMs('auto', waited, 0.5))).toBe(delayMs);
  });

  test('jitters an early poll by a tenth of the gap, not of the whole delay', () => {
    const estimate: Estimate = { kind: 'expected', runningMs: 167_000, expectedMs: 480_000 };
    const delays = [0, 0.5, 0.999_999_9].map((random) =>
      nextDelayMs('auto', { ...answered, waitedMs: 60_000, estimate }, random),
    );
    expect(delays.map(Math.round)).toEqual([247_539, 248_265, 248_992]);
  });

  test('is what poll-interval says, if that says something', () => {
    expect(nextDelayMs({ everyMs: 7_000 }, { waitedMs: 60_000, ...answered }, 0.1)).toBe(7_000);
    expect(nextDelayMs({ everyMs: 600_000 }, { waitedMs: 0, ...answered }, 0.1)).toBe(600_000);
    const estimate: Estimate = { kind: 'expected', runningMs: 0, expectedMs: 25_000 };
    expect(nextDelayMs({ everyMs: 7_000 }, { ...answered, waitedMs: 0, estimate }, 0.1)).toBe(7_000);
  });

  test('backs off after failed polls, with full jitter', () => {
    const delays = [1, 3, 5, 40].map((failures) =>
      nextDelayMs('auto', { ...answered, waitedMs: 0, failures }, 0.5),
    );
    expect(delays).toEqual([1_000, 2_000, 8_000, 15_000]);
  });

  test('is half a minute at most after a lost answer, however long the interval', () => {
    const lost = { ...answered, waitedMs: 0, failures: 1 };
    expect(nextDelayMs({ everyMs: 600_000 }, lost, 0.5)).toBe(30_000);
    expect(nextDelayMs({ everyMs: 5_000 }, lost, 0.5)).toBe(5_000);
  });

  test.each([
    ['what the Console asked for', 60_000, 600_000, 60_000],
    ['a quarter of the time left where it asked for more than half of that', 99_999_000, 600_000, 150_000],
    ['the usual delay at least', 10, 600_000, 1_000],
  ])('after a refusal is %s', (_what, retryAfterMs, leftMs, expected) => {
    expect(nextDelayMs('auto', { ...answered, waitedMs: 0, leftMs, failures: 1, retryAfterMs }, 0.5)).toBe(
      expected,
    );
  });

  test('is no shorter than usual after a failure', () => {
    fc.assert(
      fc.property(
        fc.record({
          waitedMs: fc.nat(),
          leftMs: fc.nat(),
          failures: fc.integer({ min: 1, max: 1_000 }),
          retryAfterMs: fc.option(fc.nat(), { nil: undefined }),
          estimate: fc.constant(unknown),
          activeScans: fc.nat({ max: 1_000 }),
        }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (waited, random) => {
          const usualMs = nextDelayMs('auto', { ...waited, failures: 0 }, random);
          expect(nextDelayMs('auto', waited, random)).toBeGreaterThanOrEqual(usualMs);
        },
      ),
    );
  });

  test.each<[string, number, Estimate, number]>([
    ['a second at first', 0, unknown, 1_000],
    ['a tenth of the time waited', 30_000, unknown, 3_000],
    ['the usual one where that is shorter', 300_000, unknown, 9_500],
    [
      'no longer for a scan that may be over',
      90_000,
      { kind: 'expected', runningMs: 90_000, expectedMs: 90_000 },
      9_000,
    ],
    [
      'that of a single scan while the end is far',
      30_000,
      { kind: 'expected', runningMs: 30_000, expectedMs: 90_000 },
      0,
    ],
    ['the usual one where counts promise an end', 60_000, { kind: 'counting', remainingMs: 8_000 }, 2_000],
  ])('among many is %s', (_what, waitedMs, estimate, expected) => {
    const alone = nextDelayMs('auto', { ...answered, waitedMs, estimate }, 0.5);
    const among = nextDelayMs('auto', { ...answered, waitedMs, estimate, activeScans: 40 }, 0.5);
    expect(among).toBeLessThanOrEqual(alone);
    expect(among).toBeCloseTo(expected === 0 ? alone : Math.min(expected, alone), 6);
  });

  test.each([
    [0, 0],
    [1, 0],
    [2, 500],
    [40, 10_000],
    [1_000, 250_000],
  ])('leaves progress of each alone if there are %d for %d ms', (activeScans, expected) => {
    expect(progressSpacingMs(activeScans)).toBe(expected);
  });
});

describe('The pause that the Console asks for with a refusal', () => {
  test.each([
    [undefined, 60_000, 0],
    [7_000, 60_000, 7_000],
    [30_000, 60_000, 30_000],
    [30_001, 60_000, 15_000],
    [99_999_000, 8_000, 2_000],
  ])('%j of %d ms that are left is honoured as %d ms', (retryAfterMs, leftMs, expected) => {
    expect(honouredRetryAfterMs({ retryAfterMs, leftMs })).toBe(expected);
  });
});
