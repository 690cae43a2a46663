import { CallError } from '../http/call-error.ts';
import type { CallFailureKind } from '../scan/call-failure.ts';
import { withHint } from '../text/call-text.ts';
import { type CheckResult, cannotTell, failed } from './check-result.ts';

/** The outcome of one question to the Console. */
export type Answer<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'refused'; readonly error: CallError }
  /** The question was not asked, because an earlier one failed. `why` continues “Not asked: ”. */
  | { readonly kind: 'not-asked'; readonly why: string };

/** The one call that does not only read. */
const LOG_IN_CALL = 'POST authenticate';

/** The outcome of a call. Rejects only with errors that are not the Console's, such as a signal. */
export async function answerTo<T>(call: Promise<T>): Promise<Answer<T>> {
  try {
    return { kind: 'answered', value: await call };
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

/** The result of a check for an answer to an optional question about `subject`. */
export function ifAnswered<T>(
  answer: Answer<T>,
  subject: string,
  run: (value: T) => CheckResult,
): CheckResult {
  if (answer.kind === 'answered') return run(answer.value);
  const isForbidden = answer.kind === 'refused' && answer.error.kind === 'forbidden';
  return isForbidden && !isLogInError(answer.error)
    ? cannotTell(
        `The user is not allowed to read ${subject} (403).`,
        'To check it, give the user a role with that permission.',
      )
    : withoutAnswer(answer);
}

/** The result of a check for an answer that the gate needs. */
export function ifAllowed<T>(answer: Answer<T>, run: (value: T) => CheckResult): CheckResult {
  if (answer.kind === 'answered') return run(answer.value);
  if (answer.kind === 'not-asked' || isLogInError(answer.error)) return withoutAnswer(answer);
  const { error } = answer;
  return error.kind === 'rate-limited' ? withoutAnswer(answer) : failed(withHint(error), FIX_OF[error.kind]);
}

function withoutAnswer(answer: Unanswered): CheckResult {
  if (answer.kind === 'not-asked') return cannotTell(`Not asked: ${answer.why}.`);
  const { error } = answer;
  return isLogInError(error)
    ? cannotTell('Not asked: the log-in failed.')
    : cannotTell(withHint(error), error.kind === 'rate-limited' ? RATE_LIMIT_FIX : undefined);
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
