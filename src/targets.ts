import type { ImageSelection } from './config/config.ts';
import {
  assumePlatform,
  expandImage,
  type Identity,
  proveIdentity,
  selectPlatforms,
  unscannedPlatforms,
} from './image/identity.ts';
import { type Digest, type Image, imageReference, referenceByDigest } from './image/image.ts';
import { type ImageManifests, type PlatformManifest, platformName } from './image/platform.ts';
import { failedImage, type IdentityEvidence } from './policy/evaluate.ts';
import { decide } from './policy/reasons.ts';
import type { ImageResult } from './policy/result.ts';
import type { ImageRegistry } from './registry/registry.ts';
import { RegistryError } from './registry/registry-error.ts';
import type { ScanSource } from './scan/poller.ts';
import type { ImageScanResult } from './scan/types.ts';

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
  if (!needsDigest && !needsPlatforms) return targetOf(given, registry);
  try {
    const digest = needsDigest ? await registry.resolveTag(given, given.tag ?? 'latest') : given.digest;
    const image: Image = { ...given, digest };
    if (!needsPlatforms || digest === undefined) return targetOf(image, registry);
    const manifests = assumePlatform(await registry.manifestsOf(image, digest), platforms);
    const { selected, absent } = selectPlatforms(manifests, platforms);
    const images = expandImage(image, manifests, platforms);
    const isExpanded = images.some(({ platform }) => platform !== undefined);
    const failed = absent.map((platform) =>
      failedImage({ ...image, platform }, [], unscanned(image, `has no image for ${platformName(platform)}`)),
    );
    if (selected.length === 0) {
      const none = failedImage(
        image,
        [],
        unscanned(image, 'has no image that runs on the platforms asked for'),
      );
      return { targets: [], failed: failed.length > 0 ? failed : [none] };
    }
    const targets = images.map((each) => ({
      image: each,
      proof: isExpanded
        ? new IdentityProof(each, registry, [], platformOf(manifests, each))
        : new IdentityProof(each, registry, selected, manifests),
      index: isExpanded ? manifests : undefined,
    }));
    return { targets, failed };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const reason = needsPlatforms ? 'platform-unscanned' : 'digest-mismatch';
    const what = needsPlatforms ? 'its platforms are' : 'its digest is';
    const message = `The registry had to be asked what ${what}, for ${imageReference(given)}: ${error.message}`;
    return { targets: [], failed: [failedImage(given, [], decide(reason, message))] };
  }
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

/** A registry that could not be asked is asked again for a later row, this many times in all. */
const MAX_ATTEMPTS = 3;

/**
 * Proves that rows of the report are of the digest asked for. The registry is asked only where a row carries another
 * digest.
 */
export class IdentityProof {
  readonly #image: Image;
  readonly #registry: ImageRegistry;
  readonly #required: readonly PlatformManifest[];
  #manifests: ImageManifests | undefined;
  #registryError = '';
  #attempts = 0;

  constructor(
    image: Image,
    registry: ImageRegistry,
    required: readonly PlatformManifest[],
    manifests: ImageManifests | undefined,
  ) {
    this.#image = image;
    this.#registry = registry;
    this.#required = required;
    this.#manifests = manifests;
  }

  /** Whether the row is of the digest asked for, and of a platform that has to be scanned. */
  async accepts(row: ImageScanResult): Promise<boolean> {
    const identity = await this.#prove(row);
    if (identity === undefined) return true;
    if (identity.kind !== 'same') return false;
    return unscannedPlatforms({ selected: this.#required, absent: [] }, identity.scanned).length === 0;
  }

  /** What is proven of the row that the wait ended with. */
  async evidenceOf(row: ImageScanResult | undefined): Promise<IdentityEvidence> {
    const identity = row && (await this.#prove(row));
    return { identity, registryError: this.#registryError, requiredPlatforms: this.#required };
  }

  /**
   * The evidence of a scan that is asked for by digest alone: where the report has no row of the digest, a row of one of
   * its platforms counts, which only the registry can tell. The first read is the baseline.
   */
  sourceOf(scanOf: (image: Image, aliases: () => readonly Digest[]) => ScanSource): ScanSource {
    const source = scanOf(this.#image, () => this.#platformDigests());
    if ('tag' in this.#image.scanBy || this.#image.platform !== undefined) return source;
    let isBaselineRead = false;
    return {
      progress: (signal) => source.progress(signal),
      report: async (detail, signal) => {
        const result = await source.report(detail, signal);
        const isAbsent = result.ok && result.value.kind === 'absent';
        if (result.ok && !isBaselineRead) isBaselineRead = true;
        else if (isAbsent && this.#manifests === undefined && (await this.#readManifests())) {
          return source.report(detail, signal);
        }
        return result;
      },
    };
  }

  async #prove(row: ImageScanResult): Promise<Identity | undefined> {
    const { digest } = this.#image;
    if (digest === undefined) return undefined;
    const identity = proveIdentity(row, digest, this.#manifests);
    if (identity.kind !== 'needs-registry' || !(await this.#readManifests())) return identity;
    return proveIdentity(row, digest, this.#manifests);
  }

  async #readManifests(): Promise<boolean> {
    const { digest } = this.#image;
    if (digest === undefined || this.#attempts >= MAX_ATTEMPTS) return false;
    this.#attempts += 1;
    try {
      this.#manifests = await this.#registry.manifestsOf(this.#image, digest);
      this.#registryError = '';
      return true;
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      this.#registryError = error.message;
      return false;
    }
  }

  #platformDigests(): readonly Digest[] {
    return (this.#manifests?.platforms ?? []).flatMap(({ digest, configDigest }) =>
      configDigest === undefined ? [digest] : [digest, configDigest],
    );
  }
}
