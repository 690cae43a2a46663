import { isSamePlatform, type Platform, parsePlatform } from '../../../image/platform.ts';

/** The names of architectures in distributions and package managers, with OCI's names. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['x86-64', 'amd64'],
  ['x64', 'amd64'],
  ['aarch64', 'arm64'],
  ['i386', '386'],
  ['i486', '386'],
  ['i586', '386'],
  ['i686', '386'],
  ['x86', '386'],
  ['armhf', 'arm/v7'],
  ['armv7', 'arm/v7'],
  ['armv7l', 'arm/v7'],
  ['armv7hl', 'arm/v7'],
  ['armv6', 'arm/v6'],
  ['armv6l', 'arm/v6'],
  ['ppc64el', 'ppc64le'],
]);

/** The names in package managers for a package that is the same for every architecture. */
const INDEPENDENT = new Set(['all', 'noarch', 'any']);

/** True if an `arch` qualifier of a package URL matches a platform; undefined if the platform is unknown. */
export function isOfArchitecture(arch: string, platform: Platform | undefined): boolean | undefined {
  const name = arch.toLowerCase();
  if (INDEPENDENT.has(name)) return true;
  if (platform === undefined) return undefined;
  const wanted = parsePlatform(`${platform.os}/${ALIASES.get(name) ?? name}`);
  return wanted !== undefined && isSamePlatform(wanted, platform);
}

/** The same for a `platform` qualifier: `linux/arm64`. */
export function isOfPlatform(text: string, platform: Platform | undefined): boolean | undefined {
  const wanted = parsePlatform(text);
  if (wanted === undefined) return false;
  return platform === undefined ? undefined : isSamePlatform(wanted, platform);
}
