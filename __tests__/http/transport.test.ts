import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHttpTransport, type HttpRequest, type HttpTransport } from '../../src/http/transport.ts';
import { TransportError, transportErrorOf } from '../../src/http/transport-error.ts';
import type { Clock } from '../../src/scan/clock.ts';

/** A clock whose sleeps end when the test says so. */
class ManualClock implements Clock {
  readonly #wake: (() => void)[] = [];

  nowMs(): number {
    return 0;
  }

  sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#wake.push(resolve);
      signal?.addEventListener('abort', () => resolve());
    });
  }

  ring(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

let clock: ManualClock;
let transport: HttpTransport;
let server: Server | undefined;
let abort: AbortController;

beforeEach(() => {
  clock = new ManualClock();
  abort = new AbortController();
  transport = createHttpTransport('test', clock, { extraCas: undefined, verify: true });
});

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

async function serve(listener: RequestListener): Promise<URL> {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const address = listening.address();
  return new URL(
    `http://127.0.0.1:${address === null || typeof address === 'string' ? 0 : address.port}/path?x=1`,
  );
}

function request(url: URL, change: Partial<HttpRequest> = {}): HttpRequest {
  const signal = new AbortController().signal;
  return { method: 'GET', url, headers: {}, limitMs: 1_000, maxBytes: 1_000, signal, ...change };
}

const text = (body: Uint8Array) => Buffer.from(body).toString();

describe('A request', () => {
  test('gives status, headers and the whole body', async () => {
    const url = await serve((asked, response) => {
      response.writeHead(418, { 'x-kind': 'teapot' });
      response.write(`${asked.method} ${asked.url} `);
      setImmediate(() => response.end(asked.headers['x-mine']));
    });
    const { status, headers, body } = await transport(request(url, { headers: { 'x-mine': 'tea' } }));
    expect([status, headers['x-kind'], text(body)]).toEqual([418, 'teapot', 'GET /path?x=1 tea']);
  });

  test('sends a body', async () => {
    const url = await serve((asked, response) => asked.pipe(response));
    const { body } = await transport(request(url, { method: 'POST', body: '{"käse":1}' }));
    expect(text(body)).toBe('{"käse":1}');
  });

  test.each<[string, (text: string) => Uint8Array]>([
    ['gzip', gzipSync],
    ['X-GZIP', gzipSync],
    ['gzip', (text: string) => Buffer.from(text)],
    ['zebra', (text: string) => Buffer.from(text)],
  ])('gives the body as it was if it comes as %s', async (coding, packed) => {
    const url = await serve((_asked, response) => {
      response.writeHead(200, { 'content-encoding': coding }).end(packed('{"käse":1}'));
    });
    expect(text((await transport(request(url))).body)).toBe('{"käse":1}');
  });

  test('gives no part of a body that was cut off before it was sent', async () => {
    const packed = gzipSync('[]'.padEnd(500));
    const url = await serve((_asked, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed.subarray(0, -9));
    });
    expect(text((await transport(request(url))).body)).not.toContain('[');
  });

  test('asks for gzip and nothing else', async () => {
    const url = await serve((asked, response) => response.end(String(asked.headers['accept-encoding'])));
    expect(text((await transport(request(url))).body)).toBe('gzip');
  });

  test('fails if little unpacks to more than is asked for', async () => {
    const url = await serve((_asked, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(' '.repeat(1_001)));
    });
    await expect(transport(request(url))).rejects.toMatchObject({ kind: 'too-large' });
  });

  test('follows no redirect', async () => {
    const url = await serve((asked, response) => {
      response.writeHead(302, { location: '/elsewhere' }).end(asked.url);
    });
    const { status, body } = await transport(request(url));
    expect([status, text(body)]).toEqual([302, '/path?x=1']);
  });

  test('fails if the connection is refused', async () => {
    const url = await serve(() => undefined);
    await new Promise((resolve) => server?.close(resolve));
    await expect(transport(request(url))).rejects.toMatchObject({
      name: 'TransportError',
      kind: 'refused',
      code: 'ECONNREFUSED',
    });
  });

  test('fails if the connection is dropped within the body', async () => {
    const url = await serve((_asked, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.socket?.destroy());
    });
    await expect(transport(request(url))).rejects.toMatchObject({ kind: 'connection' });
  });

  test('fails if a chunked body ends without its last chunk', async () => {
    const url = await serve((_asked, response) => {
      response.write('half', () => response.socket?.end());
    });
    await expect(transport(request(url))).rejects.toMatchObject({ kind: 'connection' });
  });

  test.each<[string, RequestListener]>([
    ['before it answers', () => clock.ring()],
    [
      'within the body',
      (_asked, response) => void response.write('half', () => setImmediate(() => clock.ring())),
    ],
  ])('fails at its limit if the peer goes silent %s', async (_when, listener) => {
    const url = await serve(listener);
    const failure = await transport(request(url)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TransportError);
    expect(failure).toMatchObject({ kind: 'timeout', message: 'no complete response within 1.0 s' });
  });

  test.each<[string, RequestListener]>([
    ['before the peer answers', () => abort.abort(new Error('enough'))],
    [
      'within the body',
      (_asked, response) => void response.write('half', () => abort.abort(new Error('enough'))),
    ],
  ])('ends with the caller’s reason when aborted %s', async (_when, listener) => {
    const url = await serve(listener);
    await expect(transport(request(url, { signal: abort.signal }))).rejects.toThrow('enough');
  });

  test('is not begun when aborted before', async () => {
    let asked = 0;
    const url = await serve((_asked, response) => {
      asked += 1;
      response.end();
    });
    await expect(transport(request(url, { signal: AbortSignal.abort(new Error('enough')) }))).rejects.toThrow(
      'enough',
    );
    expect(asked).toBe(0);
  });

  test('reads no more than it may', async () => {
    const url = await serve((_asked, response) => {
      const flood = () => response.write('x'.repeat(10_000), () => setImmediate(flood));
      flood();
    });
    await expect(transport(request(url))).rejects.toMatchObject({ kind: 'too-large' });
  });

  test('fails if the peer speaks something else than HTTP', async () => {
    const sockets = new Set<Socket>();
    const other = createTcpServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).end('SSH-2.0-OpenSSH\r\n');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address: AddressInfo | string | null = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await expect(transport(request(new URL(`http://127.0.0.1:${port}/`)))).rejects.toMatchObject({
      kind: 'connection',
    });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => other.close(resolve));
  });

  test('says of a port for plain HTTP that it does not speak TLS, without OpenSSL’s text', async () => {
    const url = await serve((_asked, response) => response.end());
    url.protocol = 'https:';
    await expect(transport(request(url))).rejects.toMatchObject({
      kind: 'not-tls',
      message: 'the port does not speak TLS; it probably speaks plain HTTP',
    });
  });

  test.each([
    ['ENOTFOUND', 'unresolved'],
    ['EAI_AGAIN', 'unresolved'],
    ['ECONNREFUSED', 'refused'],
    ['ECONNRESET', 'connection'],
    ['EPROTO', 'not-tls'],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'not-tls'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['UNSPECIFIED', 'tls'],
  ])('that fails with %s is of kind %s, whatever the text says', (code, kind) => {
    for (const text of ['', 'tunneling statusCode=407', 'getaddrinfo ENOTFOUND x', 'certificate']) {
      expect(transportErrorOf(Object.assign(new Error(text), { code }))).toMatchObject({ kind, code });
    }
  });
});
