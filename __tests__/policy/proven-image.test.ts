import { describe, expect, test } from '@jest/globals';
import type { Identity } from '../../src/image/identity.ts';
import type { Digest, Image } from '../../src/image/image.ts';
import type { Platform } from '../../src/image/platform.ts';
import { inventoryOf } from '../../src/policy/inventory.ts';
import {
  digestToPromote,
  provenDigests,
  provenIdentity,
  provenPlatform,
} from '../../src/policy/proven-image.ts';
import { scanRow } from '../builders/row.ts';
import { digestOf, indexOf, platformManifest, platformOf } from '../image/manifests.ts';
import { imageOf } from './builders.ts';

const AMD64 = platformManifest('linux/amd64');
const ARM64 = platformManifest('linux/arm64', 'v8');
const ZSTD = { ...ARM64, digest: digestOf('zstd') };
const ASKED = indexOf('linux/amd64', 'linux/arm64').digest;
const OWN = digestOf('own');
const LISTED = digestOf('listed');
const CONFIG = digestOf('configuration');

const image: Image = { ...imageOf('registry.example.com/team/app:1.4'), digest: ASKED };
const row = scanRow({
  digest: OWN,
  digests: [OWN, LISTED],
  imageId: CONFIG,
  isArm64: false,
  findings: [],
  packages: [],
});
const ofRow = [OWN, LISTED, CONFIG];
const same = (given: Partial<Extract<Identity, { kind: 'same' }>>): Identity => ({
  kind: 'same',
  scanned: [],
  isComplete: false,
  promote: undefined,
  ...given,
});

interface Proven {
  readonly promote: Digest | undefined;
  readonly digests: readonly (Digest | undefined)[];
  readonly platform: Platform | undefined;
  /** The digest of the packages, or why there is none. */
  readonly inventory: string;
}

describe('What is proven of a scanned image', () => {
  const unproven = { promote: OWN, digests: ofRow, platform: AMD64.platform, inventory: 'another-image' };

  test.each<[string, Identity | undefined, Proven]>([
    ['was not compared', undefined, unproven],
    ['has another digest', { kind: 'needs-registry' }, unproven],
    [
      'shows the digest that was asked for',
      same({ promote: ASKED, isComplete: undefined }),
      { promote: ASKED, digests: [...ofRow, ASKED], platform: AMD64.platform, inventory: ASKED },
    ],
    [
      'is one platform of an index',
      same({ scanned: [ARM64], promote: ARM64.digest }),
      {
        promote: ARM64.digest,
        digests: [...ofRow, ASKED, ARM64.digest, ARM64.configDigest],
        platform: ARM64.platform,
        inventory: ARM64.digest,
      },
    ],
    [
      'is the only platform of an index',
      same({ scanned: [ARM64], isComplete: true, promote: ASKED }),
      {
        promote: ASKED,
        digests: [...ofRow, ASKED, ARM64.digest, ARM64.configDigest],
        platform: ARM64.platform,
        inventory: ARM64.digest,
      },
    ],
    [
      'may be of several platforms',
      same({}),
      { promote: undefined, digests: [...ofRow, ASKED], platform: AMD64.platform, inventory: 'no-digest' },
    ],
    [
      'is one content under two digests',
      same({ scanned: [ARM64, ZSTD], isComplete: true, promote: ASKED }),
      {
        promote: ASKED,
        digests: [...ofRow, ASKED, ARM64.digest, ARM64.configDigest, ZSTD.digest],
        platform: AMD64.platform,
        inventory: 'no-digest',
      },
    ],
  ])('whose row %s', (_what, identity, expected) => {
    const proven = provenIdentity(identity);
    expect(digestToPromote(row, proven)).toBe(expected.promote);
    expect(digestToPromote(undefined, proven)).toBeUndefined();
    expect(provenDigests(row, image, proven)).toEqual(expected.digests);
    expect(provenPlatform(row, image, proven)).toEqual(expected.platform);
    const inventory = inventoryOf(row, image, identity);
    expect(inventory.kind === 'known' ? inventory.digest : inventory.why).toBe(expected.inventory);
  });

  test('has the platform that was asked for only if the digest is proven, and of the row none without a word', () => {
    const arm = { ...image, platform: platformOf('linux/arm64') };
    const silent = scanRow({ isArm64: undefined });
    expect(provenPlatform(silent, arm, provenIdentity(same({})))).toEqual(arm.platform);
    expect(provenPlatform(silent, arm, undefined)).toBeUndefined();
    expect(provenPlatform(scanRow({ isArm64: true }), arm, undefined)).toEqual(platformOf('linux/arm64'));
  });

  test('has the packages of the row only if it lists them, and if no digest was asked for also without a proof', () => {
    const { scanTime, distribution, packages } = row;
    const unpinned = { ...image, digest: undefined };
    const known = { kind: 'known', digest: OWN, scanTime: scanTime?.text, distribution, packages };
    for (const subject of [unpinned, undefined]) {
      expect(inventoryOf(row, subject, undefined)).toEqual({ ...known, platform: AMD64.platform });
    }
    const whyOf = (given: Partial<typeof row>) => inventoryOf({ ...row, ...given }, unpinned, undefined);
    expect(whyOf({ findings: undefined })).toEqual({ kind: 'unknown', why: 'not-read' });
    expect(inventoryOf(undefined, unpinned, undefined)).toEqual({ kind: 'unknown', why: 'not-read' });
    expect(whyOf({ packages: undefined })).toEqual({ kind: 'unknown', why: 'unlisted' });
    expect(whyOf({ scanTime: undefined })).toEqual({ kind: 'unknown', why: 'unlisted' });
    expect(whyOf({ digest: undefined })).toEqual({ kind: 'unknown', why: 'no-digest' });
  });
});
