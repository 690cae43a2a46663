import { parseDocument } from 'yaml';
import type { Exception } from './exception.ts';

/** A list of accepted findings, or what is wrong with it. */
export type ExceptionList = { readonly exceptions: readonly Exception[] } | { readonly wrong: string };

const FIELDS = ['id', 'reason', 'until', 'package', 'image'] as const;
const LONGEST_FILE = 1024 * 1024;

class Wrong extends Error {}

/**
 * Reads the YAML of an exceptions file. Only plain data counts: no aliases, which can explode, and no tags but those of
 * YAML's core schema. A file without any content is a list without entries.
 */
export function parseExceptions(text: string): ExceptionList {
  try {
    if (text.length > LONGEST_FILE) throw new Wrong('it is larger than 1 MiB');
    return { exceptions: entriesIn(plainData(text)).map(exceptionIn) };
  } catch (error) {
    if (error instanceof Wrong) return { wrong: error.message };
    // The parser gives up on its own, such as where a text is nested without end.
    return { wrong: `it is no YAML of plain data (${error instanceof Error ? error.message : error})` };
  }
}

function plainData(text: string): unknown {
  const document = parseDocument(text, { schema: 'core', merge: false, logLevel: 'silent' });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined)
    throw new Wrong(`it is no YAML of plain data (${problem.message.split('\n')[0]})`);
  return document.toJS({ maxAliasCount: 0 });
}

function entriesIn(data: unknown): readonly unknown[] {
  if (data === null || data === undefined) return [];
  if (!Array.isArray(data)) throw new Wrong('it is no list of entries with id, reason and until');
  return data;
}

function exceptionIn(entry: unknown, index: number): Exception {
  const at = `entry ${index + 1}`;
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    throw new Wrong(`${at} is no entry with id, reason and until`);
  }
  const given = new Map<string, unknown>(Object.entries(entry));
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
