import { type ConsoleAddress, callUrl } from '../console/address.ts';
import { consolePeer } from '../console/errors.ts';
import { errorOfStatus, errorOfTransport } from '../http/call-error.ts';
import { answeredAtMs } from '../http/date.ts';
import { isPage } from '../http/decode.ts';
import type { HttpTransport } from '../http/transport.ts';
import { TransportError } from '../http/transport-error.ts';
import type { Answer } from './answer.ts';

/** The answer to `GET _ping`, which needs no log-in. */
interface Ping {
  readonly answer: Answer<{ readonly isPage: boolean }>;
  /** Undefined if the answer has no date, or there is none. */
  readonly clock: ClockSample | undefined;
}

/** The Console's clock beside the runner's, in epoch milliseconds. */
export interface ClockSample {
  readonly consoleMs: number;
  /** The runner's time half-way between request and answer. */
  readonly runnerMs: number;
}

/** The API version for the other calls. */
export type Route =
  | { readonly kind: 'open'; readonly apiVersion: string }
  /** No other call is made. */
  | { readonly kind: 'closed' };

/** Version 1 exists on every Console, and stands for its own version. */
export const OWN_VERSION = '1';

interface PingDependencies {
  readonly transport: HttpTransport;
  readonly redact: (text: string) => string;
  readonly signal: AbortSignal;
  readonly limitMs: number;
  /** The runner's wall clock, in epoch milliseconds. */
  readonly now: () => number;
}

const PING_CALL = 'GET _ping';
const MAX_PING_BYTES = 64 * 1024;

/** Pings the API of this version at the address. */
export async function ping(
  address: ConsoleAddress,
  apiVersion: string,
  deps: PingDependencies,
): Promise<Ping> {
  const { transport, redact, signal, limitMs, now } = deps;
  const url = callUrl({ ...address, apiVersion }, '_ping');
  const startedAtMs = now();
  try {
    const response = await transport({
      method: 'GET',
      url,
      headers: { 'cache-control': 'no-cache' },
      limitMs,
      maxBytes: MAX_PING_BYTES,
      signal,
    });
    const error = errorOfStatus(PING_CALL, response, consolePeer(redact));
    const consoleMs = answeredAtMs(response.headers);
    return {
      answer:
        error === undefined
          ? { kind: 'answered', value: { isPage: isPage(response.body) } }
          : { kind: 'refused', error },
      clock: consoleMs === undefined ? undefined : { consoleMs, runnerMs: (startedAtMs + now()) / 2 },
    };
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    return {
      answer: { kind: 'refused', error: errorOfTransport(PING_CALL, error, consolePeer(redact)) },
      clock: undefined,
    };
  }
}

/** Both pings: of the given version, and of the Console's own. */
export interface Pings {
  readonly given: Ping;
  readonly own: Ping;
}

/**
 * The API version for the other calls. If the given version does not exist but the Console does, its own version is
 * used, so that a wrong `api-version` hides no other mistakes. A Console without any `_ping` may still answer the
 * other calls.
 */
export function routeOf({ given, own }: Pings, apiVersion: string): Route {
  if (isAbsent(given) && !isAbsent(own) && mayAnswerCalls(own))
    return { kind: 'open', apiVersion: OWN_VERSION };
  return mayAnswerCalls(given) ? { kind: 'open', apiVersion } : { kind: 'closed' };
}

/** True if the path does not exist. */
export function isAbsent({ answer }: Ping): boolean {
  return answer.kind === 'refused' && answer.error.kind === 'not-found';
}

/**
 * True if other calls may be answered: a server that refuses the ping with 401, 403 or 404 may answer another call.
 */
function mayAnswerCalls({ answer }: Ping): boolean {
  switch (answer.kind) {
    case 'answered':
      return !answer.value.isPage;
    case 'not-asked':
      return false;
    case 'refused':
      return ['unauthorized', 'forbidden', 'not-found', 'bad-request', 'rate-limited'].includes(
        answer.error.kind,
      );
  }
}
