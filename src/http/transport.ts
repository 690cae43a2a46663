import * as http from 'node:http';
import * as https from 'node:https';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { HttpClient } from '@actions/http-client';
import type { Clock } from '../scan/clock.ts';
import { addTrustedCas, type TlsOptions } from './tls.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How long the whole exchange may take, from connecting to the last byte, in milliseconds. */
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

/** No response came, or not all of it. `cause` is what Node reported, and `code` its name for that. */
export class TransportError extends Error {
  readonly kind: 'timeout' | 'connection' | 'tls' | 'too-large';
  readonly code: string;

  constructor(kind: TransportError['kind'], code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TransportError';
    this.kind = kind;
    this.code = code;
  }
}

/** Longer than any `limitMs`: the library's own timer must never be the one that fires. */
const LIBRARY_TIMEOUT_MS = 3_600_000;

/**
 * Makes requests over GitHub's HTTP client, which honours proxies and pools connections. Its own reading of bodies
 * never settles when the peer stalls, and nothing of it can be aborted (measured on 4.0.1); so this function reads the
 * body itself, and gives Node a signal with every request. It neither retries nor redirects.
 */
export function createHttpTransport(userAgent: string, clock: Clock, tls: TlsOptions): HttpTransport {
  const tlsOptions = addTrustedCas(tls.extraCas);
  // A client keeps one agent, whatever the scheme of the next request, so each origin has a client of its own.
  const clients = new Map<string, HttpClient>();
  const clientFor = (origin: string): HttpClient => {
    const client =
      clients.get(origin) ??
      new HttpClient(userAgent, [], {
        keepAlive: true,
        allowRedirects: false,
        allowRetries: false,
        ignoreSslError: !tls.verify,
        socketTimeout: LIBRARY_TIMEOUT_MS,
      });
    clients.set(origin, client);
    return client;
  };

  return async (request) => {
    request.signal.throwIfAborted();
    const limit = new AbortController();
    const done = new AbortController();
    const expiry = clock.sleep(request.limitMs, done.signal).then(() => limit.abort());
    const signal = AbortSignal.any([request.signal, limit.signal]);
    try {
      const client = clientFor(request.url.origin);
      const info = {
        parsedUrl: request.url,
        httpModule: request.url.protocol === 'https:' ? https : http,
        options: {
          ...addressOf(request.url),
          ...tlsOptions,
          method: request.method,
          headers: { 'user-agent': userAgent, 'accept-encoding': 'gzip', ...request.headers },
          agent: client.getAgent(request.url.href),
          signal,
        },
      };
      // While a proxy delays its tunnel there is no socket yet that the signal could end, and the library never settles.
      const { message } = await unlessAborted(signal, client.requestRaw(info, request.body ?? ''));
      const body = await readBody(message, request.maxBytes);
      return { status: message.statusCode ?? 0, headers: message.headers, body };
    } catch (error) {
      request.signal.throwIfAborted();
      if (limit.signal.aborted) {
        const seconds = (request.limitMs / 1000).toFixed(1);
        throw new TransportError('timeout', '', `no complete response within ${seconds} s`, { cause: error });
      }
      throw asTransportError(error);
    } finally {
      done.abort();
      await expiry;
    }
  };
}

function addressOf(url: URL): http.RequestOptions {
  return {
    // A URL spells an IPv6 host in brackets, a socket address does not.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
  };
}

async function readBody(message: http.IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Iterating throws when the connection closes before the body is complete; waiting for `end` would never settle.
  for await (const chunk of message) {
    if (!(chunk instanceof Uint8Array)) {
      throw new TransportError('connection', '', 'the body does not consist of bytes');
    }
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      message.destroy();
      throw tooLarge(maxBytes);
    }
    chunks.push(chunk);
  }
  return decompress(Buffer.concat(chunks), message.headers['content-encoding'], maxBytes);
}

const gunzipBody = promisify(gunzip);

/** Only gzip is asked for. What cannot be decompressed is returned as it came, and fails where it is parsed. */
async function decompress(
  body: Uint8Array,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Uint8Array> {
  if (!/^\s*(?:x-)?gzip\s*$/i.test(encoding ?? '')) return body;
  try {
    return await gunzipBody(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    return body;
  }
}

function tooLarge(maxBytes: number): TransportError {
  return new TransportError('too-large', '', `the response is larger than ${maxBytes} bytes`);
}

/** What a promise gives, or a rejection with the signal's reason as soon as it aborts. */
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

/** OpenSSL's errors of a certificate or a handshake, as Node spells them; `UNSPECIFIED` is one without a name. */
const TLS_CODE =
  /^(?:CERT_|CRL_|CA_|EE_|ERROR_IN_C|INVALID_|PATH_LENGTH_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|UNSPECIFIED|EPROTO$)/;

function asTransportError(error: unknown): TransportError {
  if (error instanceof TransportError) return error;
  const code = codeOf(error);
  const text = error instanceof Error ? error.message : String(error);
  const kind = TLS_CODE.test(code) ? 'tls' : 'connection';
  return new TransportError(kind, code, describe(code, text), { cause: error });
}

function codeOf(error: unknown): string {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode && typeof error.code === 'string' ? error.code : '';
}

function describe(code: string, text: string): string {
  // Where every address of a host fails, Node joins the errors in one without a message of its own.
  if (text === '') return code === '' ? 'connection failed' : code;
  return code === '' || text.includes(code) ? text : `${text} (${code})`;
}
