import type { Digest, Image } from './image.ts';
import type { ImageManifests, PlatformManifest } from './manifests.ts';
import {
  agreesWithArm64,
  includesArm64,
  isAmd64,
  isSamePlatform,
  knownPlatformName,
  type Platform,
  type RequiredPlatforms,
  scannedPlatform,
  UNKNOWN_PLATFORM,
} from './platform.ts';

/** The identity of the scanned image, as a row of the report shows it. */
interface ScannedIdentity {
  /** Undefined if the row gives no digest, or several without a way to choose. */
  readonly digest: Digest | undefined;
  /** Every digest that the row gives, including those of other tags of the same image. */
  readonly digests: readonly Digest[];
  readonly imageId: Digest | undefined;
  /** Undefined if the row does not show the architecture. */
  readonly isArm64: boolean | undefined;
}

/** The relation between a row of the report and the requested digest, and the platforms that were scanned. */
export type Identity =
  | {
      readonly kind: 'same';
      /**
       * The platforms that this row proves scanned, each with the platform that the row shows if the registry does not.
       * Empty if the registry was not asked, or if the row is ambiguous.
       */
      readonly scanned: readonly PlatformManifest[];
      /**
       * True if every runnable platform behind the requested digest was scanned; undefined if the registry was not
       * asked.
       */
      readonly isComplete: boolean | undefined;
      /**
       * The digest to promote: the requested one, or the scanned platform's own if others were not scanned. Undefined
       * if others were not scanned and the row does not show which one was.
       */
      readonly promote: Digest | undefined;
    }
  | {
      readonly kind: 'different';
      readonly why: 'other-digest' | 'no-digest' | 'architecture' | 'contradiction';
      /** The digests that the row shows. */
      readonly shown: readonly Digest[];
      /** For `architecture`: the names of the platforms behind the requested digest. */
      readonly platforms: readonly string[];
    }
  /** The row has another digest, which may be that of a platform: only the registry can show it. */
  | { readonly kind: 'needs-registry' };

/**
 * Compares a row with the requested digest. `manifests` are the registry's images under that digest; undefined if it
 * was not asked or could not answer. Content is checked against its digest, so a registry cannot lie about children.
 */
export function proveIdentity(
  row: ScannedIdentity,
  asked: Digest,
  manifests: ImageManifests | undefined,
): Identity {
  if (manifests === undefined) return proveAlone(row, asked);
  if (manifests.digest !== asked)
    throw new RangeError(`Manifests of ${manifests.digest} cannot prove ${asked}.`);

  const { platforms } = manifests;
  const signs = signsOf(row, platforms);
  const isShown = shownAsScanned(row).includes(asked) || row.imageId === asked;
  if (signs.length === 0 && !isShown) return differentDigest(row);

  const named = platforms.filter((platform) => signs.every((sign) => sign.includes(platform)));
  if ((signs.length > 0 && named.length === 0) || isIdContradicted(row, asked, platforms)) {
    return contradiction(row);
  }
  return proveAmong(named, row, asked, manifests);
}

/** The proof among the platforms that the row may belong to. */
function proveAmong(
  named: readonly PlatformManifest[],
  row: ScannedIdentity,
  asked: Digest,
  manifests: ImageManifests,
): Identity {
  const agreeing = named.filter(({ platform }) => agreesWithArm64(platform, row.isArm64));
  if (named.length > 0 && agreeing.length === 0) return differentArchitecture(row, named);

  const scanned = scannedOf(agreeing, row.isArm64);
  const isComplete = isAllScanned(manifests, scanned);
  return { kind: 'same', scanned, isComplete, promote: isComplete ? asked : scanned[0]?.digest };
}

/** The proof without the registry, which shows nothing about platforms. */
function proveAlone(row: ScannedIdentity, asked: Digest): Identity {
  // If containerd stores the images, the id is the digest of a manifest; beside another digest only the registry can explain it.
  const isShown = shownAsScanned(row).includes(asked) || (row.imageId === asked && row.digests.length === 0);
  if (isShown) return { kind: 'same', scanned: [], isComplete: undefined, promote: asked };
  return row.digests.length === 0 && row.imageId === undefined
    ? differentDigest(row)
    : { kind: 'needs-registry' };
}

/** True if every runnable platform of an index was scanned, none of them unknown; an image is scanned as a whole. */
function isAllScanned({ isIndex, platforms }: ImageManifests, scanned: readonly PlatformManifest[]): boolean {
  return !isIndex || unscannedPlatforms(platforms, scanned).length === 0;
}

/** The platforms that each field of the row names, for the fields that name any. */
function signsOf(
  row: ScannedIdentity,
  platforms: readonly PlatformManifest[],
): readonly (readonly PlatformManifest[])[] {
  const digests = shownAsScanned(row);
  return [
    platforms.filter(({ digest }) => digests.includes(digest)),
    platforms.filter(({ digest }) => digest === row.imageId),
    platforms.filter(({ configDigest }) => configDigest !== undefined && configDigest === row.imageId),
  ].filter((sign) => sign.length > 0);
}

/**
 * The digests that may be the scanned one: that of the row's tag, or without it, all that the row lists. Another
 * digest in the list may belong to another push; only the registry can show that both are the same image.
 */
