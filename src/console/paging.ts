import type { HttpResponse } from '../http/transport.ts';

/** SaaS returns at most 50 rows at a time (seen in client code). */
export const PAGE_SIZE = 50;

/** The number of rows on all pages, from `Total-Count` (seen in client code); undefined without it. */
export function totalCountOf({ headers }: Pick<HttpResponse, 'headers'>): number | undefined {
  const value = headers['total-count'];
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
