import { joined } from './joined.ts';

/** Control characters and line separators. */
const BREAKING = /[\p{Cc}\u2028\u2029]+/gu;

/** Text as one line of Markdown that shows exactly that text: nothing in it becomes a link, an image, a tag or a table cell. */
export function markdownText(text: string): string {
  return (
    text
      .replace(BREAKING, ' ')
      .trim()
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replace(/[\\`*_{}[\]#!|~$]/g, entity)
      .replace(/(?:https?|ftp):|www\./gi, (word) => word.replace(/[:.]/, entity))
      // At the start of a line, these characters begin a list or underline a heading.
      .replace(/^\d*[-+=.)]/, (start) => start.replace(/\D/, entity))
      // GitHub searches rendered text for user names and mail addresses; an empty element splits them, and is not
      // copied with the text.
      .replaceAll('@', '&#64;<b></b>')
  );
}

function entity(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

/** Text to copy, in a code span; empty for no text. */
export function markdownCode(text: string): string {
  const code = text.replace(BREAKING, ' ').replace(/[`|]/g, '');
  return code.trim() === '' ? '' : `\`${code}\``;
}

/** Lines to copy, in a block of their own; empty for none. */
export function markdownBlock(lines: readonly string[]): string {
  const code = lines
    .map((line) => line.replace(BREAKING, ' ').replaceAll('`', ''))
    .filter((line) => line.trim() !== '');
  return code.length === 0 ? '' : ['```text', ...code, '```'].join('\n');
}

/** A link that shows a text; the text alone if the address is not a web address. */
export function markdownLink(text: string, address: string | undefined): string {
  const target = address === undefined ? undefined : webAddress(address);
  return target === undefined
    ? markdownText(text)
    : `[${markdownText(text)}](${target.replaceAll('&', '&amp;')})`;
}

/**
 * A web address with every unusual character encoded; undefined for other addresses, and for one that hides its host.
 */
export function webAddress(address: string): string | undefined {
  if (!/^https?:\/\/[^/?#@\\]+(?:[/?#]|$)/i.test(address) || !URL.canParse(address)) return undefined;
  return (
    new URL(address).href
      .replace(/[^\w\-.~:/?#=&%+,;@]/g, (character) => encodeURIComponent(character).replace(/[()*'!]/g, hex))
      .replace(/%(?![0-9a-f]{2})/gi, '%25')
      .replace(/(?<=#.*)#/g, '%23')
      // Addresses of Console pages contain `#!/`, and browsers do not decode it.
      .replace('#%21/', '#!/')
  );
}

function hex(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** A table with one row of headings, and a line below it for the rows that it does not show. Cells are Markdown. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  rest?: string,
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
  return joined([table, rest], '\n\n');
}

/** A part that is folded until a reader opens it, or open from the start. The summary is plain text. */
export function markdownDetails(summary: string, body: string, isOpen = false): string {
  return [
    `<details${isOpen ? ' open' : ''}>`,
    `<summary>${summary}</summary>`,
    '',
    body,
    '',
    '</details>',
  ].join('\n');
}

/** Text inside a tag of `markdownDetails`, shown as code. */
export function htmlCode(text: string): string {
  const code = text
    .replace(BREAKING, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .trim();
  return `<code>${code}</code>`;
}

/** A part of a page that is shown completely or not at all. */
export interface Section {
  /** Its name, for the note if it is left out. */
  readonly about: string;
  readonly markdown: string;
}

/** Space reserved for the note on omitted sections. */
const NOTE_BYTES = 2_000;

/** The sections as one page of at most `mostBytes` bytes. Sections that do not fit are omitted and named. */
export function pageOf(sections: readonly Section[], mostBytes: number): string {
  const kept: string[] = [];
  const omitted: string[] = [];
  let leftBytes = mostBytes - NOTE_BYTES;
  for (const { about, markdown } of sections) {
    const bytes = Buffer.byteLength(markdown) + 2;
    if (markdown === '') continue;
    if (bytes <= leftBytes) {
      kept.push(markdown);
      leftBytes -= bytes;
    } else omitted.push(about);
  }
  if (omitted.length > 0) kept.push(`_Left out, because a summary holds no more: ${omitted.join(', ')}._`);
  return `${kept.join('\n\n')}\n`;
}
