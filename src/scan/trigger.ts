import type { Result } from './types.ts';

/** Sends the request to scan. A failure leaves open whether the Console will scan. */
export type StartScan = (signal: AbortSignal) => Promise<Result<'accepted'>>;

/** A request may have been lost or accepted; the Console must not get an unlimited number of them. */
const MAX_REQUESTS = 10;
const FIRST_SPACING_MS = 1_000;

/**
 * The request to scan while it is under way. The Console may take minutes to answer it, and the scan can show long
 * before that, so polling goes on meanwhile. A rejection is kept until it is asked for, and is never unhandled.
 */
export class Trigger {
  readonly #start: StartScan;
  readonly #signal: AbortSignal;
  #outcome: 'pending' | 'accepted' | 'unclear' | { readonly error: unknown } = 'pending';
  #settled: Promise<void> = Promise.resolve();
  #sent = 0;
  #sentAtMs = 0;

  constructor(start: StartScan, signal: AbortSignal) {
    this.#start = start;
    this.#signal = signal;
  }

  /** Sends the request at `nowMs`; resolves when it is answered. `onResult` learns what the Console answered. */
  send(nowMs: number, onResult: (result: Result<'accepted'>) => void): Promise<void> {
    this.#sent += 1;
    this.#sentAtMs = nowMs;
    this.#outcome = 'pending';
    this.#settled = this.#start(this.#signal).then(
      (result) => {
        this.#outcome = result.ok ? 'accepted' : 'unclear';
        if (!this.#signal.aborted) onResult(result);
      },
      (error: unknown) => {
        this.#outcome = { error };
      },
    );
    return this.#settled;
  }

  /** Throws what the Console refused finally. */
  throwIfRefused(): void {
    if (typeof this.#outcome === 'object') throw this.#outcome.error;
  }

  isAccepted(): boolean {
    return this.#outcome === 'accepted';
  }

  /** Whether it is not known what became of the request. */
  isUnclear(): boolean {
    return this.#outcome === 'unclear';
  }

  /** Resolves once the request is answered; undefined where it is, or none is under way. */
  pending(): Promise<void> | undefined {
    return this.#sent > 0 && this.#outcome === 'pending' ? this.#settled : undefined;
  }

  /** Whether it may be sent once more: the spacing doubles each time. */
  maySendAgain(nowMs: number): boolean {
    const spacingMs = FIRST_SPACING_MS * 2 ** (this.#sent - 1);
    return this.#sent < MAX_REQUESTS && nowMs - this.#sentAtMs >= spacingMs;
  }
}
