import type { Image } from '../image/image.ts';
import type { ActiveScans } from '../scan/clock.ts';
import { type Result, success } from '../scan/evidence.ts';
import type { Detail } from '../scan/wait.ts';
import type { Query } from './address.ts';
import { PAGE_SIZE } from './paging.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { RefusalPause } from './refusal-pause.ts';
import { queryFor, type ReportRequest } from './report-request.ts';
import type { ReportPage } from './report-row.ts';
import { isShown } from './row-image.ts';
import { RowIndex } from './row-index.ts';

/** Reads one page of the report, as one attempt; throws a `CallError` that is final. */
export type ReadPage = (query: Query, signal: AbortSignal, detail: Detail) => Promise<Result<ReportPage>>;

/** All rows that the report has for a batch. */
export interface Pages {
  readonly rows: RowIndex;
  /** When the Console answered first, by its own clock; undefined without a date. */
  readonly readAtMs: number | undefined;
  /** False if there may be more rows than could be read. */
  readonly areAll: boolean;
}

/** A limit for a Console that repeats its pages for ever. */
const MAX_PAGES = 100;

/** The facts known after each page. */
interface PageFacts {
  readonly rowsInPage: number;
  readonly rowsSoFar: number;
  /** The number of rows on all pages; undefined if it is unknown. */
  readonly totalCount: number | undefined;
  /** True if all rows are known: a Console that ignores `offset` repeats its first page. */
  readonly isRepeated: boolean;
  /** The page may be one of several, see `mayBeCut`. */
  readonly mayBeCut: boolean;
  /** True if every requested image has a row; called only if it decides. */
  readonly areShown: () => boolean;
}

/**
 * True if the next page has to be read. `Total-Count` is the number of rows, whatever the size of a page. Without it,
 * pages are read until every image was found, or until a page is empty or repeats the previous one.
 */
function needsNextPage(facts: PageFacts): boolean {
  const { rowsInPage, rowsSoFar, totalCount, isRepeated, mayBeCut, areShown } = facts;
  if (rowsInPage === 0 || isRepeated) return false;
  // A count below the number of rows is wrong.
  if (totalCount !== undefined && totalCount >= rowsSoFar) return rowsSoFar < totalCount;
  return mayBeCut && !(rowsInPage < PAGE_SIZE && areShown());
}

/**
 * True if a page with this many rows may have a next one. A Console that cuts pages shorter than requested cuts all
 * to the same length, so a page shorter than an earlier one is the last. While new rows appear, each page is the
 * longest so far; with several images, the next page is then read only if the length stays the same, or an image is
 * read for the first time.
 */
function mayBeCut(
  rowsInPage: number,
  longestBefore: number,
  { isFirstRead, isOnlyScan }: { readonly isFirstRead: boolean; readonly isOnlyScan: boolean },
): boolean {
  if (rowsInPage >= PAGE_SIZE) return true;
  return rowsInPage > longestBefore ? isFirstRead || isOnlyScan : rowsInPage === longestBefore;
}

interface ReportPagesDependencies {
  readonly readPage: ReadPage;
  readonly limiter: RateLimiter;
  readonly pause: RefusalPause;
  readonly activeScans: ActiveScans;
  readonly signal: AbortSignal;
}

/** Reads as many pages of the report as it takes to know all rows of a batch. */
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

  /** True once any page was answered, which proves that the user is allowed to read the report. */
  get wasRead(): boolean {
    return this.#wasRead;
  }

  /** Reads all pages, or returns the failure of a page. The caller has already waited for the first one. */
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
      // The first answer counts: later ones may show younger rows.
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
