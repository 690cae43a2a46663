/** `sha256:` and 64 hex digits: names one manifest, whatever happens to the tags. */
export type Digest = `sha256:${string}`;

/**
 * One image to wait for. `scanBy` is what the Console is asked with, in the trigger and in the progress query
 * alike; `requiredDigest` is what its report must carry before the image may be promoted.
 */
export interface Image {
  /** As the Console knows it, perhaps with a scheme; empty for Docker Hub. Sent as it is, never compared so. */
  readonly registry: string;
  readonly repository: string;
  readonly scanBy: ScanBy;
  readonly requiredDigest: Digest | undefined;
}

/** What is waited for: the on-demand scan of an image, or the regular scan of all registries. */
export type Subject = Image | 'regular-scan';

export type ScanBy = { readonly tag: string } | { readonly digest: Digest };

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

/** The names under which Docker Hub appears; the Console knows it as the empty registry. */
const DOCKER_HUB = new Set([
  '',
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
]);

/**
 * A registry in the one spelling that comparisons use: no scheme, no trailing slash, lower case, and Docker
 * Hub as the empty text. The Console may store a registry with `https://`.
 */
export function canonicalRegistry(registry: string): string {
  const host = withoutScheme(registry).toLowerCase();
  return DOCKER_HUB.has(host) ? '' : host;
}

/** The registry as a reference spells it: without scheme and trailing slash. */
export function withoutScheme(registry: string): string {
  return registry.replace(/^https?:\/\//i, '').replace(/\/+$/, '');
}

/** A repository in the one spelling that comparisons use; Docker Hub's official images may lack `library/`. */
export function canonicalRepository(registry: string, repository: string): string {
  const isShortHubName = canonicalRegistry(registry) === '' && !repository.includes('/');
  return isShortHubName ? `library/${repository}` : repository;
}

/** `registry/repo`, the part of a reference before tag and digest. */
export function imageName(image: Pick<Image, 'registry' | 'repository'>): string {
  const registry = withoutScheme(image.registry);
  return registry === '' ? image.repository : `${registry}/${image.repository}`;
}

/** The full reference, for people: `registry/repo:tag@sha256:…`, with what there is of tag and digest. */
export function imageReference(image: Image): string {
  const tag = 'tag' in image.scanBy ? `:${image.scanBy.tag}` : '';
  const digest = image.requiredDigest === undefined ? '' : `@${image.requiredDigest}`;
  return `${imageName(image)}${tag}${digest}`;
}

/** What is waited for, for people. */
export function subjectName(subject: Subject): string {
  return subject === 'regular-scan' ? 'the registries' : imageReference(subject);
}
