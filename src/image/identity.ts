import type { Digest, Image } from './image.ts';
import type { ImageManifests, PlatformManifest } from './manifests.ts';
import {
  agreesWithArm64,
  isAmd64,
  isSamePlatform,
  knownPlatformName,
  type Platform,
  type RequiredPlatforms,
} from './platform.ts';

/** What a row of the report says of the identity of the image that was scanned. */
export interface ScannedIdentity {
  /** Undefined where the row gives no digest, or several with nothing to choose by. */
  readonly digest: Digest | undefined;
  /** Every digest that the row gives, those of other tags of the same image included. */
  readonly digests: readonly Digest[];
  readonly imageId: Digest | undefined;
  /** Undefined where the row does not tell the architecture. */
  readonly isArm64: boolean | undefined;
}

/** Whether a row of the report is of the digest asked for, and what of it was scanned. */
export type Identity =
  | {
      readonly kind: 'same';
      /**
       * What the row shows: the digest asked for, the digest of one of its platforms, or that platform's configuration;
       * `image-id` where the digest asked for is the row's image id and the registry was not asked.
       */
      readonly by: 'digest' | 'platform-digest' | 'config' | 'image-id';
      /** The platforms that this row proves scanned. Empty where the registry was not asked, or where it is ambiguous. */
      readonly scanned: readonly PlatformManifest[];
      /** Whether every runnable platform behind the digest asked for was scanned; undefined where the registry was not asked. */
      readonly isComplete: boolean | undefined;
      /**
       * The digest to promote: the one asked for, or the scanned platform's own where others were not scanned. Undefined
       * where others were not scanned and the row does not tell which one was.
       */
      readonly promote: Digest | undefined;
      /** Whether the digest asked for is an image id and no digest that can be pulled: worth a warning. */
      readonly isImageId: boolean;
    }
  | {
      readonly kind: 'different';
      readonly why: 'other-digest' | 'no-digest' | 'architecture';
      /** A clause for the message: what the report shows. */
      readonly explanation: string;
    }
  /** The row carries another digest, which may be that of a platform: only the registry can tell. */
  | { readonly kind: 'needs-registry' };

/**
 * Compares a row with the digest asked for. `manifests` is what the registry has under that digest; undefined where it was
 * not asked or could not answer. What a registry sends for a digest is checked against it, so it cannot lie about children.
 */
export function proveIdentity(
  row: ScannedIdentity,
  asked: Digest,
  manifests: ImageManifests | undefined,
): Identity {
  if (manifests === undefined) return proveAlone(row, asked);
  if (manifests.digest !== asked)
    throw new RangeError(`Manifests of ${manifests.digest} cannot prove ${asked}.`);

  const signs = signsOf(row, manifests.platforms);
  const isShown = row.digests.includes(asked) || row.imageId === asked;
  if (signs.length === 0 && !isShown) return differentDigest(row);

  const named = intersection(manifests.platforms, signs);
  const agreeing = named.filter(({ platform }) => agreesWithArm64(platform, row.isArm64));
  if (named.length > 0 && agreeing.length === 0) return differentArchitecture(row, named);

  const scanned = scannedOf(agreeing, row.isArm64);
  const isComplete = coversEveryPlatform(manifests, scanned);
  return {
    kind: 'same',
    by: isShown ? 'digest' : signs.some(({ of }) => of === 'digest') ? 'platform-digest' : 'config',
    scanned,
    isComplete,
    promote: isComplete ? asked : scanned[0]?.digest,
    isImageId: false,
  };
}

/** Whether every runnable platform of an image is among those scanned. */
export function coversEveryPlatform(
  manifests: ImageManifests,
  scanned: readonly PlatformManifest[],
): boolean {
  return manifests.platforms.every(({ digest }) => scanned.some((each) => each.digest === digest));
}

/** The proof without the registry, which tells nothing about platforms. */
function proveAlone(row: ScannedIdentity, asked: Digest): Identity {
  const same = { kind: 'same', scanned: [], isComplete: undefined } as const;
  if (row.digests.includes(asked)) return { ...same, by: 'digest', promote: asked, isImageId: false };
  if (row.imageId === asked) {
    // Where containerd stores the images, the id is the digest of a manifest, and then the row has no other.
    return { ...same, by: 'image-id', promote: row.digest ?? asked, isImageId: row.digests.length > 0 };
  }
  return row.digests.length === 0 && row.imageId === undefined
    ? differentDigest(row)
    : { kind: 'needs-registry' };
}

/** The platforms that one field of the row names. */
interface Sign {
  readonly of: 'digest' | 'config';
  readonly platforms: readonly PlatformManifest[];
}

function signsOf(row: ScannedIdentity, platforms: readonly PlatformManifest[]): readonly Sign[] {
  // `digest` is what was scanned; the other digests may be those of other tags.
  const digests = row.digest === undefined ? row.digests : [row.digest];
  const having = (of: Sign['of'], has: (platform: PlatformManifest) => boolean): Sign => ({
    of,
    platforms: platforms.filter(has),
  });
  const signs = [
    having('digest', ({ digest }) => digests.includes(digest)),
    having('digest', ({ digest }) => digest === row.imageId),
    having('config', ({ configDigest }) => configDigest !== undefined && configDigest === row.imageId),
  ];
  const telling = signs.filter((sign) => sign.platforms.length > 0);
  if (telling.length > 0) return telling;
  const others = having('digest', ({ digest }) => row.digests.includes(digest));
  return others.platforms.length > 0 ? [others] : [];
}

