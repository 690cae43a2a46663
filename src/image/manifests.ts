import type { Digest } from './image.ts';
import type { Platform } from './platform.ts';

/** A call of the registry that failed: the attempt and its result as a clause, and the advice as sentences. */
export interface FailedRead {
  readonly what: string;
  readonly hint?: string | undefined;
}

/** One runnable image of an index, or the only image if the digest is not that of an index. */
export interface PlatformManifest {
  /** Undefined if neither the index nor the configuration names it, or the configuration could not be read. */
  readonly platform: Platform | undefined;
  readonly digest: Digest;
  /**
   * The digest of its configuration, which Docker calls the image id. Undefined if the registry does not have the
   * manifest (a partial copy of an index lists images that were not copied), or if it is of Docker's format 1.
   */
  readonly configDigest: Digest | undefined;
}

/** The images that a digest names in the registry: every runnable image behind it, without attestations. */
export interface ImageManifests {
  readonly digest: Digest;
  readonly isIndex: boolean;
  /** Exactly one if the digest names an image; none if an index has no runnable image. */
  readonly platforms: readonly PlatformManifest[];
  /** The reason why a platform is unknown, if another attempt may read it; undefined otherwise. */
  readonly unread: FailedRead | undefined;
}
