import { CallError, errorOfBody } from '../http/call-error.ts';
import { DecodeError } from '../http/decode.ts';
import { canonicalRepository, type Image } from '../image/image.ts';
import type { ActiveScans, Clock } from '../scan/clock.ts';
import type { Deadline } from '../scan/deadline.ts';
import { type ReportSnapshot, type Result, retryable, success } from '../scan/types.ts';
import type { Query } from './address.ts';
import { PAGE_SIZE } from './paging.ts';
import { RateLimiter, REPORT_RATE } from './rate-limiter.ts';
import {
  type Aliases,
  hasRowWithoutDigest,
  isShown,
  namesOf,
  type ReportPage,
  type ReportRow,
  reportNames,
  rowOf,
} from './report.ts';

export type Detail = 'compact' | 'full';

/** Reads one page of the report, as one attempt; throws a `CallError` that is final. */
export type ReadPage = (query: Query, signal: AbortSignal) => Promise<Result<ReportPage>>;

export interface BatcherDependencies {
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly activeScans: ActiveScans;
  readonly signal: AbortSignal;
}

/** What the report says of one image, as one caller asked. */
export interface ReportRequest {
  readonly image: Image;
  readonly detail: Detail;
  readonly aliases: Aliases;
  /** The full names that the report has for an image that is asked for by digest, once they are known. */
  readonly names?: readonly string[];
}

interface PendingRequest extends ReportRequest {
  readonly reply: {
    readonly resolve: (result: Result<ReportSnapshot>) => void;
    readonly reject: (reason: unknown) => void;
  };
  /** A compact request that a full one has taken along. */
  readonly isTakenAlong?: true;
}

interface Pages {
  readonly rows: readonly ReportRow[];
  readonly readAtMs: number | undefined;
  readonly areAll: boolean;
}

const REPORT_CALL = 'GET registry';

const MAX_PAGES = 100;

/** Fewer images than rows in a page, so that one page answers a request. */
const MIN_SHARE = 1 / 45;
/** About 20 MB of JSON. */
const MAX_FINDINGS = 20_000;
const ROUNDING = 1e-9;
/** A compact request goes along with a full one only where its findings add this much less than that one's. */
const TAKEN_ALONG_FACTOR = 10;
/** Servers and proxies take 8 kB for the request line. */
const MAX_QUERY_LENGTH = 6_000;

/** A full request of one image cannot be made smaller. */
const MAX_SHRINK_FACTOR = 64;
/** How much of the shrink factor is left after a full request that was answered. */
const SHRINK_RECOVERY = 0.8;

/** The more scans are active, the likelier others ask soon as well, and then one request serves all. */
const BATCH_DELAY_EACH_MS = 15;
const MAX_BATCH_DELAY_MS = 600;

/**
 * Reads the report for all images of a step. Images that wait for the rate limiter together share a request, since
 * `name` can be given many times: requests grow with the images by the page, not one by one.
 */
export class ReportBatcher {
  readonly #readPage: ReadPage;
  readonly #limiter: RateLimiter;
  readonly #deps: BatcherDependencies;
  #pending: readonly PendingRequest[] = [];
  #isFlushing = false;
  #lastDetail: Detail = 'compact';
  /** How many findings the compact rows count, so that no full request asks for too many. */
  readonly #findings = new WeakMap<Image, number>();
  /** The names of images that are asked for by digest: a whole repository in full has no bound. */
  readonly #names = new WeakMap<Image, readonly string[]>();
  /** A report that was read before is not unreadable: then progress alone must not prove anything. */
  #wasRead = false;
  /** Grows when a full request for several images fails. */
  #shrinkFactor = 1;
  /** The most rows that one page had. */
  #longestPage = 0;
  /** Images that were read before. */
  readonly #seen = new WeakSet<Image>();

  constructor(readPage: ReadPage, deps: BatcherDependencies) {
    this.#readPage = readPage;
    this.#limiter = new RateLimiter(REPORT_RATE, deps.clock, deps.deadline);
    this.#deps = deps;
  }

