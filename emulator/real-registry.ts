import { inTurns } from './in-turns.ts';
import type { RegistryClient } from './registry-client.ts';
import { RegistryError } from './registry-exchange.ts';
import { type Sighting, sighted } from './registry-sighting.ts';
import type { ImageReference, ImageScript, Outcome, RegistryScript, ScanScript } from './scenario.ts';
import { findingSet } from './scenarios/finding-sets.ts';
import { imageScript, registryScript, scanScript } from './script.ts';
import type { Settings } from './settings.ts';

/** The label in an image's configuration that names what its scan finds; an image without it is clean. */
export const findingsLabel = 'embedded-console.findings';

export type Discovered = {
  readonly registry: RegistryScript;
  /** undefined: discovery failed, and what is there is not known. */
  readonly images: readonly ImageScript[] | undefined;
};

const discoveryMs = 700;
/** Long enough to be seen while it runs: an end that comes out of nothing could be that of an earlier scan. */
const failingDiscoveryMs = 2_500;

/** What is in a registry, put into the words of a scenario. Never throws for what a registry does. */
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

  /** The image of a tag, or all of a repository where no tag is given: a digest may be that of any tag. */
  async imagesFor({ repo, tag, digest }: ImageReference): Promise<readonly ImageScript[]> {
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
      const found = await inTurns(repositories, async (repo) =>
        this.#images(repo, await this.#client.tags(repo), 'scan-error'),
      );
      const images = found.flat();
      const counts = { repositories: repositories.length, images: images.length };
      return { images, registry: registryScript({ ...registry, ...counts }) };
    } catch (error) {
      const counts = { repositories: 0, images: 0 };
      const failure = {
        discoveryMs: failingDiscoveryMs,
        outcome: 'discovery-error',
        errorText: failed(error).error,
      } as const;
      return { images: undefined, registry: registryScript({ ...registry, ...counts, ...failure }) };
    }
  }

  /** What a scan finds under a tag or a digest at this moment. */
  async scan(repo: string, tagOrDigest: string): Promise<ScanScript> {
    return this.#scan(await this.#sighted(repo, tagOrDigest), 'scan-error');
  }

  async #images(repo: string, tags: readonly string[], outcome: Outcome): Promise<ImageScript[]> {
    const images = await inTurns(tags, async (tag) => {
      const sighting = await this.#sighted(repo, tag);
      if (sighting.kind === 'absent') return [];
      const digest = sighting.kind === 'found' ? { digest: sighting.namedDigest } : {};
      return [this.#image({ repo, tag, ...digest }, sighting, outcome)];
    });
    return images.flat();
  }

  async #sighted(repo: string, tagOrDigest: string): Promise<Sighting> {
    try {
      return await sighted(this.#client, repo, tagOrDigest, this.#indexDigest);
    } catch (error) {
      return failed(error);
    }
  }

  #image(
    named: { readonly repo: string; readonly tag: string; readonly digest?: string },
    sighting: Sighting,
    outcome: Outcome,
  ): ImageScript {
    return imageScript({ ...named, registry: this.name, scans: [this.#scan(sighting, outcome)], real: true });
  }

  /** The scan of what was seen; where nothing was, it fails in the way that `outcome` says. */
  #scan(sighting: Sighting, outcome: Outcome): ScanScript {
    const failing = sighting.kind !== 'found' && outcome === 'discovery-error';
    const durations = { discoveryMs: failing ? failingDiscoveryMs : discoveryMs, scanMs: this.#scanMs };
    switch (sighting.kind) {
      case 'found': {
        const { digest, imageId, labels } = sighting;
        const found = findingSet(labels.get(findingsLabel) ?? 'clean');
        return scanScript({ ...found, ...durations, digest, ...(imageId === undefined ? {} : { imageId }) });
      }
      case 'absent':
        return scanScript({ ...durations, outcome, errorText: 'failed to pull image: manifest unknown' });
      case 'failed':
        return scanScript({ ...durations, outcome, errorText: sighting.error });
    }
  }
}

function failed(error: unknown): { readonly kind: 'failed'; readonly error: string } {
  if (error instanceof RegistryError) return { kind: 'failed', error: error.message };
  throw error;
}
