import type { Digest, Image } from '../../image/image.ts';
import type { Platform } from '../../image/platform.ts';
import type { Finding } from '../../scan/finding.ts';
import type { Distribution, ReportedPackage } from '../../scan/package.ts';

/** One image of the step, with all that a decision about it can be held against. */
export interface ReviewedImage {
  readonly name: string;
  readonly image: Image;
  /** Every digest that is proven for the row: of the image, of its configuration, of the index that it is part of. */
  readonly digests: readonly Digest[];
  /** As the registry proved it, otherwise as the row says; undefined if neither does. */
  readonly platform: Platform | undefined;
  readonly distribution: Distribution;
  readonly packages: readonly ReportedPackage[] | undefined;
  readonly findings: readonly Finding[];
}
