import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { killGroup } from '../../src/lifecycle.ts';
import { type HelperLimits, runCredentialHelper } from '../../src/registry/credential-helper.ts';
import { createCredentialFinder, type FoundCredential } from '../../src/registry/docker-config.ts';
import { endpointOf } from '../../src/registry/endpoint.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const login = (password: string) => ({ auth: base64(`octo:${password}`) });

interface Given {
  readonly files?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly helper?: (name: string, server: string) => string;
}

interface Found extends FoundCredential {
  readonly secrets: readonly string[];
  readonly helpers: readonly string[];
}

async function find(registry: string, repository: string, given: Given): Promise<Found> {
  const { files = {}, environment = { HOME: '/home/octo' } } = given;
  const secrets: string[] = [];
  const helpers: string[] = [];
  const findCredential = createCredentialFinder({
    environment,
    readFile: (path) => {
      const content = files[path];
      if (content === undefined) throw new Error('no such file');
      return typeof content === 'string' ? content : JSON.stringify(content);
    },
    signal: new AbortController().signal,
    runHelper: async (name, server) => {
      helpers.push(`${name} ${server}`);
      if (given.helper === undefined) throw new Error('failed');
      return given.helper(name, server);
    },
    addSecret: (secret) => secrets.push(secret),
  });
  return { ...(await findCredential(endpointOf({ registry, repository }))), secrets, helpers };
}

const CONFIG = '/home/octo/.docker/config.json';
const inConfig = (config: unknown) => ({ files: { [CONFIG]: config } });
const inAuths = (auths: unknown) => inConfig({ auths });
const passwordOf = ({ credential }: FoundCredential): string | undefined =>
  credential?.kind === 'password' ? credential.password : undefined;

describe("Docker's credentials for a registry", () => {
  test.each<[string, string, string]>([
    ['registry.example.com', 'registry.example.com', 'shop/cart'],
    ['https://registry.example.com', 'registry.example.com', 'shop/cart'],
    ['https://registry.example.com/v2/', 'https://Registry.example.com/', 'shop/cart'],
    ['http://127.0.0.1:5000', '127.0.0.1:5000', 'shop/cart'],
    ['registry.example.com/shop', 'registry.example.com', 'shop/cart'],
    ['registry.example.com/shop/cart', 'registry.example.com', 'shop/cart'],
    ['registry.example.com/team', 'https://registry.example.com/team', 'cart'],
    ['https://index.docker.io/v1/', '', 'library/alpine'],
    ['docker.io', '', 'octo/app'],
    ['registry-1.docker.io', 'docker.io', 'octo/app'],
  ])('are those for %j if it is %j with %j', async (key, registry, repository) => {
    expect(passwordOf(await find(registry, repository, inAuths({ [key]: login('secret') })))).toBe('secret');
  });

  test.each<[string, string, string]>([
    ['registry.example.com', 'other.example.com', 'shop/cart'],
    ['registry.example.com', 'registry.example.com:5000', 'shop/cart'],
    ['registry.example.com:5000', 'registry.example.com', 'shop/cart'],
    ['example.com', 'registry.example.com', 'shop/cart'],
    ['registry.example.com/team', 'registry.example.com', 'teammates/cart'],
    ['registry.example.com/shop/cart', 'registry.example.com', 'shop'],
    ['https://index.docker.io/v1/', 'ghcr.io', 'octo/app'],
    ['ghcr.io', '', 'octo/app'],
  ])('are not those for %j if it is %j with %j', async (key, registry, repository) => {
    const { credential, secrets } = await find(registry, repository, inAuths({ [key]: login('secret') }));
    expect(credential).toBeUndefined();
    expect(secrets).toEqual([]);
  });

  test('are the most specific of several, and then those for the plain host', async () => {
    const auths = {
      'https://registry.example.com': login('address'),
      'registry.example.com': login('host'),
      'registry.example.com/shop': login('namespace'),
      'registry.example.com/shop/cart': login('repository'),
    };
    expect(passwordOf(await find('registry.example.com', 'shop/cart', inAuths(auths)))).toBe('repository');
    expect(passwordOf(await find('registry.example.com', 'shop/other', inAuths(auths)))).toBe('namespace');
    expect(passwordOf(await find('registry.example.com', 'other', inAuths(auths)))).toBe('host');
  });

  test.each<[string, unknown, unknown]>([
    [
      'user and password',
      { username: 'octo', password: 'p' },
      { kind: 'password', username: 'octo', password: 'p' },
    ],
    [
      'a password with colons',
      { auth: base64('octo:a:b:') },
      { kind: 'password', username: 'octo', password: 'a:b:' },
    ],
    ['padding', { auth: base64('octo:p\0\0') }, { kind: 'password', username: 'octo', password: 'p' }],
    [
      'an identity token beside a user',
      { ...login(''), identitytoken: 't' },
      { kind: 'identity-token', token: 't' },
    ],
    ['a registry token', { registrytoken: 't' }, { kind: 'registry-token', token: 't' }],
    ['nothing', {}, undefined],
    ['null', null, undefined],
    ['a user alone', { username: 'octo' }, undefined],
    ['no password', { auth: base64('octo:') }, undefined],
    ['no colon', { auth: base64('octo') }, undefined],
  ])('are read from an entry with %s', async (_name, entry, expected) => {
    const { credential } = await find(
      'registry.example.com',
      'x',
      inAuths({ 'registry.example.com': entry }),
    );
    expect(credential).toEqual(expected);
  });

  test('are made known as secrets, alone and as the header has them', async () => {
    const { secrets } = await find(
      'registry.example.com',
      'x',
      inAuths({ 'registry.example.com': login('secret') }),
    );
    expect(secrets).toEqual(['secret', 'octo:secret']);
  });

  test('are named by where they are, without a secret', async () => {
    const given = inAuths({ 'https://registry.example.com': login('secret') });
    expect((await find('registry.example.com', 'x', given)).origin).toBe(
      `The credentials are those for "https://registry.example.com" in "${CONFIG}".`,
    );
    expect((await find('ghcr.io', 'x', given)).origin).toBe(
      "No credentials for ghcr.io were found in Docker's config.json.",
    );
  });
});

