import { formatDuration } from '../scan/duration.ts';
import { STAGE_TEXT } from '../scan/view.ts';
import { markdownTable } from './markdown.ts';
import type { Section } from './sections.ts';
import type { TimelineEntry } from './timeline.ts';

const PHASES_SHOWN = 50;
/** Below this, and with fewer bars, a chart says no more than the table. */
const CHARTED_MS = 10_000;
const CHARTED_BARS = 3;

/** When each phase began and how long it lasted; with a chart where there is something to compare. */
export function timelineSection(timeline: readonly TimelineEntry[], durationMs: number): Section {
  const about = 'the timeline';
  if (timeline.length === 0) return { about, markdown: '' };
  const phases = lasting(timeline, durationMs).slice(0, PHASES_SHOWN);
  const more = timeline.length - phases.length;
  const rows = phases.map(({ phase, atMs, lastedMs }) => [
    formatDuration(atMs),
    textOf(phase),
    lastedMs === undefined ? '' : formatDuration(lastedMs),
  ]);
  const parts = [
    '### Timeline',
    ...chartOf(phases),
    markdownTable(['After', 'Phase', 'Lasted'], rows),
    ...(more > 0 ? [`… and ${more} more, in the receipt.`] : []),
  ];
  return { about, markdown: parts.join('\n\n') };
}

interface Phase extends TimelineEntry {
  /** Undefined for what the wait ended with. */
  readonly lastedMs: number | undefined;
}

function lasting(timeline: readonly TimelineEntry[], durationMs: number): readonly Phase[] {
  return timeline.map((entry, index) => {
    const isEnd = entry.phase === 'finished' || entry.phase === 'given-up';
    const endsAtMs = timeline[index + 1]?.atMs ?? durationMs;
    return { ...entry, lastedMs: isEnd ? undefined : Math.max(0, endsAtMs - entry.atMs) };
  });
}

function textOf(phase: TimelineEntry['phase']): string {
  return phase === 'requested' ? 'asking the Console to scan' : STAGE_TEXT[phase];
}

/** What a bar of the chart is called: short, and without signs that mean something there. */
const BAR_TEXT = {
  requested: 'request',
  waiting: 'waiting',
  discovery: 'discovery',
  'image-scan': 'image scan',
  'end-unproven': 'end unproven',
  'report-pending': 'report',
  vanished: 'vanished',
} as const satisfies Partial<Record<TimelineEntry['phase'], string>>;

function chartOf(phases: readonly Phase[]): readonly string[] {
  const bars = phases.flatMap(({ phase, atMs, lastedMs }) =>
    phase === 'finished' || phase === 'given-up' || lastedMs === undefined
      ? []
      : [{ text: BAR_TEXT[phase], fromMs: Math.round(atMs), toMs: Math.round(atMs + lastedMs) }],
  );
  const endMs = bars.at(-1)?.toMs ?? 0;
  if (bars.length < CHARTED_BARS || endMs < CHARTED_MS) return [];
  const lines = bars.map(({ text, fromMs, toMs }) => `  ${text} :${fromMs}, ${toMs}`);
  // Seconds of the epoch are the only ones that no time zone shifts.
  const chart = ['gantt', '  dateFormat x', '  axisFormat %ss', ...lines];
  return [['```mermaid', ...chart, '```'].join('\n')];
}
