import { createHash } from 'node:crypto';
import type { Digest } from '../../src/image/image.ts';
import type { ImageManifests, PlatformManifest } from '../../src/image/manifests.ts';
import type { Platform } from '../../src/image/platform.ts';
import type { ImageScanResult } from '../../src/scan/types.ts';

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

/** A row that names no digest at all. */
export function scanRow(change: Partial<ImageScanResult> = {}): ImageScanResult {
  return {
    scanTime: { text: '2026-11-26T10:00:00Z', epochMs: Date.UTC(2026, 10, 26, 10) },
    error: '',
    digest: undefined,
    digests: [],
    imageId: undefined,
    isArm64: undefined,
    vulnerabilityCounts: undefined,
    complianceCounts: undefined,
    findings: undefined,
    packages: undefined,
    distribution: { name: '', version: '', release: '' },
    exploits: [],
    isUnsupportedDistro: false,
    durationMs: undefined,
    ignoredFields: [],
    ...change,
  };
}
