import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { HttpRequest, HttpTransport } from '../../src/http/transport.ts';
import type { RegistryCredential } from '../../src/registry/docker-config.ts';
import { digestOf } from '../image/manifests.ts';
import {
  type Client,
  createClient,
  type Received,
  registryErrors,
  respond,
  ScriptedRegistry,
} from './scripted-registry.ts';

const USERNAME = 'octo-reader';
const PASSWORD = 'battery-staple-Kx4';
const LOGIN: RegistryCredential = { kind: 'password', username: USERNAME, password: PASSWORD };
const BASIC = `Basic ${Buffer.from(`${USERNAME}:${PASSWORD}`).toString('base64')}`;

let server: ScriptedRegistry;

beforeEach(async () => {
  server = await ScriptedRegistry.start();
});

afterEach(() => server.stop());

const read = ({ registry }: Client) =>
  registry.resolveTag({ registry: server.name, repository: 'shop/cart' }, '1.0');

const authorizations = (): readonly string[] =>
  server.requests.map(({ url, authorization }) => `${url.pathname} ${authorization ?? 'anonymous'}`);

const MANIFEST = '/v2/shop/cart/manifests/1.0';

/** Wants this header on everything below /v2/, and answers with the challenge otherwise. */
function guardWith(
  isAllowed: (authorization: string | undefined) => boolean,
  challenge: string | string[],
): void {
  server.guard = ({ url, authorization }, response) => {
    if (!url.pathname.startsWith('/v2/') || isAllowed(authorization)) return false;
    const headers = { 'www-authenticate': challenge };
    respond(response, 401, registryErrors('UNAUTHORIZED', 'authentication required'), headers);
    return true;
  };
}

/** Gives tokens at /token, and wants them. */
function guardWithTokens(
  tokens: readonly string[],
  answer?: (request: Received) => object,
): readonly string[] {
  const given: string[] = [];
  server.answer('/token', (request, response) => {
    const token = tokens[Math.min(given.length, tokens.length - 1)] ?? '';
    given.push(token);
    respond(response, 200, JSON.stringify(answer?.(request) ?? { token }));
  });
  guardWith(
    (authorization) => authorization === `Bearer ${tokens.at(-1)}`,
    `Bearer realm="http://${server.name}/token",service="octo service"`,
  );
  return given;
}

