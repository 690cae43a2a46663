import {
  type ImageScanResult,
  type Progress,
  type ReportSnapshot,
  type Result,
  type ScanTime,
  scannedAtMs,
  success,
} from './evidence.ts';
import { firstError, hasAll, isComplete, progressShows, vanished } from './progress.ts';
import { haveSameIdentity, withIdentityOf, worseRow } from './same-scan.ts';

/** The evidence collected by the wait, in every phase. */
export interface History {
  /** The baseline: the report before the scan, with which a newer row is compared. */
  readonly baseline: ReportSnapshot;
  /** The latest time of the Console in any answer before the trigger; undefined if it sends none. */
  readonly readAtMs: number | undefined;
  /** The best snapshot of the report: its latest row, if it showed one. */
  readonly snapshot: ReportSnapshot;
  /** The rows that the report showed, one for each scan, in the order in which they were last shown. */
  readonly rows: readonly SeenRow[];
  /** The last progress that had entries. */
  readonly progress: Progress;
  /** True if progress has shown this scan: running, or ended after the first poll. */
  readonly wasSeen: boolean;
  /** The first error that progress has shown of it; empty for none. Each end is shown once, so it is kept. */
  readonly error: string | undefined;
  /** The time of a row that is later than the baseline, but too old to belong to this scan. */
  readonly outdated: ScanTime | undefined;
  /** True if an answer had several entries: the row of one does not prove the others. */
  readonly hadSeveral: boolean;
  /** True if any entry ended before it was scanned completely. */
  readonly hadIncompleteEnd: boolean;
  /** Entries that are no longer shown and were incomplete when last shown. */
  readonly vanished: Progress;
  readonly polledAtMs: number;
  /** True if the last poll was answered. */
  readonly isAnswered: boolean;
}

/** A row of the report, with the worst of each fact from all answers about its scan. */
export interface SeenRow {
  readonly row: ImageScanResult;
  /** True if it has the requested digest. */
  readonly isWanted: boolean;
}

/** One poll: when it ended (monotonic milliseconds), and the Console's answers. */
export interface Observation {
  readonly atMs: number;
  readonly progress: Result<Progress> | 'not-polled';
  readonly report: Result<ReportSnapshot> | 'not-polled';
  /** True if the report has a row with the requested digest. */
  readonly isWanted: boolean;
  /** True while the rate limit refuses the trigger. */
  readonly isTriggerRefused: boolean;
}

