import type { FindingCounts } from '../scan/finding.ts';
import { SEVERITIES, type Severity } from '../scan/severity.ts';
import { listText } from './plural.ts';

export const SEVERITY_SIGN = {
  critical: '🟥',
  high: '🟧',
  medium: '🟨',
  low: '🟦',
} as const satisfies Record<Severity, string>;

/** `2 critical, 1 high`; severities without findings are left out. Empty for no findings. */
export function severityCounts(counts: FindingCounts): string {
  return countsOf(counts).join(', ');
}

function countsOf(counts: FindingCounts): readonly string[] {
  return SEVERITIES.filter((severity) => counts[severity] > 0).map(
    (severity) => `${counts[severity]} ${severity}`,
  );
}

/** `2 critical, 3 high and 1 low`; severities without findings are left out. */
export function tally(counts: FindingCounts): string {
  return listText(countsOf(counts));
}
