import type { Digest } from '../../image/image.ts';
import { isSameRepository } from '../../image/image.ts';
import { isArchitectureOfRow } from '../../image/platform.ts';
import type { ImageScanResult } from '../../scan/evidence.ts';
import {
  compareFindings,
  countFindings,
  type Finding,
  type FindingCounts,
  fullerCounts,
  listsAll,
  UNNAMED,
  vulnerabilitiesIn,
} from '../../scan/finding.ts';
import { isAtLeast, SEVERITIES } from '../../scan/severity.ts';
import { groupBy } from '../group-by.ts';
import type { Comparison, Reference, ReferenceRow } from './reference.ts';
import type { NearMiss } from './waiver.ts';
import { type AssessableImage, type FindingWaivers, NO_WAIVERS, type WaiverSource } from './waiver-source.ts';

/** The waivers from the reference images, and the comparison of each image with its own. */
interface KnownWaivers extends WaiverSource {
  /** Undefined without a reference. */
  readonly comparisonOf: (image: AssessableImage) => Comparison | undefined;
}

/** Compares each image with its reference. */
export function knownWaivers(images: readonly AssessableImage[]): KnownWaivers {
  const results = new Map(
    images.flatMap((image) =>
      image.reference === undefined ? [] : [[image, compare(image, image.reference)]],
    ),
  );
  return {
    of: (image, finding) => results.get(image)?.waivers.get(finding) ?? NO_WAIVERS,
    comparisonOf: (image) => results.get(image)?.comparison,
  };
}

interface Compared {
  readonly comparison: Comparison;
  readonly waivers: ReadonlyMap<Finding, FindingWaivers>;
}

const NOTHING_WAIVED: ReadonlyMap<Finding, FindingWaivers> = new Map();

function compare(image: AssessableImage, { name: reference, image: of, reading }: Reference): Compared {
  const added = vulnerabilityCounts(image.row);
  const without = (comparison: Comparison): Compared => ({ comparison, waivers: NOTHING_WAIVED });
  if (reading.kind === 'absent') return without({ kind: 'absent', reference, added });
  if (reading.kind === 'unreadable') {
    return without({ kind: 'unavailable', reference, why: 'unreadable', detail: reading.why });
  }
  const ofPlatform = reading.rows.filter((row) => isOfSamePlatform(image, row));
  const [first, ...others] = ofPlatform.toSorted(byScanTime);
  if (first === undefined) return without({ kind: 'other-platform', reference, added });
  if (others.some((row) => !isSameImage(row, first))) {
    return without({ kind: 'unavailable', reference, why: 'several-images', detail: undefined });
  }
  const row = { digest: first.digest, scanTime: first.scanTime?.text };
  const isVeryImage = identifiersOf(first, image).some((digest) => image.digests.includes(digest));
  if (isVeryImage && image.image !== undefined && isSameRepository(image.image, of)) {
    return without({ kind: 'same-image', reference, row, added });
  }
  return compareRows(image.row, first, { reference, row, isPromoted: isVeryImage });
}

/** Compares by scan time, latest first: of several rows of one image, the latest counts. */
function byScanTime(one: ImageScanResult, other: ImageScanResult): number {
  return (other.scanTime?.epochMs ?? 0) - (one.scanTime?.epochMs ?? 0);
}

function isSameImage(one: ImageScanResult, other: ImageScanResult): boolean {
  return one.digests.length === 0 || other.digests.length === 0
    ? one.imageId !== undefined && one.imageId === other.imageId
    : one.digests.some((digest) => other.digests.includes(digest));
}

/**
 * The digests that identify a row; the image id as well if it has none, or if one of several platforms is compared,
 * since the row may show the digest of their index.
 */
function identifiersOf({ digests, imageId }: ImageScanResult, { image }: AssessableImage): readonly Digest[] {
  const needsImageId = digests.length === 0 || image?.platform !== undefined;
  return imageId === undefined || !needsImageId ? digests : [...digests, imageId];
}

/**
 * True unless the row belongs to another platform. For one of several platforms, the row has to show its platform;
 * otherwise, a row without one counts as the only platform.
 */
function isOfSamePlatform({ image, platform, row }: AssessableImage, reference: ImageScanResult): boolean {
  if (reference.isArm64 === undefined) return image?.platform === undefined;
  if (platform !== undefined) return isArchitectureOfRow(platform, reference.isArm64);
  return row.isArm64 === undefined || row.isArm64 === reference.isArm64;
}

