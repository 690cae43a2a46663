/**
 * A pattern for paths as Trivy reads it (doublestar): `*` and `?` within a part, `**` for any parts, `[a-z]`, `[^a]`,
 * `{one,two}`, and `\` to escape a character.
 */
export interface PathGlob {
  readonly text: string;
  /** One pattern for each combination of the alternatives in braces. */
  readonly alternatives: readonly (readonly Part[])[];
}

/** One part of a path: `**`, or tokens, each for one character except `*`. */
type Part = 'any-parts' | readonly Token[];

type Token =
  | { readonly kind: 'any-characters' }
  | { readonly kind: 'any-character' }
  | { readonly kind: 'character'; readonly character: string }
  | {
      readonly kind: 'class';
      readonly isNegated: boolean;
      readonly ranges: readonly (readonly [string, string])[];
    };

const MAX_GLOB_LENGTH = 1_000;
/** Limits the patterns from braces: ten pairs with two alternatives give 1,024. */
const MAX_ALTERNATIVES = 256;

/** Reads a pattern; undefined if it is malformed, or too long to be matched in bounded time. */
export function parsePathGlob(text: string): PathGlob | undefined {
  if (text.length > MAX_GLOB_LENGTH) return undefined;
  const expanded = expandBraces(withoutSlash(text));
  const alternatives = expanded?.map(partsOf);
  if (alternatives === undefined || alternatives.some((parts) => parts === undefined)) return undefined;
  return { text, alternatives: alternatives.filter((parts) => parts !== undefined) };
}

/** True if the pattern covers the whole path. A leading `/` is ignored on both sides. */
export function matchesGlob({ alternatives }: PathGlob, path: string): boolean {
  const parts = withoutSlash(path)
    .split('/')
    .map((part) => [...part]);
  return alternatives.some((pattern) => matchesParts(pattern, parts));
}

function withoutSlash(path: string): string {
  return path.startsWith('/') ? path.slice(1) : path;
}

/**
 * Marks the positions that the pattern can reach, part by part, so that the time is proportional to the product of
 * both lengths.
 */
function matchesParts(pattern: readonly Part[], path: readonly (readonly string[])[]): boolean {
  let reached = [true, ...path.map(() => false)];
  for (const part of pattern) {
    const next =
      part === 'any-parts'
        ? spread(reached)
        : reached.map(
            (_each, at) => at > 0 && reached[at - 1] === true && matchesTokens(part, path[at - 1] ?? []),
          );
    reached = next;
  }
  return reached.at(-1) === true;
}

function matchesTokens(tokens: readonly Token[], characters: readonly string[]): boolean {
  let reached = [true, ...characters.map(() => false)];
  for (const token of tokens) {
    const next = characters.map((character, at) => reached[at] === true && isOf(token, character));
    reached = token.kind === 'any-characters' ? spread(reached) : [false, ...next];
  }
  return reached.at(-1) === true;
}

/** Marks every position from the first reached one on. */
function spread(reached: readonly boolean[]): boolean[] {
  const first = reached.indexOf(true);
  return reached.map((_each, at) => first >= 0 && at >= first);
}

