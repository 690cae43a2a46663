import type { FindingDate } from '../scan/finding.ts';
import { RFC_3339 } from '../scan/timestamp.ts';

const NO_DATE = { kind: 'none' } as const;
const UNUSABLE = { kind: 'unusable' } as const;
/** Go's zero time, in Unix seconds and in RFC 3339. */
const ZERO_SECONDS = -62_135_596_800;
const ZERO_TIME = /^0001-01-01T00:00:00(?:\.0+)?(?:Z|\+00:00)$/;
const NUMBER = /^-?\d+(?:\.\d+)?$/;
/** No vulnerability has an older date. */
const EARLIEST_MS = Date.parse('1990-01-01T00:00:00Z');
/** The latest time that a date can have (ECMAScript). */
const LATEST_MS = 8.64e15;

/**
 * Reads `fixDate` or `published`: Unix seconds, once seen as a text. Absent, empty, 0 and Go's zero time mean no
 * date. A value that is unreadable, or before 1990, is an unusable date.
 */
export function decodeFindingDate(value: unknown): FindingDate {
  if (value === undefined || value === null) return NO_DATE;
  if (typeof value === 'number') return dateOfSeconds(value);
  if (typeof value !== 'string') return UNUSABLE;
  const text = value.trim();
  if (text === '' || ZERO_TIME.test(text)) return NO_DATE;
  if (NUMBER.test(text)) return dateOfSeconds(Number(text));
  return RFC_3339.test(text) ? dateOf(Date.parse(text)) : UNUSABLE;
}

function dateOfSeconds(seconds: number): FindingDate {
  return seconds === 0 || seconds === ZERO_SECONDS ? NO_DATE : dateOf(seconds * 1_000);
}

function dateOf(epochMs: number): FindingDate {
  const isUsable = epochMs >= EARLIEST_MS && epochMs <= LATEST_MS;
  return isUsable ? { kind: 'time', epochMs } : UNUSABLE;
}
