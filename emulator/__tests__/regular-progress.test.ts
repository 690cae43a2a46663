import { describe, expect, test } from '@jest/globals';
import { buildImage, buildRegistry } from '../src/builders.ts';
import { alpine, testConsole } from './test-console.ts';

const registry = buildRegistry({
  registry: 'https://us-west2-docker.example',
  repositories: 4,
  images: 4,
  discoveryMs: 4_000,
  scanMs: 8_000,
});

describe('the progress of the regular scan', () => {
  test('is empty while there is none', () => {
    expect(testConsole({ registries: [registry] }).regular()).toEqual([]);
  });

  test('looks in discovery like the documented sample', () => {
    const { model, regular, clock } = testConsole({ registries: [registry] });
    model.startRegularScan();
    clock.advance(2_000);
    const sample = [
      {
        discovery: {
          id: '',
          type: '',
          discovery: false,
          total: 4,
          scanned: 2,
          title:
            'Step 1/2 discovering tags in registry us-west2-docker.example: Discovered tags in 2/4 repositories with 1 Defenders',
        },
        imageScan: {
          id: '',
          type: '',
          discovery: false,
          total: 2,
          scanned: 0,
          title:
            'Step 2/2 scanning images in registry us-west2-docker.example: Scanned 0/2 images with 1 Defender',
        },
        isScanOngoing: true,
        specScanStartTime: '0001-01-01T00:00:00Z',
      },
    ];
    expect(JSON.stringify(regular())).toBe(JSON.stringify(sample));
  });

  test('shows as many registries as are scanned at a time, and the next as one ends', () => {
    const registries = [1, 2, 3, 4, 5, 6].map((place) =>
      buildRegistry({ registry: `r${place}.example`, discoveryMs: 1_000, scanMs: place * 1_000 }),
    );
    const { model, regular, clock } = testConsole({ registries });
    const shown = () =>
      regular().map(({ isScanOngoing, discovery }) => [/r\d/.exec(discovery.title)?.[0], isScanOngoing]);
    model.startRegularScan();
    expect(shown().map(([name]) => name)).toEqual(['r1', 'r2', 'r3', 'r4']);
    clock.advance(2_000);
    expect(shown()).toEqual([
      ['r1', false],
      ['r2', true],
      ['r3', true],
      ['r4', true],
      ['r5', true],
    ]);
    clock.advance(1_000);
    expect(shown().map(([name]) => name)).toEqual(['r2', 'r3', 'r4', 'r5', 'r6']);
  });

  test('ends with every entry false, once, then with nothing', () => {
    const { model, regular, clock } = testConsole({ registries: [registry] });
    model.startRegularScan();
    clock.advance(12_000);
    expect(regular()).toMatchObject([{ isScanOngoing: false, imageScan: { scanned: 4, total: 4 } }]);
    expect(regular()).toEqual([]);
  });

  test.each([
    ['discovery-error', 'discovery', 4_000],
    ['scan-error', 'imageScan', 12_000],
  ] as const)('carries the error of a %s in %s', (outcome, step, endsAfterMs) => {
    const { model, regular, clock } = testConsole({
      registries: [{ ...registry, outcome, errorText: 'no credentials' }],
    });
    model.startRegularScan();
    clock.advance(endsAfterMs);
    expect(regular()).toMatchObject([{ isScanOngoing: false, [step]: { error: 'no credentials' } }]);
  });

  test.each([
    ['an empty body', {}],
    ['onDemand in place of onDemandScan', { onDemand: true, tag: alpine }],
    ['no repository', { onDemandScan: true, tag: { tag: '3.16' } }],
  ])('is what a trigger with %s starts', (_, request) => {
    const { model, regular, ongoing, clock } = testConsole({ registries: [registry] });
    expect(model.scan(request)).toMatchObject({ status: 200, body: '' });
    clock.advance(2_000);
    expect(regular()).toHaveLength(1);
    expect(ongoing()).toEqual([]);
    expect(model.counts['regular-scan']).toBe(1);
  });

  test('is not begun again while it runs', () => {
    const { model, regular, clock } = testConsole({ registries: [registry] });
    model.startRegularScan();
    clock.advance(8_000);
    model.scan({});
    expect(regular()).toMatchObject([{ imageScan: { scanned: 2 } }]);
  });

  test('leaves a row for the images of its registries', () => {
    const image = buildImage({ registry: 'us-west2-docker.example', repo: 'shop/cart', tag: '1' });
    const { model, scanTimes, clock } = testConsole({ registries: [registry], images: [image] });
    model.startRegularScan();
    clock.advance(12_000);
    expect(scanTimes('us-west2-docker.example/shop/cart:1')).toEqual([new Date(clock.nowMs()).toISOString()]);
  });

  test('runs in batches, and nothing runs in the gap between them', () => {
    const names = ['a.example', 'b.example', 'c.example'];
    const { model, regular, clock } = testConsole({
      registries: names.map((name) => buildRegistry({ registry: name, discoveryMs: 1_000, scanMs: 1_000 })),
      settings: { parallelRegistries: 2, regularBatchGapMs: 15_000 },
    });
    model.startRegularScan();
    clock.advance(1_000);
    expect(regular().map((entry) => entry.isScanOngoing)).toEqual([true, true]);
    clock.advance(1_000);
    expect(regular().map((entry) => entry.isScanOngoing)).toEqual([false, false]);
    clock.advance(14_999);
    expect(regular()).toEqual([]);
    clock.advance(1);
    expect(regular().map((entry) => entry.isScanOngoing)).toEqual([true]);
  });

  test('can be stopped: counts stay as they are, and images that it has not reached get no row', () => {
    const image = buildImage({ registry: registry.registry, repo: 'shop/cart', tag: '7' });
    const { model, regular, clock } = testConsole({
      images: [image],
      registries: [buildRegistry({ ...registry, images: 10, scanMs: 10_000 })],
      events: [
        { kind: 'regular-scan', atMs: 0 },
        { kind: 'stop-regular', atMs: 7_500 },
      ],
    });
    clock.advance(60_000);
    expect(regular()).toMatchObject([{ isScanOngoing: false, imageScan: { scanned: 3, total: 10 } }]);
    expect(regular()).toEqual([]);
    expect(model.report()).toMatchObject({ body: null });
    expect(model.scansOf({ repo: 'shop/cart', tag: '7' })).toMatchObject([
      { kind: 'regular', rowAtMs: null },
    ]);
  });

  test('can end by itself with fewer images scanned than found', () => {
    const { model, regular, clock } = testConsole({
      registries: [buildRegistry({ ...registry, images: 10, scanned: 3 })],
    });
    model.startRegularScan();
    clock.advance(60_000);
    expect(regular()).toMatchObject([{ isScanOngoing: false, imageScan: { scanned: 3, total: 10 } }]);
  });
});
