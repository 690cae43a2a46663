import { CallError, failureOf } from '../http/call-error.ts';
import { type Identity, proveIdentity, unscannedPlatforms } from '../image/identity.ts';
import type { Digest, Image } from '../image/image.ts';
import type { FailedRead, ImageManifests, PlatformManifest } from '../image/manifests.ts';
import type { IdentityEvidence } from '../policy/scan-gates.ts';
import type { ImageRegistry } from '../registry/registry.ts';
import { mayBeAnswered, pauseAfterMs } from '../registry/retrying-registry.ts';
import type { Clock } from '../scan/clock.ts';
import type { ImageScanResult } from '../scan/evidence.ts';

/** The facts about an image before its scan. */
export interface KnownIdentity {
  readonly image: Image;
  /** The registry's manifests of the requested digest; undefined if the registry was not asked, or could not be. */
  readonly manifests: ImageManifests | undefined;
  /** The platforms, one of which has to be scanned; empty for any. */
  readonly required: readonly PlatformManifest[];
  /** The reason why the registry could not be asked; undefined if it could, or was not asked. */
  readonly registryError: FailedRead | undefined;
}

/**
 * Proves that rows of the report have the requested digest. If a row has another digest, the registry is asked; if
 * that fails, it is asked again for each later row, after a pause.
 */
export class IdentityProof {
  /** Digests by which the report may show a scan that was requested by digest; fixed before the baseline is read. */
  readonly aliases: readonly Digest[];
  readonly #image: Image;
  readonly #required: readonly PlatformManifest[];
  readonly #registry: ImageRegistry;
  readonly #clock: Clock;
  #manifests: ImageManifests | undefined;
  #registryError: FailedRead | undefined;
  #failures = 0;
  #askAgainAtMs = 0;

  constructor(known: KnownIdentity, registry: ImageRegistry, clock: Clock) {
    this.#image = known.image;
    this.#required = known.required;
    this.#manifests = known.manifests;
    this.#registryError = known.registryError;
    this.#registry = registry;
    this.#clock = clock;
    this.aliases = (known.manifests?.platforms ?? []).flatMap(({ digest, configDigest }) =>
      configDigest === undefined ? [digest] : [digest, configDigest],
    );
  }

  /** True if the row has the requested digest, and a platform that has to be scanned. */
  async accepts(row: ImageScanResult): Promise<boolean> {
    const identity = await this.#prove(row, this.#clock.nowMs() >= this.#askAgainAtMs);
    if (identity === undefined) return true;
    return identity.kind === 'same' && unscannedPlatforms(this.#required, identity.scanned).length === 0;
  }

  /** The facts about the row that the wait ended with. */
  async evidenceOf(row: ImageScanResult | undefined): Promise<IdentityEvidence> {
    const identity = row && (await this.#prove(row, true));
    const registryError = this.#registryError ?? this.#manifests?.unread;
    return { identity, registryError, requiredPlatforms: this.#required };
  }

  async #prove(row: ImageScanResult, mayAsk: boolean): Promise<Identity | undefined> {
    const { digest } = this.#image;
    if (digest === undefined) return undefined;
    const identity = proveIdentity(row, digest, this.#manifests);
    if (identity.kind !== 'needs-registry' || !mayAsk) return identity;
    await this.#ask(digest);
    return proveIdentity(row, digest, this.#manifests);
  }

  async #ask(digest: Digest): Promise<void> {
    try {
      this.#manifests = await this.#registry.manifestsOf(this.#image, digest);
      this.#registryError = undefined;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      this.#registryError = failureOf(error);
      this.#failures += 1;
      const pauseMs = mayBeAnswered(error) ? pauseAfterMs(this.#failures) : Number.POSITIVE_INFINITY;
      this.#askAgainAtMs = this.#clock.nowMs() + pauseMs;
    }
  }
}
