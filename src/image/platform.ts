import type { Digest } from './image.ts';

/** What an image runs on, as the OCI image index names it. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  /** `v8`, `v7`; empty for none. */
  readonly variant: string;
}

/** Which platforms of an image have to be scanned: the `platforms` input. */
export type RequiredPlatforms = 'scanned' | 'all' | readonly Platform[];

/** One runnable image of an index, or the only image where the digest is not that of an index. */
export interface PlatformManifest {
  readonly platform: Platform;
  readonly digest: Digest;
  /** The digest of its configuration, which Docker calls the image id. */
  readonly configDigest: Digest;
}

/** What a digest names in the registry: every runnable image behind it, attestations left out. */
export interface ImageManifests {
  readonly digest: Digest;
  readonly isIndex: boolean;
  /** One where the digest names an image itself. */
  readonly platforms: readonly PlatformManifest[];
}

const PART = /^[a-z0-9][a-z0-9._-]*$/;

/** `linux/arm64` or `linux/arm/v7`. */
export function platformName({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter((part) => part !== '').join('/');
}

/** Reads `linux/arm64` or `linux/arm/v7`; undefined for anything else. */
export function parsePlatform(text: string): Platform | undefined {
  const [os = '', architecture = '', variant = '', ...rest] = text.toLowerCase().split('/');
  const hasVariant = text.split('/').length > 2;
  if (rest.length > 0 || !PART.test(os) || !PART.test(architecture)) return undefined;
  if (hasVariant && !PART.test(variant)) return undefined;
  return { os, architecture, variant };
}

/** Whether a platform of an image is the one asked for. `arm64` and `arm64/v8` are the same (containerd's rule). */
export function isSamePlatform(asked: Platform, actual: Platform): boolean {
  return (
    asked.os === actual.os &&
    asked.architecture === actual.architecture &&
    canonicalVariant(asked) === canonicalVariant(actual)
  );
}

function canonicalVariant({ architecture, variant }: Platform): string {
  return architecture === 'arm64' && variant === 'v8' ? '' : variant;
}
