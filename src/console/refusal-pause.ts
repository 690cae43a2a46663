import type { RetryableFailure } from '../scan/call-failure.ts';
import type { Clock } from '../scan/clock.ts';
import type { Deadline } from '../scan/deadline.ts';
import { type Result, retryable } from '../scan/evidence.ts';
import { honouredRetryAfterMs } from '../scan/schedule.ts';

/** The report answers 30 requests in 30 seconds, to all clients together, and then 429 (documented). */
const WINDOW_MS = 30_000;
/** Clients that were refused together must not retry together. */
const SPREAD_MS = 4_000;
/** For the first refusals in a row, the pause is one window: the next window has room for the waiting clients. */
const PATIENT_REFUSALS = 3;
/** After that, more clients ask than a window serves, so each skips some windows, up to this many. */
const MOST_WINDOWS_LEFT_OUT = 4;
/** A limiter that also counts refused requests refuses all clients until they ask less often than it allows. */
const STUBBORN_REFUSALS = 16;
const STUBBORN_GROWTH = 1.25;

/**
 * The pause after `refusals` 429s in a row, in milliseconds. Jobs that share the limit do not know each other, so the
 * number of skipped windows is random and grows with the refusals. `random` returns numbers in [0, 1). The simulation
 * behind these figures: bench/fleet.ts.
 */
export function refusalPauseMs(
  refusals: number,
  retryAfterMs: number | undefined,
  random: () => number,
): number {
  const spreadMs = SPREAD_MS * random();
  // The server knows its window, unless it keeps refusing.
  if (refusals <= 1 && retryAfterMs !== undefined) return retryAfterMs + spreadMs;
  const leftOut = windowsLeftOut(refusals) * random();
  return Math.max(WINDOW_MS * (1 + leftOut) + spreadMs, retryAfterMs ?? 0);
}

function windowsLeftOut(refusals: number): number {
  if (refusals > STUBBORN_REFUSALS) {
    return MOST_WINDOWS_LEFT_OUT * STUBBORN_GROWTH ** (refusals - STUBBORN_REFUSALS);
  }
  return Math.min(Math.max(0, refusals - PATIENT_REFUSALS), MOST_WINDOWS_LEFT_OUT);
}

interface RefusalPauseDependencies {
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly random: () => number;
}

/**
 * The pause of one client after 429s. A refusal stands until its pause is over, and each answer makes the next pause
 * shorter.
 */
export class RefusalPause {
  readonly #deps: RefusalPauseDependencies;
  #refusals = 0;
  #untilMs = Number.NEGATIVE_INFINITY;
  #last: RetryableFailure | undefined;

  constructor(deps: RefusalPauseDependencies) {
    this.#deps = deps;
  }

  /** The refusal that stands, with the rest of the pause; undefined if a request may be sent. */
  standing(): Result<never> | undefined {
    const leftMs = this.#untilMs - this.#deps.clock.nowMs();
    if (this.#last === undefined || leftMs <= 0) return undefined;
    return retryable({ ...this.#last, retryAfterMs: leftMs });
  }

  /** Records the result of a request, and returns it with the pause to keep. */
  record<T>(result: Result<T>): Result<T> {
    if (result.ok) this.#refusals = Math.floor(this.#refusals / 2);
    if (result.ok || result.failure.kind !== 'rate-limited') return result;
    const { clock, deadline, random } = this.#deps;
    const nowMs = clock.nowMs();
    // Requests that were under way together are refused together.
    if (nowMs >= this.#untilMs) this.#refusals += 1;
    const retryAfterMs = refusalPauseMs(this.#refusals, result.failure.retryAfterMs, random);
    const pauseMs = honouredRetryAfterMs({ retryAfterMs, leftMs: deadline.leftMs() });
    // The final poll is made in spite of earlier refusals.
    const untilMs = Math.min(nowMs + pauseMs, Math.max(nowMs, deadline.finalPollAtMs));
    this.#untilMs = Math.max(this.#untilMs, untilMs);
    this.#last = result.failure;
    return retryable({ ...result.failure, retryAfterMs: this.#untilMs - nowMs });
  }
}