// ── Finding by finding ──────────────────────────────────────────────────────────────────────────────────────────

function compareRows(
  row: ImageScanResult,
  reference: ImageScanResult,
  about: { readonly reference: string; readonly row: ReferenceRow; readonly isPromoted: boolean },
): Compared {
  const theirs = groupBy(vulnerabilitiesIn(reference.findings ?? []), findingKey);
  const waivers = new Map<Finding, FindingWaivers>();
  const known: Finding[] = [];
  for (const [key, ours] of groupBy(vulnerabilitiesIn(row.findings ?? []), findingKey)) {
    const matched = matchGroup(ours, key === undefined ? [] : (theirs.get(key) ?? []), about.reference);
    for (const [finding, found] of matched) {
      waivers.set(finding, found);
      if (found.waivers.length > 0) known.push(finding);
    }
  }
  const knownCounts = countFindings(known);
  const comparison: Comparison = {
    kind: 'compared',
    ...about,
    added: subtract(vulnerabilityCounts(row), knownCounts),
    known: knownCounts,
    gone: vulnerabilitiesIn(reference.findings ?? []).length - known.length,
    isPartial: isPartial(reference),
  };
  return { comparison, waivers };
}

/**
 * The key of a finding, without version and path: a rebuilt package is not new. Undefined for a finding without any name.
 */
function findingKey({ id, hasOwnId, packageType, packageName }: Finding): string | undefined {
  if (id === UNNAMED) return undefined;
  return JSON.stringify([hasOwnId ? id.toLowerCase() : id, hasOwnId, packageType, packageName]);
}

/**
 * Matches the entries of one finding in the image with those in the reference. Each entry of the reference makes one
 * entry of the image known that is not worse. The worst are matched first, so that as many as possible are known. A
 * library can be listed thousands of times, so entries of the reference are counted by severity.
 */
function matchGroup(
  ours: readonly Finding[],
  theirs: readonly Finding[],
  reference: string,
): readonly (readonly [Finding, FindingWaivers])[] {
  const given = countsByWord(theirs);
  const left = new Map(given);
  return ours.toSorted(compareFindings).map((finding) => {
    const word = wordsNoMilder(finding).find((each) => (left.get(each) ?? 0) > 0);
    if (word === undefined)
      return [finding, { waivers: [], nearMisses: nearMissesOf(finding, given, reference) }];
    left.set(word, (left.get(word) ?? 0) - 1);
    return [finding, { waivers: [{ kind: 'known', reference }], nearMisses: [] }];
  });
}

/** The number of entries of each severity, and of each unknown word. */
function countsByWord(findings: readonly Finding[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const finding of findings) {
    const word = wordOf(finding);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

function wordOf({ severity, rawSeverity }: Finding): string {
  return rawSeverity === undefined ? severity : `unknown: ${rawSeverity}`;
}

/**
 * The severities in the reference that make a finding known. Unknown words cannot be ordered, so only the same word
 * makes such a finding known.
 */
function wordsNoMilder(finding: Finding): readonly string[] {
  if (finding.rawSeverity !== undefined) return [wordOf(finding)];
  return SEVERITIES.filter((severity) => isAtLeast(severity, finding.severity));
}

function nearMissesOf(
  finding: Finding,
  given: ReadonlyMap<string, number>,
  reference: string,
): readonly NearMiss[] {
  const times = wordsNoMilder(finding).reduce((sum, word) => sum + (given.get(word) ?? 0), 0);
  if (times > 0) return [{ kind: 'known-less-often', reference, times }];
  const severity = SEVERITIES.find((each) => given.has(each));
  return severity === undefined ? [] : [{ kind: 'known-milder', reference, severity }];
}

// ── Counts ──────────────────────────────────────────────────────────────────────────────────────────────────────

function vulnerabilityCounts({
  vulnerabilityCounts: counts,
  findings,
}: ImageScanResult): FindingCounts | undefined {
  return fullerCounts(counts, vulnerabilitiesIn(findings));
}

function subtract(all: FindingCounts | undefined, known: FindingCounts): FindingCounts | undefined {
  if (all === undefined) return undefined;
  const less = (of: keyof FindingCounts) => Math.max(0, all[of] - known[of]);
  return {
    critical: less('critical'),
    high: less('high'),
    medium: less('medium'),
    low: less('low'),
    total: less('total'),
  };
}

function isPartial(row: ImageScanResult): boolean {
  return row.error !== undefined || !listsAll(row.vulnerabilityCounts, vulnerabilitiesIn(row.findings));
}
