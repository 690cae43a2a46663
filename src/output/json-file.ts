import { assessmentOf, promotedReference } from '../policy/image-findings.ts';
import type { ImageResult, RunResult } from '../policy/result.ts';
import type { AssessedFinding } from '../policy/waiver.ts';
import { describeImage, messageOf } from '../text/verdict-line.ts';
import { NO_PATHS, type OutputName, outputsOf, type PathOutputName } from './outputs.ts';

/** Outputs that are numbers; the others are texts. */
const NUMBERS: ReadonlySet<string> = new Set<OutputName>([
  'scanned',
  'total',
  'discovery-scanned',
  'discovery-total',
  'duration-seconds',
  'critical',
  'high',
  'medium',
  'low',
  'findings',
  'compliance',
]);

/**
 * All results as JSON, for programs: the outputs by their names, numbers as numbers and null for what is unknown; the
 * paths of the files that were written, by flag; and each image with its findings.
 */
export function jsonFileOf(result: RunResult, files: Readonly<Record<string, string>>) {
  const { checks, images } = result;
  const paths: Readonly<Partial<Record<PathOutputName, string>>> = {
    'receipt-path': files.receipt ?? '',
    'sarif-path': files.sarif ?? '',
  };
  const outputs = Object.entries(outputsOf(result, { ...NO_PATHS, ...paths }));
  return {
    ...Object.fromEntries(outputs.map(([name, value]) => [name, typedValue(name, value)])),
    message: messageOf(result),
    files,
    results: checks.length > 0 ? checks : images.map(imageEntry),
  };
}

function typedValue(name: string, value: string): string | number | null {
  if (value === '') return null;
  return NUMBERS.has(name) ? Number(value) : value;
}

function imageEntry(image: ImageResult) {
  const assessment = assessmentOf(image);
  const findings = assessment?.findings;
  const listed = (kind: 'vulnerability' | 'compliance') =>
    findings?.filter((finding) => finding.kind === kind).map(findingEntry) ?? null;
  return {
    image: image.name,
    verdict: image.decision.verdict,
    reason: image.decision.reason,
    message: describeImage(image).what,
    scanned: image.imageScan.scanned,
    total: image.imageScan.total,
    digest: image.digest ?? null,
    imageByDigest: promotedReference(image) ?? null,
    scanTime: image.scanTime ?? null,
    findings: assessment?.vulnerabilities ?? null,
    compliance: assessment?.compliance ?? null,
    /** Null if the report does not list them. */
    vulnerabilities: listed('vulnerability'),
    complianceIssues: listed('compliance'),
  };
}

function findingEntry(finding: AssessedFinding) {
  return {
    id: finding.id,
    title: textOrNull(finding.title),
    severity: finding.severity,
    cvss: finding.cvss ?? null,
    packageName: textOrNull(finding.packageName),
    packageVersion: textOrNull(finding.packageVersion),
    packagePath: textOrNull(finding.packagePath),
    hasFix: finding.fixedIn !== undefined,
    fixedIn: textOrNull(finding.fixedIn ?? ''),
    link: textOrNull(finding.link),
    isBlocking: finding.isBlocking,
    exploit: finding.exploit ?? null,
    /** What forgives it at some gates, such as `exception` or `known`. */
    waivers: finding.waivers.map(({ kind }) => kind),
  };
}

function textOrNull(text: string): string | null {
  return text === '' ? null : text;
}
