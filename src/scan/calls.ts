import type { CallCounts, RetryableFailure } from './call-failure.ts';
import type { Progress, ReportSnapshot, Result } from './evidence.ts';
import { FailureTracker } from './failure-tracker.ts';
import type { Unread } from './unread.ts';
import type { Detail, PollerDependencies, Wait } from './wait.ts';

/** A final refusal: no other attempt can help. `cause` is the error of the source. */
export class FinalRefusal extends Error {
  constructor(cause: unknown) {
    super('refused finally', { cause });
    this.name = 'FinalRefusal';
  }

  /** The refusal as the reason why a row was not read. */
  get unread(): Unread {
    return { kind: 'call-refused', what: this.cause instanceof Error ? this.cause.message : undefined };
  }
}

/** The calls of one wait, one attempt each; records those that failed. Throws `FinalRefusal`. */
export class Calls {
  readonly failures = new FailureTracker();
  readonly #wait: Pick<Wait, 'source' | 'scan'>;
  readonly #deps: Pick<PollerDependencies, 'clock' | 'signal'>;
  #progressAnsweredAtMs = Number.NEGATIVE_INFINITY;
  #reportAnsweredAtMs = Number.NEGATIVE_INFINITY;

  constructor(wait: Pick<Wait, 'source' | 'scan'>, deps: Pick<PollerDependencies, 'clock' | 'signal'>) {
    this.#wait = wait;
    this.#deps = deps;
  }

  async progress(): Promise<Result<Progress>> {
    const result = await this.#attempt(() => this.#wait.source.progress(this.#deps.signal));
    this.#progressAnsweredAtMs = this.#deps.clock.nowMs();
    this.failures.record('progress', result, this.#progressAnsweredAtMs);
    return result;
  }

  async report(detail: Detail): Promise<Result<ReportSnapshot>> {
    const result = await this.#attempt(() => this.#wait.source.report(detail, this.#deps.signal));
    this.#reportAnsweredAtMs = this.#deps.clock.nowMs();
    // The regular scan has no row, so this is not an answer of the Console.
    if (this.#wait.scan === 'on-demand') this.failures.record('report', result, this.#reportAnsweredAtMs);
    return result;
  }

  /** Time since progress was last polled, in milliseconds; infinite if it never was. */
  sinceProgressMs(): number {
    return this.#deps.clock.nowMs() - this.#progressAnsweredAtMs;
  }

  /** Time since the report was last polled, in milliseconds. */
  sinceReportMs(): number {
    return this.#deps.clock.nowMs() - this.#reportAnsweredAtMs;
  }

  counts(): CallCounts {
    return this.failures.counts();
  }

  /**
   * The failure because of which the time ran out. The final poll has little time, so its failure alone means less
   * than the earlier ones.
   */
  lastFailure(): RetryableFailure | undefined {
    return this.failures.failure('progress', 2) ?? this.failures.failure('report', 2);
  }

  async #attempt<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      this.#deps.signal.throwIfAborted();
      throw new FinalRefusal(error);
    }
  }
}
