import { createHash } from 'node:crypto';
import type { RunInfo } from '../host.ts';
import { referenceByDigest, repositoryName } from '../image/image.ts';
import { assessmentOf, hasGaps, type LocatedFinding, worstFindings } from '../policy/image-findings.ts';
import type { ImageResult, RunResult } from '../policy/result.ts';
import type { AssessedFinding } from '../policy/waiver.ts';
import type { Severity } from '../scan/severity.ts';
import { cutText } from '../text/cut.ts';
import { webAddress } from '../text/markdown.ts';
import { messageOf } from '../text/verdict-line.ts';
import { waiverText } from '../text/waiver-text.ts';
import { Fingerprints, ruleIdOf } from './sarif-identity.ts';

/** The oldest version of the format that every supported GitLab reads. */
const SCHEMA_VERSION = '15.0.7';

/** Keeps the report below the size that GitLab takes. */
export const MOST_VULNERABILITIES = 5_000;
const MOST_MESSAGES = 100;
const LONGEST_NAME = 255;
const LONGEST_SOLUTION = 7_000;
/** GitLab takes one byte more. */
const LONGEST_DESCRIPTION = 1_048_575;

const SEVERITY_NAMES = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
} as const satisfies Record<Severity, string>;

/**
 * The vulnerabilities as GitLab's container scanning report, `gl-container-scanning-report.json`. Compliance issues
 * belong to no package, so the format has no place for them. The scan is a failure where a finding may be missing.
 */
export function gitlabReportOf(result: RunResult, { version, now }: Pick<RunInfo, 'version' | 'now'>) {
  const endedAt = now();
  const { located, omitted } = worstFindings(
    result.images,
    MOST_VULNERABILITIES,
    ({ kind }) => kind === 'vulnerability',
  );
  const fingerprints = new Fingerprints();
  return {
    version: SCHEMA_VERSION,
    scan: {
      analyzer: {
        id: 'registry-scan-gate',
        name: 'Registry scan gate',
        version,
        vendor: { name: 'registry-scan-gate' },
      },
      scanner: {
        id: 'prisma-cloud-compute',
        name: 'Prisma Cloud Compute',
        version: nonEmpty(result.request?.apiVersion),
        vendor: { name: 'Palo Alto Networks' },
      },
      type: 'container_scanning',
      start_time: localTime(new Date(endedAt.getTime() - result.durationMs)),
      end_time: localTime(endedAt),
      status: hasGaps(result.images) ? 'failure' : 'success',
      messages: messagesOf(result, omitted),
    },
    vulnerabilities: located.map((one) => vulnerabilityOf(one, fingerprints.of(one.image, one.finding))),
  };
}

function messagesOf(result: RunResult, omitted: number) {
  const { decision, images, warnings } = result;
  const level = decision.verdict === 'passed' ? 'info' : 'warn';
  const texts = [
    ...(hasGaps(images) ? ['Not every vulnerability is known, so a missing one is not resolved.'] : []),
    ...(omitted > 0
      ? [`${omitted} vulnerabilities are omitted. They are no more severe than those listed.`]
      : []),
    ...warnings.filter((text) => text !== ''),
  ];
  return [
    { level, value: `${decision.verdict} (${decision.reason}): ${messageOf(result)}` },
    ...texts.slice(0, MOST_MESSAGES).map((value) => ({ level: 'warn', value })),
  ];
}

function vulnerabilityOf({ image, finding }: LocatedFinding, fingerprint: string) {
  const { id, title, description, severity, packageName, packageVersion } = finding;
  const url = webAddress(finding.link);
  return {
    id: uuidOf([image.name, fingerprint]),
    name: cutText(nonEmpty(title === '' ? id : title), LONGEST_NAME),
    description: cutText(description, LONGEST_DESCRIPTION),
    severity: SEVERITY_NAMES[severity],
    ...solutionOf(finding),
    identifiers: [identifierOf(finding, url)],
    ...(url === undefined ? {} : { links: [{ url }] }),
    location: {
      dependency: { package: { name: nonEmpty(packageName) }, version: nonEmpty(packageVersion) },
      operating_system: systemOf(image),
      image: referenceOf(image),
    },
    ...detailsOf(finding),
  };
}

/** GitLab's only flag would call a waived finding a false positive, which it is not. */
function detailsOf({ waivers }: AssessedFinding) {
  if (waivers.length === 0) return {};
  return { details: { waived: { name: 'Waived', type: 'text', value: waivers.map(waiverText).join('; ') } } };
}

/** `debian 12.13`; the format does not take an empty text. */
function systemOf(image: ImageResult): string {
  const { name = '', version = '' } = assessmentOf(image)?.distribution ?? {};
  return nonEmpty([name, version].filter((part) => part !== '').join(' '));
}

function solutionOf({ fixedIn, packageName }: AssessedFinding) {
  if (fixedIn === undefined) return {};
  const target = fixedIn === '' ? 'a version that has the fix' : fixedIn;
  return {
    solution: cutText(
      `Upgrade ${packageName === '' ? 'the package' : packageName} to ${target}`,
      LONGEST_SOLUTION,
    ),
  };
}

/** By type and value GitLab tells that two scanners mean the same vulnerability. */
function identifierOf(finding: AssessedFinding, url: string | undefined) {
  const value = nonEmpty(ruleIdOf(finding));
  const type = /^CVE-/i.test(value) ? 'cve' : /^GHSA-/i.test(value) ? 'ghsa' : 'prisma_cloud';
  return { type, name: value, value, ...(url === undefined ? {} : { url }) };
}

/** The reference without the name of a platform, which is no part of a reference. */
function referenceOf({ image, name, digest }: ImageResult): string {
  if (image === undefined) return nonEmpty(name);
  if (image.tag !== undefined) return `${repositoryName(image)}:${image.tag}`;
  const scanned = digest ?? image.digest;
  return scanned === undefined ? repositoryName(image) : referenceByDigest(image, scanned);
}

/** A UUID made of a hash, so that the same vulnerability has the same id in every run. */
function uuidOf(parts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}

/** A time in UTC without zone and fraction, as the format wants it. */
function localTime(time: Date): string {
  return time.toISOString().slice(0, 19);
}

function nonEmpty(text: string | undefined): string {
  return text === undefined || text === '' ? 'unknown' : text;
}
