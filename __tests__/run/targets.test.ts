import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ImageSelection } from '../../src/config/config.ts';
import type { CallError } from '../../src/http/call-error.ts';
import { expandImage } from '../../src/image/identity.ts';
import { type Digest, type Image, referenceByDigest } from '../../src/image/image.ts';
import type { ImageManifests } from '../../src/image/manifests.ts';
import { decide } from '../../src/policy/decision.ts';
import type { Reason } from '../../src/policy/reasons.ts';
import type { ImageResult } from '../../src/policy/result.ts';
import { failedImage } from '../../src/policy/unproven-image.ts';
import { registryError } from '../../src/registry/registry-error.ts';
import { IdentityProof } from '../../src/run/identity-proof.ts';
import { resolveTargets, type Target, withPromotion } from '../../src/run/targets.ts';
import { taggedImage } from '../builders/image.ts';
import { scanRow } from '../builders/row.ts';
import { indexOf, platformManifest, platformOf } from '../image/manifests.ts';
import { InstantClock } from '../registry/scripted-registry.ts';
import { KnownRegistry } from './known-registry.ts';

const NAMES = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'windows/amd64'];
const IMAGE = taggedImage('shop/cart', '1.0');

function targetOf(image: Image, index: ImageManifests | undefined): Target {
  const known = { image, manifests: undefined, required: [], registryError: undefined };
  return { image, proof: new IdentityProof(known, new KnownRegistry(), new InstantClock()), index };
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

  test('is not promoted by platforms of the same index in another repository', () => {
    const index = indexOf('linux/amd64', 'linux/arm64', 'linux/s390x');
    const [first, second, third] = index.platforms.map((each) => [each]);
    const targets = [
      { of: IMAGE, index, selected: [first, second] },
      { of: { ...IMAGE, repository: 'shop/other' }, index: { ...index }, selected: [second, third] },
    ].flatMap(({ of, index: own, selected }) =>
      expandImage(
        { ...of, digest: index.digest },
        selected.flatMap((each) => each ?? []),
      ).map((each) => targetOf(each, own)),
    );
    const results = targets.map(({ image }) => resultOf(image, 'scan-completed'));
    expect(withPromotion(targets, results).map(({ promotes }) => promotes)).not.toContain(index.digest);
  });

  test('is not promoted if one of its platforms was scanned twice, and failed once', () => {
    const index = indexOf('linux/amd64', 'linux/arm64');
    const images = expandImage({ ...IMAGE, digest: index.digest }, index.platforms).flatMap((each) => [
      each,
      each,
    ]);
    const targets = images.map((image) => targetOf(image, index));
    const results = images.map((image, at) => resultOf(image, at === 3 ? 'scan-error' : 'scan-completed'));
    expect(withPromotion(targets, results).map(({ promotes }) => promotes)).not.toContain(index.digest);
    const unproven = results.map((result) => ({
      ...resultOf(IMAGE, 'scan-completed'),
      digest: result.digest,
      isDigestVerified: false,
    }));
    expect(withPromotion(targets, unproven).map(({ promotes }) => promotes)).not.toContain(index.digest);
  });

  test('leaves an image as a whole as it is', () => {
    const result = resultOf({ ...IMAGE, digest: indexOf('linux/amd64').digest }, 'scan-completed');
    expect(withPromotion([targetOf(IMAGE, undefined)], [result])).toEqual([result]);
  });
});

