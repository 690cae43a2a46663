import { describe, expect, test } from '@jest/globals';
import { buildEarlierScan, buildImage, buildRegistry } from '../src/builders.ts';
import { blockedFindings, gracedFindings } from '../src/scenarios/finding-sets.ts';
import type { Settings } from '../src/settings.ts';
import { alpine, alpineImage, roundScan, testConsole } from './test-console.ts';

const base = { repo: 'shop/base', tag: '1' };
const mirror = buildImage({ ...base, registry: 'https://mirror.example', scans: [roundScan] });
const hub = buildImage({ ...base, scans: [roundScan] });

function row(settings: Partial<Settings>, image = alpineImage({}, { earlier: buildEarlierScan() })) {
  const result = testConsole({ images: [image], settings }).model.report({ compact: true });
  return result.status === 200 ? result.body?.[0] : undefined;
}

describe('a setting', () => {
  test('makes older Consoles answer image parameters without onDemand with nothing', () => {
    const { model } = testConsole({ settings: { onDemandFalse: 'empty' } });
    expect(model.progress(alpine)).toEqual({ status: 200, body: [] });
  });

  test.each([
    ['exact', 'mirror.example', 0],
    ['exact', 'https://mirror.example', 1],
    ['without-scheme', 'MIRROR.example/', 1],
    ['without-scheme', 'other.example', 0],
    ['ignored', 'other.example', 1],
  ] as const)('compares registries %s: %s finds %d', (registryMatch, registry, found) => {
    const { ongoing, trigger, clock } = testConsole({ images: [mirror], settings: { registryMatch } });
    trigger({ ...base, registry: 'https://mirror.example' });
    clock.advance(5_000);
    expect(ongoing({ ...base, registry })).toHaveLength(found);
  });

  test.each([
    ['docker-hub', 1],
    ['every-registry', 2],
  ] as const)('takes a trigger without a registry for %s', (emptyRegistryTriggers, scans) => {
    const { ongoing, trigger, clock } = testConsole({
      images: [mirror, hub],
      settings: { emptyRegistryTriggers },
    });
    trigger(base);
    clock.advance(5_000);
    expect(ongoing(base)).toHaveLength(scans);
  });

  test.each([
    ['as-triggered', 0],
    ['either', 1],
  ] as const)('lets a scan asked for by tag be polled %s', (pollBy, found) => {
    const image = alpineImage();
    const { ongoing, trigger, clock } = testConsole({ images: [image], settings: { pollBy } });
    trigger();
    clock.advance(5_000);
    expect(ongoing({ repo: image.repo, digest: image.digest })).toHaveLength(found);
    expect(ongoing({ ...alpine, digest: image.digest })).toHaveLength(1);
  });

  test('lets an unread end fade', () => {
    const { ongoing, trigger, clock } = testConsole({ settings: { unreadEndMs: 5_000 } });
    trigger();
    clock.advance(15_000);
    expect(ongoing()).toEqual([]);
  });

  test('shows an end once to each user', () => {
    const { ongoing, trigger, clock } = testConsole({ settings: { endReadBy: 'each-user' } });
    trigger();
    clock.advance(10_000);
    expect(ongoing(alpine, 'ann')).toEqual([false]);
    expect(ongoing(alpine, 'bob')).toEqual([false]);
    expect(ongoing(alpine, 'ann')).toEqual([]);
  });

  test('keeps ends until the whole answer has ended', () => {
    const slow = buildImage({
      ...base,
      registry: 'slow.example',
      scans: [{ ...roundScan, scanMs: 18_000 }],
    });
    const { ongoing, trigger, clock } = testConsole({
      images: [hub, slow],
      settings: { endConsumed: 'whole-answer', emptyRegistryTriggers: 'every-registry' },
    });
    trigger(base);
    clock.advance(10_000);
    expect(ongoing(base)).toEqual([false, true]);
    clock.advance(10_000);
    expect(ongoing(base)).toEqual([false, false]);
    expect(ongoing(base)).toEqual([]);
  });

  test('drops an unread end at the next trigger', () => {
    const { ongoing, trigger } = testConsole({
      images: [alpineImage({}, { earlier: buildEarlierScan({ unread: true }) })],
      settings: { unreadEndAfterTrigger: 'dropped' },
    });
    trigger();
    expect(ongoing()).toEqual([]);
  });

  test.each([
    ['latest', [true]],
    ['all', [false, true]],
  ] as const)('shows %s of the scans that run side by side', (parallelScansShown, shown) => {
    const { ongoing, trigger, clock } = testConsole({ settings: { parallelScansShown } });
    trigger();
    clock.advance(5_000);
    trigger();
    clock.advance(5_000);
    expect(ongoing()).toEqual(shown);
  });

  test('refuses a scan of an unknown image', () => {
    const { trigger } = testConsole({ settings: { unknownImage: 'refused' } });
    expect(trigger({ repo: 'no/such', tag: '1' })).toMatchObject({ status: 400 });
  });

  test('refuses a second regular scan', () => {
    const registries = [buildRegistry({ registry: 'registry.example.com' })];
    const { model } = testConsole({ registries, settings: { regularScanTwice: 'refused' } });
    model.startRegularScan();
    expect(model.scan({}).status).toBe(400);
  });

  test('lets the end of a regular scan disappear', () => {
    const registries = [buildRegistry({ registry: 'registry.example.com' })];
    const { model, regular, clock } = testConsole({ registries, settings: { regularEnd: 'never-shown' } });
    model.startRegularScan();
    clock.advance(60_000);
    expect(regular()).toEqual([]);
  });

  test('adds what the schema has and the samples lack', () => {
    const { entries, trigger, clock } = testConsole({
      settings: {
        specScanStartTime: 'start',
        progressType: 'registry',
        discoveryFlag: 'while-discovering',
        extraProgressFields: ['onDemand', 'error', 'hostname', 'scanTime', 'aisInitialScanInProgress'],
      },
    });
    trigger();
    clock.advance(1_000);
    expect(entries()).toMatchObject([
      {
        discovery: { type: 'registry', discovery: true, onDemand: true, error: '', hostname: '' },
        imageScan: { discovery: false, scanTime: '0001-01-01T00:00:00Z', aisInitialScanInProgress: false },
        specScanStartTime: new Date(clock.nowMs()).toISOString(),
      },
    ]);
  });

  test('holds back the answer to a trigger', () => {
    expect(testConsole({ settings: { triggerBlocksMs: 60_000 } }).trigger()).toMatchObject({
      answerAfterMs: 60_000,
    });
  });

  test.each([403, 404] as const)('makes the report unreadable with %d', (reportStatus) => {
    expect(testConsole({ settings: { reportStatus } }).scanTimes()).toEqual([reportStatus]);
  });

  test('lets the row come before the end', () => {
    const { ongoing, trigger, scanTimes, clock } = testConsole({ settings: { rowLagMs: -2_000 } });
    trigger();
    clock.advance(8_000);
    expect(ongoing()).toEqual([true]);
    expect(scanTimes()).toHaveLength(1);
  });

  test('shapes the row', () => {
    expect(row({ durationUnit: 'ns' })?.scanDuration).toBe(2_000_000_000);
    expect(row({ durationUnit: 's' })?.scanDuration).toBe(2);
    expect(row({ repoTagDigest: false })?.repoTag).not.toHaveProperty('digest');
    expect(row({ repoDigestName: 'full' })?.repoDigests?.[0]).toMatch(/^library\/alpine@/);
    expect(row({ compactDropsRepoDigests: true })).not.toHaveProperty('repoDigests');
    expect(row({ absentRowFields: ['err', 'scanDuration'] })).not.toHaveProperty('err');
    expect(row({ dockerHubName: 'docker.io' })?._id).toBe('docker.io/library/alpine:3.16');
    expect(row({ nameSpelling: 'without-scheme' }, { ...mirror, earlier: buildEarlierScan() })?._id).toBe(
      'mirror.example/shop/base:1',
    );
  });

  test('lifts the block of a finding that has days of grace left', () => {
    const images = [
      alpineImage({}, { earlier: buildEarlierScan({ findings: [...blockedFindings, ...gracedFindings] }) }),
    ];
    const blocks = (settings: Partial<Settings>) => {
      const result = testConsole({ images, settings }).model.report();
      return result.status === 200 && result.body?.[0]?.vulnerabilities?.map(({ block }) => block);
    };
    expect(blocks({})).toEqual([true, true, true]);
    expect(blocks({ blockDuringGrace: false })).toEqual([true, true, false]);
  });

  test('forgives the scheme in the name filter', () => {
    const images = [buildImage({ ...mirror, earlier: buildEarlierScan() })];
    const { model } = testConsole({ images, settings: { nameMatch: 'without-scheme' } });
    expect(model.report({ name: ['mirror.example/shop/base:1'] })).toMatchObject({ totalCount: 1 });
  });

  test.each([
    ['as-stored', 'https://Art.example.com', 'https://Art.example.com/shop/base:1'],
    ['verbatim', 'https://Art.example.com/', 'https://Art.example.com//shop/base:1'],
    ['without-scheme', 'https://Art.example.com/', 'Art.example.com/shop/base:1'],
    ['as-stored', 'https://Art.example.com/', 'https://Art.example.com/shop/base:1'],
  ] as const)('spells names %s of the registry %s', (nameSpelling, registry, name) => {
    const images = [buildImage({ registry, repo: 'shop/base', tag: '1', earlier: buildEarlierScan() })];
    const { model } = testConsole({ images, settings: { nameSpelling } });
    expect(model.names().body).toEqual([name]);
    expect(model.report({ name: [name] })).toMatchObject({ totalCount: 1 });
    expect(model.report({ name: [name.toLowerCase()] })).toMatchObject({ totalCount: 0 });
    expect(model.report({ repository: ['shop/base'], registry: ['art.example.com'] })).toMatchObject({
      totalCount: 1,
    });
  });

  test('answers every page with the first one if the offset is ignored', () => {
    const images = ['1', '2'].map((tag) =>
      buildImage({ repo: 'shop/base', tag, earlier: buildEarlierScan() }),
    );
    const { model } = testConsole({ images, settings: { offsetIgnored: true } });
    expect(model.report({ offset: 1, limit: 1 })).toMatchObject({
      body: [{ _id: 'shop/base:1' }],
      totalCount: 2,
    });
  });

  test('sets the clock of the Console apart from the true time', () => {
    const settings = { clockSkewMs: -60_000 };
    const { trigger, scanTimes, clock } = testConsole({ settings });
    trigger();
    clock.advance(11_000);
    expect(scanTimes()).toEqual([new Date(clock.nowMs() - 61_000).toISOString()]);
  });

  test('spells an empty report as an empty list, and leaves the total out', () => {
    const { model } = testConsole({ settings: { nothingFound: 'empty', totalCountHeader: false } });
    expect(model.report()).toMatchObject({ status: 200, body: [], totalCount: undefined });
  });

  test.each([
    ['answered', [200, 200, 429, 429, 200]],
    ['all', [200, 200, 429, 429, 429]],
  ] as const)('limits by the requests that count: %s', (rateLimitCounts, expected) => {
    const { model, clock } = testConsole({
      settings: { rateLimit: { requests: 2, windowMs: 10_000 }, rateLimitCounts },
    });
    const statuses = [0, 1_000, 4_000, 4_000, 2_000].map((pauseMs) => {
      clock.advance(pauseMs);
      return model.report().status;
    });
    expect(statuses).toEqual(expected);
  });

  test('grants a request again once a window has passed without one, whatever counts', () => {
    const { model, clock } = testConsole({
      settings: {
        rateLimit: { requests: 1, windowMs: 10_000 },
        rateLimitCounts: 'all',
        rateLimitRetryAfter: true,
      },
    });
    model.report();
    clock.advance(9_000);
    expect(model.report()).toMatchObject({ status: 429, retryAfterSeconds: 10 });
    clock.advance(10_000);
    expect(model.report().status).toBe(200);
  });

  test('says how long to wait after a 429, and limits each user by itself', () => {
    const { model, clock } = testConsole({
      settings: {
        rateLimit: { requests: 1, windowMs: 5_000 },
        rateLimitScope: 'user',
        rateLimitRetryAfter: true,
        rateLimitBody: 'empty',
      },
    });
    model.report({}, 'ann');
    clock.advance(1_500);
    expect(model.report({}, 'ann')).toEqual({ status: 429, body: '', retryAfterSeconds: 4 });
    expect(model.report({}, 'bob').status).toBe(200);
  });
});
