import type { RetryableFailure } from '../scan/types.ts';

export type Verdict = 'passed' | 'failed' | 'timed-out' | 'error' | 'cancelled';

/** Every reason there is, and the verdict it stands for. */
export const VERDICT_OF = {
  'scan-completed': 'passed',
  'recent-scan': 'passed',
  'check-passed': 'passed',
  'scan-error': 'failed',
  'scan-incomplete': 'failed',
  'severity-cutoff': 'failed',
  'exploit-cutoff': 'failed',
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

/** What was decided, and the one line that tells a person why. */
export interface Decision {
  readonly verdict: Verdict;
  readonly reason: Reason;
  readonly message: string;
}

/** The decision for a reason; the verdict follows from it. */
export function decide(reason: Reason, message: string): Decision {
  return { verdict: VERDICT_OF[reason], reason, message };
}

/** A Console that asks to be left alone for longer than there is time cannot be used, as one that is not there. */
const REASON_OF_FAILURE = {
  unreachable: 'unreachable',
  'rate-limited': 'unreachable',
  'invalid-response': 'invalid-response',
} as const satisfies Record<RetryableFailure['kind'], Reason>;

/** The decision if a call that had to be answered failed to the end. */
export function decisionFromFailure({ kind, message, hint }: RetryableFailure): Decision {
  return decide(REASON_OF_FAILURE[kind], hint === undefined ? message : `${message} ${hint}`);
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
  return worst ?? decide('internal', 'No image was evaluated.');
}
