import type { Image } from '../image/image.ts';
import type { ActiveScans } from '../scan/clock.ts';
import { type Result, success } from '../scan/types.ts';
import type { Query } from './address.ts';
import { PAGE_SIZE } from './paging.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { RefusalPause } from './refusal-pause.ts';
import { type Detail, queryFor, type ReportRequest } from './report-request.ts';
import type { ReportPage } from './report-row.ts';
import { isShown } from './row-image.ts';
import { RowIndex } from './row-index.ts';

/** Reads one page of the report, as one attempt; throws a `CallError` that is final. */
export type ReadPage = (query: Query, signal: AbortSignal, detail: Detail) => Promise<Result<ReportPage>>;

/** All rows that the report has for a batch. */
export interface Pages {
  readonly rows: RowIndex;
  /** When the Console answered first, by its own clock; undefined if it does not say. */
  readonly readAtMs: number | undefined;
  /** False if there may be more rows than could be read. */
  readonly areAll: boolean;
}

/** A Console that repeats itself must not be read for ever. */
const MAX_PAGES = 100;

/** What is known once a page has come. */
export interface PageFacts {
  readonly rowsInPage: number;
  readonly rowsSoFar: number;
  /** How many rows there are on all pages; undefined if the Console does not say. */
  readonly totalCount: number | undefined;
  /** A Console that does not know `offset` repeats its first page. */
  readonly isRepeated: boolean;
  /** The page may be one of several, see `mayBeCut`. */
  readonly mayBeCut: boolean;
  /** True if every image asked for has a row; asked only if it decides. */
  readonly areShown: () => boolean;
}

/**
 * True if the next page has to be read. `Total-Count` says how many rows there are, whatever the size of a page; without
 * it, an image that no page has shown is looked for on the next one until one is empty, or repeats the one before.
 */
export function needsNextPage(facts: PageFacts): boolean {
  const { rowsInPage, rowsSoFar, totalCount, isRepeated, mayBeCut, areShown } = facts;
  if (rowsInPage === 0 || isRepeated) return false;
  if (totalCount !== undefined) return rowsSoFar < totalCount;
  return mayBeCut && !(rowsInPage < PAGE_SIZE && areShown());
}

/**
 * True if a page of so many rows may have a next one. A Console that cuts pages shorter than asked cuts all alike: a page
 * shorter than an earlier one is the last. While new rows appear, each page is the longest so far; of many images the next
 * page is then read only if the length stays the same, or an image is read for the first time.
 */
export function mayBeCut(
  rowsInPage: number,
  longestBefore: number,
  { isFirstRead, isOnlyScan }: { readonly isFirstRead: boolean; readonly isOnlyScan: boolean },
): boolean {
  if (rowsInPage >= PAGE_SIZE) return true;
  return rowsInPage > longestBefore ? isFirstRead || isOnlyScan : rowsInPage === longestBefore;
}

export interface ReportPagesDependencies {
  readonly readPage: ReadPage;
  readonly limiter: RateLimiter;
  readonly pause: RefusalPause;
  readonly activeScans: ActiveScans;
  readonly signal: AbortSignal;
}

/** Reads the pages of the report, as many as it takes to know all rows of a batch. */
export class ReportPages {
  readonly #deps: ReportPagesDependencies;
  /** True once any page was answered. */
  #wasRead = false;
  /** The most rows that one page had. */
  #longestPage = 0;
  /** Images that were read before. */
  readonly #seen = new WeakSet<Image>();

  constructor(deps: ReportPagesDependencies) {
    this.#deps = deps;
  }

  /** True once any page was answered: then the report is not one that the user is not allowed to read. */
  get wasRead(): boolean {
    return this.#wasRead;
  }

  /** All pages, the first of which the caller has waited for; or the failure of the page that failed. */
  async read(batch: readonly ReportRequest[], detail: Detail): Promise<Result<Pages>> {
    const { readPage, limiter, pause, signal } = this.#deps;
    const rows = new RowIndex();
    let readAtMs: number | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      if (page > 0) await limiter.acquire(signal);
      const result = pause.record(await readPage(pageQuery(batch, detail, rows.size), signal, detail));
      if (!result.ok) return result;
      this.#wasRead = true;
      const { value } = result;
      // The first answer counts: what comes after it may be younger.
      readAtMs ??= value.readAtMs;
      const isRepeated = page > 0 && rows.hasAll(value);
      if (!isRepeated) await rows.addAll(value.rows);
      if (!this.#needsNext(value, rows, isRepeated, batch)) {
        // If `offset` is ignored, there may be more than the first page shows.
        return success({ rows, readAtMs, areAll: !isRepeated || value.rows.length < PAGE_SIZE });
      }
    }
    return success({ rows, readAtMs, areAll: false });
  }

  #needsNext(
    page: ReportPage,
    rows: RowIndex,
    isRepeated: boolean,
    batch: readonly ReportRequest[],
  ): boolean {
    const facts = this.#factsOf(page, rows, isRepeated, batch);
    // A search is one call: what is looked for comes first.
    return batch[0]?.isSearch !== true && needsNextPage(facts);
  }

  #factsOf(
    { rows: inPage, totalCount }: ReportPage,
    rows: RowIndex,
    isRepeated: boolean,
    batch: readonly ReportRequest[],
  ): PageFacts {
    const longestBefore = this.#longestPage;
    this.#longestPage = Math.max(longestBefore, inPage.length);
    const isFirstRead = batch.some(({ image }) => !this.#seen.has(image));
    for (const { image } of batch) this.#seen.add(image);
    const isOnlyScan = this.#deps.activeScans.size <= 1;
    return {
      rowsInPage: inPage.length,
      rowsSoFar: rows.size,
      totalCount,
      isRepeated,
      mayBeCut: mayBeCut(inPage.length, longestBefore, { isFirstRead, isOnlyScan }),
      areShown: () => batch.every((request) => isShown(rows.of(request.image), request)),
    };
  }
}

function pageQuery(batch: readonly ReportRequest[], detail: Detail, offset: number): Query {
  const compact: Query = detail === 'compact' ? [['compact', 'true']] : [];
  return [...queryFor(batch), ...compact, ['limit', String(PAGE_SIZE)], ['offset', String(offset)]];
}
