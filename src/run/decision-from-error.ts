import { InputError, SecretLateError } from '../config/input-reader.ts';
import { CallError, failureOf } from '../http/call-error.ts';
import { CancelledError } from '../lifecycle.ts';
import { OutputsLostError } from '../output/publish.ts';
import { type Decision, decide } from '../policy/decision.ts';
import type { Reason } from '../policy/reasons.ts';
import type { CallFailureKind } from '../scan/call-failure.ts';
import { NOTHING_SEEN } from '../scan/timeline.ts';
import { errorMessage } from '../text/sanitize.ts';

const REASON_OF_KIND = {
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  'not-found': 'not-found',
  'bad-request': 'bad-request',
  unsupported: 'internal',
  tls: 'tls',
  unreachable: 'unreachable',
  'rate-limited': 'unreachable',
  'invalid-response': 'invalid-response',
} as const satisfies Record<CallFailureKind, Reason>;

/**
 * Turns an error that ends a run or a wait into a decision; nothing else does. An error of no known class is a defect
 * of this program.
 */
export function decisionFromError(error: unknown, signal: AbortSignal, seen = NOTHING_SEEN): Decision {
  if (signal.aborted) {
    const { reason } = signal;
    const name = reason instanceof CancelledError ? reason.signalName : undefined;
    return decide('signal', { kind: 'stopped', signal: name, seen });
  }
  if (error instanceof InputError) {
    return decide('invalid-input', { kind: 'wrong-input', message: error.message });
  }
  if (error instanceof CallError) {
    const failure = failureOf(error);
    return decide(REASON_OF_KIND[error.kind], { kind: 'call-failed', failure, seen, calls: undefined });
  }
  if (error instanceof SecretLateError) {
    const { flag, timeoutMs } = error;
    return decide('not-started', { kind: 'secret-late', flag, timeoutMs });
  }
  if (error instanceof OutputsLostError) {
    return decide('internal', { kind: 'outputs-lost', message: error.message });
  }
  return decide('internal', { kind: 'defect', message: errorMessage(error) });
}
