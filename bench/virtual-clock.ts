import type { Clock } from '../src/scan/clock.ts';

/**
 * Time for a single sleeper: it passes as soon as nobody has anything left to do. Waits that have each a clock of
 * their own may run side by side, however far their times are apart.
 */
export class VirtualClock implements Clock {
  #nowMs = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const dueMs = this.#nowMs + Math.max(0, ms);
      const stop = () => {
        clearImmediate(turn);
        resolve();
      };
      // An immediate comes after every promise that can settle has settled, so that a sleep can be cut short.
      const turn = setImmediate(() => {
        this.#nowMs = dueMs;
        signal?.removeEventListener('abort', stop);
        resolve();
      });
      signal?.addEventListener('abort', stop, { once: true });
    });
  }
}
