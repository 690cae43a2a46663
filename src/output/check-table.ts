import type { Check } from '../policy/result.ts';
import { checksHeading, undecidedText } from '../text/check-text.ts';
import { markdownTable, markdownText, type Section } from '../text/markdown.ts';
import { PART } from '../text/summary-text.ts';

const STATE_SIGN = {
  ok: '✅',
  failed: '❌',
  'cannot-tell': '❓',
} as const satisfies Record<Check['state'], string>;

/** The checks of a preflight for the log: one line for each result, and the advice below it. */
export function checkLines(checks: readonly Check[]): readonly string[] {
  const width = Math.max(0, ...checks.map(({ check }) => check.length));
  return checks.flatMap(({ check, state, message, fix }) => [
    `${STATE_SIGN[state]} ${check.padEnd(width)}  ${message}`,
    ...(fix === '' ? [] : [`   ${' '.repeat(width)}  → ${fix}`]),
  ]);
}

/** The same as a table for the summary. */
export function checkSection(checks: readonly Check[]): Section {
  const about = PART.checks;
  if (checks.length === 0) return { about, markdown: '' };
  const rows = checks.map(({ check, state, message, fix }) => [
    STATE_SIGN[state],
    markdownText(check),
    markdownText(message),
    markdownText(fix),
  ]);
  const count = (wanted: Check['state']) => checks.filter(({ state }) => state === wanted).length;
  const counts = { ok: count('ok'), failed: count('failed'), 'cannot-tell': count('cannot-tell') };
  const table = markdownTable(['', 'Check', 'Seen', 'What to do'], rows, undecidedText(counts));
  return { about, markdown: `### ${checksHeading(counts)}\n\n${table}` };
}
