const LONGEST = 300;
/** Most texts need no change; a report has hundreds of thousands of them. */
const HARMLESS = /^(?:[0-9A-Za-z]|[0-9A-Za-z](?:[ !"$-9;-~]|:(?!:)){0,298}[!"$-9;-~])$/;

/**
 * Text from the Console, a registry or an input as one harmless line of at most 300 characters. Control characters,
 * escape sequences, line separators, invisible and bidirectional marks are removed; what CI systems read as commands
 * is broken up wherever it stands: `::`, `##[`, `##vso[`, and `---`, `+++`, `~~~`, `^^^` at the start.
 */
export function sanitize(text: string): string {
  if (HARMLESS.test(text)) return text;
  const line = text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escape sequences begin with one
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\s]+/gu, ' ')
    .trim()
    .replace(/##(?=\[|vso\[)/gi, '# #')
    .replace(/^(?:-{3}|\+{3}|~{3}|\^{3})/, (group) => [...group].join(' '))
    .replace(/:(?=:)/g, ': ');
  if (line.length <= LONGEST) return line;
  // The cut must not leave half of a surrogate pair.
  return `${line.slice(0, LONGEST - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** The same for a text whose presence alone is a failure: it never becomes empty. */
export function sanitizeError(text: string): string {
  return text === '' ? '' : sanitize(text) || '(text without a printable character)';
}

/** A value as one sanitized line in quotes. Not for secrets. */
export function quoted(value: string): string {
  return `"${sanitize(value)}"`;
}

/** The message of whatever was thrown, as one sanitized line. */
export function errorMessage(error: unknown): string {
  try {
    return sanitize(error instanceof Error ? error.message : String(error));
  } catch {
    return 'an error without a message';
  }
}
