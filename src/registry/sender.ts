import { CallError, errorOfTransport } from '../http/call-error.ts';
import { backoffMs, LONGEST_PAUSE_MS, repeat } from '../http/repeat.ts';
import { isRepeatable } from '../http/retry.ts';
import type { HttpRequest, HttpResponse, HttpTransport } from '../http/transport.ts';
import { TransportError } from '../http/transport-error.ts';
import type { Clock } from '../scan/clock.ts';
import { withHint } from '../text/call-text.ts';
import { registryError, registryPeer, statusFailure } from './registry-error.ts';

/** The time that is left of the run. */
interface TimeLimit {
  /** Time limit of one request, in milliseconds. */
  readonly requestMs: () => number;
  /** Time left for the whole run, in milliseconds. */
  readonly leftMs: () => number;
}

export interface SenderEnvironment {
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly limit: TimeLimit;
  readonly signal: AbortSignal;
  /** Removes secrets from what a server sends. */
  readonly redact: (text: string) => string;
  readonly debug: (text: string) => void;
}

type SenderRequest = Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>;

/**
 * Sends a request, repeats it if a failure is transient, and returns the response whatever its status. Rejects with a
 * `CallError`, or with the reason of the run's signal.
 */
export type Sender = (request: SenderRequest) => Promise<HttpResponse>;

/** The limit of registries for manifests; nothing else that is read here is larger. */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** Maximum number of parallel requests, for all images of the run together. */
const REQUESTS_AT_ONCE = 8;

const MOST_ATTEMPTS = 4;
const FIRST_REQUEST_PAUSE_MS = 500;
/** A registry that does not answer must not use up the time that the scan needs. */
const RETRIES_WITHIN_MS = 45_000;

/** `GET https://ghcr.io/v2/octo/app/manifests/1.0`, for messages. The query is left out. */
export function attemptName({ method, url }: Pick<HttpRequest, 'method' | 'url'>): string {
  return `${method} ${url.origin}${url.pathname}`;
}

export function createSender(environment: SenderEnvironment): Sender {
  const { clock, limit, signal, debug } = environment;
  const slots = new Slots(REQUESTS_AT_ONCE);
  return (request) => {
    const endsAtMs = clock.nowMs() + RETRIES_WITHIN_MS;
    const pauseAfter = (outcome: HttpResponse | CallError, attempts: number): number | undefined => {
      if (!(outcome instanceof CallError) || !isTransient(outcome)) return undefined;
      const pauseMs = outcome.retryAfterMs ?? backoffMs(attempts, FIRST_REQUEST_PAUSE_MS);
      const isInTime = clock.nowMs() + pauseMs <= endsAtMs && pauseMs < limit.leftMs();
      if (attempts >= MOST_ATTEMPTS || pauseMs > LONGEST_PAUSE_MS || !isInTime) return undefined;
      debug(`${withHint(outcome)} Next attempt in ${(pauseMs / 1_000).toFixed(1)} s.`);
      return pauseMs;
    };
    return repeat(() => slots.run(() => attemptOnce(environment, request)), { clock, signal, pauseAfter });
  };
}

async function attemptOnce(
  { transport, limit, signal, redact }: SenderEnvironment,
  request: SenderRequest,
): Promise<HttpResponse> {
  const attempt = attemptName(request);
  const limitMs = Math.min(limit.requestMs(), limit.leftMs());
  if (limitMs <= 0) throw registryError('unreachable', `${attempt}: no time is left for it.`);
  try {
    const response = await transport({ ...request, limitMs, maxBytes: MAX_MANIFEST_BYTES, signal });
    const failure = isRepeatable(response.status) ? statusFailure(attempt, response, redact) : undefined;
    if (failure !== undefined) throw failure;
    return response;
  } catch (error) {
    throw error instanceof TransportError ? errorOfTransport(attempt, error, registryPeer(redact)) : error;
  }
}

/** Codes of the transport that do not change within seconds: no such name, nothing listens, the proxy wants a log-in. */
const LASTING = new Set(['ENOTFOUND', 'ECONNREFUSED', '407']);

function isTransient({ kind, cause }: CallError): boolean {
  if (kind !== 'unreachable' && kind !== 'rate-limited') return false;
  return !(cause instanceof TransportError && LASTING.has(cause.code ?? ''));
}

/** Runs a limited number of tasks at once, the others in their order. */
class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
