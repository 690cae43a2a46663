import * as http from 'node:http';
import * as https from 'node:https';
import { HttpClient } from '@actions/http-client';
import type { Clock } from '../scan/clock.ts';
import { readBody } from './body.ts';
import { addTrustedCas, type TlsOptions } from './tls.ts';
import { TransportError, transportErrorOf } from './transport-error.ts';
import { type OnTunnelFailure, watchTunnels } from './tunnel.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Time limit from connecting to the last byte, in milliseconds. */
  readonly limitMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Uint8Array;
}

/** One request, one whole response. Rejects with a `TransportError`, or with the reason of the caller's signal. */
export type HttpTransport = (request: HttpRequest) => Promise<HttpResponse>;

/** Longer than any `limitMs`, so that the library's own timer never fires first. */
const LIBRARY_TIMEOUT_MS = 3_600_000;

/**
 * Makes requests over GitHub's HTTP client, which honours proxies and pools connections. Its own function for reading
 * bodies never settles when the peer stalls, and cannot be aborted (measured on 4.0.1), so this function reads the
 * body itself, and passes a signal to Node with every request. It neither retries nor redirects.
 */
export function createHttpTransport(userAgent: string, clock: Clock, tls: TlsOptions): HttpTransport {
  const tlsOptions = addTrustedCas(tls.extraCas);
  const clients = new Clients(userAgent, tls.verify);
  return async (request) => {
    request.signal.throwIfAborted();
    const limit = new AbortController();
    const done = new AbortController();
    const expiry = clock.sleep(request.limitMs, done.signal).then(() => limit.abort());
    const signal = AbortSignal.any([request.signal, limit.signal]);
    let tunnel: TransportError | undefined;
    try {
      const message = await clients.send(request, { ...tlsOptions, signal }, (failure) => {
        tunnel = failure;
      });
      const body = await readBody(message, request.maxBytes);
      return { status: message.statusCode ?? 0, headers: message.headers, body };
    } catch (error) {
      request.signal.throwIfAborted();
      throw limit.signal.aborted ? timeoutError(request, error) : (tunnel ?? transportErrorOf(error));
    } finally {
      done.abort();
      await expiry;
    }
  };
}

function timeoutError({ limitMs }: HttpRequest, cause: unknown): TransportError {
  const seconds = (limitMs / 1000).toFixed(1);
  return new TransportError('timeout', undefined, `no complete response within ${seconds} s`, { cause });
}

/** HTTP clients by origin: a client keeps one agent, even if the next request has another scheme. */
class Clients {
  readonly #userAgent: string;
  readonly #verify: boolean;
  readonly #clients = new Map<string, HttpClient>();
  readonly #watched = new WeakSet<object>();
  #onTunnelFailure: OnTunnelFailure | undefined;

  constructor(userAgent: string, verify: boolean) {
    this.#userAgent = userAgent;
    this.#verify = verify;
  }

  /** Sends a request; resolves with the head of the response. */
  async send(
    request: HttpRequest,
    options: https.RequestOptions & { readonly signal: AbortSignal },
    onTunnelFailure: OnTunnelFailure,
  ): Promise<http.IncomingMessage> {
    const { url } = request;
    const client = this.#clientOf(url.origin);
    const agent = this.#agentOf(client, url);
    const headers = { 'user-agent': this.#userAgent, 'accept-encoding': 'gzip', ...request.headers };
    const info = {
      parsedUrl: url,
      httpModule: url.protocol === 'https:' ? https : http,
      options: { ...addressOf(url), ...options, method: request.method, headers, agent },
    };
    // The agent requests its tunnel before `requestRaw` returns, so this failure belongs to this request.
    this.#onTunnelFailure = onTunnelFailure;
    const response = client.requestRaw(info, request.body ?? '');
    this.#onTunnelFailure = undefined;
    // While a proxy delays its tunnel, there is no socket that the signal could end, and the library never settles.
    return (await unlessAborted(options.signal, response)).message;
  }

  #clientOf(origin: string): HttpClient {
    const client =
      this.#clients.get(origin) ??
      new HttpClient(this.#userAgent, [], {
        keepAlive: true,
        allowRedirects: false,
        allowRetries: false,
        ignoreSslError: !this.#verify,
        socketTimeout: LIBRARY_TIMEOUT_MS,
      });
    this.#clients.set(origin, client);
    return client;
  }

  #agentOf(client: HttpClient, url: URL): http.Agent {
    const agent: http.Agent = client.getAgent(url.href);
    if (!this.#watched.has(agent)) watchTunnels(agent, () => this.#onTunnelFailure);
    this.#watched.add(agent);
    return agent;
  }
}

function addressOf(url: URL): http.RequestOptions {
  return {
    // A URL spells an IPv6 host in brackets; a socket address does not.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
  };
}

/** Settles as the promise does, or rejects with the signal's reason as soon as it aborts. */
async function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const settled = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: settled.signal });
  });
  promise.catch(() => undefined);
  try {
    signal.throwIfAborted();
    return await Promise.race([promise, aborted]);
  } finally {
    settled.abort();
  }
}
