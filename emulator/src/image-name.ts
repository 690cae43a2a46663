import type { Settings } from './settings.ts';

/** Removes scheme, case and trailing slash. */
export function bareRegistry(registry: string): string {
  return registry
    .replace(/^https?:\/\//i, '')
    .replace(/\/+$/, '')
    .toLowerCase();
}

/** True if a registry from a query or a trigger is the stored one. */
export function sameRegistry(asked: string, stored: string, match: Settings['registryMatch']): boolean {
  switch (match) {
    case 'exact':
      return asked === stored;
    case 'without-scheme':
      return bareRegistry(asked) === bareRegistry(stored);
    case 'ignored':
      return true;
  }
}

interface Named {
  readonly registry: string;
  readonly repo: string;
  /** Empty: known by its digest alone. */
  readonly tag: string;
  readonly digest: string;
}

/** Returns the full name of an image as in rows, names and the `name` filter. */
export function fullName(image: Named, settings: Settings): string {
  const registry = spelledRegistry(image.registry, settings.nameSpelling) || settings.dockerHubName;
  const repository = `${registry === '' ? '' : `${registry}/`}${image.repo}`;
  if (image.tag !== '') return `${repository}:${image.tag}`;
  return settings.untaggedName === 'digest' ? `${repository}@${image.digest}` : repository;
}

function spelledRegistry(stored: string, spelling: Settings['nameSpelling']): string {
  switch (spelling) {
    case 'verbatim':
      return stored;
    case 'as-stored':
      return stored.replace(/\/+$/, '');
    case 'without-scheme':
      return withoutScheme(stored).replace(/\/+$/, '');
  }
}

export function withoutScheme(name: string): string {
  return name.replace(/^https?:\/\//i, '');
}
