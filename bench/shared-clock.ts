import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../src/scan/clock.ts';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/**
 * Time for many sleepers: once nobody has anything left to do it passes until the first of them is due. Those due at
 * one moment wake in the order in which they lay down.
 */
export class SharedClock implements Clock {
  #nowMs = 0;
  #held: Promise<unknown> = Promise.resolve();
  /** Sorted by when they are due, the first one last. */
  readonly #sleepers: Sleeper[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const stop = () => {
        this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
        resolve();
      };
      const wake = () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      const sleeper: Sleeper = { dueMs: this.#nowMs + Math.max(0, ms), wake };
      this.#sleepers.splice(this.#placeOf(sleeper.dueMs), 0, sleeper);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  /** Stops time for as long as the work takes. */
  hold(work: Promise<unknown>): void {
    this.#held = work;
  }

  /** Lets time pass until the work is over, and gives its outcome. */
  async run<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    work.then(end, end);
    for (;;) {
      await nextTurn();
      await this.#held;
      if (isOver) return work;
      const next = this.#sleepers.pop();
      if (next === undefined) throw new Error(`nobody sleeps, and the work is not over at ${this.#nowMs} ms`);
      this.#nowMs = next.dueMs;
      next.wake();
    }
  }

  /** Behind all that are due later; those due at the same moment stay in order. */
  #placeOf(dueMs: number): number {
    let [low, high] = [0, this.#sleepers.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sleepers[middle]?.dueMs ?? 0) > dueMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
