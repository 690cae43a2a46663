import { createHash } from 'node:crypto';
import { CallError } from '../http/call-error.ts';
import { DecodeError } from '../http/decode.ts';
import type { HttpResponse } from '../http/transport.ts';
import { type Digest, type Image, isDigest } from '../image/image.ts';
import type { ImageManifests, PlatformManifest } from '../image/manifests.ts';
import type { Platform } from '../image/platform.ts';
import { isTag } from '../image/reference.ts';
import { quoted, sanitize } from '../text/sanitize.ts';
import { Authenticator } from './authenticator.ts';
import type { FindCredential } from './docker-config.ts';
import { type Endpoint, endpointOf } from './endpoint.ts';
import {
  ACCEPT_MANIFEST,
  type Child,
  decodeConfigPlatform,
  decodeManifest,
  type Manifest,
} from './manifest.ts';
import { registryError, statusFailure } from './registry-error.ts';
import { attemptName, createSender, type SenderEnvironment } from './sender.ts';

/** The registries of the images, for reading. Every rejection is a `CallError`, or the reason of the run's signal. */
export interface ImageRegistry {
  /** The digest of what a tag holds now. */
  resolveTag(image: Pick<Image, 'registry' | 'repository'>, tag: string): Promise<Digest>;
  /** The runnable images behind a digest. */
  manifestsOf(image: Pick<Image, 'registry' | 'repository'>, digest: Digest): Promise<ImageManifests>;
}

export interface RegistryEnvironment extends SenderEnvironment {
  readonly findCredential: FindCredential;
  /** Told every token before it is used. */
  readonly addSecret: (secret: string) => void;
}

/** Far more than any image has, platforms and attestations together; each may cost a request. */
const MOST_CHILDREN = 200;
const DEEPEST_INDEX = 4;

/** The registry client of a run. What it reads by digest is kept, so that images that share an index read it once. */
export function createRegistry(environment: RegistryEnvironment): ImageRegistry {
  const send = createSender(environment);
  const authenticator = new Authenticator({ ...environment, send });
  const client = new RegistryClient(environment, send, authenticator);
  const known = new Map<string, Promise<ImageManifests>>();
  return {
    resolveTag: async (image, tag) => client.resolveTag(endpointOf(image), tag),
    manifestsOf: async (image, digest) => {
      const endpoint = endpointOf(image);
      const key = `${endpoint.origin.host}/${endpoint.repository}@${digest}`;
      const manifests = known.get(key) ?? client.manifestsOf(endpoint, digest);
      known.set(key, manifests);
      // A failure is not kept: the next one who asks may be answered.
      manifests.catch(() => known.delete(key));
      return manifests;
    },
  };
}

class RegistryClient {
  readonly #environment: RegistryEnvironment;
  readonly #send: ReturnType<typeof createSender>;
  readonly #authenticator: Authenticator;
  /** Manifests by `host/repository@digest`. */
  readonly #manifests = new Map<string, Manifest>();

  constructor(
    environment: RegistryEnvironment,
    send: ReturnType<typeof createSender>,
    authenticator: Authenticator,
  ) {
    this.#environment = environment;
    this.#send = send;
    this.#authenticator = authenticator;
  }

  async resolveTag(endpoint: Endpoint, tag: string): Promise<Digest> {
    if (!isTag(tag)) throw registryError('unsupported', `${quoted(tag)} is not a tag.`);
    const { attempt, response } = await this.#get(endpoint, `manifests/${tag}`, ACCEPT_MANIFEST);
    const digest = digestOf(response.body);
    this.#decode(endpoint, digest, attempt, response);
    const named = response.headers['docker-content-digest'];
    if (typeof named === 'string' && isDigest(named) && named !== digest) {
      throw registryError(
        'invalid-response',
        `${attempt}: the registry says that this is ${named}, but the SHA-256 of the answer is ${digest}. ` +
          'A proxy may have changed it.',
      );
    }
    return digest;
  }

