import type { HttpRequest, HttpResponse, HttpTransport } from '../../src/http/transport.ts';
import { TransportError, transportErrorOf } from '../../src/http/transport-error.ts';
import type { Clock } from '../../src/scan/clock.ts';

/** The time that the runner and, by default, the Console have. */
export const NOW = '2026-11-26T09:00:00Z';

/** The reaction of a Console to one call. */
export type Reply =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly json?: unknown;
      readonly text?: string;
      /** How long the answer takes, in milliseconds. */
      readonly afterMs?: number;
    }
  /** It never answers. */
  | 'stalls'
  | TransportError;

/** Replies by call, such as `GET registry/progress`; of `GET registry` by what is asked for. */
export type Replies = Readonly<Record<string, Reply | ((url: URL) => Reply)>>;

export const refusal = (status: number, err: string): Reply => ({ status, json: { err } });

export const NOT_FOUND: Reply = { status: 404, text: '404 - Page not found' };

export const noConnection = (code: string, message: string): TransportError =>
  transportErrorOf(Object.assign(new Error(message), { code }));

/** A row of the report. */
export function row(
  registry: string,
  repo: string,
  tag: string,
  scanTime: string,
  given: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    id: `sha256:${'c'.repeat(64)}`,
    repoTag: { registry, repo, tag },
    repoDigests: [`${repo}@sha256:${'d'.repeat(64)}`],
    scanTime,
    scanDuration: 41_000,
    vulnerabilityDistribution: { critical: 0, high: 0, medium: 0, low: 0, total: 0 },
    ...given,
  };
}

/** An entry of the registry settings. */
export function entry(given: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    registry: 'https://registry.example.com',
    repository: 'shop/*',
    tag: '',
    excludedRepositories: null,
    excludedTags: ['*-dev'],
    cap: 5,
    os: 'linux',
    credential: { secret: { plain: 'never-shown' } },
    scanError: '',
    ...given,
  };
}

const ROW = row('https://registry.example.com', 'shop/cart', '7', '2026-11-26T06:00:00Z');

/** A Console that has nothing wrong, for `shop/cart:7` in `registry.example.com`. */
const RIGHT: Replies = {
  'GET _ping': { text: 'OK' },
  'POST authenticate': { json: { token: 'issued-token-1' } },
  'GET version': { json: '32.07.123' },
  'GET registry': { json: [ROW], headers: { 'total-count': '1' } },
  'GET registry/names': { json: ['https://registry.example.com/shop/cart:7'] },
  'GET registry/progress': { json: [] },
  'GET settings/registry': { json: { specifications: [entry()] } },
  'GET statuses/registry': { json: { scanTime: '2026-11-26T05:00:00Z', completed: true } },
  'GET defenders/names': { json: ['defender-1'] },
};

/** The right replies, each after a while. */
export function slow(afterMs: number): Replies {
  return Object.fromEntries(
    Object.entries(RIGHT).map(([call, reply]) => [
      call,
      typeof reply === 'object' && !(reply instanceof TransportError) ? { ...reply, afterMs } : reply,
    ]),
  );
}

/** A server that never answers, as a transport. */
export function stalling(clock: Clock): HttpTransport {
  return async ({ limitMs, signal }) => {
    await clock.sleep(limitMs, signal);
    signal.throwIfAborted();
    throw new TransportError('timeout', '', `no complete response within ${limitMs / 1_000} s`);
  };
}

export interface FakeConsole {
  readonly transport: HttpTransport;
  /** Every request, as `GET /api/v32.07/registry?limit=1`. */
  readonly requests: readonly string[];
}

/** A Console without a socket: right but for these replies. It has API 32.07 and its own version. */
export function fakeConsole(clock: Clock, replies: Replies = {}): FakeConsole {
  const requests: string[] = [];
  const transport: HttpTransport = async (request) => {
    requests.push(`${request.method} ${request.url.pathname}${request.url.search}`);
    const reply = replyTo(request, { ...RIGHT, ...replies });
    if (reply instanceof TransportError) throw reply;
    const afterMs = reply === 'stalls' ? Number.POSITIVE_INFINITY : (reply.afterMs ?? 0);
    await clock.sleep(Math.min(afterMs, request.limitMs), request.signal);
    if (reply !== 'stalls' && afterMs < request.limitMs) return responseOf(reply);
    request.signal.throwIfAborted();
    throw new TransportError('timeout', '', `no complete response within ${request.limitMs / 1_000} s`);
  };
  return { transport, requests };
}

function replyTo({ method, url }: HttpRequest, replies: Replies): Reply {
  const [, version = '', path = ''] = /^\/api\/(v[0-9.]+)\/(.+)$/.exec(url.pathname) ?? [];
  const all = replies['any call'];
  const reply = all ?? replies[`${method} ${version}/${path}`] ?? replies[`${method} ${path}`] ?? NOT_FOUND;
  return typeof reply === 'function' ? reply(url) : reply;
}

function responseOf({
  status = 200,
  headers = {},
  json,
  text,
}: Exclude<Reply, string | TransportError>): HttpResponse {
  const body = text ?? JSON.stringify(json ?? null);
  return {
    status,
    headers: { date: new Date(NOW).toUTCString(), ...headers },
    body: new TextEncoder().encode(body),
  };
}
