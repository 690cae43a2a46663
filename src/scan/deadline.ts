import type { Clock } from './clock.ts';

/** Time reserved for the final poll, so that it is answered before the deadline. */
const FINAL_POLL_SHARE = 0.1;
const FINAL_POLL_MAX_MS = 10_000;
/** Time for the final poll of each further scan. */
const FINAL_POLL_EACH_MS = 50;

const MAX_REQUEST_MS = 30_000;
const REQUEST_SHARE_OF_TIME_LEFT = 0.25;
/** A slow Console must not count as unreachable while there is time for another attempt. */
const MIN_REQUEST_MS = 2_000;
const MIN_REQUEST_SHARE = 0.5;
const SHORTEST_REQUEST_MS = 250;

/** The deadline of the step, on the monotonic clock. No wait and no request outlasts it. */
export class Deadline {
  readonly startedAtMs: number;
  readonly endsAtMs: number;
  /** When the final poll has to begin. */
  readonly finalPollAtMs: number;
  readonly #clock: Clock;

  /** `scans` is the number of images that share the final poll. */
  constructor(clock: Clock, timeoutMs: number, scans = 1, startedAtMs = clock.nowMs()) {
    this.#clock = clock;
    this.startedAtMs = startedAtMs;
    this.endsAtMs = startedAtMs + timeoutMs;
    const maxMs = FINAL_POLL_MAX_MS + (scans - 1) * FINAL_POLL_EACH_MS;
    this.finalPollAtMs = this.endsAtMs - Math.min(timeoutMs * FINAL_POLL_SHARE, maxMs);
  }

  elapsedMs(): number {
    return this.#clock.nowMs() - this.startedAtMs;
  }

  leftMs(): number {
    return Math.max(0, this.endsAtMs - this.#clock.nowMs());
  }

  /** Time limit of one request: a share of the time left, so that a stalled request leaves time for another. */
  requestMs(): number {
    const leftMs = this.leftMs();
    const minMs = Math.max(Math.min(MIN_REQUEST_MS, leftMs * MIN_REQUEST_SHARE), SHORTEST_REQUEST_MS);
    const shareMs = Math.max(leftMs * REQUEST_SHARE_OF_TIME_LEFT, minMs);
    return Math.min(shareMs, MAX_REQUEST_MS, leftMs);
  }
}
