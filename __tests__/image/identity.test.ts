import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  expandImage,
  type Identity,
  proveIdentity,
  selectPlatforms,
  unscannedPlatforms,
} from '../../src/image/identity.ts';
import { type Digest, type Image, imageReference } from '../../src/image/image.ts';
import type { ImageManifests, PlatformManifest } from '../../src/image/manifests.ts';
import type { ImageScanResult } from '../../src/scan/evidence.ts';
import { scanRow } from '../builders/row.ts';
import { digestOf, imageOf, indexOf, platformManifest, platformOf } from './manifests.ts';

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
      scanned: [],
      isComplete: undefined,
      promote: OTHER,
    });
  });

  test('that carries it among the digests of other tags is of it', () => {
    const row = scanRow({ digests: [AMD64.digest, OTHER] });
    expect(proveIdentity(row, OTHER, undefined)).toMatchObject({ kind: 'same', promote: OTHER });
  });

  test('that carries it beside another digest of its own tag is a question for the registry', () => {
    const row = withDigest(AMD64.digest, { digests: [AMD64.digest, OTHER] });
    expect(proveIdentity(row, OTHER, undefined)).toEqual({ kind: 'needs-registry' });
  });

  test('that has an image id and no digest is of an image whose id is its digest', () => {
    expect(proveIdentity(scanRow({ imageId: OTHER }), OTHER, undefined)).toMatchObject({ promote: OTHER });
  });

  test('whose image id is the digest asked for, beside another digest, is a question for the registry', () => {
    const row = withDigest(AMD64.digest, { imageId: OTHER });
    expect(proveIdentity(row, OTHER, undefined)).toEqual({ kind: 'needs-registry' });
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
        shown: [],
      });
    }
  });
});

