import { isUnknownPlatform, type Platform, platformName } from './platform.ts';
import { withoutTrailing } from './trailing.ts';

/** `sha256:` and 64 hex digits: names one manifest or one configuration, whatever happens to the tags. */
export type Digest = `sha256:${string}`;

/** The tag or the digest that names the image in the trigger and in the progress query. */
type ScanBy = { readonly tag: string } | { readonly digest: Digest };

/** One image to wait for: an image, or one platform of a multi-platform image. */
export interface Image {
  /**
   * The registry as the Console knows it, perhaps with a scheme; empty for Docker Hub. Sent unchanged, but compared
   * only in canonical form.
   */
  readonly registry: string;
  readonly repository: string;
  /** The tag that the user gave; undefined if only a digest was given. */
  readonly tag: string | undefined;
  /**
   * The digest that the user requires: that of an image, or of the index of a multi-platform image; undefined for
   * any.
   */
  readonly digest: Digest | undefined;
  readonly scanBy: ScanBy;
  /** The one platform of the index that this image stands for, perhaps unknown; undefined for the image as a whole. */
  readonly platform: Platform | undefined;
}

/** The subject of a wait: the on-demand scan of an image, or the regular scan of all registries. */
export type Subject = Image | 'regular-scan';

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** True if a text is `sha256:` with 64 hex digits in lower case. */
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
 * A registry in the spelling that comparisons use: no scheme, no trailing slash, lower case, and Docker Hub as the
 * empty text. The Console may store a registry with `https://`.
 */
export function canonicalRegistry(registry: string): string {
  const host = withoutScheme(registry).toLowerCase();
  return DOCKER_HUB.has(host) ? '' : host;
}

/** True for any spelling of Docker Hub. */
export function isDockerHub(registry: string): boolean {
  return canonicalRegistry(registry) === '';
}

/** The image of a subject; undefined for the regular scan. */
export function subjectImage(subject: Subject): Image | undefined {
  return subject === 'regular-scan' ? undefined : subject;
}

/** The registry as a reference spells it: without scheme and trailing slash. */
export function withoutScheme(registry: string): string {
  return withoutTrailing(registry.replace(/^https?:\/\//i, ''), '/');
}

/** A repository in the spelling that comparisons use; Docker Hub's official images may lack `library/`. */
export function canonicalRepository(registry: string, repository: string): string {
  const isShortHubName = isDockerHub(registry) && !repository.includes('/');
  return isShortHubName ? `library/${repository}` : repository;
}

/** The parts of an image or a tag that name its repository. */
type RepositoryName = Pick<Image, 'registry' | 'repository'>;

/** A text that two names have in common if they name the same repository, in any spelling. */
export function repositoryKey({ registry, repository }: RepositoryName): string {
  return `${canonicalRegistry(registry)}|${canonicalRepository(registry, repository)}`;
}

/** True if both have the same repository, without regard to scheme, case of the registry and `library/`. */
export function isSameRepository(one: RepositoryName, other: RepositoryName): boolean {
  return repositoryKey(one) === repositoryKey(other);
}

/** `registry/repo`, the part of a reference before tag and digest. */
export function repositoryName(image: Pick<Image, 'registry' | 'repository'>): string {
  const registry = withoutScheme(image.registry);
  return registry === '' ? image.repository : `${registry}/${image.repository}`;
}

/** The reference for people: `registry/repo:tag@sha256:…`, or `registry/repo:tag (linux/arm64)` for one platform. */
export function imageReference(image: Image): string {
  const tag = image.tag === undefined ? '' : `:${image.tag}`;
  if (image.platform !== undefined) {
    const needsDigest = image.tag === undefined || isUnknownPlatform(image.platform);
    const digest = needsDigest && image.digest !== undefined ? `@${image.digest}` : '';
    return `${repositoryName(image)}${tag}${digest} (${platformName(image.platform)})`;
  }
  const digest = image.digest === undefined ? '' : `@${image.digest}`;
  return `${repositoryName(image)}${tag}${digest}`;
}

/** `registry/repo@sha256:…`, the reference to promote. */
export function referenceByDigest(image: Pick<Image, 'registry' | 'repository'>, digest: Digest): string {
  return `${repositoryName(image)}@${digest}`;
}

/** The subject of a wait, for people. */
export function subjectName(subject: Subject): string {
  return subject === 'regular-scan' ? 'the registries' : imageReference(subject);
}
