import { assessmentOf } from '../policy/image-findings.ts';
import type { Policy } from '../policy/policy.ts';
import type { ImageResult, RunRequest } from '../policy/result.ts';
import type { AssessedFinding } from '../policy/waivers/waiver.ts';
import type { Exploit } from '../scan/finding.ts';
import { isAtLeast, SEVERITIES, type Severity } from '../scan/severity.ts';

/**
 * The properties checked for every image. A property is left out if its gate was not set, if an exception or
 * `only-fixed` may have waived a finding that it excludes, or if the report does not list every finding.
 */
export function checkedProperties(images: readonly ImageResult[], { policy }: RunRequest): readonly string[] {
  const checks = [
    ...EVIDENCE,
    ...vulnerabilityChecks(policy),
    ...exploitChecks(policy),
    ...otherChecks(policy),
  ];
  return checks.filter(({ holds }) => images.every(holds)).map(({ property }) => property);
}

/** A property, and the condition that every image has to meet. */
interface PropertyCheck {
  readonly property: string;
  readonly holds: (image: ImageResult) => boolean;
}

const EVIDENCE: readonly PropertyCheck[] = [
  // A row of the report has a date; an end seen only in progress has none.
  {
    property: 'SCAN_PROVEN',
    holds: ({ proof }) => proof === 'report' || proof === 'recent' || proof === 'digest',
  },
  // The scan ended during the run, so the time of the decision limits its age.
  { property: 'SCAN_NEW', holds: ({ proof }) => proof === 'report' },
  { property: 'DIGEST_VERIFIED', holds: ({ isDigestVerified }) => isDigestVerified },
  { property: 'ALL_PLATFORMS', holds: ({ hasAllPlatforms }) => hasAllPlatforms === true },
];

function vulnerabilityChecks({ severityCutoff, onlyFixed, compareWith }: Policy): readonly PropertyCheck[] {
  if (onlyFixed) return [];
  return severitiesFrom(severityCutoff).map((severity) =>
    compareWith === undefined
      ? {
          property: `NO_${severity.toUpperCase()}_FINDINGS`,
          holds: (image) => hasNone(image, 'vulnerability', severity),
        }
      : {
          property: `NO_NEW_${severity.toUpperCase()}_FINDINGS`,
          holds: (image) => hasNoNew(image, severity),
        },
  );
}

function exploitChecks({ exploitCutoff }: Policy): readonly PropertyCheck[] {
  const inTheWild: PropertyCheck = {
    property: 'NO_FINDINGS_EXPLOITED_IN_THE_WILD',
    holds: (image) => hasNoExploit(image, 'in-the-wild'),
  };
  const any: PropertyCheck = {
    property: 'NO_FINDINGS_WITH_EXPLOIT',
    holds: (image) => hasNoExploit(image, 'poc'),
  };
  if (exploitCutoff === undefined) return [];
  return exploitCutoff === 'poc' ? [inTheWild, any] : [inTheWild];
}

function otherChecks({ complianceCutoff, failOnPolicy }: Policy): readonly PropertyCheck[] {
  const issues = severitiesFrom(complianceCutoff).map((severity) => ({
    property: `NO_${severity.toUpperCase()}_COMPLIANCE_ISSUES`,
    holds: (image: ImageResult) => hasNone(image, 'compliance', severity),
  }));
  return failOnPolicy ? [...issues, { property: 'POLICY_PASSED', holds: hasNoBlockingFinding }] : issues;
}

function severitiesFrom(cutoff: Severity | undefined): readonly Severity[] {
  return SEVERITIES.filter((severity) => cutoff !== undefined && isAtLeast(severity, cutoff));
}

/** The findings of an image if the report lists all, and the scanner supports the image; undefined otherwise. */
function completeFindings(image: ImageResult): readonly AssessedFinding[] | undefined {
  const assessment = assessmentOf(image);
  return assessment?.isComplete === true && !assessment.isUnsupportedDistro ? assessment.findings : undefined;
}

/** True if the report counts and lists no finding of this severity, not even an accepted one. */
function hasNone(image: ImageResult, kind: AssessedFinding['kind'], severity: Severity): boolean {
  const findings = completeFindings(image);
  const counts = assessmentOf(image)?.[kind === 'vulnerability' ? 'vulnerabilities' : 'compliance'];
  const isFound = findings?.some((one) => one.kind === kind && one.severity === severity) ?? true;
  return counts?.[severity] === 0 && !isFound;
}

/** True if the reference has every finding of this severity that the image has, including excepted ones. */
function hasNoNew(image: ImageResult, severity: Severity): boolean {
  const comparison = assessmentOf(image)?.comparison;
  if (completeFindings(image) === undefined || comparison === undefined) return false;
  return 'added' in comparison && comparison.added?.[severity] === 0;
}

/** True if the gate is met without a waived finding that has such an exploit. */
function hasNoExploit(image: ImageResult, level: Exploit): boolean {
  const isMet = image.gates.some(({ gate, state }) => gate === 'exploit-cutoff' && state === 'met');
  const isOfLevel = ({ exploit }: AssessedFinding) => exploit === 'in-the-wild' || exploit === level;
  return isMet && completeFindings(image)?.some(isOfLevel) === false;
}

function hasNoBlockingFinding(image: ImageResult): boolean {
  return completeFindings(image)?.some(({ isBlocking }) => isBlocking) === false;
}
