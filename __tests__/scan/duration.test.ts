import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../src/scan/duration.ts';

describe('A duration', () => {
  test.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['1h30m', 5_400_000],
    ['2h', 7_200_000],
    ['1h2m3s', 3_723_000],
    ['2d', 172_800_000],
    ['1d12h', 129_600_000],
    ['0s', 0],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    '',
    '90',
    '1.5m',
    '-5s',
    '5 m',
    '30M',
    '5s3m',
    'm',
    '1h1d',
    '1w',
    '1d 2h',
    '5ms',
    ' 5s',
    '5s\n',
    '١s',
  ])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test('survives being written and read again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds * 1_000))).toBe(seconds * 1_000);
      }),
    );
  });

  test('is written without parts that are nothing', () => {
    expect(
      [0, 999, 1_000, 60_000, 5_400_000, 3_601_000, 86_400_000, 176_461_000, -5].map(formatDuration),
    ).toEqual(['0s', '0s', '1s', '1m', '1h30m', '1h1s', '1d', '2d1h1m1s', '0s']);
  });
});
