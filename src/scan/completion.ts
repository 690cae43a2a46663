import { isNewer, type ProgressAnswer, type ReportReading } from './evidence.ts';
import type { Patience } from './limits.ts';
import { entriesOf, isAnswered, type Look, progressSays, readingOf, reportSays } from './look.ts';
import {
  beginWait,
  type Completion,
  type Ended,
  type EndUnproven,
  type Finished,
  finish,
  type GivenUp,
  giveUp,
  type Known,
  known,
  type Open,
  type Scanning,
  type Unseen,
  type Vanished,
} from './state.ts';

/*
 * When is a scan finished? Progress shows the end of a scan once, to whoever asks first; `[]` is also what it
 * says before a scan begins. So progress is a hint, and a report row newer than the one from before is the
 * proof. This file is that decision as a state machine: evidence in, next state out, no effects and no clock.
 * The regular scan of whole registries obeys the same rules as an image whose report cannot be read.
 */

/** The state after one more look. */
export function observe(before: Completion, look: Look, limits: Patience): Completion {
  if (before.phase === 'finished' || before.phase === 'given-up') return before;
  const state = withEvidence(before, look);
  if (progressSays(look.progress) === 'running') return { ...known(state), phase: 'scanning', blindLooks: 0 };
  return (
    provenByReport(state, look) ??
    impatient(afterProgress(state, look), look, look.atMs - before.lookedAtMs, limits)
  );
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
      return giveUp(state, 'no-sign');
    case 'end-unproven':
    case 'scanning':
    case 'vanished':
      return giveUp(state, 'still-scanning');
  }
}

/** The state after the trigger was sent once more, because the first may have been lost on its way. */
export function triggeredAgain(state: Completion): Completion {
  return state.phase === 'end-unproven'
    ? beginWait(state.origin, state.earlier, state.sinceMs, false)
    : state;
}

/** Whether nothing has been seen yet that must be of the awaited scan. */
export function awaitsSign(state: Completion): boolean {
  return state.phase === 'unseen' || state.phase === 'end-unproven';
}

/** Once the end was seen, nothing in progress can help: asking again might eat the end of another's scan. */
export function asksProgress(state: Completion): boolean {
  return state.phase !== 'ended';
}

/** Whether the report shows a newer row than before: then progress has to be asked before that is believed. */
export function provesEnd(state: Completion, report: Look['report']): boolean {
  if (report === 'not-asked' || report.kind === 'no-answer' || report.value.kind !== 'row') return false;
  return isNewer(report.value.row, state.earlier);
}

/** While progress shows the scan running the report cannot have it, and reading it is rationed. */
export function asksReport(progress: Look['progress']): boolean {
  return progressSays(progress) !== 'running';
}

