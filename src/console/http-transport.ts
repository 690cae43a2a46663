import * as http from 'node:http';
import * as https from 'node:https';
import { HttpClient } from '@actions/http-client';
import type { Clock } from '../scan/clock.ts';
import { unlessAborted } from './abort.ts';
import { unpacked } from './content-coding.ts';
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

/** One request, one whole answer. Rejects with a `TransportError`, or with the reason of the caller's signal. */
export type HttpTransport = (request: HttpRequest) => Promise<HttpResponse>;

/** No answer came, or not all of it. The cause is what Node reported, and `code` the name it has for it. */
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
 * Makes exchanges over the runner's HTTP client, which brings the proxy settings and the connection pool. Its
 * own reading of bodies never settles when a peer goes silent, and nothing of it can be aborted; so this reads
 * the body itself, and hands Node a signal with every request. Nothing is retried or redirected here.
 */
export function createHttpTransport(userAgent: string, clock: Clock, tls: TlsOptions): HttpTransport {
  if (tls.extraCas !== '') addTrustedCas(tls.extraCas);
  const client = new HttpClient(userAgent, [], {
    keepAlive: true,
    allowRedirects: false,
    allowRetries: false,
    ignoreSslError: !tls.verify,
    socketTimeout: LIBRARY_TIMEOUT_MS,
  });

  return async (request) => {
    request.signal.throwIfAborted();
    const limit = new AbortController();
    const done = new AbortController();
    const expiry = clock.sleep(request.limitMs, done.signal).then(() => limit.abort());
    const signal = AbortSignal.any([request.signal, limit.signal]);
    try {
      const info = {
        parsedUrl: request.url,
        httpModule: request.url.protocol === 'https:' ? https : http,
        options: {
          ...addressOf(request.url),
          method: request.method,
          headers: { 'user-agent': userAgent, ...request.headers },
          agent: client.getAgent(request.url.href),
          signal,
        },
      };
      // While a proxy keeps a tunnel waiting there is no socket yet for the signal to end, and the library never settles.
      const { message } = await unlessAborted(signal, client.requestRaw(info, request.body ?? ''));
      const body = await readBody(message, request.maxBytes);
      return { status: message.statusCode ?? 0, headers: message.headers, body };
    } catch (error) {
      request.signal.throwIfAborted();
      if (limit.signal.aborted) {
        const seconds = (request.limitMs / 1000).toFixed(1);
        throw new TransportError('timeout', '', `no complete answer within ${seconds} s`, { cause: error });
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
  // Iterating throws when the connection closes before the body is whole; waiting for `end` would wait forever.
  for await (const chunk of message) {
    if (!(chunk instanceof Uint8Array))
      throw new TransportError('connection', '', 'the body is not made of bytes');
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      message.destroy();
      tooLarge(maxBytes);
    }
    chunks.push(chunk);
  }
  const body = await unpacked(Buffer.concat(chunks), message.headers['content-encoding'], maxBytes);
  return body ?? tooLarge(maxBytes);
}

function tooLarge(maxBytes: number): never {
  throw new TransportError('too-large', '', `the answer is larger than ${maxBytes} bytes`);
}

/** OpenSSL's verdicts on a certificate or a handshake, as Node spells them; `UNSPECIFIED` is one without a name. */
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
  // Where every address of a host fails, Node joins the failures in an error without a message of its own.
  if (text === '') return code === '' ? 'connection failed' : code;
  return code === '' || text.includes(code) ? text : `${text} (${code})`;
}
