import type { Query } from '../console/address.ts';
import { PAGE_SIZE, totalCountOf } from '../console/paging.ts';
import { decodeProgress } from '../console/progress.ts';
import { reportNames } from '../console/report-names.ts';
import { decodeReport, type ReportRow } from '../console/report-row.ts';
import { answeredAtMs } from '../http/date.ts';
import { DecodeError, listOf, objectAt, optionalTextAt, parseJson } from '../http/decode.ts';
import type { HttpResponse } from '../http/transport.ts';
import { canonicalRegistry, canonicalRepository, type Image } from '../image/image.ts';
import type { Progress } from '../scan/types.ts';
import type { ReportAccess } from './access.ts';
import type { Reading } from './answer.ts';
import { type KnownImage, parseFullName } from './known-images.ts';
import { decodeRegistrySettings, type SettingsEntry } from './registry-settings.ts';

/** A reading call, and how its response is read. */
export interface Question<T> {
  readonly request: Reading;
  readonly decode: (response: HttpResponse) => T;
}

type Redact = (text: string) => string;

function question<T>(
  path: string,
  query: Query,
  decode: (response: HttpResponse) => T,
  maxBytes?: number,
): Question<T> {
  return { request: { method: 'GET', path, query, ...(maxBytes === undefined ? {} : { maxBytes }) }, decode };
}

/** The version of the Console. */
export function versionQuestion(): Question<string> {
  return question('version', [], ({ body }) => {
    const version = parseJson(body);
    if (typeof version === 'string' && version !== '') return version;
    throw new DecodeError('body', 'a version', 'something else');
  });
}

/** One row, which needs the same right as all of them. */
export function accessQuestion(redact: Redact): Question<ReportAccess> {
  const query: Query = [
    ['limit', '1'],
    ['compact', 'true'],
  ];
  return question(
    'registry',
    query,
    (response) => {
      decodeReport(parseJson(response.body), redact);
      return { totalCount: totalCountOf(response), rateLimit: rateLimitOf(response) };
    },
    MAX_ROWS_BYTES,
  );
}

/**
 * The right to read progress. The end of a scan is shown to one reader only: a question about a real image would take it
 * from the job that waits for it, and the question without parameters may take the end of the regular scan. This one is
 * about an image that no registry has. The Console answers it with an empty list and consumes nothing.
 * `statuses/registry` needs the same right, but does not prove that a proxy lets the path of progress through.
 */
export function progressQuestion(redact: Redact): Question<Progress> {
  const query: Query = [
    ['onDemand', 'true'],
    ['repo', 'registry-scan-gate/preflight'],
    ['tag', 'no-such-image'],
  ];
  return question('registry/progress', query, ({ body }) => decodeProgress(parseJson(body), redact));
}

/** The registry settings: what the regular scan covers. */
export function settingsQuestion(): Question<readonly SettingsEntry[]> {
  return question(
    'settings/registry',
    [],
    ({ body }) => decodeRegistrySettings(parseJson(body)),
    MAX_ROWS_BYTES,
  );
}

/** The Defenders that are connected. */
export function defendersQuestion(): Question<readonly string[]> {
  const query: Query = [['connected', 'true']];
  return question('defenders/names', query, ({ body }) => listOf(parseJson(body), 'body', optionalTextAt));
}

/** The errors of the last regular scan. */
export function scanErrorsQuestion(): Question<readonly string[]> {
  return question('statuses/registry', [], ({ body }) => {
    const status = objectAt(parseJson(body), 'body');
    return listOf(status.errors, 'errors', optionalTextAt);
  });
}

export interface RowsAnswer {
  readonly rows: readonly ReportRow[];
  readonly totalCount: number | undefined;
  readonly readAtMs: number | undefined;
}

const MAX_ROWS_BYTES = 8 * 1024 * 1024;
/** Servers and proxies take 8 kB for the request line. */
const MAX_NAMES_LENGTH = 5_000;
/** Fewer than rows in a page, so that one page shows them all. */
const MAX_IMAGES = 45;
/** The report answers 30 requests in 30 s, to all clients together: the preflight takes a share. */
const MAX_ROWS_QUESTIONS = 8;

/** A question about the rows of these images. */
export interface RowsQuestion {
  readonly images: readonly Image[];
  readonly question: Question<RowsAnswer>;
}

/**
 * The rows of the images, many in one call; of an image by digest alone, those of its repository. There are no more
 * questions than a share of the rate limit, so that of very many images the last are in none.
 */
export function rowsQuestions(images: readonly Image[], redact: Redact): readonly RowsQuestion[] {
  const groups = groupsOf(images.filter(({ tag }) => tag !== undefined));
  const byName = groups.map((group) => ({
    images: group,
    question: rowsQuestion(
      group.flatMap(namesOf).map((name) => ['name', name] as const),
      redact,
    ),
  }));
  const byRepository = images
    .filter(({ tag }) => tag === undefined)
    .map((image) => ({ images: [image], question: repositoryQuestion(image, redact) }));
  return [...byName, ...byRepository].slice(0, MAX_ROWS_QUESTIONS);
}

function namesOf(image: Image): readonly string[] {
  return image.tag === undefined ? [] : reportNames(image, image.tag);
}

/** Images in groups that fit into a request line and a page. */
function groupsOf(images: readonly Image[]): readonly (readonly Image[])[] {
  const groups: Image[][] = [];
  let length = 0;
  for (const image of images) {
    const added = namesOf(image).reduce(
      (sum, name) => sum + '&name='.length + encodeURIComponent(name).length,
      0,
    );
    const last = groups.at(-1);
    if (last === undefined || last.length >= MAX_IMAGES || length + added > MAX_NAMES_LENGTH) {
      groups.push([image]);
      length = added;
    } else {
      last.push(image);
      length += added;
    }
  }
  return groups;
}

/** The rows of a repository in any registry, the one scanned last first where the Console can sort so. */
export function repositoryQuestion(image: Image, redact: Redact): Question<RowsAnswer> {
  const full = canonicalRepository(image.registry, image.repository);
  const isHub = canonicalRegistry(image.registry) === '';
  const names = new Set([full, isHub ? full.replace(/^library\//, '') : full]);
  return rowsQuestion(
    [...[...names].map((name) => ['repository', name] as const), ['sort', 'scanTime'], ['reverse', 'true']],
    redact,
  );
}

function rowsQuestion(filter: Query, redact: Redact): Question<RowsAnswer> {
  const query: Query = [...filter, ['compact', 'true'], ['limit', String(PAGE_SIZE)]];
  return question(
    'registry',
    query,
    (response) => ({
      rows: decodeReport(parseJson(response.body), redact),
      totalCount: totalCountOf(response),
      readAtMs: answeredAtMs(response.headers),
    }),
    MAX_ROWS_BYTES,
  );
}

/** The full names of all images that the user may see; asked only where an image is not known as given. */
export function namesQuestion(): Question<readonly KnownImage[]> {
  return question(
    'registry/names',
    [],
    ({ body }) => listOf(parseJson(body), 'body', optionalTextAt).map(parseFullName),
    MAX_ROWS_BYTES,
  );
}

/** The Console documents no such header; an API gateway in front of it may send one. */
function rateLimitOf({ headers }: HttpResponse): string {
  const value =
    headers['x-ratelimit-remaining'] ?? headers['x-rate-limit-remaining'] ?? headers['ratelimit-remaining'];
  return typeof value === 'string' && /^\d{1,9}$/.test(value.trim()) ? value.trim() : '';
}
