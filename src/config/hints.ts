import { formatDuration, parseDuration } from '../scan/duration.ts';
import { pageAddress } from '../text/version.ts';

/** The page with the inputs that replace those of the vendor's action. */
export const MIGRATION_PAGE = pageAddress('docs/running.md#migration');

/** The advice for an empty access input: usually its secret is missing. */
export const MISSING_SECRET =
  'A secret arrives empty if its name is misspelt, or if this run has no access to it (a pull request from a fork has none).';

/** The word that is closest to a mistyped one; undefined if none is close enough to suggest. */
export function closestOf<Word extends string>(typed: string, words: readonly Word[]): Word | undefined {
  const text = typed.toLowerCase().replaceAll(/[_\s]/g, '-');
  const most = text.length < 5 ? 1 : Math.min(3, Math.ceil(text.length / 5));
  const [closest] = words
    .map((word) => ({ word, distance: editDistance(text, word) }))
    .filter(({ word, distance }) => distance <= most && distance < word.length)
    .sort((one, other) => one.distance - other.distance);
  return closest?.word;
}

/** The question for a probable meaning; undefined without one. */
export function didYouMean(meant: string | undefined): string | undefined {
  return meant === undefined ? undefined : `Did you mean ${meant}?`;
}

/** ` (did you mean check?)`, the suggestion for a mistyped word; empty if none is close enough. */
export function suggestionFor(typed: string, words: readonly string[]): string {
  const closest = closestOf(typed, words);
  return closest === undefined ? '' : ` (did you mean ${closest}?)`;
}

/** The number of characters to insert, remove, replace or swap with their neighbour. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const replaced = at(last, column - 1) + (isSame ? 0 : 1);
      const removed = at(last, column) + 1;
      const inserted = at(current, column - 1) + 1;
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swapped = row > 1 && column > 1 && isSwap ? at(beforeLast, column - 2) + 1 : replaced;
      current.push(Math.min(replaced, removed, inserted, swapped));
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(distances: readonly number[], index: number): number {
  return distances[index] ?? 0;
}

/** The hint for a value that still contains an expression or a variable; undefined for any other value. */
export function unexpandedHint(value: string): string | undefined {
  const isUnexpanded = /\$\{|\$\(|^\$\w+$|%\w+%/.test(value);
  return isUnexpanded ? 'It contains a variable or an expression that was not expanded.' : undefined;
}

const UNIT_WORDS = [
  [/days?/g, 'd'],
  [/hours?|hrs?/g, 'h'],
  [/minutes?|mins?/g, 'm'],
  [/seconds?|secs?/g, 's'],
] as const;

/** The probable meaning of a text that is not a duration, as a sentence; undefined if there is none. */
export function durationMeant(text: string): string | undefined {
  const value = text.trim().toLowerCase();
  if (/^\d{1,6}$/.test(value)) return `A number needs a unit: ${value}s, ${value}m or ${value}h.`;
  const [, count, unit] = /^(\d{1,4}[.,]\d{1,3})\s*([dhm])$/.exec(value) ?? [];
  const oneUnitMs = parseDuration(`1${unit}`);
  if (count !== undefined && oneUnitMs !== undefined) {
    return didYouMean(formatDuration(Number(count.replace(',', '.')) * oneUnitMs));
  }
  const [, weeks] = /^(\d{1,2})\s*(?:w|weeks?)$/.exec(value) ?? [];
  if (weeks !== undefined) return didYouMean(`${Number(weeks) * 7}d`);
  let meant = value.replaceAll(/^pt?(?=\d)|\s|,|\band\b/g, '');
  for (const [word, letter] of UNIT_WORDS) meant = meant.replaceAll(word, letter);
  return didYouMean(parseDuration(meant) === undefined ? undefined : meant);
}
