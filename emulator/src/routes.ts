import type { ApiCall, RegistryScanRequest, TriggerResult } from './api-types.ts';
import { defenderNames, registrySettings, scanStatus, userCollections } from './configuration.ts';
import { csvOf, sbomOf } from './downloads.ts';
import type { ConsoleModel } from './model.ts';
import type { RealRegistries } from './real-registries.ts';
import {
  credentials,
  MalformedBody,
  progressQuery,
  reportQuery,
  scanRequest,
  scanRequests,
} from './requests.ts';
import { emptyReply, errorReply, jsonReply, type Reply, textReply } from './response.ts';
import type { Role, UserSpec } from './scenario.ts';
import type { Sessions } from './sessions.ts';

export type Call = ApiCall;

export interface Request {
  readonly call: Call;
  readonly params: URLSearchParams;
  readonly authorization: string;
  readonly body: string;
  /** Path of the address. */
  readonly path?: string;
}

interface Console {
  readonly model: ConsoleModel;
  readonly sessions: Sessions;
  readonly registries: RealRegistries | undefined;
}

const CALLS_BY_ROUTE = new Map<string, Call>([
  ['POST authenticate', 'authenticate'],
  ['GET version', 'version'],
  ['GET _ping', 'ping'],
  ['POST registry/scan', 'scan'],
  ['GET registry/progress', 'progress'],
  ['GET registry', 'registry'],
  ['GET registry/names', 'names'],
  ['POST registry/scan/select', 'scan-select'],
  ['POST registry/stop', 'stop'],
  ['GET registry/download', 'download'],
  ['GET sbom/download/registry', 'sbom'],
  ['GET settings/registry', 'settings-registry'],
  ['GET statuses/registry', 'statuses-registry'],
  ['GET defenders/names', 'defenders-names'],
  ['GET current/collections', 'current-collections'],
]);

const MONITOR_READS: readonly Call[] = [
  'version',
  'progress',
  'registry',
  'names',
  'download',
  'sbom',
  'statuses-registry',
  'current-collections',
];

const MONITOR_WRITES: readonly Call[] = ['scan', 'scan-select', 'stop'];

const ALLOWED: Record<Role, readonly Call[]> = {
  administrator: [...MONITOR_READS, ...MONITOR_WRITES, 'settings-registry', 'defenders-names'],
  operator: [...MONITOR_READS, ...MONITOR_WRITES],
  reader: MONITOR_READS,
  ci: ['version'],
};

/** Maps method and full path to a call. */
export function callOf(method: string, path: string, basePath: string, versions: readonly string[]): Call {
  if (!path.startsWith(`${basePath}/api/`)) return 'unknown';
  const [version = '', ...rest] = path.slice(`${basePath}/api/`.length).split('/');
  if (!versions.includes(version)) return 'unknown';
  const route = rest.join('/').replace(/^(registry\/stop)\/[^/]+$/, '$1');
  return CALLS_BY_ROUTE.get(`${method} ${route}`) ?? 'unknown';
}

/** Checks access and answers the request. */
export async function answer(request: Request, console: Console): Promise<Reply> {
  try {
    if (request.call === 'unknown') return textReply(404, '404 - Page not found');
    if (request.call === 'ping') return textReply(200, 'OK');
    if (request.call === 'authenticate') return logIn(request.body, console.sessions);
    const user = console.sessions.userOf(request.authorization, console.model.restartedAtMs);
    if (user === undefined) return errorReply(401, 'unauthorized');
    if (!isAllowed(user, request.call)) return errorReply(403, 'permission denied');
    return await answerUser(request, user, console);
  } catch (error) {
    if (error instanceof MalformedBody) return errorReply(400, error.message);
    throw error;
  }
}

function isAllowed({ role, denied = [] }: UserSpec, call: Call): boolean {
  return ALLOWED[role].includes(call) && !denied.includes(call);
}

function logIn(body: string, sessions: Sessions): Reply {
  const { username, password } = credentials(body);
  const token = sessions.logIn(username, password);
  return token === undefined ? errorReply(401, 'invalid credentials') : jsonReply(200, { token });
}

