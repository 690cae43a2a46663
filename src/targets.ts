import type { ImageSelection } from './config/config.ts';
import { CallError, withHint } from './http/call-error.ts';
import { IdentityProof } from './identity-proof.ts';
import { assumePlatform, expandImage, selectPlatforms } from './image/identity.ts';
import { type Image, imageReference, referenceByDigest } from './image/image.ts';
import type { ImageManifests } from './image/manifests.ts';
import { platformName, type RequiredPlatforms } from './image/platform.ts';
import { failedImage } from './policy/evaluate.ts';
import { decide } from './policy/reasons.ts';
import type { ImageResult } from './policy/result.ts';
import type { ImageRegistry } from './registry/registry.ts';

/** One image to wait for, with what is known of its digest in the registry. */
export interface Target {
  readonly image: Image;
  readonly proof: IdentityProof;
  /** The multi-platform image that this target is one platform of; undefined for an image as a whole. */
  readonly index: ImageManifests | undefined;
}

/** What the inputs ask for, as targets to wait for and images that fail without a wait. */
export interface Targets {
  readonly targets: readonly Target[];
  readonly failed: readonly ImageResult[];
}

/**
 * Asks the registry where the inputs need it: for the digest that a tag holds (`digest: registry`), and for the
 * platforms of an image (`platforms` other than `scanned`). Several platforms become an image each.
 */
export async function resolveTargets(selection: ImageSelection, registry: ImageRegistry): Promise<Targets> {
  const resolved = await Promise.all(
    selection.images.map((image) => resolveImage(image, selection, registry)),
  );
  return {
    targets: resolved.flatMap(({ targets }) => targets),
    failed: resolved.flatMap(({ failed }) => failed),
  };
}

async function resolveImage(
  given: Image,
  { digestSource, platforms }: ImageSelection,
  registry: ImageRegistry,
): Promise<Targets> {
  const needsPlatforms = platforms !== 'scanned';
  const needsDigest = given.digest === undefined && (digestSource === 'registry' || needsPlatforms);
  try {
    const digest = needsDigest ? await registry.resolveTag(given, given.tag ?? 'latest') : given.digest;
    const image: Image = { ...given, digest };
    if (!needsPlatforms || digest === undefined) return targetOf(image, registry);
    const manifests = assumePlatform(await registry.manifestsOf(image, digest), platforms);
    return targetsOfPlatforms(image, manifests, platforms, registry);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    const reason = needsPlatforms ? 'platform-unscanned' : 'digest-mismatch';
    const what = needsPlatforms ? 'its platforms are' : 'its digest is';
    const message = `The registry had to be asked what ${what}, for ${imageReference(given)}: ${withHint(error)}`;
    return { targets: [], failed: [failedImage(given, [], decide(reason, message))] };
  }
}

/** One target for an image with one platform to scan, else one for each; those that it does not have have failed. */
function targetsOfPlatforms(
  image: Image,
  manifests: ImageManifests,
  platforms: Exclude<RequiredPlatforms, 'scanned'>,
  registry: ImageRegistry,
): Targets {
  const { selected, absent } = selectPlatforms(manifests, platforms);
  const failed = absent.map((platform) =>
    failedImage({ ...image, platform }, [], unscanned(image, `has no image for ${platformName(platform)}`)),
  );
  if (selected.length === 0 && failed.length === 0) {
    const decision = unscanned(image, 'has no image that runs on the platforms asked for');
    return { targets: [], failed: [failedImage(image, [], decision)] };
  }
  if (selected.length === 0) return { targets: [], failed };
  const images = expandImage(image, manifests, platforms);
  const isExpanded = images.some(({ platform }) => platform !== undefined);
  const targets = images.map((each) => ({
    image: each,
    proof: isExpanded
      ? new IdentityProof(each, registry, [], platformOf(manifests, each))
      : new IdentityProof(each, registry, selected, manifests),
    index: isExpanded ? manifests : undefined,
  }));
  return { targets, failed };
}

function unscanned(image: Image, what: string) {
  return decide('platform-unscanned', `${imageReference(image)} ${what}.`);
}

function targetOf(image: Image, registry: ImageRegistry): Targets {
  const proof = new IdentityProof(image, registry, [], undefined);
  return { targets: [{ image, proof, index: undefined }], failed: [] };
}

/** What the registry has for an image that stands for one platform: that platform. */
function platformOf({ platforms }: ImageManifests, { digest }: Image): ImageManifests | undefined {
  const own = platforms.find((platform) => platform.digest === digest);
  return own && { digest: own.digest, isIndex: false, platforms: [own] };
}

/**
 * The results of targets, in their order. Where every runnable platform of a multi-platform image was scanned, each of
 * its results promotes that image; otherwise each promotes its own platform.
 */
export function withPromotion(
  targets: readonly Target[],
  results: readonly ImageResult[],
): readonly ImageResult[] {
  const scanned = new Set(
    results.flatMap(({ digest, isDigestVerified }) =>
      isDigestVerified && digest !== undefined ? [digest] : [],
    ),
  );
  return results.map((result, at) => {
    const { image, index } = targets[at] ?? {};
    if (image === undefined || index === undefined) return result;
    const hasAllPlatforms = index.platforms.every(({ digest }) => scanned.has(digest));
    return hasAllPlatforms
      ? { ...result, hasAllPlatforms, imageByDigest: referenceByDigest(image, index.digest) }
      : { ...result, hasAllPlatforms };
  });
}
