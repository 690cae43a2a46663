import { isLoopback } from '../http/host-name.ts';
import { type Image, isDockerHub, withoutScheme } from '../image/image.ts';
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
  const isOnHub = isDockerHub(image.registry);
  const [host = '', ...path] = (isOnHub ? 'registry-1.docker.io' : withoutScheme(image.registry)).split('/');
  const repository = [
    ...path,
    isOnHub && !image.repository.includes('/') ? `library/${image.repository}` : image.repository,
  ].join('/');
  const hostname = hostnameIn(host);
  if (hostname === undefined || !isRepository(repository)) {
    const name = quoted(`${image.registry}/${image.repository}`);
    throw registryError('unsupported', `${name} cannot be the name of a repository in a registry`);
  }
  return {
    origin: new URL(`${protocolOf(image.registry, hostname, isOnHub)}://${host}`),
    registry: isOnHub ? 'docker.io' : host.toLowerCase(),
    repository,
  };
}

/** `registry-1.docker.io/library/alpine`: identifies the repository within a run. */
export function endpointName({ origin, repository }: Endpoint): string {
  return `${origin.host}/${repository}`;
}

/** The name of a host, alone or with its port; undefined for anything else. */
function hostnameIn(host: string): string | undefined {
  const url = URL.canParse(`https://${host}`) ? new URL(`https://${host}`) : undefined;
  const isPlain = url?.pathname === '/' && url.username === '' && url.search === '' && url.hash === '';
  return isPlain ? url.hostname : undefined;
}

function protocolOf(registry: string, hostname: string, isOnHub: boolean): 'http' | 'https' {
  const given = /^(https?):\/\//i.exec(registry)?.[1]?.toLowerCase();
  if (isLoopback(hostname)) return given === 'https' ? 'https' : 'http';
  if (given === 'http' && !isOnHub) {
    throw registryError(
      'unsupported',
      `The registry ${quoted(registry)} is not asked: http:// is for loopback only`,
      { hint: 'Use a registry with https.' },
    );
  }
  return 'https';
}
