import type { IncomingHttpHeaders } from 'node:http';
import { parseHttpDate } from './date.ts';

/**
 * True if another attempt may succeed. The vendor's own client repeats 425, 429, 500, 502, 503 and 504; 408 and the
 * other 5xx are not final answers either.
 */
export function isRepeatable(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

/**
 * `Retry-After` in milliseconds. The header holds seconds, or a date by the sender's own clock. Undefined without the
 * header, or if the date is past.
 */
export function retryAfterMs(headers: IncomingHttpHeaders): number | undefined {
  const value = headers['retry-after']?.trim();
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const untilMs = parseHttpDate(value);
  const nowMs = parseHttpDate(headers.date);
  return untilMs !== undefined && nowMs !== undefined && untilMs > nowMs ? untilMs - nowMs : undefined;
}
