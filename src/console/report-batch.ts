import { filterFor, isByName, lengthOf, type ReportRequest } from './report-request.ts';

/** Fewer images than rows in a page, so that one page answers a request. */
const MIN_SHARE = 1 / 45;
/** About 20 MB of JSON. */
const MAX_FINDINGS = 20_000;
const SHARE_ROUNDING = 1e-9;
/** Servers and proxies take 8 kB for the request line. */
const MAX_QUERY_LENGTH = 6_000;

/** The share of a full request that an image with this many findings takes up. */
export function fullShare(findings: number): number {
  return Math.min(1, Math.max(MIN_SHARE, findings / MAX_FINDINGS));
}

/**
 * The requests that the next call serves: the one that has waited longest, and those that fit into the same call. In
 * the compact form, the request for an image is always the same.
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
    if (batch.length > 0 && (taken > 1 + SHARE_ROUNDING || length > MAX_QUERY_LENGTH)) break;
    batch.push(request);
  }
  return batch;
}

/**
 * Requests by name, and searches, can share a call with their kind; requests by repository only within the same one.
 */
function canShare(one: ReportRequest, other: ReportRequest): boolean {
  if (one.isSearch || other.isSearch) return one.isSearch === other.isSearch;
  if (isByName(one) && isByName(other)) return true;
  return String(filterFor(one)) === String(filterFor(other));
}
