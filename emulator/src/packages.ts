import type { Package, PackageGroup, Vulnerability } from './api-types.ts';
import { type Distro, distroOf } from './distro.ts';
import type { PackageSpec } from './scenario.ts';
import type { Settings } from './settings.ts';

/** Types of packages whose package URL is `pkg:TYPE/NAME@VERSION`. Others need a group, or have no package URL. */
const PURL_TYPES: Readonly<Record<string, string>> = {
  nodejs: 'npm',
  python: 'pypi',
  gem: 'gem',
  go: 'golang',
};

/** Prefix of the package URL of a system's packages. */
const SYSTEM_PURLS: Readonly<Record<string, string>> = {
  debian: 'deb/debian',
  ubuntu: 'deb/ubuntu',
  alpine: 'apk/alpine',
  redhat: 'rpm/redhat',
};

/** Packages that every image of a system has. */
const BASE_PACKAGES: Readonly<Record<string, readonly PackageSpec[]>> = {
  debian: [
    { name: 'base-files', version: '12.4+deb12u5', license: 'GPL-2.0-or-later' },
    { name: 'perl', version: '5.36.0-7+deb12u1', license: 'GPL-1.0-or-later', binaryPkgs: ['perl-base'] },
    { name: 'shadow', version: '1:4.13+dfsg1-1', license: 'BSD-3-Clause', binaryPkgs: ['login', 'passwd'] },
  ],
  alpine: [
    { name: 'alpine-baselayout', version: '3.2.0-r23', license: 'GPL-2.0-only' },
    { name: 'apk-tools', version: '2.12.9-r3', license: 'GPL-2.0-only' },
    { name: 'musl', version: '1.2.3-r3', license: 'MIT' },
  ],
};

/**
 * The packages of a row, by type: those of the scenario and those that findings name, or else those of the system.
 * `null` if there are none.
 */
export function packageGroups(
  given: readonly PackageSpec[] | undefined,
  findings: readonly Vulnerability[],
  system: string,
  { packagePurls }: Settings,
): PackageGroup[] | null {
  const distro = distroOf(system);
  const counts = countsOf(findings);
  const groups = new Map<string, Package[]>();
  for (const spec of allPackages(given ?? BASE_PACKAGES[distro.name] ?? [], findings)) {
    const { name, version, type = 'package', license = 'MIT', path, binaryPkgs } = spec;
    const purl = packagePurls ? (spec.purl ?? purlOf(spec, distro)) : undefined;
    const wire: Package = { version, name, cveCount: counts.get(keyOf(spec)) ?? 0, license, layerTime: 0 };
    if (path !== undefined) wire.path = path;
    if (purl !== undefined) wire.purl = purl;
    if (binaryPkgs !== undefined) wire.binaryPkgs = binaryPkgs;
    groups.set(type, [...(groups.get(type) ?? []), wire]);
  }
  return groups.size === 0 ? null : [...groups].map(([pkgsType, pkgs]) => ({ pkgsType, pkgs }));
}

/**
 * The package URL without qualifiers and with the version unescaped; undefined if it does not follow from type and
 * name.
 */
function purlOf({ name, version, type = 'package' }: PackageSpec, distro: Distro): string | undefined {
  const prefix = type === 'package' ? SYSTEM_PURLS[distro.name] : PURL_TYPES[type];
  return prefix === undefined ? undefined : `pkg:${prefix}/${name}@${version}`;
}

/** The given packages, and those that only findings name. */
function allPackages(
  given: readonly PackageSpec[],
  findings: readonly Vulnerability[],
): readonly PackageSpec[] {
  const packages = new Map(given.map((spec) => [keyOf(spec), spec]));
  for (const { packageName, packageVersion, packageType, binaryPkgs } of findings) {
    const spec = { name: packageName, version: packageVersion, type: packageType };
    if (packages.has(keyOf(spec))) continue;
    packages.set(keyOf(spec), { ...spec, ...(binaryPkgs === undefined ? {} : { binaryPkgs }) });
  }
  return [...packages.values()];
}

function countsOf(findings: readonly Vulnerability[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { packageName, packageVersion, packageType } of findings) {
    const key = keyOf({ name: packageName, version: packageVersion, type: packageType });
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function keyOf({ name, version, type = 'package' }: PackageSpec): string {
  return JSON.stringify([type, name, version]);
}
