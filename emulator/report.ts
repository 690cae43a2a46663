import type { NamesResult, ReportQuery, ReportResult } from './api-types.ts';
import type { ImageIndex } from './image-index.ts';
import { sameRegistry } from './image-name.ts';
import { imageScanResult } from './image-row.ts';
import type { Settings } from './settings.ts';
import type { SimulatedImage } from './simulated-image.ts';

/** The rows of the last scans: filters, sorting, pages and rate limit. */
export class Report {
  readonly #images: ImageIndex;
  readonly #settings: Settings;
  readonly #limits = new Map<string, RateLimit>();

  constructor(images: ImageIndex, settings: Settings) {
    this.#images = images;
    this.#settings = settings;
  }

  rows(query: ReportQuery, user: string, atMs: number): ReportResult {
    const waitMs = this.#rateLimitWaitMs(user, atMs);
    if (waitMs > 0) return this.#rateLimited(waitMs);
    const { reportStatus } = this.#settings;
    if (reportStatus === 403) return { status: 403, body: { err: 'not permitted to see registry images' } };
    if (reportStatus === 404) return { status: 404, body: { err: 'no registry images here' } };
    const found = this.#found(query, atMs);
    const options = {
      compact: query.compact === true,
      normalizedSeverity: query.normalizedSeverity === true,
    };
    const body = this.#page(found, query).flatMap((image) => {
      const row = image.history.row(atMs);
      return row === undefined ? [] : [imageScanResult(image.spec, row, this.#settings, options)];
    });
    return { status: 200, body: this.#nullWhenEmpty(body), totalCount: this.#totalCount(found) };
  }

  /** Returns all names unless a limit is given: the vendor's own client reads them without paging. */
  names(query: ReportQuery, atMs: number): NamesResult {
    const { offset = 0, limit = 0 } = query;
    const found = this.#found(query, atMs).map(({ name }) => name);
    const body = found.slice(offset, limit > 0 ? offset + limit : undefined);
    return { status: 200, body: this.#nullWhenEmpty(body) };
  }

  #found(query: ReportQuery, atMs: number): SimulatedImage[] {
    const candidates = query.name === undefined ? this.#images.all : this.#named(query.name);
    const found = candidates.filter(
      (image) =>
        image.spec.inReport && image.history.row(atMs) !== undefined && this.#matches(image, query, atMs),
    );
    if (query.sort === 'scanTime') found.sort((a, b) => scanTimeMs(a, atMs) - scanTimeMs(b, atMs));
    return query.reverse === true ? found.reverse() : found;
  }

  #named(names: readonly string[]): SimulatedImage[] {
    const found = new Set(names.flatMap((name) => this.#images.named(name, this.#settings.nameMatch)));
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
      oneOf(query.imageID, (each) => each === imageId())
    );
  }

  #page(found: readonly SimulatedImage[], { offset = 0, limit = 0 }: ReportQuery): readonly SimulatedImage[] {
    const { pageLimit } = this.#settings;
    const rows = limit > 0 ? Math.min(limit, pageLimit) : pageLimit;
    return found.slice(Math.max(0, offset), Math.max(0, offset) + rows);
  }

  #nullWhenEmpty<Row>(rows: Row[]): Row[] | null {
    return rows.length === 0 && this.#settings.nothingFound === 'null' ? null : rows;
  }

  #totalCount(found: readonly SimulatedImage[]): number | undefined {
    return this.#settings.totalCountHeader ? found.length : undefined;
  }

  /** Returns the milliseconds until a request is granted; 0: granted. */
  #rateLimitWaitMs(user: string, atMs: number): number {
    const { rateLimit, rateLimitScope } = this.#settings;
    if (rateLimit === null) return 0;
    const whose = rateLimitScope === 'user' ? user : '';
    const limit = this.#limits.get(whose) ?? new RateLimit(rateLimit.requests, rateLimit.windowMs);
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

function scanTimeMs(image: SimulatedImage, atMs: number): number {
  return image.history.row(atMs)?.scanTimeMs ?? 0;
}

/** Limits requests in a sliding window. */
export class RateLimit {
  readonly #requests: number;
  readonly #windowMs: number;
  readonly #granted: number[] = [];

  constructor(requests: number, windowMs: number) {
    this.#requests = requests;
    this.#windowMs = windowMs;
  }

  /** Grants a request and returns 0, or refuses it and returns the milliseconds to wait. */
  take(atMs: number): number {
    while (this.#granted[0] !== undefined && this.#granted[0] <= atMs - this.#windowMs) this.#granted.shift();
    const [oldest] = this.#granted;
    if (oldest !== undefined && this.#granted.length >= this.#requests) return oldest + this.#windowMs - atMs;
    this.#granted.push(atMs);
    return 0;
  }
}
