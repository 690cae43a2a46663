import type { ErrorReason } from '../gate/verdict.ts';
import type { NoAnswer } from '../scan/evidence.ts';
import { type DecodeError, objectAt, optionalTextAt, parseJson } from './decode.ts';
import type { Response, TransportError } from './exchange.ts';
import { plainText } from './plain-text.ts';

/** The Console cannot be used, and asking again will not help. The message says what was attempted. */
export class ConsoleError extends Error {
  readonly reason: ErrorReason;
  /** The call that failed, such as `GET registry/progress`. */
  readonly attempt: string;

  constructor(reason: ErrorReason, attempt: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConsoleError';
    this.reason = reason;
    this.attempt = attempt;
  }
}

/** The Console did not answer this time, or not in a way that makes sense; asking again may help. */
export class NoAnswerError extends Error {
  readonly noAnswer: NoAnswer;

  constructor(noAnswer: Omit<NoAnswer, 'kind'>, options?: ErrorOptions) {
    super(noAnswer.message, options);
    this.name = 'NoAnswerError';
    this.noAnswer = { kind: 'no-answer', ...noAnswer };
  }
}

/** What a failure before there was a whole answer means. `attempt` reads like `GET registry/progress`. */
export function transportFailure(attempt: string, error: TransportError): ConsoleError | NoAnswerError {
  const message = `${attempt}: ${plainText(error.message)}.`;
  const options = { cause: error };
  switch (error.kind) {
    case 'tls':
      return new ConsoleError(
        'tls',
        attempt,
        `${message} ${TLS_HINTS.find(([code]) => code.test(error.code))?.[1] ?? ''}`.trim(),
        options,
      );
    case 'too-large':
      return new NoAnswerError({ reason: 'invalid-response', message, retryAfterMs: undefined }, options);
    case 'timeout':
    case 'connection':
      return new NoAnswerError({ reason: 'unreachable', message, retryAfterMs: undefined }, options);
  }
}

/** What OpenSSL's codes mean for somebody with inputs to set. */
const TLS_HINTS: readonly (readonly [RegExp, string])[] = [
  [/EXPIRED/, 'The certificate of the Console has expired and has to be renewed there.'],
  [
    /NOT_YET_VALID/,
    'The certificate of the Console is not valid yet; compare the clocks of Console and runner.',
  ],
  [/ALTNAME|HOSTNAME/, 'The certificate is for another name; use in console-url the name that it is for.'],
  [
    /^(?:INVALID|PATH|EE|CA|CRL|ERROR_IN)_/,
    'The certificate is not fit for a server, or its authority is none.',
  ],
  [
    /SELF_SIGNED|UNABLE_TO/,
    'The certificate is signed by an authority unknown here; give that authority’s in ca-cert.',
  ],
  [/EPROTO|SSL/, 'The other side does not speak TLS as it should; check scheme and port in console-url.'],
];

/**
 * What a status means; undefined for success. Besides the statuses that the vendor's own client asks again
 * after (425, 429, 500, 502, 503, 504), 408 and the rest of 5xx say nothing final either. `strike` takes secrets
 * out of what the Console says of it.
 */
export function statusFailure(
  attempt: string,
  response: Response,
  strike: (text: string) => string,
): ConsoleError | NoAnswerError | undefined {
  const { status, headers } = response;
  if (status >= 200 && status < 300) return undefined;
  if (status >= 300 && status < 400) {
    const target = plainText(strike(headers.location ?? 'nowhere'));
    const message = `${attempt}: redirected (${status}) to ${target}; not followed.`;
    return new NoAnswerError({ reason: 'invalid-response', message, retryAfterMs: undefined });
  }
  const message = `${attempt}: the Console answered ${status}${consoleWords(response, strike)}.`;
  if (status >= 500 || status === 408 || status === 425 || status === 429) {
    return new NoAnswerError({
      reason: 'unreachable',
      message,
      retryAfterMs: retryAfterMs(response),
      ...(status === 429 && { isTooMuch: true }),
    });
  }
  return new ConsoleError(REASON_OF_STATUS.get(status) ?? 'bad-request', attempt, message);
}

const REASON_OF_STATUS = new Map<number, ErrorReason>([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not-found'],
]);

/** What a body means that is not what the API promises: a proxy's page for a moment, or the wrong address. */
export function bodyFailure(attempt: string, error: DecodeError): NoAnswerError {
  const message = `${attempt}: the answer makes no sense, ${plainText(error.message)}.`;
  return new NoAnswerError(
    { reason: 'invalid-response', message, retryAfterMs: undefined },
    { cause: error },
  );
}

/** The Console explains errors as `{"err": "…"}` (seen in client code); proxies say anything. */
function consoleWords(response: Response, strike: (text: string) => string): string {
  try {
    const words = plainText(optionalTextAt(objectAt(parseJson(response.body, strike), '').err, ''));
    return words === '' ? '' : ` (${words})`;
  } catch {
    // Whatever it is, it is no word of the Console.
    return '';
  }
}

/** `Retry-After` in milliseconds: seconds, or a date, which only means something by the sender's own clock. */
function retryAfterMs({ headers }: Response): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const ms = Date.parse(value) - Date.parse(headers.date ?? '');
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
