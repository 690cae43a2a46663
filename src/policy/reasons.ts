import type { Because } from './because.ts';

export type Verdict = 'passed' | 'failed' | 'timed-out' | 'error' | 'cancelled';

/** Every reason there is, and the verdict it stands for. */
export const VERDICT_OF = {
  'scan-completed': 'passed',
  'recent-scan': 'passed',
  'check-passed': 'passed',
  'scan-error': 'failed',
  'scan-incomplete': 'failed',
  'severity-cutoff': 'failed',
  'compliance-cutoff': 'failed',
  'policy-violation': 'failed',
  'digest-mismatch': 'failed',
  'platform-unscanned': 'failed',
  'coverage-missing': 'failed',
  'not-started': 'timed-out',
  'still-scanning': 'timed-out',
  'invalid-input': 'error',
  unauthorized: 'error',
  forbidden: 'error',
  'not-found': 'error',
  'bad-request': 'error',
  unreachable: 'error',
  tls: 'error',
  'invalid-response': 'error',
  unconfirmed: 'error',
  'report-unavailable': 'error',
  'check-failed': 'error',
  internal: 'error',
  signal: 'cancelled',
} as const satisfies Record<string, Verdict>;

export type Reason = keyof typeof VERDICT_OF;

/** The verdict, its reason, and the facts that it stands on. */
export interface Decision {
  readonly verdict: Verdict;
  readonly reason: Reason;
  readonly because: Because;
}

/** The decision for a reason; the verdict follows from it. */
export function decide(reason: Reason, because: Because): Decision {
  return { verdict: VERDICT_OF[reason], reason, because };
}

/** Worst first: with several images the step's verdict is the worst of theirs. */
const WORST_FIRST: readonly Verdict[] = ['error', 'cancelled', 'timed-out', 'failed', 'passed'];

/** The order of decisions: by verdict, worst first. */
export function byVerdict(one: Decision, other: Decision): number {
  return WORST_FIRST.indexOf(one.verdict) - WORST_FIRST.indexOf(other.verdict);
}

/** The worst of the decisions; among equals the first. No decision at all is a defect, never a pass. */
export function worstOf(decisions: readonly Decision[]): Decision {
  const [worst] = decisions.toSorted(byVerdict);
  return worst ?? decide('internal', { kind: 'defect', message: 'No image was evaluated.' });
}
