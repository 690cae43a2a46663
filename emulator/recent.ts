/** The latest entries of a list: at least `limit` of them, fewer than twice as many, none where it is 0. */
export class Recent<Entry> {
  readonly #limit: number;
  #entries: Entry[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  add(entry: Entry): void {
    if (this.#limit === 0) return;
    this.#entries.push(entry);
    // Halving now and then keeps the cost of an entry constant on average.
    if (this.#entries.length >= 2 * this.#limit) this.#entries = this.#entries.slice(-this.#limit);
  }
}