/** The platforms that all signs name; none where they contradict each other. */
function intersection(
  platforms: readonly PlatformManifest[],
  signs: readonly Sign[],
): readonly PlatformManifest[] {
  return platforms.filter((platform) => signs.every((sign) => sign.platforms.includes(platform)));
}

/**
 * The candidates, where they are one image: one scan is of one. Of several, a Linux Defender scans the one of its own
 * architecture, and there are Defenders for amd64 and arm64. Empty where that leaves several.
 */
function scannedOf(
  candidates: readonly PlatformManifest[],
  isArm64: boolean | undefined,
): readonly PlatformManifest[] {
  if (areOneImage(candidates)) return candidates;
  const amd64 = candidates.filter(({ platform }) => platform !== undefined && isAmd64(platform));
  const areAllKnown = candidates.every(({ platform }) => platform !== undefined);
  return isArm64 === false && areAllKnown && areOneImage(amd64) ? amd64 : [];
}

/** Manifests of one configuration have the same content, however their layers are compressed. */
function areOneImage(manifests: readonly PlatformManifest[]): boolean {
  return new Set(manifests.map(({ digest, configDigest }) => configDigest ?? digest)).size <= 1;
}

function differentDigest(row: ScannedIdentity): Identity {
  const shown = [...new Set([row.digest, ...row.digests, row.imageId])].filter(
    (digest) => digest !== undefined,
  );
  return shown.length === 0
    ? { kind: 'different', why: 'no-digest', explanation: 'the report gives no digest of the scanned image' }
    : {
        kind: 'different',
        why: 'other-digest',
        explanation: `the report gives ${shown.slice(0, 3).join(', ')}`,
      };
}

function differentArchitecture(row: ScannedIdentity, named: readonly PlatformManifest[]): Identity {
  const names = [...new Set(named.map(({ platform }) => knownPlatformName(platform)))].slice(0, 5).join(', ');
  const scanned = row.isArm64 === true ? 'an ARM64 image' : 'an image that is not ARM64';
  return {
    kind: 'different',
    why: 'architecture',
    explanation: `the digest is of ${names}, and the report is of ${scanned}`,
  };
}

/**
 * Takes a single image for the one platform that is required, where its own platform is not known: many registries redirect
 * to its configuration. The whole image is scanned in any case, and `isARM64` of its row has to agree.
 */
export function assumePlatform(manifests: ImageManifests, required: RequiredPlatforms): ImageManifests {
  const [only, ...others] = manifests.platforms;
  if (typeof required === 'string' || only === undefined || only.platform !== undefined) return manifests;
  const [platform, ...more] = required;
  const isOne = others.length === 0 && more.length === 0 && platform !== undefined;
  return isOne ? { ...manifests, platforms: [{ ...only, platform }] } : manifests;
}

/** Which platforms of an image have to be scanned, and which of those asked for it does not have. */
export interface PlatformSelection {
  /** Empty for `scanned`, which leaves the choice to the Console. No digest twice. */
  readonly selected: readonly PlatformManifest[];
  readonly absent: readonly Platform[];
}

/**
 * Selects from the runnable platforms of an image. An image whose platform is unknown matches no list: see `assumePlatform`.
 * A platform of a list may match several images, such as versions of Windows.
 */
export function selectPlatforms(manifests: ImageManifests, required: RequiredPlatforms): PlatformSelection {
  if (required === 'scanned') return { selected: [], absent: [] };
  const isRequired = ({ platform }: PlatformManifest): boolean =>
    required === 'all' ||
    (platform !== undefined && required.some((asked) => isSamePlatform(asked, platform)));
  const byDigest = new Map<Digest, PlatformManifest>();
  for (const each of manifests.platforms.filter(isRequired)) {
    if (!byDigest.has(each.digest)) byDigest.set(each.digest, each);
  }
  const absent =
    required === 'all'
      ? []
      : required.filter(
          (asked) =>
            !manifests.platforms.some(
              ({ platform }) => platform !== undefined && isSamePlatform(asked, platform),
            ),
        );
  return { selected: [...byDigest.values()], absent };
}

/**
 * The images to scan so that every required platform is scanned. Where that is one platform, the image stays as it is and
 * is scanned as the user names it; `proveIdentity` then tells which platform the Console chose. Where there are several,
 * each is an image of its own: scanned by its digest, which is also the digest that its row has to carry. `tag` is kept
 * for the name, `registry/repo:tag (linux/arm64)`; without a tag, the name has the platform's digest.
 */
export function expandImage(
  image: Image,
  manifests: ImageManifests,
  required: RequiredPlatforms,
): readonly Image[] {
  const { selected } = selectPlatforms(manifests, required);
  if (selected.length <= 1) return [image];
  return selected.map(({ platform, digest }) => ({ ...image, digest, scanBy: { digest }, platform }));
}

/** What the registry has under the digest of one platform, for the proof of an expanded image. */
export function manifestsOfPlatform(platform: PlatformManifest): ImageManifests {
  return { digest: platform.digest, isIndex: false, platforms: [platform] };
}

/** The selected platforms that were not scanned. */
export function unscannedPlatforms(
  { selected }: PlatformSelection,
  scanned: readonly PlatformManifest[],
): readonly PlatformManifest[] {
  return selected.filter(({ digest }) => !scanned.some((each) => each.digest === digest));
}
