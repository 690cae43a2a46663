import { type ImageScanResult, type Progress, type ReportSnapshot, success } from './evidence.ts';
import {
  addEvidence,
  type Beginning,
  type History,
  hasScannedAll,
  historyOf,
  isRecent,
  latestRow,
  newerRow,
  type Observation,
  type SeenRow,
} from './history.ts';
import { firstError, isComplete, type ProgressShows, progressShows } from './progress.ts';

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
 *   any              ended                 no newer row        awaiting-report; report-timeout: incomplete if
 *                                                              the counts are not complete, else unconfirmed
 *   any              ended                 never readable      finished if the counts are complete, else incomplete
 *   scanning         []                    no newer row        lost; report-timeout: unconfirmed
 *   scanning, lost   [] twice              never readable      finished, with a warning
 *   over-before      ended again           no newer row        awaiting-report: a scan that ended since
 *   over-before      ended at first        no newer row        report-timeout: finished if the row has the
 *                                                              requested digest or is recent, else unconfirmed
 *
 * A good row has no error, and has the requested digest. A phase timeout counts only the time between two polls that were
 * both answered: an outage shows nothing about the scan.
 */

/** How far the proof has come that a scan is finished. */
export type ScanState = OpenState | Finished | GivenUp;

/** A state in which another poll can help. */
export type OpenState =
  /** No sign of the scan yet. */
  | Open<'pending'>
  | Scanning
  /** `await`: the first poll showed an end, which may be that of the previous push. */
  | Open<'over-before'>
  | AwaitingReport
  | AwaitingBetterRow
  /** Progress stopped showing a scan that was running: another job read its end, or the Console restarted. */
  | Open<'lost'>
  /** Regular scan only: nothing is running, and the next batch of registries may be about to begin. */
  | Open<'between-batches'>;

interface Open<Phase> {
  readonly phase: Phase;
  /** The part of the phase timeout that is used up. */
  readonly spentMs: number;
  readonly history: History;
}

interface Scanning extends Open<'scanning'> {
  /** True if progress has not answered since it showed the scan running. */
  readonly missed: boolean;
}

/** Progress showed the end; the report has no newer row yet. */
interface AwaitingReport extends Open<'awaiting-report'> {
  /** True if the last answer of progress showed the end; if it is shown again, it is the same end. */
  readonly isShown: boolean;
}

/** The report has a newer row that would fail the image. Another job's scan may have written it. */
interface AwaitingBetterRow extends Open<'awaiting-better-row'> {
  readonly row: ImageScanResult;
}

