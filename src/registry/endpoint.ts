import { isLoopback } from '../http/loopback.ts';
import { canonicalRegistry, type Image, withoutScheme } from '../image/image.ts';
import { isRepository } from '../image/reference.ts';
import { quoted } from '../text/sanitize.ts';
import { registryError } from './registry-error.ts';

/** The place of a repository in the distribution API. */
export interface Endpoint {
  /** `https://registry-1.docker.io`; no path. */
  readonly origin: URL;
  /** The host, and the port if it is not the usual one, as a reference spells it; `docker.io` for Docker Hub. */
  readonly registry: string;
  /** The name of the repository there, including the path that was given with the registry. */
  readonly repository: string;
}

/**
 * The endpoint of an image's repository. A registry with a path, such as `https://host/team`, is read as in
 * references: the path is the beginning of the repository's name. `http://` is allowed on loopback only, and is the
 * default there.
 */
export function endpointOf(image: Pick<Image, 'registry' | 'repository'>): Endpoint {
  const isDockerHub = canonicalRegistry(image.registry) === '';
  const [host = '', ...path] = (isDockerHub ? 'registry-1.docker.io' : withoutScheme(image.registry)).split(
    '/',
  );
  const given = /^(https?):\/\//i.exec(image.registry)?.[1]?.toLowerCase();
  const parsed = URL.canParse(`https://${host}`) ? new URL(`https://${host}`) : undefined;
  const repository = [
    ...path,
    isDockerHub && !image.repository.includes('/') ? `library/${image.repository}` : image.repository,
  ].join('/');
  const isPlain =
    parsed?.pathname === '/' && parsed.username === '' && parsed.search === '' && parsed.hash === '';
  if (parsed === undefined || !isPlain || !isRepository(repository)) {
    const name = quoted(`${image.registry}/${image.repository}`);
    throw registryError('unsupported', `${name} cannot be the name of a repository in a registry.`);
  }
  const isOfLoopback = isLoopback(parsed.hostname);
  if (given === 'http' && !isOfLoopback && !isDockerHub) {
    throw registryError(
      'unsupported',
      `The registry ${quoted(image.registry)} is not asked: http:// is for loopback only. Use a registry with https.`,
    );
  }
  const protocol = isOfLoopback && given !== 'https' ? 'http' : 'https';
  return {
    origin: new URL(`${protocol}://${host}`),
    registry: isDockerHub ? 'docker.io' : host.toLowerCase(),
    repository,
  };
}
