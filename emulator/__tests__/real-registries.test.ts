import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ImageScanResult, RegistryScanProgress } from '../src/api-types.ts';
import { buildScenario } from '../src/builders.ts';
import type { Scenario } from '../src/scenario.ts';
import { type RunningConsole, startConsole } from '../src/server.ts';
import type { Settings } from '../src/settings.ts';
import { dockerList, dockerManifest, ociIndex, ociManifest, SmallRegistry } from './small-registry.ts';
import { TestClock } from './test-clock.ts';
import { STARTS_AT_MS } from './test-console.ts';

const registry = { current: new SmallRegistry() };
const running: RunningConsole[] = [];
const authorization = `Basic ${Buffer.from('gate:let-me-scan').toString('base64')}`;
const findings = 'embedded-console.findings';
/** Registers after 0.3 s, has discovered after 1 s, ends after 3 s; the row comes 0.5 s later. */
const untilEndMs = 3_000;
const untilRowMs = 3_600;

beforeEach(async () => {
  registry.current = new SmallRegistry();
  await registry.current.start();
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((console) => console.close()));
  await registry.current.stop();
});

interface Named {
  readonly repo: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly registry?: string;
}

/** A Console with the registry behind it, whose clock is ours, and the questions that every test asks. */
async function served(settings: Partial<Settings> = {}, given: Partial<Scenario> = {}, deadlineMs = 5_000) {
  const clock = new TestClock(STARTS_AT_MS);
  const { name } = registry.current;
  const console = await startConsole({
    scenario: buildScenario({ ...given, settings: { rateLimit: null, ...settings } }),
    now: () => clock.nowMs(),
    registries: { addresses: [`http://${name}`], deadlineMs },
  });
  running.push(console);
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${console.url}/api/v32.07/${path}`, { headers: { authorization }, ...init });
  const read = async (path: string) => (await call(path)).text();
  return {
    clock,
    post: (body: string) => call('registry/scan', { method: 'POST', body }),
    trigger: async (image: Named) => {
      const body = JSON.stringify({ onDemandScan: true, tag: { registry: name, ...image } });
      return (await call('registry/scan', { method: 'POST', body })).status;
    },
    progress: async (image: Named): Promise<RegistryScanProgress[]> => {
      const query = new URLSearchParams({ onDemand: 'true', registry: name, ...image });
      return JSON.parse(await read(`registry/progress?${query}`));
    },
    regular: async (): Promise<RegistryScanProgress[]> => JSON.parse(await read('registry/progress')),
    row: async (image: string): Promise<ImageScanResult | undefined> =>
      JSON.parse(await read(`registry?name=${name}/${image}`))?.[0],
    names: async (): Promise<string[] | null> => JSON.parse(await read('registry/names')),
  };
}

const app = { repo: 'team/app', tag: '1.2.3' };

describe('a scan of an image in a real registry', () => {
  test.each([ociManifest, dockerManifest])('finds the digest of a manifest of type %s', async (type) => {
    const { clock, trigger, progress, row } = await served();
    const digest = registry.current.image({}, type);
    registry.current.push('team/app', '1.2.3', digest);
    expect(await trigger(app)).toBe(200);
    clock.advance(1_500);
    expect(await progress(app)).toMatchObject([{ isScanOngoing: true }]);
    clock.advance(untilEndMs - 1_500);
    expect(await progress(app)).toMatchObject([
      { isScanOngoing: false, imageScan: { scanned: 1, total: 1 } },
    ]);
    expect(await progress(app)).toEqual([]);
    clock.advance(untilRowMs);
    expect(await row('team/app:1.2.3')).toMatchObject({
      repoDigests: [`${registry.current.name}/team/app@${digest}`],
      repoTag: { digest, registry: registry.current.name },
      id: registry.current.configOf(digest),
      vulnerabilities: null,
      err: '',
    });
  });

  test.each([
    ['severe', { vulnerabilityDistribution: { critical: 1, high: 2, medium: 1, low: 1, total: 5 } }],
    ['uncovered', { missingDistroVulnCoverage: true, vulnerabilitiesCount: 0 }],
    ['corrupt', { err: 'failed to extract layer: unexpected EOF' }],
    ['sever', { err: expect.stringContaining('no set of findings is named sever;') }],
  ])('finds what the label %s says', async (set, found) => {
    const { clock, trigger, row } = await served();
    registry.current.push('team/app', '1.2.3', registry.current.image({ [findings]: set }));
    await trigger(app);
    clock.advance(untilRowMs);
    expect(await row('team/app:1.2.3')).toMatchObject(found);
  });

  test.each([
    ['scan-end', 'second'],
    ['scan-start', 'first'],
  ] as const)('that reads the tag at its %s finds the %s of two pushes', async (tagReadAt, push) => {
    const { clock, trigger, progress, row } = await served({ tagReadAt });
    const digests = {
      first: registry.current.image({ [findings]: 'severe' }),
      second: registry.current.image({ version: '2' }),
    };
    registry.current.push('team/app', '1.2.3', digests.first);
    await trigger(app);
    clock.advance(1_500);
    await progress(app);
    registry.current.push('team/app', '1.2.3', digests.second);
    clock.advance(untilRowMs);
    expect(await row('team/app:1.2.3')).toMatchObject({
      repoTag: { digest: digests[push] },
      vulnerabilitiesCount: push === 'first' ? 5 : 0,
    });
  });

  test('keeps what it found, wherever the tag moves afterwards', async () => {
    const { clock, trigger, row } = await served();
    const digest = registry.current.image();
    registry.current.push('team/app', '1.2.3', digest);
    await trigger(app);
    clock.advance(untilRowMs);
    await row('team/app:1.2.3');
    registry.current.push('team/app', '1.2.3', registry.current.image({ version: '2' }));
    await trigger(app);
    expect(await row('team/app:1.2.3')).toMatchObject({ repoTag: { digest } });
  });

  test.each([ociIndex, dockerList])('shows of an index of type %s what the setting says', async (type) => {
    const arm = registry.current.image({ [findings]: 'severe' });
    const amd = registry.current.image({ [findings]: 'few' });
    const attestation = registry.current.image();
    const index = registry.current.index(
      [
        { os: 'unknown', architecture: 'unknown', digest: attestation },
        { os: 'linux', architecture: 'arm64', digest: arm },
        { os: 'linux', architecture: 'amd64', digest: amd },
      ],
      type,
    );
    registry.current.push('team/app', '1.2.3', index);
    for (const [indexDigest, digest] of [
      ['platform', amd],
      ['index', index],
    ] as const) {
      const { clock, trigger, row } = await served({ indexDigest });
      await trigger(app);
      clock.advance(untilRowMs);
      expect(await row('team/app:1.2.3')).toMatchObject({ repoTag: { digest }, vulnerabilitiesCount: 2 });
    }
  });

  test('asked for by digest is polled by it, and finds it although the tag has moved', async () => {
    const { clock, trigger, progress, row } = await served();
    const digest = registry.current.image();
    registry.current.push('team/app', '1.2.3', digest);
    registry.current.push('team/app', 'other', registry.current.image({ version: '2' }));
    const asked = { repo: 'team/app', digest };
    await trigger(asked);
    clock.advance(1_500);
    expect(await progress(asked)).toMatchObject([{ isScanOngoing: true }]);
    registry.current.push('team/app', '1.2.3', registry.current.image({ version: '3' }));
    clock.advance(untilRowMs);
    expect(await row('team/app:1.2.3')).toMatchObject({ repoTag: { digest } });
    expect(await trigger(asked)).toBe(200);
    clock.advance(1_500);
    expect(await progress({ repo: 'team/app', tag: 'other' })).toEqual([]);
  });

  test.each([
    ['another tag', { repo: 'team/app', tag: 'none-such' }],
    ['another repository', { repo: 'none/such', tag: '1.2.3' }],
    ['another digest', { repo: 'team/app', digest: `sha256:${'0'.repeat(64)}` }],
    ['no name at all', { repo: '../_catalog', tag: '1.2.3' }],
  ])('of %s never shows', async (_, image) => {
    const { clock, trigger, progress, names } = await served();
    registry.current.push('team/app', '1.2.3', registry.current.image());
    expect(await trigger(image)).toBe(200);
    clock.advance(untilEndMs);
    expect(await progress(image)).toEqual([]);
    clock.advance(untilRowMs);
    expect(await names()).toBeNull();
  });

  test('of an unknown image is refused if the setting says so', async () => {
    const { trigger } = await served({ unknownImage: 'refused' });
    expect(await trigger(app)).toBe(400);
  });

  test('of an image that was deleted never shows again, and its row stays', async () => {
    const { clock, trigger, progress, row } = await served();
    registry.current.push('team/app', '1.2.3', registry.current.image());
    await trigger(app);
    clock.advance(untilRowMs);
    await progress(app);
    const before = await row('team/app:1.2.3');
    registry.current.remove('team/app', '1.2.3');
    await trigger(app);
    clock.advance(untilRowMs);
    expect(await progress(app)).toEqual([]);
    expect(await row('team/app:1.2.3')).toEqual(before);
  });

  test('of an image that is deleted meanwhile fails', async () => {
    const { clock, trigger, progress } = await served();
    registry.current.push('team/app', '1.2.3', registry.current.image());
    await trigger(app);
    registry.current.remove('team/app', '1.2.3');
    clock.advance(untilEndMs);
    expect(await progress(app)).toMatchObject([
      { isScanOngoing: false, imageScan: { error: 'failed to pull image: manifest unknown' } },
    ]);
  });

  test.each(['tag', 'digest'] as const)('by %s fails in discovery if the registry is down', async (way) => {
    const { clock, trigger, progress, names } = await served();
    const digest = registry.current.image();
    const asked = way === 'tag' ? app : { repo: 'team/app', digest };
    await registry.current.stop();
    expect(await trigger(asked)).toBe(200);
    clock.advance(untilEndMs);
    expect(await progress(asked)).toMatchObject([
      { isScanOngoing: false, discovery: { error: expect.stringContaining('ECONNREFUSED') } },
    ]);
    clock.advance(untilRowMs);
    expect(await names()).toBeNull();
  });

  test.each([
    ['says nothing', () => true, 'no answer'],
    ['asks who we are', refusing(401), '401'],
    ['is out of order', refusing(503), '503'],
    ['speaks HTML', answering('<html>'), 'not JSON'],
    ['gives something else than it announces', announcing(`sha256:${'0'.repeat(64)}`), 'was announced'],
  ])('fails in discovery if the registry %s', async (_, intercept, error) => {
    const { clock, trigger, progress } = await served({}, {}, error === 'no answer' ? 500 : 5_000);
    registry.current.push('team/app', '1.2.3', registry.current.image());
    registry.current.intercept = intercept;
    await trigger(app);
    clock.advance(untilEndMs);
    expect(await progress(app)).toMatchObject([
      { isScanOngoing: false, discovery: { error: expect.stringContaining(error) } },
    ]);
  });

  test('works again once the registry does', async () => {
    const { clock, trigger, progress, row } = await served();
    registry.current.push('team/app', '1.2.3', registry.current.image());
    registry.current.intercept = refusing(503);
    await trigger(app);
    clock.advance(untilEndMs);
    await progress(app);
    registry.current.intercept = () => false;
    await trigger(app);
    clock.advance(untilRowMs);
    expect(await row('team/app:1.2.3')).toMatchObject({ err: '' });
  });

  test('that fails at its end leaves no row if the setting says so', async () => {
    const { clock, trigger, names } = await served({ failedScanWritesRow: false });
    registry.current.push('team/app', '1.2.3', registry.current.image());
    await trigger(app);
    registry.current.intercept = refusing(503);
    clock.advance(60_000);
    expect(await names()).toBeNull();
  });

  test('is lost with a restart, and not looked up', async () => {
    const { clock, trigger, names } = await served({}, { events: [{ kind: 'restart', atMs: 1_500 }] });
    registry.current.push('team/app', '1.2.3', registry.current.image());
    await trigger(app);
    clock.advance(60_000);
    expect(await names()).toBeNull();
  });

  test('knows nothing of other registries', async () => {
    const { trigger } = await served();
    registry.current.paths.length = 0;
    await trigger({ ...app, registry: 'registry.example.com' });
    expect(registry.current.paths).toEqual([]);
  });
});

describe('a regular scan', () => {
  test('discovers every tag of every repository, page by page', async () => {
    const { clock, post, regular, names, row } = await served();
    const digest = registry.current.image({ [findings]: 'few' });
    const tags = ['1', '2', '3', '4', '5'];
    const repos = ['a', 'b/c', 'd', 'e'];
    for (const repo of repos) for (const tag of tags) registry.current.push(repo, tag, digest);
    await post('');
    clock.advance(2_000);
    expect(await regular()).toMatchObject([
      { isScanOngoing: true, discovery: { scanned: 4, total: 4 }, imageScan: { total: 20 } },
    ]);
    clock.advance(60_000);
    const all = repos.flatMap((repo) => tags.map((tag) => `${registry.current.name}/${repo}:${tag}`));
    expect(await names()).toEqual(all);
    expect(await row('b/c:3')).toMatchObject({ repoTag: { digest }, vulnerabilitiesCount: 2 });
  });

  test('from the start has what was there at the start', async () => {
    registry.current.push('team/app', '1.2.3', registry.current.image());
    const { clock, names } = await served({}, { events: [{ kind: 'regular-scan', atMs: 0 }] });
    await names();
    clock.advance(60_000);
    expect(await names()).toEqual([`${registry.current.name}/team/app:1.2.3`]);
  });

  test('fails in discovery for a registry that is down', async () => {
    const { clock, post, regular } = await served();
    await registry.current.stop();
    await post('');
    clock.advance(60_000);
    expect(await regular()).toMatchObject([
      { isScanOngoing: false, discovery: { error: expect.stringContaining('ECONNREFUSED') } },
    ]);
  });

  test('does not follow a list that leads to another host', async () => {
    const { clock, post, regular } = await served();
    registry.current.push('team/app', '1.2.3', registry.current.image());
    registry.current.intercept = ({ url }, response) => {
      if (url?.startsWith('/v2/_catalog') !== true) return false;
      response.setHeader('link', '<http://registry.example.com/v2/_catalog?last=a>; rel="next"');
      response.end('{"repositories":["team/app"]}');
      return true;
    };
    await post('');
    clock.advance(60_000);
    expect(await regular()).toMatchObject([
      { discovery: { error: expect.stringContaining('links to http://registry.example.com') } },
    ]);
  });
});

test('a registry gets the user and the password of its address', async () => {
  const seen: unknown[] = [];
  registry.current.intercept = ({ headers }) => {
    seen.push(headers.authorization);
    return false;
  };
  const addresses = [`http://pusher:p%40ss@${registry.current.name}`];
  running.push(await startConsole({ scenario: buildScenario({}), registries: { addresses } }));
  const basic = `Basic ${Buffer.from('pusher:p@ss').toString('base64')}`;
  expect(new Set(seen)).toEqual(new Set([basic]));
});

