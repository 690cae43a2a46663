/**
 * The Console's time: the latest `Date` of its answers. The latest counts, because a node behind a load balancer
 * whose clock is late must not extend by a day what ends today.
 */
export class ConsoleClock {
  #latestMs: number | undefined;

  /** Notes the date of an answer, in epoch milliseconds. */
  note(dateMs: number | undefined): void {
    if (dateMs !== undefined) this.#latestMs = Math.max(this.#latestMs ?? dateMs, dateMs);
  }

  /** When the Console answered last, in epoch milliseconds; undefined if no answer had a date. */
  latestMs(): number | undefined {
    return this.#latestMs;
  }
}
