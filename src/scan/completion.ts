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
  /** How many looks in a row found progress empty and the report unreadable. */
  readonly blindLooks: number;
}

/** What proved the end: progress showed it; the report's newer row alone; or, blind, progress staying empty. */
export type Proof = 'progress' | 'report' | 'vanished';

export interface Finished extends Known {
  readonly phase: 'finished';
  readonly proof: Proof;
  /** The row of this very scan, where the report showed it. */
  readonly row: ReportRow | undefined;
  /** Why the scan failed, in the Console's words; empty where it did not. */
  readonly error: string;
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
  return { phase: 'unseen', origin, earlier, entries: [], lookedAtMs: atMs, sinceMs: atMs, looks: 0 };
}

/** Once the end was seen, nothing in progress can help: asking again might eat the end of another's scan. */
export function asksProgress(state: Completion): boolean {
  return state.phase !== 'ended';
}

/** While progress shows the scan running the report cannot have it, and reading it is rationed. */
export function asksReport(progress: Look['progress']): boolean {
  return !(isAnswered(progress) && isOngoing(progress.value));
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
  if (isAnswered(look.progress) && isOngoing(look.progress.value))
    return { ...known(state), phase: 'scanning' };

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
  const entries =
    isAnswered(look.progress) && look.progress.value.length > 0 ? look.progress.value : undefined;
  return {
    ...state,
    // An earlier row that could not be read says nothing; the first that can be read takes its place, since
    // whatever is newer than that is newer still than what was there before.
    earlier: state.earlier.kind === 'unreadable' && reading !== undefined ? reading : state.earlier,
    entries: entries ?? state.entries,
    lookedAtMs: look.atMs,
  };
}

function provenByReport(state: Open, look: Look): Finished | undefined {
  if (!isAnswered(look.report) || look.report.value.kind !== 'row') return undefined;
  const { row } = look.report.value;
  if (!isNewer(row, state.earlier)) return undefined;
  const endSeen = state.phase === 'ended' || hasEnded(look.progress);
  return finish(state, endSeen ? 'progress' : 'report', row);
}

/** What progress adds where it does not show the scan running, and the report does not prove its end. */
function afterProgress(state: Open, look: Look): Open | Finished {
  const blind = isAnswered(look.report) && look.report.value.kind === 'unreadable';
  switch (state.phase) {
    case 'ended':
      return blind ? finish(state, 'progress', undefined) : withRow(state, look);
    case 'end-unproven':
      return blind ? finish(state, 'progress', undefined) : state;
    case 'unseen':
      if (!hasEnded(look.progress))
        return isAnswered(look.progress) ? { ...state, looks: state.looks + 1 } : state;
      if (blind) return finish(state, 'progress', undefined);
      if (state.origin === 'triggered') return { ...known(state), phase: 'end-unproven', sinceMs: look.atMs };
      return ended(state, look, state.looks === 0 ? 'when-agreeing' : 'when-newer');
    case 'scanning':
    case 'vanished':
      if (hasEnded(look.progress)) {
        return blind ? finish(state, 'progress', undefined) : ended(state, look, 'when-newer');
      }
      return isAnswered(look.progress) ? vanished(state, look, blind) : state;
  }
}

function ended(state: Open, look: Look, rowCounts: Ended['rowCounts']): Ended | Finished {
  // A scan that failed may never write a row, and a row could not make it good: no need to wait for one.
  if (entriesError(state.entries) !== '') return finish(state, 'progress', undefined);
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
  if (state.rowCounts === 'when-newer' || !isAnswered(look.report) || look.report.value.kind !== 'row')
    return state;
  const { row } = look.report.value;
  const agrees = row.scanTime !== undefined && row.scanTime.text === state.lastRow?.scanTime?.text;
  return agrees ? finish(state, 'progress', row) : { ...state, lastRow: row };
}

function vanished(state: Scanning | Vanished, look: Look, blind: boolean): Vanished | Finished {
  const already = state.phase === 'vanished' ? state : { sinceMs: look.atMs, blindLooks: 0 };
  const blindLooks = blind ? already.blindLooks + 1 : 0;
  if (blindLooks >= 2) return finish(state, 'vanished', undefined);
  return { ...known(state), phase: 'vanished', sinceMs: already.sinceMs, blindLooks };
}

/**
 * Gives up where patience is over. Time in which the question that matters went unanswered does not count: an
 * outage is no sign that the scan is missing. Only the wait for the row of a finished scan runs on.
 */
function impatient(state: Open | Finished, look: Look, sinceLastLookMs: number, limits: Limits): Completion {
  const endsAtMs = patienceEndsAtMs(state, limits);
  const over = endsAtMs !== undefined && look.atMs >= endsAtMs;
  switch (state.phase) {
    case 'finished':
    case 'scanning':
      return state;
    case 'ended':
      return over ? finish(state, 'progress', undefined) : state;
    case 'unseen':
      if (!isAnswered(look.progress)) return later(state, sinceLastLookMs);
      return over ? { ...known(state), phase: 'given-up', why: 'not-started' } : state;
    case 'end-unproven':
    case 'vanished':
      if (!isAnswered(look.report)) return later(state, sinceLastLookMs);
      return over ? { ...known(state), phase: 'given-up', why: 'unconfirmed' } : state;
  }
}

function later<S extends Unseen | EndUnproven | Vanished>(state: S, byMs: number): S {
  return { ...state, sinceMs: Math.min(state.sinceMs + byMs, state.lookedAtMs) };
}

function finish(state: Open, proof: Proof, row: ReportRow | undefined): Finished {
  const error = entriesError(state.entries) || (row?.error ?? '');
  return { ...known(state), phase: 'finished', proof, row, error };
}

function known({ origin, earlier, entries, lookedAtMs }: Known): Known {
  return { origin, earlier, entries, lookedAtMs };
}

function isAnswered<T>(given: Answer<T> | 'not-asked'): given is { kind: 'answer'; value: T } {
  return given !== 'not-asked' && given.kind === 'answer';
}

function isOngoing(entries: ProgressAnswer): boolean {
  return entries.some((entry) => entry.ongoing);
}

function hasEnded(progress: Look['progress']): boolean {
  return isAnswered(progress) && progress.value.length > 0 && !isOngoing(progress.value);
}

function entriesError(entries: ProgressAnswer): string {
  return (
    entries
      .flatMap((entry) => [entry.discovery.error, entry.imageScan.error])
      .find((error) => error !== '') ?? ''
  );
}
