import { Marked, type Token, type Tokens } from 'marked';

const marked = new Marked({ gfm: true });

/** The parts of rendered Markdown by kind, without their texts. */
export interface Rendered {
  /** The kinds of parts in their order, such as `table 5x3`; plain texts do not count. */
  readonly skeleton: readonly string[];
  readonly links: readonly string[];
  /** The tags of HTML, such as `<details open>`. */
  readonly tags: readonly string[];
}

/** Reads Markdown as GitHub does: tables, bare links and tags count. */
export function rendered(markdown: string): Rendered {
  const skeleton: string[] = [];
  const links: string[] = [];
  const tags: string[] = [];
  void marked.walkTokens(marked.lexer(withoutSeparators(markdown)), (token) => {
    if (isLink(token)) links.push(token.href.replaceAll('&amp;', '&'));
    if (token.type === 'html') tags.push(...(token.raw.match(/<[^>]*>?/g) ?? []));
    if (isTable(token)) skeleton.push(`table ${token.header.length}x${token.rows.length}`);
    else if (!['text', 'escape', 'space'].includes(token.type)) skeleton.push(token.type);
  });
  return { skeleton, links, tags };
}

/** Without the empty elements after an at sign, which are invisible. */
function withoutSeparators(markdown: string): string {
  return markdown.replaceAll('&#64;<b></b>', '&#64;');
}

/** The cells of every table, as the text that they show. */
export function cellsIn(markdown: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  void marked.walkTokens(marked.lexer(markdown), (token) => {
    if (isTable(token)) for (const row of token.rows) rows.push(row.map(({ text }) => text));
  });
  return rows;
}

function isLink(token: Token): token is Tokens.Link | Tokens.Image {
  return token.type === 'link' || token.type === 'image';
}

function isTable(token: Token): token is Tokens.Table {
  return token.type === 'table';
}
