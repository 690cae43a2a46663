import { canonicalRepository, type Image } from '../image/image.ts';
import type { Detail } from '../scan/wait.ts';
import type { Query } from './address.ts';
import { reportNames } from './report-names.ts';
import type { Aliases } from './row-image.ts';

/** One caller's request for the report of one image. */
export interface ReportRequest {
  readonly image: Image;
  readonly detail: Detail;
  readonly aliases: Aliases;
  /** The full names that the report has for the image, once they are known. */
  readonly names?: readonly string[];
  /** True if the image is searched for in its repository, whatever the Console's spelling of the registry. */
  readonly isSearch?: true;
}

/** The filters of all requests of a batch, each once. */
export function queryFor(batch: readonly ReportRequest[]): Query {
  const filters = new Map(batch.flatMap(filterFor).map((filter) => [String(filter), filter]));
  const isSearch = batch.some((request) => request.isSearch);
  return [...filters.values(), ...(isSearch ? NEWEST_FIRST : [])];
}

/** A repository can have any number of tags, and a search is for the row of a scan that has just ended. */
const NEWEST_FIRST: Query = [
  ['sort', 'scanTime'],
  ['reverse', 'true'],
];

/** True if the filter is the image's full names; otherwise it is its repository. */
export function isByName({ image, names, isSearch }: ReportRequest): boolean {
  if (isSearch) return false;
  return names !== undefined || 'tag' in image.scanBy;
}

/**
 * The filter that finds one image. A tag is found by its full name, in every spelling that the report may have. A
 * digest has no name, so its whole repository is read.
 */
export function filterFor({
  image: { registry, repository, scanBy },
  names,
  isSearch,
}: ReportRequest): Query {
  if (isSearch) return repositoryFilter({ registry, repository });
  const known = names ?? ('tag' in scanBy ? reportNames({ registry, repository }, scanBy.tag) : undefined);
  if (known !== undefined) return known.map((name) => ['name', name]);
  return repositoryFilter({ registry, repository });
}

/** The filter that finds every image of a repository, in any registry. */
export function repositoryFilter({ registry, repository }: Pick<Image, 'registry' | 'repository'>): Query {
  const spellings = new Set([canonicalRepository(registry, repository), repository]);
  return [...spellings].map((spelling) => ['repository', spelling]);
}

/** The number of characters that a filter takes up in the request line. */
export function lengthOf(filter: Query): number {
  return filter.reduce((sum, [name, value]) => sum + name.length + encodeURIComponent(value).length + 2, 0);
}
