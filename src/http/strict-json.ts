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

/** Throws for the first key that Go would read differently. The text is valid JSON. */
function refuseAmbiguousKeys(text: string, fields: Fields): void {
  const levels: Level[] = [];
  const foldOf = memoized(fold);
  const spellingsOf = memoized((of: Fields) => new Map(Object.keys(of).map((key) => [foldOf(key), key])));
  const folding: Folding = { foldOf, spellingsOf };
  for (let at = 0; at < text.length; at += 1) {
    const level = levels.at(-1);
    const character = text.charAt(at);
    if (character === '"') {
      const end = endOfString(text, at);
      if (level?.isKeyNext === true) takeKey(level, text.slice(at, end + 1), folding);
      at = end;
    } else if ('{['.includes(character)) {
      levels.push(openedLevel(character === '{', level === undefined ? fields : level.next));
    } else if ('}]'.includes(character)) levels.pop();
    else if (character === ',' && level !== undefined) level.isKeyNext = level.isObject;
  }
}

function openedLevel(isObject: boolean, fields: Fields | undefined): Level {
  return { isObject, fields, keys: new Set(), next: isObject ? undefined : fields, isKeyNext: isObject };
}

/** A document has thousands of objects with the same few keys, so each key and each set of fields is folded once. */
interface Folding {
  readonly foldOf: (key: string) => string;
  /** The fields that are read of an object, by their folded form. */
  readonly spellingsOf: (fields: Fields) => ReadonlyMap<string, string>;
}

function takeKey(level: Level, token: string, { foldOf, spellingsOf }: Folding): void {
  level.isKeyNext = false;
  level.next = undefined;
  if (level.fields === undefined) return;
  const key = token.includes('\\') ? String(JSON.parse(token)) : token.slice(1, -1);
  const folded = foldOf(key);
  const spelling = spellingsOf(level.fields).get(folded) ?? key;
  if (spelling !== key || level.keys.has(folded)) {
    throw new DecodeError(spelling, 'one key of this name, in this spelling', 'another that Go takes for it');
  }
  level.keys.add(folded);
  const field = Object.hasOwn(level.fields, key) ? level.fields[key] : undefined;
  level.next = field === 'value' ? undefined : field;
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
  return Array.from(key, (character) => {
    const upper = character.toUpperCase();
    return ([...upper].length === 1 ? upper : character).toLowerCase();
  }).join('');
}
