import type { ImageScanResult, ReportSnapshot, Result } from './types.ts';

/** A row with its findings where they could be read, and why not where they could not. */
export interface FullRow {
  readonly row: ImageScanResult;
  /** Empty where the row was read in full. */
  readonly unread: string;
}

/** The row that the report gave in full; the proven row where the report gave none of this scan or a later one. */
export function readFullRow(proven: ImageScanResult, result: Result<ReportSnapshot>): FullRow {
  if (!result.ok) return { row: proven, unread: result.failure.message };
  const snapshot = result.value;
  if (snapshot.kind === 'unreadable') {
    return { row: proven, unread: `The Console refused the findings (${snapshot.why}).` };
  }
  if (snapshot.kind === 'absent' || scannedAtMs(snapshot.row) < scannedAtMs(proven)) {
    return { row: proven, unread: 'The report no longer shows this scan.' };
  }
  if (isReduced(snapshot.row, proven)) {
    return { row: proven, unread: 'The report with findings has fewer of them than it counted before.' };
  }
  return { row: snapshot.row, unread: '' };
}

function scannedAtMs({ scanTime }: ImageScanResult): number {
  return scanTime?.epochMs ?? 0;
}

/** Of the same scan a row cannot have less than before, unless a lagging copy or a proxy spoiled it. */
function isReduced(row: ImageScanResult, proven: ImageScanResult): boolean {
  if (scannedAtMs(row) > scannedAtMs(proven)) return false;
  const [before, after] = [foundIn(proven), foundIn(row)];
  const lostFindings = before !== undefined && after !== undefined && after < before;
  return lostFindings || (row.digests.length === 0 && proven.digests.length > 0);
}

/** How many vulnerabilities a row has; undefined where it neither counts nor lists them. */
function foundIn({ vulnerabilityCounts, findings }: ImageScanResult): number | undefined {
  if (vulnerabilityCounts === undefined && findings === undefined) return undefined;
  const listed = findings?.filter(({ kind }) => kind === 'vulnerability').length ?? 0;
  return Math.max(vulnerabilityCounts?.total ?? 0, listed);
}
