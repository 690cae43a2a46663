import type { ImageScanResult, NamesResult, ReportQuery, ReportResult } from './api-types.ts';
import { digestOf } from './builders.ts';
import type { ImageIndex } from './image-index.ts';
import { sameRegistry } from './image-name.ts';
import { ALL_COLLECTIONS, imageScanResult } from './image-row.ts';
import type { Settings } from './settings.ts';
import type { SimulatedImage } from './simulated-image.ts';

/** The user who reads, and the collections that this user is limited to; undefined: all. */
export interface Reader {
  readonly username: string;
  readonly collections?: readonly string[] | undefined;
}

/** The rows of the last scans: filters, sorting, pages and rate limit. */
export class Report {
  readonly #images: ImageIndex;
  readonly #settings: Settings;
  readonly #limits = new Map<string, RateLimit>();
  #upSinceMs: number;
  readonly #startedAtMs: number;
  #reads = 0;

  constructor(images: ImageIndex, settings: Settings, startedAtMs: number) {
    this.#images = images;
    this.#settings = settings;
    this.#startedAtMs = startedAtMs;
    this.#upSinceMs = startedAtMs;
  }

  /** After a restart the report is empty again for `reportNullMs`. */
  restart(atMs: number): void {
    this.#upSinceMs = atMs;
  }

  /** Resets the rate limits, since the settings may have changed them. */
  settingsChanged(): void {
    this.#limits.clear();
  }

  rows(query: ReportQuery, { username, collections }: Reader, atMs: number): ReportResult {
    const waitMs = this.#rateLimitWaitMs(username, atMs);
    if (waitMs > 0) return this.#rateLimited(waitMs);
    const { reportStatus } = this.#settings;
    if (reportStatus === 403) return { status: 403, body: { err: 'not permitted to see registry images' } };
    if (reportStatus === 404) return { status: 404, body: { err: 'no registry images here' } };
    this.#reads += 1;
    if (this.#isNullYet(atMs)) return { status: 200, body: null, totalCount: undefined, clockLagMs: 0 };
    const lagMs = this.#replicaLagMs();
    const replicaMs = atMs - lagMs;
    const found = this.#found(query, collections, replicaMs);
    const options = {
      compact: query.compact === true,
      normalizedSeverity: query.normalizedSeverity === true,
      read: this.#reads,
      startedAtMs: this.#startedAtMs,
    };
    const body = this.#page(found, query).flatMap((image) => {
      const row = image.history.row(replicaMs);
      return row === undefined ? [] : [imageScanResult(image.spec, row, this.#settings, options)];
    });
    const clockLagMs = this.#settings.replicaDates === 'lagging' ? lagMs : 0;
    return { status: 200, body: this.#nullWhenEmpty(body), totalCount: this.#totalCount(found), clockLagMs };
  }

  /** Returns every row that matches, in full: without pages and rate limit, as the downloads do. */
  allRows(query: ReportQuery, { collections }: Reader, atMs: number): Partial<ImageScanResult>[] {
    const startedAtMs = this.#startedAtMs;
    const options = { compact: false, normalizedSeverity: false, read: 0, startedAtMs };
    return this.#found(query, collections, atMs).flatMap((image) => {
      const row = image.history.row(atMs);
      return row === undefined ? [] : [imageScanResult(image.spec, row, this.#settings, options)];
    });
  }

  /** Returns all names unless a limit is given: the vendor's own client reads them without paging. */
  names(query: ReportQuery, { collections }: Reader, atMs: number): NamesResult {
    const { offset = 0, limit = 0 } = query;
    const found = this.#found(query, collections, atMs).map(({ name }) => name);
    const body = found.slice(offset, limit > 0 ? offset + limit : undefined);
    return { status: 200, body: this.#nullWhenEmpty(body) };
  }

  #isNullYet(atMs: number): boolean {
    const { reportNullReads, reportNullMs } = this.#settings;
    return this.#reads <= reportNullReads || atMs - this.#upSinceMs < reportNullMs;
  }

  /** Replicas answer in turn. */
  #replicaLagMs(): number {
    const lags = this.#settings.reportReplicaLagsMs;
    return lags[(this.#reads - 1) % lags.length] ?? 0;
  }

  #found(query: ReportQuery, collections: Reader['collections'], atMs: number): SimulatedImage[] {
    const candidates = query.name === undefined ? this.#images.all : this.#named(query.name);
    const found = candidates.filter(
      (image) =>
        image.spec.inReport &&
        isIn(collections, image) &&
        image.history.row(atMs) !== undefined &&
        this.#matches(image, query, atMs),
    );
    if (this.#settings.rowOrder === 'unordered') found.sort((a, b) => orderOf(a) - orderOf(b));
    if (query.sort === 'scanTime') found.sort((a, b) => scanTimeMs(a, atMs) - scanTimeMs(b, atMs));
    return query.reverse === true ? found.reverse() : found;
  }

  #named(names: readonly string[]): SimulatedImage[] {
    const found = new Set(names.flatMap((name) => this.#images.named(name)));
    return [...found].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #matches(image: SimulatedImage, query: ReportQuery, atMs: number): boolean {
    const { registry, repo } = image.spec;
    const imageId = (): string => image.history.row(atMs)?.imageId ?? '';
    const oneOf = (asked: readonly string[] | undefined, fits: (each: string) => boolean): boolean =>
      asked === undefined || asked.some(fits);
    return (
      oneOf(query.repository, (each) => each === repo) &&
      oneOf(query.registry, (each) => sameRegistry(each, registry, 'without-scheme')) &&
      oneOf(query.id, (each) => each === imageId() || each === image.name) &&
      oneOf(query.imageID, (each) => each === imageId()) &&
      (query.search === undefined || image.name.toLowerCase().includes(query.search.toLowerCase()))
    );
  }

  #page(found: readonly SimulatedImage[], { offset = 0, limit = 0 }: ReportQuery): readonly SimulatedImage[] {
    const { pageLimit, offsetIgnored } = this.#settings;
    const rows = limit > 0 ? Math.min(limit, pageLimit) : pageLimit;
    const first = offsetIgnored ? 0 : Math.max(0, offset);
    return found.slice(first, first + rows);
  }

  #nullWhenEmpty<Row>(rows: Row[]): Row[] | null {
    return rows.length === 0 && this.#settings.nothingFound === 'null' ? null : rows;
  }

  #totalCount(found: readonly SimulatedImage[]): number | undefined {
    return this.#settings.totalCountHeader ? found.length : undefined;
  }

  /** Returns the milliseconds until a request is granted; 0: granted. */
  #rateLimitWaitMs(user: string, atMs: number): number {
    const { rateLimit, rateLimitCounts, rateLimitScope } = this.#settings;
    if (rateLimit === null) return 0;
    const whose = rateLimitScope === 'user' ? user : '';
    const limit =
      this.#limits.get(whose) ?? new RateLimit(rateLimit.requests, rateLimit.windowMs, rateLimitCounts);
    this.#limits.set(whose, limit);
    return limit.take(atMs);
  }

