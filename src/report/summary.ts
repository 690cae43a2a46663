import { ADVICE } from '../gate/advice.ts';
import type { Judged } from '../gate/judge.ts';
import type { Verdict } from '../gate/verdict.ts';
import { formatDuration } from '../scan/duration.ts';
import type { Counts } from '../scan/evidence.ts';
import { STAGE_TEXT } from '../scan/view.ts';
import { markdownCode, markdownTable, markdownText } from './markdown.ts';
import type { StepRecord } from './record.ts';
import type { TimelineEntry } from './timeline.ts';

const SIGN = {
  passed: '✅',
  failed: '❌',
  'timed-out': '⌛',
  error: '⚠️',
  cancelled: '🚫',
} as const satisfies Record<Verdict, string>;

/** The job summary, in GitHub's Markdown: what to paste into a ticket. */
export function renderSummary(record: StepRecord): string {
  const { verdict, reason, message } = record.decision;
  const parts = [
    `## ${SIGN[verdict]} Registry scan gate: ${verdict} (${reason})`,
    `${markdownText(message)} ${markdownText(ADVICE[reason])}`,
    ...record.warnings.map((warning) => `> ⚠️ ${markdownText(warning)}`),
    ...(record.images.length > 0 ? [imageTable(record.images)] : [scanCounts(record)]),
    ...(record.timeline.length > 0 ? [timelineTable(record.timeline, record.durationMs)] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

function imageTable(images: readonly Judged[]): string {
  return markdownTable(
    ['Image', 'Verdict', 'Digest', 'Scanned', 'Scan time', 'Critical', 'High', 'Medium', 'Low'],
    images.map((image) => [
      markdownCode(image.name),
      `${SIGN[image.decision.verdict]} ${image.decision.reason}`,
      markdownCode(image.digest ?? ''),
      ofTotal(image.imageScan),
      markdownText(image.scanTime ?? ''),
      ...(['critical', 'high', 'medium', 'low'] as const).map((severity) =>
        String(image.assessment?.counts?.[severity] ?? ''),
      ),
    ]),
  );
}

function scanCounts({ discovery, imageScan }: StepRecord): string {
  return markdownTable(
    ['Phase', 'Scanned'],
    [
      ['Discovery', ofTotal(discovery)],
      ['Image scan', ofTotal(imageScan)],
    ],
  );
}

function timelineTable(timeline: readonly TimelineEntry[], durationMs: number): string {
  const rows = timeline.map(({ atMs, phase }, index) => {
    const isLast = index === timeline.length - 1;
    const lastedMs = (timeline[index + 1]?.atMs ?? durationMs) - atMs;
    return [
      formatDuration(atMs),
      phase === 'requested' ? 'asking the Console to scan' : STAGE_TEXT[phase],
      isLast ? '' : formatDuration(lastedMs),
    ];
  });
  return markdownTable(['After', 'Phase', 'Lasted'], rows);
}

function ofTotal({ scanned, total }: Counts): string {
  return `${scanned}/${total}`;
}
