import { allFindings, type Findings, riskFactorsOf, severitiesOf } from './findings.ts';
import { timestamp } from './progress-entry.ts';
import { fullName, withoutScheme } from './registry-name.ts';
import type { ImageScript } from './scenario.ts';
import { digestOf } from './script.ts';
import type { Settings } from './settings.ts';
import { distribution, normalizedSeverity } from './severity.ts';
import type { ImageScanResult, ImageTag, Vulnerability } from './wire.ts';

/** What the Console keeps of an image's last scan. */
export type Row = {
  readonly scanTimeMs: number;
  readonly firstScanTimeMs: number;
  readonly scanMs: number;
  readonly digest: string;
  readonly imageId: string;
  /** Instead of what the image says. */
  readonly coverageMissing: boolean | undefined;
  readonly err: string;
  readonly findings: Findings;
  readonly complianceIssues: readonly Vulnerability[];
};

export type RowOptions = { readonly compact: boolean; readonly normalizedSeverity: boolean };

const unitsInMs = { ns: 1e-6, us: 1e-3, ms: 1, s: 1_000 };

/** The image's row as `GET registry` shows it. */
export function imageScanResult(
  image: ImageScript,
  row: Row,
  settings: Settings,
  options: RowOptions,
): Partial<ImageScanResult> {
  const counts = distribution(severitiesOf(row.findings));
  const complianceCounts = distribution(severitiesOf(row.complianceIssues));
  const repoTag: ImageTag = { registry: image.registry, repo: image.repo, tag: image.tag };
  if (settings.repoTagDigest) repoTag.digest = row.digest;
  const result: Partial<ImageScanResult> = {
    _id: fullName(image, settings),
    type: 'registry',
    hostname: '',
    id: row.imageId,
    scanTime: timestamp(row.scanTimeMs),
    firstScanTime: timestamp(row.firstScanTimeMs),
    scanDuration: inUnit(row.scanMs, settings),
    pullDuration: inUnit(row.scanMs / 4, settings),
    distro: image.distro,
    repoTag,
    tags: [repoTag],
    repoDigests: [`${repoDigestName(image, settings)}@${row.digest}`],
    vulnerabilities: shownFindings(row.findings, settings, options),
    vulnerabilitiesCount: counts.total,
    vulnerabilityDistribution: counts,
    complianceIssues: options.compact || complianceCounts.total === 0 ? null : row.complianceIssues,
    complianceIssuesCount: complianceCounts.total,
    complianceDistribution: complianceCounts,
    riskFactors: counts.total === 0 ? null : riskFactorsOf(row.findings),
    missingDistroVulnCoverage: row.coverageMissing ?? image.coverageMissing,
    collections: ['All'],
    trustStatus: '',
    err: row.err,
    errCode: row.err === '' ? 0 : 1,
  };
  if (options.compact && settings.compactDropsRepoDigests) delete result.repoDigests;
  if (settings.absentRowFields.length === 0) return result;
  return Object.fromEntries(
    Object.entries(result).filter(([field]) => !settings.absentRowFields.includes(field)),
  );
}

/** The image's own id, which is the digest of its configuration and never that of its manifest. */
export function configId(manifestDigest: string): string {
  return digestOf(`configuration of ${manifestDigest}`);
}

function inUnit(durationMs: number, settings: Settings): number {
  return Math.round(durationMs / unitsInMs[settings.durationUnit]);
}

function repoDigestName(image: ImageScript, settings: Settings): string {
  const registry = withoutScheme(image.registry).replace(/\/+$/, '');
  if (registry !== '') return `${registry}/${image.repo}`;
  return settings.repoDigestName === 'full' ? image.repo : image.repo.replace(/^library\//, '');
}

/** A clean image has `null` for findings, and so has every image in the compact form. */
function shownFindings(
  findings: Findings,
  settings: Settings,
  options: RowOptions,
): readonly Vulnerability[] | null {
  if (options.compact) return null;
  const all = allFindings(findings);
  if (all.length === 0) return null;
  if (!options.normalizedSeverity && settings.blockDuringGrace) return all;
  return all.map((finding) => ({
    ...finding,
    severity: options.normalizedSeverity ? fourWords(finding.severity, settings) : finding.severity,
    block: finding.block && (settings.blockDuringGrace || (finding.gracePeriodDays ?? 0) <= 0),
  }));
}

function fourWords(severity: string, settings: Settings): string {
  const unknown = settings.unknownSeverity === 'low' ? 'low' : severity;
  return normalizedSeverity(severity) ?? unknown;
}
