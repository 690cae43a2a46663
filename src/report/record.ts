import type { Judged } from '../gate/judge.ts';
import { type Decision, worst } from '../gate/verdict.ts';
import { addCounts, type Counts } from '../scan/evidence.ts';
import type { TimelineEntry } from './timeline.ts';

/** All that a run has to tell, once it is over: outputs, summary and every report are made from this. */
export interface StepRecord {
  readonly decision: Decision;
  /** One of each image; none of a regular scan. */
  readonly images: readonly Judged[];
  readonly discovery: Counts;
  readonly imageScan: Counts;
  readonly warnings: readonly string[];
  readonly durationMs: number;
  readonly timeline: readonly TimelineEntry[];
}

/** What is the same for every way a run can end. */
export type Run = Pick<StepRecord, 'durationMs' | 'timeline'>;

/** The record of a run that came as far as judging. The regular scan is of no image in particular. */
export function recordOf(
  judged: readonly Judged[],
  subject: 'images' | 'regular-scan',
  run: Run,
): StepRecord {
  return {
    decision: worst(judged.map((one) => one.decision)),
    images: subject === 'images' ? judged : [],
    discovery: addCounts(judged.map((one) => one.discovery)),
    imageScan: addCounts(judged.map((one) => one.imageScan)),
    warnings: judged.flatMap((one) => one.warnings),
    ...run,
  };
}

/** The record with every message changed in the same way. */
export function withMessages(record: StepRecord, change: (message: string) => string): StepRecord {
  const changed = (decided: Decision) => ({ ...decided, message: change(decided.message) });
  return {
    ...record,
    decision: changed(record.decision),
    images: record.images.map((image) => ({ ...image, decision: changed(image.decision) })),
  };
}

/** The record of a run that ended before there was anything to wait for. */
export function recordOfFailure(decision: Decision, run: Run): StepRecord {
  return { ...recordOf([], 'images', run), decision };
}