  async manifestsOf(endpoint: Endpoint, digest: Digest): Promise<ImageManifests> {
    const manifest = await this.#manifest(endpoint, digest);
    if (manifest.kind === 'image') {
      const platform = await this.#configPlatform(endpoint, manifest.config);
      return { digest, isIndex: false, platforms: [{ platform, digest, configDigest: manifest.config }] };
    }
    const children = await this.#imagesOf(endpoint, digest, manifest.children);
    const platforms = await Promise.all(children.map((child) => this.#platformManifest(endpoint, child)));
    return { digest, isIndex: true, platforms: platforms.filter((platform) => platform !== undefined) };
  }

  /** The images of an index, those of nested indexes included, each once. */
  async #imagesOf(endpoint: Endpoint, digest: Digest, children: readonly Child[]): Promise<readonly Child[]> {
    const images = new Map<string, Child>();
    const seen = new Set<Digest>([digest]);
    let level = children;
    let count = 0;
    for (let depth = 1; level.length > 0; depth += 1) {
      count += level.length;
      if (count > MOST_CHILDREN || depth > DEEPEST_INDEX) {
        const limit = count > MOST_CHILDREN ? `more than ${MOST_CHILDREN} images` : 'too many nested indexes';
        throw registryError('unsupported', `The index ${digest} in ${endpoint.registry} has ${limit}.`);
      }
      const nested: Child[] = [];
      for (const child of level) {
        if (child.kind === 'image') images.set(`${child.digest} ${JSON.stringify(child.platform)}`, child);
        else if (!seen.has(child.digest)) nested.push(child);
        seen.add(child.digest);
      }
      const manifests = await Promise.all(nested.map((child) => this.#manifest(endpoint, child.digest)));
      level = manifests.flatMap((manifest) => {
        if (manifest.kind === 'index') return manifest.children;
        throw registryError('invalid-response', `The index ${digest} names an image as an index.`);
      });
    }
    return [...images.values()];
  }

  async #platformManifest(endpoint: Endpoint, child: Child): Promise<PlatformManifest | undefined> {
    const { digest, platform, isSuspect } = child;
    const manifest = await this.#manifest(endpoint, digest).catch((error: unknown) => {
      if (error instanceof CallError && error.kind === 'not-found') return undefined;
      throw error;
    });
    // Not copied with its index: it cannot be run from here, but it is a platform that was not scanned.
    if (manifest === undefined) return isSuspect ? undefined : { platform, digest, configDigest: undefined };
    if (manifest.kind === 'index') {
      throw registryError('invalid-response', `An index names the index ${digest} as an image.`);
    }
    if (!manifest.isRunnable && (isSuspect || platform === undefined)) return undefined;
    return {
      platform: platform ?? (await this.#configPlatform(endpoint, manifest.config)),
      digest,
      configDigest: manifest.config,
    };
  }

  async #manifest(endpoint: Endpoint, digest: Digest): Promise<Manifest> {
    const known = this.#manifests.get(manifestKey(endpoint, digest));
    if (known !== undefined) return known;
    const { attempt, response } = await this.#get(endpoint, `manifests/${digest}`, ACCEPT_MANIFEST);
    checkDigest(attempt, response.body, digest);
    return this.#decode(endpoint, digest, attempt, response);
  }

  #decode(endpoint: Endpoint, digest: Digest, attempt: string, { body }: HttpResponse): Manifest {
    try {
      const manifest = decodeManifest(body);
      this.#manifests.set(manifestKey(endpoint, digest), manifest);
      return manifest;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const message = `${attempt}: the answer is not a manifest, ${sanitize(error.message)}.`;
      throw registryError('invalid-response', message, { cause: error });
    }
  }

  /**
   * The platform by the configuration, which registries often keep elsewhere and redirect to. Nothing depends on it that
   * the row cannot tell as well, so that a configuration that cannot be read leaves the platform unknown.
   */
  async #configPlatform(endpoint: Endpoint, config: Digest): Promise<Platform | undefined> {
    try {
      const { attempt, response } = await this.#get(endpoint, `blobs/${config}`, '*/*');
      checkDigest(attempt, response.body, config);
      return decodeConfigPlatform(response.body);
    } catch (error) {
      this.#environment.signal.throwIfAborted();
      if (!(error instanceof CallError || error instanceof DecodeError)) throw error;
      this.#environment.debug(`The platform is not known: ${sanitize(error.message)}`);
      return undefined;
    }
  }

  async #get(
    endpoint: Endpoint,
    path: string,
    accept: string,
  ): Promise<{ readonly attempt: string; readonly response: HttpResponse }> {
    const url = new URL(`/v2/${endpoint.repository}/${path}`, endpoint.origin);
    const request = (authorization: string | undefined) => ({
      method: 'GET' as const,
      url,
      headers: { accept, ...(authorization === undefined ? {} : { authorization }) },
    });
    const attempt = attemptName(request(undefined));
    const header = await this.#authenticator.header(endpoint);
    let response = await this.#send(request(header));
    if (response.status === 401) {
      const answer = await this.#authenticator.answer(endpoint, response, header);
      if (answer !== header) response = await this.#send(request(answer));
    }
    const { status } = response;
    const advice = status === 401 || status === 403 ? await this.#authenticator.advice(endpoint) : '';
    const failure = statusFailure(attempt, response, this.#environment.redact, advice);
    if (failure !== undefined) throw failure;
    return { attempt, response };
  }
}

function manifestKey({ origin, repository }: Endpoint, digest: Digest): string {
  return `${origin.host}/${repository}@${digest}`;
}

function digestOf(body: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

function checkDigest(attempt: string, body: Uint8Array, asked: Digest): void {
  const digest = digestOf(body);
  if (digest === asked) return;
  const what = /^\s*</.test(new TextDecoder().decode(body.subarray(0, 100)))
    ? 'a page of HTML'
    : 'other content';
  throw registryError(
    'invalid-response',
    `${attempt}: the answer is ${what}, its SHA-256 is ${digest}. A proxy may have changed it, or the registry is wrong.`,
  );
}