  /** What the report says of an image. Rejects with what is final, and with the step's reason when it is aborted. */
  request(image: Image, detail: Detail, aliases: Aliases): Promise<Result<ReportSnapshot>> {
    const { signal } = this.#deps;
    const settled = new AbortController();
    const names = detail === 'full' ? this.#names.get(image) : undefined;
    const result = new Promise<Result<ReportSnapshot>>((resolve, reject) => {
      signal.throwIfAborted();
      signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: settled.signal });
      const request = { image, detail, aliases, reply: { resolve, reject }, ...(names && { names }) };
      this.#pending = [...this.#pending, request];
      if (!this.#isFlushing) void this.#flush();
    });
    return result.finally(() => settled.abort());
  }

  async #flush(): Promise<void> {
    this.#isFlushing = true;
    while (this.#pending.length > 0) {
      if (this.#nextBatch().length === this.#pending.length) await this.#collect();
      await this.#limiter.acquire(this.#deps.signal);
      // The next batch does not wait for the response of this one.
      const batch = this.#nextBatch();
      this.#lastDetail = batch[0]?.detail ?? 'compact';
      const replies = new Set(batch.map(({ reply }) => reply));
      this.#pending = this.#pending.filter(({ reply }) => !replies.has(reply));
      void this.#answer(batch);
    }
    this.#isFlushing = false;
  }

  /** Waits a little for other images to ask. */
  async #collect(): Promise<void> {
    const { clock, deadline, activeScans, signal } = this.#deps;
    if (activeScans.size <= 1) return;
    const delayMs = Math.min(activeScans.size * BATCH_DELAY_EACH_MS, MAX_BATCH_DELAY_MS, deadline.leftMs());
    await clock.sleep(delayMs, signal);
  }

  /**
   * Alternates between full and compact reads, so that full reads are not starved. A full read that has room takes
   * compact requests along, which would otherwise wait for a call of their own.
   */
  #nextBatch(): readonly PendingRequest[] {
    const others = this.#pending.filter(({ detail }) => detail !== this.#lastDetail);
    const next = others.length > 0 ? others : this.#pending;
    const along = next[0]?.detail === 'full' ? this.#pending.filter(isCompactByName).map(takenAlong) : [];
    return batchOf([...next, ...along], ({ image, isTakenAlong }) => {
      const findings = this.#findings.get(image) ?? 0;
      return fullShare(isTakenAlong ? findings * TAKEN_ALONG_FACTOR : findings) * this.#shrinkFactor;
    });
  }

  async #answer(batch: readonly PendingRequest[]): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    try {
      const pages = await this.#readPages(batch, first.detail);
      if (first.detail === 'full') this.#adaptSize(pages, batch.length);
      for (const request of batch) {
        const snapshot = pages.ok ? snapshotOf(pages.value, request) : pages;
        if (pages.ok) this.#remember(request, pages.value.rows, snapshot);
        if (pages.ok && needsFullRead(pages.value, request)) this.#requeue(request, 'full');
        else if (request.isTakenAlong && !snapshot.ok) this.#requeue(request, 'compact');
        else request.reply.resolve(snapshot);
      }
    } catch (error) {
      const refused = snapshotOfRefusal(error, first.detail, this.#wasRead);
      for (const request of batch) {
        if (request.isTakenAlong) this.#requeue(request, 'compact');
        else if (refused === undefined) request.reply.reject(error);
        else request.reply.resolve(refused);
      }
    }
  }

  /** In full where a compact row lacks the digest it has to be found by; compact where only the full read failed. */
  #requeue({ isTakenAlong: _, ...request }: PendingRequest, detail: Detail): void {
    this.#pending = [...this.#pending, { ...request, detail }];
    if (!this.#isFlushing) void this.#flush();
  }

  #remember(request: ReportRequest, rows: readonly ReportRow[], snapshot: Result<ReportSnapshot>): void {
    if (!snapshot.ok || snapshot.value.kind !== 'row') return;
    const { image, aliases } = request;
    this.#findings.set(image, snapshot.value.row.vulnerabilityCounts?.total ?? 0);
    const names = 'digest' in image.scanBy ? namesOf(rows, image, aliases) : [];
    if (names.length > 0) this.#names.set(image, names);
  }

  /** A full request that failed may have asked for too much; but an outage must not keep all requests small. */
  #adaptSize(result: Result<unknown>, images: number): void {
    if (result.ok) this.#shrinkFactor = Math.max(1, this.#shrinkFactor * SHRINK_RECOVERY);
    else if (images > 1 && result.failure.kind !== 'rate-limited') {
      this.#shrinkFactor = Math.min(this.#shrinkFactor * 2, MAX_SHRINK_FACTOR);
    }
  }

  /**
   * Reads all pages. `Total-Count` says how many rows there are, whatever the size of a page; without it, an image that
   * no page has shown is looked for on the next one until one is empty, or repeats the one before.
   */
  async #readPages(batch: readonly ReportRequest[], detail: Detail): Promise<Result<Pages>> {
    const compact: Query = detail === 'compact' ? [['compact', 'true']] : [];
    const rows: ReportRow[] = [];
    let readAtMs: number | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      if (page > 0) await this.#limiter.acquire(this.#deps.signal);
      const paging: Query = [
        ['limit', String(PAGE_SIZE)],
        ['offset', String(rows.length)],
      ];
      const result = await this.#readPage([...queryFor(batch), ...compact, ...paging], this.#deps.signal);
      // A single image slows down by its own backoff.
      if (this.#deps.activeScans.size > 1) this.#limiter.record(result);
      if (!result.ok) return result;
      this.#wasRead = true;
      const { totalCount } = result.value;
      // The first answer counts: what comes after it may be younger.
      readAtMs ??= result.value.readAtMs;
      const isRepeated = page > 0 && isSamePage(result.value.rows, rows);
      if (!isRepeated) rows.push(...result.value.rows);
      const isEmpty = result.value.rows.length === 0 || isRepeated;
      const mayBeCut = this.#mayBeCut(result.value.rows.length, batch);
      const isLast =
        totalCount === undefined
          ? isEmpty ||
            !mayBeCut ||
            (isShort(result.value) && batch.every((request) => isShown(rows, request)))
          : isEmpty || rows.length >= totalCount;
      // Where `offset` is ignored, there may be more than the first page shows.
      const areAll = !isRepeated || result.value.rows.length < PAGE_SIZE;
      if (isLast) return success({ rows, readAtMs, areAll });
    }
    return success({ rows, readAtMs, areAll: false });
  }

  /**
   * Whether a page of so many rows may have a next one. A Console that cuts pages shorter than asked cuts all alike: a
   * page shorter than an earlier one is the last. While new rows appear, each page is the longest so far; of many
   * images the next page is then read only if the length stays the same, or an image is read for the first time.
   */
  #mayBeCut(rows: number, batch: readonly ReportRequest[]): boolean {
    const longest = this.#longestPage;
    this.#longestPage = Math.max(longest, rows);
    const isFirstRead = batch.some(({ image }) => !this.#seen.has(image));
    for (const { image } of batch) this.#seen.add(image);
    if (rows > longest) return rows >= PAGE_SIZE || isFirstRead || this.#deps.activeScans.size <= 1;
    return rows === longest || rows >= PAGE_SIZE;
  }
}

