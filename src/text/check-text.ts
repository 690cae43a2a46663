import type { Check } from '../policy/result.ts';
import { shareText } from './plural.ts';

/** The number of checks in each state. */
export type CheckCounts = Readonly<Record<Check['state'], number>>;

/** The heading of the checks of a preflight. */
export function checksHeading(counts: CheckCounts): string {
  return `${shareText(counts.ok, counts.ok + counts.failed + counts['cannot-tell'])} checks passed`;
}

/** The note on checks that cannot be decided; undefined if there is none. */
export function undecidedText(counts: CheckCounts): string | undefined {
  const undecided = counts['cannot-tell'];
  return undecided === 0
    ? undefined
    : `❓ ${undecided} of them cannot be decided without more permissions, or without starting a scan.`;
}
