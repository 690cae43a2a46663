import type { Identity } from '../image/identity.ts';
import type { Digest, Image } from '../image/image.ts';
import type { Platform } from '../image/platform.ts';
import type { ImageScanResult } from '../scan/evidence.ts';

type Proven = Extract<Identity, { readonly kind: 'same' }>;

/** The identity of a row that is proven to have the requested digest. */
export function provenIdentity(identity: Identity | undefined): Proven | undefined {
  return identity?.kind === 'same' ? identity : undefined;
}

/** Without a proof, the outputs still name the scanned digest, but the verdict is not passed. */
export function digestToPromote(
  row: ImageScanResult | undefined,
  identity: Proven | undefined,
): Digest | undefined {
  if (row === undefined) return undefined;
  return identity === undefined ? row.digest : identity.promote;
}

/** Every digest of the scanned image: those of the row, and those that the registry proved to belong to it. */
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

/** The platform of the scanned image: from the registry, from the request, or from the row; undefined without any. */
export function provenPlatform(
  { isArm64 }: ImageScanResult,
  image: Image | undefined,
  identity: Proven | undefined,
): Platform | undefined {
  const known = identity === undefined ? undefined : (platformByRegistry(identity) ?? image?.platform);
  if (known !== undefined || isArm64 === undefined) return known;
  return { os: 'linux', architecture: isArm64 ? 'arm64' : 'amd64', variant: '' };
}

/** The platform from the registry; undefined if there are several candidates. */
function platformByRegistry({ scanned: [scanned, ...others] }: Proven): Platform | undefined {
  return others.length === 0 ? scanned?.platform : undefined;
}
