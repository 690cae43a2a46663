import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
export const ociIndex = 'application/vnd.oci.image.index.v1+json';
export const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json';
export const dockerList = 'application/vnd.docker.distribution.manifest.list.v2+json';

interface Stored {
  readonly type: string;
  readonly body: Buffer;
}
interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly digest: string;
}

/** A registry on loopback that keeps what it is given, and lists two names to a page. */
export class SmallRegistry {
  /** Asked first; whatever it answers with is not answered any more. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  readonly paths: string[] = [];
  readonly #blobs = new Map<string, Stored>();
  readonly #tags = new Map<string, Map<string, string>>();
  readonly #server = createServer((request, response) => {
    this.paths.push(`${request.method} ${request.url}`);
    if (!this.intercept(request, response)) this.#answer(request, response);
  });

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  get name(): string {
    const address = this.#server.address();
    return `127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  }

  /** An image of one platform with these labels. Answers the digest of its manifest. */
  image(labels: Record<string, string> = {}, type = ociManifest, architecture = 'amd64'): string {
    const config = this.#store('application/json', { architecture, config: { Labels: labels } });
    return this.#store(type, { schemaVersion: 2, mediaType: type, config: { digest: config }, layers: [] });
  }

  /** Answers the digest of the index. */
  index(platforms: readonly Platform[], type = ociIndex): string {
    const manifests = platforms.map(({ digest, ...platform }) => ({ digest, platform }));
    return this.#store(type, { schemaVersion: 2, mediaType: type, manifests });
  }

  push(repo: string, tag: string, digest: string): void {
    const tags = this.#tags.get(repo) ?? new Map<string, string>();
    this.#tags.set(repo, tags.set(tag, digest));
  }

  remove(repo: string, tag: string): void {
    this.#tags.get(repo)?.delete(tag);
  }

  /** The digest of an image's configuration. */
  configOf(digest: string): string {
    const manifest: unknown = JSON.parse(this.#blobs.get(digest)?.body.toString() ?? '{}');
    return /"config":\{"digest":"(.*?)"/.exec(JSON.stringify(manifest))?.[1] ?? '';
  }

  #store(type: string, content: unknown): string {
    const body = Buffer.from(JSON.stringify(content, undefined, 3));
    const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
    this.#blobs.set(digest, { type, body });
    return digest;
  }

  #answer({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(url, 'http://registry.example');
    const [, repo = '', kind = '', last = ''] =
      /^\/v2\/(.+)\/(manifests|blobs|tags)\/(.+)$/.exec(pathname) ?? [];
    if (pathname === '/v2/') response.end('{}');
    else if (pathname === '/v2/_catalog') {
      this.#list(response, 'repositories', [...this.#tags.keys()], pathname, searchParams);
    } else if (kind === 'tags') {
      const tags = this.#tags.get(repo);
      if (tags === undefined) response.writeHead(404).end('{"errors":[{"code":"NAME_UNKNOWN"}]}');
      else this.#list(response, 'tags', [...tags.keys()], pathname, searchParams);
    } else {
      const stored = this.#blobs.get(this.#tags.get(repo)?.get(last) ?? last);
      const isWanted = kind === 'blobs' || (headers.accept ?? '').includes(stored?.type ?? '');
      if (stored === undefined || !isWanted) response.writeHead(404).end('{"errors":[]}');
      else response.writeHead(200, { 'content-type': stored.type }).end(stored.body);
    }
  }

  #list(response: ServerResponse, field: string, all: string[], path: string, query: URLSearchParams): void {
    const names = all.toSorted().filter((name) => name > (query.get('last') ?? ''));
    const page = names.slice(0, 2);
    if (names.length > 2) response.setHeader('link', `<${path}?n=2&last=${page[1]}>; rel="next"`);
    response.end(JSON.stringify({ name: path, [field]: page }));
  }
}
