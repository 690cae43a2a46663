import type { Answer, NoAnswer } from './evidence.ts';

/** What is asked of the Console while waiting. */
export type Question = 'trigger' | 'progress' | 'report';

/**
 * A Console that never answered is misconfiguration sooner than an outage: it is given up after this time,
 * while one that was there before, or has too much to do, is asked until the deadline.
 */
const FIRST_ANSWER_WITHIN_MS = 60_000;

interface Silence {
  readonly failure: NoAnswer;
  readonly sinceMs: number;
  readonly times: number;
}

/** Keeps count of unanswered questions, and says when there is no point in asking on. */
export class Silences {
  readonly #answered = new Set<Question>();
  readonly #failing = new Map<Question, Silence>();

  /** Notes what came of a question at `atMs`. */
  note(question: Question, given: Answer<unknown>, atMs: number): void {
    if (given.kind === 'answer') {
      this.#answered.add(question);
      this.#failing.delete(question);
    } else {
      const before = this.#failing.get(question);
      this.#failing.set(question, {
        failure: given,
        sinceMs: before?.sinceMs ?? atMs,
        times: (before?.times ?? 0) + 1,
      });
    }
  }

  /** How many times in a row the worst of the questions went unanswered. */
  most(): number {
    return Math.max(0, ...[...this.#failing.values()].map(({ times }) => times));
  }

  /** The longest pause, in milliseconds, that the Console asked for with a refusal that still stands. */
  retryAfterMs(): number | undefined {
    const asked = [...this.#failing.values()].flatMap(({ failure }) => failure.retryAfterMs ?? []);
    return asked.length > 0 ? Math.max(...asked) : undefined;
  }

  /** The last failure of the question, unless it was answered since or failed less than `atLeast` times. */
  failure(question: Question, atLeast = 1): NoAnswer | undefined {
    const silence = this.#failing.get(question);
    return silence !== undefined && silence.times >= atLeast ? silence.failure : undefined;
  }

  /** Drops what went unanswered of a question that is of no more interest. */
  forget(question: Question): void {
    this.#failing.delete(question);
  }

  /**
   * The failure to give up with at `nowMs`, where there is one. A trigger is not among them: whatever came
   * instead of its answer, the scan may show up yet.
   */
  exhausted(nowMs: number): NoAnswer | undefined {
    for (const [question, { failure, sinceMs }] of this.#failing) {
      if (question === 'trigger' || failure.isTooMuch === true) continue;
      const everAnswered =
        failure.reason === 'unreachable' ? this.#answered.size > 0 : this.#answered.has(question);
      if (!everAnswered && nowMs - sinceMs >= FIRST_ANSWER_WITHIN_MS) return failure;
    }
    return undefined;
  }
}
