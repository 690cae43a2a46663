import type { CallFailure, CallFailureKind } from '../scan/call-failure.ts';
import { sanitize } from '../text/sanitize.ts';
import { answeredAtMs } from './date.ts';
import { type DecodeError, parseJson } from './decode.ts';
import { type Server, transportHint } from './hints.ts';
import { isRepeatable, retryAfterMs } from './retry.ts';
import type { HttpResponse } from './transport.ts';
import { TransportError } from './transport-error.ts';

/** A failed call, the server that was called, and its cause. */
interface CallErrorFacts extends Omit<CallFailure, 'streak'> {
  readonly server: Server;
  readonly call: string;
  /** When the server answered, by its own clock, in epoch milliseconds; absent without an answer or a date. */
  readonly dateMs?: number | undefined;
  readonly cause?: unknown;
}

/** A call that failed. The hint is a field of its own, joined to it when it is printed. */
export class CallError extends Error implements CallErrorFacts {
  readonly server: Server;
  readonly kind: CallFailureKind;
  readonly call: string;
  readonly what: string;
  readonly hint: string | undefined;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly dateMs: number | undefined;

  constructor(failure: CallErrorFacts) {
    super(failure.what, { cause: failure.cause });
    this.name = 'CallError';
    this.server = failure.server;
    this.kind = failure.kind;
    this.call = failure.call;
    this.what = failure.what;
    this.hint = failure.hint;
    this.status = failure.status;
    this.retryAfterMs = failure.retryAfterMs;
    this.dateMs = failure.dateMs;
  }
}

/** The facts of an error, as plain data. */
export function failureOf({ kind, call, what, hint, status, retryAfterMs }: CallError): CallFailure {
  return { kind, call, what, hint, status, retryAfterMs };
}

/** The server that answers, and how its refusals are read. */
export interface Peer {
  readonly server: Server;
  /** The server's own words for an error, from the JSON of its body; undefined without any. */
  readonly wordsIn: (json: unknown) => string | undefined;
  /** Removes secrets from the server's texts. */
  readonly redact: (text: string) => string;
  /** The advice for a refusal of this kind. */
  readonly hintOf?: (kind: CallFailureKind) => string | undefined;
}

/** The error of a call without a whole response. */
export function errorOfTransport(
  call: string,
  error: TransportError,
  { server, redact }: Pick<Peer, 'server' | 'redact'>,
): CallError {
  const kind = KIND_OF_TRANSPORT[error.kind];
  const what = `${call}: ${sanitize(redact(error.message))}`;
  return new CallError({ server, kind, call, what, hint: transportHint(error, server), cause: error });
}

const KIND_OF_TRANSPORT = {
  tls: 'tls',
  'not-tls': 'tls',
  'too-large': 'invalid-response',
  timeout: 'unreachable',
  unresolved: 'unreachable',
  refused: 'unreachable',
  proxy: 'unreachable',
  connection: 'unreachable',
} as const satisfies Record<TransportError['kind'], CallFailureKind>;

/** The error of a status; undefined for success. */
export function errorOfStatus(call: string, response: HttpResponse, peer: Peer): CallError | undefined {
  const { status, headers } = response;
  if (status >= 200 && status < 300) return undefined;
  if (status === 407) return errorOfTransport(call, PROXY_LOG_IN, peer);
  const kind = kindOfStatus(status);
  return new CallError({
    server: peer.server,
    kind,
    call,
    what: `${call}: ${answerOf(response, peer)}`,
    hint: peer.hintOf?.(kind),
    status,
    retryAfterMs: isRepeatable(status) ? retryAfterMs(headers) : undefined,
    dateMs: answeredAtMs(headers),
  });
}

/** The proxy answered; the request did not reach the server. */
const PROXY_LOG_IN = new TransportError('proxy', '407', 'a proxy answered 407');

const KIND_OF_STATUS = new Map<number, CallFailureKind>([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [429, 'rate-limited'],
]);

function kindOfStatus(status: number): CallFailureKind {
  if (status >= 300 && status < 400) return 'invalid-response';
  return KIND_OF_STATUS.get(status) ?? (isRepeatable(status) ? 'unreachable' : 'bad-request');
}

function answerOf(response: HttpResponse, { server, wordsIn, redact }: Peer): string {
  const { status, headers } = response;
  if (status >= 300 && status < 400) {
    return `redirected (${status}) to ${sanitize(redact(targetOf(headers.location)))}; not followed`;
  }
  const words = explanationIn(response, wordsIn);
  return `the ${server} answered ${status}${words === undefined ? '' : ` (${sanitize(redact(words))})`}`;
}

/** The target of a redirect, without the parts that can carry a signature or a password. */
function targetOf(location: string | undefined): string {
  if (location === undefined) return 'nowhere';
  if (!URL.canParse(location)) return location.split(/[?#]/, 1)[0] ?? '';
  const { protocol, host, pathname } = new URL(location);
  return `${protocol}//${host}${pathname}`;
}

/** An explanation of an error takes a line or two; a larger body is something else. */
const MAX_EXPLANATION_BYTES = 64 * 1024;

function explanationIn({ body }: HttpResponse, wordsIn: Peer['wordsIn']): string | undefined {
  if (body.byteLength > MAX_EXPLANATION_BYTES) return undefined;
  try {
    const words = wordsIn(parseJson(body));
    return words === '' ? undefined : words;
  } catch {
    // A page of a proxy explains nothing.
    return undefined;
  }
}

/** An unexpected field does not change with time. */
const UNEXPECTED_FIELD_HINT =
  'Compare api-version with the version of the Console; if they agree, please report this field as a defect.';

/** The error of a body that breaks the API's format: the page of a proxy, for a moment, or of a wrong address. */
export function errorOfBody(call: string, error: DecodeError, server: Server): CallError {
  const what = `${call}: the response is not the API's: ${sanitize(error.message)}`;
  const isOfField = error.field !== 'body' && server === 'Console';
  return new CallError({
    server,
    kind: 'invalid-response',
    call,
    what,
    hint: isOfField ? UNEXPECTED_FIELD_HINT : undefined,
    cause: error,
  });
}
