/** A clock that stands still until it is told otherwise. Times are epoch milliseconds. */
export class FakeClock {
  #nowMs = Date.UTC(2026, 10, 2, 9);

  readonly now = (): number => this.#nowMs;

  pass(ms: number): void {
    this.#nowMs += ms;
  }
}
