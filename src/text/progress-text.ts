import type { Stage, TimelineEntry } from '../scan/events.ts';
import type { Counts } from '../scan/evidence.ts';
import { firstOf } from './plural.ts';

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

/** The request to scan, which is a phase of the timeline and an event of the log. */
export const REQUEST_TEXT = 'asking the Console to scan';

/** The name of a phase in the timeline. */
export function phaseText(phase: TimelineEntry['phase']): string {
  return phase === 'requested' ? REQUEST_TEXT : STAGE_TEXT[phase];
}

/** The name of a phase in the chart: short, and without characters that have a meaning there. */
export const CHART_TEXT = {
  requested: 'request',
  pending: 'waiting to start',
  discovery: 'discovery',
  'image-scan': 'image scan',
  'over-before': 'over before',
  'awaiting-report': 'report',
  lost: 'lost',
  'between-batches': 'between batches',
  'awaiting-better-row': 'better row',
  finished: undefined,
  'given-up': undefined,
} as const satisfies Record<TimelineEntry['phase'], string | undefined>;

const BAR_WIDTH = 20;

/** `██████████░░░░░░░░░░ 1/2`; full only when everything is scanned. */
export function progressBar({ scanned, total }: Counts): string {
  const share = total === 0 ? 0 : Math.min(1, scanned / total);
  const filled = Math.floor(share * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${scanned}/${total}`;
}

/** Maximum number of images that a line names. */
const PENDING_IMAGES_NAMED = 3;

/** `waiting for 4; step 2/2  scanning images: a, b, c and 1 more`: the names of the images by stage. */
export function pendingText(byStage: ReadonlyMap<Stage, readonly string[]>): string {
  const count = [...byStage.values()].reduce((sum, names) => sum + names.length, 0);
  const parts = [...byStage].map(
    ([stage, names]) => `${STAGE_TEXT[stage]}: ${firstOf(names, PENDING_IMAGES_NAMED)}`,
  );
  return [`waiting for ${count}`, ...parts].join('; ');
}
