/** Characters that every encoding in use leaves unchanged. */
const UNCHANGED = /^[A-Za-z0-9]$/;

const NAMED_ENTITIES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\b': 'b',
  '\f': 'f',
  '\v': 'v',
};

/**
 * The source of an expression that finds a text in any encoding: plain; percent-encoded by JavaScript, Go, Python or
 * a form, which leave different characters unchanged; with HTML entities; as a string of JSON, Go, Python or a shell;
 * and one of these within another. The search takes time in proportion to the searched text: no two loops of the
 * expression can match the same run of characters.
 */
export function spellingsOf(text: string): string {
  let source = '';
  let before: Before = 'nothing';
  for (const [piece] of text.matchAll(/\\+|[^\\]/gu)) {
    const isRun = piece.startsWith('\\');
    if (UNCHANGED.test(piece)) source += piece;
    else if (isRun) source += backslashes(piece.length, before);
    else source += `(?:${encodedForms(piece, before)}|${before === 'text' ? '\\\\*' : ''}${literal(piece)})`;
    before = isRun ? 'backslashes' : 'text';
  }
  return source;
}

/** The text before a character: a run of backslashes is searched only after text, and only once. */
type Before = 'nothing' | 'text' | 'backslashes';

/** The backslashes that begin an escape. */
const BEGIN_OF_ESCAPE: Readonly<Record<Before, string>> = {
  nothing: '\\\\',
  text: '\\\\+',
  backslashes: '',
};

/** Matches backslashes, which encodings double. */
function backslashes(count: number, before: Before): string {
  const most = before === 'nothing' ? '' : ',';
  return `(?:\\\\{${count}${most}}|${encodedForms('\\', before)}{${count}})`;
}

/** A character in every encoded form. */
function encodedForms(character: string, before: Before): string {
  const forms = [
    percentEncoded(character),
    `&(?:amp;)*(?:${entities(character)});`,
    `${BEGIN_OF_ESCAPE[before]}(?:${escapes(character)})`,
  ];
  if (character === ' ') forms.push('\\+');
  // Shells end a quoted string to quote a quotation mark.
  if (character === "'") forms.push(`'\\\\+''`, `'"'"'`);
  return `(?:${forms.join('|')})`;
}

/** The bytes of UTF-8, percent-encoded; `%25` encodes a percent sign once more. */
function percentEncoded(character: string): string {
  const bytes = [...Buffer.from(character.toWellFormed())];
  return bytes.map((byte) => `%(?:25)*${caseless(byte, 2)}`).join('');
}

function entities(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const name = NAMED_ENTITIES[character];
  return [`#0*${code}`, `#[xX]0*${caseless(code)}`, ...(name === undefined ? [] : [name])].join('|');
}

/** Escapes of strings: `\u0027`, a pair of surrogates, `\x27`, `\U0001f511`, `\047`, `\n`, and octal UTF-8. */
function escapes(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const units = character.split('').map((unit) => `u${caseless(unit.charCodeAt(0), 4)}`);
  const short = SHORT_ESCAPES[character];
  const octal = [...Buffer.from(character.toWellFormed())].map((byte) => byte.toString(8).padStart(3, '0'));
  const all = [units.join('\\\\+'), `[uU]\\{?0*${caseless(code)}\\}?`, octal.join('\\\\+')];
  if (code < 256) all.push(`x${caseless(code, 2)}`);
  if (short !== undefined) all.push(short);
  return all.join('|');
}

function caseless(code: number, digits = 1): string {
  const hex = code.toString(16).padStart(digits, '0');
  return hex.replace(/[a-f]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