async function answerUser(
  { call, params, body, path = '' }: Request,
  user: UserSpec,
  { model, registries }: Console,
): Promise<Reply> {
  const { username } = user;
  await registries?.settle();
  switch (call) {
    case 'scan': {
      const request = scanRequest(body, model.scenario.settings.wrongTypes);
      await registries?.discover(request);
      const result = model.scan(request, username);
      await registries?.settle();
      return { ...triggerReply(result), afterMs: result.answerAfterMs };
    }
    case 'scan-select':
      return selectScans(scanRequests(body, model.scenario.settings.wrongTypes), username, {
        model,
        registries,
      });
    case 'stop':
      return stop(path, model, username);
    case 'download':
      return textReply(200, csvOf(model.allRows(reportQuery(params), username)), CSV_HEADERS);
    case 'sbom':
      return sbom(params, model, username);
    case 'progress': {
      const result = model.progress(progressQuery(params), username);
      return jsonReply(result.status, result.body);
    }
    case 'registry':
      return report(params, username, model);
    case 'names': {
      const result = model.names(reportQuery(params), username);
      return jsonReply(result.status, result.body);
    }
    case 'settings-registry':
      return jsonReply(200, registrySettings(model));
    case 'statuses-registry':
      return jsonReply(200, scanStatus(model));
    case 'defenders-names':
      return jsonReply(200, defenderNames(model.scenario, params));
    case 'current-collections':
      return jsonReply(200, userCollections(model.scenario, user));
    case 'version':
    case 'ping':
    case 'authenticate':
    case 'unknown':
      return jsonReply(200, model.scenario.settings.consoleVersion);
  }
}

async function selectScans(
  requests: readonly RegistryScanRequest[],
  user: string,
  { model, registries }: Pick<Console, 'model' | 'registries'>,
): Promise<Reply> {
  for (const request of requests) await registries?.discover(request);
  model.scanSelected(requests, user);
  return emptyReply(200);
}

const CSV_HEADERS = {
  'content-type': 'text/csv; charset=utf-8',
  'content-disposition': 'attachment; filename=registry.csv',
};

/** Stops the whole regular scan, or the part covered by the entry of the registry settings with this id. */
function stop(path: string, model: ConsoleModel, user: string): Reply {
  const id = /\/registry\/stop\/([^/]+)$/.exec(path)?.[1];
  const scope = registrySettings(model).specifications.find((each) => each.id === id);
  if (id !== undefined && scope === undefined) return errorReply(404, 'no such registry');
  model.stopRegularScan(scope?.registry, user);
  return emptyReply(200);
}

function sbom(params: URLSearchParams, model: ConsoleModel, user: string): Reply {
  const [row] = model.allRows({ id: params.getAll('id') }, user);
  return row === undefined ? errorReply(404, 'no such image') : jsonReply(200, sbomOf(row));
}

/** The answer to a trigger. A body that is text, such as a JSON string, is sent unchanged. */
function triggerReply({ status, body }: TriggerResult): Reply {
  if (body === '') return emptyReply(status);
  return typeof body === 'string' ? textReply(status, body) : jsonReply(status, body);
}

function report(params: URLSearchParams, user: string, model: ConsoleModel): Reply {
  const result = model.report(reportQuery(params), user);
  if (result.status === 200) {
    const headers = { ...totalCount(result.totalCount), ...laggingDate(model, result.clockLagMs) };
    return jsonReply(200, result.body, headers);
  }
  if (result.status !== 429) return jsonReply(result.status, result.body);
  const { retryAfterSeconds } = result;
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return typeof result.body === 'string'
    ? textReply(429, result.body, headers)
    : jsonReply(429, result.body, headers);
}

/** `Date` of a node whose clock is behind; otherwise the server sets it. */
function laggingDate(model: ConsoleModel, lagMs: number): Record<string, string> {
  if (lagMs === 0 || !model.scenario.settings.dateHeader) return {};
  return { date: new Date(model.shownTimeMs - lagMs).toUTCString() };
}

function totalCount(rows: number | undefined): Record<string, string> {
  return rows === undefined ? {} : { 'Total-Count': String(rows) };
}
