import type { Identity } from '../image/identity.ts';
import type { Digest, Image } from '../image/image.ts';
import type { Platform } from '../image/platform.ts';
import type { ImageScanResult } from '../scan/types.ts';

type Proven = Extract<Identity, { readonly kind: 'same' }>;

/** The identity of a row that is proven to be of the digest asked for. */
export function provenIdentity(identity: Identity | undefined): Proven | undefined {
  return identity?.kind === 'same' ? identity : undefined;
}

/** Without the proof, the outputs name what was scanned all the same; the verdict is not passed then. */
export function digestToPromote(
  row: ImageScanResult | undefined,
  identity: Proven | undefined,
): Digest | undefined {
  if (row === undefined) return undefined;
  return identity === undefined ? row.digest : identity.promote;
}

/** Every digest that stands for what was scanned: those of the row, and those that the registry proved it to be of. */
export function provenDigests(
  row: ImageScanResult,
  image: Image | undefined,
  identity: Proven | undefined,
): readonly Digest[] {
  const ofRow = [row.digest, ...row.digests, row.imageId];
  const ofScanned = identity?.scanned.flatMap(({ digest, configDigest }) => [digest, configDigest]) ?? [];
  const asked = identity === undefined ? [] : [image?.digest, identity.promote];
  return [...new Set([...ofRow, ...asked, ...ofScanned].filter((digest) => digest !== undefined))];
}

/** The platform of what was scanned: by the registry, by what was asked for, or by the row; undefined if none says. */
export function provenPlatform(
  { isArm64 }: ImageScanResult,
  image: Image | undefined,
  identity: Proven | undefined,
): Platform | undefined {
  const known = identity === undefined ? undefined : (platformByRegistry(identity) ?? image?.platform);
  if (known !== undefined || isArm64 === undefined) return known;
  return { os: 'linux', architecture: isArm64 ? 'arm64' : 'amd64', variant: '' };
}

/** Of several platforms that could be it, none. */
function platformByRegistry({ scanned: [scanned, ...others] }: Proven): Platform | undefined {
  return others.length === 0 ? scanned?.platform : undefined;
}