describe('A registry that wants', () => {
  test('nothing gets nothing', async () => {
    server.image('amd64', {}, '1.0');
    await read(createClient({ credential: LOGIN }));
    expect(authorizations()).toEqual([`${MANIFEST} anonymous`]);
  });

  test('user and password gets them once it asks, and with every later request', async () => {
    const { digest } = server.image('amd64', {}, '1.0');
    guardWith((authorization) => authorization === BASIC, 'Basic realm="octo"');
    const client = createClient({ credential: LOGIN });
    await read(client);
    await client.registry.manifestsOf({ registry: server.name, repository: 'shop/cart' }, digest);
    expect(authorizations().slice(0, 2)).toEqual([`${MANIFEST} anonymous`, `${MANIFEST} ${BASIC}`]);
    expect(
      authorizations()
        .slice(2)
        .every((text) => text.endsWith(BASIC)),
    ).toBe(true);
  });

  test('user and password, of which there are none, gets a message that says so', async () => {
    guardWith(() => false, 'Basic realm="octo"');
    await expect(read(createClient())).rejects.toMatchObject({
      kind: 'unauthorized',
      what: `${server.name} requests a user and a password`,
      hint: 'There are no credentials.',
    });
  });

  test('others than those that there are is asked once', async () => {
    guardWith(() => false, 'Basic realm="octo"');
    const client = createClient({ credential: LOGIN });
    await expect(read(client)).rejects.toMatchObject({
      kind: 'unauthorized',
      what: expect.stringContaining('authentication required)'),
      hint: 'The credentials are of the test.',
    });
    expect(server.requests).toHaveLength(2);
    await expect(read(client)).rejects.toMatchObject({ kind: 'unauthorized' });
    expect(server.requests).toHaveLength(3);
  });

  test('a token gets one that was obtained with user and password', async () => {
    server.image('amd64', {}, '1.0');
    guardWithTokens(['token-one']);
    const client = createClient({ credential: LOGIN });
    await read(client);
    expect(authorizations()).toEqual([
      `${MANIFEST} anonymous`,
      `/token ${BASIC}`,
      `${MANIFEST} Bearer token-one`,
    ]);
    expect(Object.fromEntries(server.requests[1]?.url.searchParams ?? [])).toEqual({
      service: 'octo service',
      scope: 'repository:shop/cart:pull',
    });
    expect(client.secrets).toContain('token-one');
  });

  test('a token gets an anonymous one if there are no credentials', async () => {
    server.image('amd64', {}, '1.0');
    guardWithTokens(['token-one'], () => ({ access_token: 'token-one' }));
    await read(createClient());
    expect(authorizations()[1]).toBe('/token anonymous');
  });

  test('a token gets one that was obtained with an identity token', async () => {
    server.image('amd64', {}, '1.0');
    guardWithTokens(['token-one']);
    await read(createClient({ credential: { kind: 'identity-token', token: 'identity &=' } }));
    const [, request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', authorization: undefined });
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: 'refresh_token',
      client_id: 'registry-scan-gate',
      service: 'octo service',
      scope: 'repository:shop/cart:pull',
      refresh_token: 'identity &=',
    });
  });

  test('a token gets the registry token that Docker keeps for it', async () => {
    server.image('amd64', {}, '1.0');
    guardWithTokens(['registry-token']);
    await read(createClient({ credential: { kind: 'registry-token', token: 'registry-token' } }));
    expect(authorizations()).toEqual([`${MANIFEST} anonymous`, `${MANIFEST} Bearer registry-token`]);
  });

  test.each([
    [
      'for more than pulling is asked for pulling',
      '',
      'shop/cart:pull,push',
      '?scope=repository%3Ashop%2Fcart%3Apull',
    ],
    [
      'of a scope of its own is given that, and the query of its address is kept',
      '?host=a',
      'proxy/shop/cart:pull',
      '?host=a&scope=repository%3Aproxy%2Fshop%2Fcart%3Apull',
    ],
  ])('a token %s', async (_what, query, scope, asked) => {
    server.image('amd64', {}, '1.0');
    guardWithTokens(['token-one']);
    const challenge = `Bearer realm="http://${server.name}/token${query}",scope="repository:${scope}"`;
    guardWith((authorization) => authorization === 'Bearer token-one', challenge);
    await read(createClient());
    expect(server.requests[1]?.url.search).toBe(asked);
  });

  test.each([
    ['in one header', (bearer: string) => `Basic realm="octo", ${bearer}`],
    ['in two headers', (bearer: string) => ['Basic realm="octo"', bearer]],
  ])('one of several things, %s, gets a token', async (_name, challenge) => {
    server.image('amd64', {}, '1.0');
    guardWithTokens(['token-one']);
    const bearer = `Bearer realm="http://${server.name}/token",service="s"`;
    guardWith((authorization) => authorization === 'Bearer token-one', challenge(bearer));
    await read(createClient({ credential: LOGIN }));
    expect(authorizations().at(-1)).toBe(`${MANIFEST} Bearer token-one`);
  });

  test('an unknown scheme gets a message that says so', async () => {
    guardWith(() => false, 'Negotiate abc==');
    await expect(read(createClient({ credential: LOGIN }))).rejects.toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('offers no known way to authenticate'),
    });
    expect(authorizations()).toEqual([`${MANIFEST} anonymous`]);
  });
});

