import { CallError, failureOf } from '../http/call-error.ts';
import type { Digest } from '../image/image.ts';
import type { FailedRead, ImageManifests, PlatformManifest } from '../image/manifests.ts';
import type { Platform } from '../image/platform.ts';
import { noImage, type RegistryClient } from './client.ts';
import type { Endpoint } from './endpoint.ts';
import type { Child, Manifest } from './manifest.ts';
import { registryError } from './registry-error.ts';

/** Far more than the platforms and attestations of any image; each costs a request. */
const MOST_CHILDREN = 200;
const DEEPEST_INDEX = 4;
/** The SHA-256 of `{}`, the configuration of OCI artifacts, which need not be read. */
const EMPTY_CONFIG = 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';

/** An entry of an index with the manifest that it names; undefined if the registry does not have it. */
interface ReadChild {
  readonly child: Child;
  readonly manifest: Manifest | undefined;
}

/**
 * Reads the runnable images behind a digest. An entry is a platform unless its manifest proves that it cannot run:
 * containerd, Docker and podman choose by the platform, and run an entry without one if its configuration fits.
 */
export class PlatformReader {
  readonly #client: RegistryClient;
  readonly #endpoint: Endpoint;
  readonly #digest: Digest;
  #unread: FailedRead | undefined;

  constructor(client: RegistryClient, endpoint: Endpoint, digest: Digest) {
    this.#client = client;
    this.#endpoint = endpoint;
    this.#digest = digest;
  }

  /** Rejects with a `CallError`; a configuration that cannot be read leaves its platform unknown. */
  async read(): Promise<ImageManifests> {
    const digest = this.#digest;
    const manifest = await this.#client.manifest(this.#endpoint, digest);
    if (manifest.kind === 'image') {
      const platform = await this.#configPlatform(manifest.config);
      const platforms = [{ platform, digest, configDigest: manifest.config }];
      return { digest, isIndex: false, platforms, unread: this.#unread };
    }
    if (manifest.kind !== 'index') throw noImage(`${digest} in ${this.#endpoint.registry}`, manifest.kind);
    const children = await this.#children(manifest.children);
    const platforms = await Promise.all(children.map((child) => this.#platformOf(child)));
    return {
      digest,
      isIndex: true,
      platforms: platforms.filter((platform) => platform !== undefined),
      unread: this.#unread,
    };
  }

  /** The entries of the index and of the indexes in it, each once; indexes themselves are left out. */
  async #children(first: readonly Child[]): Promise<readonly ReadChild[]> {
    const found = new Map<string, ReadChild>();
    const seen = new Set<string>();
    let level = first;
    for (let depth = 1; level.length > 0; depth += 1) {
      const fresh = level.filter((child) => !seen.has(childKey(child)));
      for (const child of fresh) seen.add(childKey(child));
      this.#checkSize(seen.size, depth);
      const read = await Promise.all(fresh.map((child) => this.#readChild(child)));
      for (const each of read) if (each.manifest?.kind !== 'index') found.set(childKey(each.child), each);
      level = read.flatMap(({ manifest }) => (manifest?.kind === 'index' ? manifest.children : []));
    }
    return [...found.values()];
  }

  #checkSize(children: number, depth: number): void {
    if (children <= MOST_CHILDREN && depth <= DEEPEST_INDEX) return;
    const limit = children > MOST_CHILDREN ? `more than ${MOST_CHILDREN} images` : 'too many nested indexes';
    throw registryError(
      'unsupported',
      `The index ${this.#digest} in ${this.#endpoint.registry} has ${limit}`,
    );
  }

  async #readChild(child: Child): Promise<ReadChild> {
    const manifest = await this.#client.manifest(this.#endpoint, child.digest).catch((error: unknown) => {
      if (error instanceof CallError && error.kind === 'not-found') return undefined;
      throw error;
    });
    const kind = manifest?.kind === 'index' || manifest?.kind === 'image' ? manifest.kind : undefined;
    if (kind !== undefined && child.kind !== undefined && kind !== child.kind) {
      const names = `names the ${kind} ${child.digest} as an ${child.kind}`;
      throw registryError('invalid-response', `The index ${this.#digest} ${names}`);
    }
    return { child, manifest };
  }

  /** The platform of an entry; undefined if the entry is not an image that runs. */
  async #platformOf({ child, manifest }: ReadChild): Promise<PlatformManifest | undefined> {
    const { digest, platform, isUnknown } = child;
    if (manifest?.kind !== 'image') {
      return isNoImage(manifest, isUnknown) ? undefined : { platform, digest, configDigest: undefined };
    }
    const { config, isRunnable } = manifest;
    if (!isRunnable && (isUnknown || (await this.#namesNoPlatform(child, config)))) return undefined;
    return { platform: platform ?? (await this.#configPlatform(config)), digest, configDigest: config };
  }

  /**
   * True if neither entry nor configuration names a platform. An image that names one can run: podman and CRI-O
   * unpack layers of any type (containers/image rejects none).
   */
  async #namesNoPlatform({ platform }: Child, config: Digest): Promise<boolean> {
    if (platform !== undefined) return false;
    if (config === EMPTY_CONFIG) return true;
    try {
      return (await this.#client.configPlatform(this.#endpoint, config)) === undefined;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      return false;
    }
  }

  async #configPlatform(config: Digest): Promise<Platform | undefined> {
    try {
      return await this.#client.configPlatform(this.#endpoint, config);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      this.#unread = failureOf(error);
      return undefined;
    }
  }
}

function childKey({ digest, platform, isUnknown }: Child): string {
  return JSON.stringify([digest, platform, isUnknown]);
}

function isNoImage(manifest: Manifest | undefined, isUnknown: boolean): boolean {
  return manifest === undefined ? isUnknown : manifest.kind === 'artifact';
}
