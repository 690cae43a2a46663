import { type Answer, isNewer, type ProgressAnswer, type ReportReading, type ReportRow } from './evidence.ts';

/**
 * When is a scan finished? Progress shows the end of a scan once, to whoever asks first; `[]` is also what it
 * says before a scan begins. So progress is a hint, and a report row newer than the one from before is the
 * proof. This file is that decision as a state machine: evidence in, next state out, no effects and no clock.
 * The regular scan of whole registries obeys the same rules as an image whose report cannot be read.
 */
export type Completion = Unseen | EndUnproven | Scanning | Ended | Vanished | Finished | GivenUp;

/** What is known whatever the state. */
interface Known {
  /** Whether we started this scan ourselves (`triggered`) or wait for somebody else's (`awaited`). */
  readonly origin: 'triggered' | 'awaited';
  /** The report as it was before: what a newer row must be newer than. */
  readonly earlier: ReportReading;
  /** The last progress answer that had any entries. */
  readonly entries: ProgressAnswer;
  /** The first error that progress showed of this scan. It is kept, because each end is shown but once. */
  readonly error: string;
  /** Whether progress ever showed several entries of this scan. */
  readonly isOfSeveral: boolean;
  /** How many looks in a row found the report unreadable, and progress not running. */
  readonly blindLooks: number;
  /** When the last look ended. */
  readonly lookedAtMs: number;
}

/** No sign of the scan yet. */
interface Unseen extends Known {
  readonly phase: 'unseen';
  readonly sinceMs: number;
  readonly looks: number;
}

/** Progress showed an end that we never saw the beginning of: perhaps an earlier scan's, left unread. */
interface EndUnproven extends Known {
  readonly phase: 'end-unproven';
  readonly sinceMs: number;
}

interface Scanning extends Known {
  readonly phase: 'scanning';
}

/** Finished by progress; the report has yet to show it. */
interface Ended extends Known {
  readonly phase: 'ended';
  readonly sinceMs: number;
  /** `agreeing`: seen only at its end, so any row will do once two reads in a row agree on it. */
  readonly rowCounts: 'when-newer' | 'when-agreeing';
  readonly lastRow: ReportRow | undefined;
}

/** Progress stopped showing a scan that it showed before: read by someone else, or lost in a restart. */
interface Vanished extends Known {
  readonly phase: 'vanished';
  readonly sinceMs: number;
}

/** What proved the end: progress showed it; the report's newer row alone; or, blind, progress staying empty. */
export type Proof = 'progress' | 'report' | 'vanished';

export interface Finished extends Known {
  readonly phase: 'finished';
  readonly proof: Proof;
  /** The row of this very scan, where the report showed it. Its error, too, is in `error`. */
  readonly row: ReportRow | undefined;
}

export interface GivenUp extends Known {
  readonly phase: 'given-up';
  readonly why: 'not-started' | 'unconfirmed' | 'still-scanning';
}

/** One look at the Console: what it answered, and when the answers were in (monotonic milliseconds). */
export interface Look {
  readonly atMs: number;
  readonly progress: Answer<ProgressAnswer> | 'not-asked';
  readonly report: Answer<ReportReading> | 'not-asked';
}

export interface Limits {
  /** How long there may be no sign of the scan at all. */
  readonly startTimeoutMs: number;
  /** How long the report may lag behind progress. */
  readonly reportTimeoutMs: number;
}

/** The state before the first look. `earlier` must have been read before the trigger. */
export function beginWait(origin: Known['origin'], earlier: ReportReading, atMs: number): Completion {
  return {
    phase: 'unseen',
    origin,
    earlier,
    entries: [],
    error: '',
    isOfSeveral: false,
    blindLooks: 0,
    lookedAtMs: atMs,
    sinceMs: atMs,
    looks: 0,
  };
}

/** Once the end was seen, nothing in progress can help: asking again might eat the end of another's scan. */
export function asksProgress(state: Completion): boolean {
  return state.phase !== 'ended';
}

/** While progress shows the scan running the report cannot have it, and reading it is rationed. */
export function asksReport(progress: Look['progress']): boolean {
  return !shows(progress, isOngoing);
}

/** When the state runs out of patience, in the time of `Look.atMs`; undefined where nothing presses. */
export function patienceEndsAtMs(state: Completion, limits: Limits): number | undefined {
  switch (state.phase) {
    case 'unseen':
      return state.sinceMs + limits.startTimeoutMs;
    case 'end-unproven':
    case 'ended':
    case 'vanished':
      return state.sinceMs + limits.reportTimeoutMs;
    case 'scanning':
    case 'finished':
    case 'given-up':
      return undefined;
  }
}

