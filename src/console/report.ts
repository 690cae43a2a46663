import {
  DecodeError,
  listOf,
  objectAt,
  optionalCountAt,
  optionalFlagAt,
  optionalObjectAt,
  optionalTextAt,
} from '../http/decode.ts';
import {
  canonicalRegistry,
  canonicalRepository,
  type Digest,
  type Image,
  isDigest,
  repositoryName,
  withoutScheme,
} from '../image/image.ts';
import type { FindingCounts } from '../scan/finding.ts';
import type { ImageScanResult, ScanTime } from '../scan/types.ts';
import { sanitizeError } from '../text/sanitize.ts';
import { FindingDecoder } from './findings.ts';
import { decodeDistribution, decodePackages } from './packages.ts';

/** Digests that stand for the one asked for: the platforms of an index, once the registry has been asked. */
export type Aliases = () => readonly Digest[];

export interface ReportPage {
  readonly rows: readonly ReportRow[];
  /** When the Console answered, by its own clock, in epoch milliseconds; undefined where it does not say. */
  readonly readAtMs: number | undefined;
  /** How many rows there are on all pages; undefined where the Console does not say. */
  readonly totalCount: number | undefined;
}

/** A row as it came, with the tags that tell whose it is. The rest is decoded only for the images asked for. */
export interface ReportRow {
  /** Tells rows apart where pages repeat. */
  readonly key: string;
  /** The tag that the row is of; undefined where it has no `repoTag`. */
  readonly ownTag: RowTag | undefined;
  /** The tags that the row lists for its image. */
  readonly tags: readonly RowTag[];
  readonly repoDigests: readonly string[];
  readonly json: { readonly [key: string]: unknown };
  readonly field: string;
  readonly redact: (text: string) => string;
  /** Why it cannot be told whose row it is. */
  readonly error: DecodeError | undefined;
}

