import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  assumePlatform,
  coversEveryPlatform,
  expandImage,
  type Identity,
  manifestsOfPlatform,
  proveIdentity,
  selectPlatforms,
  unscannedPlatforms,
} from '../../src/image/identity.ts';
import { type Digest, type Image, imageReference } from '../../src/image/image.ts';
import type { ImageManifests, PlatformManifest } from '../../src/image/manifests.ts';
import type { ImageScanResult } from '../../src/scan/types.ts';
import { digestOf, indexOf, platformManifest, platformOf, scanRow } from './manifests.ts';

const AMD64 = platformManifest('linux/amd64');
const ARM64 = platformManifest('linux/arm64');
const ARM_V7 = platformManifest('linux/arm/v7');
const ONE = indexOf('linux/amd64');
const TWO = indexOf('linux/amd64', 'linux/arm64');
const THREE = indexOf('linux/amd64', 'linux/arm64', 'linux/arm/v7');
const OTHER = digestOf('another image');

const withDigest = (digest: Digest, change: Partial<ImageScanResult> = {}): ImageScanResult =>
  scanRow({ digest, digests: [digest], ...change });

const summary = (identity: Identity): unknown =>
  identity.kind === 'same'
    ? {
        by: identity.by,
        scanned: identity.scanned.map(({ digest }) => digest),
        isComplete: identity.isComplete,
        promote: identity.promote,
      }
    : identity.kind === 'different'
      ? identity.why
      : identity.kind;

describe('Without the registry, a row', () => {
  test('that carries the digest asked for is of it', () => {
    expect(proveIdentity(withDigest(OTHER), OTHER, undefined)).toEqual({
      kind: 'same',
      by: 'digest',
      scanned: [],
      isComplete: undefined,
      promote: OTHER,
      isImageId: false,
    });
  });

  test('that carries it among the digests of other tags is of it', () => {
    const row = scanRow({ digests: [AMD64.digest, OTHER] });
    expect(proveIdentity(row, OTHER, undefined)).toMatchObject({ kind: 'same', promote: OTHER });
  });

  test('whose image id is the digest asked for is of it, and promotes the digest that was scanned', () => {
    const row = withDigest(AMD64.digest, { imageId: OTHER });
    expect(proveIdentity(row, OTHER, undefined)).toMatchObject({
      kind: 'same',
      by: 'image-id',
      promote: AMD64.digest,
      isImageId: true,
    });
  });

  test('that has an image id and no digest is of an image whose id is its digest', () => {
    const row = scanRow({ imageId: OTHER });
    expect(proveIdentity(row, OTHER, undefined)).toMatchObject({ promote: OTHER, isImageId: false });
  });

  test('that carries another digest is a question for the registry', () => {
    expect(proveIdentity(withDigest(AMD64.digest), OTHER, undefined)).toEqual({ kind: 'needs-registry' });
    expect(proveIdentity(scanRow({ imageId: AMD64.digest }), OTHER, undefined)).toEqual({
      kind: 'needs-registry',
    });
  });

  test('that carries no digest cannot be of any, whatever the registry has', () => {
    for (const manifests of [undefined, TWO]) {
      expect(proveIdentity(scanRow(), TWO.digest, manifests)).toMatchObject({
        kind: 'different',
        why: 'no-digest',
        explanation: 'the report gives no digest of the scanned image',
      });
    }
  });
});

