import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeReport, rowOf } from '../../src/console/report.ts';
import { scanDurationMs } from '../../src/console/scan-duration.ts';
import { alpine } from '../scan/evidence.ts';

describe('How long a scan took', () => {
  test.each<[string, unknown, number | undefined]>([
    ['seconds', 25, 25_000],
    ['milliseconds', 25_000, 25_000],
    ['microseconds', 25_000_000, 25_000],
    ['nanoseconds', 25_000_000_000, 25_000],
    ['one second', 1, 1_000],
    ['the longest in nanoseconds', 7_200_000_000_000, 7_200_000],
    ['longer than any', 7_200_000_000_001, undefined],
    ['three seconds in milliseconds, or fifty minutes', 3_000, undefined],
    ['just above what seconds can be', 7_201, 7_201],
    ['at once, or a thousand seconds', 1_000, undefined],
    ['below that', 999, 999_000],
    ['zero', 0, undefined],
    ['less than zero', -25, undefined],
    ['no number', '25', undefined],
    ['nothing', undefined, undefined],
    ['null', null, undefined],
    ['not a number', Number.NaN, undefined],
    ['endless', Number.POSITIVE_INFINITY, undefined],
  ])('is read from %s', (_what, given, expected) => {
    const read = scanDurationMs(given);
    expect(read === undefined ? undefined : Math.round(read)).toBe(expected);
  });

  test('between eight seconds and a quarter of an hour is read right in any unit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8_000, max: 900_000 }),
        fc.constantFrom(1e-6, 1e-3, 1, 1_000),
        (durationMs, unitMs) => {
          const read = scanDurationMs(Math.round(durationMs / unitMs)) ?? 0;
          expect(Math.abs(read - durationMs)).toBeLessThanOrEqual(500);
        },
      ),
    );
  });

  test.each([
    ['a scan that succeeded', '', 25_000],
    ['a scan that failed, which says nothing of the next', 'no such manifest', undefined],
  ])('is told by the row of %s', (_what, err, expected) => {
    const tag = { registry: '', repo: 'library/alpine', tag: '3.16' };
    const json = [{ repoTag: tag, scanTime: '2026-11-02T09:00:00Z', scanDuration: 25_000, err }];
    expect(rowOf(decodeReport(json), alpine, 'compact')?.durationMs).toBe(expected);
  });
});