/** The state after one more look. */
export function observe(before: Completion, look: Look, limits: Limits): Completion {
  if (before.phase === 'finished' || before.phase === 'given-up') return before;
  const state = withEvidence(before, look);
  if (shows(look.progress, isOngoing)) return { ...known(state), phase: 'scanning', blindLooks: 0 };

  const proven = provenByReport(state, look);
  if (proven !== undefined) return proven;
  return impatient(afterProgress(state, look), look, look.atMs - before.lookedAtMs, limits);
}

/** The state when the deadline of the step has come: a finished scan in hand beats the clock. */
export function overtake(state: Completion): Finished | GivenUp {
  switch (state.phase) {
    case 'finished':
    case 'given-up':
      return state;
    case 'ended':
      return finish(state, 'progress', undefined);
    case 'unseen':
      return { ...known(state), phase: 'given-up', why: 'not-started' };
    case 'end-unproven':
    case 'scanning':
    case 'vanished':
      return { ...known(state), phase: 'given-up', why: 'still-scanning' };
  }
}

/** The state after the trigger was sent once more, because the first may have been lost on its way. */
export function triggeredAgain(state: Completion, atMs: number): Completion {
  const waits = state.phase === 'unseen' || state.phase === 'end-unproven';
  return waits ? beginWait(state.origin, state.earlier, atMs) : state;
}

type Open = Exclude<Completion, Finished | GivenUp>;

function withEvidence(state: Open, look: Look): Open {
  const reading = isAnswered(look.report) ? look.report.value : undefined;
  const entries = isAnswered(look.progress) ? look.progress.value : [];
  return {
    ...state,
    // An earlier row that could not be read says nothing; the first that can be read takes its place, since
    // whatever is newer than that is newer still than what was there before.
    earlier: state.earlier.kind === 'unreadable' && reading !== undefined ? reading : state.earlier,
    ...(entries.length > 0 && withEntries(state, entries)),
    blindLooks: blindLooks(state, look),
    lookedAtMs: look.atMs,
  };
}

function blindLooks(state: Open, look: Look): number {
  if (isSilent(look.progress) || !isAnswered(look.report)) return state.blindLooks;
  return look.report.value.kind === 'unreadable' ? state.blindLooks + 1 : 0;
}

/** Whether no row can be hoped for. One that could be read before may be withheld for a moment only. */
function isBlind({ blindLooks, earlier }: Open): boolean {
  return blindLooks >= (earlier.kind === 'unreadable' ? 1 : 2);
}

/** An end that was seen before anything else may be an earlier scan's, and so may its error. */
function withEntries(state: Open, entries: ProgressAnswer): Pick<Known, 'entries' | 'error' | 'isOfSeveral'> {
  const isSame = state.phase === 'scanning' || state.phase === 'vanished';
  return {
    entries,
    error: (isSame && state.error) || firstError(entries),
    isOfSeveral: (isSame && state.isOfSeveral) || entries.length > 1,
  };
}

function provenByReport(state: Open, look: Look): Finished | undefined {
  if (!isAnswered(look.report) || look.report.value.kind !== 'row') return undefined;
  const { row } = look.report.value;
  if (!isNewer(row, state.earlier) || isOneOfSeveral(state, look)) return undefined;
  if (state.phase === 'ended' || shows(look.progress, hasEnded)) return finish(state, 'progress', row);
  // The row is of a scan that ended since; what progress showed before that may be of an earlier one.
  const own: Open = state.phase === 'end-unproven' ? { ...state, error: '' } : state;
  return finish(own, 'report', row);
}

/** The row is of one registry. Where progress showed several and is silent now, others may still be scanning. */
function isOneOfSeveral(state: Open, look: Look): boolean {
  return state.phase === 'scanning' && state.isOfSeveral && !isAnswered(look.progress);
}

