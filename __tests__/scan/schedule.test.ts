import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nextPauseMs, type Outlook } from '../../src/scan/schedule.ts';

const unknown: Outlook = { kind: 'unknown' };
const answered = { leftMs: 600_000, unanswered: 0, retryAfterMs: undefined, outlook: unknown, crowd: 1 };

describe('The pause before the next look', () => {
  test('is about a second at first', () => {
    expect(nextPauseMs('auto', { waitedMs: 0, ...answered }, 0.5)).toBe(1_000);
  });

  test('grows with the time already waited, up to a limit', () => {
    const pauses = [5_000, 60_000, 100_000, 3_600_000].map((waitedMs) =>
      nextPauseMs('auto', { waitedMs, ...answered }, 0.5),
    );
    expect(pauses).toEqual([2_500, 4_500, 4_500, 9_500]);
  });

  test('varies by a tenth, so that parallel jobs do not march in step', () => {
    const pauses = [0, 0.999_999].map((random) =>
      nextPauseMs('auto', { waitedMs: 60_000, ...answered }, random),
    );
    expect(pauses.map(Math.round)).toEqual([4_050, 4_950]);
  });

  test('is what poll-interval says, where that says something', () => {
    expect(nextPauseMs({ everyMs: 7_000 }, { waitedMs: 60_000, ...answered }, 0.1)).toBe(7_000);
    expect(nextPauseMs({ everyMs: 600_000 }, { waitedMs: 0, ...answered }, 0.1)).toBe(600_000);
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
});
