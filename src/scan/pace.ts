import type { FailureTracker } from './failure-tracker.ts';
import { type Estimate, honouredRetryAfterMs, nextDelayMs } from './schedule.ts';
import { type Criteria, hasNoSign, type OpenState, phaseEndsAtMs } from './state.ts';
import type { PollerDependencies, Wait } from './wait.ts';

/** The time of one wait: now, the delays between its polls, and its sleeps, which always end by the final poll. */
export class Pace {
  readonly #interval: Wait['pollInterval'];
  readonly #deps: PollerDependencies;
  readonly #failures: FailureTracker;
  #waitingSinceMs: number;

  constructor(interval: Wait['pollInterval'], deps: PollerDependencies, failures: FailureTracker) {
    this.#interval = interval;
    this.#deps = deps;
    this.#failures = failures;
    this.#waitingSinceMs = deps.deadline.startedAtMs;
  }

  /** When polling started. Time spent on the baseline is excluded. */
  begin(): void {
    this.#waitingSinceMs = this.nowMs();
  }

  nowMs(): number {
    return this.#deps.clock.nowMs();
  }

  /** Time since polling started, in milliseconds. */
  waitedMs(): number {
    return this.nowMs() - this.#waitingSinceMs;
  }

  isFinalPoll(): boolean {
    return this.nowMs() >= this.#deps.deadline.finalPollAtMs;
  }

  delayMs(estimate: Estimate, retryAfterMs = this.#failures.retryAfterMs()): number {
    const { deadline, activeScans, random } = this.#deps;
    const context = {
      waitedMs: this.waitedMs(),
      leftMs: deadline.leftMs(),
      failures: this.#failures.longest(),
      retryAfterMs,
      estimate,
      activeScans: activeScans.size,
    };
    return nextDelayMs(this.#interval, context, random());
  }

  /**
   * The delay before the next poll, cut so that the end of a phase is noticed in time, unless a failing Console asks
   * for longer.
   */
  boundedDelayMs(state: OpenState, criteria: Criteria, estimate: Estimate): number {
    const leftMs = phaseEndsAtMs(state, criteria) - this.nowMs();
    const delayMs = this.delayMs(estimate, this.#retryAfterMs(state, leftMs));
    return this.#failures.longest() === 0 ? Math.max(0, Math.min(delayMs, leftMs)) : delayMs;
  }

  /** The pause that the Console asked for. While only the trigger fails, it has to leave time for another trigger. */
  #retryAfterMs(state: OpenState, leftMs: number): number | undefined {
    const retryAfterMs = this.#failures.retryAfterMs();
    const isAnswered = (['progress', 'report'] as const).every((call) => !this.#failures.failure(call));
    if (!hasNoSign(state) || !isAnswered) return retryAfterMs;
    return honouredRetryAfterMs({ retryAfterMs, leftMs: Math.max(0, leftMs) });
  }

  /** Sleeps, never past the final poll, and no longer than until `event`. Throws the signal's reason. */
  async sleep(ms: number, event?: Promise<void>): Promise<void> {
    const { clock, deadline, signal } = this.#deps;
    const boundedMs = Math.max(0, Math.min(ms, deadline.finalPollAtMs - this.nowMs()));
    if (event === undefined) {
      await clock.sleep(boundedMs, signal);
    } else {
      const done = new AbortController();
      await Promise.race([clock.sleep(boundedMs, AbortSignal.any([signal, done.signal])), event]);
      done.abort();
    }
    signal.throwIfAborted();
  }
}
