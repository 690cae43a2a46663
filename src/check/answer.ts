import type { ConsoleCaller, Request } from '../console/caller.ts';
import { CallError } from '../http/call-error.ts';
import type { HttpResponse } from '../http/transport.ts';
import type { CallFailureKind } from '../scan/call-failure.ts';
import { withHint } from '../text/call-text.ts';
import { type CheckResult, cannotTell, failed } from './check-result.ts';

/** The outcome of one question to the Console. */
export type Answer<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'refused'; readonly error: CallError }
  /** The question was not asked, because an earlier one failed. `why` continues “Not asked: ”. */
  | { readonly kind: 'not-asked'; readonly why: string };

export type Reading = Request & { readonly method: 'GET' };

/** The one call that does not only read. */
const LOG_IN_CALL = 'POST authenticate';

/** Asks one question, once. Rejects only with errors that are not the Console's, such as a signal. */
export async function ask<T>(
  caller: ConsoleCaller,
  signal: AbortSignal,
  request: Reading,
  decode: (response: HttpResponse) => T,
): Promise<Answer<T>> {
  try {
    return { kind: 'answered', value: await caller.call(request, signal, decode) };
  } catch (error) {
    if (error instanceof CallError) return { kind: 'refused', error };
    throw error;
  }
}

/** The value of an answer; undefined without one. */
export function answeredValue<T>(answer: Answer<T>): T | undefined {
  return answer.kind === 'answered' ? answer.value : undefined;
}

/** True if the log-in failed, rather than the question. */
export function isLogInError({ call }: CallError): boolean {
  return call === LOG_IN_CALL;
}

/** An answer, which shows nothing if it was refused in the same way as the log-in. */
export async function afterLogIn<T>(
  answer: Promise<Answer<T>>,
  logIn: Promise<Answer<unknown>>,
): Promise<Answer<T>> {
  const given = await answer;
  if (given.kind !== 'refused' || given.error.kind !== 'unauthorized') return given;
  return (await logIn).kind === 'refused' ? { kind: 'not-asked', why: 'the log-in failed' } : given;
}

type Unanswered = Exclude<Answer<unknown>, { readonly kind: 'answered' }>;

/** The result if an optional question has no answer. `subject` names its subject. */
export function withoutAnswer(answer: Unanswered, subject: string): CheckResult {
  if (answer.kind === 'not-asked') return cannotTell(`Not asked: ${answer.why}.`);
  const { error } = answer;
  if (isLogInError(error)) return cannotTell('Not asked: the log-in failed.');
  if (error.kind === 'forbidden') {
    return cannotTell(
      `The user is not allowed to read ${subject} (403).`,
      'To check it, give the user a role with that permission.',
    );
  }
  if (error.kind === 'rate-limited') return cannotTell(withHint(error), RATE_LIMIT_FIX);
  return cannotTell(withHint(error));
}

/** The result if a call that the gate needs has no answer. */
export function withoutNeededAnswer(answer: Unanswered): CheckResult {
  if (answer.kind === 'not-asked' || isLogInError(answer.error)) return withoutAnswer(answer, '');
  const { error } = answer;
  if (error.kind === 'rate-limited') return cannotTell(withHint(error), RATE_LIMIT_FIX);
  return failed(withHint(error), FIX_OF[error.kind]);
}

const TRY_AGAIN =
  'Run the check again; if it fails again, look at the Console and at proxies in front of it.';

const FIX_OF = {
  forbidden: 'Give the user a role that can read Monitor (registry images); CI User cannot.',
  'not-found': 'The Console or a proxy in front of it does not have this call; check api-version.',
  unauthorized: 'The token is refused for this call alone; a proxy may drop the authorization.',
  'bad-request': 'Check api-version and project.',
  unreachable: TRY_AGAIN,
  'invalid-response': TRY_AGAIN,
  tls: TRY_AGAIN,
  unsupported: TRY_AGAIN,
} as const satisfies Record<Exclude<CallFailureKind, 'rate-limited'>, string>;

const RATE_LIMIT_FIX =
  'Other clients use up the limit of 30 requests in 30 s; run the check again in half a minute.';
