import type { RetryableFailure } from '../scan/call-failure.ts';
import { formatDuration } from '../scan/duration.ts';
import type { PollEvent, Stage } from '../scan/events.ts';
import type { Counts, ReportSnapshot } from '../scan/evidence.ts';
import { progressBar, REQUEST_TEXT, STAGE_TEXT } from './progress-text.ts';
import { delayText } from './time-text.ts';

const TRIGGER_TEXT = {
  'trigger-sent': REQUEST_TEXT,
  'trigger-accepted': 'the Console accepted the request',
} as const;

/** An event before the polls: the baseline, or the request to scan. */
export function startText(event: Exclude<PollEvent, { kind: 'polled' }>): string {
  return event.kind === 'baseline' ? baselineText(event.snapshot) : TRIGGER_TEXT[event.kind];
}

/** A failure without its numbers: the same failure can have a different number of milliseconds in each poll. */
export function failureKind({ what }: RetryableFailure): string {
  return what.replace(/\d+(?:\.\d+)?/g, '');
}

/** The failure, and the time of the next attempt. */
export function failureText({ what }: RetryableFailure, nextPollMs: number | undefined): string {
  return nextPollMs === undefined ? `${what}.` : `${what}; asking again in ${delayText(nextPollMs)}`;
}

/** A stage of the wait, with a bar if there are counts. */
export function stageText(stage: Stage, counts: Counts | undefined): string {
  return counts === undefined ? STAGE_TEXT[stage] : `${STAGE_TEXT[stage]}  ${progressBar(counts)}`;
}

/** A poll for the debug log. */
export function pollText({
  stage,
  counts,
  failures,
  nextPollMs,
}: Extract<PollEvent, { kind: 'polled' }>): string {
  const parts = [
    `polled: ${stage}${counts === undefined ? '' : ` ${counts.scanned}/${counts.total}`}`,
    ...failures.map(({ kind, what }) => `${kind}: ${what}`),
    nextPollMs === undefined ? 'no further poll' : `next poll in ${Math.round(nextPollMs)} ms`,
  ];
  return parts.join('; ');
}

/**
 * The baseline for the debug log. The duration of the last scan decides when polling begins, so it explains a pause.
 */
function baselineText(snapshot: ReportSnapshot): string {
  switch (snapshot.kind) {
    case 'row': {
      const { scanTime, durationMs } = snapshot.row;
      if (scanTime === undefined) return 'the report so far shows no scan of the image';
      const took = durationMs === undefined ? '' : `, which took ${formatDuration(durationMs)}`;
      return `the report so far shows a scan of ${scanTime.text}${took}`;
    }
    case 'absent':
      return 'the report so far does not know the image';
    case 'unreadable':
      return snapshot.why === 'regular-scan'
        ? 'looking for the regular scan'
        : `the report cannot be read (${snapshot.why}); progress alone has to show the end`;
  }
}
