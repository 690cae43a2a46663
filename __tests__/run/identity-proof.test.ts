import { describe, expect, test } from '@jest/globals';
import type { Digest } from '../../src/image/image.ts';
import type { PlatformManifest } from '../../src/image/manifests.ts';
import { registryError } from '../../src/registry/registry-error.ts';
import { IdentityProof, type KnownIdentity } from '../../src/run/identity-proof.ts';
import { FakeClock } from '../builders/fake-clock.ts';
import { taggedImage } from '../builders/image.ts';
import { scanRow } from '../builders/row.ts';
import { digestOf, indexOf, platformManifest } from '../image/manifests.ts';
import { KnownRegistry } from './known-registry.ts';

const AMD64 = platformManifest('linux/amd64');
const ARM64 = platformManifest('linux/arm64');
const TWO = indexOf('linux/amd64', 'linux/arm64');
const IMAGE = taggedImage('shop/cart', '1.0');

const rowOf = (digest: Digest) => scanRow({ digest, digests: [digest] });

function proofOf(given: Partial<KnownIdentity> = {}) {
  const registry = new KnownRegistry([TWO]);
  const clock = new FakeClock();
  const image = { ...IMAGE, digest: TWO.digest };
  const known = { image, manifests: undefined, required: [], registryError: undefined, ...given };
  return { proof: new IdentityProof(known, registry, clock), registry, clock };
}

describe('The proof of a digest', () => {
  test.each<[string, readonly PlatformManifest[], Digest, boolean]>([
    ['a platform of it', [], ARM64.digest, true],
    ['the platform that is required', [ARM64], ARM64.digest, true],
    ['another platform than the required one', [ARM64], AMD64.digest, false],
    ['an unknown platform, if one is required', [ARM64], TWO.digest, false],
    ['something else', [], digestOf('else'), false],
  ])('accepts a row of %s: %#', async (_what, required, shown, isAccepted) => {
    const { proof } = proofOf({ manifests: TWO, required });
    expect(await proof.accepts(rowOf(shown))).toBe(isAccepted);
    expect(await proofOf({ image: IMAGE, required }).proof.accepts(rowOf(shown))).toBe(true);
  });

  test('asks the registry only about another digest, and once', async () => {
    const { proof, registry } = proofOf();
    expect(await proof.accepts(rowOf(TWO.digest))).toBe(true);
    expect(await proof.evidenceOf(undefined)).toMatchObject({
      identity: undefined,
      registryError: undefined,
    });
    expect(registry.asked).toEqual([]);
    expect(await proof.accepts(rowOf(ARM64.digest))).toBe(true);
    expect(await proof.accepts(rowOf(digestOf('else')))).toBe(false);
    expect(registry.asked).toEqual([TWO.digest]);
  });

  test('asks again after pauses that grow, and at the end without one', async () => {
    const { proof, registry, clock } = proofOf({ required: [ARM64] });
    registry.failure = registryError('unreachable', 'No answer', { hint: 'Try again.' });
    const askedAfter = async (ms: number) => {
      clock.advance(ms);
      expect(await proof.accepts(rowOf(ARM64.digest))).toBe(false);
      return registry.asked.length;
    };
    const asked = [];
    for (const ms of [0, 999, 1, 1_999, 1, 3_999, 1]) asked.push(await askedAfter(ms));
    expect(asked).toEqual([1, 1, 2, 2, 3, 3, 4]);
    expect(await proof.evidenceOf(rowOf(ARM64.digest))).toMatchObject({
      identity: { kind: 'needs-registry' },
      registryError: { what: 'No answer', hint: 'Try again.' },
      requiredPlatforms: [ARM64],
    });
    registry.failure = undefined;
    expect(await proof.evidenceOf(rowOf(ARM64.digest))).toMatchObject({
      identity: { kind: 'same', promote: ARM64.digest },
      registryError: undefined,
    });
    expect(registry.asked).toHaveLength(6);
  });

  test('asks only at the end again if no later answer can be another one', async () => {
    const { proof, registry, clock } = proofOf();
    registry.failure = registryError('unsupported', 'Not an image');
    for (const ms of [0, 86_400_000]) {
      clock.advance(ms);
      expect(await proof.accepts(rowOf(ARM64.digest))).toBe(false);
    }
    expect(registry.asked).toHaveLength(1);
    expect(await proof.evidenceOf(rowOf(ARM64.digest))).toMatchObject({
      registryError: { what: 'Not an image' },
    });
    expect(registry.asked).toHaveLength(2);
  });

  test('names why a platform is unknown, or why the registry could not be asked before', async () => {
    const unread = { ...TWO, unread: { what: 'The configuration could not be read' } };
    for (const given of [{ manifests: unread }, { registryError: unread.unread }]) {
      expect(await proofOf(given).proof.evidenceOf(rowOf(TWO.digest))).toMatchObject({
        identity: { kind: 'same' },
        registryError: unread.unread,
      });
    }
  });

  test('knows the digests of the platforms and of their configurations beforehand', () => {
    const unread = { ...ARM64, configDigest: undefined };
    const { proof } = proofOf({ manifests: { ...TWO, platforms: [AMD64, unread] } });
    expect(proof.aliases).toEqual([AMD64.digest, AMD64.configDigest, ARM64.digest]);
    expect(proofOf().proof.aliases).toEqual([]);
  });
});