function isShort({ rows }: ReportPage): boolean {
  return rows.length < PAGE_SIZE;
}

/** A request by repository is not taken along: a whole repository in full has no bound. */
function isCompactByName(request: ReportRequest): boolean {
  return request.detail === 'compact' && isByName(request);
}

function takenAlong(request: PendingRequest): PendingRequest {
  return { ...request, detail: 'full', isTakenAlong: true };
}

/** A Console that does not know `offset` repeats its first page. */
function isSamePage(page: readonly ReportRow[], rows: readonly ReportRow[]): boolean {
  return page.length > 0 && page.every(({ key }) => rows.some((row) => row.key === key));
}

/** How much of a full request an image takes up that has so many findings. */
export function fullShare(findings: number): number {
  return Math.min(1, Math.max(MIN_SHARE, findings / MAX_FINDINGS));
}

/**
 * The requests that the next call serves: the one that has waited longest, and those that fit into the same call. A tag
 * is found by its full name, in every spelling that the report may have; a digest has no name, so its whole repository
 * is read. In the compact form an image is asked for in the same way every time.
 */
export function batchOf<R extends ReportRequest>(
  pending: readonly R[],
  shareOf: (request: R) => number,
): readonly R[] {
  const [first] = pending;
  if (first === undefined) return [];
  const batch: R[] = [];
  let length = 0;
  let taken = 0;
  for (const request of pending) {
    if (request.detail !== first.detail || !canShare(request, first)) continue;
    length += lengthOf(filterFor(request));
    taken += request.detail === 'full' ? shareOf(request) : MIN_SHARE;
    if (batch.length > 0 && (taken > 1 + ROUNDING || length > MAX_QUERY_LENGTH)) break;
    batch.push(request);
  }
  return batch;
}

