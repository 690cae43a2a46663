import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createAuthority } from 'compute-console-emulator/certificates';
import { OCI_CONFIG, respond, ScriptedRegistry } from '../registry/scripted-registry.ts';
import { ended, NEW_TIME, nothing, ongoing, row } from './console-data.ts';
import { gate, of, PASSED, type Run, shown, verdictOf } from './gate.ts';
import { json, type Scripts } from './scripted-console.ts';

const MISMATCH = '1 failed digest-mismatch';
const UNSCANNED = '1 failed platform-unscanned';
const REPO = 'shop/cart';
const USERNAME = 'octo-reader';
const SECRET = 'battery-staple-Kx4';
const BASIC = `Basic ${Buffer.from(`${USERNAME}:${SECRET}`).toString('base64')}`;

const authority = await createAuthority();
const certificate = await authority.issue();
const folders: string[] = [];

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-scan-gate-docker-'));
  folders.push(folder);
  return folder;
}

/** A registry of its own for one test, with an index of one platform. */
async function withRegistry(
  use: (
    registry: ScriptedRegistry,
    index: string,
    amd64: { digest: string; config: string },
  ) => Promise<void>,
  tls?: { readonly key: string; readonly cert: string },
): Promise<void> {
  const registry = await ScriptedRegistry.start(tls);
  try {
    const amd64 = registry.image('amd64');
    const { digest } = registry.index(
      [{ ...amd64, platform: { os: 'linux', architecture: 'amd64' } }],
      '1.0',
    );
    await use(registry, digest, amd64);
  } finally {
    await registry.stop();
  }
}

/** A scan whose row shows this digest. */
const showing = (name: string, digest: string, tag = '1.0'): Scripts => ({
  progress: [nothing, ongoing, ended, nothing],
  report: (_asked, nth) =>
    json(
      nth === 0
        ? null
        : [
            row(NEW_TIME, {
              repoTag: { registry: name, repo: REPO, tag },
              repoDigests: [`${name}/${REPO}@${digest}`],
            }),
          ],
    ),
});

const image = (name: string, digest: string, given: Readonly<Record<string, string>> = {}) => ({
  registry: name,
  repo: REPO,
  tag: '1.0',
  digest,
  ...given,
});

describe('A registry that cannot be asked', () => {
  /** Refuses so many requests. */
  const refusing = (registry: ScriptedRegistry, requests: number, status: number): void => {
    let left = requests;
    registry.guard = (_request, response) => {
      left -= 1;
      if (left >= 0) respond(response, status, '{}');
      return left >= 0;
    };
  };

  test.concurrent.each([403, 401, 404, 503])(
    'is asked again: %i, eight times, does not fail the wait for a platform',
    async (status) => {
      await withRegistry(async (registry, index, { digest }) => {
        refusing(registry, 8, status);
        const run = await gate(showing(registry.name, digest), image(registry.name, index));

        expect(verdictOf(run)).toBe(PASSED);
        expect(run.outputs.digest).toBe(index);
      });
    },
  );

  test.concurrent.each([
    ['the digest of a tag', { digest: 'registry' }],
    ['the platforms', { platforms: 'all' }],
    ['a digest alone', { tag: '' }],
  ])('is asked again for %s before the step gives up', async (_what, given) => {
    await withRegistry(async (registry, index, { digest }) => {
      refusing(registry, 4, 403);
      const run = await gate(showing(registry.name, digest), image(registry.name, index, given));

      expect(verdictOf(run)).toBe(PASSED);
      expect(run.outputs.digest).toBe(index);
    });
  });

  test.concurrent.each([
    ['a row of another digest', {}, MISMATCH],
    ['the digest of a tag', { digest: 'registry' }, MISMATCH],
    ['the platforms', { platforms: 'all' }, UNSCANNED],
  ])(
    'for as long as report-timeout lasts, and the message begins with why: %s',
    async (_what, given, verdict) => {
      await withRegistry(async (registry, index, { digest }) => {
        refusing(registry, Number.POSITIVE_INFINITY, 403);
        const run = await gate(showing(registry.name, digest), image(registry.name, index, given));

        expect(verdictOf(run)).toBe(verdict);
        const results: readonly { message: string }[] = JSON.parse(run.outputs.results ?? '');
        expect(results[0]?.message).toMatch(
          /^GET http:\/\/127\.0\.0\.1:\d+\/v2\/shop\/cart\/manifests\/\S+: the registry answered 403/,
        );
        expect(Number(run.outputs['duration-seconds'])).toBeGreaterThanOrEqual(115);
        expect(registry.requests.length).toBeGreaterThan(8);
        expect(registry.requests.length).toBeLessThan(60);
      });
    },
  );
});

