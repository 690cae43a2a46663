import {
  type Answer,
  answer,
  type NoAnswer,
  type ProgressAnswer,
  type ReportReading,
  type ReportRow,
  type ScanEntry,
} from '../../src/scan/evidence.ts';
import type { Digest, Image } from '../../src/scan/image.ts';
import type { Look } from '../../src/scan/look.ts';

/** Evidence as plain data, for tests that say what the Console answered. */

export const DIGEST: Digest = `sha256:${'a'.repeat(64)}`;

export const alpine: Image = {
  registry: '',
  repository: 'library/alpine',
  scanBy: { tag: '3.16' },
  requiredDigest: undefined,
};

type EntryGiven = Partial<Pick<ScanEntry, 'ongoing'>> & {
  readonly discoveryError?: string;
  readonly scanError?: string;
  readonly scanned?: number;
  readonly total?: number;
};

export function entry(given: EntryGiven = {}): ScanEntry {
  const { ongoing = false, discoveryError = '', scanError = '', scanned = 1, total = 1 } = given;
  return {
    discovery: { scanned: 1, total: 1, error: discoveryError },
    imageScan: { scanned, total, error: scanError },
    ongoing,
  };
}

/** A row whose scan was at a minute of some hour, by the Console's clock; no minute, never scanned. */
export function row(minute: number | undefined, given: Partial<ReportRow> = {}): ReportRow {
  const text = `2026-11-02T09:${String(minute).padStart(2, '0')}:00Z`;
  return {
    scanTime: minute === undefined ? undefined : { text, epochMs: Date.parse(text) },
    error: '',
    digest: DIGEST,
    digests: [DIGEST],
    counts: undefined,
    listed: undefined,
    isUncovered: false,
    durationMs: undefined,
    ...given,
  };
}

export function shows(given: ReportRow): ReportReading {
  return { kind: 'row', row: given, atEpochMs: undefined };
}

export const noRow: ReportReading = { kind: 'absent' };
export const forbidden: ReportReading = { kind: 'unreadable', why: 'forbidden' };
export const notFound: ReportReading = { kind: 'unreadable', why: 'not-found' };
export const noRowKept: ReportReading = { kind: 'unreadable', why: 'no-row-kept' };

export const silence: NoAnswer = {
  kind: 'no-answer',
  reason: 'unreachable',
  message: 'no answer',
  retryAfterMs: undefined,
};

/** What one look saw; `atMs` counts from the beginning of the wait. */
export function look(
  atMs: number,
  progress: ProgressAnswer | NoAnswer | 'not-asked',
  report: ReportReading | NoAnswer | 'not-asked' = 'not-asked',
): Look {
  return { atMs, progress: given(progress), report: given(report), isTriggerAccepted: true };
}

function given<T extends object>(value: T | NoAnswer | 'not-asked'): Answer<T> | 'not-asked' {
  if (value === 'not-asked') return value;
  return isNoAnswer(value) ? value : answer(value);
}

function isNoAnswer(value: object): value is NoAnswer {
  return 'kind' in value && value.kind === 'no-answer';
}
