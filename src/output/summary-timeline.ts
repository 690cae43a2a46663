import { formatDuration } from '../scan/duration.ts';
import type { TimelineEntry } from '../scan/events.ts';
import { markdownDetails, markdownTable, type Section } from '../text/markdown.ts';
import { CHART_TEXT, phaseText } from '../text/progress-text.ts';
import { moreText, PART } from '../text/summary-text.ts';

const PHASES_SHOWN = 50;
/** A shorter chart, or one with fewer bars, shows no more than the table. */
const CHARTED_MS = 10_000;
const CHARTED_BARS = 3;

/** The start and the duration of each phase, with a chart if there is something to compare. */
export function timelineSection(timeline: readonly TimelineEntry[], durationMs: number): Section {
  const about = PART.timeline;
  if (timeline.length === 0) return { about, markdown: '' };
  const phases = withDurations(timeline, durationMs).slice(0, PHASES_SHOWN);
  const rows = phases.map(({ phase, atMs, lastedMs }) => [
    formatDuration(atMs),
    phaseText(phase),
    lastedMs === undefined ? '' : formatDuration(lastedMs),
  ]);
  const rest = moreText(timeline.length - phases.length, '', 'the receipt');
  const parts = [...chartOf(phases), markdownTable(['After', 'Phase', 'Lasted'], rows, rest)];
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
