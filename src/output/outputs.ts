import { byVerdict } from '../policy/decision.ts';
import { assessmentOf, newTotal, promotedReference, totalCounts } from '../policy/image-findings.ts';
import type { Check, ImageResult, RunResult } from '../policy/result.ts';
import type { FindingCounts } from '../scan/finding.ts';
import { cutText } from '../text/cut.ts';
import { describeImage } from '../text/verdict-line.ts';

/** The outputs as `action.yml` declares them. The verdict is the first. */
export const OUTPUT_NAMES = [
  'verdict',
  'reason',
  'scanned',
  'total',
  'discovery-scanned',
  'discovery-total',
  'digest',
  'image-by-digest',
  'scan-time',
  'duration-seconds',
  'critical',
  'high',
  'medium',
  'low',
  'findings',
  'compliance',
  'new',
  'results',
  'results-path',
  'receipt-path',
  'sarif-path',
  'sbom-path',
  'vuln-path',
  'svr-path',
  'subjects-path',
] as const;

/** True for an output that is one of our own words: a password such as `passed` must not hide it. */
export function isOwnWord(output: string): boolean {
  return output === 'verdict' || output === 'reason';
}

export type OutputName = (typeof OUTPUT_NAMES)[number];

/** The outputs that name a file. */
export type PathOutputName = Extract<OutputName, `${string}-path`>;

/** Where the files of a run are; a file that is not there has the empty path. */
export type OutputPaths = Readonly<Record<PathOutputName, string>>;

/** No files. */
export const NO_PATHS: OutputPaths = {
  'results-path': '',
  'receipt-path': '',
  'sarif-path': '',
  'sbom-path': '',
  'vuln-path': '',
  'svr-path': '',
  'subjects-path': '',
};

/** A process takes no more than 128 KiB in one variable of its environment. */
export const MOST_RESULTS_BYTES = 100_000;

/** The outputs of a run. */
export function outputsOf(result: RunResult, paths: OutputPaths): Readonly<Record<OutputName, string>> {
  const { decision, discovery, imageScan, images, promotion, durationMs } = result;
  const only = images.length === 1 ? images[0] : undefined;
  const vulnerabilities = totalCounts(images, 'vulnerabilities');
  return {
    verdict: decision.verdict,
    reason: decision.reason,
    scanned: String(imageScan.scanned),
    total: String(imageScan.total),
    'discovery-scanned': String(discovery.scanned),
    'discovery-total': String(discovery.total),
    digest: promotion?.digest ?? '',
    'image-by-digest': decision.verdict === 'passed' ? (promotion?.imageByDigest ?? '') : '',
    'scan-time': only?.scanTime ?? '',
    'duration-seconds': String(Math.floor(durationMs / 1000)),
    critical: textOf(vulnerabilities?.critical),
    high: textOf(vulnerabilities?.high),
    medium: textOf(vulnerabilities?.medium),
    low: textOf(vulnerabilities?.low),
    findings: textOf(vulnerabilities?.total),
    compliance: textOf(totalCounts(images, 'compliance')?.total),
    new: textOf(newTotal(images)),
    results: resultsOf(result),
    ...paths,
  };
}

function textOf(count: number | undefined): string {
  return count === undefined ? '' : String(count);
}

/** One element of `results`. */
export interface ListedResult {
  readonly image: string;
  readonly verdict: string;
  readonly reason: string;
  readonly message: string;
  readonly scanned: number;
  readonly total: number;
  readonly digest: string;
  readonly imageByDigest: string;
  readonly scanTime: string;
  /** Vulnerabilities before exceptions; null where no report was read, and where the scan failed. */
  readonly findings: FindingCounts | null;
}

function listedResult(image: ImageResult): ListedResult {
  return {
    image: image.name,
    verdict: image.decision.verdict,
    reason: image.decision.reason,
    message: describeImage(image).what,
    scanned: image.imageScan.scanned,
    total: image.imageScan.total,
    digest: image.digest ?? '',
    imageByDigest: promotedReference(image) ?? '',
    scanTime: image.scanTime ?? '',
    findings: assessmentOf(image)?.vulnerabilities ?? null,
  };
}

/** The file that `results-path` names: all of `results`, and the predicate and the SBOM of each image if it has one. */
export function resultsFileOf(
  result: RunResult,
  vulnPaths: readonly string[] = [],
  sbomPaths: readonly string[] = [],
): string {
  const all = isPreflight(result)
    ? result.checks
    : result.images.map((image, index) => ({
        ...listedResult(image),
        vulnPath: vulnPaths[index] ?? '',
        sbomPath: sbomPaths[index] ?? '',
      }));
  return JSON.stringify(all, null, 2);
}

function isPreflight({ request, checks }: RunResult): boolean {
  return request?.mode === 'check' || checks.length > 0;
}

/** `results`: as much of it as fits into a variable of the environment. */
function resultsOf(result: RunResult): string {
  if (isPreflight(result)) return fitting(result.checks);
  const worstFirst = result.images
    .map((image, index) => ({ index, decision: image.decision }))
    .sort((one, other) => byVerdict(one.decision, other.decision) || one.index - other.index)
    .map(({ index }) => index);
  return fitting(result.images.map(listedResult), worstFirst);
}

/** A JSON array that fits: of everything, else without the messages, else of the elements that matter most. */
function fitting(
  elements: readonly (ListedResult | Check)[],
  byImportance: readonly number[] = elements.map((_, index) => index),
): string {
  const full = JSON.stringify(elements);
  if (Buffer.byteLength(full) <= MOST_RESULTS_BYTES) return full;
  const short = elements.map((element) => JSON.stringify(shortened(element)));
  const kept = new Set<number>();
  // Two brackets, and a comma for each element.
  let bytes = 2;
  for (const index of byImportance) {
    bytes += Buffer.byteLength(short[index] ?? '') + 1;
    if (bytes > MOST_RESULTS_BYTES) break;
    kept.add(index);
  }
  return `[${short.filter((_, index) => kept.has(index)).join(',')}]`;
}

/** No reference and no name of a check is longer; several of these fit, so that the array is never empty. */
const LONGEST_TEXT = 2_000;

/** An element without its message, and with every text bounded. */
function shortened(element: ListedResult | Check): object {
  const entries = Object.entries(element).filter(([key]) => key !== 'message');
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      typeof value === 'string' && value.length > LONGEST_TEXT ? `${cutText(value, LONGEST_TEXT)}…` : value,
    ]),
  );
}