describe('With the registry, a row', () => {
  const single: ImageManifests = imageOf(AMD64);
  const complete = (manifests: ImageManifests) => ({
    scanned: manifests.platforms.map(({ digest }) => digest),
    isComplete: true,
    promote: manifests.digest,
  });
  const partial = (scanned: PlatformManifest) => ({
    scanned: [scanned.digest],
    isComplete: false,
    promote: scanned.digest,
  });
  const ambiguous = { scanned: [], isComplete: false, promote: undefined };
  const HALF = { ...TWO, platforms: [AMD64, { ...ARM64, platform: undefined }] };
  const UNREAD = { ...TWO, platforms: [{ ...AMD64, configDigest: undefined }, ARM64] };

  test.each<[string, ImageScanResult, ImageManifests, unknown]>([
    ['shows the image', withDigest(AMD64.digest), single, complete(single)],
    [
      'shows the configuration of the image',
      scanRow({ imageId: digestOf('config linux/amd64 ') }),
      single,
      complete(single),
    ],
    ['shows the only child', withDigest(AMD64.digest), ONE, complete(ONE)],
    ['shows the only child as its id', scanRow({ imageId: AMD64.digest }), ONE, complete(ONE)],
    [
      'shows the configuration of the only child',
      scanRow({ imageId: digestOf('config linux/amd64 ') }),
      ONE,
      complete(ONE),
    ],
    ['shows the index of one', withDigest(ONE.digest), ONE, complete(ONE)],
    ['shows the index as its id', scanRow({ imageId: ONE.digest }), ONE, complete(ONE)],
    ['shows one of two children', withDigest(AMD64.digest, { isArm64: false }), TWO, partial(AMD64)],
    [
      'shows the configuration of one of two',
      withDigest(OTHER, { imageId: digestOf('config linux/arm64 ') }),
      TWO,
      partial(ARM64),
    ],
    [
      'shows a child among the digests of other tags',
      scanRow({ digests: [OTHER, ARM64.digest] }),
      TWO,
      partial(ARM64),
    ],
    [
      "shows a child in its list beside another digest of the row's own tag",
      withDigest(OTHER, { digests: [OTHER, ARM64.digest] }),
      TWO,
      'other-digest',
    ],
    [
      "shows the image in its list beside another digest of the row's own tag",
      withDigest(OTHER, { digests: [OTHER, AMD64.digest] }),
      single,
      'other-digest',
    ],
    [
      'shows the same beside the configuration of the image',
      withDigest(OTHER, { digests: [OTHER, AMD64.digest], imageId: digestOf('config linux/amd64 ') }),
      single,
      complete(single),
    ],
    [
      'shows the index of two and one configuration',
      withDigest(TWO.digest, { imageId: digestOf('config linux/arm64 ') }),
      TWO,
      partial(ARM64),
    ],
    [
      'shows the index of two and is of an ARM Defender',
      withDigest(TWO.digest, { isArm64: true }),
      TWO,
      partial(ARM64),
    ],
    [
      'shows the index of two and is of another Defender',
      withDigest(TWO.digest, { isArm64: false }),
      TWO,
      partial(AMD64),
    ],
    [
      'shows the index of three and is not of an ARM Defender',
      withDigest(THREE.digest, { isArm64: false }),
      THREE,
      partial(AMD64),
    ],
    ['shows the index of two and no architecture', withDigest(TWO.digest), TWO, ambiguous],
    [
      'shows a digest of one child and the configuration of another',
      withDigest(AMD64.digest, { imageId: digestOf('config linux/arm64 ') }),
      TWO,
      'contradiction',
    ],
    [
      'shows the image as its id and the digest of something else',
      withDigest(OTHER, { imageId: AMD64.digest }),
      single,
      'contradiction',
    ],
    [
      'shows the index as its id and the digest of something else',
      withDigest(OTHER, { imageId: TWO.digest }),
      TWO,
      'contradiction',
    ],
    [
      'shows the index as its id and as its digest',
      withDigest(TWO.digest, { imageId: TWO.digest }),
      TWO,
      ambiguous,
    ],
    [
      'shows the index as its id, and a child beside the digest of something else',
      scanRow({ digests: [OTHER, ARM64.digest], imageId: TWO.digest }),
      TWO,
      partial(ARM64),
    ],
    [
      'shows an index with an unknown platform and is not of an ARM Defender',
      withDigest(HALF.digest, { isArm64: false }),
      HALF,
      ambiguous,
    ],
    [
      'shows an index of two images for amd64 and is not of an ARM Defender',
      withDigest(TWO.digest, { isArm64: false }),
      { ...TWO, platforms: [...TWO.platforms, platformManifest('linux/amd64', 'other')] },
      ambiguous,
    ],
    [
      'shows an index with an alias for ARM64 and is of an ARM Defender',
      withDigest(TWO.digest, { isArm64: true }),
      { ...TWO, platforms: [AMD64, { ...ARM64, platform: platformOf('linux/aarch64') }] },
      partial(ARM64),
    ],
    ['shows something else as its id alone', scanRow({ imageId: OTHER }), TWO, 'other-digest'],
    ['shows something else than an index that was not read', withDigest(OTHER), UNREAD, 'other-digest'],
    [
      'shows the index as its id and the digest of a child',
      withDigest(ARM64.digest, { imageId: TWO.digest }),
      TWO,
      partial(ARM64),
    ],
    [
      'shows both children, though one scan is of one',
      scanRow({ digests: [AMD64.digest, ARM64.digest] }),
      TWO,
      ambiguous,
    ],
    [
      'shows both children and is of an ARM Defender',
      scanRow({ digests: [AMD64.digest, ARM64.digest], isArm64: true }),
      TWO,
      partial(ARM64),
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
    ['shows an index of nothing that runs', withDigest(indexOf().digest), indexOf(), complete(indexOf())],
  ])('that %s', (_name, row, manifests, expected) => {
    expect(summary(proveIdentity(row, manifests.digest, manifests))).toEqual(expected);
  });

  test('of 32-bit ARM agrees with a scan that is not of ARM64', () => {
    const row = withDigest(ARM_V7.digest, { isArm64: false });
    expect(proveIdentity(row, THREE.digest, THREE)).toMatchObject({ kind: 'same', promote: ARM_V7.digest });
  });

  test('of an unnamed platform contradicts no architecture', () => {
    const unnamed = imageOf({ ...AMD64, platform: undefined });
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
      shown: [OTHER],
    });
    expect(proveIdentity(withDigest(AMD64.digest, { isArm64: true }), TWO.digest, TWO)).toMatchObject({
      why: 'architecture',
      platforms: ['linux/amd64'],
    });
  });

  test('is compared with the manifests of the digest asked for and no others', () => {
    expect(() => proveIdentity(withDigest(OTHER), OTHER, TWO)).toThrow(RangeError);
  });
});

