import type { Answer, ProgressAnswer, ReportReading } from './evidence.ts';

/**
 * Where the evidence about one scan comes from. An answer that may come when asked again is a `no-answer`;
 * what asking again cannot help (no permission, a wrong address) is thrown. All reject once `signal` aborts.
 */
export interface ScanSource {
  progress(signal: AbortSignal): Promise<Answer<ProgressAnswer>>;
  /** Undefined where the report keeps no row, as of the regular scan of whole registries. */
  readonly report: ReadReport | undefined;
}

/** `compact` spares the Console and the network the findings; it may leave out the digest as well. */
export type ReadReport = (detail: 'compact' | 'full', signal: AbortSignal) => Promise<Answer<ReportReading>>;

/** Asks the Console to scan. A `no-answer` leaves open whether it will. */
export type StartScan = (signal: AbortSignal) => Promise<Answer<'accepted'>>;
