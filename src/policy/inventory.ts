import type { Identity } from '../image/identity.ts';
import type { Digest, Image } from '../image/image.ts';
import type { Platform } from '../image/platform.ts';
import type { ImageScanResult } from '../scan/evidence.ts';
import type { Distribution, ReportedPackage } from '../scan/package.ts';
import { provenIdentity, provenPlatform } from './proven-image.ts';

/** The packages of the row that decided, or the reason why they are unknown. */
export type Inventory =
  | {
      readonly kind: 'known';
      /** The scanned digest: of one platform, never of an index. */
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

/** The packages of an image in a row, if the identity of the image is proven. */
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

/** The digest of the one platform that was scanned; undefined if it could be one of several. */
function scannedDigest({
  scanned,
  isComplete,
  promote,
}: Extract<Identity, { readonly kind: 'same' }>): Digest | undefined {
  const [only, ...others] = scanned;
  // Without the registry, it is the requested digest if the row shows it.
  if (isComplete === undefined) return promote;
  return others.length === 0 ? only?.digest : undefined;
}
