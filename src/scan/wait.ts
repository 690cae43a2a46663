import type { CallCounts, RetryableFailure } from './call-failure.ts';
import type { ActiveScans, Clock } from './clock.ts';
import type { Deadline } from './deadline.ts';
import type { PollEvent } from './events.ts';
import type { ImageScanResult, Progress, ReportSnapshot, Result } from './evidence.ts';
import type { History } from './history.ts';
import type { Limits, PollInterval } from './limits.ts';
import type { Finished, GivenUp } from './state.ts';
import type { Unread } from './unread.ts';

/** `compact` leaves out the findings, to spare the Console and the network; it may leave out the digest as well. */
export type Detail = 'compact' | 'full';

/** The source of the evidence about one scan. Throws an error that no other attempt can change. */
export interface ScanSource {
  progress(signal: AbortSignal): Promise<Result<Progress>>;
  report(detail: Detail, signal: AbortSignal): Promise<Result<ReportSnapshot>>;
  /** The latest time of the Console in any of its answers so far, in epoch milliseconds; undefined if it sends none. */
  consoleTimeMs(): number | undefined;
}

/** Sends the request to scan. A failure leaves open whether the Console will scan. */
export type StartScan = (signal: AbortSignal) => Promise<Result<'accepted'>>;

/** The scan to wait for, and its terms. */
export interface Wait {
  readonly source: ScanSource;
  /** `regular`: the regular scan of the registries, which has no row. */
  readonly scan: 'on-demand' | 'regular';
  /** Undefined if something else starts the scan. */
  readonly start: StartScan | undefined;
  readonly limits: Limits;
  readonly pollInterval: PollInterval;
  readonly maxScanAgeMs: number | undefined;
  /** True if a digest was requested. */
  readonly hasDigest: boolean;
  /** Resolves to true if a row has the requested digest; may call the registry. */
  readonly isWanted: (row: ImageScanResult) => Promise<boolean>;
  /** True if a gate needs the findings, so that failed reads are worth repeating. */
  readonly needsFindings: boolean;
}

export interface PollerDependencies {
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly activeScans: ActiveScans;
  readonly emit: (event: PollEvent) => void;
}

/** The result of a wait. `history` is undefined if it ended before both calls before the trigger were answered. */
export type WaitOutcome =
  | {
      readonly kind: 'ended';
      readonly state: Finished | GivenUp;
      /** The reason why the row could not be read in full; undefined if it was, or if that was not tried. */
      readonly unread: Unread | undefined;
      readonly calls: CallCounts;
    }
  /** The Console did not answer a call that had to be answered. */
  | {
      readonly kind: 'no-response';
      readonly failure: RetryableFailure;
      readonly history: History | undefined;
      readonly calls: CallCounts;
    }
  /** The Console refused a call, and no other attempt can help. */
  | { readonly kind: 'refused'; readonly error: unknown; readonly history: History | undefined };

/** The ends of a wait that are evaluated; a final refusal is an error. */
export type EvaluableOutcome = Exclude<WaitOutcome, { kind: 'refused' }>;
