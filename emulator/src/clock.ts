interface ClockStep {
  readonly atMs: number;
  readonly byMs: number;
}

/**
 * The Console's clock. Durations follow the time of the source; the time that answers show can be set back or ahead,
 * as by a time server.
 */
export class ConsoleClock {
  readonly #source: () => number;
  readonly #skewMs: number;
  readonly #steps: ClockStep[] = [];
  #advancedMs = 0;

  constructor(source: () => number, skewMs: number) {
    this.#source = source;
    this.#skewMs = skewMs;
  }

  /** The time that scans follow, in epoch milliseconds. It is never set back or ahead. */
  now(): number {
    return this.#source() + this.#skewMs + this.#advancedMs;
  }

  /** Lets time pass at once. */
  advance(ms: number): void {
    this.#advancedMs += ms;
  }

  /** The time that the Console shows for a moment of `now`. */
  shown(atMs: number): number {
    return this.#steps.reduce((shownMs, step) => (step.atMs <= atMs ? shownMs + step.byMs : shownMs), atMs);
  }

  /** Sets the shown time ahead, or back if `byMs` is negative, from a given time on. */
  set(atMs: number, byMs: number): void {
    this.#steps.push({ atMs, byMs });
  }
}

/** Real time that runs faster from now on. */
export function fasterTime(speed: number, realNow: () => number = Date.now): () => number {
  const startMs = realNow();
  return () => startMs + (realNow() - startMs) * speed;
}
