import { hasGate, type Policy } from '../policy/policy.ts';
import type { Verdict } from '../policy/reasons.ts';
import { formatDuration } from '../scan/duration.ts';
import type { Stage } from '../scan/events.ts';
import type { FindingCounts } from '../scan/finding.ts';
import { SEVERITIES, type Severity } from '../scan/severity.ts';
import type { Counts } from '../scan/types.ts';

export const VERDICT_SIGN = {
  passed: '✅',
  failed: '❌',
  'timed-out': '⌛',
  error: '⚠️',
  cancelled: '🚫',
} as const satisfies Record<Verdict, string>;

export const SEVERITY_SIGN = {
  critical: '🟥',
  high: '🟧',
  medium: '🟨',
  low: '🟦',
} as const satisfies Record<Severity, string>;

/** What each stage of the wait is called, wherever people see it. */
export const STAGE_TEXT = {
  pending: 'waiting for the scan to start',
  discovery: 'step 1/2  discovering tags',
  'image-scan': 'step 2/2  scanning images',
  'over-before': 'progress shows the end of a scan that may be an earlier one; waiting for a newer one',
  'awaiting-report': 'scan ended; waiting for the report to show it',
  lost: 'progress no longer shows the scan; waiting for the report to show it',
  'between-batches': 'no registry is being scanned; waiting for the next batch, or for the end to be certain',
  'awaiting-better-row': 'the report shows a scan that would not pass; waiting for a better one',
  finished: 'the scan is finished',
  'given-up': 'giving up',
} as const satisfies Record<Stage, string>;

/** `2 critical, 1 high`; the severities that have none are left out. Empty for no findings. */
export function severityCounts(counts: FindingCounts): string {
  return SEVERITIES.filter((severity) => counts[severity] > 0)
    .map((severity) => `${counts[severity]} ${severity}`)
    .join(', ');
}

/** `1 finding`, `2 findings` */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The first of the items in a list, and how many more there are: `a, b and 3 more`. */
export function firstOf(items: readonly string[], most: number, separator = ', '): string {
  const more = items.length - most;
  return items.slice(0, most).join(separator) + (more > 0 ? ` and ${more} more` : '');
}

/** The time that is left before the deadline, in whole seconds, rounded up: `29m57s`. */
export function timeLeft(timeoutMs: number, atMs: number): string {
  return formatDuration(Math.ceil(Math.max(0, timeoutMs - atMs) / 1000) * 1000);
}

/** A delay before the next poll: `12 s`, or `0.5 s` where it is below a second. */
export function delayText(ms: number): string {
  return ms < 1_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000)} s`;
}

/** The gates on findings, in the names of the inputs. */
export function gatesText(policy: Policy): string {
  const { severityCutoff, onlyFixed, complianceCutoff, failOnPolicy, exceptions } = policy;
  const gates = [
    ...(severityCutoff === undefined
      ? []
      : [`severity-cutoff ${severityCutoff}${onlyFixed ? ' (only-fixed)' : ''}`]),
    ...(complianceCutoff === undefined ? [] : [`compliance-cutoff ${complianceCutoff}`]),
    ...(failOnPolicy ? ['fail-on-policy'] : []),
  ];
  if (!hasGate(policy)) return 'none';
  const accepted = exceptions.length === 0 ? '' : `; ${plural(exceptions.length, 'exception')}`;
  return `${gates.join(', ')}${accepted}`;
}

const BAR_WIDTH = 20;

/** `██████████░░░░░░░░░░ 1/2`; full only when everything is scanned. */
export function progressBar({ scanned, total }: Counts): string {
  const share = total === 0 ? 0 : Math.min(1, scanned / total);
  const filled = Math.floor(share * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${scanned}/${total}`;
}

/** Milliseconds as a clock shows them: `0:05`, `12:34`, `1:02:03` */
export function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = two(seconds % 60);
  return (hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`).padStart(7);
}