describe('A configuration in other storage', () => {
  /** The configuration of an image is elsewhere, behind so many redirects. */
  const moved = async (registry: ScriptedRegistry, storage: ScriptedRegistry, hops: number) => {
    const document = JSON.stringify({
      os: 'linux',
      architecture: 'arm64',
      rootfs: { type: 'layers', diff_ids: [] },
    });
    const { digest, config } = registry.image('arm64', {}, '2.0');
    const asked: (string | undefined)[] = [];
    for (let hop = 0; hop < hops; hop += 1) {
      const held = hop === 0 ? registry : storage;
      held.answer(hop === 0 ? `blobs/${config}` : `/hop/${hop}`, ({ authorization }, response) => {
        if (hop > 0) asked.push(authorization);
        respond(response, 307, '', {
          location: `http://${storage.name}/hop/${hop + 1}?X-Signature=${SECRET}`,
        });
      });
    }
    storage.answer(`/hop/${hops}`, ({ authorization }, response) => {
      asked.push(authorization);
      respond(response, 200, document);
    });
    registry.guard = ({ authorization }, response) => {
      if (authorization === BASIC) return false;
      respond(response, 401, '{}', { 'www-authenticate': 'Basic realm="octo"' });
      return true;
    };
    const folder = await newFolder();
    const auths = { [registry.name]: { auth: BASIC.replace('Basic ', '') } };
    await writeFile(join(folder, 'config.json'), JSON.stringify({ auths }));
    return { digest, asked, folder };
  };

  const runWith = (registry: ScriptedRegistry, digest: string, folder: string): Promise<Run> =>
    gate(
      showing(registry.name, digest, '2.0'),
      image(registry.name, digest, { tag: '2.0', platforms: 'linux/arm64' }),
      { addressed: (url) => ({ url, env: { DOCKER_CONFIG: folder, HOME: '/nowhere' } }) },
    );

  test.concurrent.each([
    [1, PASSED],
    [3, PASSED],
    [4, UNSCANNED],
  ])('behind %i redirects: %s, and no credentials go there', async (hops, verdict) => {
    await withRegistry(async (registry) => {
      const storage = await ScriptedRegistry.start();
      const { digest, asked, folder } = await moved(registry, storage, hops);
      const run = await runWith(registry, digest, folder).finally(() => storage.stop());

      expect(verdictOf(run)).toBe(verdict);
      expect(new Set(asked)).toEqual(new Set([undefined]));
      expect(`${shown(run)}${run.summary}`).not.toContain(SECRET);
    });
  });
});

describe('The certificate of a registry', () => {
  test.concurrent.each<[string, Readonly<Record<string, string>>, string]>([
    ['is checked', {}, MISMATCH],
    ['is checked under insecure-skip-tls-verify', { 'insecure-skip-tls-verify': 'true' }, MISMATCH],
    ['is trusted by ca-cert', { 'ca-cert': authority.cert }, PASSED],
    [
      'is trusted by ca-cert under insecure-skip-tls-verify',
      { 'insecure-skip-tls-verify': 'true', 'ca-cert': authority.cert },
      PASSED,
    ],
  ])('%s', async (_what, given, verdict) => {
    await withRegistry(async (registry, index, { digest }) => {
      const folder = await newFolder();
      const auths = { [registry.name]: { auth: BASIC.replace('Basic ', '') } };
      await writeFile(join(folder, 'config.json'), JSON.stringify({ auths }));
      const name = `https://${registry.name}`;
      const run = await gate(showing(name, digest), image(name, index, given), {
        addressed: (url) => ({ url, env: { DOCKER_CONFIG: folder, HOME: '/nowhere' } }),
      });

      expect(verdictOf(run)).toBe(verdict);
      if (verdict === MISMATCH) expect(registry.requests).toEqual([]);
    }, certificate);
  });
});

