import { compareFindings, type FindingCounts } from '../scan/finding.ts';
import type { Assessment, ImageResult } from './result.ts';
import type { AssessedFinding } from './waivers/waiver.ts';

/**
 * The assessment of the scan that the step waited for. Undefined if the report was not read, if the scan failed, and
 * if its end is not proven: the report may then show an earlier scan.
 */
export function assessmentOf({ assessment, gates, proof }: ImageResult): Assessment | undefined {
  const isProven = proof !== undefined && gates.some(({ gate, state }) => gate === 'scan' && state === 'met');
  return isProven ? assessment : undefined;
}

/** Counts of all images together; undefined if those of any image are unknown, and without an image. */
export function totalCounts(
  images: readonly ImageResult[],
  of: 'vulnerabilities' | 'compliance',
): FindingCounts | undefined {
  const all = images.flatMap((image) => assessmentOf(image)?.[of] ?? []);
  if (all.length === 0 || all.length < images.length) return undefined;
  return all.reduce((sum, counts) => ({
    critical: sum.critical + counts.critical,
    high: sum.high + counts.high,
    medium: sum.medium + counts.medium,
    low: sum.low + counts.low,
    total: sum.total + counts.total,
  }));
}

/** Vulnerabilities that are new, of all images; undefined without a reference, and if one could not be read. */
export function newTotal(images: readonly ImageResult[]): number | undefined {
  const added = images.map((image) => {
    const comparison = assessmentOf(image)?.comparison;
    return comparison === undefined || comparison.kind === 'unavailable'
      ? undefined
      : comparison.added?.total;
  });
  if (added.length === 0) return undefined;
  return added.reduce((sum, each) => (sum === undefined || each === undefined ? undefined : sum + each));
}

/**
 * The same for consumers that treat a missing finding as fixed: also undefined if the digest or the platforms are not
 * proven, so that the findings of another image close no alert.
 */
function ownAssessmentOf(image: ImageResult): Assessment | undefined {
  const isProven = image.gates.every(
    ({ gate, state }) => (gate !== 'digest' && gate !== 'platforms') || state === 'met',
  );
  return isProven ? assessmentOf(image) : undefined;
}

/** The reason why some findings of the images are unknown. */
export type Gap =
  /** No report was read. */
  | 'unread'
  /** The digest or the platforms are not proven. */
  | 'another-image'
  /** The report counts more than it lists, or the report of another image was not read. */
  | 'unlisted';

/**
 * The reason why not every finding of the images is listed; undefined if all are. Code scanning closes the alerts of
 * findings that a file lacks, so no file is written if there is a gap.
 */
export function gapOf(images: readonly ImageResult[]): Gap | undefined {
  if (images.length > 0 && images.every((image) => isListed(ownAssessmentOf(image)))) return undefined;
  const read = images.filter((image) => assessmentOf(image) !== undefined);
  if (read.length === 0) return 'unread';
  return read.every((image) => ownAssessmentOf(image) !== undefined) ? 'unlisted' : 'another-image';
}

function isListed(assessment: Assessment | undefined): boolean {
  return assessment?.findings !== undefined && assessment.isComplete;
}

/** A finding and its image. */
export interface LocatedFinding {
  readonly image: ImageResult;
  readonly finding: AssessedFinding;
}

/** The worst findings of a run, and the number of the others. */
interface WorstFindings {
  readonly located: readonly LocatedFinding[];
  readonly omitted: number;
}

/** The worst findings of all images, sorted, whatever the order of findings and images. */
export function worstFindings(
  images: readonly ImageResult[],
  most: number,
  isWanted: (finding: AssessedFinding) => boolean = () => true,
): WorstFindings {
  const all = images.flatMap((image) =>
    (ownAssessmentOf(image)?.findings ?? []).filter(isWanted).map((finding) => ({ image, finding })),
  );
  const located = all.sort(compareLocated).slice(0, most);
  return { located, omitted: all.length - located.length };
}

function compareLocated(one: LocatedFinding, other: LocatedFinding): number {
  const order = compareFindings(one.finding, other.finding);
  if (order !== 0) return order;
  const [name, otherName] = [one, other].map(({ image }) => `${image.name} ${image.digest ?? ''}`);
  if (name === undefined || otherName === undefined || name === otherName) return 0;
  return name < otherName ? -1 : 1;
}

/** `registry/repo@sha256:…`, to promote; undefined unless the image passed. */
export function promotedReference({ decision, imageByDigest }: ImageResult): string | undefined {
  return decision.verdict === 'passed' ? imageByDigest : undefined;
}
