import type { Check } from '../policy/result.ts';
import { markdownTable, markdownText, type Section } from '../text/markdown.ts';

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
  const about = 'the checks';
  if (checks.length === 0) return { about, markdown: '' };
  const rows = checks.map(({ check, state, message, fix }) => [
    STATE_SIGN[state],
    markdownText(check),
    markdownText(message),
    markdownText(fix),
  ]);
  const count = (wanted: Check['state']) => checks.filter(({ state }) => state === wanted).length;
  const heading = `### ${count('ok')} of ${checks.length} checks passed`;
  const undecided = count('cannot-tell');
  const note =
    undecided === 0
      ? ''
      : `\n\n❓ ${undecided} of them cannot be decided without more permissions, or without starting a scan.`;
  return {
    about,
    markdown: `${heading}\n\n${markdownTable(['', 'Check', 'Seen', 'What to do'], rows)}${note}`,
  };
}
