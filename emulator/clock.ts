type ClockStep = { readonly atMs: number; readonly byMs: number };

/**
 * The Console's clock. Durations follow the time of the source; the time that answers show can be set back or ahead,
 * as by a time server.
 */
export class ConsoleClock {
  readonly #source: () => number;
  readonly #skewMs: number;
  readonly #steps: ClockStep[] = [];

  constructor(source: () => number, skewMs: number) {
    this.#source = source;
    this.#skewMs = skewMs;
  }

  /** Time that scans run by, in epoch milliseconds: never set. */
  now(): number {
    return this.#source() + this.#skewMs;
  }

  /** The time that the Console shows for a moment of `now`. */
  shown(atMs: number): number {
    return this.#steps.reduce((shownMs, step) => (step.atMs <= atMs ? shownMs + step.byMs : shownMs), atMs);
  }

  /** Sets the shown time ahead, or back where negative, from a moment on. */
  set(atMs: number, byMs: number): void {
    this.#steps.push({ atMs, byMs });
  }
}

/** A time source that runs faster than real time, and that can be advanced. */
export class SimulatedTime {
  readonly #realNow: () => number;
  readonly #speed: number;
  readonly #startMs: number;
  #advancedMs = 0;

  constructor(speed = 1, realNow: () => number = Date.now) {
    this.#speed = speed;
    this.#realNow = realNow;
    this.#startMs = realNow();
  }

  readonly now = (): number =>
    this.#startMs + (this.#realNow() - this.#startMs) * this.#speed + this.#advancedMs;

  advance(ms: number): void {
    this.#advancedMs += ms;
  }
}
