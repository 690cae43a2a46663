import type { Clock } from '../scan/clock.ts';
import type { Deadline } from '../scan/deadline.ts';

/** Lets one through at a time, so that many who come at once do not reach the Console at once. */
export class Turnstile {
  readonly #clock: Clock;
  readonly #deadline: Deadline;
  readonly #spacingMs: number;
  #nextAtMs = 0;

  constructor(clock: Clock, deadline: Deadline, spacingMs: number) {
    this.#clock = clock;
    this.#deadline = deadline;
    this.#spacingMs = spacingMs;
  }

  /** Resolves when it is the caller's turn, at the deadline, or as soon as `signal` aborts. */
  async pass(signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const atMs = Math.max(nowMs, this.#nextAtMs);
    this.#nextAtMs = atMs + this.#spacingMs;
    const waitMs = Math.min(atMs - nowMs, this.#deadline.leftMs());
    if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
  }
}
