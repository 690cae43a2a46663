import { InputError } from './config/input-reader.ts';
import { CallError, type CallErrorKind, withHint } from './http/call-error.ts';
import { CancelledError } from './lifecycle.ts';
import { type Decision, decide, type Reason } from './policy/reasons.ts';
import { errorMessage } from './text/sanitize.ts';

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
} as const satisfies Record<CallErrorKind, Reason>;

/** The one place where an error that ends a run or a wait becomes a reason. An error of no known class is a defect of ours. */
export function decisionFromError(error: unknown, signal: AbortSignal): Decision {
  if (signal.aborted) {
    const { reason } = signal;
    return decide('signal', reason instanceof CancelledError ? reason.message : 'The run was stopped.');
  }
  if (error instanceof InputError) return decide('invalid-input', error.message);
  if (error instanceof CallError) return decide(REASON_OF_KIND[error.kind], withHint(error));
  return decide('internal', errorMessage(error));
}
