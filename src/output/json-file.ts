import { assessmentOf } from '../policy/image-findings.ts';
import type { ImageRecord, RecordedRun } from '../policy/record.ts';
import type { AssessedFinding } from '../policy/waivers/waiver.ts';
import { imageValues, outputValues } from './outputs.ts';

/**
 * All results as JSON, for programs: the outputs by their names, numbers as numbers, and null for unknown values; the
 * paths of the written files, by flag; and each image with its findings.
 */
export function jsonFileOf({ record, images }: RecordedRun, files: Readonly<Record<string, string>>) {
  const { checks, message } = record;
  const entries = record.images.map((entry, index) => {
    const image = images[index];
    return imageEntry(entry, image && assessmentOf(image)?.findings);
  });
  return {
    ...outputValues(record),
    'results-path': null,
    'receipt-path': files.receipt ?? null,
    'sarif-path': files.sarif ?? null,
    'sbom-path': files.sbom ?? null,
    'vuln-path': null,
    'svr-path': null,
    'subjects-path': null,
    message,
    files,
    results: checks.length > 0 ? checks : entries,
  };
}

/** An image, and the findings that the report lists; null if it does not. */
function imageEntry(image: ImageRecord, findings: readonly AssessedFinding[] | undefined) {
  const listed = (kind: AssessedFinding['kind']) =>
    findings?.filter((finding) => finding.kind === kind).map(findingEntry) ?? null;
  return {
    ...imageValues(image),
    compliance: image.compliance,
    vulnerabilities: listed('vulnerability'),
    complianceIssues: listed('compliance'),
  };
}

function findingEntry(finding: AssessedFinding) {
  return {
    id: finding.id,
    title: finding.title ?? null,
    severity: finding.severity,
    cvss: finding.cvss ?? null,
    packageName: finding.packageName ?? null,
    packageVersion: finding.packageVersion ?? null,
    packagePath: finding.packagePath ?? null,
    hasFix: finding.fix !== undefined,
    fixedIn: finding.fix?.version ?? null,
    link: finding.link ?? null,
    isBlocking: finding.isBlocking,
    exploit: finding.exploit ?? null,
    /** Its waivers at some gates, such as `exception` or `known`. */
    waivers: finding.waivers.map(({ kind }) => kind),
  };
}
