import {
  type ImageScanResult,
  type Progress,
  type ReportSnapshot,
  type Result,
  type ScanTime,
  success,
} from './types.ts';

/*
 * When is a scan finished? Progress shows the end of a scan once, to the first client that reads it; `[]` is also what
 * it shows before a scan begins. So progress is a hint, and a newer row in the report is the proof. This file is the
 * whole decision: evidence in, next state out, no effects and no clock.
 *
 *   phase            progress shows        the report has      next
 *   ---------------  --------------------  ------------------  ------------------------------------------------
 *   any              running               not read            scanning
 *   any              ended, [] or nothing  a newer, good row   finished (but see `mayStillRun`)
 *   any              ended or []           a newer, bad row    awaiting-better-row; report-timeout: finished
 *   pending          []                    no newer row        pending; start-timeout: not-started
 *   any              ended with an error   whatever it has     finished, with the error
 *   any              ended                 no newer row        awaiting-report; report-timeout: incomplete where
 *                                                              the counts are not complete, else unconfirmed
 *   any              ended                 never readable      finished where the counts are complete, else incomplete
 *   scanning         []                    no newer row        lost; report-timeout: unconfirmed
 *   scanning, lost   [] twice              never readable      finished, with a warning
 *   over-before      ended again           no newer row        awaiting-report: a scan that ended since
 *   over-before      ended at first        no newer row        report-timeout: the row that is there, where it carries
 *                                                              the digest asked for or is recent; else unconfirmed
 *
 * “Good” is a row without an error, of the digest asked for. Timeouts run only while the Console answers.
 */

/** How far the proof has come that a scan is finished. */
export type ScanState = OpenState | Finished | GivenUp;

/** A state in which another poll can help. `sinceMs` is the time the phase timeout counts from. */
export type OpenState =
  /** No sign of the scan yet. */
  | { readonly phase: 'pending'; readonly sinceMs: number; readonly history: History }
  | { readonly phase: 'scanning'; readonly missed: boolean; readonly history: History }
  /** `await`: the first poll showed an end. It may be the end of the push before. */
  | { readonly phase: 'over-before'; readonly sinceMs: number; readonly history: History }
  /** Progress showed the end; the report has no newer row yet. */
  | {
      readonly phase: 'awaiting-report';
      readonly sinceMs: number;
      /** Whether the last answer of progress showed the end: shown again, it is the same one. */
      readonly isShown: boolean;
      readonly history: History;
    }
  /** The report has a newer row that would fail the image. Another job's scan may have written it. */
  | {
      readonly phase: 'awaiting-better-row';
      readonly sinceMs: number;
      readonly row: ImageScanResult;
      readonly history: History;
    }
  /** Progress stopped showing a scan that was running: another job read its end, or the Console restarted. */
  | { readonly phase: 'lost'; readonly sinceMs: number; readonly history: History }
  /** Regular scan only: nothing is running, and the next batch of registries may be about to begin. */
  | { readonly phase: 'between-batches'; readonly sinceMs: number; readonly history: History };

export interface Finished {
  readonly phase: 'finished';
  readonly proof: 'report' | 'progress' | 'progress-lost' | 'recent' | 'digest';
  /** The row of this scan; undefined where the report may not be read. */
  readonly row: ImageScanResult | undefined;
  /** The error of this scan that progress showed; empty for none. The row's own error is in the row. */
  readonly error: string;
  readonly history: History;
}

export interface GivenUp {
  readonly phase: 'given-up';
  /** `not-triggered`: the deadline came before the Console could be asked to scan. */
  readonly why: 'not-triggered' | 'not-started' | 'still-scanning' | 'unconfirmed' | 'incomplete';
  /** The phase in which the wait ended. */
  readonly from: OpenState['phase'];
  readonly history: History;
}

