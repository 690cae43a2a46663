import type { ImageSelection } from '../config/config.ts';
import type { RunHost } from '../host.ts';
import { CallError, failureOf } from '../http/call-error.ts';
import { expandImage, selectPlatforms } from '../image/identity.ts';
import { type Image, referenceByDigest } from '../image/image.ts';
import type { FailedRead, ImageManifests } from '../image/manifests.ts';
import { type Platform, platformName } from '../image/platform.ts';
import { type Decision, decide } from '../policy/decision.ts';
import type { ImageResult } from '../policy/result.ts';
import { failedImage } from '../policy/unproven-image.ts';
import type { ImageRegistry } from '../registry/registry.ts';
import { type RetryLimits, retrying, retryingForPlatforms } from '../registry/retrying-registry.ts';
import type { Deadline } from '../scan/deadline.ts';
import { registryPauseText } from '../text/call-text.ts';
import { IdentityProof, type KnownIdentity } from './identity-proof.ts';

/** One image to wait for, and the proof of its digest. */
export interface Target {
  readonly image: Image;
  readonly proof: IdentityProof;
  /** The multi-platform image that this target is one platform of; undefined for an image as a whole. */
  readonly index: ImageManifests | undefined;
}

/** The images that the inputs name, as targets to wait for and images that fail without a wait. */
interface Targets {
  readonly targets: readonly Target[];
  readonly failed: readonly ImageResult[];
}

/**
 * Asks the registry if the inputs need it: for the digest of a tag (`digest: registry`), for the platforms of an
 * image (`platforms` other than `scanned`), and, before the first report is read, for the digests that may show a
 * scan requested by digest alone. Several platforms become one image each.
 */
export async function resolveTargets(
  selection: ImageSelection,
  registry: ImageRegistry,
  retry: RetryLimits,
): Promise<Targets> {
  const resolved = await Promise.all(
    selection.images.map((image) => new Resolution(image, selection, registry, retry).resolve()),
  );
  return {
    targets: resolved.flatMap(({ targets }) => targets),
    failed: resolved.flatMap(({ failed }) => failed),
  };
}

/** The limits of reading a registry before the wait: it is asked again for this time, and the log says so once. */
export function retryLimits(
  { clock, signal, log }: Pick<RunHost, 'clock' | 'signal' | 'log'>,
  forMs: number,
  deadline: Deadline,
): RetryLimits {
  return {
    clock,
    signal,
    forMs,
    leftMs: () => deadline.leftMs(),
    onPause: (why, pauseMs, failures) =>
      (failures === 1 ? log.info : log.debug)(registryPauseText(why, pauseMs)),
  };
}

class Resolution {
  readonly #given: Image;
  readonly #selection: ImageSelection;
  readonly #registry: ImageRegistry;
  readonly #retry: RetryLimits;

  constructor(given: Image, selection: ImageSelection, registry: ImageRegistry, retry: RetryLimits) {
    this.#given = given;
    this.#selection = selection;
    this.#registry = registry;
    this.#retry = retry;
  }

  async resolve(): Promise<Targets> {
    const needsPlatforms = this.#selection.platforms !== 'scanned';
    try {
      const image = { ...this.#given, digest: await this.#digest() };
      if (needsPlatforms) return await this.#ofPlatforms(image);
      return 'digest' in image.scanBy ? await this.#byDigest(image) : this.#single({ image });
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      const [reason, question] = needsPlatforms
        ? (['platform-unscanned', 'platforms'] as const)
        : (['digest-mismatch', 'digest'] as const);
      return this.#failed(
        decide(reason, { kind: 'registry-unread', question, registryError: failureOf(error) }),
      );
    }
  }

  async #digest(): Promise<Image['digest']> {
    const { digest, tag } = this.#given;
    const { digestSource, platforms } = this.#selection;
    const isNeeded = digestSource === 'registry' || platforms !== 'scanned';
    if (digest !== undefined || !isNeeded) return digest;
    return retrying(this.#registry, this.#retry).resolveTag(this.#given, tag ?? 'latest');
  }