export interface Finished {
  readonly phase: 'finished';
  readonly proof: 'report' | 'progress' | 'progress-lost' | 'recent' | 'digest';
  /** The row of this scan; undefined if the user is not allowed to read the report. */
  readonly row: ImageScanResult | undefined;
  /** The error of this scan that progress showed; undefined for none. The row's own error is in the row. */
  readonly error: string | undefined;
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

/** The limits that decide between states. */
export interface Criteria {
  readonly startTimeoutMs: number;
  readonly reportTimeoutMs: number;
  /** Maximum age of an accepted scan; undefined if only a new scan is accepted. */
  readonly maxScanAgeMs: number | undefined;
  /** True if a digest was requested. */
  readonly hasDigest: boolean;
}

/** The regular scan is over if two polls this far apart, with none between them, show nothing running. */
const BETWEEN_BATCHES_MS = 10_000;

/**
 * The state before the trigger. The first poll of progress consumes an unread end of an earlier scan, so every later
 * end belongs to a scan that ended since. If a scan is running or has just ended, its row is still to come, and no
 * recent row is accepted.
 */
export function beginWait(beginning: Beginning, criteria: Criteria): OpenState | Finished {
  const { origin, baseline, first, readAtMs } = beginning;
  const shows = progressShows(success(first));
  const history = historyOf(beginning, shows === 'running' || origin === 'awaited' ? first : []);
  if (shows === 'running') return { phase: 'scanning', missed: false, spentMs: 0, history };
  if (shows === 'ended' && origin === 'awaited') return { phase: 'over-before', spentMs: 0, history };
  const isAccepted =
    shows === 'empty' && beginning.isWanted && isRecent(baseline, readAtMs, criteria.maxScanAgeMs);
  return isAccepted ? finish('recent', history) : { phase: 'pending', spentMs: 0, history };
}

/**
 * The state of the regular scan after its first poll. An end beside running registries is that of the previous
 * regular scan.
 */
export function beginRegularScan(first: Progress, atMs: number): OpenState {
  const baseline: ReportSnapshot = { kind: 'unreadable', why: 'regular-scan', readAtMs: undefined };
  const running = first.filter(({ isOngoing }) => isOngoing);
  const beginning = {
    origin: 'awaited',
    baseline,
    first,
    isWanted: false,
    readAtMs: undefined,
    atMs,
  } as const;
  const history = historyOf(beginning, running);
  return running.length > 0
    ? { phase: 'scanning', missed: false, spentMs: 0, history }
    : { phase: 'pending', spentMs: 0, history };
}

/** The state after one more poll. */
export function observe(state: OpenState, seen: Observation, criteria: Criteria): ScanState {
  const shows = progressShows(seen.progress);
  const history = addEvidence(state.history, seen);
  if (shows === 'running') return { phase: 'scanning', missed: false, spentMs: 0, history };
  const aged = age(state, seen, history);
  const row = newerRow(seen, history);
  const next = row === undefined ? withoutRow(aged, shows, seen) : withRow(aged, row, shows);
  return isOpen(next) ? applyTimeout(next, seen, criteria) : next;
}

/**
 * The same for the regular scan of the registries, which has no row. It has to be seen running; with an end or `[]`
 * from the start, there is nothing to wait for. If the counts are not complete at the end, the scan is incomplete.
 */
export function observeRegularScan(state: OpenState, seen: Observation, criteria: Criteria): ScanState {
  const shows = progressShows(seen.progress);
  const history = addEvidence(state.history, seen);
  if (shows === 'running') return { phase: 'scanning', missed: false, spentMs: 0, history };
  const aged = age(state, seen, history);
  if (shows === 'failed' || shows === 'not-polled') return aged;
  if (state.phase !== 'pending' && state.phase !== 'between-batches') {
    return { phase: 'between-batches', spentMs: 0, history };
  }
  if (aged.spentMs < timeoutOf(aged, criteria)) return aged;
  if (aged.phase === 'pending') return giveUp(aged, 'not-started');
  return history.error !== undefined || hasScannedAll(history)
    ? finishWith('progress', undefined, history)
    : giveUp(aged, 'incomplete');
}

/** The state at the deadline of the step: a finished scan in hand beats the clock. */
export function expire(state: ScanState, criteria: Criteria): Finished | GivenUp {
  switch (state.phase) {
    case 'finished':
    case 'given-up':
      return state;
    case 'awaiting-better-row':
      return finishWith('report', state.row, state.history);
    case 'over-before':
      return endOverBefore(state, criteria);
    case 'pending':
      return giveUp(state, 'not-started');
    case 'scanning':
    case 'between-batches':
      return giveUp(state, 'still-scanning');
    case 'awaiting-report':
    case 'lost':
      return endWithoutRow(state);
  }
}

/** The end without a row. More time might have shown it, unless there was an error or an incomplete end. */
function endWithoutRow(state: AwaitingReport | Open<'lost'>): Finished | GivenUp {
  const { phase, history } = state;
  const mightCome = phase === 'lost' ? history.error === undefined : hasScannedAll(history);
  return mightCome ? giveUp(state, 'still-scanning') : endUnproven(state);
}

/** When the phase timeout of a state ends if every poll is answered, on the clock of `Observation.atMs`. */
export function phaseEndsAtMs(state: OpenState, criteria: Criteria): number {
  return state.history.polledAtMs + timeoutOf(state, criteria) - state.spentMs;
}

function timeoutOf({ phase }: OpenState, { startTimeoutMs, reportTimeoutMs }: Criteria): number {
  switch (phase) {
    case 'pending':
      return startTimeoutMs;
    case 'over-before':
    case 'awaiting-report':
    case 'awaiting-better-row':
    case 'lost':
      return reportTimeoutMs;
    case 'between-batches':
      return BETWEEN_BATCHES_MS;
    case 'scanning':
      return Number.POSITIVE_INFINITY;
  }
}

/** True if there is no sign of the scan yet, so that a trigger whose outcome is unclear may be sent again. */
export function hasNoSign(state: ScanState): boolean {
  return state.phase === 'pending';
}

/** True if another poll can help. */
export function isOpen(state: ScanState): state is OpenState {
  return state.phase !== 'finished' && state.phase !== 'given-up';
}

// ── A row of the report ─────────────────────────────────────────────────────────────────────────────────────────

/**
 * The state with a newer row. Progress does not show the scan running, and has to be polled together with the row.
 */
function withRow(state: OpenState, { row, isWanted }: SeenRow, shows: ProgressShows): ScanState {
  const { history } = state;
  if (shows === 'not-polled') return state;
  if (shows === 'failed' && mayStillRun(state)) return { ...state, missed: true };
  if (history.error !== undefined) return finishWith('report', row, history);
  if (row.error === undefined && isWanted) return finishWith('report', row, history);
  if (state.phase === 'awaiting-better-row' && !isLaterScan(row, state.row)) return state;
  return { phase: 'awaiting-better-row', row, spentMs: 0, history };
}

/**
 * True if the scan may still be running: progress has failed only once since it showed that, or had several entries,
 * and the row proves only one of them.
 */
function mayStillRun(state: OpenState): state is Scanning {
  return state.phase === 'scanning' && (!state.missed || state.history.hadSeveral);
}

/** True if a row is later: a lagging copy may alternate with a row of an earlier scan. */
function isLaterScan({ scanTime }: ImageScanResult, before: ImageScanResult): boolean {
  return (scanTime?.epochMs ?? 0) > (before.scanTime?.epochMs ?? 0);
}

// ── No newer row ────────────────────────────────────────────────────────────────────────────────────────────────

function withoutRow(state: OpenState, shows: ProgressShows, seen: Observation): ScanState {
  switch (shows) {
    case 'running':
    case 'not-polled':
      return state;
    case 'failed':
      if (state.phase === 'awaiting-report') return awaitReport(state, seen);
      return state.phase === 'scanning' ? { ...state, missed: true } : state;
    case 'ended':
      return afterEnd(state, seen);
    case 'empty':
      return afterEmpty(state, seen);
  }
}

function afterEnd(state: OpenState, seen: Observation): ScanState {
  const { history } = state;
  // A failed scan may never write a row, and a row would not change the failure.
  if (history.error !== undefined) return finishWith('progress', undefined, history);
  // A lagging copy may show the earlier row once more.
  if (state.phase === 'awaiting-better-row') return state;
  const isSame = state.phase === 'awaiting-report' && state.isShown;
  const spentMs = isSame ? state.spentMs : 0;
  return awaitReport({ phase: 'awaiting-report', spentMs, isShown: true, history }, seen);
}

/** The state after an end without a newer row. If the report cannot be read, the end is the only evidence. */
function awaitReport(ended: AwaitingReport, seen: Observation): ScanState {
  const { history } = ended;
  if (!isUnreadable(seen, history)) return ended;
  return hasScannedAll(history) ? finishWith('progress', undefined, history) : giveUp(ended, 'incomplete');
}

function afterEmpty(state: OpenState, seen: Observation): ScanState {
  switch (state.phase) {
    case 'pending':
    case 'over-before':
    case 'awaiting-better-row':
    case 'between-batches':
      return state;
    case 'awaiting-report':
      return awaitReport({ ...state, isShown: false }, seen);
    case 'scanning':
      return { phase: 'lost', spentMs: 0, history: state.history };
    case 'lost':
      return isUnreadable(seen, state.history) ? endLost(state) : state;
  }
}

/** The end of a lost scan: only the entries that ended or vanished earlier are evidence. */
function endLost(state: OpenState): Finished | GivenUp {
  const { error, hadIncompleteEnd, vanished } = state.history;
  const isIncomplete = hadIncompleteEnd || vanished.length > 0;
  if (isIncomplete && error === undefined) return giveUp(state, 'incomplete');
  return finishWith('progress-lost', undefined, state.history);
}

/** True if the report was refused in this poll and was never readable. If it was readable, a row can still come. */
function isUnreadable({ report }: Observation, { snapshot }: History): boolean {
  return report !== 'not-polled' && report.ok && snapshot.kind === 'unreadable';
}

// ── Timeouts ────────────────────────────────────────────────────────────────────────────────────────────────────

/** The state with the new history, and with the time that counts towards the phase timeout. */
function age(state: OpenState, seen: Observation, history: History): OpenState {
  // Between batches, two polls decide, even if calls between them were not answered.
  const isCounted = state.phase === 'between-batches' || (state.history.isAnswered && history.isAnswered);
  const countedMs = isCounted ? seen.atMs - state.history.polledAtMs : 0;
  return { ...state, history, spentMs: state.spentMs + countedMs };
}

/** Applies the phase timeout, but never before both calls were made in this poll. */
function applyTimeout(state: OpenState, seen: Observation, criteria: Criteria): ScanState {
  if (!isTimeOver(state, seen, criteria)) return state;
  switch (state.phase) {
    case 'pending':
      return giveUp(state, 'not-started');
    case 'over-before':
      return endOverBefore(state, criteria);
    case 'awaiting-better-row':
      return finishWith('report', state.row, state.history);
    case 'awaiting-report':
    case 'lost':
      return endUnproven(state);
    case 'scanning':
    case 'between-batches':
      return state;
  }
}

function isTimeOver(state: OpenState, seen: Observation, criteria: Criteria): boolean {
  const isAsked = seen.progress !== 'not-polled' && seen.report !== 'not-polled';
  return isAsked && state.history.isAnswered && state.spentMs >= timeoutOf(state, criteria);
}

function endUnproven(state: AwaitingReport | Open<'lost'>): Finished | GivenUp {
  if (state.history.error !== undefined) return finishWith('progress', undefined, state.history);
  const isIncomplete = state.phase === 'awaiting-report' && !hasScannedAll(state.history);
  return giveUp(state, isIncomplete ? 'incomplete' : 'unconfirmed');
}

/** The end if nothing newer came: the existing row counts if it has the requested digest, or is recent. */
function endOverBefore(state: OpenState, criteria: Criteria): Finished | GivenUp {
  const { history } = state;
  const { snapshot, readAtMs } = history;
  // Without an answer to the final poll, another scan may still be running.
  if (!history.isAnswered) return giveUp(state, 'unconfirmed');
  const latest = latestRow(history);
  const isWanted = latest?.isWanted === true && latest.row.scanTime !== undefined;
  if (snapshot.kind === 'unreadable') return endByFirstProgress(state);
  if (isWanted && criteria.hasDigest) return finish('digest', history);
  if (isWanted && isRecent(snapshot, readAtMs, criteria.maxScanAgeMs)) return finish('recent', history);
  return giveUp(state, 'unconfirmed');
}

function endByFirstProgress(state: OpenState): Finished | GivenUp {
  const { history } = state;
  const error = firstError(history.progress);
  if (error !== undefined) return { ...finishWith('progress', undefined, history), error };
  return isComplete(history.progress)
    ? finishWith('progress', undefined, history)
    : giveUp(state, 'incomplete');
}

// ── Ends ────────────────────────────────────────────────────────────────────────────────────────────────────────

function finish(proof: Finished['proof'], history: History): Finished {
  const { snapshot } = history;
  return finishWith(proof, snapshot.kind === 'row' ? snapshot.row : undefined, history);
}

function finishWith(proof: Finished['proof'], row: ImageScanResult | undefined, history: History): Finished {
  return { phase: 'finished', proof, row, error: history.error, history };
}

function giveUp(state: OpenState, why: GivenUp['why']): GivenUp {
  return { phase: 'given-up', why, from: state.phase, history: state.history };
}
