import { InputError } from '../config/input-reader.ts';
import { ConsoleError, type ConsoleErrorKind } from '../console/errors.ts';
import { CancelledError } from '../host.ts';
import { NOTHING_SEEN, type WaitSeen } from '../scan/timeline.ts';
import type { RetryableFailure } from '../scan/types.ts';
import { errorMessage } from '../text/sanitize.ts';
import { type Decision, decide, type Reason } from './reasons.ts';

const REASON_OF_KIND = {
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  'not-found': 'not-found',
  'bad-request': 'bad-request',
  tls: 'tls',
  unreachable: 'unreachable',
  'rate-limited': 'unreachable',
  'invalid-response': 'invalid-response',
} as const satisfies Record<ConsoleErrorKind, Reason>;

/** The one place where an error becomes a reason. An error of no known class is a defect of ours. */
export function decisionFromError(error: unknown, signal: AbortSignal, seen = NOTHING_SEEN): Decision {
  if (signal.aborted) {
    const { reason } = signal;
    const name = reason instanceof CancelledError ? reason.signalName : undefined;
    return decide('signal', { kind: 'stopped', signal: name, seen });
  }
  if (error instanceof InputError)
    return decide('invalid-input', { kind: 'wrong-input', message: error.message });
  if (error instanceof ConsoleError) {
    const { kind, message } = error;
    return decide(REASON_OF_KIND[kind], {
      kind: 'call-failed',
      failure: { kind, message, status: undefined },
      seen,
    });
  }
  return decide('internal', { kind: 'defect', message: errorMessage(error) });
}

/** The decision where the Console did not answer a call that had to be answered. */
export function decisionFromFailure({ kind, message }: RetryableFailure, seen: WaitSeen): Decision {
  return decide(REASON_OF_KIND[kind], {
    kind: 'call-failed',
    failure: { kind, message, status: undefined },
    seen,
  });
}