describe('A credential helper that hangs', () => {
  /** A helper that starts another program and waits for it. */
  const hanging = async (name: string) => {
    const folder = await newFolder();
    const program = join(folder, 'docker-credential-octo');
    await writeFile(program, `#!/bin/sh\nsleep 600 &\necho $! > ${folder}/pid\nwait\n`);
    await chmod(program, 0o755);
    await writeFile(join(folder, 'config.json'), JSON.stringify({ credHelpers: { [name]: 'octo' } }));
    const env = { DOCKER_CONFIG: folder, HOME: '/nowhere', PATH: `${folder}${delimiter}${process.env.PATH}` };
    const pid = async (): Promise<string | undefined> => {
      const text = await readFile(join(folder, 'pid'), 'utf8').catch(() => '');
      return text.trim() === '' ? undefined : text.trim();
    };
    const isRunning = async (): Promise<boolean> => {
      const status = await readFile(`/proc/${await pid()}/status`, 'utf8').catch(() => 'State: Z');
      return !/^State:\s*Z/m.test(status);
    };
    return { env, pid, isRunning };
  };

  const guarded = (registry: ScriptedRegistry): void => {
    registry.guard = (_request, response) => {
      respond(response, 401, '{}', { 'www-authenticate': 'Basic realm="octo"' });
      return true;
    };
  };

  test('does not hold the step, and ends with it', async () => {
    await withRegistry(async (registry, index, { digest }) => {
      guarded(registry);
      const { env, isRunning } = await hanging(registry.name);
      const run = await gate(
        showing(registry.name, digest),
        image(registry.name, index, {
          digest: 'registry',
          timeout: '4s',
          'start-timeout': '4s',
          'report-timeout': '1s',
        }),
        { addressed: (url) => ({ url, env }), time: 'real' },
      );

      expect(run.outputs.verdict).not.toBe('passed');
      expect(Number(run.outputs['duration-seconds'])).toBeLessThanOrEqual(4);
      while (await isRunning()) await sleep(20);
    });
  });

  test('leaves a signal to end the step as cancelled', async () => {
    await withRegistry(async (registry, index, { digest }) => {
      guarded(registry);
      const { env, pid, isRunning } = await hanging(registry.name);
      const run = await gate(
        showing(registry.name, digest),
        image(registry.name, index, { digest: 'registry', timeout: '10m' }),
        {
          addressed: (url) => ({ url, env }),
          meanwhile: async (_console, process) => {
            const child = await process;
            while ((await pid()) === undefined) await sleep(20);
            child.kill('SIGTERM');
          },
        },
      );

      expect(verdictOf(run)).toBe('1 cancelled signal');
      expect(of(run, 'trigger')).toEqual([]);
      while (await isRunning()) await sleep(20);
    });
  });
});

describe('A document that Go reads another way', () => {
  test.concurrent.each<[string, (registry: ScriptedRegistry) => string]>([
    [
      'an index with a second list in capitals',
      (registry) => {
        const [amd64, arm64] = [registry.image('amd64'), registry.image('arm64')];
        const listed = (each: object, architecture: string) => ({
          ...each,
          platform: { os: 'linux', architecture },
        });
        return JSON.stringify({
          schemaVersion: 2,
          manifests: [listed(amd64, 'amd64')],
          Manifests: [listed(amd64, 'amd64'), listed(arm64, 'arm64')],
        });
      },
    ],
    [
      'a duplicate key that JSON hides',
      (registry) => {
        const { config } = registry.image('amd64');
        const descriptor = `{"mediaType":"${OCI_CONFIG}","digest":"${config}","size":1}`;
        return `{"schemaVersion":2,"config":${descriptor},"layers":[],"l\\u0061yers":[{}]}`;
      },
    ],
  ])('%s is refused, and the message says which key', async (_what, document) => {
    await withRegistry(async (registry, _index, { digest }) => {
      const text = document(registry);
      const held = registry.text(text);
      const run = await gate(
        showing(registry.name, digest),
        image(registry.name, held, { platforms: 'all' }),
      );

      expect(verdictOf(run)).toBe(UNSCANNED);
      expect(shown(run)).toMatch(/manifests|layers/);
      expect(of(run, 'trigger')).toEqual([]);
    });
  });
});
