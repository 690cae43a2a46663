import type { Clock } from '../scan/clock.ts';
import type { Deadline } from '../scan/deadline.ts';
import type { Answer } from '../scan/evidence.ts';
import { grantedMs } from '../scan/schedule.ts';

/**
 * The report answers 30 calls in 30 seconds and then 429 (documented). A burst and what is added to it in 30 seconds
 * stay within that: 5 + 30 / 1.2.
 */
const BURST = 5;
const EACH_MS = 1_200;

const ROUNDING = 1e-6;

/** How much slower it may become while the Console refuses; others may be asking as well. */
const SLOWEST = 8;

/** Who may call the report next, and when: all images of a step share it. */
export class Ration {
  readonly #clock: Clock;
  readonly #deadline: Deadline;
  #calls = BURST;
  #countedAtMs: number;
  #blockedUntilMs = 0;
  #slowness = 1;
  #line: Promise<void> = Promise.resolve();

  constructor(clock: Clock, deadline: Deadline) {
    this.#clock = clock;
    this.#deadline = deadline;
    this.#countedAtMs = clock.nowMs();
  }

  /** Resolves when it is the caller's turn, at the deadline, or as soon as `signal` aborts. */
  async turn(signal: AbortSignal): Promise<void> {
    const before = this.#line;
    const mine = Promise.withResolvers<void>();
    this.#line = mine.promise;
    await before;
    // Once more, as a refusal may have come meanwhile.
    for (let waitMs = this.#waitMs(); waitMs > 0 && !signal.aborted; waitMs = this.#waitMs()) {
      await this.#clock.sleep(waitMs, signal);
    }
    this.#calls -= 1;
    mine.resolve();
  }

  /** A refusal for too much slows everyone down at once; answers bring the speed back little by little. */
  note(given: Answer<unknown>): void {
    if (given.kind === 'answer') this.#slowness = Math.max(1, this.#slowness * 0.8);
    else if (given.isTooMuch === true) this.#slowDown(given.retryAfterMs);
  }

  #slowDown(retryAfterMs: number | undefined): void {
    this.#refill();
    this.#calls = Math.min(this.#calls, 0);
    this.#slowness = Math.min(this.#slowness * 2, SLOWEST);
    const pauseMs = grantedMs({ retryAfterMs, leftMs: this.#deadline.leftMs() });
    this.#blockedUntilMs = Math.max(this.#blockedUntilMs, this.#clock.nowMs() + pauseMs);
  }

  #waitMs(): number {
    this.#refill();
    const forCallMs = this.#calls >= 1 - ROUNDING ? 0 : (1 - this.#calls) * EACH_MS * this.#slowness;
    const waitMs = Math.max(forCallMs, this.#blockedUntilMs - this.#clock.nowMs(), 0);
    return Math.min(waitMs, this.#deadline.leftMs());
  }

  #refill(): void {
    const nowMs = this.#clock.nowMs();
    const earned = (nowMs - this.#countedAtMs) / (EACH_MS * this.#slowness);
    this.#calls = Math.min(BURST, this.#calls + earned);
    this.#countedAtMs = nowMs;
  }
}