  /** The targets of an image by digest. If the registry cannot be asked, only rows with the digest itself count. */
  async #byDigest(image: Image): Promise<Targets> {
    if (image.digest === undefined) return this.#single({ image });
    try {
      const manifests = await retrying(this.#registry, this.#retry).manifestsOf(image, image.digest);
      return this.#single({ image, manifests });
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      return this.#single({ image, registryError: failureOf(error) });
    }
  }

  async #ofPlatforms(image: Image): Promise<Targets> {
    if (image.digest === undefined) return this.#single({ image });
    const registry = retryingForPlatforms(this.#registry, this.#retry);
    const manifests = await registry.manifestsOf(image, image.digest);
    const { selected, absent } = selectPlatforms(manifests, this.#selection.platforms);
    const { unread } = manifests;
    const failed = absent.map((platform) =>
      failedImage({ ...image, platform }, [], platformAbsent(platform, unread)),
    );
    if (selected.length === 0 && failed.length === 0) return this.#failed(platformAbsent(undefined, unread));
    if (selected.length <= 1) {
      const single =
        selected.length === 0 ? [] : this.#single({ image, manifests, required: selected }).targets;
      return { targets: single, failed };
    }
    const targets = expandImage(image, selected).map((each) => {
      const required = selected.filter(({ digest }) => digest === each.digest);
      const own = {
        ...manifests,
        digest: each.digest ?? manifests.digest,
        isIndex: false,
        platforms: required,
      };
      return this.#target({ image: each, manifests: own, required }, manifests);
    });
    return { targets, failed };
  }

  #failed(decision: Decision): Targets {
    return { targets: [], failed: [failedImage(this.#given, [], decision)] };
  }

  #single(known: Pick<KnownIdentity, 'image'> & Partial<KnownIdentity>): Targets {
    return { targets: [this.#target(known, undefined)], failed: [] };
  }

  #target(
    known: Pick<KnownIdentity, 'image'> & Partial<KnownIdentity>,
    index: ImageManifests | undefined,
  ): Target {
    const { image, manifests, required = [], registryError } = known;
    const identity = { image, manifests, required, registryError };
    return { image, proof: new IdentityProof(identity, this.#registry, this.#retry.clock), index };
  }
}

function platformAbsent(platform: Platform | undefined, registryError: FailedRead | undefined): Decision {
  const name = platform && platformName(platform);
  return decide('platform-unscanned', { kind: 'platform-absent', platform: name, registryError });
}

/**
 * The results of targets, in their order. If every runnable platform of a multi-platform image passed, each of its results
 * promotes that image; otherwise each promotes its own platform.
 */
export function withPromotion(
  targets: readonly Target[],
  results: readonly ImageResult[],
): readonly ImageResult[] {
  return results.map((result, at) => {
    const { image, index } = targets[at] ?? {};
    if (image === undefined || index === undefined) return result;
    const ofIndex = results.filter((_, other) => targets[other]?.index === index);
    const hasAllPlatforms = havePassed(index, ofIndex);
    return hasAllPlatforms
      ? {
          ...result,
          hasAllPlatforms,
          promotes: index.digest,
          imageByDigest: referenceByDigest(image, index.digest),
        }
      : { ...result, hasAllPlatforms };
  });
}

/** True if the results cover all runnable platforms of an index, and all of them passed. */
function havePassed(index: ImageManifests, results: readonly ImageResult[]): boolean {
  const passed = results.filter(
    ({ decision, isDigestVerified }) => decision.verdict === 'passed' && isDigestVerified,
  );
  const digests = new Set(passed.map(({ digest }) => digest));
  return passed.length === results.length && index.platforms.every(({ digest }) => digests.has(digest));
}
