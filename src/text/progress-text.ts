import type { Stage } from '../scan/events.ts';
import type { Counts } from '../scan/types.ts';

/** The names of the stages of a wait, for people. */
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

const BAR_WIDTH = 20;

/** `██████████░░░░░░░░░░ 1/2`; full only when everything is scanned. */
export function progressBar({ scanned, total }: Counts): string {
  const share = total === 0 ? 0 : Math.min(1, scanned / total);
  const filled = Math.floor(share * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${scanned}/${total}`;
}