/** The answers from before the trigger. */
export interface Beginning {
  /** `triggered`: this step requests the scan; `awaited`: something else does. */
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
/** Images are scanned rarely; a Console that shows more rows than this in one wait makes them up. */
const MAX_ROWS = 20;
/** `Date` is in whole seconds. */
const DATE_PRECISION_MS = 1_000;

/** The history before the first poll of the wait; `progress` is the part of the first answer that counts. */
export function historyOf({ baseline, isWanted, readAtMs, atMs }: Beginning, progress: Progress): History {
  const isRunning = progressShows(success(progress)) === 'running';
  return {
    baseline,
    readAtMs,
    snapshot: baseline,
    rows: baseline.kind === 'row' ? [{ row: baseline.row, isWanted }] : [],
    progress,
    wasSeen: isRunning,
    error: undefined,
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
    error: before.error ?? firstError(entries),
    hadSeveral: before.hadSeveral || entries.length > 1,
    hadIncompleteEnd: before.hadIncompleteEnd || entries.some((entry) => !entry.isOngoing && !hasAll(entry)),
    vanished: vanished([...before.progress, ...before.vanished], entries),
  };
}

/**
 * The latest report. An answer that shows less than an earlier one is a lagging copy or a refusal, and proves
 * nothing.
 */
function latestReport(
  before: History,
  { report, isWanted }: Observation,
): Pick<History, 'snapshot' | 'rows'> {
  if (report === 'not-polled' || !report.ok) return before;
  const { value } = report;
  const rows = value.kind === 'row' ? remember(before.rows, { row: value.row, isWanted }) : before.rows;
  if (isSuperseded(value, before.snapshot)) return { snapshot: before.snapshot, rows };
  const row = value.kind === 'row' ? rows.at(-1)?.row : undefined;
  return { snapshot: value.kind === 'row' && row !== undefined ? { ...value, row } : value, rows };
}

/** The rows with one more answer, which becomes the last one. */
function remember(rows: readonly SeenRow[], seen: SeenRow): readonly SeenRow[] {
  const isOfSame = ({ row }: SeenRow) => row.scanTime?.epochMs === seen.row.scanTime?.epochMs;
  const others = rows.filter((each) => !isOfSame(each));
  const known = rows.find(isOfSame);
  return [...others, known === undefined ? seen : worseAnswer(known, seen)].slice(-MAX_ROWS);
}

/** The worse of two answers about one scan. If they name different images, the one that was not requested counts. */
function worseAnswer(known: SeenRow, seen: SeenRow): SeenRow {
  const row = worseRow(known.row, seen.row);
  // The registry may have proven the identity in the meantime.
  if (haveSameIdentity(known.row, seen.row)) return { row, isWanted: seen.isWanted };
  if (known.isWanted && seen.isWanted) return { row, isWanted: true };
  const unwanted = known.isWanted ? seen : known;
  return { row: withIdentityOf(row, unwanted.row), isWanted: false };
}

/** True if a snapshot shows less than an earlier one: an earlier row, no row, or a refusal. */
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

/** True if the row of a snapshot proves a new scan (completion: “Newer”). */
export function hasNewerRow(snapshot: ReportSnapshot, history: History): boolean {
  return snapshot.kind === 'row' && compareWithBaseline(snapshot.row, history) === 'newer';
}

/** The row that this poll shows, if it is newer, combined with the earlier answers about its scan. */
export function newerRow({ report }: Observation, { rows, ...history }: History): SeenRow | undefined {
  const seen = rows.at(-1);
  if (report === 'not-polled' || !report.ok || report.value.kind !== 'row' || seen === undefined)
    return undefined;
  return compareWithBaseline(seen.row, history) === 'newer' ? seen : undefined;
}

/**
 * Compares a row with the baseline, both by the Console's time. If the baseline is in the future (the clock was set
 * back), any other time is newer.
 */
function compareWithBaseline(
  row: ImageScanResult,
  { baseline, readAtMs, wasSeen }: Pick<History, 'baseline' | 'readAtMs' | 'wasSeen'>,
): 'newer' | 'same' | 'outdated' {
  if (row.scanTime === undefined) return 'same';
  const { epochMs } = row.scanTime;
  const before = baselineScannedAtMs(baseline);
  if (before !== undefined && isSameOrEarlier(epochMs, before, readAtMs)) return 'same';
  if (readAtMs === undefined) return before === undefined ? 'same' : 'newer';
  // An older row may have been there unseen: progress must have shown this scan, and no clock difference is allowed.
  if (baseline.kind === 'unreadable' && (!wasSeen || epochMs <= readAtMs)) return 'same';
  return epochMs < readAtMs - CLOCK_SKEW_MS ? 'outdated' : 'newer';
}

function baselineScannedAtMs(baseline: ReportSnapshot): number | undefined {
  return baseline.kind === 'row' ? baseline.row.scanTime?.epochMs : undefined;
}

function isSameOrEarlier(epochMs: number, before: number, readAtMs: number | undefined): boolean {
  const isOfFuture = readAtMs !== undefined && before >= readAtMs + DATE_PRECISION_MS;
  return isOfFuture ? epochMs === before : epochMs <= before;
}

/** The latest row that the report showed; undefined if it showed none. */
export function latestRow({ snapshot, rows }: History): SeenRow | undefined {
  if (snapshot.kind !== 'row') return undefined;
  return rows.find(({ row }) => row === snapshot.row);
}

/** True if the report shows a scan without error that finished no longer ago than `max-scan-age`, by Console time. */
export function isRecent(
  snapshot: ReportSnapshot,
  readAtMs: number | undefined,
  maxScanAgeMs: number | undefined,
): boolean {
  if (maxScanAgeMs === undefined || snapshot.kind !== 'row' || readAtMs === undefined) return false;
  const { scanTime, error } = snapshot.row;
  if (scanTime === undefined || error !== undefined) return false;
  // A lagging node must not make a scan look younger than another answer shows.
  const ageMs = Math.max(readAtMs, snapshot.readAtMs ?? readAtMs) - scanTime.epochMs;
  return ageMs <= maxScanAgeMs && ageMs >= -CLOCK_SKEW_MS;
}

/** True if every end shown so far is complete, and no entry vanished without an end. */
export function hasScannedAll({ progress, hadIncompleteEnd, vanished }: History): boolean {
  return isComplete(progress) && !hadIncompleteEnd && vanished.length === 0;
}

/** True if the Console answered every call of the poll. */
function isAnswered({ progress, report, isTriggerRefused }: Observation): boolean {
  const answers = [progress, report].every((answer) => answer === 'not-polled' || answer.ok);
  return answers && !isTriggerRefused;
}
