import { assessmentOf } from '../policy/image-findings.ts';
import type { ImageRecord, RecordedRun } from '../policy/record.ts';
import type { AssessedFinding } from '../policy/waiver.ts';
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
export function jsonFileOf({ record, images }: RecordedRun, files: Readonly<Record<string, string>>) {
  const { checks, message } = record;
  const paths: Readonly<Partial<Record<PathOutputName, string>>> = {
    'receipt-path': files.receipt ?? '',
    'sarif-path': files.sarif ?? '',
  };
  const outputs = Object.entries(outputsOf(record, { ...NO_PATHS, ...paths }));
  const entries = record.images.map((entry, index) => {
    const image = images[index];
    return imageEntry(entry, image && assessmentOf(image)?.findings);
  });
  return {
    ...Object.fromEntries(outputs.map(([name, value]) => [name, typedValue(name, value)])),
    message,
    files,
    results: checks.length > 0 ? checks : entries,
  };
}

function typedValue(name: string, value: string): string | number | null {
  if (value === '') return null;
  return NUMBERS.has(name) ? Number(value) : value;
}

/** An image, and the findings that the report lists; null if it does not. */
function imageEntry({ evidence, ...image }: ImageRecord, findings: readonly AssessedFinding[] | undefined) {
  const listed = (kind: AssessedFinding['kind']) =>
    findings?.filter((finding) => finding.kind === kind).map(findingEntry) ?? null;
  return {
    image: image.image,
    verdict: image.verdict,
    reason: image.reason,
    message: image.message,
    scanned: evidence.imageScan.scanned,
    total: evidence.imageScan.total,
    digest: image.digest,
    imageByDigest: image.imageByDigest,
    scanTime: evidence.scanTime,
    findings: image.findings?.counts ?? null,
    compliance: image.compliance,
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
