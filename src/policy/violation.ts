import type { AssessedFinding } from './exception.ts';
import type { Reason } from './reasons.ts';

/** One gate that objects to an image whose scan is finished. */
export interface Violation {
  readonly reason: Extract<
    Reason,
    'severity-cutoff' | 'compliance-cutoff' | 'policy-violation' | 'coverage-missing' | 'report-unavailable'
  >;
  /** Continues “the scan of … is finished, but”. */
  readonly message: string;
  /** The findings that violate the gate, worst first; empty where they are only counted. */
  readonly findings: readonly AssessedFinding[];
}
