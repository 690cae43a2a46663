import { filterFor, isByName, lengthOf, type ReportRequest } from './report-request.ts';

/** Fewer images than rows in a page, so that one page answers a request. */
const MIN_SHARE = 1 / 45;
/** About 20 MB of JSON. */
const MAX_FINDINGS = 20_000;
const ROUNDING = 1e-9;
/** Servers and proxies take 8 kB for the request line. */
const MAX_QUERY_LENGTH = 6_000;

/** How much of a full request an image takes up that has so many findings. */
export function fullShare(findings: number): number {
  return Math.min(1, Math.max(MIN_SHARE, findings / MAX_FINDINGS));
}

/**
 * The requests that the next call serves: the one that has waited longest, and those that fit into the same call. In the
 * compact form an image is asked for in the same way every time.
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

/** Any images can be asked for by name, or looked for, together; by repository only those of the same one. */
function canShare(one: ReportRequest, other: ReportRequest): boolean {
  if (one.isSearch || other.isSearch) return one.isSearch === other.isSearch;
  if (isByName(one) && isByName(other)) return true;
  return String(filterFor(one)) === String(filterFor(other));
}
