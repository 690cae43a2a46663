import type { ImageScanResult } from './evidence.ts';
import { EXPLOITS, type Finding, type FindingCounts } from './finding.ts';
import type { ReportedPackage } from './package.ts';

/** True if both rows belong to one scan: the Console has scanned the image once at that time. */
export function isSameScan(one: ImageScanResult, other: ImageScanResult): boolean {
  return one.scanTime !== undefined && one.scanTime.epochMs === other.scanTime?.epochMs;
}

/** The digests, the image id and the architecture that identify an image. */
type RowIdentity = Pick<ImageScanResult, 'digest' | 'digests' | 'imageId' | 'isArm64'>;

/**
 * Combines two answers about one scan into one row, with the worse of each fact: a lagging copy or a proxy may have
 * spoiled either. If they disagree on the identity, it is unknown.
 */
export function worseRow(one: ImageScanResult, other: ImageScanResult): ImageScanResult {
  return {
    ...worseIdentity(one, other),
    scanTime: one.scanTime ?? other.scanTime,
    error: worseError(one.error, other.error),
    vulnerabilityCounts: worseCounts(one.vulnerabilityCounts, other.vulnerabilityCounts),
    complianceCounts: worseCounts(one.complianceCounts, other.complianceCounts),
    exploits: EXPLOITS.filter((each) => one.exploits.includes(each) || other.exploits.includes(each)),
    findings: allFindings(one.findings, other.findings),
    packages: commonPackages(one.packages, other.packages),
    distribution: isKnown(one) ? one.distribution : other.distribution,
    isUnsupportedDistro: one.isUnsupportedDistro || other.isUnsupportedDistro,
    durationMs: one.durationMs ?? other.durationMs,
    ignoredFields: [...new Set([...one.ignoredFields, ...other.ignoredFields])],
  };
}

/** The same for rows of one time, of which several may name different images: then they prove none of them. */
export function worstRow(rows: readonly [ImageScanResult, ...ImageScanResult[]]): ImageScanResult {
  const row = mergedRow(rows);
  return nameOneImage(rows) ? row : withIdentityOf(row, NO_IDENTITY);
}

const NO_IDENTITY: RowIdentity = { digest: undefined, digests: [], imageId: undefined, isArm64: undefined };

/** By halves: row by row, lists that grow would take time by the square of the rows. */
function mergedRow(rows: readonly [ImageScanResult, ...ImageScanResult[]]): ImageScanResult {
  const [first, ...others] = rows;
  const [middle, ...rest] = others.slice(Math.floor(others.length / 2));
  if (middle === undefined) return first;
  const before = mergedRow([first, ...others.slice(0, Math.floor(others.length / 2))]);
  return worseRow(before, mergedRow([middle, ...rest]));
}

function nameOneImage(rows: readonly RowIdentity[]): boolean {
  return (['digest', 'imageId', 'isArm64'] as const).every(
    (fact) => new Set(rows.flatMap((row) => row[fact] ?? [])).size <= 1,
  );
}

/** True if two answers about one scan name the same image, or one of them names none. */
export function haveSameIdentity(one: RowIdentity, other: RowIdentity): boolean {
  return (['digest', 'imageId', 'isArm64'] as const).every((fact) => agree(one[fact], other[fact]));
}

/** A row with the identity from another answer about its scan. */
export function withIdentityOf(row: ImageScanResult, other: RowIdentity): ImageScanResult {
  const { digest, digests, imageId, isArm64 } = other;
  return { ...row, digest, digests, imageId, isArm64 };
}

function worseIdentity(one: ImageScanResult, other: ImageScanResult): RowIdentity {
  return {
    digest: agreed(one.digest, other.digest),
    digests: [...new Set([...one.digests, ...other.digests])],
    imageId: agreed(one.imageId, other.imageId),
    isArm64: agreed(one.isArm64, other.isArm64),
  };
}

/** Unknown values match anything: the compact form may leave them out. */
function agree<T>(one: T | undefined, other: T | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

function agreed<T>(one: T | undefined, other: T | undefined): T | undefined {
  return agree(one, other) ? (one ?? other) : undefined;
}

/** The error of either; of two errors, the same one in either order. */
function worseError(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}

function worseCounts(
  one: FindingCounts | undefined,
  other: FindingCounts | undefined,
): FindingCounts | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return {
    critical: Math.max(one.critical, other.critical),
    high: Math.max(one.high, other.high),
    medium: Math.max(one.medium, other.medium),
    low: Math.max(one.low, other.low),
    total: Math.max(one.total, other.total),
  };
}

/** The findings of both lists. A finding in both occurs as often as in the list that has it more often. */
function allFindings(
  one: readonly Finding[] | undefined,
  other: readonly Finding[] | undefined,
): readonly Finding[] | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const unmatched = new Map<string, number>();
  for (const finding of one) {
    const key = JSON.stringify(finding);
    unmatched.set(key, (unmatched.get(key) ?? 0) + 1);
  }
  const added = other.filter((finding) => {
    const key = JSON.stringify(finding);
    const left = unmatched.get(key) ?? 0;
    unmatched.set(key, left - 1);
    return left <= 0;
  });
  return [...one, ...added];
}

/** The packages of both lists: a decision about a package needs the package. */
function commonPackages(
  one: readonly ReportedPackage[] | undefined,
  other: readonly ReportedPackage[] | undefined,
): readonly ReportedPackage[] | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const listed = new Set(other.map((each) => JSON.stringify(each)));
  return one.filter((each) => listed.has(JSON.stringify(each)));
}

function isKnown({ distribution }: ImageScanResult): boolean {
  return distribution.name !== undefined;
}
