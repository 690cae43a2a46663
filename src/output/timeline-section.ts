import { formatDuration } from '../scan/duration.ts';
import type { TimelineEntry } from '../scan/events.ts';
import { markdownDetails, markdownTable, type Section } from '../text/markdown.ts';
import { STAGE_TEXT } from '../text/progress-text.ts';

type Phase = TimelineEntry['phase'];

const PHASES_SHOWN = 50;
/** A shorter chart, or one with fewer bars, shows no more than the table. */
const CHARTED_MS = 10_000;
const CHARTED_BARS = 3;

/** The start and the duration of each phase, with a chart if there is something to compare. */
export function timelineSection(timeline: readonly TimelineEntry[], durationMs: number): Section {
  const about = 'the timeline';
  if (timeline.length === 0) return { about, markdown: '' };
  const phases = withDurations(timeline, durationMs).slice(0, PHASES_SHOWN);
  const more = timeline.length - phases.length;
  const rows = phases.map(({ phase, atMs, lastedMs }) => [
    formatDuration(atMs),
    phaseText(phase),
    lastedMs === undefined ? '' : formatDuration(lastedMs),
  ]);
  const parts = [
    ...chartOf(phases),
    markdownTable(['After', 'Phase', 'Lasted'], rows),
    ...(more > 0 ? [`… and ${more} more, in the receipt.`] : []),
  ];
  return { about, markdown: markdownDetails(`Timeline: ${formatDuration(durationMs)}`, parts.join('\n\n')) };
}

interface LastingPhase extends TimelineEntry {
  /** Undefined for the phase that ended the wait. */
  readonly lastedMs: number | undefined;
}

function withDurations(timeline: readonly TimelineEntry[], durationMs: number): readonly LastingPhase[] {
  return timeline.map((entry, index) => {
    const isEnd = entry.phase === 'finished' || entry.phase === 'given-up';
    const endsAtMs = timeline[index + 1]?.atMs ?? durationMs;
    return { ...entry, lastedMs: isEnd ? undefined : Math.max(0, endsAtMs - entry.atMs) };
  });
}

function phaseText(phase: Phase): string {
  return phase === 'requested' ? 'asking the Console to scan' : STAGE_TEXT[phase];
}

/** The name of a phase in the chart: short, and without characters that have a meaning there. */
const CHART_TEXT = {
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
} as const satisfies Record<Phase, string | undefined>;

function chartOf(phases: readonly LastingPhase[]): readonly string[] {
  const bars = phases.flatMap(({ phase, atMs, lastedMs }) => {
    const text = CHART_TEXT[phase];
    if (text === undefined || lastedMs === undefined) return [];
    return [{ text, fromMs: Math.round(atMs), toMs: Math.round(atMs + lastedMs) }];
  });
  const endMs = bars.at(-1)?.toMs ?? 0;
  if (bars.length < CHARTED_BARS || endMs < CHARTED_MS) return [];
  const lines = bars.map(({ text, fromMs, toMs }) => `  ${text} :${fromMs}, ${toMs}`);
  // Only times since the epoch are independent of the time zone.
  const chart = ['gantt', '  dateFormat x', '  axisFormat %ss', ...lines];
  return [['```mermaid', ...chart, '```'].join('\n')];
}
