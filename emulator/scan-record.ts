import type { Outcome } from './scenario.ts';

/** What truly happened to one scan, whatever was shown of it: for tests that compare verdicts with the truth. */
export type ScanRecord = {
  readonly kind: 'earlier' | 'on-demand' | 'regular';
  readonly requestedAtMs: number;
  /** When progress says that it has ended; it may be yet to come. */
  readonly endsAtMs: number;
  /** When it has finished, failed or not, unless a restart comes first: its end, or a row that comes sooner. */
  readonly finishedAtMs: number;
  /** When the report shows it; null: never. */
  readonly rowAtMs: number | null;
  readonly scanTime: string | null;
  readonly outcome: Outcome;
  readonly errorText: string;
  /** When a restart dropped it; null: it runs to its end. */
  readonly lostAtMs: number | null;
};
