/**
 * Time as a parameter. `nowMs` is monotonic: only differences mean anything, and no change of the machine's
 * clock can stretch or cut a wait.
 */
export interface Clock {
  nowMs(): number;
  /** Resolves after `ms` milliseconds, or as soon as `signal` aborts; it never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