function shownAsScanned({ digest, digests }: ScannedIdentity): readonly Digest[] {
  return digest === undefined ? digests : [digest];
}

/** True if the row's id is the requested digest, but none of its digests belong to it. */
function isIdContradicted(
  { imageId, digests }: ScannedIdentity,
  asked: Digest,
  platforms: readonly PlatformManifest[],
): boolean {
  const isOf = (digest: Digest): boolean =>
    digest === asked || platforms.some((platform) => platform.digest === digest);
  return imageId === asked && digests.length > 0 && !digests.some(isOf);
}

/**
 * The candidates, if they are one image: one scan covers one image. Of several, a Linux Defender scans the one of its
 * own architecture, amd64 or arm64. Empty if several are left.
 */
function scannedOf(
  candidates: readonly PlatformManifest[],
  isArm64: boolean | undefined,
): readonly PlatformManifest[] {
  const amd64 = candidates.filter(({ platform }) => platform !== undefined && isAmd64(platform));
  const areAllKnown = candidates.every(({ platform }) => platform !== undefined);
  const isAmd64Defender = isArm64 === false && areAllKnown && areOneImage(amd64);
  const scanned = areOneImage(candidates) ? candidates : isAmd64Defender ? amd64 : [];
  return scanned.map((each) => ({
    ...each,
    // A manifest that could not be read has no platform, whatever the row shows.
    platform: each.configDigest === undefined ? each.platform : scannedPlatform(each.platform, isArm64),
  }));
}

/** Manifests of one configuration have the same content, however their layers are compressed. */
function areOneImage(manifests: readonly PlatformManifest[]): boolean {
  return new Set(manifests.map(({ digest, configDigest }) => configDigest ?? digest)).size <= 1;
}

function differentDigest(row: ScannedIdentity): Identity {
  const shown = shownDigests(row);
  const why = shown.length === 0 ? 'no-digest' : 'other-digest';
  return { kind: 'different', why, shown, platforms: [] };
}

function contradiction(row: ScannedIdentity): Identity {
  return { kind: 'different', why: 'contradiction', shown: shownDigests(row), platforms: [] };
}

function shownDigests(row: ScannedIdentity): readonly Digest[] {
  const shown = [row.digest, row.imageId, ...row.digests].filter((digest) => digest !== undefined);
  return [...new Set(shown)];
}

function differentArchitecture(row: ScannedIdentity, named: readonly PlatformManifest[]): Identity {
  const platforms = [...new Set(named.map(({ platform }) => knownPlatformName(platform)))];
  return { kind: 'different', why: 'architecture', shown: row.digests, platforms };
}

/** The platforms of an image that have to be scanned, and the requested ones that it does not have. */
interface PlatformSelection {
  /** Empty for `scanned`, which leaves the choice to the Console. No digest twice. */
  readonly selected: readonly PlatformManifest[];
  readonly absent: readonly Platform[];
}

/**
 * Selects from the runnable platforms of an image. An image of an unknown platform matches no requested one, except
 * that the row of its scan may show that it is for ARM64. A requested platform may match several images, such as
 * versions of Windows.
 */
export function selectPlatforms(
  { platforms }: ImageManifests,
  required: RequiredPlatforms,
): PlatformSelection {
  if (required === 'scanned') return { selected: [], absent: [] };
  if (required === 'all') return { selected: eachDigestOnce(platforms), absent: [] };
  const imagesOf = (asked: Platform) =>
    platforms.filter(({ platform }) => platform !== undefined && isSamePlatform(asked, platform));
  const absent = required.filter((asked) => imagesOf(asked).length === 0);
  const unknown = includesArm64(absent) ? platforms.filter(({ platform }) => platform === undefined) : [];
  return {
    selected: eachDigestOnce([
      ...platforms.filter((each) => required.some((asked) => imagesOf(asked).includes(each))),
      ...unknown,
    ]),
    absent: unknown.length === 0 ? absent : absent.filter((asked) => !includesArm64([asked])),
  };
}

function eachDigestOnce(platforms: readonly PlatformManifest[]): readonly PlatformManifest[] {
  return platforms.filter(({ digest }, at) => platforms.findIndex((each) => each.digest === digest) === at);
}

/**
 * The images to scan so that every selected platform is scanned. A single one is scanned as the user names the image;
 * `proveIdentity` then shows which platform the Console chose. If there are several, each is an image of its own: it
 * is scanned by its digest, and its row has to show that digest. `tag` is kept for the name, `registry/repo:tag
 * (linux/arm64)`; without a tag, the name has the platform's digest.
 */
export function expandImage(image: Image, selected: readonly PlatformManifest[]): readonly Image[] {
  if (selected.length <= 1) return [image];
  return selected.map(({ platform = UNKNOWN_PLATFORM, digest }) => ({
    ...image,
    digest,
    scanBy: { digest },
    platform,
  }));
}

/** The selected platforms that were not scanned, including those that are still unknown after their scan. */
export function unscannedPlatforms(
  selected: readonly PlatformManifest[],
  scanned: readonly PlatformManifest[],
): readonly PlatformManifest[] {
  return selected.filter(
    ({ digest }) => !scanned.some((each) => each.digest === digest && each.platform !== undefined),
  );
}