/** Any images can be asked for by name together; by repository only those of the same one. */
function canShare(one: ReportRequest, other: ReportRequest): boolean {
  if (isByName(one) && isByName(other)) return true;
  return String(filterFor(one)) === String(filterFor(other));
}

function isByName({ image, names }: ReportRequest): boolean {
  return names !== undefined || 'tag' in image.scanBy;
}

/** The filters of all requests of a batch, each once. */
export function queryFor(batch: readonly ReportRequest[]): Query {
  const filters = new Map(batch.flatMap(filterFor).map((filter) => [String(filter), filter]));
  return [...filters.values()];
}

function filterFor({ image: { registry, repository, scanBy }, names }: ReportRequest): Query {
  const known = names ?? ('tag' in scanBy ? reportNames({ registry, repository }, scanBy.tag) : undefined);
  if (known !== undefined) return known.map((name) => ['name', name]);
  const spellings = new Set([canonicalRepository(registry, repository), repository]);
  return [...spellings].map((spelling) => ['repository', spelling]);
}

function lengthOf(filter: Query): number {
  return filter.reduce((sum, [name, value]) => sum + name.length + encodeURIComponent(value).length + 2, 0);
}

/** A row of one image that cannot be decoded must not affect the others. */
function snapshotOf(
  { rows, readAtMs, areAll }: Pages,
  { image, detail, aliases }: ReportRequest,
): Result<ReportSnapshot> {
  try {
    const row = rowOf(rows, image, detail, aliases);
    if (row !== undefined) return success({ kind: 'row', row, readAtMs });
    if (!areAll) throw new DecodeError('report', 'a row of this image', `${rows.length} of others`);
    return success({ kind: 'absent', readAtMs });
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const { kind, message } = failureOfBody(error);
    return retryable({ kind, message, retryAfterMs: undefined });
  }
}

function needsFullRead({ rows }: Pages, request: ReportRequest): boolean {
  const { image, detail } = request;
  const isByDigest = detail === 'compact' && 'digest' in image.scanBy;
  return isByDigest && !isShown(rows, request) && hasRowWithoutDigest(rows, image);
}

function failureOfBody(error: DecodeError): { kind: 'invalid-response'; message: string } {
  return { kind: 'invalid-response', message: errorOfBody(REPORT_CALL, error, 'Console').what };
}

/** Maps 403 and 404 of `GET registry` to a snapshot; other errors are rethrown. A log-in is refused by another call. */
function snapshotOfRefusal(
  error: unknown,
  detail: Detail,
  wasRead: boolean,
): Result<ReportSnapshot> | undefined {
  if (!(error instanceof CallError) || error.call !== REPORT_CALL) return undefined;
  const { kind, what, dateMs } = error;
  if (detail === 'compact' && !wasRead && (kind === 'forbidden' || kind === 'not-found')) {
    return success({ kind: 'unreadable', why: kind, readAtMs: dateMs });
  }
  // The compact form was read, so the Console refuses only so much of the report.
  if (kind === 'bad-request' && detail === 'full') {
    return retryable({ kind: 'invalid-response', message: what, retryAfterMs: undefined });
  }
  return undefined;
}