describe('The file with credentials', () => {
  const file = (password: string) => ({ auths: { 'registry.example.com': login(password) } });
  const files = {
    '/run/auth.json': file('podman names it'),
    '/docker/config.json': file('DOCKER_CONFIG'),
    [CONFIG]: file('home'),
    '/run/user/1000/containers/auth.json': file('podman'),
  };
  const used = async (environment: Readonly<Record<string, string>>, more: Given = {}) =>
    passwordOf(await find('registry.example.com', 'x', { files, environment, ...more }));

  test.each<[Readonly<Record<string, string>>, string | undefined]>([
    [{ HOME: '/home/octo' }, 'home'],
    [{ USERPROFILE: '/home/octo' }, 'home'],
    [{ HOME: '/home/octo', DOCKER_CONFIG: '/docker' }, 'DOCKER_CONFIG'],
    [{ HOME: '/home/octo', DOCKER_CONFIG: '/docker/' }, 'DOCKER_CONFIG'],
    [{ HOME: '/home/octo', DOCKER_CONFIG: '/empty' }, undefined],
    [{ HOME: '/home/octo', DOCKER_CONFIG: '' }, 'home'],
    [{ HOME: '/home/octo', REGISTRY_AUTH_FILE: '/run/auth.json' }, 'podman names it'],
    [{ HOME: '/root', XDG_RUNTIME_DIR: '/run/user/1000' }, 'podman'],
    [{}, undefined],
  ])('with %j is that of %j', async (environment, expected) => {
    expect(await used(environment)).toBe(expected);
  });

  test('that does not have the registry leaves it to the next', async () => {
    const environment = { HOME: '/home/octo', XDG_RUNTIME_DIR: '/run/user/1000' };
    expect(await used(environment, { files: { ...files, [CONFIG]: { auths: {} } } })).toBe('podman');
  });

  test.each(['{"auths": {"registry.example.com": {"auth": "c2VjcmV0', '[]', '{"auths": "secret"}', ''])(
    'that is broken is named, and nothing of it: %j',
    async (content) => {
      const { credential, origin } = await find('registry.example.com', 'x', inConfig(content));
      expect(credential).toBeUndefined();
      expect(origin).toContain(`"${CONFIG}" is not a configuration of Docker.`);
      expect(origin).not.toMatch(/secret|c2Vj/);
    },
  );
});

