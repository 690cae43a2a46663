import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Exception } from './exception.ts';

/** A list of accepted findings, or what is wrong with it. */
export type ExceptionList = { readonly exceptions: readonly Exception[] } | { readonly wrong: string };

const FIELDS = ['id', 'reason', 'until', 'package', 'image'] as const;
const LONGEST_FILE = 1024 * 1024;
const LONGEST_TEXT = 1_000;

type Field = (typeof FIELDS)[number];

/** What an entry has, as nodes of the parser. */
type Fields = ReadonlyMap<Field, unknown>;

class Wrong extends Error {}

/**
 * Reads the YAML of an exceptions file. Only plain data counts: no aliases, which can explode, and no tags but those of
 * YAML's core schema. A file without any content is a list without entries.
 */
export function parseExceptions(text: string): ExceptionList {
  try {
    if (text.length > LONGEST_FILE) throw new Wrong('it is larger than 1 MiB');
    // What cannot be read as UTF-8 was read as this.
    if (text.includes('\ufffd')) throw new Wrong('it is no text in UTF-8');
    // The parser counts a byte order mark as a column of the first line.
    return { exceptions: entriesIn(text.replace(/^\ufeff/, '')).map(exceptionIn) };
  } catch (error) {
    if (error instanceof Wrong) return { wrong: error.message };
    // The parser gives up on its own, such as where a text is nested without end.
    return { wrong: `it is no YAML of plain data (${error instanceof Error ? error.message : error})` };
  }
}

function entriesIn(text: string): readonly unknown[] {
  // The parser's own look for keys that come twice takes minutes where a map has very many. Were it silent, it would
  // say nothing of a second document either.
  const document = parseDocument(text, {
    schema: 'core',
    resolveKnownTags: false,
    merge: false,
    uniqueKeys: false,
    logLevel: 'error',
  });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem?.code === 'MULTIPLE_DOCS') throw new Wrong('it holds several documents');
  if (problem !== undefined)
    throw new Wrong(`it is no YAML of plain data (${problem.message.split('\n')[0]})`);
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return [];
  if (!isSeq(contents)) throw new Wrong('it is no list of entries with id, reason and until');
  return contents.items;
}

function exceptionIn(entry: unknown, index: number): Exception {
  const at = `entry ${index + 1}`;
  const fields = fieldsIn(entry, at);
  const optional = (field: Field) => (fields.has(field) ? textIn(fields, field, at) : undefined);
  return {
    id: textIn(fields, 'id', at),
    reason: textIn(fields, 'reason', at),
    until: dayIn(fields, at),
    package: optional('package'),
    image: optional('image'),
  };
}

function fieldsIn(entry: unknown, at: string): Fields {
  if (!isMap(entry)) throw new Wrong(`${at} is no entry with id, reason and until`);
  const fields = new Map<Field, unknown>();
  for (const { key, value } of entry.items) {
    const name = isScalar(key) ? String(key.value) : 'a key that is no text';
    const field = FIELDS.find((known) => known === name);
    if (field === undefined) throw new Wrong(`${at} has “${name}”; known are ${FIELDS.join(', ')}`);
    if (fields.has(field)) throw new Wrong(`${at} has ${field} twice`);
    fields.set(field, value);
  }
  return fields;
}

function textIn(fields: Fields, field: Field, at: string): string {
  const value = singleValue(fields.get(field), field);
  if (value === null) throw new Wrong(`${at} has no ${field}`);
  if (typeof value !== 'string') throw new Wrong(`${field} of ${at} is no text; put it in quotes`);
  const text = value.replace(/\s+/g, ' ').trim();
  if (text === '') throw new Wrong(`${field} of ${at} is empty`);
  if (text.length > LONGEST_TEXT)
    throw new Wrong(`${field} of ${at} is longer than ${LONGEST_TEXT} characters`);
  if (UNSEEN.test(text)) throw new Wrong(`${field} of ${at} has a character that nobody can see`);
  return text;
}

/** The single value of a node; null where there is none. */
function singleValue(node: unknown, field: Field): unknown {
  if (!isScalar(node)) return node ?? null;
  // The Console gives compliance issues numbers for names, which stand for themselves: 4.10 is not 4.1.
  return field === 'id' && typeof node.value === 'number' ? node.source : node.value;
}

/** Control characters and marks of direction, but not the joiners, of which some scripts and signs are made. */
const UNSEEN = /[\p{Cc}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/u;

function dayIn(fields: Fields, at: string): string {
  const day = textIn(fields, 'until', at);
  const epochMs = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  const isDay = !Number.isNaN(epochMs) && new Date(epochMs).toISOString().startsWith(day);
  if (!isDay) throw new Wrong(`until of ${at} is “${day}”; expected a day such as 2026-12-31`);
  return day;
}
