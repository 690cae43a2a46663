import type { Clock } from '../scan/clock.ts';
import type { Deadline } from '../scan/deadline.ts';
import { honouredRetryAfterMs } from '../scan/schedule.ts';
import { type Result, type RetryableFailure, retryable } from '../scan/types.ts';

/** The report answers 30 requests in 30 seconds, to all clients together, and then 429 (documented). */
const WINDOW_MS = 30_000;
/** Clients that were refused together must not ask again together. */
const SPREAD_MS = 4_000;
/** So many refusals in a row are answered with one window each: the next one has room for those who wait. */
const PATIENT_REFUSALS = 3;
/** Then more clients ask than a window serves, so that each leaves out some windows, up to this many. */
const MOST_WINDOWS_LEFT_OUT = 4;
/** A limiter that counts refused requests as well lets nobody in until the crowd asks less often than it allows. */
const STUBBORN_REFUSALS = 16;
const STUBBORN_GROWTH = 1.25;

/**
 * How long to ask for nothing after `refusals` 429s in a row, in milliseconds. Jobs that share the limit know nothing of
 * each other, so the more often one was refused, the more windows are left out, drawn at random. `random` gives numbers
 * in [0, 1). A simulation holds the figures: bench/fleet.ts.
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

export interface RefusalPauseDependencies {
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly random: () => number;
}

/** The pause of one client after 429s: a refusal stands until it is over, and answers make the next one shorter. */
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

  /** Takes the result of a request, and gives it back with the pause to keep. */
  record<T>(result: Result<T>): Result<T> {
    if (result.ok) this.#refusals = Math.floor(this.#refusals / 2);
    if (result.ok || result.failure.kind !== 'rate-limited') return result;
    const { clock, deadline, random } = this.#deps;
    const nowMs = clock.nowMs();
    // Requests that were under way together are refused together.
    if (nowMs >= this.#untilMs) this.#refusals += 1;
    const retryAfterMs = refusalPauseMs(this.#refusals, result.failure.retryAfterMs, random);
    const pauseMs = honouredRetryAfterMs({ retryAfterMs, leftMs: deadline.leftMs() });
    // The final poll is made whatever was refused before.
    const untilMs = Math.min(nowMs + pauseMs, Math.max(nowMs, deadline.finalPollAtMs));
    this.#untilMs = Math.max(this.#untilMs, untilMs);
    this.#last = result.failure;
    return retryable({ ...result.failure, retryAfterMs: this.#untilMs - nowMs });
  }
}
