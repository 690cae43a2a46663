import { DecodeError, objectAt, parseJson } from './decode.ts';

/** The fields that are read of an object: a value, or an object or a list of objects with its own fields. */
export interface Fields {
  readonly [name: string]: Fields | 'value';
}

/**
 * Reads a JSON object that its digest proves, and that programs in Go will also read. Go's `encoding/json` matches
 * keys without regard to case, with Unicode's simple folding (`ſ` is `s`, the Kelvin sign is `k`), and the last of
 * several matches counts. So in objects whose `fields` are read, a `DecodeError` refuses duplicates, keys that fold
 * to the same one, and other spellings of a field that is read. Takes time in proportion to the length.
 */
export function parseStrictObject(body: Uint8Array, fields: Fields): { readonly [key: string]: unknown } {
  const json = objectAt(parseJson(body), 'body');
  refuseAmbiguousKeys(new TextDecoder().decode(body), fields);
  return json;
}

/** An object or a list that is open at the current position of the text. */
interface Level {
  readonly isObject: boolean;
  /** Undefined if none of its fields are read. */
  readonly fields: Fields | undefined;
  /** The keys of an object so far, in their folded form. */
  readonly keys: Set<string>;
  /** The fields of the value that comes next. */
  next: Fields | undefined;
  isKeyNext: boolean;
}

// Separate constants, so that the bundle inlines the numbers: they are compared with every character.
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Throws a `DecodeError` for the first key that Go would read differently, in objects whose `fields` are read. The
 * text is valid JSON.
 */
export function refuseAmbiguousKeys(text: string, fields: Fields): void {
  const levels: Level[] = [];
  // A document has thousands of objects with the same few keys, so each key is understood once.
  const keysOf = memoized((of: Fields) => {
    const spellings = new Map(Object.keys(of).map((name) => [fold(name), name]));
    return memoized((token: string) => meaningOf(token, of, spellings));
  });
  let level: Level | undefined;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        const end = endOfString(text, at);
        if (level?.isKeyNext === true) takeKey(level, text.slice(at, end + 1), keysOf);
        at = end;
        break;
      }
      case OPEN_LIST:
        level = levelOf(false, level === undefined ? fields : level.next);
        levels.push(level);
        break;
      case OPEN_OBJECT:
        level = levelOf(true, level === undefined ? fields : level.next);
        levels.push(level);
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        levels.pop();
        level = levels.at(-1);
        break;
      case COMMA:
        if (level !== undefined) level.isKeyNext = level.isObject;
        break;
    }
  }
}

function levelOf(isObject: boolean, fields: Fields | undefined): Level {
  return { isObject, fields, keys: new Set(), next: isObject ? undefined : fields, isKeyNext: isObject };
}

/** A key of an object, among the fields that are read of it. */
interface Key {
  readonly key: string;
  readonly folded: string;
  /** The field that Go takes it for, as it is spelled there. */
  readonly spelling: string;
  /** The fields of its value that are read. */
  readonly next: Fields | undefined;
}

function meaningOf(token: string, fields: Fields, spellings: ReadonlyMap<string, string>): Key {
  const key = token.includes('\\') ? String(JSON.parse(token)) : token.slice(1, -1);
  const folded = fold(key);
  const spelling = spellings.get(folded) ?? key;
  const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
  return { key, folded, spelling, next: field === 'value' ? undefined : field };
}

function takeKey(level: Level, token: string, keysOf: (fields: Fields) => (token: string) => Key): void {
  level.isKeyNext = false;
  level.next = undefined;
  if (level.fields === undefined) return;
  const { key, folded, spelling, next } = keysOf(level.fields)(token);
  if (spelling !== key || level.keys.has(folded)) {
    throw new DecodeError(spelling, 'one key of this name, in this spelling', 'another that Go takes for it');
  }
  level.keys.add(folded);
  level.next = next;
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

/** True if an odd number of backslashes precedes a character. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === '\\') first -= 1;
  return (at - first) % 2 === 1;
}

/** Caches the results: a document repeats the same few keys thousands of times. */
function memoized<Key, Result>(compute: (key: Key) => Result): (key: Key) => Result {
  const known = new Map<Key, Result>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const computed = compute(key);
    known.set(key, computed);
    return computed;
  };
}

/**
 * Folds a key. Characters that fold to the same one share an upper case, except for a few that have no single upper
 * case.
 */
function fold(key: string): string {
  // A document of 4 MB can have 400,000 keys, most of them in ASCII.
  return ASCII.test(key) ? key.toLowerCase() : key.replace(CHARACTER, foldOne);
}

const ASCII = /^[ -~]*$/;
const CHARACTER = /./gsu;

function foldOne(character: string): string {
  const upper = character.toUpperCase();
  return ([...upper].length === 1 ? upper : character).toLowerCase();
}
