import { type DecodeError, objectAt, optionalTextAt, parseJson } from '../http/decode.ts';
import type { HttpResponse, TransportError } from '../http/transport.ts';
import type { RetryableFailure } from '../scan/types.ts';
import { sanitize } from '../text/sanitize.ts';

/** What can go wrong with a call. The last three may be gone at the next attempt. */
export type ConsoleErrorKind =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'bad-request'
  | 'tls'
  | RetryableFailure['kind'];

/** A call that failed. The message says what was attempted and what came back. */
export class ConsoleError extends Error {
  readonly kind: ConsoleErrorKind;
  /** The call, such as `GET registry/progress`. */
  readonly call: string;
  /** The pause that the Console asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** When the Console answered, by its own clock; undefined where it did not, or does not say. */
  readonly dateMs: number | undefined;

  constructor(
    kind: ConsoleErrorKind,
    call: string,
    message: string,
    more: {
      readonly retryAfterMs?: number | undefined;
      readonly dateMs?: number | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = 'ConsoleError';
    this.kind = kind;
    this.call = call;
    this.retryAfterMs = more.retryAfterMs;
    this.dateMs = more.dateMs;
  }
}

/** The failure that another attempt may mend; undefined for a final error. */
export function retryableFailureOf(error: ConsoleError): RetryableFailure | undefined {
  const { kind, message, retryAfterMs } = error;
  switch (kind) {
    case 'unreachable':
    case 'invalid-response':
    case 'rate-limited':
      return { kind, message, retryAfterMs };
    case 'unauthorized':
    case 'forbidden':
    case 'not-found':
    case 'bad-request':
    case 'tls':
      return undefined;
  }
}

/** Refusals that an ingress or a restart causes for a moment where the same call was answered before. */
export function isRefusal({ kind }: ConsoleError): boolean {
  return kind === 'forbidden' || kind === 'not-found' || kind === 'bad-request';
}

/** The error of a call without a whole response. */
export function errorOfTransport(
  call: string,
  error: TransportError,
  redact: (text: string) => string,
): ConsoleError {
  const message = `${call}: ${sanitize(redact(error.message))}. ${transportHint(error)}`.trim();
  const more = { cause: error };
  switch (error.kind) {
    case 'tls':
      return new ConsoleError('tls', call, message, more);
    case 'too-large':
      return new ConsoleError('invalid-response', call, message, more);
    case 'timeout':
    case 'connection':
      return new ConsoleError('unreachable', call, message, more);
  }
}

/** What a user can do about a failure of the transport; empty where that is not known. */
export function transportHint({
  kind,
  code,
  message,
}: Pick<TransportError, 'kind' | 'code' | 'message'>): string {
  switch (kind) {
    case 'tls':
      return TLS_HINTS.find(([pattern]) => pattern.test(code))?.[1] ?? '';
    case 'too-large':
      return '';
    case 'timeout':
    case 'connection':
      return CONNECTION_HINTS.find(([pattern]) => pattern.test(`${code} ${message}`))?.[1] ?? '';
  }
}

/** What OpenSSL's codes mean for a user with inputs to set. */
const TLS_HINTS: readonly (readonly [RegExp, string])[] = [
  [/EXPIRED/, 'The certificate of the Console has expired; renew it on the Console.'],
  [
    /NOT_YET_VALID/,
    'The certificate of the Console is not valid yet; compare the clocks of Console and runner.',
  ],
  [/ALTNAME|HOSTNAME/, 'The certificate is for another host name; give that name in console-url.'],
  [
    /^(?:INVALID|PATH|EE|CA|CRL|ERROR_IN)_/,
    'The certificate is not a server certificate, or its issuer is not a CA.',
  ],
  [
    /DEPTH_ZERO_SELF_SIGNED/,
    'The certificate is self-signed, as a Console is installed; give it (PEM) in ca-cert.',
  ],
  [
    /SELF_SIGNED|UNABLE_TO/,
    'The certificate is signed by a CA that the runner does not trust; give that CA in ca-cert.',
  ],
  [
    /WRONG_VERSION|PACKET_LENGTH|HTTP_REQUEST|UNKNOWN_PROTOCOL|EPROTO/,
    'The server does not speak TLS on this port; check that console-url has the https port of the Console.',
  ],
  [/CERTIFICATE_REQUIRED/, 'The server asks for a certificate of the client, which is not supported.'],
  [
    /SSL|TLS/,
    'The runner and the server found no common way to speak TLS; check the TLS versions of the Console.',
  ],
];

/** What Node's codes mean for a user with inputs to set. */
const CONNECTION_HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /tunneling.*407|statusCode=407/,
    'The proxy asks for a user and a password; give them in the proxy variable.',
  ],
  [/tunneling.*cause=/, 'The proxy cannot be reached; check its address in the proxy variable.'],
  [
    /tunneling/,
    'The proxy did not open a connection to the Console; allow the host there, or name it in no_proxy.',
  ],
  [/ENOTFOUND|EAI_AGAIN/, 'The host name cannot be resolved; check console-url, and DNS on the runner.'],
  [/ECONNREFUSED/, 'Nothing accepts connections there; check host and port in console-url, and any proxy.'],
];

