import { Recent } from './recent.ts';

export type Call = 'scan' | 'regular-scan' | 'progress' | 'report' | 'names' | 'restart' | 'read';

/** Something that was asked of the Console, or that happened to it. */
export type JournalEntry = {
  readonly atMs: number;
  readonly call: Call;
  readonly user: string;
  readonly asked: unknown;
};

/** What was asked lately, and how often anything was asked at all. */
export class Journal {
  readonly counts: Record<Call, number> = {
    scan: 0,
    'regular-scan': 0,
    progress: 0,
    report: 0,
    names: 0,
    restart: 0,
    read: 0,
  };
  readonly #recent: Recent<JournalEntry>;

  constructor(limit: number) {
    this.#recent = new Recent(limit);
  }

  get entries(): readonly JournalEntry[] {
    return this.#recent.entries;
  }

  note(atMs: number, call: Call, user: string, asked: unknown): void {
    this.counts[call] += 1;
    this.#recent.add({ atMs, call, user, asked });
  }
}