/** What the wait has learned, whatever the phase. */
export interface History {
  /** The report as it was before: what a newer row is compared with. */
  readonly baseline: ReportSnapshot;
  /** The most that the report showed: its latest row, where it showed one. */
  readonly snapshot: ReportSnapshot;
  /** The last progress that had entries. */
  readonly progress: Progress;
  /** Whether progress has shown our scan: running, or ended after the first poll. */
  readonly wasSeen: boolean;
  /** The first error that progress showed since then; empty for none. Each end is shown once, so it is kept. */
  readonly error: string;
  /** A row that is later than the baseline, and was scanned too long before it was read to be our scan's. */
  readonly outdated: ScanTime | undefined;
  /** Whether an answer had several entries, for which the row of one never stands. */
  readonly hadSeveral: boolean;
  /** Whether any entry ended before all of it was scanned. */
  readonly hadIncompleteEnd: boolean;
  readonly polledAtMs: number;
}

/** One poll: what the Console answered, and when (monotonic milliseconds). */
export interface Observation {
  readonly atMs: number;
  readonly progress: Result<Progress> | 'not-polled';
  readonly report: Result<ReportSnapshot> | 'not-polled';
  /** Whether the row of the report, where it has one, is of the digest asked for. */
  readonly isWanted: boolean;
}

/** What the states are held to. */
export interface Criteria {
  readonly startTimeoutMs: number;
  readonly reportTimeoutMs: number;
  /** How long ago an accepted scan may have finished; undefined where only a new scan is accepted. */
  readonly maxScanAgeMs: number | undefined;
  /** Whether a digest was asked for. */
  readonly hasDigest: boolean;
}

/** Clocks of a Defender and a Console may differ by this much (Kerberos allows the same). */
const CLOCK_SKEW_MS = 5 * 60_000;
/** Two polls this far apart, and none between them, show nothing running: then the regular scan is over. */
const BETWEEN_BATCHES_MS = 10_000;
/** `Date` is in whole seconds. */
const DATE_PRECISION_MS = 1_000;

/**
 * The state before the trigger. `first` is the progress that was read right after the baseline: it drains an
 * unread end of an earlier scan, so every later end is of a scan that ended since.
 */
export function beginWait(
  origin: 'triggered' | 'awaited',
  baseline: ReportSnapshot,
  first: Progress,
  isWanted: boolean,
  atMs: number,
  criteria: Criteria,
): ScanState {
  const shows = progressShows(success(first));
  const history: History = {
    baseline,
    snapshot: baseline,
    progress: shows === 'running' || origin === 'awaited' ? first : [],
    wasSeen: shows === 'running',
    error: '',
    outdated: undefined,
    hadSeveral: shows === 'running' && first.length > 1,
    hadIncompleteEnd: false,
    polledAtMs: atMs,
  };
  if (shows === 'running') return { phase: 'scanning', missed: false, history };
  // The row of the scan that just ended may be yet to come, so a recent one has to wait for it.
  if (shows === 'ended' && origin === 'awaited') return { phase: 'over-before', sinceMs: atMs, history };
  if (isWanted && isRecent(baseline, criteria)) return finish('recent', baseline, history);
  return { phase: 'pending', sinceMs: atMs, history };
}

/** The state after one more poll. */
export function observe(state: OpenState, seen: Observation, criteria: Criteria): ScanState {
  const shows = progressShows(seen.progress);
  const history = addEvidence(state.history, seen, shows);
  if (shows === 'running') return { phase: 'scanning', missed: false, history };
  const row = newerRow(seen, history);
  const next =
    row === undefined ? withoutRow(state, shows, seen, history) : withRow(state, row, shows, seen, history);
  return isOpen(next) ? applyTimeout(next, state, shows, seen, criteria) : next;
}

