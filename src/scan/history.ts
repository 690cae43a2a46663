import { firstError, hasAll, isComplete, progressShows, vanished } from './progress.ts';
import { haveSameIdentity, isSameScan, withIdentityOf, worseRow } from './same-scan.ts';
import {
  type ImageScanResult,
  type Progress,
  type ReportSnapshot,
  type Result,
  type ScanTime,
  success,
} from './types.ts';

/** Everything that the wait has learned, whatever the phase. */
export interface History {
  /** The report as it was before: a newer row is compared with this. */
  readonly baseline: ReportSnapshot;
  /** The latest time of the Console in any answer before the trigger; undefined if it sends none. */
  readonly readAtMs: number | undefined;
  /** The most that the report showed: its latest row, if it showed one. */
  readonly snapshot: ReportSnapshot;
  /** True if the row of `snapshot` is of the digest asked for. */
  readonly isWanted: boolean;
  /** The last progress that had entries. */
  readonly progress: Progress;
  /** True if progress has shown our scan: running, or ended after the first poll. */
  readonly wasSeen: boolean;
  /** The first error that progress showed since then; empty for none. Each end is shown once, so it is kept. */
  readonly error: string;
  /** A row that is later than the baseline, and was scanned too long before it was read to be our scan's. */
  readonly outdated: ScanTime | undefined;
  /** True if an answer had several entries, for which the row of one never stands. */
  readonly hadSeveral: boolean;
  /** True if any entry ended before all of it was scanned. */
  readonly hadIncompleteEnd: boolean;
  /** Entries that are no longer shown, and were not complete when they last were. */
  readonly vanished: Progress;
  readonly polledAtMs: number;
  /** True if the last poll was answered. */
  readonly isAnswered: boolean;
}

/** One poll: when it began and ended (monotonic milliseconds), and the Console's answers. */
export interface Observation {
  readonly askedAtMs: number;
  readonly atMs: number;
  readonly progress: Result<Progress> | 'not-polled';
  readonly report: Result<ReportSnapshot> | 'not-polled';
  /** True if the row of the report, if it has one, is of the digest asked for. */
  readonly isWanted: boolean;
  /** True while the Console refuses the trigger because others ask too much. */
  readonly isTriggerRefused: boolean;
}

/** Everything that was read before the trigger. */
export interface Beginning {
  /** `triggered`: this step asks for the scan; `awaited`: something else does. */
  readonly origin: 'triggered' | 'awaited';
  readonly baseline: ReportSnapshot;
  /** The progress that was read right after the baseline. */
  readonly first: Progress;
  readonly isWanted: boolean;
  readonly readAtMs: number | undefined;
  readonly atMs: number;
}

/** Clocks of a Defender and a Console may differ by this much (Kerberos allows the same). */
const CLOCK_SKEW_MS = 5 * 60_000;
/** `Date` is in whole seconds. */
const DATE_PRECISION_MS = 1_000;

/** The history before the first poll of the wait; `progress` is the part of the first one that counts. */
export function historyOf({ baseline, isWanted, readAtMs, atMs }: Beginning, progress: Progress): History {
  const isRunning = progressShows(success(progress)) === 'running';
  return {
    baseline,
    readAtMs,
    snapshot: baseline,
    isWanted,
    progress,
    wasSeen: isRunning,
    error: '',
    outdated: undefined,
    hadSeveral: isRunning && progress.length > 1,
    hadIncompleteEnd: false,
    vanished: [],
    polledAtMs: atMs,
    isAnswered: true,
  };
}

/** The history with the answers of one more poll. */
export function addEvidence(before: History, seen: Observation): History {
  const history: History = {
    ...before,
    ...latestReport(before, seen),
    ...progressEvidence(before, seen.progress),
    polledAtMs: seen.atMs,
    isAnswered: isAnswered(seen),
  };
  const { snapshot } = history;
  const isOutdated = snapshot.kind === 'row' && compareWithBaseline(snapshot.row, history) === 'outdated';
  return isOutdated ? { ...history, outdated: snapshot.row.scanTime } : history;
}

function progressEvidence(before: History, progress: Observation['progress']): Partial<History> {
  if (progress === 'not-polled' || !progress.ok || progress.value.length === 0) return {};
  const entries = progress.value;
  return {
    progress: entries,
    wasSeen: true,
    error: before.error || firstError(entries),
    hadSeveral: before.hadSeveral || entries.length > 1,
    hadIncompleteEnd: before.hadIncompleteEnd || entries.some((entry) => !entry.isOngoing && !hasAll(entry)),
    vanished: vanished([...before.progress, ...before.vanished], entries),
  };
}

