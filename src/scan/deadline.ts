import type { Clock } from './clock.ts';

/** Kept back for the last look, so that it is over when the deadline comes. */
const LAST_LOOK_SHARE = 0.1;
const LAST_LOOK_AT_MOST_MS = 10_000;
/** What the last look at one more scan takes, where there are many. */
const LAST_LOOK_EACH_MS = 50;

const REQUEST_AT_MOST_MS = 30_000;
const REQUEST_SHARE_OF_TIME_LEFT = 0.25;
/** A Console that is slow must not be taken for one that is gone, as long as there is time to ask it again. */
const REQUEST_AT_LEAST_MS = 2_000;
const REQUEST_AT_LEAST_SHARE = 0.5;
const REQUEST_LEAST_MS = 250;

/** The one deadline of the step, on the monotonic clock. Everything that waits or asks is cut to it. */
export class Deadline {
  readonly startedAtMs: number;
  readonly endsAtMs: number;
  /** When the last look has to begin. */
  readonly lastLookAtMs: number;
  readonly #clock: Clock;

  /** `scans` is how many share the last look. */
  constructor(clock: Clock, timeoutMs: number, scans = 1) {
    this.#clock = clock;
    this.startedAtMs = clock.nowMs();
    this.endsAtMs = this.startedAtMs + timeoutMs;
    const atMostMs = LAST_LOOK_AT_MOST_MS + (scans - 1) * LAST_LOOK_EACH_MS;
    this.lastLookAtMs = this.endsAtMs - Math.min(timeoutMs * LAST_LOOK_SHARE, atMostMs);
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
    const leastMs = Math.max(
      Math.min(REQUEST_AT_LEAST_MS, leftMs * REQUEST_AT_LEAST_SHARE),
      REQUEST_LEAST_MS,
    );
    const shareMs = Math.max(leftMs * REQUEST_SHARE_OF_TIME_LEFT, leastMs);
    return Math.min(shareMs, REQUEST_AT_MOST_MS, leftMs);
  }
}
