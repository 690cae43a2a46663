/**
 * Time as a parameter. `nowMs` is monotonic: only differences mean anything, and a change of the machine's clock
 * cannot stretch or cut a wait.
 */
export interface Clock {
  nowMs(): number;
  /** Resolves after `ms` milliseconds, or as soon as `signal` aborts; it never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** How many scans one step waits for at this moment: the more there are, the rarer each is polled. */
export class ActiveScans {
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Counts one more until `work` has settled, and returns its result. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#size += 1;
    try {
      return await work();
    } finally {
      this.#size -= 1;
    }
  }
}
