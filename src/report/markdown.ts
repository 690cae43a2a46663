/** Text as Markdown that shows exactly that text: nothing in it becomes a link, an image, a tag or a table cell. */
export function markdownText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]#!|~$]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/(?:https?|ftp):|www\.|@/gi, (word) =>
      word.replace(/[:.@]/, (sign) => `&#${sign.charCodeAt(0)};`),
    );
}

/** Text to copy, in a code span; empty for no text. */
export function markdownCode(text: string): string {
  return text === '' ? '' : `\`${text.replace(/[`|\r\n]/g, '')}\``;
}

/** A table with one row of headings. Cells are Markdown already. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
