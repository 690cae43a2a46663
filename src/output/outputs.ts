import { byVerdict } from '../policy/decision.ts';
import type { ImageRecord, RunRecord } from '../policy/record.ts';
import type { Check } from '../policy/result.ts';
import { cutText } from '../text/cut.ts';

/** True for an output whose value is a fixed word: a password such as `passed` must not hide it. */
export function isOwnWord(output: string): boolean {
  return output === 'verdict' || output === 'reason';
}

/** No files: the path of a file that does not exist is empty. */
export const NO_PATHS = {
  'results-path': '',
  'receipt-path': '',
  'sarif-path': '',
  'sbom-path': '',
  'vuln-path': '',
  'svr-path': '',
  'subjects-path': '',
} as const;

/** The outputs that name a file. */
export type PathOutputName = keyof typeof NO_PATHS;

/** The paths of the files of a run. */
export type OutputPaths = Readonly<Record<PathOutputName, string>>;

/** A process accepts no more than 128 KiB in one environment variable. */
export const MOST_RESULTS_BYTES = 100_000;

/** The outputs that name no file, as `action.yml` declares them, the verdict first; null for an unknown value. */
export function outputValues(record: RunRecord) {
  const { discovery, imageScan, images, totals, run } = record;
  const { vulnerabilities, compliance } = totals;
  const only = images.length === 1 ? images[0] : undefined;
  return {
    verdict: record.verdict,
    reason: record.reason,
    scanned: imageScan.scanned,
    total: imageScan.total,
    'discovery-scanned': discovery.scanned,
    'discovery-total': discovery.total,
    digest: record.digest,
    'image-by-digest': record.imageByDigest,
    'scan-time': only?.evidence.scanTime ?? null,
    'duration-seconds': Math.floor(run.durationMs / 1000),
    ...countValues(vulnerabilities),
    compliance: compliance?.total ?? null,
    new: totals.new,
    results: resultsOf(record),
  };
}

function countValues(counts: RunRecord['totals']['vulnerabilities']) {
  const { critical = null, high = null, medium = null, low = null, total = null } = counts ?? {};
  return { critical, high, medium, low, findings: total };
}

/** The outputs of a run as texts; an unknown value is empty. */
export function outputsOf(record: RunRecord, paths: OutputPaths): Readonly<Record<string, string>> {
  const texts = Object.entries(outputValues(record)).map(([name, value]) => [name, outputText(value)]);
  return { ...Object.fromEntries(texts), ...paths };
}

/** The value of an output as a text: empty if it is unknown. */
export function outputText(value: string | number | null): string {
  return String(value ?? '');
}

/** The facts about one image; null for unknown values, such as the findings of a report that was not read. */
export function imageValues({ evidence, findings, ...image }: ImageRecord) {
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
    findings: findings?.counts ?? null,
  };
}

/** One element of `results`; an unknown text is empty. */
function listedResult(image: ImageRecord) {
  const values = imageValues(image);
  const { digest, imageByDigest, scanTime } = values;
  return {
    ...values,
    digest: digest ?? '',
    imageByDigest: imageByDigest ?? '',
    scanTime: scanTime ?? '',
  };
}

/** The file that `results-path` names: all of `results`, and the predicate and the SBOM of each image if it has one. */
export function resultsFileOf(
  record: RunRecord,
  vulnPaths: readonly string[] = [],
  sbomPaths: readonly string[] = [],
): string {
  const all = isPreflight(record)
    ? record.checks
    : record.images.map((image, index) => ({
        ...listedResult(image),
        vulnPath: vulnPaths[index] ?? '',
        sbomPath: sbomPaths[index] ?? '',
      }));
  return JSON.stringify(all, null, 2);
}

function isPreflight({ request, checks }: RunRecord): boolean {
  return request?.mode === 'check' || checks.length > 0;
}

/** `results`: as much as fits into an environment variable. */
function resultsOf(record: RunRecord): string {
  if (isPreflight(record)) return fitting(record.checks);
  const worstFirst = record.images
    .map((image, index) => ({ index, image }))
    .sort((one, other) => byVerdict(one.image, other.image) || one.index - other.index)
    .map(({ index }) => index);
  return fitting(record.images.map(listedResult), worstFirst);
}

/** A JSON array that fits: complete, or else without messages, or else with the most important elements only. */
function fitting(
  elements: readonly (ReturnType<typeof listedResult> | Check)[],
  byImportance: readonly number[] = elements.map((_, index) => index),
): string {
  const full = JSON.stringify(elements);
  if (Buffer.byteLength(full) <= MOST_RESULTS_BYTES) return full;
  const short = elements.map((element) => JSON.stringify(withoutMessage(element)));
  const kept = new Set<number>();
  // The bytes of two brackets, and a comma for each element.
  let bytes = 2;
  for (const index of byImportance) {
    bytes += Buffer.byteLength(short[index] ?? '') + 1;
    if (bytes > MOST_RESULTS_BYTES) break;
    kept.add(index);
  }
  return `[${short.filter((_, index) => kept.has(index)).join(',')}]`;
}

/** No reference or name of a check is longer; several of these fit, so the array is never empty. */
const LONGEST_TEXT = 2_000;

/** An element without its message, and with every text bounded. */
function withoutMessage(element: object): object {
  const entries = Object.entries(element).filter(([key]) => key !== 'message');
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      typeof value === 'string' && value.length > LONGEST_TEXT ? `${cutText(value, LONGEST_TEXT)}…` : value,
    ]),
  );
}