/** The state at the deadline of the step: a finished scan in hand beats the clock. */
export function expire(state: ScanState, criteria: Criteria, isWanted: boolean): Finished | GivenUp {
  switch (state.phase) {
    case 'finished':
    case 'given-up':
      return state;
    case 'awaiting-better-row':
      return finishWith('report', state.row, state.history);
    case 'over-before':
      return endOverBefore(state, criteria, isWanted);
    case 'pending':
      return giveUp(state, 'not-started');
    case 'scanning':
    case 'between-batches':
      return giveUp(state, 'still-scanning');
    case 'awaiting-report':
      return hasScannedAll(state.history) ? giveUp(state, 'still-scanning') : endUnproven(state);
    case 'lost':
      return state.history.error === '' ? giveUp(state, 'still-scanning') : endUnproven(state);
  }
}

/** When the phase timeout of a state is over, in the time of `Observation.atMs`; undefined where it has none. */
export function phaseEndsAtMs(state: ScanState, criteria: Criteria): number | undefined {
  switch (state.phase) {
    case 'pending':
      return state.sinceMs + criteria.startTimeoutMs;
    case 'over-before':
    case 'awaiting-report':
    case 'awaiting-better-row':
    case 'lost':
      return state.sinceMs + criteria.reportTimeoutMs;
    case 'between-batches':
      return state.sinceMs + BETWEEN_BATCHES_MS;
    case 'scanning':
    case 'finished':
    case 'given-up':
      return undefined;
  }
}

/** Whether there is no sign of the scan yet, so that a trigger whose outcome is unclear may be sent again. */
export function hasNoSign(state: ScanState): boolean {
  return state.phase === 'pending';
}

/** Whether the row of a snapshot proves a new scan (completion: “Newer”). */
export function isNewer(snapshot: ReportSnapshot, history: History): boolean {
  return snapshot.kind === 'row' && compareWithBaseline(snapshot.row, history) === 'newer';
}

/** What progress shows: `empty` is `[]`, `ended` is a response whose entries have all ended. */
export type ProgressShows = 'running' | 'ended' | 'empty' | 'failed' | 'not-polled';

/** Sums up one response of progress. */
export function progressShows(progress: Observation['progress']): ProgressShows {
  if (progress === 'not-polled') return 'not-polled';
  if (!progress.ok) return 'failed';
  if (progress.value.length === 0) return 'empty';
  return progress.value.some(({ isOngoing }) => isOngoing) ? 'running' : 'ended';
}

/** Whether everything was scanned that there was to scan, and something was: `scanned ≥ total ≥ 1`. */
export function isComplete(progress: Progress): boolean {
  return progress.every(hasAll) && progress.some(({ imageScan }) => imageScan.total >= 1);
}

/** The same for every end that was shown, those of the entries before the last ones too. */
function hasScannedAll({ progress, hadIncompleteEnd }: History): boolean {
  return isComplete(progress) && !hadIncompleteEnd;
}

function hasAll({ discovery, imageScan }: Progress[number]): boolean {
  return [discovery, imageScan].every(({ scanned, total }) => scanned >= total);
}

/** Whether the report shows a scan without error that finished no longer ago than `max-scan-age`, by Console time. */
export function isRecent(snapshot: ReportSnapshot, { maxScanAgeMs }: Criteria): boolean {
  if (maxScanAgeMs === undefined || snapshot.kind !== 'row' || snapshot.readAtMs === undefined) return false;
  const { scanTime, error } = snapshot.row;
  if (scanTime === undefined || error !== '') return false;
  const ageMs = snapshot.readAtMs - scanTime.epochMs;
  return ageMs <= maxScanAgeMs && ageMs >= -CLOCK_SKEW_MS;
}

/**
 * The same for the regular scan of the registries, which has no row. It has to be seen running; an end or `[]` from the
 * start is nothing to wait for. Counts that are not complete at the end are incomplete.
 */
