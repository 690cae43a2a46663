import { createExchange, type Exchange, type Request } from '../../src/console/exchange.ts';
import type { Call, Detour } from './fault-case.ts';
import type { LeapingClock } from './leaping-clock.ts';

/** How long each exchange takes beyond what its fault makes it take, so that time passes with every request. */
const LATENCY_MS = 25;
/** A name that no resolver may have, and too long to be asked of one: nothing leaves the machine. */
const NO_SUCH_NAME = `${'console'.repeat(10)}.invalid`;
/** Nobody may listen there without being root. */
const NOBODYS_PORT = '1';

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

/** What lies between the gate and the Console. */
export interface Network {
  readonly clock: LeapingClock;
  /** The port of a Console with a certificate of its own making. */
  readonly tlsPort: number;
  readonly detour: (call: Call) => Detour | undefined;
  /** Hears of every request, and of every body that comes back. */
  readonly onRequest: () => void;
  readonly onBody: (body: Uint8Array) => void;
}

/** The real client over real sockets, for which time stands still while an answer is on its way. */
export function exchangeOver(network: Network): Exchange {
  const { clock } = network;
  // The runner's client keeps one pool of connections, for the one scheme that its Console has.
  const open = () => createExchange('reliability', clock, { extraCa: '', verify: true });
  const exchanges = { 'http:': open(), 'https:': open() };
  return async (request) => {
    const call = callOf(request.url);
    if (call === undefined) throw new Error(`The gate asks for ${request.url.pathname}.`);
    network.onRequest();
    const busy = clock.begin(call);
    try {
      const sent = directed(request, network.detour(call), network.tlsPort);
      const response = await exchanges[sent.url.protocol === 'https:' ? 'https:' : 'http:'](sent);
      network.onBody(response.body);
      return response;
    } finally {
      busy.end();
      await clock.sleep(LATENCY_MS, request.signal);
    }
  };
}

function directed(request: Request, detour: Detour | undefined, tlsPort: number): Request {
  const url = new URL(request.url);
  switch (detour) {
    case undefined:
      break;
    case 'nobody':
      url.port = NOBODYS_PORT;
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
