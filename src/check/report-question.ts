import type { Query } from '../console/address.ts';
import { MAX_PAGE_BYTES, MOST_PAGE_VALUES, PAGE_SIZE, totalCountOf } from '../console/paging.ts';
import { reportNames } from '../console/report-names.ts';
import { lengthOf, repositoryFilter } from '../console/report-request.ts';
import { decodeReport, type ReportPage } from '../console/report-row.ts';
import { answeredAtMs } from '../http/date.ts';
import { parseJson } from '../http/decode.ts';
import type { HttpResponse } from '../http/transport.ts';
import { type Image, isDockerHub } from '../image/image.ts';
import type { Detail } from '../scan/wait.ts';
import type { Question } from './console-questions.ts';

/** One page of the report. */
export interface ReportRead extends ReportPage {
  /** `full`: with the findings. */
  readonly detail: Detail;
  /** The requested rows: of any image, of one repository, or of images by their names. */
  readonly of: 'any' | 'repository' | 'names';
  /** True if there may be more rows than the page has. */
  readonly isCut: boolean;
  /** The header with the rest of the rate limit; undefined without one. */
  readonly rateLimit: string | undefined;
}

/** The one question about the report, and the images that it is about. */
export interface ReportQuestion extends Question<ReportRead> {
  readonly images: readonly Image[];
}

/** Servers and proxies take 8 kB for the request line. */
const MAX_FILTER_LENGTH = 5_000;
/** Fewer than the rows of a page, so that one page shows them all. */
const MOST_IMAGES_ASKED = 45;

/**
 * The report answers 30 requests in 30 s to all clients together, so the preflight reads it once. A single image is
 * requested by its repository, in any registry: that shows the Console's spelling, and the other tags. Several are
 * requested by name, as many as fit.
 */
export function rowsQuestion(images: readonly Image[], redact: (text: string) => string): ReportQuestion {
  const [first, ...others] = images;
  if (first === undefined) return reportQuestion({ of: 'any', images, filter: [], limit: 1 }, redact);
  if (others.length === 0) {
    return reportQuestion({ of: 'repository', images, filter: repositoryQuery([first]) }, redact);
  }
  const areAllTagged = images.every(({ tag }) => tag !== undefined);
  const filterOf = areAllTagged ? namesFilter : repositoriesFilter;
  const some = thoseThatFit(images, filterOf);
  return areAllTagged
    ? reportQuestion({ of: 'names', images: some, filter: some.flatMap(namesFilter) }, redact)
    : reportQuestion({ of: 'repository', images: some, filter: repositoryQuery(some) }, redact);
}

/**
 * The rows of images by name: for a repository with more tags than a page, or with the findings, since a whole
 * repository has no bound on those.
 */
export function rowQuestion(
  images: readonly Image[],
  detail: Detail,
  redact: (text: string) => string,
): ReportQuestion {
  return reportQuestion({ of: 'names', images, filter: images.flatMap(namesFilter), detail }, redact);
}

/** The rows of repositories, the latest scan first, if the Console can sort. */
function repositoryQuery(images: readonly Image[]): Query {
  const filters = new Map(images.flatMap(repositoriesFilter).map((filter) => [filter[1], filter]));
  return [...filters.values(), ['sort', 'scanTime'], ['reverse', 'true']];
}

/** The filter for repositories: Docker Hub's official images may lack `library/`. */
function repositoriesFilter(image: Image): Query {
  const isHub = isDockerHub(image.registry);
  const filter = repositoryFilter(image);
  const short = filter.map(([name, value]) => [name, value.replace(/^library\//, '')] as const);
  return isHub ? [...filter, ...short] : filter;
}

function namesFilter(image: Image): Query {
  return image.tag === undefined ? [] : reportNames(image, image.tag).map((name) => ['name', name] as const);
}

function thoseThatFit(images: readonly Image[], filterOf: (image: Image) => Query): readonly Image[] {
  let length = 0;
  const end = images.findIndex((image, at) => {
    length += lengthOf(filterOf(image));
    return at >= MOST_IMAGES_ASKED || (at > 0 && length > MAX_FILTER_LENGTH);
  });
  return end < 0 ? images : images.slice(0, end);
}

interface Asked {
  readonly of: ReportRead['of'];
  readonly images: readonly Image[];
  readonly filter: Query;
  readonly limit?: number;
  readonly detail?: Detail;
}

function reportQuestion(asked: Asked, redact: (text: string) => string): ReportQuestion {
  const { of, images, filter, limit = PAGE_SIZE, detail = 'compact' } = asked;
  const compact: Query = detail === 'compact' ? [['compact', 'true']] : [];
  const query: Query = [...filter, ...compact, ['limit', String(limit)]];
  return {
    images,
    request: { method: 'GET', path: 'registry', query, maxBytes: MAX_PAGE_BYTES[detail] },
    decode: (response) => {
      const rows = decodeReport(parseJson(response.body, MOST_PAGE_VALUES[detail]), redact);
      const totalCount = totalCountOf(response);
      const isCut = totalCount === undefined ? rows.length >= limit : rows.length < totalCount;
      const readAtMs = answeredAtMs(response.headers);
      return { detail, of, rows, totalCount, isCut, readAtMs, rateLimit: rateLimitOf(response) };
    },
  };
}

/**
 * The rest of the rate limit. The Console documents no such header, but an API gateway in front of it may send one.
 */
function rateLimitOf({ headers }: HttpResponse): string | undefined {
  const value =
    headers['x-ratelimit-remaining'] ?? headers['x-rate-limit-remaining'] ?? headers['ratelimit-remaining'];
  return typeof value === 'string' && /^\d{1,9}$/.test(value.trim()) ? value.trim() : undefined;
}