interface RowTag {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** Reads a response of `GET registry`, which is `null` where nothing matches (seen in client code). */
export function decodeReport(json: unknown, redact: (text: string) => string): readonly ReportRow[] {
  return listOf(json, 'report', (element, field) => decodeReportRow(element, field, redact));
}

/**
 * The row of the image; of several, the one scanned last. A row that only lists the tag among `tags` is of another
 * tag's scan. Throws a `DecodeError` that names the field; so does a row that may be of any image, where no other is of
 * this one.
 */
export function rowOf(
  rows: readonly ReportRow[],
  image: Image,
  detail: 'compact' | 'full',
  aliases: Aliases,
): ImageScanResult | undefined {
  return rowsOf(rows, image, detail, aliases).reduce<ImageScanResult | undefined>(laterRow, undefined);
}

/** Every row of the image, in the order of the report; throws as `rowOf` does. */
export function rowsOf(
  rows: readonly ReportRow[],
  image: Image,
  detail: 'compact' | 'full',
  aliases: Aliases,
): readonly ImageScanResult[] {
  const own = rows.filter((row) => row.error === undefined && isOf(row, image, aliases));
  const error = own.length === 0 ? rows.find((row) => mayBeOf(row, image))?.error : undefined;
  if (error !== undefined) throw error;
  return own.map((row) => decodeRow(row, image, detail));
}

/** Whether some row is of the image that a request asks for. */
export function isShown(
  rows: readonly ReportRow[],
  { image, aliases }: { readonly image: Image; readonly aliases: Aliases },
): boolean {
  return rows.some((row) => isOf(row, image, aliases));
}

/** The full names of the tagged rows of an image; none where one of its rows has no tag. */
export function namesOf(rows: readonly ReportRow[], image: Image, aliases: Aliases): readonly string[] {
  const tags = rows.filter((row) => isOf(row, image, aliases)).flatMap(tagsOf);
  const own = tags.filter((tag) => isSameRepository(tag, image));
  if (own.some(({ tag }) => tag === '')) return [];
  return [
    ...new Set(own.flatMap(({ registry, repository, tag }) => reportNames({ registry, repository }, tag))),
  ];
}

/**
 * The full names that the report may have for a tagged image: it keeps the registry as configured, perhaps with
 * `https://`, and Docker Hub's images with or without `library/`.
 */
export function reportNames(image: Pick<Image, 'registry' | 'repository'>, tag: string): readonly string[] {
  const given = withoutScheme(image.registry);
  const canonical = canonicalRegistry(given);
  const repository = canonicalRepository(canonical, image.repository);
  const onHub = [repository, repository.replace(/^library\//, '')];
  const hosts = canonical === '' ? ['docker.io', 'registry-1.docker.io', given] : [given, canonical];
  const inFull = hosts.filter((host) => host !== '').map((host) => `${host}/${repository}`);
  const names = [...(canonical === '' ? onHub : []), ...inFull.flatMap((name) => [name, `https://${name}`])];
  return [...new Set(names)].map((name) => `${name}:${tag}`);
}

/** The API's order varies, so of two rows of the same time it must not decide: the one with an error counts. */
export function laterRow(
  one: ImageScanResult | undefined,
  other: ImageScanResult | undefined,
): ImageScanResult | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const byMs = (other.scanTime?.epochMs ?? 0) - (one.scanTime?.epochMs ?? 0);
  return byMs > 0 || (byMs === 0 && other.error !== '') ? other : one;
}

// ── Whose row it is ─────────────────────────────────────────────────────────────────────────────────────────────

/**
 * A row with a tag of its own lists its other tags for nothing, so they cannot be wrong. Where something else is wrong,
 * its own tag still tells whose row it is.
 */
function decodeReportRow(json: unknown, field: string, redact: (text: string) => string): ReportRow {
  let ownTag: RowTag | undefined;
  try {
    const row = objectAt(json, field);
    const hasOwnTag = row.repoTag !== undefined && row.repoTag !== null;
    if (hasOwnTag) ownTag = decodeTag(row.repoTag, `${field}.repoTag`);
    return {
      key: JSON.stringify([row._id, row.id, row.repoTag, row.scanTime]),
      ownTag,
      tags: hasOwnTag ? [] : listOf(row.tags, `${field}.tags`, decodeTag),
      repoDigests: listOf(row.repoDigests, `${field}.repoDigests`, optionalTextAt),
      json: row,
      field,
      redact,
      error: undefined,
    };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { key: field, ownTag, tags: [], repoDigests: [], json: {}, field, redact, error };
  }
}

function decodeTag(json: unknown, field: string): RowTag {
  const tag = objectAt(json, field);
  return {
    registry: optionalTextAt(tag.registry, `${field}.registry`),
    repository: optionalTextAt(tag.repo, `${field}.repo`),
    tag: optionalTextAt(tag.tag, `${field}.tag`),
    digest: optionalTextAt(tag.digest, `${field}.digest`),
  };
}

/** The tags that a row is of: its own, and only without one those that it lists. */
function tagsOf({ ownTag, tags }: ReportRow): readonly RowTag[] {
  return ownTag === undefined ? tags : [ownTag];
}

/** Whether a row that is wrong may be the image's: its own tag says no other. */
function mayBeOf({ ownTag, error }: ReportRow, image: Image): boolean {
  return error !== undefined && (ownTag === undefined || isTagOf(ownTag, image));
}

function isOf(row: ReportRow, image: Image, aliases: Aliases): boolean {
  const { scanBy } = image;
  if (!tagsOf(row).some((tag) => isTagOf(tag, image))) return false;
  if ('tag' in scanBy) return true;
  const wanted = [scanBy.digest, ...aliases()];
  const shown = [...digestsOf(row, image), row.json.id];
  return wanted.some((digest) => shown.includes(digest));
}

/** Whether a tag is the image's; by digest alone, any of its repository may be, and one without a tag as well. */
function isTagOf(tag: RowTag, image: Image): boolean {
  const { scanBy } = image;
  return isSameRepository(tag, image) && (!('tag' in scanBy) || tag.tag === scanBy.tag);
}

function isSameRepository(tag: RowTag, image: Image): boolean {
  return (
    canonicalRegistry(tag.registry) === canonicalRegistry(image.registry) &&
    canonicalRepository(tag.registry, tag.repository) ===
      canonicalRepository(image.registry, image.repository)
  );
}

/** Whether a compact response has rows of the image's repository without any digest to know them by. */
export function hasRowWithoutDigest(rows: readonly ReportRow[], image: Image): boolean {
  return rows.some(
    (row) => tagsOf(row).some((tag) => isSameRepository(tag, image)) && digestsOf(row, image).length === 0,
  );
}

/**
 * The digests that a row gives for the image, its own tag's first. That can be absent; `repoDigests` holds
 * `name@sha256:…`, one per tag, where the name may lack registry and `library/` (seen in recorded data).
 */
function digestsOf(row: ReportRow, image: Image): readonly Digest[] {
  const ofTag = tagsOf(row)
    .filter((tag) => isTagOf(tag, image))
    .map(({ digest }) => digest)
    .filter(isDigest);
  const ofRepository = row.repoDigests.flatMap((repoDigest) => digestFor(repoDigest, image));
  return [...new Set([...ofTag, ...ofRepository])];
}

function digestFor(repoDigest: string, image: Image): readonly Digest[] {
  const at = repoDigest.lastIndexOf('@');
  const digest = repoDigest.slice(at + 1);
  if (at < 0 || !isDigest(digest)) return [];
  const name = withoutScheme(repoDigest.slice(0, at))
    .replace(/^docker\.io\//, '')
    .toLowerCase();
  const repository = canonicalRepository(image.registry, image.repository).toLowerCase();
  const names = [repository, repository.replace(/^library\//, ''), repositoryName(image).toLowerCase()];
  return names.includes(name) ? [digest] : [];
}

// ── What it says ────────────────────────────────────────────────────────────────────────────────────────────────

function decodeRow(row: ReportRow, image: Image, detail: 'compact' | 'full'): ImageScanResult {
  const { json, field } = row;
  const digests = digestsOf(row, image);
  const ownDigest = tagsOf(row).find((tag) => isTagOf(tag, image) && isDigest(tag.digest))?.digest ?? '';
  const decoder = new FindingDecoder(row.redact);
  // In a full row `null` is an empty list; the compact form has it for every row.
  const none = (list: unknown) => (detail === 'full' && list !== undefined ? NO_FINDINGS : undefined);
  const vulnerabilityCounts =
    decodeCounts(json, field, 'vulnerabilityDistribution', 'vulnerabilitiesCount') ??
    none(json.vulnerabilities);
  const error = rowError(row);
  const { packages, isMalformed } = decodePackages(detail === 'full' ? json.packages : undefined, row.redact);
  return {
    scanTime: decodeScanTime(json.scanTime, `${field}.scanTime`),
    error,
    digest: isDigest(ownDigest) ? ownDigest : digests.length === 1 ? digests[0] : undefined,
    digests,
    imageId: typeof json.id === 'string' && isDigest(json.id) ? json.id : undefined,
    isArm64: typeof json.isARM64 === 'boolean' ? json.isARM64 : undefined,
    vulnerabilityCounts,
    complianceCounts:
      decodeCounts(json, field, 'complianceDistribution', 'complianceIssuesCount') ??
      none(json.complianceIssues),
    findings: detail === 'full' ? decodeFindings(row, decoder, vulnerabilityCounts) : undefined,
    exploit: decoder.riskFactors(json.riskFactors).evidence.exploit,
    packages,
    distribution: decodeDistribution(json),
    isUnsupportedDistro: optionalFlagAt(json.missingDistroVulnCoverage, `${field}.missingDistroVulnCoverage`),
    // The time that a failed scan took says nothing of one that succeeds.
    durationMs: error === '' ? scanDurationMs(json.scanDuration) : undefined,
    ignoredFields: [...decoder.ignoredFields(), ...(isMalformed ? ['packages'] : [])],
  };
}

/** `err`, or an `errCode` other than 0 where there is no text. */
function rowError({ json, field, redact }: ReportRow): string {
  const error = sanitizeError(redact(optionalTextAt(json.err, `${field}.err`)));
  if (error !== '') return error;
  const code = json.errCode ?? 0;
  if (code === 0 || code === '' || code === '0') return '';
  if (typeof code !== 'number' && typeof code !== 'string') {
    throw new DecodeError(`${field}.errCode`, 'a number', `a value of type ${typeof code}`);
  }
  return sanitizeError(redact(`error code ${code}`));
}

/** `null` is none; a row that does not even have the field, nor counts any, says nothing of them. */
function decodeFindings(
  { json, field }: ReportRow,
  decoder: FindingDecoder,
  counts: FindingCounts | undefined,
): ImageScanResult['findings'] {
  if (json.vulnerabilities === undefined && counts === undefined) return undefined;
  return [
    ...decoder.decode(json.vulnerabilities, `${field}.vulnerabilities`, 'vulnerability'),
    ...decoder.decode(json.complianceIssues, `${field}.complianceIssues`, 'compliance'),
  ];
}

/** The fullest count: the total can be larger than the four, and the count of its own larger than both. */
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

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Go's zero time: this row was never scanned. Its encoder leaves no time out, so a row without one is invalid. */
function decodeScanTime(json: unknown, field: string): ScanTime | undefined {
  const text = optionalTextAt(json, field);
  if (text.startsWith('0001-01-01T00:00:00')) return undefined;
  const epochMs = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(epochMs)) throw new DecodeError(field, 'a time as in RFC 3339', 'something else');
  return { text, epochMs };
}

/** How long scans take, as far as a number is believed. */
const SHORTEST_SCAN_MS = 1_000;
const LONGEST_SCAN_MS = 2 * 3_600_000;

/** What the unit of `scanDuration` may be: it is not documented. */
const UNITS_IN_MS = [1e-6, 1e-3, 1, 1_000];

/**
 * How long a scan took, in milliseconds, from `scanDuration`. Undefined where no unit makes sense of the number, or
 * more than one does. It only decides when to poll, so no value is an error.
 */
export function scanDurationMs(scanDuration: unknown): number | undefined {
  if (typeof scanDuration !== 'number') return undefined;
  const plausible = UNITS_IN_MS.map((unitMs) => scanDuration * unitMs).filter(
    (ms) => ms >= SHORTEST_SCAN_MS && ms <= LONGEST_SCAN_MS,
  );
  return plausible.length === 1 ? plausible[0] : undefined;
}
