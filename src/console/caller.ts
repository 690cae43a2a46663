import { CallError, errorOfBody, errorOfStatus, errorOfTransport, type Peer } from '../http/call-error.ts';
import { answeredAtMs } from '../http/date.ts';
import { DecodeError, objectAt, optionalTextAt, parseJson } from '../http/decode.ts';
import type { HttpResponse, HttpTransport } from '../http/transport.ts';
import { TransportError } from '../http/transport-error.ts';
import type { Clock } from '../scan/clock.ts';
import type { Deadline } from '../scan/deadline.ts';
import { sanitize } from '../text/sanitize.ts';
import { type ConsoleAddress, callUrl, type Query } from './address.ts';
import { ConsoleClock } from './console-clock.ts';
import { consolePeer } from './errors.ts';
import { type Credentials, isToken, Session } from './session.ts';

/** One request of the API. */
export interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  /** The version in the path, if it differs from that of the address: some calls exist in version `1` only. */
  readonly apiVersion?: string;
  /** Time limit in milliseconds; default: the usual share of the time left. */
  readonly limitMs?: number;
  readonly maxBytes?: number;
}

/** Reads a value from a response; throws a `DecodeError` if it has none. */
export type Decode<T> = (response: HttpResponse) => T | Promise<T>;

export interface CallDependencies {
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly deadline: Deadline;
  /** The signal of the step: a log-in is for all calls. */
  readonly signal: AbortSignal;
  readonly redact: (text: string) => string;
  /** Receives each token before anything can print it. */
  readonly addSecret: (secret: string) => void;
  readonly debug: (text: string) => void;
}

/** Only the report is larger: other responses have a few entries. */
const MAX_RESPONSE_BYTES = 1024 * 1024;

/**
 * Calls the Console, with the token that all calls share. A call is one attempt; only a rejected token is renewed at
 * once. Every failure is a `CallError`, even if another attempt may succeed.
 */
export class ConsoleCaller {
  readonly #address: ConsoleAddress;
  readonly #deps: CallDependencies;
  readonly #peer: Peer;
  readonly #session: Session;
  readonly #clock = new ConsoleClock();
  /** Calls that were answered, such as `GET registry/progress`. */
  readonly #answered = new Set<string>();

  constructor(address: ConsoleAddress, credentials: Credentials, deps: CallDependencies) {
    this.#address = address;
    this.#deps = deps;
    this.#peer = consolePeer(deps.redact);
    const logIn = (username: string, password: string) => this.#logIn(username, password);
    this.#session = new Session(credentials, logIn, deps.clock);
  }

  /** When the Console answered last, by its own clock, in epoch milliseconds; undefined if it sends no `Date`. */
  answeredAtMs(): number | undefined {
    return this.#clock.latestMs();
  }

  /** True if a call, such as `GET registry`, was answered before. */
  hasAnswered(call: string): boolean {
    return this.#answered.has(call);
  }

  /** One call, repeated only with a new token if the Console rejects the one it has. */
  async call<T>(request: Request, signal: AbortSignal, decode: Decode<T>): Promise<T> {
    const token = await this.#session.token();
    try {
      return await this.callWithoutToken(request, signal, decode, `Bearer ${token}`);
    } catch (error) {
      if (!(error instanceof CallError) || error.kind !== 'unauthorized') throw error;
      const renewed = await this.#session.tokenInsteadOf(token);
      if (renewed === undefined) throw error;
      return this.callWithoutToken(request, signal, decode, `Bearer ${renewed}`);
    }
  }

  /** Logs in with `POST authenticate`. User and password, or access key and secret key, are sent to no other call. */
  async #logIn(username: string, password: string): Promise<string> {
    const request: Request = { method: 'POST', path: 'authenticate', body: { username, password } };
    return this.callWithoutToken(request, this.#deps.signal, ({ body }) => {
      const token = optionalTextAt(objectAt(parseJson(body), 'body').token, 'token');
      // A header can carry nothing else, and an empty token would mean no user.
      if (!/^[\x21-\x7e]+$/.test(token) || !isToken(token))
        throw new DecodeError('token', 'a token', 'something else');
      this.#deps.addSecret(token);
      return token;
    });
  }

  /** One call that needs no log-in, or carries this authorization. */
  async callWithoutToken<T>(
    request: Request,
    signal: AbortSignal,
    decode: Decode<T>,
    authorization?: string,
  ): Promise<T> {
    const call = `${request.method} ${request.path}`;
    const response = await this.#send(call, request, authorization, signal);
    this.#clock.note(answeredAtMs(response.headers));
    const error = errorOfStatus(call, response, this.#peer);
    if (error !== undefined) throw error;
    try {
      const decoded = await decode(response);
      this.#answered.add(call);
      return decoded;
    } catch (thrown) {
      throw thrown instanceof DecodeError ? errorOfBody(call, thrown, 'Console') : thrown;
    }
  }

  async #send(
    call: string,
    request: Request,
    authorization: string | undefined,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const { transport, clock, deadline, debug, redact } = this.#deps;
    const { apiVersion = this.#address.apiVersion } = request;
    const url = callUrl({ ...this.#address, apiVersion }, request.path, request.query ?? []);
    const startedAtMs = clock.nowMs();
    const done = (what: string) =>
      debug(`${call}${sanitize(url.search)}: ${what}, ${Math.round(clock.nowMs() - startedAtMs)} ms`);
    try {
      const response = await transport({
        method: request.method,
        url,
        headers: {
          accept: 'application/json',
          // A cached response would be an old answer to a new question.
          'cache-control': 'no-cache',
          ...(authorization === undefined ? {} : { authorization }),
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        limitMs: Math.min(request.limitMs ?? deadline.requestMs(), deadline.leftMs()),
        maxBytes: request.maxBytes ?? MAX_RESPONSE_BYTES,
        signal,
      });
      done(`${response.status}, ${response.body.byteLength} bytes`);
      return response;
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      done(sanitize(redact(error.message)));
      throw errorOfTransport(call, error, this.#peer);
    }
  }
}
