import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHttpTransport } from '../../src/http/transport.ts';
import { type Digest, isDigest } from '../../src/image/image.ts';
import { knownPlatformName } from '../../src/image/platform.ts';
import { createCredentialFinder } from '../../src/registry/docker-config.ts';
import { createRegistry, type ImageRegistry } from '../../src/registry/registry.ts';
import { systemClock } from '../../src/shell/machine.ts';
import { KEEPER, Registry } from './registry.ts';
import { TokenServer } from './token-server.ts';

const run = promisify(execFile);

let folder: string;
let tokenServer: TokenServer;
let byPassword: Registry;
let byToken: Registry;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-scan-gate-client-'));
  tokenServer = await TokenServer.start(folder);
  [byPassword, byToken] = await Promise.all([Registry.start(), Registry.start(tokenServer.auth)]);
});

afterAll(async () => {
  await Promise.all([byPassword.stop(), byToken.stop(), tokenServer.stop()]);
  await rm(folder, { recursive: true });
});

/** A client as a run has it, with the credentials in this file. */
function clientWith(authFile: string): ImageRegistry {
  return createRegistry({
    transport: createHttpTransport('test', systemClock, { extraCas: undefined, verify: true }),
    clock: systemClock,
    limit: { requestMs: () => 60_000, leftMs: () => 120_000 },
    signal: new AbortController().signal,
    redact: (text) => text,
    debug: () => undefined,
    addSecret: () => undefined,
    findCredential: createCredentialFinder({
      environment: { REGISTRY_AUTH_FILE: authFile },
      readFile: (path) => readFileSync(path, 'utf8'),
      signal: new AbortController().signal,
      runHelper: () => Promise.reject(new Error('there is no helper')),
      addSecret: () => undefined,
    }),
  });
}

/** Lets skopeo write the file with the credentials, as users do. */
async function logIn(registry: Registry, name: string): Promise<string> {
  const authFile = join(folder, `${name}.json`);
  const login = ['--username', KEEPER.username, '--password', KEEPER.password, '--tls-verify=false'];
  await run('skopeo', ['login', '--authfile', authFile, ...login, registry.name]);
  return authFile;
}

async function authFile(name: string, auths: object): Promise<string> {
  const path = join(folder, `${name}.json`);
  await writeFile(path, JSON.stringify({ auths }));
  return path;
}

function asDigest(text: string): Digest {
  if (!isDigest(text)) throw new Error(`${text} is no digest`);
  return text;
}

async function platformsOf(client: ImageRegistry, registry: Registry, repository: string): Promise<unknown> {
  const image = { registry: registry.name, repository };
  const digest = await client.resolveTag(image, '1.0');
  const { platforms } = await client.manifestsOf(image, digest);
  return platforms.map(({ platform }) => knownPlatformName(platform));
}

/** The digest that the registry itself gives for a tag, by skopeo. */
async function digestBySkopeo(registry: Registry, repository: string): Promise<string> {
  const credentials = ['--creds', `${KEEPER.username}:${KEEPER.password}`, '--tls-verify=false'];
  const reference = `docker://${registry.name}/${repository}:1.0`;
  // The manifest as it is, whatever it is: skopeo would choose a platform of an index.
  const { stdout } = await run('skopeo', ['inspect', '--raw', ...credentials, reference]);
  const path = join(folder, 'manifest.json');
  await writeFile(path, stdout);
  return (await run('skopeo', ['manifest-digest', path])).stdout.trim();
}

