import type { Clock } from './clock.ts';

/** Kept back for the last look, so that it is over when the deadline comes. */
const LAST_LOOK_SHARE = 0.1;
const LAST_LOOK_AT_MOST_MS = 10_000;

const REQUEST_AT_MOST_MS = 30_000;
const REQUEST_SHARE_OF_TIME_LEFT = 0.25;
const REQUEST_AT_LEAST_MS = 250;

/** The one deadline of the step, on the monotonic clock. Everything that waits or asks is cut to it. */
export class Deadline {
  readonly startedAtMs: number;
  readonly endsAtMs: number;
  /** When the last look has to begin. */
  readonly lastLookAtMs: number;
  readonly #clock: Clock;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.startedAtMs = clock.nowMs();
    this.endsAtMs = this.startedAtMs + timeoutMs;
    this.lastLookAtMs = this.endsAtMs - Math.min(timeoutMs * LAST_LOOK_SHARE, LAST_LOOK_AT_MOST_MS);
  }

  elapsedMs(): number {
    return this.#clock.nowMs() - this.startedAtMs;
  }

  leftMs(): number {
    return Math.max(0, this.endsAtMs - this.#clock.nowMs());
  }

  /**
   * How long one request may take. A share of the time left, so that a short deadline still leaves time to ask
   * again where the first answer stalls.
   */
  requestMs(): number {
    const leftMs = this.leftMs();
    const shareMs = Math.max(leftMs * REQUEST_SHARE_OF_TIME_LEFT, REQUEST_AT_LEAST_MS);
    return Math.min(shareMs, REQUEST_AT_MOST_MS, leftMs);
  }
}
