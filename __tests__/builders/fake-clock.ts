import { setImmediate as nextRound } from 'node:timers/promises';
import type { Clock } from '../../src/scan/clock.ts';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** The work waits, and no sleep is left that could wake it. */
export class Deadlock extends Error {
  constructor(nowMs: number) {
    super(`The work waits at ${nowMs} ms, and nothing sleeps.`);
    this.name = 'Deadlock';
  }
}

/** The work sleeps so often that it cannot be making progress. */
export class EndlessLoop extends Error {
  constructor(nowMs: number, sleeps: number) {
    super(`The work has slept ${sleeps} times at ${nowMs} ms, and is not over.`);
    this.name = 'EndlessLoop';
  }
}

/** Rounds of the event loop in which nothing sleeps before the work counts as stuck. */
const MOST_IDLE_ROUNDS = 1_000;

/**
 * Time that advances only while all work sleeps. `run` lets all promises settle, then advances to the earliest sleeper
 * and wakes it alone; sleepers that are due at the same time wake in the order of their calls. So the order of events
 * depends on the work alone, and no run waits for the machine's clock.
 */
export class FakeClock implements Clock {
  #nowMs: number;
  #sleeps = 0;
  readonly #mostSleeps: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(startsAtMs = 0, mostSleeps = 100_000) {
    this.#nowMs = startsAtMs;
    this.#mostSleeps = mostSleeps;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** Moves the time without a run, for what only reads it. Wakes no sleeper. */
  advance(ms: number): void {
    this.#nowMs += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { dueMs: this.#nowMs + Math.max(0, ms), wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', wake);
    });
  }

  /** Advances the time until the work is over, and returns its result. */
  async run<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    work.then(end, end);
    for (let idleRounds = 0; ; ) {
      // The event loop runs immediates when all promises have settled.
      await nextRound();
      if (isOver) return work;
      if (!this.wakeNext()) {
        // A module that is imported at run time takes a few rounds, in which nothing sleeps.
        idleRounds += 1;
        if (idleRounds > MOST_IDLE_ROUNDS) throw new Deadlock(this.#nowMs);
        continue;
      }
      idleRounds = 0;
      this.#sleeps += 1;
      if (this.#sleeps > this.#mostSleeps) throw new EndlessLoop(this.#nowMs, this.#sleeps);
    }
  }

  /** Advances to the earliest sleeper and wakes it; false if there is none. */
  wakeNext(): boolean {
    const next = this.#earliest();
    if (next === undefined) return false;
    this.#nowMs = Math.max(this.#nowMs, next.dueMs);
    next.wake();
    return true;
  }

  #earliest(): Sleeper | undefined {
    let earliest: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (earliest === undefined || sleeper.dueMs < earliest.dueMs) earliest = sleeper;
    }
    return earliest;
  }
}
