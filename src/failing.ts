import { InputError } from './action/input-text.ts';
import { Cancelled, type Runner } from './action/runner.ts';
import { ConsoleError } from './console/failure.ts';
import { wordsOf } from './console/plain-text.ts';
import { type Decision, decision } from './gate/verdict.ts';

/** What an error means for the verdict: the one catch that every failure ends in. */
export function decisionOn(error: unknown, { signal, debug }: Runner): Decision {
  if (signal.aborted)
    return decision('signal', signal.reason instanceof Cancelled ? signal.reason.message : 'Stopped.');
  if (error instanceof InputError) return decision('invalid-input', error.message);
  if (error instanceof ConsoleError) return decision(error.reason, error.message);
  if (error instanceof Error) debug(error.stack ?? error.message);
  return decision('internal', wordsOf(error));
}
