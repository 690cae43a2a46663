/** Keeps the latest entries: at least `limit`, fewer than twice as many, and none if `limit` is 0. */
export class BoundedList<Entry> {
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
    // Dropping half at a time keeps the amortised cost constant.
    if (this.#entries.length >= 2 * this.#limit) this.#entries = this.#entries.slice(-this.#limit);
  }
}

export type Call = 'scan' | 'regular-scan' | 'progress' | 'report' | 'names' | 'restart' | 'read' | 'stop';

/** A request to the Console, or an event. */
export interface JournalEntry {
  readonly atMs: number;
  readonly call: Call;
  readonly user: string;
  readonly asked: unknown;
}

/** The latest requests, and counts of all requests. */
export class Journal {
  readonly counts: Record<Call, number> = {
    scan: 0,
    'regular-scan': 0,
    progress: 0,
    report: 0,
    names: 0,
    restart: 0,
    read: 0,
    stop: 0,
  };
  readonly #recent: BoundedList<JournalEntry>;

  constructor(limit: number) {
    this.#recent = new BoundedList(limit);
  }

  get entries(): readonly JournalEntry[] {
    return this.#recent.entries;
  }

  record(atMs: number, call: Call, user: string, asked: unknown): void {
    this.counts[call] += 1;
    this.#recent.add({ atMs, call, user, asked });
  }
}
