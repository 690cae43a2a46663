import type { Digest } from './image.ts';
import type { Platform } from './platform.ts';

/** One runnable image of an index, or the only image where the digest is not that of an index. */
export interface PlatformManifest {
  /** Undefined where the index does not name it and the configuration could not be read. */
  readonly platform: Platform | undefined;
  readonly digest: Digest;
  /**
   * The digest of its configuration, which Docker calls the image id. Undefined where the registry does not have the
   * manifest: a partial copy of an index lists images that were not copied.
   */
  readonly configDigest: Digest | undefined;
}

/** What a digest names in the registry: every runnable image behind it, attestations left out. */
export interface ImageManifests {
  readonly digest: Digest;
  readonly isIndex: boolean;
  /** Exactly one where the digest names an image itself; none where an index has nothing that runs. */
  readonly platforms: readonly PlatformManifest[];
}
