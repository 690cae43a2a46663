import { CallError, withHint } from './http/call-error.ts';
import { type Identity, proveIdentity, unscannedPlatforms } from './image/identity.ts';
import type { Digest, Image } from './image/image.ts';
import type { ImageManifests, PlatformManifest } from './image/manifests.ts';
import type { IdentityEvidence } from './policy/scan-gates.ts';
import type { ImageRegistry } from './registry/registry.ts';
import type { ImageScanResult } from './scan/types.ts';
import type { ScanSource } from './scan/wait.ts';

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
      consoleTimeMs: () => source.consoleTimeMs(),
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
      if (!(error instanceof CallError)) throw error;
      this.#registryError = withHint(error);
      return false;
    }
  }

  #platformDigests(): readonly Digest[] {
    return (this.#manifests?.platforms ?? []).flatMap(({ digest, configDigest }) =>
      configDigest === undefined ? [digest] : [digest, configDigest],
    );
  }
}
