import type { Clock } from '../scan/clock.ts';
import type { Deadline } from '../scan/deadline.ts';
import { honouredRetryAfterMs } from '../scan/schedule.ts';
import type { Result } from '../scan/types.ts';

/** A burst of requests, and then one each interval, in milliseconds. */
export interface Rate {
  readonly burst: number;
  readonly intervalMs: number;
}

/**
 * The report answers 30 requests in 30 seconds and then 429 (documented). The burst and what is added to it in 30
 * seconds stay within that: 5 + 30 / 1.2.
 */
export const REPORT_RATE: Rate = { burst: 5, intervalMs: 1_200 };

/** Requests that only have to be kept from arriving all at once: 40 a second. */
export const SPACED_RATE: Rate = { burst: 1, intervalMs: 25 };

const ROUNDING = 1e-6;

/** How much slower it may become while the Console refuses; other clients may be sending as well. */
const MAX_SLOWDOWN = 8;

/**
 * Limits the requests of all images of a step to a rate. No library on npm takes an injected clock, so this is our own.
 */
export class RateLimiter {
  readonly #rate: Rate;
  readonly #clock: Clock;
  readonly #deadline: Deadline;
  #tokens: number;
  #refilledAtMs: number;
  #blockedUntilMs = 0;
  #slowdown = 1;
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
    // The time is computed anew after each sleep, because a refusal can come meanwhile.
    for (let waitMs = this.#waitMs(); waitMs > 0 && !signal.aborted; waitMs = this.#waitMs()) {
      await this.#clock.sleep(waitMs, signal);
    }
    this.#tokens -= 1;
  }

  /** A 429 slows all requests down at once; successful ones restore the rate step by step. */
  record(result: Result<unknown>): void {
    if (result.ok) this.#slowdown = Math.max(1, this.#slowdown * 0.8);
    else if (result.failure.kind === 'rate-limited') this.#slowDown(result.failure.retryAfterMs);
  }

  #slowDown(retryAfterMs: number | undefined): void {
    this.#refill();
    this.#tokens = Math.min(this.#tokens, 0);
    this.#slowdown = Math.min(this.#slowdown * 2, MAX_SLOWDOWN);
    const pauseMs = honouredRetryAfterMs({ retryAfterMs, leftMs: this.#deadline.leftMs() });
    this.#blockedUntilMs = Math.max(this.#blockedUntilMs, this.#clock.nowMs() + pauseMs);
  }

  #waitMs(): number {
    this.#refill();
    const forTokenMs =
      this.#tokens >= 1 - ROUNDING ? 0 : (1 - this.#tokens) * this.#rate.intervalMs * this.#slowdown;
    const waitMs = Math.max(forTokenMs, this.#blockedUntilMs - this.#clock.nowMs(), 0);
    return Math.min(waitMs, this.#deadline.leftMs());
  }

  #refill(): void {
    const nowMs = this.#clock.nowMs();
    const earned = (nowMs - this.#refilledAtMs) / (this.#rate.intervalMs * this.#slowdown);
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + earned);
    this.#refilledAtMs = nowMs;
  }
}
