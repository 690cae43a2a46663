import type { ProgressQuery, ReportQuery } from './answers.ts';

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
