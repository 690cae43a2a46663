import type { Digest } from '../../src/image/image.ts';
import type { RetryableFailure } from '../../src/scan/call-failure.ts';
import {
  type ImageScanResult,
  type Progress,
  type ProgressEntry,
  type ReportSnapshot,
  retryable,
} from '../../src/scan/evidence.ts';
import { scanRow, scanTimeOf } from '../builders/row.ts';

/** Evidence as plain data, for tests that say what the Console answered. */

export const DIGEST: Digest = `sha256:${'a'.repeat(64)}`;
export const OTHER_DIGEST: Digest = `sha256:${'b'.repeat(64)}`;

interface EntryGiven {
  readonly isOngoing?: boolean;
  readonly discoveryError?: string;
  readonly scanError?: string;
  readonly scanned?: number;
  readonly total?: number;
  readonly registry?: string;
}

/** One entry of progress: ended, complete and without an error by default. */
export function entry(given: EntryGiven = {}): ProgressEntry {
  const { isOngoing = false, discoveryError, scanError, scanned = 1, total = 1, registry } = given;
  return {
    discovery: { scanned: 1, total: 1, error: discoveryError },
    imageScan: { scanned, total, error: scanError },
    isOngoing,
    registry,
  };
}

export const running: Progress = [entry({ isOngoing: true, scanned: 0 })];
export const ended: Progress = [entry()];
export const nothing: Progress = [];

/** Milliseconds of the Console's clock, from a time of day. */
export function at(time: string): number {
  return Date.parse(`2026-11-02T${time}Z`);
}

/** A row whose scan was at a time of day by the Console's clock; no time, never scanned. */
export function row(time: string | undefined, given: Partial<ImageScanResult> = {}): ImageScanResult {
  return scanRow({
    scanTime: time === undefined ? undefined : scanTimeOf(`2026-11-02T${time}Z`),
    digest: DIGEST,
    digests: [DIGEST],
    ...given,
  });
}

/** A report that shows a row, read at a time of day of the Console. */
export function shows(given: ImageScanResult, readAt?: string): ReportSnapshot {
  return { kind: 'row', row: given, readAtMs: readAt === undefined ? undefined : at(readAt) };
}

export function absent(readAt?: string): ReportSnapshot {
  return { kind: 'absent', readAtMs: readAt === undefined ? undefined : at(readAt) };
}

export function unreadable(readAt?: string, why: 'forbidden' | 'not-found' = 'forbidden'): ReportSnapshot {
  return { kind: 'unreadable', why, readAtMs: readAt === undefined ? undefined : at(readAt) };
}

export function failure(given: Partial<RetryableFailure> = {}): RetryableFailure {
  return { kind: 'unreachable', what: 'no response', retryAfterMs: undefined, ...given };
}

/** A call that brought no usable response. */
export const unanswered = retryable(failure());