/** Of two answers about one scan the worse of each fact counts; one that shows less than before proves nothing. */
function latestReport(before: History, seen: Observation): Pick<History, 'snapshot' | 'isWanted'> {
  const { snapshot, isWanted } = before;
  const { report } = seen;
  if (report === 'not-polled' || !report.ok || isSuperseded(report.value, snapshot)) {
    return { snapshot, isWanted };
  }
  const latest = report.value;
  if (latest.kind !== 'row' || snapshot.kind !== 'row' || !isSameScan(latest.row, snapshot.row)) {
    return { snapshot: latest, isWanted: seen.isWanted };
  }
  const row = worseRow(snapshot.row, latest.row);
  // The registry may have proven meanwhile what it could not before.
  if (haveSameIdentity(snapshot.row, latest.row)) {
    return { snapshot: { ...latest, row }, isWanted: seen.isWanted };
  }
  const unwanted = [snapshot.row, ...(seen.isWanted ? [] : [latest.row])].at(isWanted ? 1 : 0);
  return {
    snapshot: { ...latest, row: unwanted === undefined ? row : withIdentityOf(row, unwanted) },
    isWanted: isWanted && seen.isWanted,
  };
}

/** True if a snapshot shows less than one before it: an earlier row, none at all, or a refusal. */
export function isSuperseded(snapshot: ReportSnapshot, before: ReportSnapshot): boolean {
  switch (before.kind) {
    case 'row':
      return snapshot.kind !== 'row' || scannedAtMs(snapshot.row) < scannedAtMs(before.row);
    case 'absent':
      return snapshot.kind === 'unreadable';
    case 'unreadable':
      return false;
  }
}

function scannedAtMs({ scanTime }: ImageScanResult): number {
  return scanTime?.epochMs ?? 0;
}

/** True if the row of a snapshot proves a new scan (completion: “Newer”). */
export function isNewer(snapshot: ReportSnapshot, history: History): boolean {
  return snapshot.kind === 'row' && compareWithBaseline(snapshot.row, history) === 'newer';
}

/** The latest row if this poll has shown it, and it is newer. A lagging copy that shows an earlier one has no say. */
export function newerRow({ report }: Observation, history: History): ImageScanResult | undefined {
  const { snapshot } = history;
  if (report === 'not-polled' || !report.ok || report.value.kind !== 'row') return undefined;
  if (snapshot.kind !== 'row' || !isSameScan(report.value.row, snapshot.row)) return undefined;
  return isNewer(snapshot, history) ? snapshot.row : undefined;
}

/** Both times are the Console's. A row of the future (its clock was set back) is compared for being another one. */
function compareWithBaseline(row: ImageScanResult, history: History): 'newer' | 'same' | 'outdated' {
  const { baseline, readAtMs, wasSeen } = history;
  if (row.scanTime === undefined) return 'same';
  const { epochMs } = row.scanTime;
  const before = baseline.kind === 'row' ? baseline.row.scanTime?.epochMs : undefined;
  if (before !== undefined) {
    const isOfFuture = readAtMs !== undefined && before >= readAtMs + DATE_PRECISION_MS;
    if (isOfFuture ? epochMs === before : epochMs <= before) return 'same';
  }
  if (readAtMs === undefined) return before === undefined ? 'same' : 'newer';
  // The row may have been there before, unseen: then progress has to have shown our scan.
  if (baseline.kind === 'unreadable' && !wasSeen) return 'same';
  return epochMs < readAtMs - CLOCK_SKEW_MS ? 'outdated' : 'newer';
}

/** True if the report shows a scan without error that finished no longer ago than `max-scan-age`, by Console time. */
export function isRecent(
  snapshot: ReportSnapshot,
  readAtMs: number | undefined,
  maxScanAgeMs: number | undefined,
): boolean {
  if (maxScanAgeMs === undefined || snapshot.kind !== 'row' || readAtMs === undefined) return false;
  const { scanTime, error } = snapshot.row;
  if (scanTime === undefined || error !== '') return false;
  // One node that lags must not make a scan look younger than another answer says.
  const ageMs = Math.max(readAtMs, snapshot.readAtMs ?? readAtMs) - scanTime.epochMs;
  return ageMs <= maxScanAgeMs && ageMs >= -CLOCK_SKEW_MS;
}

/** True if every end that was shown is complete, those of earlier answers too, and no entry vanished without one. */
export function hasScannedAll({ progress, hadIncompleteEnd, vanished }: History): boolean {
  return isComplete(progress) && !hadIncompleteEnd && vanished.length === 0;
}

/** True if the Console answered all that it was asked. */
function isAnswered({ progress, report, isTriggerRefused }: Observation): boolean {
  const answers = [progress, report].every((answer) => answer === 'not-polled' || answer.ok);
  return answers && !isTriggerRefused;
}
