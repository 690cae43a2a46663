import type { CallCounts, CallFailure } from './call-failure.ts';

/** The reason why a row of the report was not read in full. */
export type Unread =
  /** The call failed; `calls` are those of the wait if the rate limit refused it. */
  | { readonly kind: 'call-failed'; readonly failure: CallFailure; readonly calls: CallCounts | undefined }
  /** The Console refused the call finally; `what` is the clause of the error, undefined if it has none. */
  | { readonly kind: 'call-refused'; readonly what: string | undefined }
  | { readonly kind: 'report-unreadable'; readonly why: 'forbidden' | 'not-found' | 'regular-scan' }
  /** The report no longer shows this scan. */
  | { readonly kind: 'scan-gone' }
  /** The report shows a later scan, which failed or is of another digest. */
  | { readonly kind: 'later-scan' }
  /** The row with findings has no digest, and the row without them has one. */
  | { readonly kind: 'no-digest' }
  /** The row with findings has fewer of them than it counted before. */
  | { readonly kind: 'fewer-findings' };
