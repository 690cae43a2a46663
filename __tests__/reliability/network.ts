import { createHttpTransport, type HttpRequest, type HttpTransport } from '../../src/http/transport.ts';
import { TransportError } from '../../src/http/transport-error.ts';
import type { Call, Detour } from './fault-case.ts';
import type { SocketClock } from './socket-clock.ts';

/** How long each request takes beyond what its fault makes it take, so that time passes with every request. */
const LATENCY_MS = 25;
/** A name that no resolver may have, and too long to be asked of one: nothing leaves the machine. */
const NO_SUCH_NAME = `${'console'.repeat(10)}.invalid`;
/** No server listens there: only root may. */
const CLOSED_PORT = '1';

const CALL_OF = new Map<string, Call>([
  ['authenticate', 'authenticate'],
  ['registry', 'full report'],
  ['registry/scan', 'trigger'],
  ['registry/progress', 'progress'],
]);

function callOf({ pathname, searchParams }: URL): Call | undefined {
  if (searchParams.get('compact') === 'true') return 'report';
  return CALL_OF.get(pathname.replace(/^\/api\/v[^/]+\//, ''));
}

/** The network between the gate and the Console. */
export interface Network {
  readonly clock: SocketClock;
  /** The port of a Console with a certificate of its own making. */
  readonly tlsPort: number;
  readonly detour: (call: Call) => Detour | undefined;
  /** Called for every request, and with every body that comes back. */
  readonly onRequest: () => void;
  readonly onBody: (body: Uint8Array) => void;
}

/** The real transport over real sockets, for which time stands still while a response is on its way. */
export function transportOver(network: Network): HttpTransport {
  const { clock } = network;
  const transport = createHttpTransport('reliability', clock, { extraCas: undefined, verify: true });
  return async (request) => {
    const call = callOf(request.url);
    // An image's registry would be on another machine.
    if (call === undefined)
      throw new TransportError('connection', 'ENOTFOUND', 'the registry has no address');
    network.onRequest();
    const pending = clock.begin(call);
    try {
      const response = await transport(directed(request, network.detour(call), network.tlsPort));
      network.onBody(response.body);
      return response;
    } finally {
      pending.end();
      await clock.sleep(LATENCY_MS, request.signal);
    }
  };
}

function directed(request: HttpRequest, detour: Detour | undefined, tlsPort: number): HttpRequest {
  const url = new URL(request.url);
  switch (detour) {
    case undefined:
      break;
    case 'refused':
      url.port = CLOSED_PORT;
      break;
    case 'no-such-name':
      url.hostname = NO_SUCH_NAME;
      break;
    case 'no-tls':
      url.protocol = 'https:';
      break;
    case 'unknown-authority':
      url.protocol = 'https:';
      url.port = String(tlsPort);
      break;
  }
  return { ...request, url };
}
