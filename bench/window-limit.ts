/** A limit of requests in a sliding window. */
export interface Limit {
  readonly requests: number;
  readonly windowMs: number;
  /** True if a refused request takes up a place as well. */
  readonly countsRefused: boolean;
}

/** Counts requests against a limit; times are in milliseconds and never go back. */
export class WindowLimit {
  readonly #limit: Limit;
  readonly #counted: number[] = [];
  #oldest = 0;

  constructor(limit: Limit) {
    this.#limit = limit;
  }

  /** True if a request at this time is answered. */
  take(atMs: number): boolean {
    const { requests, windowMs, countsRefused } = this.#limit;
    while ((this.#counted[this.#oldest] ?? atMs) <= atMs - windowMs) this.#oldest += 1;
    const isFree = this.#counted.length - this.#oldest < requests;
    if (isFree || countsRefused) this.#counted.push(atMs);
    return isFree;
  }
}
