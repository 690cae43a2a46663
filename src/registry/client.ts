import { createHash } from 'node:crypto';
import type { CallError } from '../http/call-error.ts';
import { DecodeError, isPage } from '../http/decode.ts';
import { isLoopback } from '../http/host-name.ts';
import type { HttpResponse } from '../http/transport.ts';
import { type Digest, isDigest } from '../image/image.ts';
import type { Platform } from '../image/platform.ts';
import { sanitize } from '../text/sanitize.ts';
import type { Authenticator } from './authenticator.ts';
import { type Endpoint, endpointName } from './endpoint.ts';
import { ACCEPT_MANIFEST, decodeConfigPlatform, decodeManifest, type Manifest } from './manifest.ts';
import { registryError, statusFailure } from './registry-error.ts';
import { attemptName, type Sender } from './sender.ts';

const MOST_REDIRECTS = 3;

interface ReadDocument {
  /** `GET https://ghcr.io/v2/octo/app/manifests/1.0`, for messages. */
  readonly attempt: string;
  readonly response: HttpResponse;
}

/**
 * Reads manifests and configurations; content that is read by digest is checked against it. Rejects with a
 * `CallError`.
 */
export class RegistryClient {
  readonly #send: Sender;
  readonly #authenticator: Authenticator;
  readonly #redact: (text: string) => string;
  /** By `host/repository@digest`. */
  readonly #manifests = new Map<string, Promise<Manifest>>();

  constructor(send: Sender, authenticator: Authenticator, redact: (text: string) => string) {
    this.#send = send;
    this.#authenticator = authenticator;
    this.#redact = redact;
  }

  /** The digest of the manifest that a tag names now. */
  async resolveTag(endpoint: Endpoint, tag: string): Promise<Digest> {
    const { attempt, response } = await this.#get(endpoint, `manifests/${tag}`, ACCEPT_MANIFEST);
    const digest = digestOf(response.body);
    const manifest = decodedAnswer(attempt, 'a manifest', () => decodeManifest(response.body));
    if (manifest.kind !== 'index' && manifest.kind !== 'image') throw noImage(attempt, manifest.kind);
    const named = response.headers['docker-content-digest'];
    if (typeof named === 'string' && isDigest(named) && named !== digest) {
      throw registryError(
        'invalid-response',
        `${attempt}: the registry says that this is ${named}, but the SHA-256 of the answer is ${digest}`,
        { hint: 'A proxy may have changed it.' },
      );
    }
    this.#manifests.set(`${endpointName(endpoint)}@${digest}`, Promise.resolve(manifest));
    return digest;
  }

  /** The manifest of a digest, read once in a run. */
  manifest(endpoint: Endpoint, digest: Digest): Promise<Manifest> {
    const key = `${endpointName(endpoint)}@${digest}`;
    const manifest = this.#manifests.get(key) ?? this.#readManifest(endpoint, digest);
    this.#manifests.set(key, manifest);
    // A failure is not kept: the next attempt may be answered.
    manifest.catch(() => this.#manifests.delete(key));
    return manifest;
  }

  async #readManifest(endpoint: Endpoint, digest: Digest): Promise<Manifest> {
    const { attempt, response } = await this.#get(endpoint, `manifests/${digest}`, ACCEPT_MANIFEST);
    verifyDigest(attempt, response.body, digest);
    return decodedAnswer(attempt, 'a manifest', () => decodeManifest(response.body));
  }

  /** The platform that the configuration of an image names; undefined if it names none. */
  async configPlatform(endpoint: Endpoint, config: Digest): Promise<Platform | undefined> {
    const answer = await this.#get(endpoint, `blobs/${config}`, '*/*');
    const { attempt, response } = await this.#followed(answer, endpoint);
    verifyDigest(attempt, response.body, config);
    return decodedAnswer(attempt, 'a configuration', () => decodeConfigPlatform(response.body));
  }

  /**
   * Sends a request, and repeats it with a header if the registry requires authentication. A redirect is an answer,
   * too.
   */
  async #get(endpoint: Endpoint, path: string, accept: string): Promise<ReadDocument> {
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
    const advice = status === 401 || status === 403 ? await this.#authenticator.advice(endpoint) : undefined;
    const isBlobElsewhere = path.startsWith('blobs/') && isRedirect(response);
    const failure = isBlobElsewhere ? undefined : statusFailure(attempt, response, this.#redact, advice);
    if (failure !== undefined) throw failure;
    return { attempt, response };
  }

  /** Follows the redirects of a blob, which registries keep in other storage. No credentials go there. */
  async #followed(answer: ReadDocument, endpoint: Endpoint): Promise<ReadDocument> {
    let { attempt, response } = answer;
    let from = endpoint.origin;
    for (let count = 0; isRedirect(response); count += 1) {
      const url = redirectTarget(response.headers.location, from);
      if (url === undefined || count >= MOST_REDIRECTS) {
        const why =
          url === undefined ? 'to an address that is not https' : `more than ${MOST_REDIRECTS} times`;
        throw registryError('unsupported', `${attempt}: redirected (${response.status}) ${why}`);
      }
      const request = { method: 'GET' as const, url, headers: { accept: '*/*' } };
      attempt = attemptName(request);
      response = await this.#send(request);
      from = url;
    }
    const failure = statusFailure(attempt, response, this.#redact);
    if (failure !== undefined) throw failure;
    return { attempt, response };
  }
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

function isRedirect({ status }: HttpResponse): boolean {
  return REDIRECTS.has(status);
}

/** The target of a redirect; undefined if it is not followed. Plain http is followed on loopback only. */
function redirectTarget(location: string | undefined, from: URL): URL | undefined {
  if (location === undefined || !URL.canParse(location, from.href)) return undefined;
  const url = new URL(location, from);
  url.hash = '';
  if (url.username !== '' || url.password !== '') return undefined;
  if (url.protocol === 'https:') return url;
  const isWithinLoopback = isLoopback(from.hostname) && isLoopback(url.hostname);
  return url.protocol === 'http:' && isWithinLoopback ? url : undefined;
}

/** The error for a manifest that is neither an image nor an index of images. */
export function noImage(name: string, kind: 'format-1' | 'artifact'): CallError {
  const what = kind === 'artifact' ? 'an artifact, and no image' : 'an image of the obsolete format 1';
  return registryError('unsupported', `${name}: the answer is not a manifest, it is ${what}`);
}

function decodedAnswer<T>(attempt: string, what: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const message = `${attempt}: the answer is not ${what}, ${sanitize(error.message)}`;
    throw registryError('invalid-response', message, { cause: error });
  }
}

function digestOf(body: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

function verifyDigest(attempt: string, body: Uint8Array, asked: Digest): void {
  const digest = digestOf(body);
  if (digest === asked) return;
  const what = isPage(body) ? 'a page of HTML' : 'other content';
  throw registryError('invalid-response', `${attempt}: the answer is ${what}, its SHA-256 is ${digest}`, {
    hint: 'A proxy may have changed it, or the registry is wrong.',
  });
}
