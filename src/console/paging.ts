import type { HttpResponse } from '../http/transport.ts';
import type { Detail } from '../scan/wait.ts';

/** SaaS returns at most 50 rows at a time (seen in client code). */
export const PAGE_SIZE = 50;

/**
 * The largest page of the report. A compact row has about 5 kB (recorded), and a Console may return more rows than
 * requested. A full page with 60,000 findings has 74 MB (measured); parsing a larger one would delay the handling of
 * signals too long.
 */
export const MAX_PAGE_BYTES: Readonly<Record<Detail, number>> = {
  compact: 16 * 1024 * 1024,
  full: 96 * 1024 * 1024,
};
/** A finding has some 35 values. */
export const MOST_PAGE_VALUES: Readonly<Record<Detail, number>> = { compact: 2_000_000, full: 4_000_000 };

/** The number of rows on all pages, from `Total-Count` (seen in client code); undefined without it. */
export function totalCountOf({ headers }: Pick<HttpResponse, 'headers'>): number | undefined {
  const value = headers['total-count'];
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
