import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type Certificate, selfSignedCertificate } from './certificate.ts';
import { sendWithFault } from './fault-injection.ts';
import { type FaultHook, faultsFrom, isAccepted } from './faults.ts';
import { BoundedList } from './journal.ts';
import { ConsoleModel } from './model.ts';
import { RealRegistries, type RealRegistriesOptions } from './real-registries.ts';
import { emptyReply, send } from './response.ts';
import { answer, type Call, callOf } from './routes.ts';
import type { Scenario } from './scenario.ts';
import { type AuthorizationKind, authorizationKind, Sessions } from './sessions.ts';

export type ConsoleOptions = {
  /** Default 0: a free port. */
  readonly port?: number;
  /** true makes a self-signed certificate. */
  readonly tls?: boolean | Certificate;
  readonly scenario: Scenario;
  /** Path before `/api`, as a tenant of the SaaS has it: `/us-2-158254964`. */
  readonly basePath?: string;
  /** True time in epoch milliseconds; the Console's clock is `clockSkewMs` ahead of it. */
  readonly now?: () => number;
  /** Default: a model built from the scenario. */
  readonly model?: ConsoleModel;
  readonly fault?: FaultHook;
  /** Real registries, read over their own API. */
  readonly registries?: RealRegistriesOptions;
};

export type RecordedRequest = {
  readonly call: Call;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** The scheme; never the secret. */
  readonly authorization: AuthorizationKind;
  /** As sent; empty where it contains a password. */
  readonly body: string;
};

export type RunningConsole = {
  readonly url: string;
  readonly port: number;
  readonly model: ConsoleModel;
  /** The latest requests, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** CA certificate for clients, PEM; only for a certificate created here. */
  readonly caCertificate?: string;
  close(): Promise<void>;
};

const largestBody = 1024 * 1024;

/** Serves a Console on 127.0.0.1 until it is closed. */
export async function startConsole(options: ConsoleOptions): Promise<RunningConsole> {
  const { scenario, tls = false, now = Date.now, fault = faultsFrom(scenario.faults) } = options;
  const basePath = (options.basePath ?? '').replace(/\/+$/, '');
  const model = options.model ?? new ConsoleModel({ now, scenario });
  const registries = options.registries && new RealRegistries(model, options.registries);
  await registries?.discover({});
  const { settings } = model.scenario;
  const sessions = new Sessions(model.scenario, () => model.nowMs);
  const date = () =>
    settings.dateHeader
      ? new Date(model.shownTimeMs - 1_000 * settings.cacheAgeSeconds).toUTCString()
      : undefined;
  const requests = new BoundedList<RecordedRequest>(1_000);
  const numbers = new Map<Call, number>();

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const { method = 'GET', headers } = request;
    // Not parsed as a URL: a target such as `//x` must not be read as a host.
    const [path = '', query = ''] = split(request.url ?? '/');
    const call = callOf(method, path, basePath, settings.apiVersions);
    const { authorization = '' } = headers;
    const number = (numbers.get(call) ?? 0) + 1;
    numbers.set(call, number);
    requests.add({
      call,
      method,
      path,
      query,
      authorization: authorizationKind(authorization),
      body: call === 'authenticate' ? '' : body,
    });
    const injected = fault({ call, number, query });
    const reply =
      injected === undefined || isAccepted(injected)
        ? await answer(
            { call, params: new URLSearchParams(query), authorization, body },
            { model, sessions, registries },
          )
        : emptyReply(200);
    if (settings.cacheAgeSeconds > 0) response.setHeader('age', String(settings.cacheAgeSeconds));
    if (injected === undefined) send(response, reply, date);
    else sendWithFault(response, injected, reply, date);
  };

  const listener: RequestListener = (request, response) => {
    serve(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  };
  const certificate = tls === true ? await selfSignedCertificate() : tls;
  const server =
    certificate === false ? createServer(listener) : createTlsServer({ ...certificate }, listener);
  const port = await listening(server, options.port ?? 0);
  await registries?.settle();
  return {
    url: `${certificate === false ? 'http' : 'https'}://127.0.0.1:${port}${basePath}`,
    port,
    model,
    get requests() {
      return requests.entries;
    },
    ...(tls === true && certificate !== false ? { caCertificate: certificate.cert } : {}),
    close: () => {
      registries?.close();
      return closed(server);
    },
  };
}

function split(target: string): [string, string] {
  const mark = target.indexOf('?');
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > largestBody) throw new Error('The request is larger than a Console would take.');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
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
