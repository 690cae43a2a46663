import { FinalRefusal } from './calls.ts';
import type { Result } from './evidence.ts';
import type { StartScan } from './wait.ts';

/** If it is unclear whether a request was accepted, it is repeated, but not without limit. */
const MAX_REQUESTS = 10;
const FIRST_SPACING_MS = 1_000;

/**
 * The pending request to scan. The Console may take minutes to answer it, and the scan can appear long before that,
 * so polling continues in the meantime. A rejection is kept until it is asked for, and is never unhandled.
 */
export class Trigger {
  readonly #start: StartScan;
  readonly #signal: AbortSignal;
  #outcome: 'pending' | 'accepted' | 'unclear' | 'rate-limited' | FinalRefusal = 'pending';
  #settled: Promise<void> = Promise.resolve();
  #sent = 0;
  #sentAtMs = 0;

  constructor(start: StartScan, signal: AbortSignal) {
    this.#start = start;
    this.#signal = signal;
  }

  /** Sends the request at `nowMs`; resolves when it is answered. `onResult` receives the answer. */
  send(nowMs: number, onResult: (result: Result<'accepted'>) => void): Promise<void> {
    this.#sent += 1;
    this.#sentAtMs = nowMs;
    this.#outcome = 'pending';
    this.#settled = this.#start(this.#signal).then(
      (result) => {
        this.#outcome = triggerOutcome(result);
        if (!this.#signal.aborted) onResult(result);
      },
      (error: unknown) => {
        this.#outcome = new FinalRefusal(error);
      },
    );
    return this.#settled;
  }

  /** Throws the final refusal of the Console. */
  throwIfRefused(): void {
    if (this.#outcome instanceof FinalRefusal) throw this.#outcome;
  }

  isAccepted(): boolean {
    return this.#outcome === 'accepted';
  }

  /** True if it is unclear whether the Console will scan, or if only the rate limit refused the request. */
  isUnclear(): boolean {
    return this.#outcome === 'unclear' || this.#outcome === 'rate-limited';
  }

  /** True while the rate limit refuses the request. */
  isRateLimited(): boolean {
    return this.#outcome === 'rate-limited';
  }

  /** Resolves once the request is answered; undefined if it already is, or none was sent. */
  pending(): Promise<void> | undefined {
    return this.#sent > 0 && this.#outcome === 'pending' ? this.#settled : undefined;
  }

  /** True if it may be sent once more: the spacing doubles each time. */
  maySendAgain(nowMs: number): boolean {
    const spacingMs = FIRST_SPACING_MS * 2 ** (this.#sent - 1);
    return this.#sent < MAX_REQUESTS && nowMs - this.#sentAtMs >= spacingMs;
  }
}

function triggerOutcome(result: Result<'accepted'>): 'accepted' | 'unclear' | 'rate-limited' {
  if (result.ok) return 'accepted';
  return result.failure.kind === 'rate-limited' ? 'rate-limited' : 'unclear';
}
