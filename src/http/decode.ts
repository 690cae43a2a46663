import { exceededBound } from './json-shape.ts';

/** A response that breaks the API's format. The message names the field and the kind of value found there. */
export class DecodeError extends Error {
  /** Name of the field; `body` for the whole response. */
  readonly field: string;

  constructor(field: string, expected: string, got: string) {
    super(`${field}: expected ${expected}, got ${got}`);
    this.name = 'DecodeError';
    this.field = field;
  }
}

/** A JSON object whose fields are not read yet. */
export type JsonObject = { readonly [key: string]: unknown };

/** No API nests deeper; code that walks through a deeper value would run out of stack. */
const DEEPEST = 100;
/** Parsing this number of values takes a fraction of a second; a full page of the report may have more. */
const MOST_VALUES = 2_000_000;

/**
 * Reads the body of a response as JSON. An empty body is not JSON, and does not mean an empty result. A body with
 * more than `mostValues` values, or with deeper nesting than any API has, is refused before it takes time and memory.
 */
export function parseJson(body: Uint8Array, mostValues = MOST_VALUES): unknown {
  const exceeded = exceededBound(body, { depth: DEEPEST, values: mostValues });
  if (exceeded === 'depth') throw new DecodeError('body', `JSON of at most ${DEEPEST} levels`, 'more');
  if (exceeded === 'values') throw new DecodeError('body', `JSON of at most ${mostValues} values`, 'more');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new DecodeError('body', 'JSON', describeBody(body));
  }
}

/** Reads a list. Go's encoder writes an empty list as `null`, so `null` counts as one. */
export function listOf<T>(
  value: unknown,
  field: string,
  item: (value: unknown, field: string) => T,
): readonly T[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new DecodeError(field, 'a list', typeText(value));
  return value.map((element: unknown, index) => item(element, `${field}[${index}]`));
}

export function objectAt(value: unknown, field: string): JsonObject {
  if (!isObject(value)) throw new DecodeError(field, 'an object', typeText(value));
  return value;
}

/** An object that may be absent, as an empty one. */
export function optionalObjectAt(value: unknown, field: string): JsonObject {
  return value === undefined || value === null ? {} : objectAt(value, field);
}

export function booleanAt(value: unknown, field: string): boolean {
  if (typeof value !== 'boolean') throw new DecodeError(field, 'true or false', typeText(value));
  return value;
}

/** A flag that may be absent, as false. */
export function optionalFlagAt(value: unknown, field: string): boolean {
  return value === undefined || value === null ? false : booleanAt(value, field);
}

/** A text that may be absent, as an empty one. */
export function optionalTextAt(value: unknown, field: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new DecodeError(field, 'a text', typeText(value));
  return value;
}

/** A count that may be absent, as 0. */
export function optionalCountAt(value: unknown, field: string): number {
  if (value === undefined || value === null) return 0;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new DecodeError(field, 'a whole number from 0', typeText(value));
  }
  return value;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describeBody(body: Uint8Array): string {
  if (body.byteLength === 0) return 'nothing';
  return isPage(body) ? 'a page of HTML' : 'something else';
}

/** True if a body is a page of HTML, such as a proxy's log-in page. No API call answers with one. */
export function isPage(body: Uint8Array): boolean {
  return /^\s*</.test(new TextDecoder().decode(body.subarray(0, 100)));
}

/** The kind of a value; never the value itself, which may be long or hostile. */
function typeText(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'number' ? `the number ${value}` : `a value of type ${typeof value}`;
}
