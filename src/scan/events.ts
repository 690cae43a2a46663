import type { RetryableFailure } from './call-failure.ts';
import type { Counts, ReportSnapshot } from './evidence.ts';

/** The stage of a wait, in terms for people. */
export type Stage =
  /** No sign of the scan yet. */
  | 'pending'
  | 'discovery'
  | 'image-scan'
  /** `await`: the first poll showed the end of a scan, which may be an earlier one. */
  | 'over-before'
  /** Progress shows the end; the report has no newer row yet. */
  | 'awaiting-report'
  /** Progress stopped showing the scan; the report has no newer row yet. */
  | 'lost'
  /** Regular scan: nothing is running, and the next batch of registries may begin. */
  | 'between-batches'
  /** The report has a newer row that would fail the image, and a better one may follow. */
  | 'awaiting-better-row'
  | 'finished'
  | 'given-up';

/** An event in the wait for one image, for logs and the timeline. `atMs` counts from the start of the step. */
export type PollEvent =
  | { readonly kind: 'baseline'; readonly atMs: number; readonly snapshot: ReportSnapshot }
  | { readonly kind: 'trigger-sent' | 'trigger-accepted'; readonly atMs: number }
  | {
      readonly kind: 'polled';
      readonly atMs: number;
      readonly stage: Stage;
      /** The counts of the stage; undefined if there is nothing to count. */
      readonly counts: Counts | undefined;
      /** Calls of this poll that brought no usable response. */
      readonly failures: readonly RetryableFailure[];
      /** The delay before the next poll; undefined if there is none. */
      readonly nextPollMs: number | undefined;
    };

/** A phase of the wait and when it began, in milliseconds from the start of the step. */
export interface TimelineEntry {
  readonly atMs: number;
  readonly phase: 'requested' | Stage;
}
