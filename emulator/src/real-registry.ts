import { buildImage, buildRegistry, buildScan } from './builders.ts';
import type { Manifest, PlatformManifest, RegistryClient } from './registry-client.ts';
import { mapInBatches } from './registry-client.ts';
import { RegistryError } from './registry-http.ts';
import type { ImageReference, ImageSpec, Outcome, RegistrySpec, ScanSpec, Scenario } from './scenario.ts';
import { findingSet } from './scenarios/finding-sets.ts';
import { unscannable } from './simulated-image.ts';

/** Result of looking up one image in a registry. */
export type LookupResult =
  | {
      readonly kind: 'found';
      /** Digest shown in the row. */
      readonly digest: string;
      /** Digest that the tag names; that of the index for a multi-platform image. */
      readonly namedDigest: string;
      /** Digests by which the image can be requested: its own and those of its platforms. */
      readonly digests: readonly string[];
      readonly imageId: string | undefined;
      readonly labels: ReadonlyMap<string, string>;
      readonly arm64: boolean;
      /** True if a Defender of this architecture is connected. */
      readonly isScannable: boolean;
    }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly error: string };

const DEEPEST_INDEX = 3;

/** Resolves a tag or a digest now; throws if the registry fails. */
async function lookUp(
  client: RegistryClient,
  repository: string,
  tagOrDigest: string,
  { settings, defenders }: Scenario,
): Promise<LookupResult> {
  const named = await client.manifest(repository, tagOrDigest);
  if (named === undefined) return { kind: 'absent' };
  const architectures: ReadonlySet<string> = new Set(
    defenders.filter(({ connected }) => connected).map(({ arm64 }) => (arm64 ? 'arm64' : 'amd64')),
  );
  const image = await imageOf(client, repository, named, architectures);
  const { configDigest } = image;
  const { labels, architecture } =
    configDigest === undefined
      ? { labels: new Map<string, string>(), architecture: '' }
      : await client.configuration(repository, configDigest);
  return {
    kind: 'found',
    digest: settings.indexDigest === 'index' ? named.digest : image.digest,
    namedDigest: named.digest,
    digests: [named.digest, ...(named.platforms ?? []).map(({ digest }) => digest)],
    imageId: settings.rowId === 'config' ? configDigest : named.digest,
    labels,
    arm64: architecture === 'arm64',
    isScannable: architectures.has(architecture === '' ? 'amd64' : architecture),
  };
}

/** Returns the manifest itself, or the one of an index that a connected Defender scans. */
async function imageOf(
  client: RegistryClient,
  repository: string,
  named: Manifest,
  architectures: ReadonlySet<string>,
  depth = 1,
): Promise<Manifest> {
  if (named.platforms === undefined) return named;
  const platform = platformToScan(named.platforms, architectures);
  const image = platform && (await client.manifest(repository, platform.digest));
  if (image === undefined || depth > DEEPEST_INDEX) {
    throw new RegistryError(`the index ${named.digest} of ${repository} has no image`);
  }
  return imageOf(client, repository, image, architectures, depth + 1);
}

/** A Linux platform that a Defender scans, linux/amd64 first, or else the first platform. */
function platformToScan(
  platforms: readonly PlatformManifest[],
  architectures: ReadonlySet<string>,
): PlatformManifest | undefined {
  const scannable = platforms.filter(
    ({ os, architecture }) => os === 'linux' && architectures.has(architecture),
  );
  return scannable.find(({ architecture }) => architecture === 'amd64') ?? scannable[0] ?? platforms[0];
}

/** Label in an image's configuration that names its findings; an image without it is clean. */
export const FINDINGS_LABEL = 'embedded-console.findings';

export interface Discovered {
  readonly registry: RegistrySpec;
  /** undefined: discovery failed. */
  readonly images: readonly ImageSpec[] | undefined;
}

const discoveryMs = 700;
/** Long enough to be seen running: a sudden end could belong to an earlier scan. */
const FAILING_DISCOVERY_MS = 2_500;

/** The content of a registry as parts of a scenario. Errors of the registry become errors of scans. */
export class RealRegistry {
  readonly #client: RegistryClient;
  readonly #scenario: Scenario;
  readonly #scanMs: number;

  constructor(client: RegistryClient, scenario: Scenario, scanMs: number) {
    this.#client = client;
    this.#scenario = scenario;
    this.#scanMs = scanMs;
  }

  get name(): string {
    return this.#client.name;
  }

  /** Returns the image of a tag, or all images of a repository: a digest may belong to any tag. */
  async imagesFor({ repo, tag, digest }: ImageReference): Promise<readonly ImageSpec[]> {
    try {
      await this.#client.check();
      if (tag !== undefined) return await this.#images(repo, [tag], 'discovery-error');
      const images = await this.#images(repo, await this.#client.tags(repo), 'discovery-error');
      const isTagged = images.some((image) => image.digests?.includes(digest ?? ''));
      return isTagged || digest === undefined ? images : [...images, ...(await this.#untagged(repo, digest))];
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
        discoveryMs: FAILING_DISCOVERY_MS,
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
      const named = lookup.kind === 'found' ? { digest: lookup.namedDigest, digests: lookup.digests } : {};
      return [this.#image({ repo, tag, ...named }, lookup, outcome)];
    });
    return images.flat();
  }

  /** An image that no tag names. */
  async #untagged(repo: string, digest: string): Promise<ImageSpec[]> {
    const lookup = await this.#lookUp(repo, digest);
    return lookup.kind === 'found' ? [this.#image({ repo, tag: '', digest }, lookup, 'scan-error')] : [];
  }

  async #lookUp(repo: string, tagOrDigest: string): Promise<LookupResult> {
    try {
      return await lookUp(this.#client, repo, tagOrDigest, this.#scenario);
    } catch (error) {
      return failed(error);
    }
  }

  #image(
    named: Pick<ImageSpec, 'repo' | 'tag'> & Partial<Pick<ImageSpec, 'digest' | 'digests'>>,
    lookup: LookupResult,
    outcome: Outcome,
  ): ImageSpec {
    return buildImage({ ...named, registry: this.name, scans: [this.#scan(lookup, outcome)], real: true });
  }

  /** Builds the scan of a lookup result; if nothing was found, it fails with `outcome`. */
  #scan(lookup: LookupResult, outcome: Outcome): ScanSpec {
    const failing = lookup.kind !== 'found' && outcome === 'discovery-error';
    const durations = { discoveryMs: failing ? FAILING_DISCOVERY_MS : discoveryMs, scanMs: this.#scanMs };
    switch (lookup.kind) {
      case 'found': {
        const { digest, imageId, labels, arm64, isScannable } = lookup;
        const found = findingSet(labels.get(FINDINGS_LABEL) ?? 'clean');
        const id = imageId === undefined ? {} : { imageId };
        const scan = buildScan({ ...found, ...durations, digest, ...id, arm64 });
        return isScannable ? scan : unscannable(scan, this.#scenario.settings);
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