describe('Credentials that could not be had', () => {
  test('are looked for again at the next attempt, and then kept', async () => {
    guardWith((authorization) => authorization?.startsWith('Basic ') === true, 'Basic realm="octo"');
    server.image('amd64', {}, '1.0');
    let lookups = 0;
    const client = createClient({
      findCredential: async () => {
        lookups += 1;
        return lookups === 1
          ? { credential: undefined, origin: 'The helper gave none.' }
          : { credential: LOGIN, origin: 'The helper gave them.' };
      },
    });
    await expect(read(client)).rejects.toMatchObject({ hint: 'The helper gave none.' });
    await read(client);
    await read(client);
    expect(lookups).toBe(2);
  });
});

describe('A token', () => {
  test('that has expired is replaced once, by all requests together', async () => {
    const image = server.image('amd64');
    const { digest } = server.index(
      ['amd64', 'arm64', 's390x', 'ppc64le'].map((architecture) => ({
        ...server.image(architecture),
        platform: { os: 'linux', architecture },
      })),
      '1.0',
    );
    const given = guardWithTokens(['token-one', 'token-two', 'token-three']);
    let valid = 'token-one';
    guardWith(
      (authorization) => authorization === `Bearer ${valid}`,
      `Bearer realm="http://${server.name}/token",service="s"`,
    );
    const client = createClient({ credential: LOGIN });
    await read(client);
    valid = 'token-two';
    const cart = { registry: server.name, repository: 'shop/cart' };
    await client.registry.manifestsOf(cart, digest);
    expect(given).toEqual(['token-one', 'token-two']);
    valid = 'none';
    await expect(client.registry.manifestsOf(cart, digestOf(image.digest))).rejects.toMatchObject({
      kind: 'unauthorized',
    });
    expect(given).toHaveLength(3);
  });

  test.each<[string, number, string, string]>([
    ['is refused', 401, registryErrors('UNAUTHORIZED', 'wrong password'), 'unauthorized'],
    ['is denied', 403, '{"details":"denied"}', 'forbidden'],
    ['is not there', 200, '{}', 'invalid-response'],
    ['cannot be sent', 200, '{"token":"a\\r\\nx: y"}', 'invalid-response'],
    ['is a page', 200, '<html>', 'invalid-response'],
    ['is redirected', 302, '', 'invalid-response'],
  ])('that %s ends it', async (_name, status, content, kind) => {
    guardWithTokens(['x']);
    server.answer('/token', (_, response) =>
      respond(response, status, content, { location: 'https://evil.example.net/' }),
    );
    const client = createClient({ credential: LOGIN });
    await expect(read(client)).rejects.toMatchObject({ kind });
    await expect(read(client)).rejects.toMatchObject({ kind });
    expect(server.requests.filter(({ url }) => url.pathname === '/token')).toHaveLength(2);
  });

  test('that a busy server gives at the second attempt is used', async () => {
    server.image('amd64', {}, '1.0');
    guardWithTokens(['token-one']);
    let isBusy = true;
    server.answer('/token', (_, response) => {
      respond(response, isBusy ? 503 : 200, '{"token":"token-one"}');
      isBusy = false;
    });
    await read(createClient());
    expect(authorizations().at(-1)).toBe(`${MANIFEST} Bearer token-one`);
  });
});

