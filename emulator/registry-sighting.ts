import type { Manifest, PlatformManifest, RegistryClient } from './registry-client.ts';
import { RegistryError } from './registry-exchange.ts';
import type { Settings } from './settings.ts';

/** What a look into a registry says of one image. */
export type Sighting =
  | {
      readonly kind: 'found';
      /** The digest that a row shows. */
      readonly digest: string;
      /** The digest of what the tag itself names, which is an index where the image has several platforms. */
      readonly namedDigest: string;
      readonly imageId: string | undefined;
      readonly labels: ReadonlyMap<string, string>;
    }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly error: string };

/** Looks what a tag or a digest stands for at this moment; throws where the registry does not say. */
export async function sighted(
  client: RegistryClient,
  repository: string,
  tagOrDigest: string,
  indexDigest: Settings['indexDigest'],
): Promise<Sighting> {
  const named = await client.manifest(repository, tagOrDigest);
  if (named === undefined) return { kind: 'absent' };
  const image = await imageOf(client, repository, named);
  const { configDigest } = image;
  return {
    kind: 'found',
    digest: indexDigest === 'index' ? named.digest : image.digest,
    namedDigest: named.digest,
    imageId: configDigest,
    labels: configDigest === undefined ? new Map() : await client.labels(repository, configDigest),
  };
}

/** The manifest itself, or the one of an index that a Defender on Linux would scan. */
async function imageOf(client: RegistryClient, repository: string, named: Manifest): Promise<Manifest> {
  if (named.platforms === undefined) return named;
  const platform = platformToScan(named.platforms);
  const image = platform && (await client.manifest(repository, platform.digest));
  if (image === undefined || image.platforms !== undefined) {
    throw new RegistryError(`the index ${named.digest} of ${repository} has no image`);
  }
  return image;
}

/** linux/amd64, or else the first that is one: what attests to an image stands in its index as unknown/unknown. */
function platformToScan(platforms: readonly PlatformManifest[]): PlatformManifest | undefined {
  const usual = platforms.find(({ os, architecture }) => os === 'linux' && architecture === 'amd64');
  return usual ?? platforms.find(({ os }) => os !== 'unknown');
}
