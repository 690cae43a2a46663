import { exceptionWarnings } from '../gate/exception-review.ts';
import type { Gates } from '../gate/gates.ts';
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
  /** What was asked for; undefined where that could not be understood. */
  readonly asked: Asked | undefined;
}

/** What a step was asked to do, as far as its reports tell. */
export interface Asked {
  readonly mode: 'trigger' | 'await' | 'await-regular';
  readonly consoleHost: string;
  readonly apiVersion: string;
  /** Empty for none. */
  readonly project: string;
  readonly gates: Gates;
  /** Undefined where only a scan of now would do. */
  readonly maxScanAgeMs: number | undefined;
}

/** What is the same for every way a run can end. */
export type Run = Pick<StepRecord, 'durationMs' | 'timeline'>;

/** What reports say of the run that made them. Times are the runner's own. */
export interface ReportedRun {
  readonly actionVersion: string;
  /** Empty where the run has no page. */
  readonly url: string;
  readonly endedAt: Date;
}

/** The record of a run that came as far as judging, on a day written `2026-12-31`. */
export function recordOf(judged: readonly Judged[], asked: Asked, today: string, run: Run): StepRecord {
  // The regular scan is of no image in particular.
  const images = asked.mode === 'await-regular' ? [] : judged;
  return {
    decision: worst(judged.map((one) => one.decision)),
    images,
    discovery: addCounts(judged.map((one) => one.discovery)),
    imageScan: addCounts(judged.map((one) => one.imageScan)),
    warnings: [
      ...judged.flatMap((one) => one.warnings),
      ...exceptionWarnings(asked.gates.exceptions, images, today),
    ],
    asked,
    ...run,
  };
}

/** The record of a run that ended before there was anything to wait for. */
export function recordOfFailure(decision: Decision, run: Run): StepRecord {
  const none = { scanned: 0, total: 0 };
  return { decision, images: [], discovery: none, imageScan: none, warnings: [], asked: undefined, ...run };
}