describe('Credentials do not leave', () => {
  /** A transport that records who is asked for what; everything is refused with this challenge. */
  function refusing(challenge: string): {
    readonly requests: HttpRequest[];
    readonly transport: HttpTransport;
  } {
    const requests: HttpRequest[] = [];
    const transport: HttpTransport = async (request) => {
      requests.push(request);
      return { status: 401, headers: { 'www-authenticate': challenge }, body: new Uint8Array() };
    };
    return { requests, transport };
  }

  const credentials: readonly RegistryCredential[] = [
    LOGIN,
    { kind: 'identity-token', token: 'identity-Kx4' },
  ];

  test.each([
    'https://evil.example.net/token',
    'http://registry.example.com/token',
    'http://169.254.169.254/latest/meta-data',
    'https://user:x@registry.example.com/token',
    'https://registry.example.com.evil.net/',
    'https://:443/token',
    '//registry.example.com/token',
    'file:///etc/passwd',
    '',
  ])('to a token server at %j', async (realm) => {
    for (const credential of [...credentials, undefined]) {
      const { requests, transport } = refusing(`Bearer realm="${realm}",service="s"`);
      const client = createClient({ transport, ...(credential === undefined ? {} : { credential }) });
      const image = { registry: 'registry.example.com', repository: 'shop/cart' };
      await expect(client.registry.resolveTag(image, '1.0')).rejects.toMatchObject({ kind: 'unauthorized' });
      expect(requests.map(({ url, headers }) => [url.host, headers.authorization])).toEqual([
        ['registry.example.com', undefined],
      ]);
    }
  });

  test('over http, but to loopback', async () => {
    const { requests, transport } = refusing('Basic realm="octo"');
    const { registry } = createClient({ transport, credential: LOGIN });
    for (const address of [
      'http://registry.example.com',
      'http://127.0.0.1.example.com',
      'http://10.0.0.1:5000',
    ]) {
      const image = { registry: address, repository: 'shop/cart' };
      await expect(registry.resolveTag(image, '1.0')).rejects.toMatchObject({
        kind: 'unsupported',
        message: expect.stringContaining('http:// is for loopback only'),
      });
    }
    expect(requests).toEqual([]);
  });

  test('in a message, though the server says them again', async () => {
    const client = createClient({ credential: LOGIN });
    client.secrets.add(PASSWORD);
    guardWith(() => false, 'Basic realm="octo"');
    const { guard } = server;
    server.guard = (request, response) => {
      if (request.authorization === undefined) return guard(request, response);
      respond(response, 401, registryErrors('UNAUTHORIZED', `no ${PASSWORD}`));
      return true;
    };
    await expect(read(client)).rejects.toMatchObject({
      message: expect.stringContaining('(UNAUTHORIZED: no ***)'),
    });
  });
});

describe('The address of', () => {
  const asked = async (registry: string, repository: string): Promise<string | undefined> => {
    const urls: string[] = [];
    const transport: HttpTransport = async ({ url }) => {
      urls.push(url.href);
      return { status: 404, headers: {}, body: new Uint8Array() };
    };
    const client = createClient({ transport });
    await client.registry.resolveTag({ registry, repository }, '1.0').catch(() => undefined);
    return urls[0];
  };

  test.each([
    ['', 'library/alpine', 'https://registry-1.docker.io/v2/library/alpine/manifests/1.0'],
    ['docker.io', 'alpine', 'https://registry-1.docker.io/v2/library/alpine/manifests/1.0'],
    ['https://index.docker.io/', 'octo/app', 'https://registry-1.docker.io/v2/octo/app/manifests/1.0'],
    ['registry.example.com', 'cart', 'https://registry.example.com/v2/cart/manifests/1.0'],
    ['https://Registry.example.com:5000/', 'cart', 'https://registry.example.com:5000/v2/cart/manifests/1.0'],
    [
      'https://registry.example.com/team/docker',
      'cart',
      'https://registry.example.com/v2/team/docker/cart/manifests/1.0',
    ],
    ['127.0.0.1:5000', 'cart', 'http://127.0.0.1:5000/v2/cart/manifests/1.0'],
    ['localhost', 'cart', 'http://localhost/v2/cart/manifests/1.0'],
    ['https://localhost:5000', 'cart', 'https://localhost:5000/v2/cart/manifests/1.0'],
    ['http://[::1]:5000', 'cart', 'http://[::1]:5000/v2/cart/manifests/1.0'],
  ])('%j and %j', async (registry, repository, expected) => {
    expect(await asked(registry, repository)).toBe(expected);
  });

  test.each([
    ['registry.example.com/../x', 'cart'],
    ['registry.example.com', '../cart'],
    ['user@registry.example.com', 'cart'],
    ['registry.example.com?x=', 'cart'],
    ['registry.example.com:port', 'cart'],
    ['ftp://registry.example.com', 'cart'],
  ])('%j and %j is none', async (registry, repository) => {
    expect(await asked(registry, repository)).toBeUndefined();
  });
});
