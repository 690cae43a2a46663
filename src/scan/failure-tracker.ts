import type { CallCounts, RetryableFailure } from './call-failure.ts';
import type { Result } from './evidence.ts';

/** The calls of a wait. */
export type Call = 'trigger' | 'progress' | 'report';

/**
 * A Console that has never answered is probably misconfigured, so polling stops after this time. A Console that has
 * answered, or limits the rate, is polled until the deadline.
 */
const FIRST_RESPONSE_WITHIN_MS = 60_000;

interface Streak {
  /** The last failure, with the length and the duration of the streak so far. */
  readonly failure: RetryableFailure;
  readonly sinceMs: number;
  readonly length: number;
}

/** Counts failed calls in a row, and decides when another attempt is pointless. */
export class FailureTracker {
  readonly #answered = new Set<Call>();
  #made = 0;
  #refused = 0;
  readonly #streaks = new Map<Call, Streak>();

  /** Records the result of a call at `atMs`. */
  record(call: Call, result: Result<unknown>, atMs: number): void {
    this.#made += 1;
    if (!result.ok && result.failure.kind === 'rate-limited') this.#refused += 1;
    if (result.ok) {
      this.#answered.add(call);
      this.#streaks.delete(call);
      return;
    }
    const before = this.#streaks.get(call);
    const sinceMs = before?.sinceMs ?? atMs;
    const length = (before?.length ?? 0) + 1;
    const streak = length === 1 ? undefined : { times: length, lastedMs: atMs - sinceMs };
    this.#streaks.set(call, { failure: { ...result.failure, streak }, sinceMs, length });
  }

  /** The number of calls made, and of those that the rate limit refused. */
  counts(): CallCounts {
    return { made: this.#made, refused: this.#refused };
  }

  /** The length of the longest streak. */
  longest(): number {
    return Math.max(0, ...[...this.#streaks.values()].map(({ length }) => length));
  }

  /** The longest pause, in milliseconds, that a current refusal asks for. */
  retryAfterMs(): number | undefined {
    const asked = [...this.#streaks.values()].flatMap(({ failure }) => failure.retryAfterMs ?? []);
    return asked.length > 0 ? Math.max(...asked) : undefined;
  }

  /** The last failure of the call if at least `minLength` attempts in a row have failed. */
  failure(call: Call, minLength = 1): RetryableFailure | undefined {
    const streak = this.#streaks.get(call);
    return streak !== undefined && streak.length >= minLength ? streak.failure : undefined;
  }

  /** Forgets the streak of a call that is no longer made. */
  forget(call: Call): void {
    this.#streaks.delete(call);
  }

  /**
   * The failure to give up with at `nowMs`; undefined if another attempt may help. A trigger is never given up: its
   * response may be lost, and the scan may appear all the same.
   */
  exhausted(nowMs: number): RetryableFailure | undefined {
    for (const [call, { failure, sinceMs }] of this.#streaks) {
      if (call === 'trigger' || failure.kind === 'rate-limited') continue;
      const hasAnswered = failure.kind === 'unreachable' ? this.#answered.size > 0 : this.#answered.has(call);
      if (!hasAnswered && nowMs - sinceMs >= FIRST_RESPONSE_WITHIN_MS) return failure;
    }
    return undefined;
  }
}
