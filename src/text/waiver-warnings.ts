import type { DecisionTime } from '../policy/decision-time.ts';
import type { Policy } from '../policy/policy.ts';
import type { Assessment } from '../policy/result.ts';
import { SOON_DAYS } from '../policy/waivers/exception-review.ts';
import type { Comparison } from '../policy/waivers/reference.ts';
import { type AssessedFinding, reaches } from '../policy/waivers/waiver.ts';
import { DAY_MS } from '../scan/duration.ts';
import { isAtLeast } from '../scan/severity.ts';
import { findingName, packageText } from './finding-names.ts';
import { joined } from './joined.ts';
import { firstOf } from './plural.ts';
import { dayText } from './time-text.ts';

const WAIVERS_NAMED = 5;

/** Warnings for an image: findings that block soon, and the limits of its comparison. */
export function waiverWarnings(
  name: string,
  { findings = [], comparison }: Pick<Assessment, 'findings' | 'comparison'>,
  { severityCutoff }: Pick<Policy, 'severityCutoff'>,
  decidedAt: DecisionTime,
): readonly string[] {
  const above = findings.filter(
    ({ kind, severity }) =>
      kind === 'vulnerability' && severityCutoff !== undefined && isAtLeast(severity, severityCutoff),
  );
  return [
    ...graceWarning(name, above, decidedAt),
    // The user's own exceptions reach every gate on findings.
    ...fixedWarning(name, findings),
    ...(comparison === undefined ? [] : comparisonWarnings(name, comparison)),
  ];
}

/** Warns in the last seven days of grace, for findings that only grace waives. */
function graceWarning(
  name: string,
  findings: readonly AssessedFinding[],
  { epochMs }: DecisionTime,
): readonly string[] {
  const ends = findings.flatMap((finding) => {
    const waivers = finding.waivers.filter((waiver) => reaches(waiver, 'severity-cutoff'));
    const [first] = waivers;
    const isOnlyGrace = first?.kind === 'grace' && waivers.length === 1;
    return isOnlyGrace && first.endsAtMs - epochMs <= SOON_DAYS * DAY_MS
      ? [{ finding, endsAtMs: first.endsAtMs }]
      : [];
  });
  if (ends.length === 0) return [];
  const sorted = ends.toSorted((one, other) => one.endsAtMs - other.endsAtMs);
  const texts = sorted.map(({ finding, endsAtMs }) => `${placeOf(finding)} on ${dayText(endsAtMs)}`);
  return [
    `Days of grace end within a week in ${name}, and then block: ${firstOf([...new Set(texts)], WAIVERS_NAMED, '; ')}.`,
  ];
}

/** Warns of exceptions that ended because there is a fix now. */
function fixedWarning(name: string, findings: readonly AssessedFinding[]): readonly string[] {
  const texts = findings.flatMap((finding) => {
    const fixed = finding.nearMisses.find((nearMiss) => nearMiss.kind === 'exception-fixed');
    if (fixed === undefined || finding.waivers.some(({ kind }) => kind === 'exception')) return [];
    return [`${placeOf(finding)} (ended: ${fixed.fix.version ?? 'a newer version'} fixes it)`];
  });
  if (texts.length === 0) return [];
  return [
    `Exceptions until a fix have ended in ${name}: ${firstOf([...new Set(texts)], WAIVERS_NAMED, '; ')}.`,
  ];
}

function comparisonWarnings(name: string, comparison: Comparison): readonly string[] {
  const { kind, reference } = comparison;
  switch (kind) {
    case 'absent':
      return [`The report has no row of the reference ${reference}, so everything in ${name} is new.`];
    case 'other-platform':
      return [
        `The report has the reference ${reference} for another platform only, so everything in ${name} is new.`,
      ];
    case 'same-image':
      return [
        `The reference ${reference} is ${name} itself, so nothing is waived: the tag has moved already. Name the digest that runs in compare-with.`,
      ];
    case 'compared':
      return [
        ...(comparison.isPartial
          ? [`The report of the reference ${reference} is not complete; only what it lists is known.`]
          : []),
        ...(comparison.isPromoted
          ? [`The reference ${reference} is the same image as ${name}, which is promoted already.`]
          : []),
      ];
    case 'unavailable':
      return [];
  }
}

function placeOf(finding: AssessedFinding): string {
  return joined([findingName(finding), packageText(finding)], ' in ');
}
