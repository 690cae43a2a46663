import type { ReportRow, ScanTime } from '../scan/evidence.ts';
import type { FindingCounts } from '../scan/finding.ts';
import {
  canonicalRegistry,
  canonicalRepository,
  type Digest,
  type Image,
  imageName,
  isDigest,
  withoutScheme,
} from '../scan/image.ts';
import {
  DecodeError,
  listOf,
  objectAt,
  optionalCountAt,
  optionalFlagAt,
  optionalObjectAt,
  optionalTextAt,
} from './decode.ts';
import { decodeFindings } from './findings.ts';
import { errorText } from './plain-text.ts';
import { scanDurationMs } from './scan-duration.ts';

/** Which images a row speaks of; the rest of it is read only where it speaks of ours. */
export interface WireRow {
  /** The tag that the row is kept for; undefined where it does not tell. */
  readonly ownTag: WireTag | undefined;
  /** That one, and all others that the row lists of its image. */
  readonly tags: readonly WireTag[];
  readonly repoDigests: readonly string[];
  readonly json: { readonly [key: string]: unknown };
  readonly field: string;
  /** Why nobody can tell which images it speaks of; undefined where it says so. */
  readonly wrong: DecodeError | undefined;
}

interface WireTag {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** The rows of the report, whosever they are; `rowOf` reads one. */
export type ReportRows = readonly WireRow[];

/** Reads an answer of `GET registry`, which is `null` where nothing matches (seen in client code). */
export function decodeReport(json: unknown): ReportRows {
  return listOf(json, 'report', decodeWireRow);
}

/**
 * The row of the image: that of its own tag, and only where there is none one that lists it among others, for that is of
 * another tag's scan. Of several, the one scanned last. Throws a `DecodeError` that names the field; so does a row that
 * may be of any image, but only where no other is of this one.
 */
export function rowOf(rows: ReportRows, image: Image, detail: 'compact' | 'full'): ReportRow | undefined {
  const ours = rows.filter((row) => speaksOf(row, image));
  const wrong = ours.length === 0 ? rows.find((row) => row.wrong !== undefined)?.wrong : undefined;
  if (wrong !== undefined) throw wrong;
  const own = ours.filter(({ ownTag }) => ownTag !== undefined && isTagOf(ownTag, image));
  return (own.length > 0 ? own : ours)
    .map((row) => decodeRow(row, image, detail))
    .reduce<ReportRow | undefined>(laterRow, undefined);
}

/** The full names of the rows that speak of the image, in every spelling the report may know them by. */
export function namesOf(rows: ReportRows, image: Image): readonly string[] {
  const tags = rows.filter((row) => speaksOf(row, image)).flatMap((row) => row.tags);
  const ours = tags.filter((tag) => isSameRepository(tag, image));
  return [
    ...new Set(ours.flatMap(({ registry, repository, tag }) => reportNames({ registry, repository }, tag))),
  ];
}

/** The one of two rows that was scanned later; the first where neither was. */
function laterRow(one: ReportRow | undefined, other: ReportRow | undefined): ReportRow | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return (other.scanTime?.epochMs ?? 0) > (one.scanTime?.epochMs ?? 0) ? other : one;
}

function decodeWireRow(json: unknown, field: string): WireRow {
  try {
    return decodeTags(json, field);
  } catch (error) {
    if (error instanceof DecodeError) return { ...NOTHING, field, wrong: error };
    throw error;
  }
}

const NOTHING = { ownTag: undefined, tags: [], repoDigests: [], json: {} } as const;

function decodeTags(json: unknown, field: string): WireRow {
  const row = objectAt(json, field);
  const hasOwnTag = row.repoTag !== undefined && row.repoTag !== null;
  const ownTag = hasOwnTag ? decodeTag(row.repoTag, `${field}.repoTag`) : undefined;
  return {
    ownTag,
    tags: [...(ownTag === undefined ? [] : [ownTag]), ...listOf(row.tags, `${field}.tags`, decodeTag)],
    repoDigests: listOf(row.repoDigests, `${field}.repoDigests`, optionalTextAt),
    json: row,
    field,
    wrong: undefined,
  };
}

function decodeTag(json: unknown, field: string): WireTag {
  const tag = objectAt(json, field);
  return {
    registry: optionalTextAt(tag.registry, `${field}.registry`),
    repository: optionalTextAt(tag.repo, `${field}.repo`),
    tag: optionalTextAt(tag.tag, `${field}.tag`),
    digest: optionalTextAt(tag.digest, `${field}.digest`),
  };
}