  #rateLimited(waitMs: number): ReportResult {
    const { rateLimitBody, rateLimitRetryAfter } = this.#settings;
    const text = 'too many requests';
    const bodies = { json: { err: text }, text, empty: '' };
    const retryAfterSeconds = rateLimitRetryAfter ? Math.ceil(waitMs / 1_000) : undefined;
    return { status: 429, body: bodies[rateLimitBody], retryAfterSeconds };
  }
}

/** A fixed order that has nothing to do with names. */
function orderOf({ name }: SimulatedImage): number {
  return Number.parseInt(digestOf(name).slice('sha256:'.length, 20), 16);
}

function isIn(collections: Reader['collections'], { spec }: SimulatedImage): boolean {
  const own = spec.collections ?? ALL_COLLECTIONS;
  return collections === undefined || collections.some((collection) => own.includes(collection));
}

function scanTimeMs(image: SimulatedImage, atMs: number): number {
  return image.history.row(atMs)?.scanTimeMs ?? 0;
}

/** Limits requests in a sliding window. */
export class RateLimit {
  readonly #requests: number;
  readonly #windowMs: number;
  readonly #counts: Settings['rateLimitCounts'];
  readonly #counted: number[] = [];

  constructor(requests: number, windowMs: number, counts: Settings['rateLimitCounts'] = 'answered') {
    this.#requests = requests;
    this.#windowMs = windowMs;
    this.#counts = counts;
  }

  /** Grants a request and returns 0, or refuses it and returns the milliseconds to wait. */
  take(atMs: number): number {
    while (this.#counted[0] !== undefined && this.#counted[0] <= atMs - this.#windowMs) this.#counted.shift();
    const isFull = this.#counted.length >= this.#requests;
    if (!isFull || this.#counts === 'all') this.#counted.push(atMs);
    // The next request is granted once this one has left the window.
    const blockingMs = this.#counted.at(-this.#requests) ?? atMs;
    return isFull ? blockingMs + this.#windowMs - atMs : 0;
  }
}
