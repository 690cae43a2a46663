import type { Digest } from '../image/image.ts';
import type { RetryableFailure } from './call-failure.ts';
import type { Exploit, Finding, FindingCounts } from './finding.ts';
import type { Distribution, ReportedPackage } from './package.ts';

/** One of the two phases of a scan, as progress shows it. `error` is undefined if there is none. */
export interface PhaseProgress {
  readonly scanned: number;
  readonly total: number;
  readonly error: string | undefined;
}

/** One entry of a progress response: a registry under scan, or the image in one of its registries. */
export interface ProgressEntry {
  readonly discovery: PhaseProgress;
  readonly imageScan: PhaseProgress;
  readonly isOngoing: boolean;
  /** The registry under scan, as its title names it; undefined if it names none. */
  readonly registry: string | undefined;
}

/** An answer of progress. Empty before a scan registers, and again once its end was read. */
export type Progress = readonly ProgressEntry[];

/** The Console's time of a scan: as the report writes it, and in milliseconds for comparisons. */
export interface ScanTime {
  readonly text: string;
  readonly epochMs: number;
}

/** The row that the report keeps for an image: the Console's findings of its last scan. */
export interface ImageScanResult {
  /** Undefined if the row was never scanned (no time, or Go's zero time). */
  readonly scanTime: ScanTime | undefined;
  /** The error of the scan, from `err` or `errCode`; undefined if it succeeded. */
  readonly error: string | undefined;
  /** The digest that was scanned; undefined if the row gives none, or several without a way to choose. */
  readonly digest: Digest | undefined;
  /** Every digest that the row gives for this image. */
  readonly digests: readonly Digest[];
  /** The row's `id`: the digest of the configuration, or of the index if containerd stores the image. */
  readonly imageId: Digest | undefined;
  /** Undefined if the row does not show the architecture. */
  readonly isArm64: boolean | undefined;
  /** The number of vulnerabilities in the report: the largest of its counters; undefined if it has none. */
  readonly vulnerabilityCounts: FindingCounts | undefined;
  /** The same for compliance issues. */
  readonly complianceCounts: FindingCounts | undefined;
  /** The exploits that the risk factors of the whole row name, worst first. */
  readonly exploits: readonly Exploit[];
  /** Vulnerabilities and compliance issues one by one; undefined if the report was read in the compact form. */
  readonly findings: readonly Finding[] | undefined;
  /** The packages of the image; undefined if they are not listed, or not readable. */
  readonly packages: readonly ReportedPackage[] | undefined;
  readonly distribution: Distribution;
  /** True if the scanner does not support the image's distribution, so that an empty report proves nothing. */
  readonly isUnsupportedDistro: boolean;
  /** Duration of the scan, in milliseconds; undefined if the row does not show it reliably. */
  readonly durationMs: number | undefined;
  /** Optional fields that had an unexpected type and were ignored, for a warning. */
  readonly ignoredFields: readonly string[];
}

/**
 * The answer of the report about an image. It is unreadable if the Console user is not allowed to read it (403), if there
 * is no such call (404), and for the regular scan of whole registries, which has no row of its own.
 */
export type ReportSnapshot =
  | {
      readonly kind: 'row';
      readonly row: ImageScanResult;
      /** The separate rows of the report for the image, if it has several. */
      readonly all?: readonly ImageScanResult[];
      /** When the Console answered, by its own clock; undefined without a date. */
      readonly readAtMs: number | undefined;
    }
  | { readonly kind: 'absent'; readonly readAtMs: number | undefined }
  | {
      readonly kind: 'unreadable';
      readonly why: 'forbidden' | 'not-found' | 'regular-scan';
      readonly readAtMs: number | undefined;
    };

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: RetryableFailure };

/** A successful result. */
export function success<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** The result of a failed attempt that may be repeated. */
export function retryable(failure: RetryableFailure): {
  readonly ok: false;
  readonly failure: RetryableFailure;
} {
  return { ok: false, failure };
}

/** The number of images scanned, and the number to scan. */
export interface Counts {
  readonly scanned: number;
  readonly total: number;
}

/** The counts of a phase, added up over the entries. */
export function countPhase(progress: Progress, phase: 'discovery' | 'imageScan'): Counts {
  return addCounts(progress.map((entry) => entry[phase]));
}

/** Counts added up. */
export function addCounts(counts: readonly Counts[]): Counts {
  return {
    scanned: counts.reduce((sum, { scanned }) => sum + scanned, 0),
    total: counts.reduce((sum, { total }) => sum + total, 0),
  };
}

/** The Console's time of a scan, in epoch milliseconds; 0 for a row without one. */
export function scannedAtMs({ scanTime }: ImageScanResult): number {
  return scanTime?.epochMs ?? 0;
}
