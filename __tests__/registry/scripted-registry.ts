import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { createHttpTransport, type HttpTransport } from '../../src/http/transport.ts';
import type { Digest } from '../../src/image/image.ts';
import type { FoundCredential, RegistryCredential } from '../../src/registry/docker-config.ts';
import { createRegistry, type ImageRegistry } from '../../src/registry/registry.ts';
import type { Clock } from '../../src/scan/clock.ts';
import { digestOf } from '../image/manifests.ts';

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly platform?: object;
  readonly annotations?: object;
  readonly artifactType?: string;
}

export interface Received {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly body: string;
}

type Answer = (request: Received, response: ServerResponse, whole: IncomingMessage) => void;

/** A registry on loopback with the content that a test puts in; a test can script its answers. */
export class ScriptedRegistry {
  readonly requests: Received[] = [];
  readonly #server: Server;
  readonly #content = new Map<string, string | Uint8Array>();
  readonly #answers = new Map<string, Answer>();
  /** Decides before the content does; gives whether it has answered. */
  guard: (request: Received, response: ServerResponse) => boolean = () => false;

  private constructor(tls: ServerOptions | undefined) {
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => this.#answer(request, response, body));
    };
    this.#server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  }

  /** With a key and a certificate it speaks TLS. */
  static async start(tls?: ServerOptions): Promise<ScriptedRegistry> {
    const registry = new ScriptedRegistry(tls);
    await new Promise<void>((resolve) => registry.#server.listen(0, '127.0.0.1', resolve));
    return registry;
  }

  /** As image references name it. */
  get name(): string {
    const address = this.#server.address();
    return `127.0.0.1:${address === null || typeof address === 'string' ? 0 : address.port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The paths that were asked for, without the beginning that all have. */
  get paths(): readonly string[] {
    return this.requests.map(({ url }) => url.pathname.replace('/v2/shop/cart/', ''));
  }

  /** Holds a text as a manifest, and gives its digest. */
  text(text: string): Digest {
    const digest = digestOf(text);
    this.hold(`manifests/${digest}`, text);
    return digest;
  }

  /** Holds a document as a manifest, under its digest and perhaps a tag, and gives its descriptor. */
  manifest(document: object, tag?: string): Descriptor {
    const text = JSON.stringify(document);
    const digest = this.text(text);
    if (tag !== undefined) this.hold(`manifests/${tag}`, text);
    const mediaType =
      'mediaType' in document && typeof document.mediaType === 'string' ? document.mediaType : '';
    return { mediaType, digest, size: text.length };
  }

  /** Holds an image: its manifest and its configuration. */
  image(architecture: string, change: object = {}, tag?: string): Descriptor & { readonly config: Digest } {
    const config = JSON.stringify({ os: 'linux', architecture, rootfs: { type: 'layers', diff_ids: [] } });
    this.hold(`blobs/${digestOf(config)}`, config);
    const layer = { mediaType: LAYER, digest: digestOf(`layer ${architecture}`), size: 1 };
    const descriptor = this.manifest(
      {
        schemaVersion: 2,
        mediaType: OCI_MANIFEST,
        config: { mediaType: OCI_CONFIG, digest: digestOf(config), size: config.length },
        layers: [layer],
        ...change,
      },
      tag,
    );
    return { ...descriptor, config: digestOf(config) };
  }

  /** Holds an index of these descriptors. */
  index(manifests: readonly object[], tag?: string): Descriptor {
    return this.manifest({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }, tag);
  }

  hold(path: string, content: string | Uint8Array): void {
    this.#content.set(`/v2/shop/cart/${path}`, content);
  }

  drop(path: string): void {
    this.#content.delete(`/v2/shop/cart/${path}`);
  }

  /** Answers a path by hand. */
  answer(path: string, answer: Answer): void {
    this.#answers.set(path.startsWith('/') ? path : `/v2/shop/cart/${path}`, answer);
  }

  #answer(whole: IncomingMessage, response: ServerResponse, body: string): void {
    const url = new URL(whole.url ?? '/', `http://${this.name}`);
    const { authorization } = whole.headers;
    const request = { method: whole.method ?? '', url, authorization, body };
    this.requests.push(request);
    if (this.guard(request, response)) return;
    const answer = this.#answers.get(url.pathname);
    const content = this.#content.get(url.pathname);
    if (answer !== undefined) answer(request, response, whole);
    else if (content === undefined) {
      respond(response, 404, registryErrors('MANIFEST_UNKNOWN', 'manifest unknown'));
    } else respond(response, 200, content, { 'docker-content-digest': digestOf(content) });
  }
}

export function respond(
  response: ServerResponse,
  status: number,
  content: string | Uint8Array = '',
  headers: Readonly<Record<string, string | string[]>> = {},
): void {
  response.writeHead(status, { ...headers });
  response.end(content);
}

export function registryErrors(code: string, message: string): string {
  return JSON.stringify({ errors: [{ code, message }] });
}

/** Time that passes only by sleeping, at once. */
export class InstantClock implements Clock {
  readonly sleeps: number[] = [];
  #nowMs = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  async sleep(ms: number): Promise<void> {
    this.sleeps.push(ms);
    this.#nowMs += ms;
  }
}

/** The clock of the transport: a request takes too long when the test says so. */
export class RingingClock implements Clock {
  readonly #wake = new Set<() => void>();

  nowMs(): number {
    return 0;
  }

  sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#wake.delete(wake);
        resolve();
      };
      this.#wake.add(wake);
      signal?.addEventListener('abort', wake);
    });
  }

  ring(): void {
    for (const wake of [...this.#wake]) wake();
  }
}

export interface Client {
  readonly registry: ImageRegistry;
  readonly clock: InstantClock;
  readonly transportClock: RingingClock;
  readonly secrets: Set<string>;
  readonly debugTexts: string[];
  readonly abort: AbortController;
}

export interface ClientGiven {
  readonly credential?: RegistryCredential;
  readonly findCredential?: () => Promise<FoundCredential>;
  readonly transport?: HttpTransport;
  /** How much time there is in all, by the client's clock. */
  readonly timeMs?: number;
}

/** A registry client whose pauses take no time. */
export function createClient(given: ClientGiven = {}): Client {
  const { credential, timeMs = 600_000 } = given;
  const clock = new InstantClock();
  const transportClock = new RingingClock();
  const secrets = new Set<string>();
  const debugTexts: string[] = [];
  const abort = new AbortController();
  const origin = credential === undefined ? 'There are no credentials.' : 'The credentials are of the test.';
  const registry = createRegistry({
    transport:
      given.transport ?? createHttpTransport('test', transportClock, { extraCas: undefined, verify: true }),
    clock,
    limit: { requestMs: () => 30_000, leftMs: () => Math.max(0, timeMs - clock.nowMs()) },
    signal: abort.signal,
    redact: (text) => [...secrets].reduce((rest, secret) => rest.replaceAll(secret, '***'), text),
    debug: (text) => debugTexts.push(text),
    addSecret: (secret) => secrets.add(secret),
    findCredential: given.findCredential ?? (async () => ({ credential, origin })),
  });
  return { registry, clock, transportClock, secrets, debugTexts, abort };
}
