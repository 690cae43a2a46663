import { InputError } from '../config/input-reader.ts';
import { ConsoleError, type ConsoleErrorKind } from '../console/errors.ts';
import { CancelledError } from '../host.ts';
import type { RetryableFailure } from '../scan/types.ts';
import type { CallCounts } from '../scan/wait.ts';
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
export function decisionFromError(error: unknown, signal: AbortSignal): Decision {
  if (signal.aborted) {
    const { reason } = signal;
    return decide('signal', reason instanceof CancelledError ? reason.message : 'The run was stopped.');
  }
  if (error instanceof InputError) return decide('invalid-input', error.message);
  if (error instanceof ConsoleError) return decide(REASON_OF_KIND[error.kind], error.message);
  return decide('internal', errorMessage(error));
}

/** The decision where the Console did not answer a call that had to be answered. */
export function decisionFromFailure({ kind, message }: RetryableFailure, calls: CallCounts): Decision {
  const { made, refused } = calls;
  const crowd = `The Console refused ${refused} of ${made} calls because it is asked too much.`;
  return decide(REASON_OF_KIND[kind], kind === 'rate-limited' ? `${message} ${crowd}` : message);
}