export function observeRegularScan(state: OpenState, seen: Observation, criteria: Criteria): ScanState {
  const shows = progressShows(seen.progress);
  const wasSeen = state.phase !== 'pending';
  const history = wasSeen || shows === 'running' ? addEvidence(state.history, seen, shows) : state.history;
  const polled = { ...history, polledAtMs: seen.atMs };
  if (shows === 'running') return { phase: 'scanning', missed: false, history };
  if (shows === 'failed' || shows === 'not-polled') {
    const next = { ...state, history: polled };
    return state.phase === 'pending' ? postpone(next, seen.atMs - state.history.polledAtMs) : next;
  }
  if (state.phase === 'pending') {
    const isOver = seen.atMs >= state.sinceMs + criteria.startTimeoutMs;
    return isOver ? giveUp(state, 'not-started') : { ...state, history: polled };
  }
  if (state.phase !== 'between-batches') return { phase: 'between-batches', sinceMs: seen.atMs, history };
  if (seen.atMs < state.sinceMs + BETWEEN_BATCHES_MS) return { ...state, history };
  if (history.error !== '') return finishWith('progress', undefined, history);
  return hasScannedAll(history) ? finishWith('progress', undefined, history) : giveUp(state, 'incomplete');
}

// ── A row of the report ─────────────────────────────────────────────────────────────────────────────────────────

function newerRow({ report }: Observation, history: History): ImageScanResult | undefined {
  if (report === 'not-polled' || !report.ok || report.value.kind !== 'row') return undefined;
  return compareWithBaseline(report.value.row, history) === 'newer' ? report.value.row : undefined;
}

/** Both times are the Console's. A row of the future (its clock was set back) is compared for being another one. */
function compareWithBaseline(row: ImageScanResult, history: History): 'newer' | 'same' | 'outdated' {
  const { baseline, wasSeen } = history;
  if (row.scanTime === undefined) return 'same';
  const { epochMs } = row.scanTime;
  const { readAtMs } = baseline;
  const before = baseline.kind === 'row' ? baseline.row.scanTime?.epochMs : undefined;
  if (before !== undefined) {
    const isOfFuture = readAtMs !== undefined && before >= readAtMs + DATE_PRECISION_MS;
    if (isOfFuture ? epochMs === before : epochMs <= before) return 'same';
  }
  // With nothing to compare it with, a row counts only once progress has shown our scan.
  const isDated = readAtMs !== undefined && baseline.kind !== 'unreadable';
  if (before === undefined && !isDated && !wasSeen) return 'same';
  return readAtMs !== undefined && epochMs < readAtMs - CLOCK_SKEW_MS ? 'outdated' : 'newer';
}

/** Progress is not running. Both a good and a bad row have to be held against progress in the same poll. */
function withRow(
  state: OpenState,
  row: ImageScanResult,
  shows: ProgressShows,
  seen: Observation,
  history: History,
): ScanState {
  if (shows === 'not-polled') return { ...state, history };
  if (shows === 'failed' && mayStillRun(state)) return { ...state, missed: true, history };
  if (history.error !== '') return finishWith('report', row, history);
  if (row.error === '' && seen.isWanted) return finishWith('report', row, history);
  const isKnown = state.phase === 'awaiting-better-row' && scannedAtMs(row) <= scannedAtMs(state.row);
  return isKnown ? { ...state, history } : { phase: 'awaiting-better-row', row, sinceMs: seen.atMs, history };
}

function scannedAtMs({ scanTime }: ImageScanResult): number {
  return scanTime?.epochMs ?? 0;
}

/**
 * Whether what was running when progress last answered may be running still. One unanswered poll proves little; and
 * of several entries the row speaks for one only.
 */
function mayStillRun(state: OpenState): state is OpenState & { phase: 'scanning' } {
  return state.phase === 'scanning' && (!state.missed || state.history.hadSeveral);
}

// ── No newer row ────────────────────────────────────────────────────────────────────────────────────────────────