describe('With the registry, a row', () => {
  const single: ImageManifests = manifestsOfPlatform(AMD64);
  const complete = (by: string, manifests: ImageManifests) => ({
    by,
    scanned: manifests.platforms.map(({ digest }) => digest),
    isComplete: true,
    promote: manifests.digest,
  });
  const partial = (by: string, scanned: PlatformManifest) => ({
    by,
    scanned: [scanned.digest],
    isComplete: false,
    promote: scanned.digest,
  });
  const ambiguous = { by: 'digest', scanned: [], isComplete: false, promote: undefined };

  test.each<[string, ImageScanResult, ImageManifests, unknown]>([
    ['shows the image', withDigest(AMD64.digest), single, complete('digest', single)],
    [
      'shows the configuration of the image',
      scanRow({ imageId: digestOf('config linux/amd64 ') }),
      single,
      complete('config', single),
    ],
    ['shows the only child', withDigest(AMD64.digest), ONE, complete('platform-digest', ONE)],
    [
      'shows the only child as its id',
      scanRow({ imageId: AMD64.digest }),
      ONE,
      complete('platform-digest', ONE),
    ],
    [
      'shows the configuration of the only child',
      scanRow({ imageId: digestOf('config linux/amd64 ') }),
      ONE,
      complete('config', ONE),
    ],
    ['shows the index of one', withDigest(ONE.digest), ONE, complete('digest', ONE)],
    ['shows the index as its id', scanRow({ imageId: ONE.digest }), ONE, complete('digest', ONE)],
    [
      'shows one of two children',
      withDigest(AMD64.digest, { isArm64: false }),
      TWO,
      partial('platform-digest', AMD64),
    ],
    [
      'shows the configuration of one of two',
      withDigest(OTHER, { imageId: digestOf('config linux/arm64 ') }),
      TWO,
      partial('config', ARM64),
    ],
    [
      'shows a child among the digests of other tags',
      withDigest(OTHER, { digests: [OTHER, ARM64.digest] }),
      TWO,
      partial('platform-digest', ARM64),
    ],
    [
      'shows the index of two and one configuration',
      withDigest(TWO.digest, { imageId: digestOf('config linux/arm64 ') }),
      TWO,
      partial('digest', ARM64),
    ],
    [
      'shows the index of two and is of an ARM Defender',
      withDigest(TWO.digest, { isArm64: true }),
      TWO,
      partial('digest', ARM64),
    ],
    [
      'shows the index of two and is of another Defender',
      withDigest(TWO.digest, { isArm64: false }),
      TWO,
      partial('digest', AMD64),
    ],
    [
      'shows the index of three and is not of an ARM Defender',
      withDigest(THREE.digest, { isArm64: false }),
      THREE,
      partial('digest', AMD64),
    ],
    ['shows the index of two and no architecture', withDigest(TWO.digest), TWO, ambiguous],
    [
      'shows a digest of one child and the configuration of another',
      withDigest(AMD64.digest, { imageId: digestOf('config linux/arm64 ') }),
      TWO,
      { ...ambiguous, by: 'platform-digest' },
    ],
    [
      'shows both children, though one scan is of one',
      scanRow({ digests: [AMD64.digest, ARM64.digest] }),
      TWO,
      { ...ambiguous, by: 'platform-digest' },
    ],
    [
      'shows both children and is of an ARM Defender',
      scanRow({ digests: [AMD64.digest, ARM64.digest], isArm64: true }),
      TWO,
      partial('platform-digest', ARM64),
    ],
    ['shows something else', withDigest(OTHER, { imageId: digestOf('else') }), TWO, 'other-digest'],
    [
      'shows a child of another architecture than it says',
      withDigest(AMD64.digest, { isArm64: true }),
      TWO,
      'architecture',
    ],
    [
      'shows the configuration of another architecture than it says',
      scanRow({ imageId: digestOf('config linux/arm64 '), isArm64: false }),
      TWO,
      'architecture',
    ],
    [
      'shows an index without its architecture',
      withDigest(ONE.digest, { isArm64: true }),
      ONE,
      'architecture',
    ],
    [
      'shows an index of nothing that runs',
      withDigest(indexOf().digest),
      indexOf(),
      complete('digest', indexOf()),
    ],
  ])('that %s', (_name, row, manifests, expected) => {
    expect(summary(proveIdentity(row, manifests.digest, manifests))).toEqual(expected);
  });

  test('of 32-bit ARM agrees with a scan that is not of ARM64', () => {
    const row = withDigest(ARM_V7.digest, { isArm64: false });
    expect(proveIdentity(row, THREE.digest, THREE)).toMatchObject({ kind: 'same', promote: ARM_V7.digest });
  });

  test('of a platform that nobody names contradicts no architecture', () => {
    const unnamed = manifestsOfPlatform({ ...AMD64, platform: undefined });
    const row = withDigest(AMD64.digest, { isArm64: true });
    expect(proveIdentity(row, unnamed.digest, unnamed)).toMatchObject({ kind: 'same', isComplete: true });
  });

  test('of content that two children share, compressed differently, is of both', () => {
    const zstd = { ...AMD64, digest: digestOf('zstd') };
    const index = { ...ONE, platforms: [AMD64, zstd] };
    const row = scanRow({ imageId: AMD64.configDigest });
    expect(proveIdentity(row, index.digest, index)).toMatchObject({
      isComplete: true,
      promote: index.digest,
    });
  });

  test('names in its explanation what the report shows', () => {
    expect(proveIdentity(withDigest(OTHER), TWO.digest, TWO)).toMatchObject({
      explanation: `the report gives ${OTHER}`,
    });
    expect(proveIdentity(withDigest(AMD64.digest, { isArm64: true }), TWO.digest, TWO)).toMatchObject({
      explanation: 'the digest is of linux/amd64, and the report is of an ARM64 image',
    });
  });

  test('is compared with the manifests of the digest asked for and no others', () => {
    expect(() => proveIdentity(withDigest(OTHER), OTHER, TWO)).toThrow(RangeError);
  });
});

