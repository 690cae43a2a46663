/**
 * The clock as a dependency. `nowMs` is monotonic: only differences have a meaning, and a change of the machine's
 * clock cannot lengthen or shorten a wait.
 */
export interface Clock {
  nowMs(): number;
  /** Resolves after `ms` milliseconds, or as soon as `signal` aborts; it never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The number of scans that one step waits for now: the more there are, the less often each is polled. */
export class ActiveScans {
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Counts one more scan until `work` has settled, and returns its result. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#size += 1;
    try {
      return await work();
    } finally {
      this.#size -= 1;
    }
  }
}
