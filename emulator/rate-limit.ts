/** So many requests in a sliding window. */
export class RateLimit {
  readonly #requests: number;
  readonly #windowMs: number;
  readonly #granted: number[] = [];

  constructor(requests: number, windowMs: number) {
    this.#requests = requests;
    this.#windowMs = windowMs;
  }

  /** Grants a request and answers 0, or refuses it and answers how many milliseconds are left to wait. */
  take(atMs: number): number {
    while (this.#granted[0] !== undefined && this.#granted[0] <= atMs - this.#windowMs) this.#granted.shift();
    const [oldest] = this.#granted;
    if (oldest !== undefined && this.#granted.length >= this.#requests) return oldest + this.#windowMs - atMs;
    this.#granted.push(atMs);
    return 0;
  }
}
