import type { Answer, ProgressAnswer, ReportReading } from './evidence.ts';

/** One look at the Console: what it answered, and when the answers were in (monotonic milliseconds). */
export interface Look {
  readonly atMs: number;
  readonly progress: Answer<ProgressAnswer> | 'not-asked';
  readonly report: Answer<ReportReading> | 'not-asked';
  /** Whether the Console is known to have accepted our request to scan. */
  readonly isTriggerAccepted: boolean;
}

/** `nothing` is `[]`, which proves nothing; `ended` is an answer whose entries have all ended. */
export type ProgressSays = 'running' | 'ended' | 'nothing' | 'silent' | 'not-asked';

/** What progress said at a look. */
export function progressSays(progress: Look['progress']): ProgressSays {
  if (progress === 'not-asked') return 'not-asked';
  if (progress.kind === 'no-answer') return 'silent';
  if (progress.value.length === 0) return 'nothing';
  return progress.value.some((entry) => entry.ongoing) ? 'running' : 'ended';
}

export type ReportSays = ReportReading['kind'] | 'silent' | 'not-asked';

/** What the report said at a look. */
export function reportSays(report: Look['report']): ReportSays {
  if (report === 'not-asked') return 'not-asked';
  return report.kind === 'no-answer' ? 'silent' : report.value.kind;
}

/** The entries that progress showed at a look; none where it showed or said nothing. */
export function entriesOf({ progress }: Look): ProgressAnswer {
  return progress !== 'not-asked' && progress.kind === 'answer' ? progress.value : [];
}

/** What the report was found to be at a look; undefined where it said nothing. */
export function readingOf({ report }: Look): ReportReading | undefined {
  return report !== 'not-asked' && report.kind === 'answer' ? report.value : undefined;
}

/** Whether every question of a look was answered. */
export function isAnswered(look: Look): boolean {
  return progressSays(look.progress) !== 'silent' && reportSays(look.report) !== 'silent';
}
