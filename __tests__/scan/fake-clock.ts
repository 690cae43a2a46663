import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../src/scan/clock.ts';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** A wait for something that can no longer happen: nobody sleeps, and the work has not ended. */
export class Stuck extends Error {
  constructor(nowMs: number) {
    super(`Nothing is left to happen, and the work is not over at ${nowMs} ms.`);
    this.name = 'Stuck';
  }
}

/** Work that wakes up so often that it must be going in circles. */
export class Restless extends Error {
  constructor(nowMs: number, naps: number) {
    super(`${naps} naps, and the work is not over at ${nowMs} ms.`);
    this.name = 'Restless';
  }
}

/**
 * Time that passes only while everybody sleeps. `run` lets all promises settle, then moves on to the earliest
 * sleeper and wakes it alone; those due at one moment wake in the order in which they lay down. So the order of
 * events depends on the work alone, and no run waits for the machine's clock.
 */
export class FakeClock implements Clock {
  #nowMs: number;
  #naps = 0;
  readonly #mostNaps: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(startsAtMs = 0, mostNaps = 100_000) {
    this.#nowMs = startsAtMs;
    this.#mostNaps = mostNaps;
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

  /** Lets time pass until the work is over, and gives its outcome. */
  async run<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    work.then(end, end);
    for (;;) {
      // A turn of the event loop begins once no promise has anything left to do.
      await nextTurn();
      if (isOver) return work;
      const next = this.#earliest();
      if (next === undefined) throw new Stuck(this.#nowMs);
      this.#naps += 1;
      if (this.#naps > this.#mostNaps) throw new Restless(this.#nowMs, this.#naps);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.wake();
    }
  }

  #earliest(): Sleeper | undefined {
    let earliest: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (earliest === undefined || sleeper.dueMs < earliest.dueMs) earliest = sleeper;
    }
    return earliest;
  }
}
