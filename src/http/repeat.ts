import type { Clock } from '../scan/clock.ts';
import { CallError } from './call-error.ts';

/** The longest pause between two attempts, in milliseconds; a server that asks for more is not waited for. */
export const LONGEST_PAUSE_MS = 15_000;

/** The pause after this many failures in a row, in milliseconds: it doubles each time, up to the longest. */
export function backoffMs(failures: number, firstMs: number): number {
  return Math.min(firstMs * 2 ** (failures - 1), LONGEST_PAUSE_MS);
}

/** The terms on which a call is repeated. */
export interface Repetition<T> {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /**
   * Decides over an answer or a failure, the first of which is number 1: the pause before the next attempt, in
   * milliseconds, and the report of it; undefined if there is no other attempt.
   */
  readonly pauseAfter: (outcome: T | CallError, attempts: number) => number | undefined;
}

/** Repeats a call with pauses. Gives the last answer; rejects with the last failure, or the signal's reason. */
export async function repeat<T>(
  attempt: () => Promise<T>,
  { clock, signal, pauseAfter }: Repetition<T>,
): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    const outcome = await attempt().catch(orCallError);
    const pauseMs = pauseAfter(outcome, attempts);
    if (pauseMs !== undefined) {
      await clock.sleep(pauseMs, signal);
      signal.throwIfAborted();
    } else if (outcome instanceof CallError) throw outcome;
    else return outcome;
  }
}

function orCallError(error: unknown): CallError {
  if (error instanceof CallError) return error;
  throw error;
}