function speaksOf(row: WireRow, image: Image): boolean {
  const { scanBy } = image;
  const isOurs = row.tags.some((tag) => isTagOf(tag, image));
  return isOurs && ('tag' in scanBy || digestsOf(row, image).digests.includes(scanBy.digest));
}

/** Whether a tag is the image's; by digest alone, any of its repository may be. */
function isTagOf(tag: WireTag, image: Image): boolean {
  const { scanBy } = image;
  return isSameRepository(tag, image) && (!('tag' in scanBy) || tag.tag === scanBy.tag);
}

function isSameRepository(tag: WireTag, image: Image): boolean {
  return (
    canonicalRegistry(tag.registry) === canonicalRegistry(image.registry) &&
    canonicalRepository(tag.registry, tag.repository) ===
      canonicalRepository(image.registry, image.repository)
  );
}

function decodeRow(row: WireRow, image: Image, detail: 'compact' | 'full'): ReportRow {
  const { json, field } = row;
  const counts = decodeCounts(json.vulnerabilityDistribution, `${field}.vulnerabilityDistribution`);
  const error = errorText(optionalTextAt(json.err, `${field}.err`));
  return {
    scanTime: decodeScanTime(json.scanTime, `${field}.scanTime`),
    error,
    // How long a scan took to fail says nothing of one that succeeds.
    durationMs: error === '' ? scanDurationMs(json.scanDuration) : undefined,
    counts,
    listed: detail === 'full' ? decodeListed(row, counts) : undefined,
    isUncovered: optionalFlagAt(json.missingDistroVulnCoverage, `${field}.missingDistroVulnCoverage`),
    ...digestsOf(row, image),
  };
}

/** The findings of a row. `null` is none; a row that does not even have the field says nothing of them. */
function decodeListed({ json, field }: WireRow, counts: FindingCounts | undefined): ReportRow['listed'] {
  if (json.vulnerabilities === undefined && counts === undefined) return undefined;
  return [
    ...decodeFindings(json.vulnerabilities, `${field}.vulnerabilities`, 'vulnerability'),
    ...decodeFindings(json.complianceIssues, `${field}.complianceIssues`, 'compliance'),
  ];
}

/**
 * The digests a row gives for the image. The tag's own digest can be absent; `repoDigests` holds
 * `name@sha256:…`, one per tag, where the name may lack registry and `library/` (seen in recorded data).
 */
function digestsOf(row: WireRow, image: Image): Pick<ReportRow, 'digest' | 'digests'> {
  const ofTag = row.tags
    .filter((tag) => isTagOf(tag, image))
    .map(({ digest }) => digest)
    .filter(isDigest);
  const ofRepository = row.repoDigests.flatMap((repoDigest) => digestFor(repoDigest, image));
  const digests = [...new Set([...ofTag, ...ofRepository])];
  const own = ofTag[0] ?? (digests.length === 1 ? digests[0] : undefined);
  return { digest: own, digests };
}

function digestFor(repoDigest: string, image: Image): readonly Digest[] {
  const at = repoDigest.lastIndexOf('@');
  const digest = repoDigest.slice(at + 1);
  if (at < 0 || !isDigest(digest)) return [];
  const name = withoutScheme(repoDigest.slice(0, at))
    .replace(/^docker\.io\//, '')
    .toLowerCase();
  const repository = canonicalRepository(image.registry, image.repository).toLowerCase();
  const names = [repository, repository.replace(/^library\//, ''), imageName(image).toLowerCase()];
  return names.includes(name) ? [digest] : [];
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Go's zero time: this row was never scanned. Its encoder leaves no time out, so without one it is no row. */
function decodeScanTime(json: unknown, field: string): ScanTime | undefined {
  const text = optionalTextAt(json, field);
  if (text.startsWith('0001-01-01T00:00:00')) return undefined;
  const epochMs = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(epochMs)) throw new DecodeError(field, 'a time as in RFC 3339', 'something else');
  return { text, epochMs };
}

function decodeCounts(json: unknown, field: string): FindingCounts | undefined {
  if (json === undefined || json === null) return undefined;
  const counts = optionalObjectAt(json, field);
  const count = (name: string) => optionalCountAt(counts[name], `${field}.${name}`);
  const ofTheFour = {
    critical: count('critical'),
    high: count('high'),
    medium: count('medium'),
    low: count('low'),
  };
  // A total that is absent must not make none of them.
  const sum = ofTheFour.critical + ofTheFour.high + ofTheFour.medium + ofTheFour.low;
  return { ...ofTheFour, total: Math.max(count('total'), sum) };
}

/** The full names under which the report may know a tagged image: the registry and `library/` in every spelling. */
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
