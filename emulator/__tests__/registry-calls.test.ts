import { afterEach, describe, expect, test } from '@jest/globals';
import { buildEarlierScan, buildImage, buildRegistry, buildScenario } from '../src/builders.ts';
import { severeFindings } from '../src/scenarios/finding-sets.ts';
import { type RunningConsole, startConsole } from '../src/server.ts';
import type { Settings } from '../src/settings.ts';
import { TestClock } from './test-clock.ts';
import { STARTS_AT_MS } from './test-console.ts';

const running: RunningConsole[] = [];
const cart = { registry: 'registry.example.com', repo: 'shop/cart', tag: '7' };
const till = { registry: 'harbor.example', repo: 'shop/till', tag: '1' };

afterEach(async () => {
  await Promise.all(running.splice(0).map((console) => console.close()));
});

async function started(settings: Partial<Settings> = {}) {
  const clock = new TestClock(STARTS_AT_MS);
  const console = await startConsole({
    scenario: buildScenario({
      images: [
        buildImage({ ...cart, earlier: buildEarlierScan({ findings: severeFindings }) }),
        buildImage(till),
      ],
      registries: [cart, till].map(({ registry }) => buildRegistry({ registry })),
      settings: { rateLimit: null, ...settings },
    }),
    now: () => clock.nowMs(),
  });
  running.push(console);
  const authorization = `Basic ${Buffer.from('gate:let-me-scan').toString('base64')}`;
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${console.url}/api/v32.07/${path}`, { headers: { authorization }, ...init });
  const json = async (path: string) => JSON.parse(await (await call(path)).text());
  const post = async (path: string, body: unknown = '') =>
    (await call(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }))
      .status;
  return { clock, call, json, post, model: console.model };
}

describe('a regular scan', () => {
  test('of a single image scans that image alone', async () => {
    const { post, json, clock, model } = await started();
    expect(await post('registry/scan', { tag: cart })).toBe(200);
    clock.advance(1_000);
    expect(await json('registry/progress')).toMatchObject([{ imageScan: { total: 1 }, isScanOngoing: true }]);
    clock.advance(10_000);
    expect(model.scansOf(cart).map(({ kind }) => kind)).toEqual(['earlier', 'regular']);
    expect(model.scansOf(till)).toEqual([]);
  });

  test('of a single image is one of every registry, as a setting', async () => {
    const { post, json } = await started({ singleImageScan: 'every-registry' });
    await post('registry/scan', { tag: cart });
    expect(await json('registry/progress')).toHaveLength(2);
  });

  test('of selected images takes a list', async () => {
    const { post, model } = await started();
    const list = [cart, till].map((tag) => ({ onDemandScan: true, tag }));
    expect(await post('registry/scan/select', list)).toBe(200);
    expect(model.allScans.map(({ kind }) => kind)).toEqual(['on-demand', 'earlier', 'on-demand']);
    expect(await post('registry/scan/select', {})).toBe(400);
  });

  test('of selected registries and images is one scan', async () => {
    const { post, json, clock, model } = await started();
    await post('registry/scan/select', [
      { tag: cart },
      { tag: { registry: till.registry, repo: '', tag: '' } },
    ]);
    expect(await json('registry/progress')).toHaveLength(2);
    clock.advance(60_000);
    expect(model.allScans.map(({ kind }) => kind)).toEqual(['regular', 'earlier', 'regular']);
  });

  test('is stopped as a whole, or by the entry of the settings', async () => {
    const { post, json, clock } = await started();
    const ongoing = async () =>
      (await json('registry/progress')).map((entry: { isScanOngoing: boolean }) => entry.isScanOngoing);
    await post('registry/scan');
    clock.advance(1_000);
    const { specifications } = await json('settings/registry');
    expect(await post(`registry/stop/${specifications[0].id}`)).toBe(200);
    expect(await ongoing()).toEqual([false, true]);
    expect(await post('registry/stop')).toBe(200);
    expect(await ongoing()).toEqual([false]);
    expect(await post('registry/stop/none-such')).toBe(404);
  });
});

describe('a download', () => {
  test('has a line for each row', async () => {
    const { call } = await started();
    const response = await call('registry/download');
    const lines = (await response.text()).trimEnd().split('\n');
    expect(response.headers.get('content-type')).toContain('text/csv');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^registry\.example\.com,shop\/cart,7,sha256:/);
  });

  test('has the packages of an image as CycloneDX', async () => {
    const { json, call } = await started();
    const [{ id }] = await json('registry');
    expect(await json(`sbom/download/registry?id=${id}&sbomFormat=cyclonedx_json`)).toMatchObject({
      bomFormat: 'CycloneDX',
      components: expect.arrayContaining([expect.objectContaining({ name: 'openssl' })]),
    });
    expect((await call('sbom/download/registry?id=none')).status).toBe(404);
  });
});

describe('a request body', () => {
  test.each(['null', '', '{}'])('%j is an empty request', async (body) => {
    const { post, json } = await started();
    expect(await post('registry/scan', body)).toBe(200);
    expect(await json('registry/progress')).toHaveLength(2);
  });

  test('larger than the limit is refused', async () => {
    const { post } = await started({ bodyLimitBytes: 100 });
    expect(await post('registry/scan', ' '.repeat(100))).toBe(200);
    expect(await post('registry/scan', ' '.repeat(2_000_000))).toBe(413);
  });

  test.each([
    ['ignored', 200],
    ['refused', 400],
  ] as const)('with a wrong type is %s', async (wrongTypes, status) => {
    const { post } = await started({ wrongTypes });
    expect(await post('registry/scan', { onDemandScan: 'true', tag: cart })).toBe(status);
    expect(await post('registry/scan', { onDemandScan: true, tag: { ...cart, tag: 7 } })).toBe(400);
    expect(await post('registry/scan', { onDemandScan: true, tag: cart })).toBe(200);
  });
});

describe('a token', () => {
  async function token(settings: Partial<Settings>): Promise<string> {
    const { call } = await started(settings);
    const body = JSON.stringify({ username: 'gate', password: 'let-me-scan' });
    const response = await call('authenticate', { method: 'POST', body });
    return JSON.parse(await response.text()).token;
  }

  test('is a web token that says when it ends', async () => {
    const [header = '', claims = ''] = (await token({ tokenLifetimeMs: 60_000 })).split('.');
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(header)).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(read(claims)).toMatchObject({ exp: Date.UTC(2026, 10, 2, 9, 1) / 1_000, user: 'gate' });
  });

  test('has no meaning, as a setting', async () => {
    expect(await token({ tokenForm: 'opaque' })).toMatch(/^[\da-f-]{36}$/);
  });
});
