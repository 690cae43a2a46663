import type { Image } from '../image/image.ts';
import type { ActiveScans, Clock } from '../scan/clock.ts';
import type { Deadline } from '../scan/deadline.ts';
import { type ReportSnapshot, type Result, success } from '../scan/evidence.ts';
import type { Detail } from '../scan/wait.ts';
import { RateLimiter, REPORT_RATE } from './rate-limiter.ts';
import { RefusalPause } from './refusal-pause.ts';
import { RegistrySpellings } from './registry-spelling.ts';
import { batchOf, fullShare } from './report-batch.ts';
import { type Pages, type ReadPage, ReportPages } from './report-pages.ts';
import { isByName, type ReportRequest } from './report-request.ts';
import type { ReportRow } from './report-row.ts';
import { needsFullRead, snapshotOf, snapshotOfRefusal } from './report-snapshot.ts';
import { type Aliases, namesOf } from './row-image.ts';

interface BatcherDependencies {
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly activeScans: ActiveScans;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

interface PendingRequest extends ReportRequest {
  readonly reply: {
    readonly resolve: (result: Result<ReportSnapshot>) => void;
    readonly reject: (reason: unknown) => void;
  };
  /** True for a compact request that is part of a full one. */
  readonly isTakenAlong?: true;
  /** For a search under another spelling: the result of the read by the image's own names. */
  readonly missed?: { readonly detail: Detail; readonly result: Result<ReportSnapshot> };
}

/** The findings of a compact request weigh this much more when it joins a full one. */
const TAKEN_ALONG_FACTOR = 10;

/** A full request of one image cannot be made smaller. */
const MAX_SHRINK_FACTOR = 64;
/** How much of the shrink factor is left after a full request that was answered. */
const SHRINK_RECOVERY = 0.8;

/** With more active scans, other requests are likelier to follow soon, and one call then serves all of them. */
const BATCH_DELAY_EACH_MS = 15;
const MAX_BATCH_DELAY_MS = 600;

/**
 * Reads the report for all images of a step. Images that wait for the rate limiter together share a request, since
 * `name` can be given many times: the number of requests grows with the pages, not with the images. While a refusal
 * stands, nothing is sent, and every request is answered with that refusal.
 */
export class ReportBatcher {
  readonly #pages: ReportPages;
  readonly #limiter: RateLimiter;
  readonly #pause: RefusalPause;
  readonly #deps: BatcherDependencies;
  #pending: readonly PendingRequest[] = [];
  #isFlushing = false;
  #lastDetail: Detail = 'compact';
  /** The numbers of findings in the compact rows, so that no full request asks for too many. */
  readonly #findings = new WeakMap<Image, number>();
  /** The names of images that are requested by digest: a full read of a whole repository has no bound. */
  readonly #names = new WeakMap<Image, readonly string[]>();
  readonly #spellings = new RegistrySpellings();
  /** Grows when a full request for several images fails. */
  #shrinkFactor = 1;

