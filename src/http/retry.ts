import type { IncomingHttpHeaders } from 'node:http';
import { parseHttpDate } from './date.ts';

/**
 * True if another attempt may be answered. The vendor's own client repeats 425, 429, 500, 502, 503 and 504; 408 and the
 * rest of 5xx are no final answer either.
 */
export function isRepeatable(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

/**
 * `Retry-After` in milliseconds: seconds, or a date, which only means something by the sender's own clock. Undefined
 * without one that lies ahead.
 */
export function retryAfterMs(headers: IncomingHttpHeaders): number | undefined {
  const value = headers['retry-after']?.trim();
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const untilMs = parseHttpDate(value);
  const nowMs = parseHttpDate(headers.date);
  return untilMs !== undefined && nowMs !== undefined && untilMs > nowMs ? untilMs - nowMs : undefined;
}