test('a lookup follows the schedule of the scan, and not the requests', async () => {
  // Each look at this clock takes it on, so that the scan is due at once and no test has to wait.
  let nowMs = Date.UTC(2026, 10, 2, 9);
  const now = () => {
    nowMs += 400;
    return nowMs;
  };
  registry.current.push('team/app', '1.2.3', registry.current.image());
  const addresses = [`http://${registry.current.name}`];
  const console = await startConsole({
    scenario: buildScenario({}),
    now,
    registries: { addresses, scanMs: 0 },
  });
  running.push(console);
  const looked = Promise.withResolvers<void>();
  let looks = 0;
  registry.current.intercept = ({ url }) => {
    if (url?.includes('/manifests/') === true) looks += 1;
    if (looks === 2) looked.resolve();
    return false;
  };
  const body = JSON.stringify({ onDemandScan: true, tag: { registry: registry.current.name, ...app } });
  await fetch(`${console.url}/api/v1/registry/scan`, { method: 'POST', body, headers: { authorization } });
  await looked.promise;
  expect(console.requests.map(({ call }) => call)).toEqual(['scan']);
});

function refusing(status: number): SmallRegistry['intercept'] {
  return (_, response) => {
    response.writeHead(status).end();
    return true;
  };
}

function answering(body: string): SmallRegistry['intercept'] {
  return ({ url }, response) => {
    if (url === '/v2/') return false;
    response.end(body);
    return true;
  };
}

function announcing(digest: string): SmallRegistry['intercept'] {
  return (_, response) => {
    response.setHeader('docker-content-digest', digest);
    return false;
  };
}