  constructor(readPage: ReadPage, deps: BatcherDependencies) {
    const { activeScans, signal } = deps;
    this.#limiter = new RateLimiter(REPORT_RATE, deps.clock, deps.deadline);
    this.#pause = new RefusalPause(deps);
    this.#pages = new ReportPages({
      readPage,
      limiter: this.#limiter,
      pause: this.#pause,
      activeScans,
      signal,
    });
    this.#deps = deps;
  }

  /** The report of one image. Rejects with a final error, or with the step's reason when it is aborted. */
  request(image: Image, detail: Detail, aliases: Aliases): Promise<Result<ReportSnapshot>> {
    const { signal } = this.#deps;
    const settled = new AbortController();
    const names = this.#spellings.namesOf(image) ?? (detail === 'full' ? this.#names.get(image) : undefined);
    const result = new Promise<Result<ReportSnapshot>>((resolve, reject) => {
      signal.throwIfAborted();
      signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: settled.signal });
      this.#enqueue({ image, detail, aliases, reply: { resolve, reject }, ...(names && { names }) });
    });
    return result.finally(() => settled.abort());
  }

  #enqueue(request: PendingRequest): void {
    this.#pending = [...this.#pending, request];
    if (!this.#isFlushing) void this.#flush();
  }

  async #flush(): Promise<void> {
    this.#isFlushing = true;
    while (this.#pending.length > 0) {
      if (this.#refuseAll()) break;
      if (this.#nextBatch().length === this.#pending.length) await this.#collect();
      await this.#limiter.acquire(this.#deps.signal);
      if (this.#refuseAll()) break;
      // The next batch does not wait for the response of this one.
      const batch = this.#nextBatch();
      this.#lastDetail = batch[0]?.detail ?? 'compact';
      const replies = new Set(batch.map(({ reply }) => reply));
      this.#pending = this.#pending.filter(({ reply }) => !replies.has(reply));
      void this.#answer(batch);
    }
    this.#isFlushing = false;
  }

  /** Answers every request with the refusal that stands; false if none does. */
  #refuseAll(): boolean {
    const refusal = this.#pause.standing();
    if (refusal === undefined) return false;
    for (const { reply } of this.#pending) reply.resolve(refusal);
    this.#pending = [];
    return true;
  }

  /** Waits a little for other images to ask. */
  async #collect(): Promise<void> {
    const { clock, deadline, activeScans, signal } = this.#deps;
    if (activeScans.size <= 1) return;
    const delayMs = Math.min(activeScans.size * BATCH_DELAY_EACH_MS, MAX_BATCH_DELAY_MS, deadline.leftMs());
    await clock.sleep(delayMs, signal);
  }

  /**
   * Alternates between full and compact reads, so that full reads are not starved. A full read with room left
   * includes compact requests, which would otherwise wait for a separate call.
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
      const pages = await this.#pages.read(batch, first.detail);
      if (first.detail === 'full') this.#adaptSize(pages, batch.length);
      for (const request of batch) this.#settle(request, pages);
    } catch (error) {
      const refused = snapshotOfRefusal(error, first.detail, this.#pages.wasRead);
      for (const request of batch) this.#refuse(request, error, refused);
    }
  }

  /** Ends a request with the pages that were read for it, or repeats it in another form. */
  #settle(request: PendingRequest, pages: Result<Pages>): void {
    const snapshot = pages.ok ? snapshotOf(pages.value, request) : pages;
    if (pages.ok) this.#remember(request, pages.value.rows.of(request.image), snapshot);
    if (request.missed !== undefined) this.#found(request, request.missed, pages);
    else if (pages.ok && needsFullRead(pages.value, request)) this.#requeue(request, 'full');
    else if (request.isTakenAlong && !snapshot.ok) this.#requeue(request, 'compact');
    else this.#reply(request, snapshot);
  }

  #refuse(request: PendingRequest, error: unknown, refused: ReturnType<typeof snapshotOfRefusal>): void {
    if (request.missed !== undefined) request.reply.resolve(request.missed.result);
    else if (request.isTakenAlong) this.#requeue(request, 'compact');
    else if (refused === undefined) request.reply.reject(error);
    else request.reply.resolve(refused);
  }

  /**
   * Delivers the result of a read, unless the image has to be searched for under another spelling of its registry.
   */
  #reply(request: PendingRequest, result: Result<ReportSnapshot>): void {
    const { image, detail, reply, isTakenAlong } = request;
    const nowMs = this.#deps.clock.nowMs();
    // An image is read in full for its own sake only after the end of its scan.
    const isInFull = detail === 'full' && !isTakenAlong && result.ok;
    if (result.ok && !isInFull) this.#spellings.note(image, result.value);
    if (isInFull && this.#spellings.isToBeSearched(image, result.value, nowMs)) {
      this.#enqueue({ ...request, detail: 'compact', isSearch: true, missed: { detail, result } });
    } else {
      reply.resolve(result.ok ? success(this.#spellings.proven(image, result.value)) : result);
    }
  }

  /** Repeats the request by the names that a search has found; without any, the image is missing. */
  #found(
    { isSearch: _, missed: __, ...request }: PendingRequest,
    { detail, result }: NonNullable<PendingRequest['missed']>,
    pages: Result<Pages>,
  ): void {
    const { image, reply } = request;
    const isLearned = pages.ok && this.#spellings.learn(image, pages.value.rows.of(image));
    const names = this.#spellings.namesOf(image);
    if (isLearned && names !== undefined) this.#enqueue({ ...request, detail, names });
    else reply.resolve(result);
  }

  /**
   * Repeats a request in full if a compact row lacks the digest that identifies it, or compact if only the full read
   * failed.
   */
  #requeue({ isTakenAlong: _, ...request }: PendingRequest, detail: Detail): void {
    this.#enqueue({ ...request, detail });
  }

  #remember(request: ReportRequest, rows: readonly ReportRow[], snapshot: Result<ReportSnapshot>): void {
    if (!snapshot.ok || snapshot.value.kind !== 'row') return;
    const { image, aliases } = request;
    this.#findings.set(image, snapshot.value.row.vulnerabilityCounts?.total ?? 0);
    const names = 'digest' in image.scanBy ? namesOf(rows, image, aliases) : [];
    if (names.length > 0) this.#names.set(image, names);
  }

  /**
   * Adapts the size of full requests: a failed one may have been too large, but an outage must not keep all of them
   * small.
   */
  #adaptSize(result: Result<unknown>, images: number): void {
    if (result.ok) this.#shrinkFactor = Math.max(1, this.#shrinkFactor * SHRINK_RECOVERY);
    else if (images > 1 && result.failure.kind !== 'rate-limited') {
      this.#shrinkFactor = Math.min(this.#shrinkFactor * 2, MAX_SHRINK_FACTOR);
    }
  }
}

/**
 * True for a request that a full one can include. A full read of a whole repository has no bound, so a request by
 * repository cannot be.
 */
function isCompactByName(request: ReportRequest): boolean {
  return request.detail === 'compact' && isByName(request);
}

function takenAlong(request: PendingRequest): PendingRequest {
  return { ...request, detail: 'full', isTakenAlong: true };
}
