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
  const ageMs = reading.atEpochMs - scanTime.epochMs;
  return ageMs >= -CLOCKS_APART_MS && ageMs <= maxAgeMs;
}

/** Whether the row is of the digest asked for. */
export function carries(row: ReportRow, digest: Digest | undefined): boolean {
  return digest === undefined || row.digests.includes(digest);
}
