import { assessmentOf, promotedReference } from '../policy/image-findings.ts';
import type { ImageResult, RunResult } from '../policy/result.ts';
import type { AssessedFinding } from '../policy/waiver.ts';
import { describeImage, messageOf } from '../text/verdict-line.ts';
import { NO_PATHS, OUTPUT_NAMES, type OutputName, outputsOf } from './outputs.ts';

/** How each output stands in the file: as a number, as a text, or as the path that a flag gave. */
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
 * All results as JSON, for programs: the outputs by their names, numbers as numbers and null for what is unknown; the
 * paths of the files that were written, by flag; and each image with its findings.
 */
export function jsonFileOf(result: RunResult, files: Readonly<Record<string, string>>) {
  const { checks, images } = result;
  const outputs = outputsOf(result, NO_PATHS);
  return {
    ...Object.fromEntries(OUTPUT_NAMES.map((name) => [name, typedValue(name, outputs[name], files)])),
    message: messageOf(result),
    files,
    results: checks.length > 0 ? checks : images.map(imageEntry),
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
