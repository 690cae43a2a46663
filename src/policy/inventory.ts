import type { Identity } from '../image/identity.ts';
import type { Digest, Image } from '../image/image.ts';
import type { Platform } from '../image/platform.ts';
import type { Distribution, ReportedPackage } from '../scan/package.ts';
import type { ImageScanResult } from '../scan/types.ts';
import { provenIdentity, provenPlatform } from './proven-image.ts';

/** What was scanned: the packages of the very row that decided, or why they are not known. */
export type Inventory =
  | {
      readonly kind: 'known';
      /** Of what was scanned itself: of one platform, never of an index. */
      readonly digest: Digest;
      readonly scanTime: string;
      readonly platform: Platform | undefined;
      readonly distribution: Distribution;
      readonly packages: readonly ReportedPackage[];
    }
  | {
      readonly kind: 'unknown';
      /** `not-read`: no row, or one that was read in the compact form; `unlisted`: the row has no list of packages. */
      readonly why: 'not-read' | 'unlisted' | 'no-digest' | 'another-image';
    };

/** What a row says of the packages of an image, if it is proven which image that is. */
export function inventoryOf(
  row: ImageScanResult | undefined,
  image: Image | undefined,
  identity: Identity | undefined,
): Inventory {
  if (row?.findings === undefined) return { kind: 'unknown', why: 'not-read' };
  const { packages, distribution, scanTime } = row;
  if (packages === undefined || scanTime === undefined) return { kind: 'unknown', why: 'unlisted' };
  const same = provenIdentity(identity);
  if (image?.digest !== undefined && same === undefined) return { kind: 'unknown', why: 'another-image' };
  const digest = same === undefined ? row.digest : scannedDigest(same);
  const platform = provenPlatform(row, image, same);
  return digest === undefined
    ? { kind: 'unknown', why: 'no-digest' }
    : { kind: 'known', digest, scanTime: scanTime.text, platform, distribution, packages };
}

/** The digest of the one platform that was scanned; of several that could be it, none. */
function scannedDigest({
  scanned,
  isComplete,
  promote,
}: Extract<Identity, { readonly kind: 'same' }>): Digest | undefined {
  const [only, ...others] = scanned;
  // Without the registry it is what the row shows of the digest asked for.
  if (isComplete === undefined) return promote;
  return others.length === 0 ? only?.digest : undefined;
}
