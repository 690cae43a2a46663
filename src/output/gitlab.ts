import type { RunInfo } from '../host.ts';
import { referenceByDigest, repositoryName } from '../image/image.ts';
import {
  assessmentOf,
  type Gap,
  gapOf,
  type LocatedFinding,
  worstFindings,
} from '../policy/image-findings.ts';
import type { RecordedRun } from '../policy/record.ts';
import type { ImageResult, RunResult } from '../policy/result.ts';
import type { AssessedFinding } from '../policy/waivers/waiver.ts';
import type { Severity } from '../scan/severity.ts';
import { cutText } from '../text/cut.ts';
import { gapTexts, omittedTexts, outcomeText } from '../text/file-text.ts';
import { solutionText } from '../text/finding-sentence.ts';
import { joined } from '../text/joined.ts';
import { webAddress } from '../text/markdown.ts';
import { SCANNER, TITLE, TOOL } from '../text/version.ts';
import { waiverText } from '../text/waiver-text.ts';
import { Fingerprints, ruleIdOf } from './sarif-identity.ts';
import { uuidOf } from './uuid.ts';

/** The oldest version of the format that every supported GitLab reads. */
const FORMAT_VERSION = '15.0.7';

/** Keeps the report below GitLab's size limit. */
export const MOST_VULNERABILITIES = 5_000;
const MOST_MESSAGES = 100;
const LONGEST_NAME = 255;
const LONGEST_SOLUTION = 7_000;
/** One byte below GitLab's limit. */
const LONGEST_DESCRIPTION = 1_048_575;

const SEVERITY_NAMES = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
} as const satisfies Record<Severity, string>;

/**
 * The vulnerabilities as GitLab's container scanning report, `gl-container-scanning-report.json`. Compliance issues
 * belong to no package, so the format has no place for them. The scan counts as failed if a finding may be missing.
 */
export function gitlabReportOf(result: RecordedRun, { version }: Pick<RunInfo, 'version'>) {
  const { startedAt, endedAt } = result.record.run;
  const gap = gapOf(result.images);
  const { located, omitted } = worstFindings(
    result.images,
    MOST_VULNERABILITIES,
    ({ kind }) => kind === 'vulnerability',
  );
  const fingerprints = new Fingerprints();
  return {
    version: FORMAT_VERSION,
    scan: {
      analyzer: {
        id: TOOL,
        name: TITLE,
        version,
        vendor: { name: TOOL },
      },
      scanner: {
        id: 'prisma-cloud-compute',
        name: SCANNER.name,
        version: nonEmpty(result.request?.apiVersion),
        vendor: { name: SCANNER.vendor },
      },
      type: 'container_scanning',
      start_time: localTime(startedAt),
      end_time: localTime(endedAt),
      status: gap === undefined ? 'success' : 'failure',
      messages: messagesOf(result, gap, omitted),
    },
    vulnerabilities: located.map((one) => vulnerabilityOf(one, fingerprints.of(one.image, one.finding))),
  };
}

function messagesOf(result: RunResult, gap: Gap | undefined, omitted: number) {
  const level = result.decision.verdict === 'passed' ? 'info' : 'warn';
  const texts = [
    ...gapTexts(gap),
    ...omittedTexts(omitted),
    ...result.warnings.filter((text) => text !== ''),
  ];
  return [
    { level, value: outcomeText(result) },
    ...texts.slice(0, MOST_MESSAGES).map((value) => ({ level: 'warn', value })),
  ];
}

function vulnerabilityOf({ image, finding }: LocatedFinding, fingerprint: string) {
  const { id, title, description, severity, packageName, packageVersion } = finding;
  const url = finding.link === undefined ? undefined : webAddress(finding.link);
  return {
    id: uuidOf([image.name, fingerprint]),
    name: cutText(nonEmpty(title ?? id), LONGEST_NAME),
    description: cutText(description ?? '', LONGEST_DESCRIPTION),
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

/** The waivers of a finding. GitLab's only flag would mark a waived finding as a false positive, which it is not. */
function detailsOf({ waivers }: AssessedFinding) {
  if (waivers.length === 0) return {};
  return { details: { waived: { name: 'Waived', type: 'text', value: waivers.map(waiverText).join('; ') } } };
}

/** `debian 12.13`; the format does not allow an empty text. */
function systemOf(image: ImageResult): string {
  const { name, version } = assessmentOf(image)?.distribution ?? {};
  return nonEmpty(joined([name, version]));
}

function solutionOf(finding: AssessedFinding) {
  const solution = solutionText(finding);
  return solution === undefined ? {} : { solution: cutText(solution, LONGEST_SOLUTION) };
}

/** The identifier of a finding. By type and value, GitLab recognizes the same vulnerability from two scanners. */
function identifierOf(finding: AssessedFinding, url: string | undefined) {
  const value = nonEmpty(ruleIdOf(finding));
  const type = /^CVE-/i.test(value) ? 'cve' : /^GHSA-/i.test(value) ? 'ghsa' : 'prisma_cloud';
  return { type, name: value, value, ...(url === undefined ? {} : { url }) };
}

/** The reference without the name of a platform, which is not part of a reference. */
function referenceOf({ image, name, digest }: ImageResult): string {
  if (image === undefined) return nonEmpty(name);
  if (image.tag !== undefined) return `${repositoryName(image)}:${image.tag}`;
  const scanned = digest ?? image.digest;
  return scanned === undefined ? repositoryName(image) : referenceByDigest(image, scanned);
}

/** A time in UTC without zone and fraction, as the format requires. */
function localTime(time: string): string {
  return time.slice(0, 19);
}

function nonEmpty(text: string | undefined): string {
  return text === undefined || text === '' ? 'unknown' : text;
}
