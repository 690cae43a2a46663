import type { ImageTag, ProgressQuery, RegistryScanRequest, ReportQuery } from './api-types.ts';

export function progressQuery(params: URLSearchParams): ProgressQuery {
  const one = (key: string): string | undefined => params.get(key) ?? undefined;
  return {
    onDemand: flag(params, 'onDemand'),
    registry: one('registry'),
    repo: one('repo'),
    tag: one('tag'),
    digest: one('digest'),
  };
}

export function reportQuery(params: URLSearchParams): ReportQuery {
  return {
    name: several(params, 'name'),
    repository: several(params, 'repository'),
    registry: several(params, 'registry'),
    id: several(params, 'id'),
    imageID: several(params, 'imageID'),
    offset: count(params, 'offset'),
    limit: count(params, 'limit'),
    sort: params.get('sort') ?? undefined,
    reverse: flag(params, 'reverse'),
    compact: flag(params, 'compact'),
    normalizedSeverity: flag(params, 'normalizedSeverity'),
  };
}

function flag(params: URLSearchParams, key: string): boolean {
  return /^(true|t|1)$/i.test(params.get(key) ?? '');
}

function several(params: URLSearchParams, key: string): string[] | undefined {
  const given = params.getAll(key).filter((value) => value !== '');
  return given.length === 0 ? undefined : given;
}

function count(params: URLSearchParams, key: string): number | undefined {
  const value = params.get(key) ?? '';
  return /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

export class MalformedBody extends Error {}

/** Parses the fields of the trigger's body that the Console uses. An empty body is an empty request. */
export function scanRequest(body: string): RegistryScanRequest {
  const fields = objectFrom(body);
  const request: RegistryScanRequest = {};
  if (typeof fields.onDemandScan === 'boolean') request.onDemandScan = fields.onDemandScan;
  if (isObject(fields.tag)) request.tag = imageTag(fields.tag);
  return request;
}

export function credentials(body: string): { username: string; password: string } {
  const { username, password } = objectFrom(body);
  return { username: text(username) ?? '', password: text(password) ?? '' };
}

function imageTag(fields: Record<string, unknown>): ImageTag {
  return {
    registry: text(fields.registry),
    repo: text(fields.repo),
    tag: text(fields.tag),
    digest: text(fields.digest),
  };
}

function objectFrom(body: string): Record<string, unknown> {
  if (body.trim() === '') return {};
  const value = parsed(body);
  if (isObject(value)) return value;
  throw new MalformedBody('the body is not a JSON object');
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new MalformedBody('the body is not JSON', { cause });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
