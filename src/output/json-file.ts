import { assessmentOf } from '../policy/image-findings.ts';
import type { ImageRecord, RecordedRun } from '../policy/record.ts';
import type { AssessedFinding } from '../policy/waivers/waiver.ts';
import { NO_PATHS, OUTPUT_NAMES, type OutputName, outputsOf } from './outputs.ts';

/** The form of each output in the file: a number, a text, or the path given by a flag. */
const FORMS = {
  verdict: 'text',
  reason: 'text',
  scanned: 'number',
  total: 'number',
  'discovery-scanned': 'number',
  'discovery-total': 'number',
  digest: 'text',
  'image-by-digest': 'text',
  'scan-time': 'text',
  'duration-seconds': 'number',
  critical: 'number',
  high: 'number',
  medium: 'number',
  low: 'number',
  findings: 'number',
  compliance: 'number',
  new: 'number',
  results: 'text',
  'results-path': 'text',
  'receipt-path': { flag: 'receipt' },
  'sarif-path': { flag: 'sarif' },
  'sbom-path': { flag: 'sbom' },
  'vuln-path': 'text',
  'svr-path': 'text',
  'subjects-path': 'text',
} as const satisfies Record<OutputName, 'number' | 'text' | { readonly flag: string }>;

/**
 * All results as JSON, for programs: the outputs by their names, numbers as numbers, and null for unknown values; the
 * paths of the written files, by flag; and each image with its findings.
 */
export function jsonFileOf({ record, images }: RecordedRun, files: Readonly<Record<string, string>>) {
  const { checks, message } = record;
  const outputs = outputsOf(record, NO_PATHS);
  const entries = record.images.map((entry, index) => {
    const image = images[index];
    return imageEntry(entry, image && assessmentOf(image)?.findings);
  });
  return {
    ...Object.fromEntries(OUTPUT_NAMES.map((name) => [name, typedValue(name, outputs[name], files)])),
    message,
    files,
    results: checks.length > 0 ? checks : entries,
  };
}

function typedValue(
  name: OutputName,
  text: string,
  files: Readonly<Record<string, string>>,
): string | number | null {
  const form = FORMS[name];
  if (typeof form === 'object') return files[form.flag] ?? null;
  if (text === '') return null;
  return form === 'number' ? Number(text) : text;
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
