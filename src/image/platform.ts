/** The system that an image runs on, as the OCI image index names it. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  /** `v8`, `v7`; empty for none. */
  readonly variant: string;
}

/** The platforms of an image that have to be scanned: the `platforms` input. */
export type RequiredPlatforms = 'scanned' | 'all' | readonly Platform[];

/** The platform of an entry that no runtime chooses (OCI), and the name of an unknown platform. */
export const UNKNOWN_PLATFORM: Platform = { os: 'unknown', architecture: 'unknown', variant: '' };

/** True for `unknown/unknown`. */
export function isUnknownPlatform({ os, architecture }: Platform): boolean {
  return os === UNKNOWN_PLATFORM.os && architecture === UNKNOWN_PLATFORM.architecture;
}

/** `isARM64: true` in a row: Defenders for ARM64 run on Linux alone. */
const LINUX_ARM64: Platform = { os: 'linux', architecture: 'arm64', variant: '' };

const PLATFORM_PART = /^[a-z0-9][a-z0-9._-]*$/;

/** `linux/arm64` or `linux/arm/v7`. */
export function platformName({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter((part) => part !== '').join('/');
}

/** Reads `linux/arm64` or `linux/arm/v7`; undefined for anything else. */
export function parsePlatform(text: string): Platform | undefined {
  const [os = '', architecture = '', variant = '', ...rest] = text.toLowerCase().split('/');
  const hasVariant = text.split('/').length > 2;
  if (rest.length > 0 || !PLATFORM_PART.test(os) || !PLATFORM_PART.test(architecture)) return undefined;
  if (hasVariant && !PLATFORM_PART.test(variant)) return undefined;
  return { os, architecture, variant };
}

/**
 * True if a platform of an image is the requested one. Names are compared as containerd does: `arm64` is `arm64/v8`.
 */
export function isSamePlatform(asked: Platform, actual: Platform): boolean {
  return platformName(canonical(asked)) === platformName(canonical(actual));
}

const ARCHITECTURE_ALIASES = new Map([
  ['x86_64', 'amd64'],
  ['x86-64', 'amd64'],
  ['aarch64', 'arm64'],
]);

/** The default variants of architectures. */
const DEFAULT_VARIANTS = new Map([
  ['amd64', 'v1'],
  ['arm64', 'v8'],
  ['arm', 'v7'],
]);

function canonical({ os, architecture, variant }: Platform): Platform {
  const known = ARCHITECTURE_ALIASES.get(architecture) ?? architecture;
  return { os, architecture: known, variant: variant === '' ? (DEFAULT_VARIANTS.get(known) ?? '') : variant };
}

/** The platform of an image, or the one that the row of its scan shows; never an assumption. */
export function scannedPlatform(
  platform: Platform | undefined,
  isArm64: boolean | undefined,
): Platform | undefined {
  return platform ?? (isArm64 === true ? LINUX_ARM64 : undefined);
}

/** True if a list names the platform that `isARM64: true` shows. */
export function includesArm64(platforms: readonly Platform[]): boolean {
  return platforms.some((asked) => isSamePlatform(asked, LINUX_ARM64));
}

/** True if the row's `isARM64` fits this platform. Unknown values match anything. */
export function agreesWithArm64(platform: Platform | undefined, isArm64: boolean | undefined): boolean {
  if (platform === undefined || isArm64 === undefined) return true;
  return (canonical(platform).architecture === 'arm64') === isArm64;
}

/** True if a Defender on x86-64 scans images of this platform. */
export function isAmd64(platform: Platform): boolean {
  return canonical(platform).architecture === 'amd64';
}

/** The platform for messages. */
export function knownPlatformName(platform: Platform | undefined): string {
  return platform === undefined ? 'unknown platform' : platformName(platform);
}

/** True if a platform has the architecture that a row shows: `isARM64: false` means amd64 only. */
export function isArchitectureOfRow(platform: Platform, isArm64: boolean): boolean {
  return canonical(platform).architecture === (isArm64 ? 'arm64' : 'amd64');
}
