/** Signs that end a line, or that nobody sees. */
const CONTROL = /[\p{Cc}\u2028\u2029]+/gu;

/** Text as one line of Markdown that shows exactly that text: nothing in it becomes a link, an image, a tag or a table cell. */
export function markdownText(text: string): string {
  return (
    text
      .replace(CONTROL, ' ')
      .trim()
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replace(/[\\`*_{}[\]#!|~$]/g, entity)
      .replace(/(?:https?|ftp):|www\./gi, (word) => word.replace(/[:.]/, entity))
      // At the start of a line these begin a list, or underline a heading.
      .replace(/^\d*[-+=.)]/, (start) => start.replace(/\D/, entity))
      // GitHub looks for people and addresses in what is rendered already; a sign without width parts them.
      .replaceAll('@', '&#64;&#8288;')
  );
}

function entity(sign: string): string {
  return `&#${sign.charCodeAt(0)};`;
}

/** Text to copy, in a code span; empty for no text. */
export function markdownCode(text: string): string {
  const code = text.replace(CONTROL, ' ').replace(/[`|]/g, '');
  return code.trim() === '' ? '' : `\`${code}\``;
}

/** Lines to copy, in a block of their own; empty for none. */
export function markdownBlock(lines: readonly string[]): string {
  const code = lines
    .map((line) => line.replace(CONTROL, ' ').replaceAll('`', ''))
    .filter((line) => line.trim() !== '');
  return code.length === 0 ? '' : ['```text', ...code, '```'].join('\n');
}

/** A link that shows a text; the text alone where the address is none to follow. */
export function markdownLink(text: string, address: string): string {
  const target = webAddress(address);
  return target === undefined
    ? markdownText(text)
    : `[${markdownText(text)}](${target.replaceAll('&', '&amp;')})`;
}

/** An address of the web with every unusual sign in it encoded; undefined for others, and where it hides its host. */
export function webAddress(address: string): string | undefined {
  if (!/^https?:\/\/[^/?#@\\]+(?:[/?#]|$)/i.test(address) || !URL.canParse(address)) return undefined;
  return new URL(address).href
    .replace(/[^\w\-.~:/?#=&%+,;@]/g, (sign) => encodeURIComponent(sign).replace(/[()*'!]/g, hex))
    .replace(/%(?![0-9a-f]{2})/gi, '%25')
    .replace(/(?<=#.*)#/g, '%23');
}

function hex(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** A table with one row of headings. Cells are Markdown already. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
