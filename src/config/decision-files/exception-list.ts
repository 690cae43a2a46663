import type { Exception } from '../../policy/waivers/exception.ts';
import { sanitizeWhole } from '../../text/sanitize.ts';
import { FileMistake } from './file-mistake.ts';

const FIELDS = ['id', 'reason', 'until', 'package', 'image', 'until-fixed'] as const;
/**
 * The limit of a reason. An id has no limit: it may be a description or a cause, as long as the Console writes it.
 */
const MAX_REASON_LENGTH = 1_000;

/** Reads the user's list of exceptions, in which every value is a text; throws a `FileMistake`. */
export function decodeExceptions(list: readonly unknown[]): readonly Exception[] {
  return list.map(exceptionIn);
}

function exceptionIn(entry: unknown, index: number): Exception {
  const at = `entry ${index + 1}`;
  if (!(entry instanceof Map)) throw new FileMistake(`${at} is not an entry with id, reason and until`);
  const given: ReadonlyMap<unknown, unknown> = entry;
  for (const name of given.keys()) refuseUnknownField(name, at);
  const optional = (field: Field) => (given.has(field) ? fieldText(given, field, at) : undefined);
  const packageName = optional('package');
  return {
    // Findings are sanitized when they are read, so the texts to compare have to be as well. Nothing is cut.
    id: sanitizeWhole(fieldText(given, 'id', at)),
    reason: fieldText(given, 'reason', at),
    until: dayIn(given, at),
    untilFixed: given.has('until-fixed') && flagIn(given, 'until-fixed', at),
    package: packageName === undefined ? undefined : sanitizeWhole(packageName),
    image: optional('image'),
  };
}

type Field = (typeof FIELDS)[number];

function refuseUnknownField(name: unknown, at: string): void {
  if (FIELDS.some((field) => field === name)) return;
  const shown = typeof name === 'string' ? name : 'a field name that is not text';
  throw new FileMistake(`${at} has the unknown field “${shown}”; fields are ${FIELDS.join(', ')}`);
}

/** The texts that YAML reads as null; no finding has such a name. */
const ABSENT_WORDS = ['', '~', 'null'];

/** Control characters and bidirectional marks. Zero-width joiners are allowed: some scripts and emoji need them. */
const INVISIBLE = /[\p{Cc}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/u;

function fieldText(given: ReadonlyMap<unknown, unknown>, field: Field, at: string): string {
  const value = given.get(field) ?? '';
  if (typeof value !== 'string') throw new FileMistake(`${field} of ${at} is not text`);
  // The zero-width no-break space is white space to JavaScript, and invisible to people.
  const line = value.replace(/[^\S\ufeff]+/g, ' ');
  const text = line.trim();
  if (ABSENT_WORDS.includes(text)) throw new FileMistake(`${at} has no ${field}`);
  if (field === 'reason' && text.length > MAX_REASON_LENGTH)
    throw new FileMistake(`reason of ${at} is longer than ${MAX_REASON_LENGTH} characters`);
  if (INVISIBLE.test(line)) throw new FileMistake(`${field} of ${at} has an invisible character`);
  return text;
}

function flagIn(given: ReadonlyMap<unknown, unknown>, field: Field, at: string): boolean {
  const text = fieldText(given, field, at);
  if (text !== 'true' && text !== 'false') {
    throw new FileMistake(`${field} of ${at} is “${text}”; expected true or false`);
  }
  return text === 'true';
}

function dayIn(given: ReadonlyMap<unknown, unknown>, at: string): string {
  const day = fieldText(given, 'until', at);
  const epochMs = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  const isDay = !Number.isNaN(epochMs) && new Date(epochMs).toISOString().startsWith(day);
  if (!isDay) throw new FileMistake(`until of ${at} is “${day}”; expected a day such as 2026-12-31`);
  return day;
}
