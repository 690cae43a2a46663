import {
  CallError,
  errorOfBody,
  errorOfStatus,
  errorOfTransport,
  failureOf,
  type Peer,
} from '../http/call-error.ts';
import { answeredAtMs } from '../http/date.ts';
import { DecodeError, isPage, objectAt, optionalTextAt, parseJson } from '../http/decode.ts';
import { LARGE_BODY_BYTES, otherWork } from '../http/event-loop.ts';
import type { HttpResponse, HttpTransport } from '../http/transport.ts';
import { TransportError } from '../http/transport-error.ts';
import type { Image } from '../image/image.ts';
import type { RetryableFailure } from '../scan/call-failure.ts';
import type { ActiveScans, Clock } from '../scan/clock.ts';
import type { Deadline } from '../scan/deadline.ts';
import { type Progress, type Result, retryable, success } from '../scan/types.ts';
import type { Detail, ScanSource, StartScan } from '../scan/wait.ts';
import { sanitize } from '../text/sanitize.ts';
import { type ConsoleAddress, callUrl, type Query } from './address.ts';
import { ConsoleClock } from './console-clock.ts';
import { consolePeer, isRefusal, retryableFailureOf } from './errors.ts';
import { totalCountOf } from './paging.ts';
import { decodeProgress } from './progress.ts';
import { RateLimiter, SPACED_RATE } from './rate-limiter.ts';
import { ReportBatcher } from './report-batcher.ts';
import { decodeReport, type ReportPage } from './report-row.ts';
import type { Aliases } from './row-image.ts';
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

export interface ConsoleDependencies {
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly activeScans: ActiveScans;
  /** In [0, 1). */
  readonly random: () => number;
  /** The signal of the step: data read for several images belongs to all of them. */
  readonly signal: AbortSignal;
  readonly redact: (text: string) => string;
  /** Receives each token before anything can print it. */
  readonly addSecret: (secret: string) => void;
  readonly debug: (text: string) => void;
}

/** Only the report is larger: other responses have a few entries. */
const MAX_RESPONSE_BYTES = 1024 * 1024;
/**
 * The largest page of the report. A compact row has about 5 kB (recorded), and a Console may return more rows than
 * requested. A full page with 60,000 findings has 74 MB (measured); parsing a larger one would delay the handling of
 * signals too long.
 */
const MAX_PAGE_BYTES: Readonly<Record<Detail, number>> = {
  compact: 16 * 1024 * 1024,
  full: 96 * 1024 * 1024,
};
/** A finding has some 35 values. */
const MOST_PAGE_VALUES: Readonly<Record<Detail, number>> = { compact: 2_000_000, full: 4_000_000 };

/** If a call that was answered before is refused for this long, the refusal is final. */
const OUTAGE_MS = 60_000;

/**
 * The Console's API in the terms of a wait. Each call is one attempt: it returns a failure if another attempt may
 * succeed, and throws a `CallError` if not. Only a rejected token is renewed at once.
 */
export class ConsoleApi {
  readonly #address: ConsoleAddress;
  readonly #deps: ConsoleDependencies;
  readonly #peer: Peer;
  readonly #session: Session;
  readonly #reports: ReportBatcher;
  readonly #triggers: RateLimiter;
  readonly #progress: RateLimiter;
  readonly #consoleClock = new ConsoleClock();
  /** Calls that were answered, such as `GET registry/progress`. */
  readonly #answered = new Set<string>();
  /** The time of the first refusal in a row, by request. */
  readonly #refusedSinceMs = new Map<string, number>();

