import type { Digest, Image } from '../image/image.ts';
import type { Platform } from '../image/platform.ts';
import type { Finding } from '../scan/finding.ts';
import type { ImageScanResult } from '../scan/types.ts';
import type { Reference } from './reference.ts';
import type { NearMiss, Waiver } from './waiver.ts';

/** An image whose row was read, with what the waivers need to know of it. */
export interface AssessableImage {
  /** The reference for people, `registry/repo:tag (linux/arm64)`. */
  readonly name: string;
  readonly row: ImageScanResult;
  /** The image that `compare-with` names for it; undefined without one. */
  readonly reference: Reference | undefined;
  /** Undefined for the regular scan, which is of no image. */
  readonly image: Image | undefined;
  /** Every digest that is proven for the row. */
  readonly digests: readonly Digest[];
  /** As the registry proved it, otherwise as the row says; undefined if neither does. */
  readonly platform: Platform | undefined;
}

/** What holds for one finding. */
export interface FindingWaivers {
  readonly waivers: readonly Waiver[];
  readonly nearMisses: readonly NearMiss[];
}

/** No waiver, and none that nearly held. */
export const NO_WAIVERS: FindingWaivers = { waivers: [], nearMisses: [] };

/** One kind of waiver, prepared for all images of the step together; asked for each finding of each image. */
export interface WaiverSource {
  readonly of: (image: AssessableImage, finding: Finding) => FindingWaivers;
}
