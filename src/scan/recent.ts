import type { ReportReading, ReportRow } from './evidence.ts';
import type { Digest } from './image.ts';

/** A scan may be stamped by another machine than the one that answers; beyond this a time of the future is no time. */
const CLOCKS_APART_MS = 60_000;

/**
 * Whether the report shows a scan without error that finished no longer ago than `maxAgeMs`. Both times are the Console's: that of the
 * scan, and that of its answer. Where it does not tell the latter, nothing is recent.
 */
export function isRecent(reading: ReportReading, maxAgeMs: number): boolean {
  if (reading.kind !== 'row' || reading.atEpochMs === undefined) return false;
  const { scanTime, error } = reading.row;
  if (scanTime === undefined || error !== '') return false;
  return !isOfFuture(reading) && reading.atEpochMs - scanTime.epochMs <= maxAgeMs;
}

/** Whether the report shows a scan of a time that has yet to come, by the Console's own clock. */
export function isOfFuture(reading: ReportReading): boolean {
  if (reading.kind !== 'row' || reading.atEpochMs === undefined) return false;
  const { scanTime } = reading.row;
  return scanTime !== undefined && scanTime.epochMs - reading.atEpochMs > CLOCKS_APART_MS;
}

/** Whether the row is of the digest asked for. */
export function carries(row: ReportRow, digest: Digest | undefined): boolean {
  return digest === undefined || row.digests.includes(digest);
}
