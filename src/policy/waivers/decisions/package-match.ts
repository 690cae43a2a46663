import type { Distribution } from '../../../scan/package.ts';
import { isOfArchitecture } from './architecture.ts';
import type { JoinedPackage } from './joined-package.ts';
import { allOf, anyOf, byQualifier, type MatchResult, other, SAME, unknown } from './match-result.ts';
import type { PackageUrl } from './package-url.ts';
import type { ReviewedImage } from './reviewed-image.ts';

/** The platform and distribution of a package, which the qualifiers of its URL are compared with. */
type PackagePlace = Pick<ReviewedImage, 'platform' | 'distribution'>;

/** Compares the package that a decision names with the package of a finding, in an image. */
function comparePackage(wanted: PackageUrl, joined: JoinedPackage, place: PackagePlace): MatchResult {
  if (joined.kind !== 'package') {
    return unknown({ kind: joined.kind === 'ambiguous' ? 'ambiguous-package' : 'no-package-url' });
  }
  const { url, binaryNames } = joined;
  const isNamed = wanted.name === url.name || binaryNames.has(wanted.name);
  if (wanted.type !== url.type || wanted.namespace !== url.namespace || !isNamed) {
    return other({ kind: 'no-such-package' });
  }
  return allOf([
    compareVersion(wanted, url),
    wanted.subpath === undefined || wanted.subpath === url.subpath
      ? SAME
      : unknown({ kind: 'qualifier', key: 'subpath' }),
    ...[...wanted.qualifiers].map(([key, value]) => byQualifier(key, qualifierHolds(key, value, url, place))),
  ]);
}

/** Compares the packages that several URLs name: one that is the same is enough. */
export function compareUrls(
  urls: readonly PackageUrl[],
  joined: JoinedPackage,
  place: PackagePlace,
): MatchResult {
  return anyOf(
    urls.map((url) => comparePackage(url, joined, place)),
    { kind: 'no-such-package' },
  );
}

function compareVersion(wanted: PackageUrl, url: PackageUrl): MatchResult {
  if (wanted.version === undefined) return SAME;
  if (url.version === undefined) return unknown({ kind: 'other-version', found: undefined });
  const [one, two] = [epochAndVersion(wanted), epochAndVersion(url)];
  const isSame = one.epoch === two.epoch && one.version === two.version;
  return isSame ? SAME : other({ kind: 'other-version', found: url.version });
}

/** `1:2.4.47-2`: the epoch is the part before the colon, or a qualifier; none is 0. */
function epochAndVersion({ version = '', qualifiers }: PackageUrl): {
  readonly epoch: string;
  readonly version: string;
} {
  const [, before, after] = /^(\d+):(.*)$/.exec(version) ?? [];
  return { epoch: qualifiers.get('epoch') ?? before ?? '0', version: after ?? version };
}

/** True if a qualifier matches; undefined if it cannot be compared. */
function qualifierHolds(
  key: string,
  value: string,
  url: PackageUrl,
  { platform, distribution }: PackagePlace,
): boolean | undefined {
  switch (key) {
    case 'arch':
      return isOfArchitecture(value, platform);
    case 'distro':
      return isOfDistribution(value.toLowerCase(), distribution);
    case 'os_name':
      return isEqualTo(value, distribution.name);
    case 'os_version':
      return distribution.version === undefined ? undefined : isPrefixAtDot(value, distribution.version);
    case 'os_distro':
      return isEqualTo(value, distribution.release);
    case 'epoch':
      return epochAndVersion(url).epoch === value;
    case 'upstream':
      return isSourceOf(value, url);
    default:
      return undefined;
  }
}

function isEqualTo(value: string, known: string | undefined): boolean | undefined {
  return known === undefined ? undefined : value.toLowerCase() === known.toLowerCase();
}

/** True if a `distro` qualifier names the distribution: `debian-12`, `12`, `bookworm` or `debian-bookworm`. */
function isOfDistribution(wanted: string, { name, version, release }: Distribution): boolean | undefined {
  if (name === undefined) return undefined;
  const spellings = (text: string | undefined) =>
    text === undefined ? [] : [text, `${name}-${text}`].map((each) => each.toLowerCase());
  const isRelease = spellings(release).includes(wanted);
  if (isRelease || spellings(version).some((each) => isPrefixAtDot(wanted, each))) return true;
  return version === undefined || release === undefined ? undefined : false;
}

/** True for `12` as a prefix of `12.13`, at a dot; false for `1`, and for a longer text. */
function isPrefixAtDot(short: string, long: string): boolean {
  return long === short || long.startsWith(`${short}.`);
}

/** True if `upstream` names the source package: alone, with its version, or as the file of a source RPM. */
function isSourceOf(upstream: string, { name, version }: PackageUrl): boolean {
  return (
    upstream === name ||
    (version !== undefined && [`${name}@${version}`, `${name}-${version}.src.rpm`].includes(upstream))
  );
}
