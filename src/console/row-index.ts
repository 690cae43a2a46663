import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { type Image, repositoryKey } from '../image/image.ts';
import type { ReportPage, ReportRow } from './report-row.ts';
import { tagsOf } from './row-image.ts';

/** The number of rows added before other events of the process are handled. */
const ROWS_AT_ONCE = 5_000;

/**
 * The rows of one read, by the repositories that they may belong to: a page can have far more rows than requested,
 * and not every image should search all of them.
 */
export class RowIndex {
  readonly #byRepository = new Map<string, ReportRow[]>();
  readonly #keys = new Set<string>();
  /** The first row whose image is completely unknown; further ones add nothing. */
  #unclear: ReportRow | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** True if every row of the page is in the index already. */
  hasAll({ rows }: Pick<ReportPage, 'rows'>): boolean {
    return rows.every(({ key }) => this.#keys.has(key));
  }

  /** Adds the rows of a page; if there are many, signals are handled in between. */
  async addAll(rows: readonly ReportRow[]): Promise<void> {
    for (const [at, row] of rows.entries()) {
      if (at % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await yieldToEvents();
      this.#add(row);
    }
  }

  #add(row: ReportRow): void {
    this.#size += 1;
    this.#keys.add(row.key);
    const tags = tagsOf(row);
    if (tags.length === 0 && row.error !== undefined) this.#unclear ??= row;
    for (const tag of tags) {
      const key = repositoryKey(tag);
      const rows = this.#byRepository.get(key) ?? [];
      // Several tags of one row usually belong to one repository.
      if (rows.at(-1) !== row) rows.push(row);
      this.#byRepository.set(key, rows);
    }
  }

  /** The rows that may be the image's: all of its repository, and one whose image is unknown. */
  of(image: Pick<Image, 'registry' | 'repository'>): readonly ReportRow[] {
    const rows = this.#byRepository.get(repositoryKey(image)) ?? [];
    return this.#unclear === undefined ? rows : [...rows, this.#unclear];
  }
}
