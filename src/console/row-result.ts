import {
  DecodeError,
  optionalCountAt,
  optionalFlagAt,
  optionalObjectAt,
  optionalTextAt,
} from '../http/decode.ts';
import { type Digest, type Image, isDigest } from '../image/image.ts';
import type { ImageScanResult, ScanTime } from '../scan/evidence.ts';
import type { FindingCounts } from '../scan/finding.ts';
import { RFC_3339 } from '../scan/timestamp.ts';
import type { Detail } from '../scan/wait.ts';
import { sanitizeError } from '../text/sanitize.ts';
import { FindingDecoder } from './findings.ts';
import { decodeDistribution, decodePackages } from './packages.ts';
import type { ReportRow } from './report-row.ts';
import { digestsOf, isTagOf, tagsOf } from './row-image.ts';

/** Decodes the scan result in a row. Throws a `DecodeError` that names the field. */
export function decodeRow(row: ReportRow, image: Image, detail: Detail): ImageScanResult {
  const { json, field } = row;
  const digests = digestsOf(row, image);
  const decoder = new FindingDecoder(row.redact);
  // In a full row, `null` is an empty list; in the compact form, every row has `null`.
  const none = (list: unknown) => (detail === 'full' && list !== undefined ? NO_FINDINGS : undefined);
  const vulnerabilityCounts =
    decodeCounts(json, field, 'vulnerabilityDistribution', 'vulnerabilitiesCount') ??
    none(json.vulnerabilities);
  const error = rowError(row);
  const isFull = detail === 'full';
  const { packages, isMalformed } = decodePackages(isFull ? json.packages : undefined, row.redact);
  return {
    scanTime: decodeScanTime(json.scanTime, `${field}.scanTime`),
    error,
    digest: digestIn(row, image, digests),
    digests,
    imageId: typeof json.id === 'string' && isDigest(json.id) ? json.id : undefined,
    isArm64: typeof json.isARM64 === 'boolean' ? json.isARM64 : undefined,
    vulnerabilityCounts,
    complianceCounts:
      decodeCounts(json, field, 'complianceDistribution', 'complianceIssuesCount') ??
      none(json.complianceIssues),
    findings: isFull ? decodeFindings(row, decoder, vulnerabilityCounts) : undefined,
    exploits: decoder.riskFactors(json.riskFactors).evidence.exploits,
    packages,
    distribution: decodeDistribution(json),
    isUnsupportedDistro: optionalFlagAt(json.missingDistroVulnCoverage, `${field}.missingDistroVulnCoverage`),
    // The duration of a failed scan is no estimate for a successful one.
    durationMs: error === undefined ? scanDurationMs(json.scanDuration) : undefined,
    ignoredFields: [...decoder.ignoredFields(), ...(isMalformed ? ['packages'] : [])],
  };
}

/** The digest of the requested tag, or the only digest. */
function digestIn(row: ReportRow, image: Image, digests: readonly Digest[]): Digest | undefined {
  const own = tagsOf(row)
    .filter((tag) => isTagOf(tag, image))
    .map(({ digest }) => digest)
    .find(isDigest);
  return own ?? (digests.length === 1 ? digests[0] : undefined);
}

/** `err`, or an `errCode` other than 0 if there is no text. */
function rowError({ json, field, redact }: ReportRow): string | undefined {
  const error = sanitizeError(redact(optionalTextAt(json.err, `${field}.err`)));
  if (error !== '') return error;
  const code = json.errCode ?? 0;
  if (code === 0 || code === '' || code === '0') return undefined;
  if (typeof code !== 'number' && typeof code !== 'string') {
    throw new DecodeError(`${field}.errCode`, 'a number', `a value of type ${typeof code}`);
  }
  return sanitizeError(redact(`error code ${code}`));
}

/** Reads a list of findings. `null` means none; without the field and a count, the findings are unknown. */
function decodeFindings(
  { json, field }: ReportRow,
  decoder: FindingDecoder,
  counts: FindingCounts | undefined,
): ImageScanResult['findings'] {
  if (counts === undefined) return undefined;
  return [
    ...decoder.decode(json.vulnerabilities, `${field}.vulnerabilities`, 'vulnerability'),
    ...decoder.decode(json.complianceIssues, `${field}.complianceIssues`, 'compliance'),
  ];
}

const COUNTED = ['critical', 'high', 'medium', 'low', 'total'] as const;

/**
 * The largest count: the total can exceed the sum of the four severities, and the separate count can exceed both. An
 * object without any count is no count: Go's encoder writes every one.
 */
function decodeCounts(
  json: ReportRow['json'],
  rowField: string,
  distribution: string,
  count: string,
): FindingCounts | undefined {
  const inAll = optionalCountAt(json[count], `${rowField}.${count}`);
  const given = json[distribution];
  if ((given ?? json[count] ?? undefined) === undefined) return undefined;
  const counts = optionalObjectAt(given, `${rowField}.${distribution}`);
  if (json[count] === undefined && !COUNTED.some((name) => name in counts)) return undefined;
  const countOf = (name: string) => optionalCountAt(counts[name], `${rowField}.${distribution}.${name}`);
  const four = {
    critical: countOf('critical'),
    high: countOf('high'),
    medium: countOf('medium'),
    low: countOf('low'),
  };
  const sum = four.critical + four.high + four.medium + four.low;
  return { ...four, total: Math.max(countOf('total'), inAll, sum) };
}

const NO_FINDINGS: FindingCounts = { critical: 0, high: 0, medium: 0, low: 0, total: 0 };

/**
 * Reads the scan time. Go's zero time means never scanned. Go's encoder always writes a time, so a row without one is
 * invalid.
 */
function decodeScanTime(json: unknown, field: string): ScanTime | undefined {
  const text = optionalTextAt(json, field);
  if (text.startsWith('0001-01-01T00:00:00')) return undefined;
  const epochMs = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(epochMs)) throw new DecodeError(field, 'a time as in RFC 3339', 'something else');
  // No clock has more than nine digits of a second; a longer text would only fill outputs.
  return { text: text.length > LONGEST_TIME ? new Date(epochMs).toISOString() : text, epochMs };
}

/** A time to the nanosecond, with its zone. */
const LONGEST_TIME = 40;

/** The range of plausible scan durations. */
const SHORTEST_SCAN_MS = 1_000;
const LONGEST_SCAN_MS = 2 * 3_600_000;

/** The possible units of `scanDuration`, which is not documented. */
const UNITS_IN_MS = [1e-6, 1e-3, 1, 1_000];

/**
 * How long a scan took, in milliseconds, from `scanDuration`. Undefined if no unit, or more than one, makes the
 * number plausible. It only affects when to poll, so no value is an error.
 */
export function scanDurationMs(scanDuration: unknown): number | undefined {
  if (typeof scanDuration !== 'number') return undefined;
  const plausible = UNITS_IN_MS.map((unitMs) => scanDuration * unitMs).filter(
    (ms) => ms >= SHORTEST_SCAN_MS && ms <= LONGEST_SCAN_MS,
  );
  return plausible.length === 1 ? plausible[0] : undefined;
}
