import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ImageContent, layImage } from './image.ts';

const run = promisify(execFile);

export const KEEPER = { username: 'octo-keeper', password: 'battery-staple-Kx4' } as const;
/** The same password as bcrypt keeps it, which is the one form that this registry takes. */
const KEEPER_LINE = '$2b$04$5zBLZkbZNpM7/EVh0QJTZ.g9fCPn0H5HpwR.zGhubR/R.7QUABwnC';

const MANIFESTS = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

/** A real registry on loopback, with nothing in it to begin with, that wants the keeper's password for everything. */
export class Registry {
  /** As image references name it: `127.0.0.1:PORT`. */
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(name: string, process: ChildProcess, folder: string) {
    this.name = name;
    this.#process = process;
    this.#folder = folder;
  }

  /** `auth` is how it authenticates its users, in the words of its configuration; by the keeper's password by default. */
  static async start(auth?: object): Promise<Registry> {
    const folder = await mkdtemp(join(tmpdir(), 'registry-scan-gate-registry-'));
    await writeFile(join(folder, 'passwords'), `${KEEPER.username}:${KEEPER_LINE}\n`);
    const configuration = {
      version: '0.1',
      storage: { filesystem: { rootdirectory: join(folder, 'content') } },
      http: { addr: '127.0.0.1:0' },
      auth: auth ?? { htpasswd: { realm: 'octo', path: join(folder, 'passwords') } },
    };
    await writeFile(join(folder, 'configuration.yml'), JSON.stringify(configuration));
    const registry = spawn('docker-registry', ['serve', join(folder, 'configuration.yml')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return new Registry(await addressOf(registry), registry, folder);
  }

  /** Its address, with the keeper's credentials in it. */
  get address(): string {
    return `http://${KEEPER.username}:${KEEPER.password}@${this.name}`;
  }

  /** Pushes an image, as a build would, and gives its digest. */
  async push(repo: string, tag: string, content: ImageContent): Promise<string> {
    const folder = await mkdtemp(join(this.#folder, 'image-'));
    const digest = await layImage(folder, content);
    await this.pushLayout(folder, repo, tag);
    return digest;
  }

  /** Pushes what an OCI image layout names `image`. */
  async pushLayout(folder: string, repo: string, tag: string): Promise<void> {
    await run('skopeo', [
      ...['copy', '--quiet', '--all', '--preserve-digests', '--dest-tls-verify=false'],
      ...['--dest-creds', `${KEEPER.username}:${KEEPER.password}`],
      ...[`oci:${folder}:image`, `docker://${this.name}/${repo}:${tag}`],
    ]);
  }

  /** Pushes an image without a tool in between, for what skopeo would write in other bytes, and gives its digest. */
  async pushAsItIs(repo: string, content: ImageContent, tag?: string): Promise<string> {
    const folder = await mkdtemp(join(this.#folder, 'image-'));
    const digest = await layImage(folder, content);
    const blobs = join(folder, 'blobs', 'sha256');
    const manifests: { readonly hash: string; readonly bytes: Buffer; readonly type: string }[] = [];
    for (const hash of await readdir(blobs)) {
      const bytes = await readFile(join(blobs, hash));
      const [, type] = /"mediaType":"(application\/vnd\.oci\.image\.(?:index|manifest)\.v1\+json)"}$/.exec(
        bytes.toString('latin1'),
      ) ?? [undefined, undefined];
      if (type === undefined) await this.#upload(repo, hash, bytes);
      else manifests.push({ hash, bytes, type });
    }
    // The registry takes an index once it has what is in it.
    manifests.sort((a, b) => Number(a.type.includes('index')) - Number(b.type.includes('index')));
    for (const { hash, bytes, type } of manifests) {
      await this.#ask(`/v2/${repo}/manifests/sha256:${hash}`, 'PUT', bytes, { 'content-type': type });
      if (tag !== undefined && digest.endsWith(hash)) {
        await this.#ask(`/v2/${repo}/manifests/${tag}`, 'PUT', bytes, { 'content-type': type });
      }
    }
    return digest;
  }

  /** Everything that it holds, by its own account: `repo:tag` and digest. */
  async content(): Promise<Record<string, string>> {
    const held: Record<string, string> = {};
    for (const repo of await this.#names('/v2/_catalog', 'repositories')) {
      for (const tag of await this.#names(`/v2/${repo}/tags/list`, 'tags'))
        held[`${repo}:${tag}`] = await this.#digestOf(repo, tag);
    }
    return held;
  }

  /** True if it has this manifest, under whatever tag or none. */
  async has(repo: string, digest: string): Promise<boolean> {
    return (await this.#ask(`/v2/${repo}/manifests/${digest}`)).ok;
  }

  /** The digest of the image for each architecture in an index. */
  async digestsOf(repo: string, digest: string): Promise<Record<string, string>> {
    const index: unknown = await (await this.#ask(`/v2/${repo}/manifests/${digest}`)).json();
    const found = JSON.stringify(index).matchAll(
      /"digest":"(sha256:[0-9a-f]{64})"(?:(?!"digest").)*?"platform":{"os":"linux","architecture":"(\w+)"/g,
    );
    return Object.fromEntries([...found].map(([, of = '', architecture = '']) => [architecture, of]));
  }

  /** The architectures in an index. */
  async platforms(repo: string, digest: string): Promise<string[]> {
    const body: unknown = await (await this.#ask(`/v2/${repo}/manifests/${digest}`)).json();
    return [...JSON.stringify(body).matchAll(/"architecture":"(\w+)"/g)].map(([, name = '']) => name);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.#process.kill();
    await ended;
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #digestOf(repo: string, tag: string): Promise<string> {
    const answer = await this.#ask(`/v2/${repo}/manifests/${tag}`);
    return answer.headers.get('docker-content-digest') ?? `status ${answer.status}`;
  }

  /** A list of names in an answer; a repository without tags has `null` there. */
  async #names(path: string, field: 'repositories' | 'tags'): Promise<string[]> {
    const answer = await this.#ask(path);
    const body: unknown = await answer.json();
    if (!answer.ok || typeof body !== 'object' || body === null) throw new Error(`${path}: ${answer.status}`);
    const names: unknown = new Map<string, unknown>(Object.entries(body)).get(field);
    return Array.isArray(names) ? names.map(String) : [];
  }

  async #upload(repo: string, hash: string, bytes: Uint8Array): Promise<void> {
    const begun = await this.#ask(`/v2/${repo}/blobs/uploads/`, 'POST');
    const { pathname, searchParams } = new URL(begun.headers.get('location') ?? '', `http://${this.name}`);
    searchParams.set('digest', `sha256:${hash}`);
    const done = await this.#ask(`${pathname}?${searchParams}`, 'PUT', bytes);
    if (!done.ok) throw new Error(`${pathname}: ${done.status}`);
  }

  #ask(
    path: string,
    method = 'GET',
    body?: Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const basic = Buffer.from(`${KEEPER.username}:${KEEPER.password}`).toString('base64');
    return fetch(`http://${this.name}${path}`, {
      method,
      headers: { authorization: `Basic ${basic}`, accept: MANIFESTS, ...headers },
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
    });
  }
}

/** The address that it prints once it listens. */
function addressOf(registry: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = '';
    registry.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      const [, address] = /listening on (127\.0\.0\.1:\d+)/.exec(log) ?? [];
      if (address !== undefined) resolve(address);
    });
    registry.once('error', reject);
    registry.once('close', () => reject(new Error(`The registry did not start:\n${log}`)));
  });
}
