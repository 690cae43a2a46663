import { type ImageScanResult, type ReportSnapshot, scannedAtMs } from './evidence.ts';
import type { Finding, FindingCounts } from './finding.ts';
import { isSameScan, worseRow } from './same-scan.ts';
import type { Unread } from './unread.ts';

/** A row with its findings if they could be read, or else the reason. */
export interface FullRow {
  readonly row: ImageScanResult;
  /** Undefined if the row was read in full. */
  readonly unread: Unread | undefined;
}

/**
 * The full row of the report, combined with the one that proved the scan: of each fact, the worse one counts. The
 * proven row alone if the report has no row of this scan or a later one.
 */
export function readFullRow(proven: ImageScanResult, snapshot: ReportSnapshot): FullRow {
  if (snapshot.kind === 'unreadable') {
    return { row: proven, unread: { kind: 'report-unreadable', why: snapshot.why } };
  }
  if (snapshot.kind === 'absent' || scannedAtMs(snapshot.row) < scannedAtMs(proven)) {
    return { row: proven, unread: { kind: 'scan-gone' } };
  }
  if (!isSameScan(snapshot.row, proven)) return { row: snapshot.row, unread: undefined };
  const row = worseRow(proven, snapshot.row);
  if (proven.digests.length > 0 && snapshot.row.digests.length === 0) {
    return { row: { ...row, findings: proven.findings }, unread: { kind: 'no-digest' } };
  }
  return { row, unread: isReduced(snapshot.row, proven) ? { kind: 'fewer-findings' } : undefined };
}

/** True if a row has less than an earlier one of the same scan: a lagging copy or a proxy has spoiled it. */
function isReduced(row: ImageScanResult, proven: ImageScanResult): boolean {
  return (
    hasFewer(row, proven, 'vulnerability', 'vulnerabilityCounts') ||
    hasFewer(row, proven, 'compliance', 'complianceCounts')
  );
}

/** True if a row has less of a kind than the other; not if either neither counts nor lists it. */
function hasFewer(
  row: ImageScanResult,
  proven: ImageScanResult,
  kind: Finding['kind'],
  counts: 'vulnerabilityCounts' | 'complianceCounts',
): boolean {
  const [before, after] = [
    foundIn(proven.findings, kind, proven[counts]),
    foundIn(row.findings, kind, row[counts]),
  ];
  return before !== undefined && after !== undefined && after < before;
}

function foundIn(
  findings: ImageScanResult['findings'],
  kind: Finding['kind'],
  counts: FindingCounts | undefined,
): number | undefined {
  if (counts === undefined && findings === undefined) return undefined;
  const listed = findings?.filter((finding) => finding.kind === kind).length ?? 0;
  return Math.max(counts?.total ?? 0, listed);
}
