import type { ImageTag, RegistryScanRequest } from './wire.ts';

export class MalformedBody extends Error {}

/** The trigger's body as far as the Console looks at it. An empty body is an empty request. */
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