function withoutRow(state: OpenState, shows: ProgressShows, seen: Observation, history: History): ScanState {
  switch (shows) {
    case 'running':
    case 'not-polled':
      return { ...state, history };
    case 'failed':
      if (state.phase === 'awaiting-report') return awaitReport(state, seen, history);
      return state.phase === 'scanning' ? { ...state, missed: true, history } : { ...state, history };
    case 'ended':
      return afterEnd(state, seen, history);
    case 'empty':
      return afterEmpty(state, seen, history);
  }
}

function afterEnd(state: OpenState, seen: Observation, history: History): ScanState {
  // A scan that failed may never write a row, and a row could not make it good.
  if (history.error !== '') return finishWith('progress', undefined, history);
  // A lagging copy may show the row of before once more.
  if (state.phase === 'awaiting-better-row') return { ...state, history };
  const isSame = state.phase === 'awaiting-report' && state.isShown;
  return awaitReport({ sinceMs: isSame ? state.sinceMs : seen.atMs, isShown: true }, seen, history);
}

/** The end is all there is where the report cannot be read. */
function awaitReport(
  { sinceMs, isShown }: Pick<OpenState & { phase: 'awaiting-report' }, 'sinceMs' | 'isShown'>,
  seen: Observation,
  history: History,
): ScanState {
  const ended = { phase: 'awaiting-report', sinceMs, isShown, history } as const;
  if (!isUnreadable(seen, history)) return ended;
  return hasScannedAll(history) ? finishWith('progress', undefined, history) : giveUp(ended, 'incomplete');
}

function afterEmpty(state: OpenState, seen: Observation, history: History): ScanState {
  switch (state.phase) {
    case 'pending':
    case 'over-before':
    case 'awaiting-better-row':
    case 'between-batches':
      return { ...state, history };
    case 'awaiting-report':
      return awaitReport({ sinceMs: state.sinceMs, isShown: false }, seen, history);
    case 'scanning':
      return { phase: 'lost', sinceMs: seen.atMs, history };
    case 'lost':
      return isUnreadable(seen, history) ? endLost(state, history) : { ...state, history };
  }
}

/** Nothing is known of the end but what the entries that ended before showed. */
function endLost(state: OpenState, history: History): Finished | GivenUp {
  if (history.hadIncompleteEnd && history.error === '') return giveUp({ ...state, history }, 'incomplete');
  return finishWith('progress-lost', undefined, history);
}

/** Whether the report was refused in this poll, and never was readable: one that was has a row to wait for. */
function isUnreadable({ report }: Observation, { snapshot }: History): boolean {
  return report !== 'not-polled' && report.ok && snapshot.kind === 'unreadable';
}

// ── Timeouts ────────────────────────────────────────────────────────────────────────────────────────────────────

function applyTimeout(
  next: OpenState,
  before: OpenState,
  shows: ProgressShows,
  seen: Observation,
  criteria: Criteria,
): ScanState {
  const isAnswered = shows !== 'failed' && (seen.report === 'not-polled' || seen.report.ok);
  if (!isAnswered) return postpone(next, seen.atMs - before.history.polledAtMs);
  const endsAtMs = phaseEndsAtMs(next, criteria);
  // Nothing is given up before it was asked for.
  if (endsAtMs === undefined || seen.atMs < endsAtMs || shows === 'not-polled') return next;
  switch (next.phase) {
    case 'pending':
      return giveUp(next, 'not-started');
    case 'over-before':
      return endOverBefore(next, criteria, seen.isWanted);
    case 'awaiting-better-row':
      return finishWith('report', next.row, next.history);
    case 'awaiting-report':
    case 'lost':
      return endUnproven(next);
    case 'scanning':
    case 'between-batches':
      return next;
  }
}

/** Time in which the Console did not answer does not count: an outage says nothing of the scan. */
function postpone(state: OpenState, byMs: number): OpenState {
  if (state.phase === 'scanning') return state;
  return { ...state, sinceMs: Math.min(state.sinceMs + byMs, state.history.polledAtMs) };
}