/** When the state runs out of patience, in the time of `Look.atMs`; undefined where nothing presses. */
export function patienceEndsAtMs(state: Completion, limits: Patience): number | undefined {
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

/**
 * Whether patience runs on while the Console does not answer. Only the wait for the row of a scan that is finished
 * anyway does: an outage says nothing of a scan that is missing.
 */
export function isPatienceHard(state: Completion): boolean {
  return state.phase === 'ended';
}

function withEvidence(state: Open, look: Look): Open {
  const entries = entriesOf(look);
  return {
    ...state,
    earlier: earlierOf(state, look),
    ...(entries.length > 0 && withEntries(state, entries)),
    silentLooks: silentLooks(state, look),
    blindLooks: blindLooks(state, look),
    ...(look.isTriggerAccepted && !state.isStarted && accepted(state, look.atMs)),
    lookedAtMs: look.atMs,
  };
}

/**
 * An earlier row that could not be read says nothing; the first row that can be read takes its place, since
 * whatever is newer than that is newer still than what was there before. That there is no row takes no place:
 * what could not be read before may only be hidden now.
 */
function earlierOf({ earlier }: Open, look: Look): ReportReading {
  if (earlier.kind !== 'unreadable') return earlier;
  const reading = readingOf(look);
  return reading?.kind === 'row' ? reading : earlier;
}

/** From now on the Console has to show the scan: what it was asked in vain before took it no time. */
function accepted(state: Open, atMs: number): Pick<Known, 'isStarted'> {
  return { isStarted: true, ...(awaitsSign(state) && { sinceMs: atMs }) };
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

function silentLooks(state: Open, look: Look): number {
  const progress = progressSays(look.progress);
  if (progress === 'not-asked') return state.silentLooks;
  return progress === 'silent' ? state.silentLooks + 1 : 0;
}

function blindLooks(state: Open, look: Look): number {
  const report = reportSays(look.report);
  const progress = progressSays(look.progress);
  if (progress === 'silent' || report === 'silent') return state.blindLooks;
  if (progress === 'not-asked' && asksProgress(state)) return state.blindLooks;
  return report === 'unreadable' ? state.blindLooks + 1 : 0;
}

/**
 * Whether progress alone has to show the end, because the report never could be read. Where it could be read
 * before, a 403 or 404 is an outage and says nothing.
 */
function isBlind({ blindLooks, earlier }: Open): boolean {
  return earlier.kind === 'unreadable' && blindLooks > 0;
}

function provenByReport(state: Open, look: Look): Finished | undefined {
  const reading = readingOf(look);
  if (reading?.kind !== 'row' || !isNewer(reading.row, state.earlier)) return undefined;
  // The row is held against progress first: it may show that a scan goes on.
  if (look.progress === 'not-asked' && asksProgress(state)) return undefined;
  const progress = progressSays(look.progress);
  if (state.phase === 'ended' || progress === 'ended') return finish(state, 'progress', reading.row);
  if (state.phase === 'scanning' && progress === 'silent' && mayRunStill(state)) return undefined;
  // The row is of a scan that ended since; an error that progress showed before may be of an earlier one.
  const own: Open = state.phase === 'end-unproven' ? { ...state, error: '' } : state;
  return finish(own, 'report', reading.row);
}

/**
 * Whether what was running when progress last answered may be running still, so that the row can be of another
 * scan. One lost answer says little. And the row is of one registry: of several, the others stay unknown.
 */
function mayRunStill({ silentLooks, isOfSeveral }: Open): boolean {
  return silentLooks < 2 || isOfSeveral;
}

/** What progress adds where it does not show the scan running, and the report does not prove its end. */
function afterProgress(state: Open, look: Look): Open | Finished {
  switch (progressSays(look.progress)) {
    case 'running':
    case 'silent':
      return state;
    case 'not-asked':
      return state.phase === 'ended' ? afterEnd(state, look) : state;
    case 'nothing':
      return afterNothing(state, look);
    case 'ended':
      return afterEntriesEnded(state, look);
  }
}

function afterNothing(state: Open, look: Look): Open | Finished {
  switch (state.phase) {
    case 'unseen':
      return { ...state, looks: state.looks + 1 };
    case 'end-unproven':
      return state;
    case 'scanning':
      return vanished(state, look.atMs);
    case 'vanished':
      return vanished(state, state.sinceMs);
    case 'ended':
      return afterEnd(state, look);
  }
}

function afterEntriesEnded(state: Open, look: Look): Open | Finished {
  // An end that was seen before our request counted is not of our scan.
  if (isBlind(state) && (state.isStarted || !awaitsSign(state))) return finish(state, 'progress', undefined);
  switch (state.phase) {
    case 'unseen':
      if (state.origin === 'triggered') return { ...known(state), phase: 'end-unproven', sinceMs: look.atMs };
      return ended(state, look, state.looks === 0 ? 'when-agreeing' : 'when-newer');
    case 'end-unproven':
      return state;
    case 'scanning':
    case 'vanished':
      return ended(state, look, 'when-newer');
    case 'ended':
      return afterEnd(state, look);
  }
}

function ended(state: Open, look: Look, rowCounts: Ended['rowCounts']): Ended | Finished {
  // A scan that failed may never write a row, and a row could not make it good: no need to wait for one.
  if (state.error !== '') return finish(state, 'progress', undefined);
  return afterEnd(
    { ...known(state), phase: 'ended', sinceMs: look.atMs, rowCounts, lastRow: undefined },
    look,
  );
}

/** What the report adds once the scan is finished by progress, and has no newer row yet. */
function afterEnd(state: Ended, look: Look): Ended | Finished {
  if (isBlind(state)) return finish(state, 'progress', undefined);
  const reading = readingOf(look);
  if (state.rowCounts === 'when-newer' || reading === undefined) return state;
  if (reading.kind !== 'row') return { ...state, lastRow: undefined };
  const { row } = reading;
  const agrees = row.scanTime !== undefined && row.scanTime.text === state.lastRow?.scanTime?.text;
  return agrees ? finish(state, 'progress', row) : { ...state, lastRow: row };
}

function vanished(state: Scanning | Vanished, sinceMs: number): Vanished | Finished {
  if (isBlind(state) && state.blindLooks >= 2) return finish(state, 'vanished', undefined);
  return { ...known(state), phase: 'vanished', sinceMs };
}

/** Gives up where patience is over. Time in which a question went unanswered counts only where it is hard. */
function impatient(
  state: Open | Finished,
  look: Look,
  sinceLastLookMs: number,
  limits: Patience,
): Completion {
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
      if (!isAnswered(look)) return later(state, sinceLastLookMs);
      // Nothing is given up for want of a question.
      if (!isOver || look.progress === 'not-asked') return state;
      return giveUp(state, GIVEN_UP_AS[state.phase]);
  }
}

const GIVEN_UP_AS = {
  unseen: 'no-sign',
  'end-unproven': 'end-unproven',
  vanished: 'vanished',
} as const satisfies Record<string, GivenUp['why']>;

function later<S extends Unseen | EndUnproven | Vanished>(state: S, byMs: number): S {
  return { ...state, sinceMs: Math.min(state.sinceMs + byMs, state.lookedAtMs) };
}

function firstError(entries: ProgressAnswer): string {
  const errors = entries.flatMap(({ discovery, imageScan }) => [discovery.error, imageScan.error]);
  return errors.find((error) => error !== '') ?? '';
}