/** What progress adds where it does not show the scan running, and the report does not prove its end. */
function afterProgress(state: Open, look: Look): Open | Finished {
  const blind = isBlind(state);
  switch (state.phase) {
    case 'ended':
      return blind ? finish(state, 'progress', undefined) : withRow(state, look);
    case 'end-unproven':
      return blind ? finish(state, 'progress', undefined) : state;
    case 'unseen':
      if (!shows(look.progress, hasEnded))
        return isAnswered(look.progress) ? { ...state, looks: state.looks + 1 } : state;
      if (blind) return finish(state, 'progress', undefined);
      if (state.origin === 'triggered') return { ...known(state), phase: 'end-unproven', sinceMs: look.atMs };
      return ended(state, look, state.looks === 0 ? 'when-agreeing' : 'when-newer');
    case 'scanning':
    case 'vanished':
      if (shows(look.progress, hasEnded)) {
        return blind ? finish(state, 'progress', undefined) : ended(state, look, 'when-newer');
      }
      return isAnswered(look.progress) ? vanished(state, look) : state;
  }
}

function ended(state: Open, look: Look, rowCounts: Ended['rowCounts']): Ended | Finished {
  // A scan that failed may never write a row, and a row could not make it good: no need to wait for one.
  if (state.error !== '') return finish(state, 'progress', undefined);
  const fresh = {
    ...known(state),
    phase: 'ended',
    sinceMs: look.atMs,
    rowCounts,
    lastRow: undefined,
  } as const;
  return withRow(fresh, look);
}

function withRow(state: Ended, look: Look): Ended | Finished {
  if (state.rowCounts === 'when-newer' || !isAnswered(look.report)) return state;
  if (look.report.value.kind !== 'row') return { ...state, lastRow: undefined };
  const { row } = look.report.value;
  const agrees = row.scanTime !== undefined && row.scanTime.text === state.lastRow?.scanTime?.text;
  return agrees ? finish(state, 'progress', row) : { ...state, lastRow: row };
}

function vanished(state: Scanning | Vanished, look: Look): Vanished | Finished {
  if (state.blindLooks >= 2) return finish(state, 'vanished', undefined);
  const sinceMs = state.phase === 'vanished' ? state.sinceMs : look.atMs;
  return { ...known(state), phase: 'vanished', sinceMs };
}

/**
 * Gives up where patience is over. Time in which a question went unanswered does not count: an outage is no
 * sign that the scan is missing. Only the wait for the row of a finished scan runs on.
 */
function impatient(state: Open | Finished, look: Look, sinceLastLookMs: number, limits: Limits): Completion {
  const endsAtMs = patienceEndsAtMs(state, limits);
  const isOver = endsAtMs !== undefined && look.atMs >= endsAtMs;
  switch (state.phase) {
    case 'finished':
    case 'scanning':
      return state;
    case 'ended':
      return isOver ? finish(state, 'progress', undefined) : state;
    case 'unseen':
    case 'end-unproven':
    case 'vanished':
      if (!isAnswered(look.progress) || !isAnswered(look.report)) return later(state, sinceLastLookMs);
      if (!isOver) return state;
      return {
        ...known(state),
        phase: 'given-up',
        why: state.phase === 'unseen' ? 'not-started' : 'unconfirmed',
      };
  }
}

function later<S extends Unseen | EndUnproven | Vanished>(state: S, byMs: number): S {
  return { ...state, sinceMs: Math.min(state.sinceMs + byMs, state.lookedAtMs) };
}

function finish(state: Open, proof: Proof, row: ReportRow | undefined): Finished {
  return { ...known(state), phase: 'finished', proof, row, error: state.error || (row?.error ?? '') };
}

function known({ origin, earlier, entries, error, isOfSeveral, blindLooks, lookedAtMs }: Known): Known {
  return { origin, earlier, entries, error, isOfSeveral, blindLooks, lookedAtMs };
}

function isSilent(given: Answer<unknown> | 'not-asked'): boolean {
  return given !== 'not-asked' && given.kind === 'no-answer';
}

function isAnswered<T>(given: Answer<T> | 'not-asked'): given is { kind: 'answer'; value: T } {
  return given !== 'not-asked' && given.kind === 'answer';
}

function shows(progress: Look['progress'], what: (entries: ProgressAnswer) => boolean): boolean {
  return isAnswered(progress) && what(progress.value);
}

function isOngoing(entries: ProgressAnswer): boolean {
  return entries.some((entry) => entry.ongoing);
}

function hasEnded(entries: ProgressAnswer): boolean {
  return entries.length > 0 && !isOngoing(entries);
}

function firstError(entries: ProgressAnswer): string {
  const errors = entries.flatMap(({ discovery, imageScan }) => [discovery.error, imageScan.error]);
  return errors.find((error) => error !== '') ?? '';
}