describe('Whatever row and index are', () => {
  const names = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/s390x', 'windows/amd64'];
  const manifests = fc.subarray(names, { minLength: 1 }).map((some) => indexOf(...some));
  const digests = [
    OTHER,
    ...names.flatMap((name) => {
      const { digest, configDigest } = platformManifest(name);
      return [digest, configDigest ?? digest];
    }),
  ];
  const someRow = (index: ImageManifests) => {
    const digest = fc.constantFrom(index.digest, ...digests);
    return fc
      .record({
        digest: fc.option(digest, { nil: undefined }),
        others: fc.array(digest, { maxLength: 2 }),
        imageId: fc.option(digest, { nil: undefined }),
        isArm64: fc.constantFrom(undefined, true, false),
      })
      .map(({ digest, others, imageId, isArm64 }) =>
        scanRow({ digest, digests: digest === undefined ? others : [digest, ...others], imageId, isArm64 }),
      );
  };
  const cases = manifests.chain((index) => someRow(index).map((row) => ({ index, row })));

  test('the digest of an index is promoted only where every platform was scanned', () => {
    fc.assert(
      fc.property(cases, ({ index, row }) => {
        const identity = proveIdentity(row, index.digest, index);
        if (identity.kind !== 'same') return;
        expect(identity.promote === index.digest).toBe(coversEveryPlatform(index, identity.scanned));
        if (index.platforms.length > 1) expect(identity.promote).not.toBe(index.digest);
      }),
      { numRuns: 1_000 },
    );
  });

  test('what is promoted is the digest asked for or a platform that agrees with the row', () => {
    fc.assert(
      fc.property(cases, ({ index, row }) => {
        const identity = proveIdentity(row, index.digest, index);
        if (identity.kind !== 'same') return;
        for (const { platform } of identity.scanned) {
          if (row.isArm64 !== undefined) expect(platform?.architecture === 'arm64').toBe(row.isArm64);
        }
        const allowed = [undefined, index.digest, ...identity.scanned.map(({ digest }) => digest)];
        expect(allowed).toContain(identity.promote);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a row without any digest of the index is never of it', () => {
    fc.assert(
      fc.property(cases, ({ index, row }) => {
        const known = [index.digest, ...index.platforms.flatMap((each) => [each.digest, each.configDigest])];
        const shown = [row.digest, ...row.digests, row.imageId].filter((digest) => digest !== undefined);
        if (shown.some((digest) => known.includes(digest))) return;
        expect(proveIdentity(row, index.digest, index).kind).toBe('different');
      }),
      { numRuns: 1_000 },
    );
  });

  test('the registry never turns a row that is of the digest into one that needs the registry', () => {
    fc.assert(
      fc.property(cases, ({ index, row }) => {
        expect(proveIdentity(row, index.digest, index).kind).not.toBe('needs-registry');
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('The platforms to scan', () => {
  const selectedOf = (...parameters: Parameters<typeof selectPlatforms>) =>
    selectPlatforms(...parameters).selected.map(({ digest }) => digest);

  test('are left to the Console by default', () => {
    expect(selectPlatforms(TWO, 'scanned')).toEqual({ selected: [], absent: [] });
  });

  test('are all that run', () => {
    expect(selectPlatforms(THREE, 'all')).toEqual({ selected: THREE.platforms, absent: [] });
  });

  test('are those of a list, and those of it that the index lacks are named', () => {
    const asked = ['linux/arm64/v8', 'linux/s390x'].map(platformOf);
    expect(selectPlatforms(THREE, asked)).toEqual({ selected: [ARM64], absent: [platformOf('linux/s390x')] });
  });

  test('are no image twice, though an index may list it twice', () => {
    expect(selectedOf({ ...TWO, platforms: [...TWO.platforms, AMD64] }, 'all')).toEqual([
      AMD64.digest,
      ARM64.digest,
    ]);
  });

  test('are all images of a platform that has several', () => {
    const windows = [platformManifest('windows/amd64', '2022'), platformManifest('windows/amd64', '2025')];
    const index = { ...ONE, platforms: [AMD64, ...windows] };
    expect(selectedOf(index, [platformOf('windows/amd64')])).toEqual(windows.map(({ digest }) => digest));
  });

  test('include an image whose platform is unknown only as the one platform asked for, and the row has to agree', () => {
    const unnamed = manifestsOfPlatform({ ...ARM64, platform: undefined });
    const asked = [platformOf('linux/arm64')];
    expect(selectPlatforms(unnamed, asked)).toEqual({ selected: [], absent: asked });
    expect(selectPlatforms(unnamed, 'all').selected).toHaveLength(1);

    const assumed = assumePlatform(unnamed, asked);
    expect(selectPlatforms(assumed, asked)).toEqual({ selected: [ARM64], absent: [] });
    const row = withDigest(ARM64.digest, { isArm64: false });
    expect(proveIdentity(row, ARM64.digest, assumed)).toMatchObject({
      kind: 'different',
      why: 'architecture',
    });
    for (const required of ['all', 'scanned', [...asked, platformOf('linux/amd64')], []] as const) {
      expect(assumePlatform(unnamed, required)).toBe(unnamed);
    }
    expect(assumePlatform(TWO, asked)).toBe(TWO);
  });

  test('that were not scanned are named', () => {
    const selection = selectPlatforms(TWO, 'all');
    expect(unscannedPlatforms(selection, [AMD64])).toEqual([ARM64]);
    expect(unscannedPlatforms(selection, [AMD64, ARM64])).toEqual([]);
  });
});

describe('An image', () => {
  const image: Image = {
    registry: 'registry.example.com',
    repository: 'shop/cart',
    tag: '1.0',
    digest: TWO.digest,
    scanBy: { tag: '1.0' },
    platform: undefined,
  };

  test('of which one platform is needed stays as it is', () => {
    expect(expandImage(image, ONE, 'all')).toEqual([image]);
    expect(expandImage(image, TWO, [platformOf('linux/arm64')])).toEqual([image]);
    expect(expandImage(image, TWO, 'scanned')).toEqual([image]);
  });

  test('of which several are needed is one image for each, scanned by its digest', () => {
    const images = expandImage(image, TWO, 'all');
    expect(images.map(imageReference)).toEqual([
      'registry.example.com/shop/cart:1.0 (linux/amd64)',
      'registry.example.com/shop/cart:1.0 (linux/arm64)',
    ]);
    expect(images.map(({ scanBy, digest }) => ({ scanBy, digest }))).toEqual([
      { scanBy: { digest: AMD64.digest }, digest: AMD64.digest },
      { scanBy: { digest: ARM64.digest }, digest: ARM64.digest },
    ]);
  });

  test('that has no tag is named by the digest of its platform', () => {
    const [first] = expandImage({ ...image, tag: undefined }, TWO, 'all').map(imageReference);
    expect(first).toBe(`registry.example.com/shop/cart@${AMD64.digest} (linux/amd64)`);
  });

  test('of one platform is proven by its own manifest', () => {
    const row = scanRow({ imageId: ARM64.configDigest, isArm64: true });
    expect(proveIdentity(row, ARM64.digest, manifestsOfPlatform(ARM64))).toMatchObject({
      kind: 'same',
      isComplete: true,
      promote: ARM64.digest,
    });
    expect(proveIdentity(withDigest(AMD64.digest), ARM64.digest, manifestsOfPlatform(ARM64)).kind).toBe(
      'different',
    );
  });
});
