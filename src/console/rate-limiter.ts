import type { Clock } from '../scan/clock.ts';
import type { Deadline } from '../scan/deadline.ts';

/** A burst of requests, then one per interval, in milliseconds. */
interface Rate {
  readonly burst: number;
  readonly intervalMs: number;
}

/**
 * The report answers 30 requests in 30 seconds and then 429 (documented). The burst and the requests of the following
 * 30 seconds stay within that: 5 + 30 / 1.2.
 */
export const REPORT_RATE: Rate = { burst: 5, intervalMs: 1_200 };

/** The rate of requests that only must not arrive all at once: 40 a second. */
export const SPACED_RATE: Rate = { burst: 1, intervalMs: 25 };

const TOKEN_ROUNDING = 1e-6;

/** Limits the requests of all images of a step to a rate. No library on npm takes an injected clock. */
export class RateLimiter {
  readonly #rate: Rate;
  readonly #clock: Clock;
  readonly #deadline: Deadline;
  #tokens: number;
  #refilledAtMs: number;
  #queue: Promise<void> = Promise.resolve();

  constructor(rate: Rate, clock: Clock, deadline: Deadline) {
    this.#rate = rate;
    this.#clock = clock;
    this.#deadline = deadline;
    this.#tokens = rate.burst;
    this.#refilledAtMs = clock.nowMs();
  }

  /** Resolves when the caller may send a request, at the deadline, or as soon as `signal` aborts. */
  async acquire(signal: AbortSignal): Promise<void> {
    this.#queue = this.#queue.then(() => this.#next(signal));
    await this.#queue;
  }

  async #next(signal: AbortSignal): Promise<void> {
    const waitMs = this.#waitMs();
    if (waitMs > 0 && !signal.aborted) await this.#clock.sleep(waitMs, signal);
    this.#refill();
    this.#tokens -= 1;
  }

  #waitMs(): number {
    this.#refill();
    const waitMs = this.#tokens >= 1 - TOKEN_ROUNDING ? 0 : (1 - this.#tokens) * this.#rate.intervalMs;
    return Math.min(waitMs, this.#deadline.leftMs());
  }

  #refill(): void {
    const nowMs = this.#clock.nowMs();
    const earned = (nowMs - this.#refilledAtMs) / this.#rate.intervalMs;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + earned);
    this.#refilledAtMs = nowMs;
  }
}
