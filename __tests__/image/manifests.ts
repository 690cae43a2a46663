import { createHash } from 'node:crypto';
import type { Digest } from '../../src/image/image.ts';
import type { ImageManifests, PlatformManifest } from '../../src/image/manifests.ts';
import type { Platform } from '../../src/image/platform.ts';

/** The digest of a text, for manifests that need no content. */
export function digestOf(text: string | Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** `linux/arm/v7` as a platform. */
export function platformOf(name: string): Platform {
  const [os = '', architecture = '', variant = ''] = name.split('/');
  return { os, architecture, variant };
}

/** The image of one platform, with digests that follow from its name. */
export function platformManifest(name: string, unique = ''): PlatformManifest {
  return {
    platform: platformOf(name),
    digest: digestOf(`manifest ${name} ${unique}`),
    configDigest: digestOf(`config ${name} ${unique}`),
  };
}

/** An index of these platforms. */
export function indexOf(...names: readonly string[]): ImageManifests {
  return {
    digest: digestOf(`index ${names.join()}`),
    isIndex: true,
    platforms: names.map((name) => platformManifest(name)),
    unread: undefined,
  };
}

/** The registry's manifests under the digest of an image of one platform. */
export function imageOf(platform: PlatformManifest): ImageManifests {
  return { digest: platform.digest, isIndex: false, platforms: [platform], unread: undefined };
}
