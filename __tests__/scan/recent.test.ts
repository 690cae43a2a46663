import { describe, expect, test } from '@jest/globals';
import type { ReportReading, ReportRow } from '../../src/scan/evidence.ts';
import type { Digest } from '../../src/scan/image.ts';
import { carries, isOfFuture, isRecent } from '../../src/scan/recent.ts';

const a: Digest = `sha256:${'a'.repeat(64)}`;
const b: Digest = `sha256:${'b'.repeat(64)}`;

const HOUR_MS = 3_600_000;
const SCANNED_MS = Date.parse('2026-11-23T10:00:00Z');

const row: ReportRow = {
  scanTime: { text: '2026-11-23T10:00:00Z', epochMs: SCANNED_MS },
  error: '',
  digest: a,
  digests: [a],
  counts: undefined,
  listed: undefined,
  isUncovered: false,
  durationMs: undefined,
};

/** The row, in an answer that came this long after the scan. */
const readAfter = (ms: number, given: Partial<ReportRow> = {}): ReportReading => ({
  kind: 'row',
  row: { ...row, ...given },
  atEpochMs: SCANNED_MS + ms,
});

const isRecentEnough = (reading: ReportReading) => isRecent(reading, HOUR_MS);

describe('A scan of an hour at most is recent', () => {
  test.each<[string, number, boolean]>([
    ['of now', 0, true],
    ['of half an hour ago', HOUR_MS / 2, true],
    ['of exactly an hour ago', HOUR_MS, true],
    ['of an hour and a millisecond ago', HOUR_MS + 1, false],
    ['of years ago', 30_000 * HOUR_MS, false],
    ['a minute ahead, as clocks may be apart', -60_000, true],
    ['more than a minute ahead, which is no time', -60_001, false],
    ['of years ahead', -30_000 * HOUR_MS, false],
  ])('if it is %s', (_what, ms, expected) => {
    expect(isRecentEnough(readAfter(ms))).toBe(expected);
  });

  test('by the Console’s times, however wrong both are', () => {
    const years = 20_000 * HOUR_MS;
    const at = (scannedMs: number, answeredMs: number): ReportReading => ({
      kind: 'row',
      row: { ...row, scanTime: { text: '', epochMs: scannedMs } },
      atEpochMs: answeredMs,
    });
    expect(isRecentEnough(at(SCANNED_MS - years, SCANNED_MS - years + HOUR_MS))).toBe(true);
    expect(isRecentEnough(at(SCANNED_MS + years, SCANNED_MS + years + HOUR_MS + 1))).toBe(false);
  });

  test.each<[string, ReportReading]>([
    ['failed', readAfter(0, { error: 'no such tag' })],
    ['has no time', readAfter(0, { scanTime: undefined })],
    ['is in an answer without a date', { kind: 'row', row, atEpochMs: undefined }],
    ['is not there', { kind: 'absent' }],
    ['may not be read', { kind: 'unreadable', why: 'forbidden' }],
  ])('but never if it %s', (_what, reading) => {
    expect(isRecentEnough(reading)).toBe(false);
  });
});

describe('A row', () => {
  test.each<[string, readonly Digest[], Digest | undefined, boolean]>([
    ['any', [], undefined, true],
    ['any', [a, b], undefined, true],
    ['the digest', [a], a, true],
    ['the digest', [b, a], a, true],
    ['another digest', [b], a, false],
    ['a digest', [], a, false],
  ])('carries %s: of %j it is asked for %s', (_what, digests, digest, expected) => {
    expect(carries({ ...row, digests }, digest)).toBe(expected);
  });
});

describe('A scan of the future', () => {
  const at = (atEpochMs: number | undefined, given: Partial<ReportRow> = {}): ReportReading => ({
    kind: 'row',
    row: { ...row, ...given },
    atEpochMs,
  });

  test.each<[string, ReportReading, boolean]>([
    ['is one of more than a minute ahead', at(SCANNED_MS - 60_001), true],
    ['is none of a minute ahead', at(SCANNED_MS - 60_000), false],
    ['is none of before', at(SCANNED_MS + 1), false],
    ['is none where the Console tells no time', at(undefined), false],
    ['is none where there was no scan', at(SCANNED_MS - 60_001, { scanTime: undefined }), false],
    ['is none where there is no row', { kind: 'absent' }, false],
    ['is none where the report cannot be read', { kind: 'unreadable', why: 'forbidden' }, false],
  ])('%s', (_what, reading, expected) => {
    expect(isOfFuture(reading)).toBe(expected);
  });

  test('is not recent, nor is what is no scan', () => {
    expect(isRecent(at(SCANNED_MS - 60_001), HOUR_MS)).toBe(false);
    expect(isRecent({ kind: 'absent' }, HOUR_MS)).toBe(false);
    expect(isRecent(at(undefined), HOUR_MS)).toBe(false);
  });
});