function isOf(token: Token, character: string): boolean {
  switch (token.kind) {
    case 'any-characters':
    case 'any-character':
      return true;
    case 'character':
      return token.character === character;
    case 'class':
      return token.isNegated !== token.ranges.some(([from, to]) => from <= character && character <= to);
  }
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** The patterns without braces; undefined if a brace is not closed, or if there are too many patterns. */
function expandBraces(text: string): readonly string[] | undefined {
  const open = indexOfOutside(text, '{', 0);
  if (open < 0) return indexOfOutside(text, '}', 0) < 0 ? [text] : undefined;
  const choice = choicesAt(text, open);
  const rest = choice && expandBraces(text.slice(choice.end));
  const choices = choice?.choices.map((each) => expandBraces(each));
  if (rest === undefined || choices === undefined) return undefined;
  const flat = joinedChoices(choices);
  if (flat === undefined || flat.length * rest.length > MAX_ALTERNATIVES) return undefined;
  const before = text.slice(0, open);
  return flat.flatMap((each) => rest.map((after) => `${before}${each}${after}`));
}

function joinedChoices(choices: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  const flat: string[] = [];
  for (const each of choices) {
    if (each === undefined || flat.length > MAX_ALTERNATIVES) return undefined;
    flat.push(...each);
  }
  return flat;
}

function choicesAt(
  text: string,
  open: number,
): { readonly choices: readonly string[]; readonly end: number } | undefined {
  const choices: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '[') at = endOfClass(text, at);
    else if (text[at] === '{') depth += 1;
    else if (text[at] === ',' && depth === 1) {
      choices.push(text.slice(start, at));
      start = at + 1;
    } else if (text[at] === '}') {
      depth -= 1;
      if (depth === 0) return { choices: [...choices, text.slice(start, at)], end: at + 1 };
    }
  }
  return undefined;
}

/** The place of a character that is neither escaped nor in a class. */
function indexOfOutside(text: string, character: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '[') at = endOfClass(text, at);
    else if (text[at] === character) return at;
  }
  return -1;
}

/** The place of the `]` that ends a class; the end of the text if there is none. */
function endOfClass(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === ']') return at;
  }
  return text.length;
}

function partsOf(text: string): readonly Part[] | undefined {
  const parts = splitOutside(text).map((part) => (part === '**' ? 'any-parts' : tokensOf(part)));
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

/** The parts between slashes; an escaped slash is one as well, and in a class there is none. */
function splitOutside(text: string): readonly string[] {
  const slash = indexOfOutside(text, '/', 0);
  return slash < 0 ? [text] : [text.slice(0, slash), ...splitOutside(text.slice(slash + 1))];
}

function tokensOf(part: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  const characters = [...part];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? '';
    if (character === '*') tokens.push({ kind: 'any-characters' });
    else if (character === '?') tokens.push({ kind: 'any-character' });
    else if (character === '[') {
      const read = classAt(characters, at);
      if (read === undefined) return undefined;
      tokens.push(read.token);
      at = read.end;
    } else if (character === '\\') {
      at += 1;
      const escaped = characters[at];
      if (escaped === undefined) return undefined;
      tokens.push({ kind: 'character', character: escaped });
    } else tokens.push({ kind: 'character', character });
  }
  return tokens;
}

function classAt(
  characters: readonly string[],
  open: number,
): { readonly token: Token; readonly end: number } | undefined {
  const isNegated = ['^', '!'].includes(characters[open + 1] ?? '');
  const ranges: [string, string][] = [];
  let at = open + (isNegated ? 2 : 1);
  while (at < characters.length && characters[at] !== ']') {
    const read = rangeAt(characters, at);
    if (read === undefined) return undefined;
    ranges.push(read.range);
    at = read.end;
  }
  if (characters[at] !== ']' || ranges.length === 0) return undefined;
  return { token: { kind: 'class', isNegated, ranges }, end: at };
}

/** One character of a class, or a range such as `a-z`. */
function rangeAt(
  characters: readonly string[],
  at: number,
): { readonly range: [string, string]; readonly end: number } | undefined {
  const from = characterAt(characters, at);
  const isRange = characters[from.end] === '-' && characters[from.end + 1] !== ']';
  const to = isRange ? characterAt(characters, from.end + 1) : from;
  if (from.character === undefined || to.character === undefined) return undefined;
  return { range: [from.character, to.character], end: to.end };
}

function characterAt(
  characters: readonly string[],
  at: number,
): { readonly character: string | undefined; readonly end: number } {
  const isEscaped = characters[at] === '\\';
  return { character: characters[isEscaped ? at + 1 : at], end: at + (isEscaped ? 2 : 1) };
}
