import { type AssessedFinding, worstFirst } from '../gate/assessment.ts';
import type { Judged } from '../gate/judge.ts';

/** A finding, and the image it is in. */
export interface Located {
  readonly image: Judged;
  readonly finding: AssessedFinding;
}

/** The worst findings of a run, and how many were left out. */
export interface Selection {
  readonly located: readonly Located[];
  readonly omitted: number;
}

/**
 * Whether some findings of the images are not known one by one. A SARIF file without them would close their alerts:
 * code scanning takes what is missing for mended.
 */
export function hasGaps(images: readonly Judged[]): boolean {
  return !images.every(({ assessment }) => isListedInFull(assessment));
}

function isListedInFull(assessment: Judged['assessment']): boolean {
  if (assessment?.findings === undefined) return false;
  const listed = assessment.findings.filter(({ kind }) => kind === 'vulnerability').length;
  return (assessment.counts?.total ?? 0) <= listed;
}

/** The worst findings of all images, worst first. */
export function worstFindings(images: readonly Judged[], most: number): Selection {
  let total = 0;
  let located: readonly Located[] = [];
  for (const image of images) {
    const { findings = [] } = image.assessment ?? {};
    total += findings.length;
    // Each image has its worst first, so none of the rest can be among the worst of all.
    const own = findings.slice(0, most).map((finding) => ({ image, finding }));
    if (own.length > 0) located = located.concat(own).sort(byFinding).slice(0, most);
  }
  return { located, omitted: total - located.length };
}

function byFinding(one: Located, other: Located): number {
  return worstFirst(one.finding, other.finding);
}