function endUnproven(state: OpenState & { phase: 'awaiting-report' | 'lost' }): Finished | GivenUp {
  const { error } = state.history;
  if (error !== '') return finishWith('progress', undefined, state.history);
  const isIncomplete = state.phase === 'awaiting-report' && !hasScannedAll(state.history);
  return giveUp(state, isIncomplete ? 'incomplete' : 'unconfirmed');
}

/** Nothing came since: the row that is there counts where it is dated, or named by its digest. */
function endOverBefore(
  state: OpenState & { phase: 'over-before' },
  criteria: Criteria,
  isWanted: boolean,
): Finished | GivenUp {
  const { history } = state;
  const { snapshot } = history;
  if (snapshot.kind === 'unreadable') {
    const error = firstError(history.progress);
    if (error !== '') return { ...finishWith('progress', undefined, history), error };
    return isComplete(history.progress)
      ? finishWith('progress', undefined, history)
      : giveUp(state, 'incomplete');
  }
  if (isWanted && criteria.hasDigest) return finish('digest', snapshot, history);
  if (isWanted && isRecent(snapshot, criteria)) return finish('recent', snapshot, history);
  return giveUp(state, 'unconfirmed');
}

// ── Evidence ────────────────────────────────────────────────────────────────────────────────────────────────────

function addEvidence(history: History, seen: Observation, shows: ProgressShows): History {
  const progress = shows === 'running' || shows === 'ended' ? entriesOf(seen) : [];
  const withProgress: History =
    progress.length === 0
      ? history
      : {
          ...history,
          progress,
          wasSeen: true,
          error: history.error || firstError(progress),
          hadSeveral: history.hadSeveral || progress.length > 1,
          hadIncompleteEnd:
            history.hadIncompleteEnd || progress.some((entry) => !entry.isOngoing && !hasAll(entry)),
        };
  const snapshot = latestSnapshot(history.snapshot, seen);
  return {
    ...withProgress,
    snapshot,
    outdated: outdatedTime(snapshot, withProgress) ?? history.outdated,
    polledAtMs: seen.atMs,
  };
}

/** A response that shows less than an earlier one proves nothing: a lagging copy, or a refusal. */
function latestSnapshot(before: ReportSnapshot, { report }: Observation): ReportSnapshot {
  if (report === 'not-polled' || !report.ok) return before;
  return isSuperseded(report.value, before) ? before : report.value;
}

/** Whether a snapshot shows less than one before it: an earlier row, none at all, or that it may not be read. */
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

function outdatedTime(snapshot: ReportSnapshot, history: History): ScanTime | undefined {
  if (snapshot.kind !== 'row') return undefined;
  return compareWithBaseline(snapshot.row, history) === 'outdated' ? snapshot.row.scanTime : undefined;
}

function entriesOf({ progress }: Observation): Progress {
  return progress !== 'not-polled' && progress.ok ? progress.value : [];
}

function firstError(progress: Progress): string {
  const errors = progress.flatMap(({ discovery, imageScan }) => [discovery.error, imageScan.error]);
  return errors.find((error) => error !== '') ?? '';
}

// ── Ends ────────────────────────────────────────────────────────────────────────────────────────────────────────

function finish(proof: Finished['proof'], snapshot: ReportSnapshot, history: History): Finished {
  return finishWith(proof, snapshot.kind === 'row' ? snapshot.row : undefined, history);
}

function finishWith(proof: Finished['proof'], row: ImageScanResult | undefined, history: History): Finished {
  return { phase: 'finished', proof, row, error: history.error, history };
}

function giveUp(state: OpenState, why: GivenUp['why']): GivenUp {
  return { phase: 'given-up', why, from: state.phase, history: state.history };
}

function isOpen(state: ScanState): state is OpenState {
  return state.phase !== 'finished' && state.phase !== 'given-up';
}