describe('Whatever row and index are', () => {
  const names = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/s390x', 'windows/amd64'];
  const manifests = fc
    .tuple(
      fc.subarray(names, { minLength: 1 }),
      fc.array(fc.constantFrom('read', 'unread'), { minLength: 5, maxLength: 5 }),
    )
    .map(([some, kinds]) => {
      const index = indexOf(...some);
      const platforms = index.platforms.map((each, at) =>
        kinds[at] === 'unread' ? { ...each, configDigest: undefined } : each,
      );
      return { ...index, platforms };
    });
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

  test('the digest of an index is promoted only if every platform was scanned', () => {
    fc.assert(
      fc.property(cases, ({ index, row }) => {
        const identity = proveIdentity(row, index.digest, index);
        if (identity.kind !== 'same') return;
        expect(identity.promote === index.digest).toBe(
          unscannedPlatforms(index.platforms, identity.scanned).length === 0,
        );
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
    const arm = [platformOf('linux/arm64')];
    expect(selectPlatforms(ONE, arm)).toEqual({ selected: [], absent: arm });
    const unknown = { ...platformManifest('linux/arm64', 'unknown'), platform: undefined };
    expect(selectPlatforms({ ...TWO, platforms: [AMD64, unknown] }, 'all').selected).toEqual([
      AMD64,
      unknown,
    ]);
    expect(selectPlatforms({ ...TWO, platforms: [AMD64, unknown] }, arm)).toEqual({
      selected: [unknown],
      absent: [],
    });
    expect(selectPlatforms({ ...TWO, platforms: [AMD64, unknown, ARM64] }, arm)).toEqual({
      selected: [ARM64],
      absent: [],
    });
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

  const unnamed = { ...ARM64, platform: undefined };

  test.each<[readonly string[], readonly string[], readonly string[]]>([
    [['linux/amd64'], [], ['linux/amd64']],
    [['linux/s390x'], [], ['linux/s390x']],
    [['windows/arm64'], [], ['windows/arm64']],
    [['linux/arm64'], [unnamed.digest], []],
    [['linux/arm64/v8'], [unnamed.digest], []],
    [['linux/arm64', 'linux/amd64'], [unnamed.digest], ['linux/amd64']],
  ])(
    '%j of an image whose platform is unknown: never assumed, but a row may show ARM64',
    (asked, selected, absent) => {
      const selection = selectPlatforms(imageOf(unnamed), asked.map(platformOf));
      expect(selection.selected.map(({ digest }) => digest)).toEqual(selected);
      expect(selection.absent).toEqual(absent.map(platformOf));
    },
  );

  test.each<[string, PlatformManifest, boolean | undefined, boolean]>([
    ['the row says ARM64', unnamed, true, true],
    ['the row says another', unnamed, false, false],
    ['the row says nothing', unnamed, undefined, false],
    [
      'the row says ARM64 of a manifest that was not read',
      { ...unnamed, configDigest: undefined },
      true,
      false,
    ],
  ])('of which one is unknown: %s', (_name, platform, isArm64, isScanned) => {
    const identity = proveIdentity(
      withDigest(platform.digest, { isArm64 }),
      platform.digest,
      imageOf(platform),
    );
    const scanned = identity.kind === 'same' ? identity.scanned : [];
    expect(unscannedPlatforms([platform], scanned)).toEqual(isScanned ? [] : [platform]);
    const index = { ...TWO, platforms: [platform] };
    expect(proveIdentity(withDigest(platform.digest, { isArm64 }), TWO.digest, index)).toMatchObject({
      isComplete: isScanned,
      promote: isScanned ? TWO.digest : platform.digest,
    });
  });

  test('that were not scanned are named', () => {
    expect(unscannedPlatforms(TWO.platforms, [AMD64])).toEqual([ARM64]);
    expect(unscannedPlatforms(TWO.platforms, [AMD64, ARM64])).toEqual([]);
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
    for (const selected of [[], [AMD64], [ARM64]]) expect(expandImage(image, selected)).toEqual([image]);
  });

  test('of which several are needed is one image for each, scanned by its digest', () => {
    const images = expandImage(image, TWO.platforms);
    expect(images.map(imageReference)).toEqual([
      'registry.example.com/shop/cart:1.0 (linux/amd64)',
      'registry.example.com/shop/cart:1.0 (linux/arm64)',
    ]);
    expect(images.map(({ scanBy, digest }) => ({ scanBy, digest }))).toEqual([
      { scanBy: { digest: AMD64.digest }, digest: AMD64.digest },
      { scanBy: { digest: ARM64.digest }, digest: ARM64.digest },
    ]);
  });

  test('of unknown platforms has a name for each', () => {
    const unknown = TWO.platforms.map((each) => ({ ...each, platform: undefined }));
    expect(expandImage(image, unknown).map(imageReference)).toEqual([
      `registry.example.com/shop/cart:1.0@${AMD64.digest} (unknown/unknown)`,
      `registry.example.com/shop/cart:1.0@${ARM64.digest} (unknown/unknown)`,
    ]);
  });

  test('that has no tag is named by the digest of its platform', () => {
    const [first] = expandImage({ ...image, tag: undefined }, TWO.platforms).map(imageReference);
    expect(first).toBe(`registry.example.com/shop/cart@${AMD64.digest} (linux/amd64)`);
  });

  test('of one platform is proven by its own manifest', () => {
    const row = scanRow({ imageId: ARM64.configDigest, isArm64: true });
    expect(proveIdentity(row, ARM64.digest, imageOf(ARM64))).toMatchObject({
      kind: 'same',
      isComplete: true,
      promote: ARM64.digest,
    });
    expect(proveIdentity(withDigest(AMD64.digest), ARM64.digest, imageOf(ARM64)).kind).toBe('different');
  });
});