/**
 * The error of a status; undefined for success. The vendor's own client repeats 425, 429, 500, 502, 503 and 504; 408
 * and the rest of 5xx are no final answer either. `redact` removes secrets from what the Console says.
 */
export function errorOfStatus(
  call: string,
  response: HttpResponse,
  redact: (text: string) => string,
): ConsoleError | undefined {
  const { status, headers } = response;
  if (status >= 200 && status < 300) return undefined;
  const dateMs = dateOf(response);
  if (status >= 300 && status < 400) {
    const target = sanitize(redact(headers.location ?? 'nowhere'));
    const message = `${call}: redirected (${status}) to ${target}; not followed.`;
    return new ConsoleError('invalid-response', call, message, { dateMs });
  }
  const message = `${call}: the Console answered ${status}${explanation(response, redact)}.`;
  if (status === 407) {
    const hint = 'The proxy asks for a user and a password; give them in the proxy variable.';
    return new ConsoleError('unreachable', call, `${call}: a proxy answered 407. ${hint}`, { dateMs });
  }
  if (status >= 500 || status === 408 || status === 425 || status === 429) {
    const kind = status === 429 ? 'rate-limited' : 'unreachable';
    return new ConsoleError(kind, call, message, { retryAfterMs: retryAfterMs(response), dateMs });
  }
  return new ConsoleError(KIND_OF_STATUS.get(status) ?? 'bad-request', call, message, { dateMs });
}

const KIND_OF_STATUS = new Map<number, ConsoleErrorKind>([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not-found'],
]);

/** The error of a body that is not what the API promises: a proxy's page for a moment, or the wrong address. */
export function errorOfBody(call: string, error: DecodeError): ConsoleError {
  const message = `${call}: the response is not the API's: ${sanitize(error.message)}.`;
  return new ConsoleError('invalid-response', call, message, { cause: error });
}

/**
 * When the Console answered, in epoch milliseconds by its own clock. A cache keeps the first `Date` and adds `Age`; a
 * negative one would make every scan look younger than it is.
 */
export function dateOf({ headers }: HttpResponse): number | undefined {
  const { date = '', age = '0' } = headers;
  if (!/^\d{1,9}$/.test(age.trim())) return undefined;
  // A time that no calendar has could not be printed.
  const epochMs = new Date(Date.parse(date) + Number(age) * 1_000).getTime();
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

/** An error of the Console is a line or two; a larger body is of something else. */
const MAX_EXPLANATION_BYTES = 64 * 1024;

/** The Console explains errors as `{"err": "…"}` (seen in client code); proxies say anything. */
function explanation(response: HttpResponse, redact: (text: string) => string): string {
  if (response.body.byteLength > MAX_EXPLANATION_BYTES) return '';
  try {
    const text = sanitize(redact(optionalTextAt(objectAt(parseJson(response.body), '').err, '')));
    return text === '' ? '' : ` (${text})`;
  } catch {
    return '';
  }
}

/** `Retry-After` in milliseconds: seconds, or a date, which only means something by the sender's own clock. */
function retryAfterMs({ headers }: HttpResponse): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const ms = Date.parse(value) - Date.parse(headers.date ?? '');
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
