import type { ImageTag, ProgressQuery, RegistryScanRequest, ReportQuery } from './api-types.ts';
import type { Settings } from './settings.ts';

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
    search: params.get('search') ?? undefined,
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

/** Parses the fields of the trigger's body that the Console uses. An empty body and `null` are an empty request. */
export function scanRequest(body: string, wrongTypes: Settings['wrongTypes']): RegistryScanRequest {
  return requestFrom(objectFrom(body), wrongTypes);
}

/** Parses the body of `registry/scan/select`, a list of requests. */
export function scanRequests(body: string, wrongTypes: Settings['wrongTypes']): RegistryScanRequest[] {
  const list = body.trim() === '' ? [] : (parsed(body) ?? []);
  if (!Array.isArray(list)) throw new MalformedBody('the body is not a JSON array');
  return list.map((each) => {
    if (isObject(each)) return requestFrom(each, wrongTypes);
    throw new MalformedBody('the body has an element that is not an object');
  });
}

function requestFrom(
  fields: Record<string, unknown>,
  wrongTypes: Settings['wrongTypes'],
): RegistryScanRequest {
  const { onDemandScan, tag } = fields;
  if (wrongTypes === 'refused') {
    refuse('onDemandScan', onDemandScan, (value) => typeof value === 'boolean');
    refuse('tag', tag, isObject);
    for (const [field, value] of Object.entries(isObject(tag) ? tag : {})) {
      refuse(`tag.${field}`, value, (given) => typeof given === 'string');
    }
  }
  const request: RegistryScanRequest = {};
  if (typeof onDemandScan === 'boolean') request.onDemandScan = onDemandScan;
  if (isObject(tag)) request.tag = imageTag(tag);
  return request;
}

function refuse(field: string, value: unknown, isRight: (value: unknown) => boolean): void {
  if (value === undefined || value === null || isRight(value)) return;
  throw new MalformedBody(`the type of ${field} is wrong`);
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
  const value = parsed(body) ?? {};
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
