import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

/** The calls that a gate needs, by what they are for. */
export type Call = 'authenticate' | 'trigger' | 'progress' | 'report' | 'other';

const CALLS: Readonly<Record<string, Call>> = {
  'POST authenticate': 'authenticate',
  'POST registry/scan': 'trigger',
  'GET registry/progress': 'progress',
  'GET registry': 'report',
};

/** One request, as it came in. */
export interface Asked {
  readonly call: Call;
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The Console's time, at which it answers everything: a test has no need to know what day it is. */
export const READ_TIME = '2026-11-20T09:29:00Z';

/** The reaction to one request. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Breaks the answer off, or never ends it, before its head or in the middle of its body. */
  readonly broken?: 'dropped' | 'dropped-within' | 'stalled' | 'stalled-within';
  /** The Console's time of the response; default: `READ_TIME`; no header for `null`. */
  readonly date?: string | null;
  /** From now on, the tokens given out so far are refused. */
  readonly revokesTokens?: boolean;
}

/** Answers in turn, the last one repeated; or a function of the request and of how many came before it. */
export type Script = readonly Answer[] | ((asked: Asked, nth: number) => Answer | Promise<Answer>);

export interface Scripts extends Readonly<Partial<Record<Call, Script>>> {
  /** The path of the API below the host. */
  readonly basePath?: string;
  readonly version?: string;
  readonly host?: string;
  /** Default: a free port. */
  readonly port?: number;
  /** How many calls a token is good for. */
  readonly callsPerToken?: number;
  /** A token that is good from the start. */
  readonly knownToken?: string;
  /** Speaks TLS, with this key and certificate. */
  readonly tls?: ServerOptions;
}

export interface ScriptedConsole {
  readonly url: string;
  readonly port: number;
  /** Every request so far, in order, the refused ones included. */
  readonly asked: readonly Asked[];
  /** How many connections there were, whatever became of them. */
  connections(): number;
  /** How many requests of this call there were. */
  count(call: Call): number;
  /** Resolves when that many requests of this call have come in. */
  reached(call: Call, count: number): Promise<void>;
  close(): Promise<void>;
}

export const token = (nth: number): string => `issued-token-${nth}-zK8r`;

/** A Console that does what its scripts say. Everything behind `authenticate` needs a token that it gave out. */
export async function startConsole(scripts: Scripts = {}): Promise<ScriptedConsole> {
  const {
    basePath = '',
    version = '32.07',
    host = '127.0.0.1',
    port: wantedPort = 0,
    callsPerToken = Infinity,
    knownToken,
    tls,
  } = scripts;
  const prefix = `${basePath}/api/v${version}/`;
  const asked: Asked[] = [];
  const answered = new Map<Call, number>();
  const tokens = new Map<string, number>(knownToken === undefined ? [] : [[knownToken, Infinity]]);
  const waiting = new Set<() => void>();
  let issued = 0;

  const count = (call: Call): number => asked.filter((one) => one.call === call).length;

  const defaults: Readonly<Record<Call, () => Answer>> = {
    authenticate: () => {
      issued += 1;
      tokens.set(token(issued), callsPerToken);
      return json({ token: token(issued) });
    },
    trigger: () => ({ status: 200, body: '' }),
    progress: () => json([]),
    report: () => json(null),
    other: () => notFound,
  };

  const scripted = async (request: Asked): Promise<Answer> => {
    const nth = answered.get(request.call) ?? 0;
    answered.set(request.call, nth + 1);
    const script = scripts[request.call];
    if (script === undefined) return defaults[request.call]();
    if (typeof script === 'function') return await script(request, nth);
    return script[Math.min(nth, script.length - 1)] ?? defaults[request.call]();
  };

  const answer = async (request: Asked): Promise<Answer> => {
    if (!request.path.startsWith(prefix)) return notFound;
    if (request.call !== 'authenticate') {
      const name = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const callsLeft = tokens.get(name) ?? 0;
      if (callsLeft === 0) return unauthorized;
      tokens.set(name, callsLeft - 1);
    }
    const chosen = await scripted(request);
    if (chosen === logIn || chosen === undatedLogIn) return { ...defaults.authenticate(), ...chosen };
    if (chosen.revokesTokens) tokens.clear();
    return chosen;
  };

  const onRequest = (incoming: IncomingMessage, response: ServerResponse): void => {
    response.on('error', () => undefined);
    const serve = async (): Promise<void> => {
      const request = await read(incoming, prefix);
      asked.push(request);
      for (const check of waiting) check();
      await send(response, await answer(request));
    };
    serve().catch(() => response.destroy());
  };
  const server = tls === undefined ? createServer(onRequest) : createTlsServer(tls, onRequest);
  // By default an idle connection is cut after five seconds of the machine's time, which a busy machine takes between calls.
  server.keepAliveTimeout = 0;
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(wantedPort, host, resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  return {
    url: `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}${basePath}`,
    port,
    asked,
    connections: () => connections,
    count,
    reached: (call, wanted) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (count(call) < wanted) return;
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
      }),
  };
}

async function read(incoming: IncomingMessage, prefix: string): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const [path = '', search = ''] = (incoming.url ?? '').split('?', 2);
  const method = incoming.method ?? '';
  return {
    call: (path.startsWith(prefix) ? CALLS[`${method} ${path.slice(prefix.length)}`] : undefined) ?? 'other',
    method,
    path,
    query: [...new URLSearchParams(search)],
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString(),
  };
}

async function send(response: ServerResponse, answer: Answer): Promise<void> {
  const { status = 200, headers = {}, body = '', broken, date = READ_TIME } = answer;
  response.sendDate = false;
  if (date !== null) response.setHeader('date', new Date(date).toUTCString());
  if (broken === 'stalled') {
    // Signals to a step in virtual time that no answer comes; others ignore it.
    response.writeProcessing();
    return;
  }
  if (broken === 'dropped') {
    response.destroy();
    return;
  }
  const bytes = Buffer.from(body);
  if (broken === 'stalled-within') response.setHeader('x-stalled', '1');
  response.writeHead(status, { 'content-length': String(bytes.length), ...headers });
  if (broken === undefined) {
    response.end(bytes);
    return;
  }
  response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)));
  if (broken === 'dropped-within') {
    await sleep(50);
    response.destroy();
  }
}

/** In a script for `authenticate`: give out a token, as without a script. */
export const logIn: Answer = {};

/** The same without the Console's time. */
export const undatedLogIn: Answer = { date: null };

/** An answer without the Console's time. */
export const undated = (answer: Answer): Answer => ({ ...answer, date: null });

export function json(value: unknown, status = 200): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

export const refused = (status: number, err: string): Answer => json({ err }, status);

export const unauthorized = refused(401, 'token expired');

export const notFound: Answer = {
  status: 404,
  headers: { 'content-type': 'text/plain' },
  body: '404 - Page not found',
};

export const htmlPage = (status: number): Answer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: '<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>',
});
