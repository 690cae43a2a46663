/** Text as Markdown that shows exactly that text: nothing in it becomes a link, an image, a tag or a table cell. */
export function markdownText(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replace(/[\\`*_{}[\]#!|~$]/g, (character) => `&#${character.charCodeAt(0)};`)
      .replace(/(?:https?|ftp):|www\./gi, (word) =>
        word.replace(/[:.]/, (sign) => `&#${sign.charCodeAt(0)};`),
      )
      // GitHub looks for people and addresses in what is rendered already; a space without width parts them.
      .replaceAll('@', '&#64;&#8203;')
  );
}

/** Text to copy, in a code span; empty for no text. */
export function markdownCode(text: string): string {
  const code = text.replace(/[`|\r\n]/g, '');
  return code.trim() === '' ? '' : `\`${code}\``;
}

/** A link that shows a text; the text alone where the address is none of the web, or hides its host. */
export function markdownLink(text: string, address: string): string {
  const shown = markdownText(text);
  if (!/^https?:\/\/[^/?#@\\]+(?:[/?#]|$)/i.test(address) || !URL.canParse(address)) return shown;
  const target = new URL(address).href
    .replace(/[^\w\-.~:/?#=&%+,;@]/g, (sign) => encodeURIComponent(sign).replace(/[()*'!]/g, hex))
    .replaceAll('&', '&amp;');
  return `[${shown}](${target})`;
}

function hex(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** A table with one row of headings. Cells are Markdown already. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
