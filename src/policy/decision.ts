import type { CallCounts, RetryableFailure } from '../scan/call-failure.ts';
import type { WaitSeen } from '../scan/timeline.ts';
import type { Because } from './because.ts';
import { type Reason, VERDICT_OF, type Verdict } from './reasons.ts';

/** The verdict, its reason, and the facts behind it. */
export interface Decision {
  readonly verdict: Verdict;
  readonly reason: Reason;
  readonly because: Because;
}

/** The decision for a reason; the verdict follows from it. */
export function decide(reason: Reason, because: Because): Decision {
  return { verdict: VERDICT_OF[reason], reason, because };
}

/** A Console that asks for a longer pause than the time left is as unusable as an unreachable one. */
const REASON_OF_FAILURE = {
  unreachable: 'unreachable',
  'rate-limited': 'unreachable',
  'invalid-response': 'invalid-response',
} as const satisfies Record<RetryableFailure['kind'], Reason>;

/** The decision if a call that had to be answered failed until the deadline. */
export function decisionFromFailure(failure: RetryableFailure, seen: WaitSeen, calls: CallCounts): Decision {
  return decide(REASON_OF_FAILURE[failure.kind], { kind: 'call-failed', failure, seen, calls });
}

/** Worst first: with several images the step's verdict is the worst of theirs. */
const WORST_FIRST: readonly Verdict[] = ['error', 'cancelled', 'timed-out', 'failed', 'passed'];

/** Compares decisions by verdict, worst first. */
export function byVerdict(one: Pick<Decision, 'verdict'>, other: Pick<Decision, 'verdict'>): number {
  return WORST_FIRST.indexOf(one.verdict) - WORST_FIRST.indexOf(other.verdict);
}

/** The worst of the decisions; among equals the first. Without any decision, the result is a defect, never a pass. */
export function worstOf(decisions: readonly Decision[]): Decision {
  const [worst] = decisions.toSorted(byVerdict);
  return worst ?? decide('internal', { kind: 'defect', message: 'No image was evaluated.' });
}
