import { asksProgress, awaitsSign } from './asking.ts';
import { isNewer } from './evidence.ts';
import { isBlind, withEvidence } from './gathered.ts';
import type { Patience } from './limits.ts';
import { type Look, progressSays, readingOf } from './look.ts';
import { finishWithoutRow, impatient } from './patience.ts';
import {
  beginWait,
  type Completion,
  type Ended,
  type Finished,
  finish,
  type GivenUp,
  giveUp,
  known,
  type Open,
  type Scanning,
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
      return finishWithoutRow(state);
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

function provenByReport(state: Open, look: Look): Finished | undefined {
  const reading = readingOf(look);
  if (reading?.kind !== 'row' || !isNewer(reading.row, state.earlier)) return undefined;
  // The row is held against progress first: it may show that a scan goes on.
  if (look.progress === 'not-asked' && asksProgress(state)) return undefined;
  const progress = progressSays(look.progress);
  if (state.phase === 'ended' || progress === 'ended') return finish(state, 'progress', reading.row);
  if (state.phase === 'scanning' && progress === 'silent' && mayRunStill(state)) return undefined;
  // The row is of a scan that ended since; an error that progress showed before may be of an earlier one. Of several
  // registries it may be of another, and the row speaks for its own only.
  const mayBeOfBefore = state.phase === 'end-unproven' && state.ends === 1 && !state.isOfSeveral;
  const own: Open = mayBeOfBefore ? { ...state, error: '' } : state;
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
      if (state.origin === 'triggered')
        return { ...known(state), phase: 'end-unproven', sinceMs: look.atMs, ends: 1 };
      return ended(state, look, state.looks === 0 ? 'when-agreeing' : 'when-newer');
    case 'end-unproven':
      return { ...state, ends: state.ends + 1 };
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
