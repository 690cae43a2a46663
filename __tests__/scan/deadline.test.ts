import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../../src/scan/clock.ts';
import { Deadline } from '../../src/scan/deadline.ts';

let nowMs = 0;
const clock: Clock = { nowMs: () => nowMs, sleep: async () => undefined };

/** A deadline that was set at 1000, looked at from `atMs` later. */
function deadlineAfter(timeoutMs: number, atMs: number): Deadline {
  nowMs = 1_000;
  const deadline = new Deadline(clock, timeoutMs);
  nowMs = 1_000 + atMs;
  return deadline;
}

describe('The deadline', () => {
  test.each([
    [1_800_000, 1_790_000],
    [60_000, 54_000],
    [1_000, 900],
  ])('of %i ms begins the final poll at %i ms', (timeoutMs, finalPollMs) => {
    expect(deadlineAfter(timeoutMs, 0).finalPollAtMs).toBe(1_000 + finalPollMs);
  });

  test('begins the final poll sooner the more scans share it', () => {
    const finalPolls = [1, 2, 201, 100_000].map((scans) => {
      nowMs = 1_000;
      return new Deadline(clock, 1_800_000, scans).finalPollAtMs - 1_000;
    });
    expect(finalPolls).toEqual([1_790_000, 1_789_950, 1_780_000, 1_620_000]);
  });

  test('counts what has passed and what is left, never below nothing', () => {
    const counts = [0, 400, 1_000, 5_000].map((atMs) => {
      const deadline = deadlineAfter(1_000, atMs);
      return [deadline.elapsedMs(), deadline.leftMs()];
    });
    expect(counts).toEqual([
      [0, 1_000],
      [400, 600],
      [1_000, 0],
      [5_000, 0],
    ]);
  });

  test.each([
    ['half a minute at most', 1_800_000, 0, 30_000],
    ['a quarter of the time left', 60_000, 20_000, 10_000],
    ['two seconds at least', 60_000, 54_000, 2_000],
    ['but no more than half of the time left then', 10_000, 7_000, 1_500],
    ['a quarter of a second at least', 1_000, 600, 250],
    ['never more than is left', 1_000, 900, 100],
    ['nothing when nothing is left', 1_000, 2_000, 0],
  ])('gives a request %s', (_what, timeoutMs, atMs, expected) => {
    expect(deadlineAfter(timeoutMs, atMs).requestMs()).toBe(expected);
  });
});
