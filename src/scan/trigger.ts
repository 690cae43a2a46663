import type { Answer } from './evidence.ts';
import type { StartScan } from './source.ts';
import type { Vigil } from './vigil.ts';

export type TriggerOutcome =
  | { readonly kind: 'pending' }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'unclear' };

/** A request may have been lost or kept; the Console shall not drown in those that it kept. */
const MOST_REQUESTS = 10;
const FIRST_SPACING_MS = 1_000;

/**
 * The request to scan, on its way. The Console may take minutes to answer it, and a scan can be seen long
 * before that, so nobody waits for the answer: it is looked at when it is there. Nothing is ever unhandled.
 */
export class Trigger {
  readonly #start: StartScan;
  readonly #vigil: Vigil;
  #outcome: TriggerOutcome | { readonly kind: 'refused'; readonly error: unknown } = { kind: 'pending' };
  #settled: Promise<void> = Promise.resolve();
  #sent = 0;
  #sentAtMs = 0;

  constructor(start: StartScan, vigil: Vigil) {
    this.#start = start;
    this.#vigil = vigil;
  }

  /** Sends the request; resolves when it was answered, or failed. */
  send(): Promise<void> {
    this.#vigil.tell({ kind: 'trigger-sent' });
    this.#sent += 1;
    this.#sentAtMs = this.#vigil.now();
    this.#outcome = { kind: 'pending' };
    this.#settled = this.#start(this.#vigil.signal).then(
      (given) => this.#settle(given),
      (error: unknown) => {
        this.#outcome = { kind: 'refused', error };
      },
    );
    return this.#settled;
  }

  #settle(given: Answer<'accepted'>): void {
    // A wait that is over has nothing more to tell.
    if (this.#vigil.signal.aborted) return;
    this.#vigil.note('trigger', given);
    if (given.kind === 'answer') this.#vigil.tell({ kind: 'trigger-accepted' });
    this.#outcome = given.kind === 'answer' ? { kind: 'accepted' } : { kind: 'unclear' };
  }

  /** What became of it so far; throws where the Console refused. */
  outcome(): TriggerOutcome {
    if (this.#outcome.kind === 'refused') throw this.#outcome.error;
    return this.#outcome;
  }

  /** Resolves once the answer is there; undefined where it is already, or nothing is on its way. */
  pending(): Promise<void> | undefined {
    return this.#sent > 0 && this.#outcome.kind === 'pending' ? this.#settled : undefined;
  }

  /** Whether it may be sent once more: each time only after twice the pause of the time before. */
  maySendAgain(): boolean {
    const spacingMs = FIRST_SPACING_MS * 2 ** (this.#sent - 1);
    return this.#sent < MOST_REQUESTS && this.#vigil.now() - this.#sentAtMs >= spacingMs;
  }
}
