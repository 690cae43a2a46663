import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** The reaction to one CONNECT: a tunnel, a status, or neither. */
export type Treatment =
  | 'tunnel'
  /** Never answers. */
  | 'stall'
  /** Hangs up instead of an answer. */
  | 'drop'
  /** Answers with something that is no HTTP. */
  | 'rubbish'
  /** Opens the tunnel, and hands nothing on. */
  | 'stall-within'
  /** Opens the tunnel, and hangs up when the first bytes come. */
  | 'drop-within'
  | { readonly status: number; readonly header?: string; readonly body?: string };

export interface ProxyScript {
  /** `user:password` that the proxy asks for. */
  readonly credentials?: string;
  /** In turn, the last one repeated. */
  readonly treatments?: readonly Treatment[];
  /** The proxy itself speaks TLS, with this key and certificate. */
  readonly tls?: ServerOptions;
}

/** One CONNECT, as it came in. */
export interface Tunnelled {
  readonly target: string;
  readonly authorization: string | undefined;
}

export interface RunningProxy {
  readonly port: number;
  /** Its address, with whatever stands before the host in it. */
  address(credentials?: string): string;
  readonly tunnelled: readonly Tunnelled[];
  /** Requests that were no CONNECT: whatever is in them, the proxy can read. */
  readonly inTheClear: readonly string[];
  /** Everything that clients sent into tunnels. */
  bytes(): Buffer;
  reached(count: number): Promise<void>;
  close(): Promise<void>;
}

/** A proxy on loopback, in whose network every host is this machine. */
export async function startProxy({
  credentials,
  treatments = ['tunnel'],
  tls,
}: ProxyScript = {}): Promise<RunningProxy> {
  const tunnelled: Tunnelled[] = [];
  const inTheClear: string[] = [];
  const chunks: Buffer[] = [];
  const sockets = new Set<Duplex>();
  const waiting = new Set<() => void>();

  const treatmentOf = ({ authorization }: Tunnelled): Treatment => {
    const expected = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
    if (expected !== undefined && authorization !== expected) return AUTHENTICATION_REQUIRED;
    return treatments[Math.min(tunnelled.length, treatments.length) - 1] ?? 'tunnel';
  };

  const onConnect = (request: IncomingMessage, client: Duplex): void => {
    const one = { target: request.url ?? '', authorization: request.headers['proxy-authorization'] };
    tunnelled.push(one);
    for (const check of waiting) check();
    sockets.add(client);
    client.on('error', () => client.destroy());
    const treatment = treatmentOf(one);
    if (treatment === 'stall') {
      // Signals to a step in virtual time that no answer comes; others ignore it.
      client.write('HTTP/1.1 ');
      return;
    }
    if (treatment === 'drop') {
      client.destroy();
      return;
    }
    if (treatment === 'rubbish') {
      client.end('SSH-2.0-OpenSSH_9.9\r\n');
      return;
    }
    if (typeof treatment === 'object') {
      client.end(refusal(treatment));
      return;
    }
    client.on('data', (chunk: Buffer) => chunks.push(chunk));
    if (treatment === 'drop-within') client.once('data', () => client.destroy());
    const stalled = treatment === 'stall-within' ? 'X-Stalled: 1\r\n' : '';
    client.write(`HTTP/1.1 200 Connection established\r\n${stalled}\r\n`);
    if (treatment === 'tunnel') sockets.add(join(client, one.target));
  };

  const onRequest = (request: IncomingMessage): void => {
    inTheClear.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
    request.socket.destroy();
  };

  const server = (tls === undefined ? createServer(onRequest) : createTlsServer(tls, onRequest)).on(
    'connect',
    onConnect,
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  return {
    port,
    address: (given = '') =>
      `${tls === undefined ? 'http' : 'https'}://${given === '' ? '' : `${given}@`}127.0.0.1:${port}`,
    tunnelled,
    inTheClear,
    bytes: () => Buffer.concat(chunks),
    reached: (wanted) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (tunnelled.length < wanted) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const AUTHENTICATION_REQUIRED: Treatment = {
  status: 407,
  header: 'Proxy-Authenticate: Basic realm="proxy"',
};

/** The other end of a tunnel: the same port, wherever the host would have been. */
function join(client: Duplex, target: string): Socket {
  const upstream = connect({ host: '127.0.0.1', port: Number(target.replace(/^.*:/, '')) });
  upstream.on('error', () => client.destroy());
  upstream.on('close', () => client.destroy());
  client.on('close', () => upstream.destroy());
  client.pipe(upstream).pipe(client);
  return upstream;
}

function refusal({ status, header = 'Server: proxy', body = '' }: Exclude<Treatment, string>): string {
  return [`HTTP/1.1 ${status} Refused`, header, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join(
    '\r\n',
  );
}
