import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expandImage } from '../../src/image/identity.ts';
import { type Image, referenceByDigest } from '../../src/image/image.ts';
import type { ImageManifests } from '../../src/image/manifests.ts';
import { decide } from '../../src/policy/decision.ts';
import { failedImage } from '../../src/policy/evaluate.ts';
import type { Reason } from '../../src/policy/reasons.ts';
import type { ImageResult } from '../../src/policy/result.ts';
import { IdentityProof } from '../../src/run/identity-proof.ts';
import { type Target, withPromotion } from '../../src/run/targets.ts';
import { indexOf } from '../image/manifests.ts';
import { createClient, InstantClock } from '../registry/scripted-registry.ts';

const NAMES = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'windows/amd64'];
const IMAGE: Image = {
  registry: 'registry.example.com',
  repository: 'shop/cart',
  tag: '1.0',
  digest: undefined,
  scanBy: { tag: '1.0' },
  platform: undefined,
};

const { registry } = createClient();

function targetOf(image: Image, index: ImageManifests | undefined): Target {
  const known = { image, manifests: undefined, required: [], registryError: undefined };
  return { image, proof: new IdentityProof(known, registry, new InstantClock()), index };
}

/** The result of a platform, which is promoted by its own digest. */
function resultOf(image: Image, reason: Reason): ImageResult {
  const { digest } = image;
  return {
    ...failedImage(image, [], decide(reason, { kind: 'defect', message: 'x' })),
    digest,
    isDigestVerified: true,
    imageByDigest: digest && referenceByDigest(image, digest),
  };
}

const REASONS = ['scan-completed', 'recent-scan', 'scan-error', 'severity-cutoff', 'still-scanning'] as const;

/** An index, of which some platforms were asked for, each with an end. */
const cases = fc
  .subarray(NAMES, { minLength: 2 })
  .map((names) => indexOf(...names))
  .chain((index) =>
    fc
      .subarray([...index.platforms], { minLength: 2 })
      .chain((selected) =>
        fc
          .tuple(...selected.map(() => fc.constantFrom(...REASONS)))
          .map((reasons) => ({ index, selected, reasons })),
      ),
  );

describe('The digest of an index', () => {
  test('is promoted only once every runnable platform of it passed; otherwise each has its own', () => {
    fc.assert(
      fc.property(cases, ({ index, selected, reasons }) => {
        const images = expandImage({ ...IMAGE, digest: index.digest }, selected);
        const targets = images.map((image) => targetOf(image, index));
        const results = images.map((image, at) => resultOf(image, reasons[at] ?? 'scan-error'));
        const isAll =
          selected.length === index.platforms.length &&
          results.every(({ decision }) => decision.verdict === 'passed');

        const promoted = withPromotion(targets, results);

        expect(promoted.map(({ imageByDigest }) => imageByDigest)).toEqual(
          images.map(({ digest = index.digest }) => referenceByDigest(IMAGE, isAll ? index.digest : digest)),
        );
        expect(new Set(promoted.map(({ hasAllPlatforms }) => hasAllPlatforms))).toEqual(new Set([isAll]));
      }),
    );
  });

  test('is not promoted by platforms of another index', () => {
    const [one, other] = [indexOf('linux/amd64', 'linux/arm64'), indexOf('linux/amd64', 'linux/s390x')];
    const images = [one, other].flatMap((index) =>
      expandImage({ ...IMAGE, digest: index.digest }, index.platforms).map((image) => ({ image, index })),
    );
    const targets = images.map(({ image, index }) => targetOf(image, index));
    const results = images.map(({ image }, at) =>
      resultOf(image, at === 3 ? 'scan-error' : 'scan-completed'),
    );

    expect(withPromotion(targets, results).map(({ imageByDigest }) => imageByDigest?.split('@')[1])).toEqual([
      one.digest,
      one.digest,
      ...other.platforms.map(({ digest }) => digest),
    ]);
  });

  test('leaves an image as a whole as it is', () => {
    const result = resultOf({ ...IMAGE, digest: indexOf('linux/amd64').digest }, 'scan-completed');
    expect(withPromotion([targetOf(IMAGE, undefined)], [result])).toEqual([result]);
  });
});
