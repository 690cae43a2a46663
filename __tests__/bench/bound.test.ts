import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bestPrice, fewestRequests } from '../../bench/bound.ts';

const ROW_LAG = 0.5;

/** The cost of polls after these gaps, counted as in the bound: two requests at the final poll. */
function priceOf(gaps: readonly number[]) {
  const window = gaps.reduce((sum, gap) => sum + gap, 0);
  const sum = (of: (gap: number, at: number) => number) =>
    gaps.reduce((all, gap, at) => all + of(gap, at), 0) / window;
  return {
    window,
    latency: sum((gap) => (gap ** 2 + Math.min(gap, ROW_LAG) ** 2) / 2),
    requests: 1 + sum((gap, at) => (at + 1) * gap + Math.min(gap, ROW_LAG)),
  };
}

describe('The bound', () => {
  test('of one poll is half of the window', () => {
    expect(bestPrice([10], 100)).toEqual({ latency: 5.0125, requests: 2.05 });
  });

  test('is near two ninths of the window, as latency times polls, if there are many polls', () => {
    const { latency, requests } = bestPrice([10_000], 0.5);
    expect((latency * (requests - 1)) / 10_000).toBeCloseTo(2 / 9, 2);
  });

  test('holds for any gaps between polls', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.6, max: 40, noNaN: true }), { minLength: 1, maxLength: 12 }),
        (gaps) => {
          const { window, latency, requests } = priceOf(gaps);
          expect(fewestRequests([window], latency)).toBeLessThanOrEqual(requests + 1e-6);
        },
      ),
    );
  });
});
