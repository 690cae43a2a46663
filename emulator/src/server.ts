import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type Certificate, selfSignedCertificate } from './certificate.ts';
import { ConsoleInstance, type ControlApi, type RecordedRequest } from './console-instance.ts';
import { sendWithFault } from './fault-injection.ts';
import type { FaultHook } from './faults.ts';
import type { ConsoleModel } from './model.ts';
import type { RealRegistriesOptions } from './real-registries.ts';
import { errorReply, type Reply, send } from './response.ts';
import type { Scenario } from './scenario.ts';

export type { RecordedRequest } from './console-instance.ts';

export interface ConsoleOptions {
  /** Default 0: a free port. */
  readonly port?: number;
  /** Address to listen on; default: 127.0.0.1. */
  readonly host?: string;
  /** true makes a self-signed certificate. */
  readonly tls?: boolean | Certificate;
  readonly scenario: Scenario;
  /** Path before `/api`, as a tenant of the SaaS has it: `/us-2-158254964`. */
  readonly basePath?: string;
  /** True time in epoch milliseconds; the Console's clock is `clockSkewMs` ahead of it. */
  readonly now?: () => number;
  /** How much faster than real time `now` runs; delays of answers are shorter by it. Default 1. */
  readonly speed?: number;
  /** Default: a model built from the scenario. */
  readonly model?: ConsoleModel;
  /** Default: the faults of the scenario. */
  readonly fault?: FaultHook;
  /** Real registries, read over their own API. */
  readonly registries?: RealRegistriesOptions;
  /** Answers requests to the control API; default: there is none. */
  readonly control?: ControlApi;
  /** Receives a line for each request. */
  readonly log?: (line: string) => void;
}

export interface RunningConsole {
  readonly url: string;
  readonly port: number;
  readonly model: ConsoleModel;
  /** The latest requests, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** CA certificate for clients, PEM; only for a certificate created here. */
  readonly caCertificate?: string;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const LARGEST_CONTROL_BODY = 16 * 1024 * 1024;

/** Serves a Console until it is closed. */
export async function startConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const { scenario, tls = false, now = Date.now, speed = 1, host = LOOPBACK } = options;
  const basePath = (options.basePath ?? '').replace(/\/+$/, '');
  const { model, fault, registries } = options;
  const instance = new ConsoleInstance({ scenario, now, speed, basePath, model, fault, registries });
  await instance.discover();
  const listener = listenerOf(instance, options, speed);
  const certificate = tls === true ? await selfSignedCertificate({ names: namesOf(host) }) : tls;
  const server =
    certificate === false ? createServer(listener) : createTlsServer({ ...certificate }, listener);
  const port = await listening(server, options.port ?? 0, host);
  await instance.settle();
  return {
    url: `${certificate === false ? 'http' : 'https'}://${reachable(host)}:${port}${basePath}`,
    port,
    get model() {
      return instance.model;
    },
    get requests() {
      return instance.requests;
    },
    ...(tls === true && certificate !== false ? { caCertificate: certificate.cert } : {}),
    close: () => {
      instance.close();
      return closed(server);
    },
  };
}

function listenerOf(instance: ConsoleInstance, options: ConsoleOptions, speed: number): RequestListener {
  const { control, log = () => undefined } = options;
  const date = () => instance.date();

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', headers, url = '/' } = request;
    // Not parsed as a URL: a target such as `//x` must not be read as a host.
    const [path = '', query = ''] = split(url);
    const { authorization = '' } = headers;
    const isControl = control !== undefined && /^\/_control(\/|$)/.test(path);
    const { settings } = instance.model.scenario;
    const body = await bodyOf(request, isControl ? LARGEST_CONTROL_BODY : settings.bodyLimitBytes);
    const logged = (outcome: string | number) =>
      log(`${new Date().toISOString()} ${method} ${url} ${outcome}`);
    const refuse = (reply: Reply) => {
      logged(reply.status);
      send(response, reply, date);
    };
    if (body === undefined) {
      refuse(errorReply(413, 'the request is too large'));
      return;
    }
    if (isControl) {
      const params = new URLSearchParams(query);
      refuse(await control({ method, path, params, authorization, body }, instance));
      return;
    }
    const { reply, fault } = await instance.reply({ method, path, query, authorization, body });
    logged(fault === undefined ? reply.status : `fault ${fault.kind}`);
    if (settings.cacheAgeSeconds > 0) response.setHeader('age', String(settings.cacheAgeSeconds));
    const timed = { ...reply, afterMs: reply.afterMs / speed };
    if (fault === undefined) send(response, timed, date);
    else sendWithFault(response, fault, timed, date);
  };

  return (request, response) => {
    serve(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  };
}

/** Names and addresses that a certificate is valid for. */
function namesOf(host: string): string[] {
  return [...new Set(['localhost', LOOPBACK, '::1', host])];
}

/** The address that a client on this machine uses. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return LOOPBACK;
  return host.includes(':') ? `[${host}]` : host;
}

function split(target: string): [string, string] {
  const mark = target.indexOf('?');
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

/** undefined: larger than the limit. It is read to its end, so that the client can read the answer. */
async function bodyOf(request: IncomingMessage, limitBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= limitBytes) chunks.push(bytes);
  }
  return size > limitBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

function listening(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
      else reject(new Error('The Console has no port.'));
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
