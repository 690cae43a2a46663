import { FAILSAFE_SCHEMA, loadAll, realMapTag } from 'js-yaml';
import type { Exception } from './exception.ts';

/** A list of accepted findings, or what is wrong with it. */
export type ExceptionList = { readonly exceptions: readonly Exception[] } | { readonly wrong: string };

const FIELDS = ['id', 'reason', 'until', 'package', 'image'] as const;
const LONGEST_FILE = 1024 * 1024;
const LONGEST_TEXT = 1_000;

/** Every value is a text as it stands: 4.10 is not 4.1. Nothing in the file is deeper than a list of entries. */
const OPTIONS = { schema: FAILSAFE_SCHEMA.withTags(realMapTag), maxAliases: 0, maxDepth: 4 } as const;

class Wrong extends Error {}

/**
 * Reads the YAML of an exceptions file. Only plain data counts: no aliases, which can explode, and no tags. A file
 * without any content is a list without entries.
 */
export function parseExceptions(text: string): ExceptionList {
  try {
    return { exceptions: entriesIn(plainData(text)).map(exceptionIn) };
  } catch (error) {
    if (error instanceof Wrong) return { wrong: error.message };
    throw error;
  }
}

function plainData(text: string): unknown {
  if (text.length > LONGEST_FILE) throw new Wrong('it is larger than 1 MiB');
  // What cannot be read as UTF-8 was read as this.
  if (text.includes('\ufffd')) throw new Wrong('it is no text in UTF-8');
  const [data, ...more] = documentsIn(text);
  if (more.length > 0) throw new Wrong('it holds several documents');
  return data;
}

function documentsIn(text: string): readonly unknown[] {
  try {
    return loadAll(text, OPTIONS);
  } catch (error) {
    const why = (error instanceof Error ? error.message.split('\n')[0] : undefined) ?? 'the parser gave up';
    if (why.includes('maxAliases')) {
      throw new Wrong('it has an alias, which is not taken; put a text that begins with * in quotes');
    }
    throw new Wrong(`it is no YAML of plain data (${why})`);
  }
}

function entriesIn(data: unknown): readonly unknown[] {
  if (data === undefined || data === '') return [];
  if (!Array.isArray(data)) throw new Wrong('it is no list of entries with id, reason and until');
  return data;
}

function exceptionIn(entry: unknown, index: number): Exception {
  const at = `entry ${index + 1}`;
  if (!(entry instanceof Map)) throw new Wrong(`${at} is no entry with id, reason and until`);
  const given: ReadonlyMap<unknown, unknown> = entry;
  for (const name of given.keys()) refuseUnknown(name, at);
  const optional = (field: Field) => (given.has(field) ? textIn(given, field, at) : undefined);
  return {
    id: textIn(given, 'id', at),
    reason: textIn(given, 'reason', at),
    until: dayIn(given, at),
    package: optional('package'),
    image: optional('image'),
  };
}

type Field = (typeof FIELDS)[number];

function refuseUnknown(name: unknown, at: string): void {
  if (FIELDS.some((field) => field === name)) return;
  const shown = typeof name === 'string' ? name : 'a key that is no text';
  throw new Wrong(`${at} has “${shown}”; known are ${FIELDS.join(', ')}`);
}

/** Words that stand for nothing in YAML, unless they are in quotes; nobody is called that. */
const NOTHING = ['', '~', 'null'];

/** Control characters and marks of direction, but not the joiners, of which some scripts and signs are made. */
const UNSEEN = /[\p{Cc}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/u;

function textIn(given: ReadonlyMap<unknown, unknown>, field: Field, at: string): string {
  const value = given.get(field) ?? '';
  if (typeof value !== 'string') throw new Wrong(`${field} of ${at} is no text`);
  const text = value.replace(/\s+/g, ' ').trim();
  if (NOTHING.includes(text)) throw new Wrong(`${at} has no ${field}`);
  if (text.length > LONGEST_TEXT)
    throw new Wrong(`${field} of ${at} is longer than ${LONGEST_TEXT} characters`);
  if (UNSEEN.test(text)) throw new Wrong(`${field} of ${at} has a character that nobody can see`);
  return text;
}

function dayIn(given: ReadonlyMap<unknown, unknown>, at: string): string {
  const day = textIn(given, 'until', at);
  const epochMs = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  const isDay = !Number.isNaN(epochMs) && new Date(epochMs).toISOString().startsWith(day);
  if (!isDay) throw new Wrong(`until of ${at} is “${day}”; expected a day such as 2026-12-31`);
  return day;
}