describe.each([
  ['user and password', () => byPassword],
  ['a token', () => byToken],
] as const)('A registry that wants %s', (_name, registryOf) => {
  test.each([
    ['an image', 'plain', { architectures: ['arm64'] }, ['linux/arm64']],
    ['an index', 'two', { architectures: ['amd64', 'arm64'] }, ['linux/amd64', 'linux/arm64']],
    ['one image with its attestation', 'attested', { attestations: 'images' }, ['linux/amd64']],
  ] as const)('gives what runs in %s', async (_what, name, content, expected) => {
    const registry = registryOf();
    const digest = await registry.push(`shop/${name}`, '1.0', { text: name, ...content });
    const client = clientWith(await logIn(registry, `login-${name}`));
    const image = { registry: registry.name, repository: `shop/${name}` };

    expect(await client.resolveTag(image, '1.0')).toBe(digest);
    expect(await digestBySkopeo(registry, `shop/${name}`)).toBe(digest);
    expect(await platformsOf(client, registry, `shop/${name}`)).toEqual(expected);
  });

  test('gives the configuration, which is the image id', async () => {
    const registry = registryOf();
    const repository = 'shop/identified';
    await registry.push(repository, '1.0', { text: 'identified', attestations: 'images' });
    const client = clientWith(await logIn(registry, 'login-id'));
    const image = { registry: registry.name, repository };
    const { platforms } = await client.manifestsOf(image, await client.resolveTag(image, '1.0'));

    const credentials = ['--creds', `${KEEPER.username}:${KEEPER.password}`, '--tls-verify=false'];
    const [only] = platforms;
    const reference = `docker://${registry.name}/${repository}@${only?.digest}`;
    const { stdout } = await run('skopeo', ['inspect', '--raw', ...credentials, reference]);
    expect(stdout).toContain(`"digest":"${only?.configDigest}"`);
  });

  test('gives an image that umoci made', async () => {
    const registry = registryOf();
    const layout = await mkdtemp(join(folder, 'umoci-'));
    const image = `${join(layout, 'layout')}:image`;
    await run('umoci', ['init', '--layout', join(layout, 'layout')]);
    await run('umoci', ['new', '--image', image]);
    await run('umoci', ['config', '--image', image, '--architecture', 'arm64', '--os', 'linux']);
    await registry.pushLayout(join(layout, 'layout'), 'shop/umoci', '1.0');
    const client = clientWith(await logIn(registry, 'login-umoci'));
    expect(await platformsOf(client, registry, 'shop/umoci')).toEqual(['linux/arm64']);
  });

  test('refuses a wrong password', async () => {
    const registry = registryOf();
    await registry.push('shop/secret', '1.0', { text: 'secret' });
    const auth = Buffer.from(`${KEEPER.username}:a-guess`).toString('base64');
    const client = clientWith(await authFile('wrong', { [registry.name]: { auth } }));
    await expect(platformsOf(client, registry, 'shop/secret')).rejects.toMatchObject({
      kind: 'unauthorized',
      hint: expect.stringContaining(`The credentials are those for "${registry.name}"`),
    });
  });

  test('refuses who has no password', async () => {
    const registry = registryOf();
    await registry.push('shop/secret', '1.0', { text: 'secret' });
    const client = clientWith(await authFile('empty', {}));
    await expect(platformsOf(client, registry, 'shop/secret')).rejects.toMatchObject({
      kind: 'unauthorized',
    });
  });

  test('does not have every image', async () => {
    const registry = registryOf();
    const client = clientWith(await logIn(registry, 'login-none'));
    await expect(platformsOf(client, registry, 'shop/none')).rejects.toMatchObject({ kind: 'not-found' });
    const image = { registry: registry.name, repository: 'shop/none' };
    await expect(client.manifestsOf(image, asDigest(`sha256:${'0'.repeat(64)}`))).rejects.toMatchObject({
      kind: 'not-found',
    });
  });
});

test('Attestations that are artifacts are no platforms', async () => {
  const digest = await byPassword.pushAsItIs('shop/artifacts', {
    text: 'artifacts',
    architectures: ['amd64', 'arm64'],
    attestations: 'artifacts',
  });
  const client = clientWith(await logIn(byPassword, 'login-artifacts'));
  const image = { registry: byPassword.name, repository: 'shop/artifacts' };
  const { platforms } = await client.manifestsOf(image, asDigest(digest));
  expect(platforms.map(({ platform }) => knownPlatformName(platform))).toEqual([
    'linux/amd64',
    'linux/arm64',
  ]);
});

describe('A registry that wants a token', () => {
  test('is asked for pulling alone', async () => {
    await byToken.push('shop/modest', '1.0', { text: 'modest' });
    const client = clientWith(await logIn(byToken, 'login-modest'));
    const before = tokenServer.requests.length;
    await platformsOf(client, byToken, 'shop/modest');
    expect(tokenServer.requests.slice(before)).toEqual([
      { user: KEEPER.username, scope: 'repository:shop/modest:pull' },
    ]);
  });

  test('gives what is public to everybody', async () => {
    await byToken.push('public/cart', '1.0', { text: 'public' });
    const client = clientWith(await authFile('nobody', {}));
    const before = tokenServer.requests.length;
    expect(await platformsOf(client, byToken, 'public/cart')).toEqual(['linux/amd64']);
    expect(tokenServer.requests.slice(before)).toEqual([
      { user: 'anonymous', scope: 'repository:public/cart:pull' },
    ]);
  });

  test('takes an identity token for one', async () => {
    await byToken.push('shop/identity', '1.0', { text: 'identity' });
    const entry = {
      auth: Buffer.from('<token>:').toString('base64'),
      identitytoken: tokenServer.identityToken,
    };
    const client = clientWith(await authFile('identity', { [byToken.name]: entry }));
    expect(await platformsOf(client, byToken, 'shop/identity')).toEqual(['linux/amd64']);
  });
});