  constructor(address: ConsoleAddress, credentials: Credentials, deps: ConsoleDependencies) {
    this.#address = address;
    this.#deps = deps;
    this.#peer = consolePeer(deps.redact);
    const logIn = (username: string, password: string) => this.#logIn(username, password);
    this.#session = new Session(credentials, logIn, deps.clock);
    this.#reports = new ReportBatcher(
      (query, signal, detail) => this.#reportPage(query, signal, detail),
      deps,
    );
    this.#triggers = new RateLimiter(SPACED_RATE, deps.clock, deps.deadline);
    this.#progress = new RateLimiter(SPACED_RATE, deps.clock, deps.deadline);
  }

  /** The evidence about the on-demand scan of one image. `aliases` are digests that stand for the requested one. */
  scanOf(image: Image, aliases: Aliases): ScanSource {
    const registry: Query = image.registry === '' ? [] : [['registry', image.registry]];
    // The same values as in the trigger, in which `onDemand` is called `onDemandScan`.
    const query: Query = [
      ['onDemand', 'true'],
      ...registry,
      ['repo', image.repository],
      ...Object.entries(image.scanBy),
    ];
    return {
      progress: (signal) => this.#readProgress(query, signal),
      report: (detail) => this.#reports.request(image, detail, aliases),
      consoleTimeMs: () => this.#consoleClock.latestMs(),
    };
  }

  /** The evidence about the regular scan of the registries, of which the report keeps no row. */
  regularScan(): ScanSource {
    return {
      progress: (signal) => this.#readProgress([], signal),
      report: async () => success({ kind: 'unreadable', why: 'regular-scan', readAtMs: undefined }),
      consoleTimeMs: () => this.#consoleClock.latestMs(),
    };
  }

  /**
   * Requests an on-demand scan of one image, and waits `limitMs` for the response. With fewer fields in the body, the
   * Console would rescan everything. A 200 means accepted, whatever its body, unless that is a page of HTML: a proxy
   * answered.
   */
  starterOf(image: Image, limitMs: number): StartScan {
    const tag = { registry: image.registry, repo: image.repository, ...image.scanBy };
    const request: Request = {
      method: 'POST',
      path: 'registry/scan',
      body: { onDemandScan: true, tag },
      limitMs,
    };
    return async (signal) => {
      await this.#triggers.acquire(signal);
      return this.#attempt(request, signal, ({ body: answered }) => {
        if (isPage(answered)) throw new DecodeError('body', 'an acceptance', 'a page of HTML');
        return 'accepted' as const;
      });
    };
  }

  /** When the Console answered last, by its own clock, in epoch milliseconds; undefined if it sends no `Date`. */
  answeredAtMs(): number | undefined {
    return this.#consoleClock.latestMs();
  }

  /**
   * One reading call of the preflight. Throws a `CallError` for every failure, even if another attempt may succeed.
   */
  async read(request: Request & { readonly method: 'GET' }): Promise<HttpResponse> {
    return this.#authorized(request, this.#deps.signal, (response) => response);
  }

  async #readProgress(query: Query, signal: AbortSignal): Promise<Result<Progress>> {
    await this.#progress.acquire(signal);
    const request: Request = { method: 'GET', path: 'registry/progress', query };
    const { redact } = this.#deps;
    return this.#attempt(request, signal, ({ body }) => decodeProgress(parseJson(body), redact), query);
  }

  async #reportPage(query: Query, signal: AbortSignal, detail: Detail): Promise<Result<ReportPage>> {
    const request: Request = { method: 'GET', path: 'registry', query, maxBytes: MAX_PAGE_BYTES[detail] };
    const { redact } = this.#deps;
    return this.#attempt(request, signal, async (response) => {
      const json = parseJson(response.body, MOST_PAGE_VALUES[detail]);
      if (response.body.byteLength > LARGE_BODY_BYTES) await otherWork();
      signal.throwIfAborted();
      return {
        rows: decodeReport(json, redact),
        readAtMs: answeredAtMs(response.headers),
        totalCount: totalCountOf(response),
      };
    });
  }

  /**
   * One attempt. Except for a trigger, the refusal of a call that was answered before counts as an outage for a
   * minute.
   */
  async #attempt<T>(
    request: Request,
    signal: AbortSignal,
    decode: (response: HttpResponse) => T | Promise<T>,
    subject: Query = [],
  ): Promise<Result<T>> {
    const asked = JSON.stringify([request.path, subject]);
    try {
      const value = await this.#authorized(request, signal, decode);
      this.#refusedSinceMs.delete(asked);
      return success(value);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      const failure = retryableFailureOf(error) ?? this.#outageOf(error, asked);
      if (failure === undefined) throw error;
      return retryable(failure);
    }
  }

  /** The minute is counted for each image: answers for other images do not excuse a refusal of this one. */
  #outageOf(error: CallError, asked: string): RetryableFailure | undefined {
    if (!isRefusal(error) || !this.#answered.has(error.call) || error.call === TRIGGER_CALL) return undefined;
    const nowMs = this.#deps.clock.nowMs();
    const sinceMs = this.#refusedSinceMs.get(asked) ?? nowMs;
    this.#refusedSinceMs.set(asked, sinceMs);
    if (nowMs - sinceMs >= OUTAGE_MS) return undefined;
    return { ...failureOf(error), kind: 'unreachable', status: undefined };
  }

  async #authorized<T>(
    request: Request,
    signal: AbortSignal,
    decode: (response: HttpResponse) => T | Promise<T>,
  ): Promise<T> {
    const token = await this.#session.token();
    try {
      return await this.#call(request, `Bearer ${token}`, signal, decode);
    } catch (error) {
      if (!(error instanceof CallError) || error.kind !== 'unauthorized') throw error;
      const renewed = await this.#session.tokenInsteadOf(token);
      if (renewed === undefined) throw error;
      return this.#call(request, `Bearer ${renewed}`, signal, decode);
    }
  }

  /** Logs in with `POST authenticate`. User and password, or access key and secret key, are sent to no other call. */
  async #logIn(username: string, password: string): Promise<string> {
    const request: Request = { method: 'POST', path: 'authenticate', body: { username, password } };
    return this.#call(request, undefined, this.#deps.signal, ({ body }) => {
      const token = optionalTextAt(objectAt(parseJson(body), 'body').token, 'token');
      // A header can carry nothing else, and an empty token would mean no user.
      if (!/^[\x21-\x7e]+$/.test(token) || !isToken(token))
        throw new DecodeError('token', 'a token', 'something else');
      this.#deps.addSecret(token);
      return token;
    });
  }

  async #call<T>(
    request: Request,
    authorization: string | undefined,
    signal: AbortSignal,
    decode: (response: HttpResponse) => T | Promise<T>,
  ): Promise<T> {
    const call = `${request.method} ${request.path}`;
    const response = await this.#send(call, request, authorization, signal);
    this.#consoleClock.note(answeredAtMs(response.headers));
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

const TRIGGER_CALL = 'POST registry/scan';
