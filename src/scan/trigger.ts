import type { NoAnswer } from './evidence.ts';
import type { StartScan } from './source.ts';

export type TriggerOutcome =
  | { readonly kind: 'pending' }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'unclear'; readonly failure: NoAnswer }
  | { readonly kind: 'refused'; readonly error: unknown };

/**
 * A request to scan that is on its way. The Console may take minutes to answer it, and a scan can be seen long
 * before that, so nobody waits for the answer: it is looked at when it is there. Nothing is ever unhandled.
 */
export class Trigger {
  readonly settled: Promise<void>;
  #outcome: TriggerOutcome = { kind: 'pending' };

  constructor(start: StartScan, signal: AbortSignal) {
    this.settled = start(signal).then(
      (given) => {
        this.#outcome = given.kind === 'answer' ? { kind: 'accepted' } : { kind: 'unclear', failure: given };
      },
      (error: unknown) => {
        this.#outcome = { kind: 'refused', error };
      },
    );
  }

  /** What became of it so far; throws where the Console refused. */
  outcome(): Exclude<TriggerOutcome, { kind: 'refused' }> {
    if (this.#outcome.kind === 'refused') throw this.#outcome.error;
    return this.#outcome;
  }
}
