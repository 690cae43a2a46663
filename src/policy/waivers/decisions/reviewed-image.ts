import type { Digest, Image } from '../../../image/image.ts';
import type { Platform } from '../../../image/platform.ts';
import type { Finding } from '../../../scan/finding.ts';
import type { Distribution, ReportedPackage } from '../../../scan/package.ts';

/** One image of the step, with all facts that a decision about it can be compared with. */
export interface ReviewedImage {
  readonly name: string;
  readonly image: Image;
  /**
   * Every digest that is proven for the row: that of the image, of its configuration, and of the index that contains
   * it.
   */
  readonly digests: readonly Digest[];
  /** The platform proven by the registry, or else shown by the row; undefined without either. */
  readonly platform: Platform | undefined;
  readonly distribution: Distribution;
  readonly packages: readonly ReportedPackage[] | undefined;
  readonly findings: readonly Finding[];
}