describe('The targets of the inputs', () => {
  const AMD64 = platformManifest('linux/amd64');
  const ARM64 = platformManifest('linux/arm64');
  const TWO = indexOf('linux/amd64', 'linux/arm64');
  const NONE = indexOf();
  const pinned: Image = { ...IMAGE, digest: TWO.digest };
  const byDigest: Image = { ...IMAGE, tag: undefined, digest: TWO.digest, scanBy: { digest: TWO.digest } };
  const untagged: Image = { ...IMAGE, tag: undefined };
  const empty: Image = { ...IMAGE, digest: NONE.digest };
  const listOf = (...names: readonly string[]) => ({ platforms: names.map(platformOf) });

  async function resolve(image: Image, selection: Partial<ImageSelection>, failure?: CallError) {
    const registry = new KnownRegistry([TWO, NONE], { '1.0': TWO.digest, latest: NONE.digest });
    registry.failure = failure;
    const { signal } = new AbortController();
    const limits = { clock: new InstantClock(), signal, forMs: 0, leftMs: () => 0, onPause: () => {} };
    const all = { images: [image], digestSource: 'input', platforms: 'scanned', ...selection } as const;
    const { targets, failed } = await resolveTargets(all, registry, limits);
    const asked = [...registry.asked];
    const scans = await Promise.all(
      targets.map(async (target) => {
        const { requiredPlatforms, registryError } = await target.proof.evidenceOf(undefined);
        const required = requiredPlatforms.map(({ digest }) => digest);
        return { digest: target.image.digest, required, index: target.index?.digest, registryError };
      }),
    );
    return {
      targets,
      scans,
      asked,
      failed: failed.map(({ name, decision, gates }) => ({ name, decision, gates })),
    };
  }

  const scanOf = (digest: Digest | undefined, required: readonly Digest[] = [], index?: Digest) => ({
    digest,
    required,
    index,
    registryError: undefined,
  });

  test.each<[string, Image, Partial<ImageSelection>, readonly object[], readonly string[]]>([
    ['a tag', IMAGE, {}, [scanOf(undefined)], []],
    ['a tag with a digest', pinned, { digestSource: 'registry' }, [scanOf(TWO.digest)], []],
    ['what a tag holds', IMAGE, { digestSource: 'registry' }, [scanOf(TWO.digest)], ['1.0']],
    ['what the tag latest holds', untagged, { digestSource: 'registry' }, [scanOf(NONE.digest)], ['latest']],
    ['a digest alone', byDigest, {}, [scanOf(TWO.digest)], [TWO.digest]],
    [
      'every platform',
      IMAGE,
      { platforms: 'all' },
      [AMD64, ARM64].map(({ digest }) => scanOf(digest, [digest], TWO.digest)),
      ['1.0', TWO.digest],
    ],
    [
      'one platform of a list',
      pinned,
      listOf('linux/arm64'),
      [scanOf(TWO.digest, [ARM64.digest])],
      [TWO.digest],
    ],
  ])('are of %s', async (_what, image, selection, expected, asked) => {
    expect(await resolve(image, selection)).toMatchObject({ scans: expected, failed: [], asked });
  });

  test('are of each platform by its own digest, which alone is accepted', async () => {
    const { targets } = await resolve(pinned, { platforms: 'all' });
    const shown = [AMD64, ARM64].map(({ digest }) => scanRow({ digest, digests: [digest] }));
    const accepted = await Promise.all(
      targets.flatMap(({ proof }) => shown.map((row) => proof.accepts(row))),
    );
    expect(accepted).toEqual([true, false, false, true]);
    expect(new Set(targets.map(({ index }) => index)).size).toBe(1);
  });

  test('know by which digests the report may show an image that is scanned by digest', async () => {
    const { targets } = await resolve(byDigest, {});
    const aliases = [AMD64, ARM64].flatMap(({ digest, configDigest }) => [digest, configDigest]);
    expect(targets[0]?.proof.aliases).toEqual(aliases);
  });

  const absent = (platform: string | undefined) => ({
    kind: 'platform-absent',
    platform,
    registryError: undefined,
  });
  const unread = (question: string) => ({
    kind: 'registry-unread',
    question,
    registryError: expect.objectContaining({ what: 'No answer' }),
  });
  const noAnswer = registryError('unreachable', 'No answer');

  test.each<[string, Image, Partial<ImageSelection>, CallError | undefined, number, Reason, object]>([
    [
      'a platform is absent',
      pinned,
      listOf('linux/s390x'),
      undefined,
      0,
      'platform-unscanned',
      absent('linux/s390x'),
    ],
    [
      'one of two platforms is absent',
      pinned,
      listOf('linux/arm64', 'linux/s390x'),
      undefined,
      1,
      'platform-unscanned',
      absent('linux/s390x'),
    ],
    [
      'one of three platforms is absent',
      pinned,
      listOf('linux/arm64', 'linux/amd64', 'linux/s390x'),
      undefined,
      2,
      'platform-unscanned',
      absent('linux/s390x'),
    ],
    [
      'nothing in the index runs',
      empty,
      { platforms: 'all' },
      undefined,
      0,
      'platform-unscanned',
      absent(undefined),
    ],
    [
      'platforms cannot be read',
      pinned,
      { platforms: 'all' },
      noAnswer,
      0,
      'platform-unscanned',
      unread('platforms'),
    ],
    [
      'a tag cannot be read',
      IMAGE,
      { digestSource: 'registry' },
      noAnswer,
      0,
      'digest-mismatch',
      unread('digest'),
    ],
  ])('fail where %s', async (_what, image, selection, failure, others, reason, because) => {
    const { failed, targets } = await resolve(image, selection, failure);
    expect(failed).toMatchObject([{ decision: { verdict: 'failed', reason, because } }]);
    const gate = reason === 'digest-mismatch' ? 'digest' : 'platforms';
    expect(failed[0]?.gates).toMatchObject([{ gate, state: 'not-met', detail: { kind: 'ended-by-error' } }]);
    expect(targets).toHaveLength(others);
  });

  test('are of a digest alone even if the registry cannot be read, which the evidence names', async () => {
    const { scans, failed } = await resolve(byDigest, {}, noAnswer);
    expect(scans).toEqual([
      { ...scanOf(TWO.digest), registryError: expect.objectContaining({ what: 'No answer' }) },
    ]);
    expect(failed).toEqual([]);
  });

  test('come in the order of the images, and an error that is no call’s is thrown', async () => {
    const registry = new KnownRegistry();
    registry.resolveTag = () => Promise.reject(new TypeError('a defect'));
    const { signal } = new AbortController();
    const limits = { clock: new InstantClock(), signal, forMs: 0, leftMs: () => 0, onPause: () => {} };
    const selection = { images: [pinned, IMAGE], digestSource: 'input', platforms: 'scanned' } as const;
    const { targets } = await resolveTargets(selection, registry, limits);
    expect(targets.map(({ image }) => image)).toEqual([pinned, IMAGE]);
    const broken = resolveTargets({ ...selection, digestSource: 'registry' }, registry, limits);
    await expect(broken).rejects.toThrow(TypeError);
  });
});
