import { buildImage, buildRegistry, buildScan } from './builders.ts';
import type { Manifest, PlatformManifest, RegistryClient } from './registry-client.ts';
import { mapInBatches, RegistryError } from './registry-client.ts';
import type { ImageReference, ImageSpec, Outcome, RegistrySpec, ScanSpec } from './scenario.ts';
import { findingSet } from './scenarios/finding-sets.ts';
import type { Settings } from './settings.ts';

/** Result of looking up one image in a registry. */
export type LookupResult =
  | {
      readonly kind: 'found';
      /** Digest shown in the row. */
      readonly digest: string;
      /** Digest that the tag names; that of the index for a multi-platform image. */
      readonly namedDigest: string;
      readonly imageId: string | undefined;
      readonly labels: ReadonlyMap<string, string>;
    }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly error: string };

/** Resolves a tag or a digest now; throws where the registry fails. */
export async function lookUp(
  client: RegistryClient,
  repository: string,
  tagOrDigest: string,
  indexDigest: Settings['indexDigest'],
): Promise<LookupResult> {
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

/** Returns the manifest itself, or the one of an index that a Linux Defender scans. */
async function imageOf(client: RegistryClient, repository: string, named: Manifest): Promise<Manifest> {
  if (named.platforms === undefined) return named;
  const platform = platformToScan(named.platforms);
  const image = platform && (await client.manifest(repository, platform.digest));
  if (image === undefined || image.platforms !== undefined) {
    throw new RegistryError(`the index ${named.digest} of ${repository} has no image`);
  }
  return image;
}

/** linux/amd64, or else the first platform; attestation manifests are unknown/unknown. */
function platformToScan(platforms: readonly PlatformManifest[]): PlatformManifest | undefined {
  const usual = platforms.find(({ os, architecture }) => os === 'linux' && architecture === 'amd64');
  return usual ?? platforms.find(({ os }) => os !== 'unknown');
}

/** Label in an image's configuration that names its findings; an image without it is clean. */
export const findingsLabel = 'embedded-console.findings';

export type Discovered = {
  readonly registry: RegistrySpec;
  /** undefined: discovery failed. */
  readonly images: readonly ImageSpec[] | undefined;
};

const discoveryMs = 700;
/** Long enough to be seen running: a sudden end could be that of an earlier scan. */
const failingDiscoveryMs = 2_500;

/** The content of a registry as parts of a scenario. Errors of the registry become errors of scans. */
export class RealRegistry {
  readonly #client: RegistryClient;
  readonly #indexDigest: Settings['indexDigest'];
  readonly #scanMs: number;

  constructor(client: RegistryClient, indexDigest: Settings['indexDigest'], scanMs: number) {
    this.#client = client;
    this.#indexDigest = indexDigest;
    this.#scanMs = scanMs;
  }

  get name(): string {
    return this.#client.name;
  }

  /** Returns the image of a tag, or all images of a repository: a digest may belong to any tag. */
  async imagesFor({ repo, tag, digest }: ImageReference): Promise<readonly ImageSpec[]> {
    try {
      await this.#client.check();
      return await this.#images(
        repo,
        tag === undefined ? await this.#client.tags(repo) : [tag],
        'discovery-error',
      );
    } catch (error) {
      const asked = { repo, tag: tag ?? '', ...(digest === undefined ? {} : { digest }) };
      return [this.#image(asked, failed(error), 'discovery-error')];
    }
  }

  /** Every tag of every repository, and the registry as a regular scan shows it. */
  async everything(): Promise<Discovered> {
    const registry = { registry: this.name, discoveryMs, scanMs: this.#scanMs };
    try {
      await this.#client.check();
      const repositories = await this.#client.repositories();
      const found = await mapInBatches(repositories, async (repo) =>
        this.#images(repo, await this.#client.tags(repo), 'scan-error'),
      );
      const images = found.flat();
      const counts = { repositories: repositories.length, images: images.length };
      return { images, registry: buildRegistry({ ...registry, ...counts }) };
    } catch (error) {
      const counts = { repositories: 0, images: 0 };
      const failure = {
        discoveryMs: failingDiscoveryMs,
        outcome: 'discovery-error',
        errorText: failed(error).error,
      } as const;
      return { images: undefined, registry: buildRegistry({ ...registry, ...counts, ...failure }) };
    }
  }

  /** Scans a tag or a digest now. */
  async scan(repo: string, tagOrDigest: string): Promise<ScanSpec> {
    return this.#scan(await this.#lookUp(repo, tagOrDigest), 'scan-error');
  }

  async #images(repo: string, tags: readonly string[], outcome: Outcome): Promise<ImageSpec[]> {
    const images = await mapInBatches(tags, async (tag) => {
      const lookup = await this.#lookUp(repo, tag);
      if (lookup.kind === 'absent') return [];
      const digest = lookup.kind === 'found' ? { digest: lookup.namedDigest } : {};
      return [this.#image({ repo, tag, ...digest }, lookup, outcome)];
    });
    return images.flat();
  }

  async #lookUp(repo: string, tagOrDigest: string): Promise<LookupResult> {
    try {
      return await lookUp(this.#client, repo, tagOrDigest, this.#indexDigest);
    } catch (error) {
      return failed(error);
    }
  }

  #image(
    named: { readonly repo: string; readonly tag: string; readonly digest?: string },
    lookup: LookupResult,
    outcome: Outcome,
  ): ImageSpec {
    return buildImage({ ...named, registry: this.name, scans: [this.#scan(lookup, outcome)], real: true });
  }

  /** Builds the scan of a lookup result; where nothing was found, it fails with `outcome`. */
  #scan(lookup: LookupResult, outcome: Outcome): ScanSpec {
    const failing = lookup.kind !== 'found' && outcome === 'discovery-error';
    const durations = { discoveryMs: failing ? failingDiscoveryMs : discoveryMs, scanMs: this.#scanMs };
    switch (lookup.kind) {
      case 'found': {
        const { digest, imageId, labels } = lookup;
        const found = findingSet(labels.get(findingsLabel) ?? 'clean');
        return buildScan({ ...found, ...durations, digest, ...(imageId === undefined ? {} : { imageId }) });
      }
      case 'absent':
        return buildScan({ ...durations, outcome, errorText: 'failed to pull image: manifest unknown' });
      case 'failed':
        return buildScan({ ...durations, outcome, errorText: lookup.error });
    }
  }
}

function failed(error: unknown): { readonly kind: 'failed'; readonly error: string } {
  if (error instanceof RegistryError) return { kind: 'failed', error: error.message };
  throw error;
}
