/** A registry that cannot be used; the message becomes the error of the scan. */
export class RegistryError extends Error {}

export interface RegistryResponse {
  readonly body: Buffer;
  readonly headers: Headers;
}

const LARGEST_BODY = 8 * 1024 * 1024;

/** Sends requests to one registry, each within a deadline. */
export class RegistryHttp {
  /** Host and port. */
  readonly name: string;
  readonly #base: URL;
  readonly #deadlineMs: number;
  readonly #basic: string | undefined;
  /** Tokens by scope, from the token service of the registry. */
  readonly #tokens = new Map<string, string>();

  constructor(address: string, deadlineMs: number) {
    const url = new URL(address);
    const { username, password } = url;
    const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    this.#basic = username === '' ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
    this.#base = new URL(url.origin);
    this.#deadlineMs = deadlineMs;
    this.name = url.host;
  }

  /** Sends a GET request; undefined: 404. */
  async get(path: string, headers: Record<string, string> = {}): Promise<RegistryResponse | undefined> {
    const url = new URL(path, this.#base);
    if (url.origin !== this.#base.origin) throw new RegistryError(`${this.name} links to ${url.origin}`);
    try {
      const first = await this.#fetch(url, headers, this.#tokens.get(scopeOf(path)));
      const challenge = bearerChallenge(first.headers.get('www-authenticate') ?? '');
      if (first.status !== 401 || challenge === undefined) return await this.#read(first, path);
      const token = await this.#token(challenge);
      this.#tokens.set(scopeOf(path), token);
      return await this.#read(await this.#fetch(url, headers, token), path);
    } catch (cause) {
      if (cause instanceof RegistryError) throw cause;
      throw new RegistryError(`${path}: no answer from ${this.name}: ${reasonOf(cause)}`, { cause });
    }
  }

  #fetch(url: URL, headers: Record<string, string>, token: string | undefined): Promise<Response> {
    const authorization = token === undefined ? this.#basic : `Bearer ${token}`;
    return fetch(url, {
      headers: { ...(authorization === undefined ? {} : { authorization }), ...headers },
      signal: AbortSignal.timeout(this.#deadlineMs),
    });
  }

  async #read(response: Response, path: string): Promise<RegistryResponse | undefined> {
    const body = Buffer.from(await response.arrayBuffer());
    if (response.status === 404) return undefined;
    if (!response.ok) throw new RegistryError(`${path}: ${response.status} from ${this.name}`);
    if (body.length > LARGEST_BODY) throw new RegistryError(`${path}: ${body.length} bytes are too many`);
    return { body, headers: response.headers };
  }

  /** Gets a token; the password goes to the host of the registry and over HTTPS only. */
  async #token({ realm, service, scope }: BearerChallenge): Promise<string> {
    if (!URL.canParse(realm)) throw new RegistryError(`${this.name} names no valid token service`);
    const url = new URL(realm);
    if (service !== '') url.searchParams.set('service', service);
    if (scope !== '') url.searchParams.set('scope', scope);
    const isTrusted = url.hostname === this.#base.hostname || url.protocol === 'https:';
    if (!isTrusted) throw new RegistryError(`${this.name} names ${url.host} as its token service`);
    const response = await this.#read(await this.#fetch(url, {}, undefined), url.pathname);
    const { token, access_token: accessToken } = fieldsOf(
      jsonFrom(response?.body ?? Buffer.of(), url.pathname),
    );
    const given = text(token) ?? text(accessToken);
    if (given === undefined) throw new RegistryError(`${url.host} gives no token`);
    return given;
  }
}

interface BearerChallenge {
  readonly realm: string;
  readonly service: string;
  readonly scope: string;
}

function bearerChallenge(header: string): BearerChallenge | undefined {
  if (!/^bearer\s/i.test(header)) return undefined;
  const parameter = (name: string) => new RegExp(`${name}="([^"]*)"`, 'i').exec(header)?.[1] ?? '';
  return { realm: parameter('realm'), service: parameter('service'), scope: parameter('scope') };
}

/** Paths of one repository share a token. */
function scopeOf(path: string): string {
  return /^\/v2\/(.+)\/(?:manifests|blobs|tags)\//.exec(path)?.[1] ?? path;
}

/** The cause that `fetch` hides under "fetch failed". */
function reasonOf(error: unknown): string {
  const cause = partOf(error, 'cause');
  const reason = partOf(cause, 'code') ?? partOf(cause, 'message') ?? partOf(error, 'message');
  return text(reason) ?? String(error);
}

function partOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function jsonFrom(body: Buffer, path: string): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new RegistryError(`${path}: not JSON`, { cause });
  }
}

export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
