import type { ImageScanResult, ImageTag, Vulnerability } from './api-types.ts';
import { digestOf } from './builders.ts';
import { distroOf } from './distro.ts';
import { allFindings, distribution, normalizedSeverity, riskFactorsOf, severitiesOf } from './findings.ts';
import { fullName, withoutScheme } from './image-name.ts';
import { packageGroups } from './packages.ts';
import { timestamp } from './progress.ts';
import { COMPACT_FIELDS, recordedFields } from './recorded-row.ts';
import type { ImageSpec } from './scenario.ts';
import type { Settings } from './settings.ts';
import type { Row } from './stored-row.ts';

export interface RowOptions {
  readonly compact: boolean;
  readonly normalizedSeverity: boolean;
  /** Number of the request, which decides the order of shuffled findings. */
  readonly read: number;
  /** Start of the Console, which relative dates of findings count from. */
  readonly startedAtMs: number;
}

/** The collection that contains every image. */
export const ALL_COLLECTIONS: readonly string[] = ['All'];

const UNITS_IN_MS = { ns: 1e-6, us: 1e-3, ms: 1, s: 1_000 };

/** Builds the row of `GET registry`. */
export function imageScanResult(
  image: ImageSpec,
  row: Row,
  settings: Settings,
  options: RowOptions,
): Partial<ImageScanResult> {
  const counts = distribution(severitiesOf(row.findings));
  const complianceCounts = distribution(severitiesOf(row.complianceIssues));
  const repoTag: ImageTag = { registry: image.registry, repo: image.repo, tag: image.tag };
  const hasTagDigest = settings.repoTagDigest && !(options.compact && settings.compactDropsTagDigest);
  if (hasTagDigest) repoTag.digest = row.digest;
  const otherTags = (image.alsoTagged ?? []).map((tag) => ({ ...repoTag, tag }));
  const time = (atMs: number) => timestamp(atMs, settings.trimmedTimes);
  const result: Partial<ImageScanResult> = {
    ...(settings.rowFields === 'recorded' ? recordedFields(image, row, time) : {}),
    ...distroFields(image),
    _id: fullName(image, settings),
    type: 'registry',
    hostname: settings.rowHostname,
    id: row.imageId,
    scanTime: time(row.scanTimeMs),
    firstScanTime: time(row.firstScanTimeMs),
    scanDuration: inUnit(row.scanMs, settings),
    pullDuration: inUnit(row.scanMs / 4, settings),
    distro: image.distro,
    repoTag,
    tags: [repoTag, ...otherTags],
    repoDigests: [`${repoDigestName(image, settings)}@${row.digest}`],
    vulnerabilities: shownFindings(row, settings, options),
    vulnerabilitiesCount: counts.total,
    vulnerabilityDistribution: counts,
    complianceIssues: shownIssues(row.complianceIssues, settings, options),
    complianceIssuesCount: complianceCounts.total,
    complianceDistribution: complianceCounts,
    riskFactors: counts.total === 0 ? null : riskFactorsOf(row.findings),
    packages: options.compact ? null : packagesOf(row, image, settings),
    missingDistroVulnCoverage: row.coverageMissing ?? image.coverageMissing,
    collections: [...(image.collections ?? ALL_COLLECTIONS)],
    trustStatus: '',
    err: row.err,
    errCode: row.errCode,
    isARM64: row.arm64 ?? image.arm64 ?? false,
  };
  if (options.compact && settings.compactDropsRepoDigests) delete result.repoDigests;
  if (options.compact && settings.rowFields === 'recorded') Object.assign(result, COMPACT_FIELDS);
  if (settings.absentRowFields.length === 0) return result;
  return Object.fromEntries(
    Object.entries(result).filter(([field]) => !settings.absentRowFields.includes(field)),
  );
}

/** Returns the image id: the digest of its configuration, not of its manifest. */
export function configId(manifestDigest: string): string {
  return digestOf(`configuration of ${manifestDigest}`);
}

function inUnit(durationMs: number, settings: Settings): number {
  return Math.round(durationMs / UNITS_IN_MS[settings.durationUnit]);
}

function repoDigestName(image: ImageSpec, settings: Settings): string {
  const registry = withoutScheme(image.registry).replace(/\/+$/, '');
  if (registry !== '') return `${registry}/${image.repo}`;
  return settings.repoDigestName === 'full' ? image.repo : image.repo.replace(/^library\//, '');
}

function distroFields({ distro, distroVersion }: ImageSpec) {
  const { name, version, release } = distroOf(distro);
  return { osDistro: name, osDistroVersion: distroVersion ?? version, osDistroRelease: release };
}

/** Packages of an image whose findings are generated are left out: there would be thousands. */
function packagesOf({ findings, packages }: Row, { distro }: ImageSpec, settings: Settings) {
  return packageGroups(packages, 'seed' in findings ? [] : findings, distro, settings);
}

/** Findings are `null` for a clean image and in compact form. Each is discovered anew with every tag. */
function shownFindings(
  { findings, firstScanTimeMs }: Row,
  settings: Settings,
  options: RowOptions,
): readonly Vulnerability[] | null {
  if (options.compact) return null;
  const discovered = timestamp(Math.floor(firstScanTimeMs / 1_000) * 1_000, true);
  const all = allFindings(findings, options.startedAtMs).map((finding) => ({ ...finding, discovered }));
  if (all.length === 0) return null;
  const ordered = shuffled(without(all, settings.absentFindingFields), settings, options);
  if (!options.normalizedSeverity && settings.blockDuringGrace) return ordered;
  return ordered.map((finding) => ({
    ...finding,
    severity: options.normalizedSeverity ? normalized(finding.severity, settings) : finding.severity,
    block: finding.block && (settings.blockDuringGrace || (finding.gracePeriodDays ?? 0) <= 0),
  }));
}

function shownIssues(
  issues: readonly Vulnerability[],
  settings: Settings,
  options: RowOptions,
): readonly Vulnerability[] | null {
  if (options.compact || issues.length === 0) return null;
  return shuffled(without(issues, settings.absentFindingFields), settings, options);
}

function without(findings: readonly Vulnerability[], fields: readonly string[]): readonly Vulnerability[] {
  if (fields.length === 0) return findings;
  return findings.map((finding) => {
    const copy = { ...finding };
    for (const field of fields) Reflect.deleteProperty(copy, field);
    return copy;
  });
}

/** Rotates the list by the number of the request: another order each time, and reproducible. */
function shuffled(
  findings: readonly Vulnerability[],
  { findingOrder }: Settings,
  { read }: RowOptions,
): readonly Vulnerability[] {
  if (findingOrder === 'stable') return findings;
  const from = (read * 7) % findings.length;
  return [...findings.slice(from), ...findings.slice(0, from)];
}

function normalized(severity: string, settings: Settings): string {
  const unknown = settings.unknownSeverity === 'low' ? 'low' : severity;
  return normalizedSeverity(severity) ?? unknown;
}
