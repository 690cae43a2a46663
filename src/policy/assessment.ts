import {
  compareFindings,
  countFindings,
  type Finding,
  fullerCounts,
  listsAll,
  vulnerabilitiesIn,
} from '../scan/finding.ts';
import type { DecisionTime } from './decision-time.ts';
import type { Policy } from './policy.ts';
import type { Assessment } from './result.ts';
import { decisionWaivers } from './waivers/decision-waivers.ts';
import { exceptionWaivers } from './waivers/exception-waivers.ts';
import { graceWaivers } from './waivers/grace-waivers.ts';
import { knownWaivers } from './waivers/known-waivers.ts';
import type { AssessedFinding, NearMiss, Waiver } from './waivers/waiver.ts';
import {
  type AssessableImage,
  type FindingWaivers,
  NO_WAIVERS,
  type WaiverSource,
} from './waivers/waiver-source.ts';

/**
 * The findings of the images in their rows, with all waivers applied at the time of the decision. All images of the
 * step are assessed together: an exception that matches different findings in two of them accepts neither.
 */
export function assessImages(
  images: readonly AssessableImage[],
  policy: Policy,
  decidedAt: DecisionTime,
): readonly Assessment[] {
  const exceptions = exceptionWaivers(images, policy.exceptions, decidedAt.day);
  const decisions = decisionWaivers(images, policy.decisions, decidedAt);
  const known = knownWaivers(images);
  const sources: readonly WaiverSource[] = [
    exceptions,
    decisions,
    known,
    graceWaivers(policy.grace, decidedAt),
    ...(policy.onlyFixed ? [{ of: noFixWaivers }] : []),
  ];
  return images.map((image) => ({
    ...assess(image, sources),
    matchedExceptions: exceptions.matchedIn(image),
    ambiguousExceptions: exceptions.ambiguousIn(image),
    decisions: decisions.review,
    comparison: known.comparisonOf(image),
  }));
}

const NO_FIX: FindingWaivers = { waivers: [{ kind: 'no-fix' }], nearMisses: [] };

/** `only-fixed`: a vulnerability without a fix does not count by its severity. */
function noFixWaivers(_image: AssessableImage, { kind, fix }: Finding): FindingWaivers {
  return kind === 'vulnerability' && fix === undefined ? NO_FIX : NO_WAIVERS;
}

function assess(
  image: AssessableImage,
  sources: readonly WaiverSource[],
): Omit<Assessment, 'matchedExceptions' | 'ambiguousExceptions' | 'decisions' | 'comparison'> {
  const { row } = image;
  const findings = row.findings
    ?.toSorted(compareFindings)
    .map((finding) => assessedFinding(image, finding, sources));
  const vulnerabilities = vulnerabilitiesIn(findings);
  const compliance = findings?.filter(({ kind }) => kind === 'compliance');
  const hasAllVulnerabilities = listsAll(row.vulnerabilityCounts, vulnerabilities);
  const countIfAll = (isCounted: (finding: AssessedFinding) => boolean) =>
    hasAllVulnerabilities ? vulnerabilities && countFindings(vulnerabilities.filter(isCounted)) : undefined;
  return {
    vulnerabilities: fullerCounts(row.vulnerabilityCounts, vulnerabilities),
    compliance: fullerCounts(row.complianceCounts, compliance),
    fixable: countIfAll(({ fix }) => fix !== undefined),
    accepted: countIfAll(({ waivers }) => waivers.some(({ kind }) => kind === 'exception' || kind === 'vex')),
    findings,
    isComplete: hasAllVulnerabilities && listsAll(row.complianceCounts, compliance),
    isUnsupportedDistro: row.isUnsupportedDistro,
    distribution: row.distribution,
  };
}

function assessedFinding(
  image: AssessableImage,
  finding: Finding,
  sources: readonly WaiverSource[],
): AssessedFinding {
  // Most findings have neither, and a report has 60,000 of them.
  let waivers: readonly Waiver[] = NO_WAIVERS.waivers;
  let nearMisses: readonly NearMiss[] = NO_WAIVERS.nearMisses;
  for (const source of sources) {
    const found = source.of(image, finding);
    if (found.waivers.length > 0) waivers = [...waivers, ...found.waivers];
    if (found.nearMisses.length > 0) nearMisses = [...nearMisses, ...found.nearMisses];
  }
  return { ...finding, waivers, nearMisses };
}
