import { CORE_SCHEMA, loadAll, realMapTag } from 'js-yaml';
import type { Exception } from './exception.ts';

/** A list of accepted findings, or what is wrong with it. */
export type ExceptionList = { readonly exceptions: readonly Exception[] } | { readonly wrong: string };

const FIELDS = ['id', 'reason', 'until', 'package', 'image'] as const;
const LONGEST_FILE = 1024 * 1024;

/** Nothing in the file is deeper than a list of entries. */
const DEEPEST = 4;
const OPTIONS = { schema: CORE_SCHEMA.withTags(realMapTag), maxAliases: 0, maxDepth: DEEPEST } as const;

class Wrong extends Error {}

/**
 * Reads the YAML of an exceptions file. Only plain data counts: no aliases, which can explode, and no tags but those of
 * YAML's core schema. A file without any content is a list without entries.
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
  const [data, ...more] = documentsIn(text);
  if (more.length > 0) throw new Wrong('it has more than one document');
  return data;
}

function documentsIn(text: string): readonly unknown[] {
  try {
    return loadAll(text, OPTIONS);
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : 'the parser gave up';
    throw new Wrong(`it is no YAML of plain data (${why})`);
  }
}

function entriesIn(data: unknown): readonly unknown[] {
  if (data === null || data === undefined) return [];
  if (!Array.isArray(data)) throw new Wrong('it is no list of entries with id, reason and until');
  return data;
}

function exceptionIn(given: unknown, index: number): Exception {
  const at = `entry ${index + 1}`;
  if (!(given instanceof Map)) throw new Wrong(`${at} is no entry with id, reason and until`);
  const unknown = [...given.keys()].find((name) => !FIELDS.some((field) => field === name));
  if (unknown !== undefined) throw new Wrong(`${at} has “${unknown}”; known are ${FIELDS.join(', ')}`);
  const optional = (name: string) => (given.has(name) ? textIn(given, name, at) : undefined);
  const id = given.get('id');
  return {
    // The Console gives compliance issues numbers for names.
    id: typeof id === 'number' ? String(id) : textIn(given, 'id', at),
    reason: textIn(given, 'reason', at),
    until: dayIn(given, at),
    package: optional('package'),
    image: optional('image'),
  };
}

function textIn(given: ReadonlyMap<string, unknown>, name: string, at: string): string {
  const value = given.get(name);
  if (value === undefined || value === null) throw new Wrong(`${at} has no ${name}`);
  if (typeof value !== 'string') throw new Wrong(`${name} of ${at} is no text; put it in quotes`);
  if (value.trim() === '') throw new Wrong(`${name} of ${at} is empty`);
  return value.trim();
}

function dayIn(given: ReadonlyMap<string, unknown>, at: string): string {
  const day = textIn(given, 'until', at);
  const epochMs = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  const isDay = !Number.isNaN(epochMs) && new Date(epochMs).toISOString().startsWith(day);
  if (!isDay) throw new Wrong(`until of ${at} is “${day}”; expected a day such as 2026-12-31`);
  return day;
}