describe('A credential helper', () => {
  const given = (config: unknown, output?: object): Given => ({
    ...inConfig(config),
    ...(output === undefined ? {} : { helper: () => JSON.stringify(output) }),
  });
  const SECRET = { ServerURL: 'x', Username: 'octo', Secret: 'secret' };

  test('of one registry is asked for it, though there is an entry', async () => {
    const config = {
      credHelpers: { 'registry.example.com': 'ecr-login' },
      auths: { 'registry.example.com': login('old') },
    };
    const found = await find('https://registry.example.com', 'x', given(config, SECRET));
    expect(found).toMatchObject({
      credential: { kind: 'password', username: 'octo', password: 'secret' },
      helpers: ['ecr-login registry.example.com'],
      secrets: ['secret', 'octo:secret'],
      origin: 'The credentials are those that "docker-credential-ecr-login" gave.',
    });
  });

  test.each<[string, unknown, string]>([
    ['registry.example.com', {}, 'desktop registry.example.com'],
    ['registry.example.com', { 'https://registry.example.com': {} }, 'desktop https://registry.example.com'],
    ['', {}, 'desktop https://index.docker.io/v1/'],
  ])('of all registries is asked for %j with %j as %j', async (registry, auths, expected) => {
    const { helpers } = await find(registry, 'octo/x', given({ credsStore: 'desktop', auths }, SECRET));
    expect(helpers).toEqual([expected]);
  });

  test('of all registries is not needed if the file has the password', async () => {
    const config = { credsStore: 'desktop', auths: { 'registry.example.com': login('here') } };
    const found = await find('registry.example.com', 'x', given(config, SECRET));
    expect(passwordOf(found)).toBe('here');
    expect(found.helpers).toEqual([]);
  });

  test('that gives a token gives an identity token', async () => {
    const output = { Username: '<token>', Secret: 'identity' };
    const { credential } = await find('registry.example.com', 'x', given({ credsStore: 'desktop' }, output));
    expect(credential).toEqual({ kind: 'identity-token', token: 'identity' });
  });

  test.each<[string, Given]>([
    ['fails', given({ credsStore: 'desktop' })],
    ['gives no secret', given({ credsStore: 'desktop' }, { Username: 'octo' })],
    ['gives no JSON', { ...inConfig({ credsStore: 'desktop' }), helper: () => 'credentials not found' }],
  ])('that %s leaves the registry without credentials, and is named', async (_name, failing) => {
    const { credential, origin } = await find('registry.example.com', 'x', failing);
    expect(credential).toBeUndefined();
    expect(origin).toBe(
      `The credential helper "docker-credential-desktop", which "${CONFIG}" names, gave no credentials.`,
    );
  });

  test.each(['../evil', '/bin/sh', 'a b', 'a;b', '-x', 'A', '..'])(
    'with the name %j is not run',
    async (name) => {
      const { helpers, origin } = await find(
        'registry.example.com',
        'x',
        given({ credsStore: name }, SECRET),
      );
      expect(helpers).toEqual([]);
      expect(origin).toContain('which is not run');
    },
  );
});

describe('The program of a credential helper', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'registry-scan-gate-helper-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (
    script: string,
    { signal = new AbortController().signal, limitMs = 60_000 }: Partial<HelperLimits> = {},
  ): Promise<string> => {
    const path = join(folder, 'docker-credential-octo');
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    const inputs = { INPUT_PASSWORD: 'secret', SCAN_GATE_TOKEN: 'secret' };
    const environment = {
      PATH: `${folder}${delimiter}${process.env.PATH}`,
      MARK: 'from the environment',
      ...inputs,
    };
    return runCredentialHelper('octo', 'https://registry.example.com/$(x)', environment, {
      signal,
      limitMs,
      killGroup,
    });
  };

  test('gets the server as it is, and the environment', async () => {
    expect(await run('read server; echo "$1 $server $MARK"')).toBe(
      'get https://registry.example.com/$(x) from the environment\n',
    );
  });

  test('does not get our inputs', async () => {
    expect(await run('echo "$INPUT_PASSWORD$SCAN_GATE_TOKEN"')).toBe('\n');
  });

  test('may fail, and its output is not shown', async () => {
    await expect(run('echo secret; echo secret >&2; exit 1')).rejects.toThrow(
      /^the credential helper failed$/,
    );
  });

  test('may end without reading', async () => {
    expect(await run('exec echo done')).toBe('done\n');
  });

  test('may not print without end', async () => {
    await expect(run('yes')).rejects.toThrow('failed');
  });

  test('ends with the run', async () => {
    const abort = new AbortController();
    const work = run('exec sleep 600', { signal: abort.signal });
    abort.abort();
    await expect(work).rejects.toThrow('failed');
  });

  test('that hangs is ended in time, with all that it has started', async () => {
    const pidFile = join(folder, 'pid');
    const work = run(`sleep 600 & echo $! > ${pidFile}; wait`, { limitMs: 1_000 });
    await expect(work).rejects.toThrow('failed');

    const pid = Number(readFileSync(pidFile, 'utf8'));
    const isRunning = (): boolean => {
      try {
        // A process that was not waited for yet still has its number.
        return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
      } catch {
        return false;
      }
    };
    while (isRunning()) await setTimeout(20);
  });

  test('may not be there', async () => {
    await expect(
      runCredentialHelper(
        'none',
        'x',
        { PATH: folder },
        { signal: new AbortController().signal, limitMs: 60_000, killGroup },
      ),
    ).rejects.toThrow('failed');
  });
});
