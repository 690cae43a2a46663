import { canonicalRegistry, canonicalRepository, type Image, withoutScheme } from '../image/image.ts';

/**
 * The full names that the report may have for a tagged image: with the registry as configured, perhaps with
 * `https://`, and for Docker Hub's images with or without `library/`.
 */
export function reportNames(image: Pick<Image, 'registry' | 'repository'>, tag: string): readonly string[] {
  const given = withoutScheme(image.registry);
  const canonical = canonicalRegistry(given);
  const repository = canonicalRepository(canonical, image.repository);
  const onHub = [repository, repository.replace(/^library\//, '')];
  const hosts = canonical === '' ? ['docker.io', 'registry-1.docker.io', given] : [given, canonical];
  const inFull = hosts.filter((host) => host !== '').map((host) => `${host}/${repository}`);
  const names = [...(canonical === '' ? onHub : []), ...inFull.flatMap((name) => [name, `https://${name}`])];
  return [...new Set(names)].map((name) => `${name}:${tag}`);
}
