import type { Digest, Image } from '../../image/image.ts';
import type { Platform } from '../../image/platform.ts';
import type { ImageScanResult } from '../../scan/evidence.ts';
import type { Finding } from '../../scan/finding.ts';
import type { Reference } from './reference.ts';
import type { NearMiss, Waiver } from './waiver.ts';

/** An image whose row was read, with the facts that waivers need. */
export interface AssessableImage {
  /** The reference for people, `registry/repo:tag (linux/arm64)`. */
  readonly name: string;
  readonly row: ImageScanResult;
  /** The image that `compare-with` names for it; undefined without one. */
  readonly reference: Reference | undefined;
  /** Undefined for the regular scan. */
  readonly image: Image | undefined;
  /** Every digest that is proven for the row. */
  readonly digests: readonly Digest[];
  /** The platform proven by the registry, or else shown by the row; undefined without either. */
  readonly platform: Platform | undefined;
}

/** The waivers of one finding, and those that nearly apply. */
export interface FindingWaivers {
  readonly waivers: readonly Waiver[];
  readonly nearMisses: readonly NearMiss[];
}

/** No waiver and no near miss. */
export const NO_WAIVERS: FindingWaivers = { waivers: [], nearMisses: [] };

/** One kind of waiver, prepared for all images of the step together; called for each finding of each image. */
export interface WaiverSource {
  readonly of: (image: AssessableImage, finding: Finding) => FindingWaivers;
}
