/** Time that a test moves by hand. */
export class TestClock {
  #nowMs: number;

  constructor(startsAtMs: number) {
    this.#nowMs = startsAtMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  advance(ms: number): void {
    this.#nowMs += ms;
  }
}
