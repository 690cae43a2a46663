import type { Patience } from './limits.ts';
import { isAnswered, type Look } from './look.ts';
import {
  type Completion,
  type EndUnproven,
  type Finished,
  finish,
  type GivenUp,
  giveUp,
  type Open,
  type Unseen,
  type Vanished,
} from './state.ts';

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

/**
 * Finished by progress, without a row that is newer. Where the earlier row could be read only once the scan was under
 * way, it may be the scan's own, and its error with it.
 */
export function finishWithoutRow(state: Open): Finished {
  const { earlier, isEarlierLate } = state;
  const error = isEarlierLate && earlier.kind === 'row' ? earlier.row.error : '';
  return finish({ ...state, error: state.error || error }, 'progress', undefined);
}

/** The state, or given up where patience is over. Time in which a question went unanswered counts only where it is hard. */
export function impatient(
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
      return isOver ? finishWithoutRow(state) : state;
    case 'unseen':
    case 'end-unproven':
    case 'vanished':
      if (!isAnswered(look)) return later(state, sinceLastLookMs);
      // Nothing is given up for want of a question.
      if (!isOver || look.progress === 'not-asked') return state;
      // A scan that showed an error and then vanished has failed, whoever read its end.
      if (state.phase === 'vanished' && state.error !== '') return finish(state, 'vanished', undefined);
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
