import type { Finding, FindingCounts } from './finding.ts';
import type { Digest } from './image.ts';

/** One of the two phases of a scan, as progress shows it. `error` is empty where there is none. */
export interface PhaseProgress {
  readonly scanned: number;
  readonly total: number;
  readonly error: string;
}

/** One entry of a progress answer: a registry under scan, or the image in one of its registries. */
export interface ScanEntry {
  readonly discovery: PhaseProgress;
  readonly imageScan: PhaseProgress;
  readonly ongoing: boolean;
}

/** What progress answered. Empty before a scan registers, and again once its end was read. */
export type ProgressAnswer = readonly ScanEntry[];

/** The Console's time of a scan: as it wrote it, and in milliseconds for comparing one such time with another. */
export interface ScanTime {
  readonly text: string;
  readonly epochMs: number;
}

/** The row that the report keeps for the image. */
export interface ReportRow {
  /** Undefined where the row was never scanned (no time, or Go's zero time). */
  readonly scanTime: ScanTime | undefined;
  /** Why the scan failed; empty where it did not. */
  readonly error: string;
  /** The digest that was scanned; undefined where the row gives none, or several with nothing to choose by. */
  readonly digest: Digest | undefined;
  /** Every digest that the row gives for this image. */
  readonly digests: readonly Digest[];
  /** How many findings the report itself counts; undefined where it does not. */
  readonly counts: FindingCounts | undefined;
  /** The findings one by one; undefined where the report was read in the compact form, without them. */
  readonly listed: readonly Finding[] | undefined;
  /** Whether the scanner does not know the image's system, so that no findings mean nothing. */
  readonly isUncovered: boolean;
  /** How long the scan took, in milliseconds; undefined where the row does not tell, or not in a way to rely on. */
  readonly durationMs: number | undefined;
}

/**
 * What the report said of the image. It is unreadable where the Console user may not see it (403), where
 * there is no such call (404), and for the regular scan of whole registries, which has no row of its own.
 */
export type ReportReading =
  | {
      readonly kind: 'row';
      readonly row: ReportRow;
      /** When the Console answered, by its own clock; undefined where it does not say. */
      readonly atEpochMs: number | undefined;
    }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly why: 'forbidden' | 'not-found' | 'no-row-kept' };

/** A question that the Console did not answer this time; asking again may help. */
export interface NoAnswer {
  readonly kind: 'no-answer';
  readonly reason: 'unreachable' | 'invalid-response';
  /** One sentence: what was attempted and what came back. */
  readonly message: string;
  /** What the Console itself asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** The Console refused because too much was asked of it. */
  readonly isTooMuch?: true;
}

export type Answer<T> = { readonly kind: 'answer'; readonly value: T } | NoAnswer;

export function answer<T>(value: T): Answer<T> {
  return { kind: 'answer', value };
}

/**
 * Whether the row shows a later scan than the earlier reading did. Both times are the Console's own: the
 * runner's clock has no part in it. Where the earlier row could not be read, nothing can be called newer.
 */
export function isNewer(row: ReportRow, earlier: ReportReading): boolean {
  if (row.scanTime === undefined) return false;
  switch (earlier.kind) {
    case 'absent':
      return true;
    case 'unreadable':
      return false;
    case 'row':
      return earlier.row.scanTime === undefined || row.scanTime.epochMs > earlier.row.scanTime.epochMs;
  }
}

/** Of one phase: how many were scanned, and how many there were to scan. */
export interface Counts {
  readonly scanned: number;
  readonly total: number;
}

/** The counts of a phase, added up over the entries. */
export function countPhase(entries: ProgressAnswer, phase: 'discovery' | 'imageScan'): Counts {
  return addCounts(entries.map((entry) => entry[phase]));
}

export function addCounts(counts: readonly Counts[]): Counts {
  return {
    scanned: counts.reduce((sum, { scanned }) => sum + scanned, 0),
    total: counts.reduce((sum, { total }) => sum + total, 0),
  };
}
