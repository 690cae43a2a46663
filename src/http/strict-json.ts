import { DecodeError, objectAt, parseJson } from './decode.ts';

/** The fields that are read of an object: a value, or an object or a list of objects with its own fields. */
export interface Fields {
  readonly [name: string]: Fields | 'value';
}

/** Go's decoder accepts 10,000 levels; no document of a registry has ten. */
const DEEPEST = 1_000;

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
  /** The keys of an object so far, by their folded form; the fields that are read are there from the start. */
  readonly keys: Map<string, { readonly key: string; isGiven: boolean }>;
  /** The fields of the value that comes next. */
  next: Fields | undefined;
  isKeyNext: boolean;
}

/** Throws for the first key that Go would read differently. The text is valid JSON. */
function refuseAmbiguousKeys(text: string, fields: Fields): void {
  const levels: Level[] = [];
  const foldOf = memoized(fold);
  for (let at = 0; at < text.length; at += 1) {
    const level = levels.at(-1);
    const character = text.charAt(at);
    if (character === '"') {
      const end = endOfString(text, at);
      if (level?.isKeyNext === true) takeKey(level, text.slice(at, end + 1), foldOf);
      at = end;
    } else if ('{['.includes(character)) {
      levels.push(levelOf(character === '{', level === undefined ? fields : level.next, foldOf));
      refuseDeeper(levels.length);
    } else if ('}]'.includes(character)) levels.pop();
    else if (character === ',' && level !== undefined) level.isKeyNext = level.isObject;
  }
}

function refuseDeeper(depth: number): void {
  if (depth > DEEPEST) throw new DecodeError('body', `at most ${DEEPEST} levels`, 'more');
}

function levelOf(isObject: boolean, fields: Fields | undefined, foldOf: (key: string) => string): Level {
  const names = isObject ? Object.keys(fields ?? {}) : [];
  const keys = new Map(names.map((key) => [foldOf(key), { key, isGiven: false }]));
  return { isObject, fields, keys, next: isObject ? undefined : fields, isKeyNext: isObject };
}

function takeKey(level: Level, token: string, foldOf: (key: string) => string): void {
  level.isKeyNext = false;
  level.next = undefined;
  if (level.fields === undefined) return;
  const key = token.includes('\\') ? String(JSON.parse(token)) : token.slice(1, -1);
  const folded = foldOf(key);
  const known = level.keys.get(folded);
  if (known !== undefined && (known.isGiven || known.key !== key)) {
    throw new DecodeError(
      known.key,
      'one key of this name, in this spelling',
      'another that Go takes for it',
    );
  }
  level.keys.set(folded, { key, isGiven: true });
  const field = Object.hasOwn(level.fields, key) ? level.fields[key] : undefined;
  level.next = field === 'value' ? undefined : field;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** Caches the results: a document repeats the same few keys thousands of times. */
function memoized(compute: (key: string) => string): (key: string) => string {
  const known = new Map<string, string>();
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
