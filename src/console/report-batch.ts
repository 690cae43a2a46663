import { canonicalRepository, type Image } from '../scan/image.ts';
import type { Query } from './endpoint.ts';
import { reportNames } from './report.ts';

export type Detail = 'compact' | 'full';

/** Somebody's question what the report says of an image. */
export interface Inquiry {
  readonly image: Image;
  readonly detail: Detail;
  /** The full names that the report knows the image by, where they are known although it is asked for by digest. */
  readonly names?: readonly string[];
}

/** Fewer images than rows in a page, so that a call is answered with one page. */
const SMALLEST_SHARE = 1 / 45;
/** About 20 MB of JSON. */
const MOST_FINDINGS = 20_000;
const ROUNDING = 1e-9;
/** Servers and proxies take 8 kB for a line of address. */
const LONGEST_QUERY = 6_000;

/** How much of a full call an image takes up that is known to have so many findings. */
export function shareInFull(findings: number): number {
  return Math.min(1, Math.max(SMALLEST_SHARE, findings / MOST_FINDINGS));
}

/**
 * Who is answered by the next call: the one who has waited longest, and those whose question goes into the same call.
 * A tag is found by its full name, in every spelling the report may know it by; a digest has no name, so its whole
 * repository is read. In the compact form it is the same question every time: were it another, an old row could turn up
 * where there seemed to be none, and pass for a new one.
 */
export function batchOf<I extends Inquiry>(
  waiting: readonly I[],
  shareOf: (inquiry: I) => number,
): readonly I[] {
  const [first] = waiting;
  if (first === undefined) return [];
  const batch: I[] = [];
  let length = 0;
  let taken = 0;
  for (const inquiry of waiting) {
    if (inquiry.detail !== first.detail || !isAskedAlike(inquiry, first)) continue;
    length += lengthOf(filterFor(inquiry));
    taken += inquiry.detail === 'full' ? shareOf(inquiry) : SMALLEST_SHARE;
    if (batch.length > 0 && (taken > 1 + ROUNDING || length > LONGEST_QUERY)) break;
    batch.push(inquiry);
  }
  return batch;
}

/** By names any images may be asked for together; by repository only those of the same one. */
function isAskedAlike(one: Inquiry, other: Inquiry): boolean {
  if (isAskedByName(one) && isAskedByName(other)) return true;
  return String(filterFor(one)) === String(filterFor(other));
}

function isAskedByName({ image, names }: Inquiry): boolean {
  return names !== undefined || 'tag' in image.scanBy;
}

/** What to ask for all of a batch, each part once. */
export function queryFor(batch: readonly Inquiry[]): Query {
  const parts = new Map(batch.flatMap(filterFor).map((part) => [String(part), part]));
  return [...parts.values()];
}

function filterFor({ image: { registry, repository, scanBy }, names }: Inquiry): Query {
  const known = names ?? ('tag' in scanBy ? reportNames({ registry, repository }, scanBy.tag) : undefined);
  if (known !== undefined) return known.map((name) => ['name', name]);
  const spellings = new Set([canonicalRepository(registry, repository), repository]);
  return [...spellings].map((spelling) => ['repository', spelling]);
}

function lengthOf(filter: Query): number {
  return filter.reduce((sum, [name, value]) => sum + name.length + encodeURIComponent(value).length + 2, 0);
}
