export type Verdict = 'passed' | 'failed' | 'timed-out' | 'error' | 'cancelled';

/** Every reason there is, and the verdict it stands for. */
export const VERDICT_OF = {
  'scan-completed': 'passed',
  'recent-scan': 'passed',
  'scan-error': 'failed',
  'severity-cutoff': 'failed',
  'policy-violation': 'failed',
  'digest-mismatch': 'failed',
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
  internal: 'error',
  signal: 'cancelled',
} as const satisfies Record<string, Verdict>;

export type Reason = keyof typeof VERDICT_OF;

/** Reasons of the verdict `error`: what a failure can carry. */
export type ErrorReason = { [R in Reason]: (typeof VERDICT_OF)[R] extends 'error' ? R : never }[Reason];

/** What was decided, and the one line that tells a person why and what to do. */
export interface Decision {
  readonly verdict: Verdict;
  readonly reason: Reason;
  readonly message: string;
}

export function decision(reason: Reason, message: string): Decision {
  return { verdict: VERDICT_OF[reason], reason, message };
}

/** Worst first: with several images the step's verdict is the worst of theirs. */
const SEVERITY: readonly Verdict[] = ['error', 'cancelled', 'timed-out', 'failed', 'passed'];

/** The order of decisions: by verdict, worst first. */
export function byVerdict(one: Decision, other: Decision): number {
  return SEVERITY.indexOf(one.verdict) - SEVERITY.indexOf(other.verdict);
}

/** The worst of the decisions; among equals the first. Nothing decided is a defect, never a pass. */
export function worst(decisions: readonly Decision[]): Decision {
  for (const verdict of SEVERITY) {
    const found = decisions.find((candidate) => candidate.verdict === verdict);
    if (found !== undefined) return found;
  }
  return decision('internal', 'No image was judged.');
}
