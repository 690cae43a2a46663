import type { Clock } from '../scan/clock.ts';

/** Lets one through at a time, so that many who come at once do not reach the Console at once. */
export class Turnstile {
  readonly #clock: Clock;
  readonly #spacingMs: number;
  #nextAtMs = 0;

  constructor(clock: Clock, spacingMs: number) {
    this.#clock = clock;
    this.#spacingMs = spacingMs;
  }

  /** Resolves when it is the caller's turn, or as soon as `signal` aborts. */
  async pass(signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const atMs = Math.max(nowMs, this.#nextAtMs);
    this.#nextAtMs = atMs + this.#spacingMs;
    if (atMs > nowMs) await this.#clock.sleep(atMs - nowMs, signal);
  }
}
