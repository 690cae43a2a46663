import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ImageScanResult } from '../src/api-types.ts';
import { buildDefender, buildScenario } from '../src/builders.ts';
import type { DefenderSpec } from '../src/scenario.ts';
import { type RunningConsole, startConsole } from '../src/server.ts';
import type { Settings } from '../src/settings.ts';
import { SmallRegistry } from './small-registry.ts';
import { TestClock } from './test-clock.ts';
import { STARTS_AT_MS } from './test-console.ts';

const registry = { current: new SmallRegistry() };
const running: RunningConsole[] = [];
const authorization = `Basic ${Buffer.from('gate:let-me-scan').toString('base64')}`;

beforeEach(async () => {
  registry.current = new SmallRegistry();
  await registry.current.start();
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((console) => console.close()));
  await registry.current.stop();
});

/** An index as BuildKit pushes it: two platforms, and an attestation for each. */
function pushIndex() {
  const amd64 = registry.current.image({}, undefined, 'amd64');
  const arm64 = registry.current.image({}, undefined, 'arm64');
  const attestation = registry.current.image({ attests: 'amd64' }, undefined, 'unknown');
  const index = registry.current.index([
    { os: 'unknown', architecture: 'unknown', digest: attestation },
    { os: 'linux', architecture: 'arm64', digest: arm64 },
    { os: 'linux', architecture: 'amd64', digest: amd64 },
  ]);
  registry.current.push('team/app', '1.2.3', index);
  return { amd64, arm64, index };
}

/** Scans `team/app` by tag or by digest, and returns the rows and the last progress. */
async function scanned(
  image: { readonly tag: string } | { readonly digest: string },
  settings: Partial<Settings> = {},
  defenders: readonly DefenderSpec[] = [buildDefender()],
) {
  const clock = new TestClock(STARTS_AT_MS);
  const { name } = registry.current;
  const console = await startConsole({
    scenario: buildScenario({ settings: { rateLimit: null, ...settings }, defenders }),
    now: () => clock.nowMs(),
    registries: { addresses: [`http://${name}`] },
  });
  running.push(console);
  const call = async (path: string, init: RequestInit = {}): Promise<string> =>
    (await fetch(`${console.url}/api/v32.07/${path}`, { headers: { authorization }, ...init })).text();
  const tag = { registry: name, repo: 'team/app', ...image };
  await call('registry/scan', { method: 'POST', body: JSON.stringify({ onDemandScan: true, tag }) });
  clock.advance(3_600);
  const progress: unknown = JSON.parse(
    await call(`registry/progress?${new URLSearchParams({ onDemand: 'true', ...tag })}`),
  );
  const rows: ImageScanResult[] | null = JSON.parse(await call('registry'));
  return { rows: rows ?? [], progress };
}

describe('an image of several platforms', () => {
  const arm = buildDefender({ hostname: 'arm.example', arm64: true });

  test.each([
    ['an amd64 Defender', [buildDefender()], 'amd64'],
    ['Defenders of both architectures', [arm, buildDefender()], 'amd64'],
    ['an ARM Defender alone', [arm], 'arm64'],
  ] as const)('is scanned by %s', async (_, defenders, platform) => {
    const digests = pushIndex();
    const { rows } = await scanned({ tag: '1.2.3' }, {}, defenders);
    const digest = digests[platform];
    expect(rows).toMatchObject([
      { repoTag: { digest }, id: registry.current.configOf(digest), isARM64: platform === 'arm64', err: '' },
    ]);
  });

  test('is shown by the digest of the index', async () => {
    const { index, amd64 } = pushIndex();
    const { rows } = await scanned({ tag: '1.2.3' }, { indexDigest: 'index' });
    expect(rows).toMatchObject([{ repoTag: { digest: index }, id: registry.current.configOf(amd64) }]);
  });

  test('has the digest of the index for an id', async () => {
    const { index, amd64 } = pushIndex();
    const { rows } = await scanned({ tag: '1.2.3' }, { rowId: 'named-digest' });
    expect(rows).toMatchObject([{ repoTag: { digest: amd64 }, id: index }]);
  });

  test('is scanned by the digest of a platform, in a row of its own', async () => {
    const { arm64 } = pushIndex();
    const { rows } = await scanned({ digest: arm64 }, { digestScanRow: 'untagged' }, [arm, buildDefender()]);
    expect(rows).toMatchObject([{ repoTag: { tag: '', digest: arm64 }, isARM64: true }]);
  });

  test('is not scanned by the digest of a platform without a Defender', async () => {
    const { arm64 } = pushIndex();
    const { rows, progress } = await scanned({ digest: arm64 }, { digestScanRow: 'untagged' });
    expect(progress).toMatchObject([{ imageScan: { scanned: 0, error: 'No available Defender was found' } }]);
    expect(rows).toMatchObject([
      { repoTag: { tag: '', digest: arm64 }, err: 'No available Defender was found' },
    ]);
  });

  test('without a tag is scanned by its digest', async () => {
    registry.current.push('team/app', 'other', registry.current.image({ other: 'image' }));
    const digest = registry.current.image();
    const { rows } = await scanned({ digest });
    expect(rows).toMatchObject([{ repoTag: { tag: '', digest }, err: '' }]);
  });
});

describe('a registry with token authentication', () => {
  function challenge(realm: (name: string) => string) {
    const seen: string[] = [];
    registry.current.intercept = ({ url = '', headers }, response) => {
      const { authorization: given = '' } = headers;
      if (url.startsWith('/token')) {
        seen.push(`${url} ${given.split(' ')[0] ?? ''}`);
        response.end('{"token":"granted"}');
        return true;
      }
      if (given === 'Bearer granted') return false;
      const scope = 'repository:team/app:pull';
      const value = `Bearer realm="${realm(registry.current.name)}",service="small",scope="${scope}"`;
      response.writeHead(401, { 'www-authenticate': value }).end();
      return true;
    };
    return seen;
  }

  test('is read with a token', async () => {
    const digest = registry.current.image();
    registry.current.push('team/app', '1.2.3', digest);
    const seen = challenge((name) => `http://${name}/token`);
    const { rows } = await scanned({ tag: '1.2.3' });
    expect(rows).toMatchObject([{ repoTag: { digest }, err: '' }]);
    expect(seen).toContain('/token?service=small&scope=repository%3Ateam%2Fapp%3Apull ');
  });

  test('gets no password for a token service elsewhere over HTTP', async () => {
    challenge(() => 'http://tokens.example/token');
    const { progress } = await scanned({ tag: '1.2.3' });
    expect(progress).toMatchObject([
      { discovery: { error: expect.stringContaining('tokens.example as its token service') } },
    ]);
  });
});
