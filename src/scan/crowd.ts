/** How many scans one step is waiting for at this moment: the more there are, the seldomer each is asked after. */
export class Crowd {
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Counts one more until `work` has settled, and gives what it gives. */
  async with<T>(work: () => Promise<T>): Promise<T> {
    this.#size += 1;
    try {
      return await work();
    } finally {
      this.#size -= 1;
    }
  }
}
