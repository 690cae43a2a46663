import type { IncomingHttpHeaders } from 'node:http';

/**
 * Reads a date in the one form that HTTP sends today, `Mon, 23 Nov 2026 10:00:00 GMT` (IMF-fixdate, RFC 9110 5.6.7),
 * as epoch milliseconds; undefined for anything else. The two obsolete forms have a year of two digits, or no zone,
 * so they cannot date a proof; nor can a date without a zone or with a wrong weekday.
 */
export function parseHttpDate(text: string | undefined): number | undefined {
  if (text === undefined || text.length !== 'Mon, 23 Nov 2026 10:00:00 GMT'.length) return undefined;
  const epochMs = Date.parse(text);
  return !Number.isNaN(epochMs) && new Date(epochMs).toUTCString() === text ? epochMs : undefined;
}

/**
 * When a server answered, by its own clock, in epoch milliseconds; undefined without a date. A cache keeps the first
 * `Date` and adds `Age`; a negative age would make every scan look younger than it is.
 */
export function answeredAtMs(headers: IncomingHttpHeaders): number | undefined {
  const { age = '0' } = headers;
  const dateMs = parseHttpDate(headers.date);
  if (dateMs === undefined || !/^\d{1,9}$/.test(age.trim())) return undefined;
  return dateMs + Number(age) * 1_000;
}
