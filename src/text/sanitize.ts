import { createHash } from 'node:crypto';

const LONGEST = 300;
/** Most texts need no change; a report has hundreds of thousands of them. */
const HARMLESS = /^(?:[0-9A-Za-z]|[0-9A-Za-z](?:[ !"$-9;-~]|:(?!:)){0,298}[!"$-9;-~])$/;
/** The same for long texts, in one pass without backtracking. */
const HARMLESS_LONG = /^[0-9A-Za-z][ !"$-9;-~]*[!"$-9;-~]$/;
/** Only the beginning of a longer text is processed, if that is enough. */
const ENOUGH = 320;

/**
 * Text from the Console, a registry or an input as one harmless line of at most 300 characters. Control characters,
 * escape sequences, line separators, invisible and bidirectional marks are removed; texts that CI systems read as
 * commands are broken up in any position: `::`, `##[`, `##vso[`, `##teamcity[`, and `---`, `+++`, `~~~`, `^^^` at the
 * start.
 */
export function sanitize(text: string): string {
  if (text.length <= LONGEST && HARMLESS.test(text)) return text;
  const beginning = text.length > ENOUGH ? harmlessLine(text.slice(0, ENOUGH)) : '';
  return shownText(beginning.length > LONGEST ? beginning : harmlessLine(text));
}

/**
 * The same without cutting, for a text that is compared before it is shown: two texts that differ in more than white
 * space stay different. So what cannot be printed is not removed but named, such as `\ufffd{200B}`; of a text with much
 * of it, or of more than a million characters, the hash is named.
 */
export function sanitizeWhole(text: string): string {
  const isHarmless =
    text.length <= LONGEST ? HARMLESS.test(text) : HARMLESS_LONG.test(text) && !text.includes('  ');
  if (isHarmless) return text;
  if (text.length > LONGEST_WHOLE) return harmlessLine(hashed(text));
  if (!UNUSUAL.test(text)) return harmlessLine(text);
  const line = text.replace(SPACE, ' ');
  return harmlessLine(hasMuchToName(line) ? hashed(line) : named(line));
}

/** The part of such a line that can be printed. */
export function printablePart(line: string): string {
  return line.replace(NAME, ' ').trim();
}

/** True if such a line would be the text itself, but for white space. */
export function isPrintable(text: string): boolean {
  return !UNUSUAL.test(text) || text.replace(SPACE, ' ').search(NAMED) < 0;
}

/** A harmless line, cut to 300 characters for display. */
export function shownText(line: string): string {
  if (line.length <= LONGEST) return line;
  // The cut must not leave half of a surrogate pair.
  return `${line.slice(0, LONGEST - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** The same for a text whose presence alone means a failure: it never becomes empty. */
export function sanitizeError(text: string): string {
  return text === '' ? '' : sanitize(text) || '(text without a printable character)';
}

/** A value as one sanitized line in quotes. Not for secrets. */
export function quoted(value: string): string {
  return `"${sanitize(value)}"`;
}

/** The message of a thrown value, as one sanitized line. */
export function errorMessage(error: unknown): string {
  try {
    return sanitize(error instanceof Error ? error.message : String(error));
  } catch {
    return 'an error without a message';
  }
}

function harmlessLine(text: string): string {
  const line = printable(text)
    .trim()
    .replace(/^(?:-{3}|\+{3}|~{3}|\^{3})/, (group) => [...group].join(' '));
  // Few texts contain these, and a search for them first takes a fraction of the time.
  const commands = line.includes('##') ? line.replace(/##(?=[a-z]*\[)/gi, '# #') : line;
  return commands.includes('::') ? commands.replace(/:(?=:)/g, ': ') : commands;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escape sequences begin with one
const ESCAPE_SEQUENCE = /\u001b\[[0-9;?]*[ -/]*[@-~]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to be found
const CONTROL = /[\u0000-\u001f\u007f]+/g;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\s]+/gu;
/** Anything that may be unprintable: classes of Unicode take ten times as long as this (measured). */
const UNUSUAL = /[^ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e]| {2}/;

/** White space besides blanks, without the zero-width no-break space, which JavaScript takes for one. */
const SPACE = /[^\S\ufeff ]/g;
const NAMED = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\ufffd]/gu;
const NAME = /\ufffd\{[0-9A-Fa-f]+\}/g;
/** A report of 90 MB can have 30 million characters to name, which would take minutes. */
const MOST_NAMED = 8;
/** Longer than any file of exceptions; 45 million colons would take as long. */
const LONGEST_WHOLE = 1_100_000;
const LONGEST_BEGINNING = 2_000;

function hasMuchToName(line: string): boolean {
  NAMED.lastIndex = 0;
  for (let count = 0; count <= MOST_NAMED; count += 1) if (!NAMED.test(line)) return false;
  return true;
}

/** Every character that cannot be printed as its number. */
function named(line: string): string {
  return line.replace(
    NAMED,
    (character) => `\ufffd{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`,
  );
}

/** The beginning, and the hash of the whole: of its UTF-16, which has the halves of surrogate pairs as well. */
function hashed(line: string): string {
  const hash = createHash('sha256').update(line, 'utf16le').digest('hex');
  return `${line.slice(0, LONGEST_BEGINNING)} \ufffd{${hash}}`;
}

function printable(text: string): string {
  if (!UNUSUAL.test(text)) return text;
  const line = text.replace(ESCAPE_SEQUENCE, '').replace(CONTROL, ' ');
  return UNUSUAL.test(line) ? line.replace(UNPRINTABLE, ' ') : line;
}
