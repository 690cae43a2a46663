import { createHash } from 'node:crypto';
import {
  fieldsOf,
  jsonFrom,
  RegistryError,
  RegistryHttp,
  type RegistryResponse,
  text,
} from './registry-http.ts';

const AT_ATIME = 16;

/** Maps a list with limited concurrency; results keep the order. */
export async function mapInBatches<Item, Made>(
  items: readonly Item[],
  make: (item: Item) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = [];
  for (let from = 0; from < items.length; from += AT_ATIME) {
    made.push(...(await Promise.all(items.slice(from, from + AT_ATIME).map(make))));
  }
  return made;
}

/** A manifest by a tag or a digest; `digest` is that of its bytes. */
export interface Manifest {
  readonly digest: string;
  /** Digest of the image's configuration; undefined for an index. */
  readonly configDigest: string | undefined;
  /** Platforms of an index, without attestations; undefined for a single image. */
  readonly platforms: readonly PlatformManifest[] | undefined;
}

/** The part of an image's configuration that a scan depends on. */
export interface Configuration {
  readonly labels: ReadonlyMap<string, string>;
  /** Empty: not given. */
  readonly architecture: string;
}

export interface PlatformManifest {
  readonly digest: string;
  readonly os: string;
  readonly architecture: string;
}

const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const MOST_PAGES = 1_000;
const REPOSITORY_NAME = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;
const reference = /^(?:\w[\w.-]{0,127}|sha256:[0-9a-f]{64})$/;

/** Reads a registry over the OCI distribution API. */
export class RegistryClient {
  readonly #exchange: RegistryHttp;

  /** `address` may carry user and password. */
  constructor(address: string, deadlineMs: number) {
    this.#exchange = new RegistryHttp(address, deadlineMs);
  }

  /** The registry as image names spell it: host and port. */
  get name(): string {
    return this.#exchange.name;
  }

  /** Checks that the registry is reachable and grants access; throws otherwise. */
  async check(): Promise<void> {
    await this.#found('/v2/');
  }

  async repositories(): Promise<string[]> {
    const first = '/v2/_catalog?n=100';
    return this.#pages(await this.#found(first), first, 'repositories');
  }

  /** The tags of a repository; none if there is no such repository. */
  async tags(repository: string): Promise<string[]> {
    if (!REPOSITORY_NAME.test(repository)) return [];
    const first = `/v2/${repository}/tags/list?n=100`;
    const answer = await this.#exchange.get(first);
    return answer === undefined ? [] : this.#pages(answer, first, 'tags');
  }

  /** The manifest that a tag or a digest names; undefined if there is none. */
  async manifest(repository: string, tagOrDigest: string): Promise<Manifest | undefined> {
    if (!REPOSITORY_NAME.test(repository) || !reference.test(tagOrDigest)) return undefined;
    const path = `/v2/${repository}/manifests/${tagOrDigest}`;
    const answer = await this.#exchange.get(path, { accept: MANIFEST_TYPES });
    if (answer === undefined) return undefined;
    const digest = `sha256:${createHash('sha256').update(answer.body).digest('hex')}`;
    const told = answer.headers.get('docker-content-digest') ?? digest;
    const asked = tagOrDigest.startsWith('sha256:') ? tagOrDigest : digest;
    if (told !== digest || asked !== digest) {
      throw new RegistryError(`manifest of ${repository}: ${told} was announced and ${digest} came`);
    }
    const { config, manifests } = fieldsOf(jsonFrom(answer.body, path));
    return {
      digest,
      configDigest: text(fieldsOf(config).digest),
      platforms: Array.isArray(manifests) ? manifests.flatMap(platformManifest) : undefined,
    };
  }

  /** Reads labels and architecture from the configuration of an image. */
  async configuration(repository: string, configDigest: string): Promise<Configuration> {
    if (!reference.test(configDigest)) return { labels: new Map(), architecture: '' };
    const path = `/v2/${repository}/blobs/${configDigest}`;
    const answer = await this.#found(path);
    const fields = fieldsOf(jsonFrom(answer.body, path));
    const labels = Object.entries(fieldsOf(fieldsOf(fields.config).Labels));
    return {
      labels: new Map(labels.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : []))),
      architecture: text(fields.architecture) ?? '',
    };
  }

  /** The names of a list that comes in pages, each with a link to the next. */
  async #pages(first: RegistryResponse, path: string, field: string): Promise<string[]> {
    const names: string[] = [];
    let answer = first;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const listed = fieldsOf(jsonFrom(answer.body, path))[field];
      // A repository without any tag left has null.
      if (Array.isArray(listed)) names.push(...listed.filter((name) => typeof name === 'string'));
      const next = /<([^>]+)>\s*;\s*rel="?next"?/i.exec(answer.headers.get('link') ?? '')?.[1];
      if (next === undefined) return names;
      answer = await this.#found(next);
    }
    throw new RegistryError(`${path} has no last page`);
  }

  async #found(path: string): Promise<RegistryResponse> {
    const answer = await this.#exchange.get(path);
    if (answer === undefined) throw new RegistryError(`${path}: 404 from ${this.name}`);
    return answer;
  }
}

/** An attestation is marked by its platform, by an annotation, or by an artifact type. */
function platformManifest(entry: unknown): PlatformManifest[] {
  const { digest, platform, annotations, artifactType } = fieldsOf(entry);
  const { os, architecture } = fieldsOf(platform);
  const isAttestation =
    os === 'unknown' ||
    artifactType !== undefined ||
    fieldsOf(annotations)['vnd.docker.reference.type'] !== undefined;
  if (isAttestation) return [];
  const named = text(digest);
  return named === undefined
    ? []
    : [{ digest: named, os: text(os) ?? '', architecture: text(architecture) ?? '' }];
}
