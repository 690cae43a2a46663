const LONGEST = 300;

/**
 * Text from the Console as one harmless line of bounded length. Whatever could start a line, a runner command
 * or a change of direction is taken out: control characters and escapes, line separators, invisible and
 * bidirectional marks; `##[` and a leading `::` are runner commands and are broken up.
 */
export function plainText(text: string): string {
  const line = text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escape sequences begin with one
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\s]+/gu, ' ')
    .trim()
    .replaceAll('##[', '## [')
    .replace(/:(?=:)/g, ': ');
  if (line.length <= LONGEST) return line;
  // Not half of a character that takes two.
  return `${line.slice(0, LONGEST - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** What was thrown, as one harmless line. Anything can be, even what cannot be put in words. */
export function wordsOf(error: unknown): string {
  try {
    return plainText(error instanceof Error ? error.message : String(error));
  } catch {
    return 'an error without words';
  }
}

/** The same for a text whose presence alone is a failure: it never becomes empty. */
export function errorText(text: string): string {
  return text === '' ? '' : plainText(text) || '(text without a printable character)';
}
