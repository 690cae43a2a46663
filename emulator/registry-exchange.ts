/** A registry that cannot be used, in words that a scan's error can carry. */
export class RegistryError extends Error {}

export type Answer = { readonly body: Buffer; readonly headers: Headers };

const largestBody = 8 * 1024 * 1024;

/** One question and one answer at a time, within a deadline, to one host and no other. */
export class RegistryExchange {
  /** Host and port. */
  readonly name: string;
  readonly #base: URL;
  readonly #deadlineMs: number;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(address: string, deadlineMs: number) {
    const url = new URL(address);
    const { username, password } = url;
    const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    this.#headers =
      username === '' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
    this.#base = new URL(url.origin);
    this.#deadlineMs = deadlineMs;
    this.name = url.host;
  }

  /** undefined: 404. */
  async get(path: string, headers: Record<string, string> = {}): Promise<Answer | undefined> {
    const url = new URL(path, this.#base);
    if (url.origin !== this.#base.origin) throw new RegistryError(`${this.name} links to ${url.origin}`);
    try {
      const signal = AbortSignal.timeout(this.#deadlineMs);
      const response = await fetch(url, { headers: { ...this.#headers, ...headers }, signal });
      const body = Buffer.from(await response.arrayBuffer());
      if (response.status === 404) return undefined;
      if (!response.ok) throw new RegistryError(`${path}: ${response.status} from ${this.name}`);
      if (body.length > largestBody) throw new RegistryError(`${path}: ${body.length} bytes are too many`);
      return { body, headers: response.headers };
    } catch (cause) {
      if (cause instanceof RegistryError) throw cause;
      throw new RegistryError(`${path}: no answer from ${this.name}: ${reasonOf(cause)}`, { cause });
    }
  }
}

/** What `fetch` hides under "fetch failed". */
function reasonOf(error: unknown): string {
  const cause = partOf(error, 'cause');
  const reason = partOf(cause, 'code') ?? partOf(cause, 'message') ?? partOf(error, 'message');
  return text(reason) ?? String(error);
}

function partOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
