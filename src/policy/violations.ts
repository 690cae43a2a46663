import type { FindingCounts } from '../scan/finding.ts';
import { isAtLeast, SEVERITIES, type Severity } from '../scan/severity.ts';
import type { ImageScanResult } from '../scan/types.ts';
import { describeFindings } from '../text/finding-names.ts';
import type { AssessedFinding } from './exception.ts';
import { hasGate, type Policy } from './policy.ts';
import type { Assessment } from './result.ts';
import type { Violation } from './violation.ts';

/** What the gates object to, the decisive one first. Without a gate nothing objects, whatever was found. */
export function violationsOf(
  row: ImageScanResult,
  assessment: Assessment,
  policy: Policy,
): readonly Violation[] {
  if (!hasGate(policy)) return [];
  const { findings } = assessment;
  if (findings === undefined) {
    return [{ reason: 'report-unavailable', message: 'its findings could not be read', findings: [] }];
  }
  const found = [
    ...bySeverity(row, findings, policy),
    ...byCompliance(row, findings, policy),
    ...byConsolePolicy(row, findings, policy),
    ...(assessment.isUnsupportedDistro ? [UNSUPPORTED_DISTRO] : []),
  ];
  // What could not be read may hide something worse, but what was read is certain.
  return [...found.filter(isCertain), ...found.filter((violation) => !isCertain(violation))];
}

const UNSUPPORTED_DISTRO: Violation = {
  reason: 'coverage-missing',
  message: 'the scanner does not cover its distribution, so that finding nothing means nothing',
  findings: [],
};

function isCertain({ reason }: Violation): boolean {
  return reason !== 'report-unavailable';
}

function bySeverity(
  row: ImageScanResult,
  findings: readonly AssessedFinding[],
  { severityCutoff, onlyFixed, exceptions }: Policy,
): readonly Violation[] {
  if (severityCutoff === undefined) return [];
  return byCutoff({
    reason: 'severity-cutoff',
    what: ['vulnerability', 'vulnerabilities'],
    cutoff: severityCutoff,
    listed: findings.filter(({ kind }) => kind === 'vulnerability'),
    counts: row.vulnerabilityCounts,
    onlyFixed,
    hasExceptions: exceptions.length > 0,
  });
}

function byCompliance(
  row: ImageScanResult,
  findings: readonly AssessedFinding[],
  { complianceCutoff, exceptions }: Policy,
): readonly Violation[] {
  if (complianceCutoff === undefined) return [];
  const listed = findings.filter(({ kind }) => kind === 'compliance');
  if (row.complianceCounts === undefined && listed.length === 0) {
    const message = 'the report neither counts nor lists compliance issues';
    return [{ reason: 'report-unavailable', message, findings: [] }];
  }
  return byCutoff({
    reason: 'compliance-cutoff',
    what: ['compliance issue', 'compliance issues'],
    cutoff: complianceCutoff,
    listed,
    counts: row.complianceCounts,
    onlyFixed: false,
    hasExceptions: exceptions.length > 0,
  });
}

interface Cutoff {
  readonly reason: 'severity-cutoff' | 'compliance-cutoff';
  readonly what: readonly [one: string, many: string];
  readonly cutoff: Severity;
  readonly listed: readonly AssessedFinding[];
  readonly counts: FindingCounts | undefined;
  readonly onlyFixed: boolean;
  readonly hasExceptions: boolean;
}

function byCutoff(gate: Cutoff): readonly Violation[] {
  const { reason, what, cutoff, listed, counts, onlyFixed, hasExceptions } = gate;
  const [one, many] = what;
  const violating = listed.filter(
    ({ acceptedBy, severity, fixedIn }) =>
      acceptedBy === undefined && isAtLeast(severity, cutoff) && (!onlyFixed || fixedIn !== undefined),
  );
  if (violating.length > 0) {
    const fixed = onlyFixed ? ' that have a fix' : '';
    const message = `it has ${many} at or above ${cutoff}${fixed} (${tally(violating)}): ${describeFindings(violating)}`;
    return [{ reason, message, findings: violating }];
  }
  // The report counts more than it lists: then its counts decide where they can.
  const unlisted = unlistedAtOrAbove(counts, cutoff, listed);
  if (unlisted <= 0) return [];
  const counted = `the report counts ${unlisted} ${unlisted === 1 ? one : many} at or above ${cutoff} that it does not list`;
  return onlyFixed || hasExceptions
    ? [
        {
          reason: 'report-unavailable',
          message: `${counted}, so it is unknown whether there is a fix or an exception`,
          findings: [],
        },
      ]
    : [{ reason, message: counted, findings: [] }];
}

function byConsolePolicy(
  row: ImageScanResult,
  findings: readonly AssessedFinding[],
  { failOnPolicy }: Policy,
): readonly Violation[] {
  if (!failOnPolicy) return [];
  const blocking = findings.filter(({ acceptedBy, isBlocking }) => acceptedBy === undefined && isBlocking);
  if (blocking.length > 0) {
    const message = `the Console's policy blocks ${tally(blocking)}: ${describeFindings(blocking)}`;
    return [{ reason: 'policy-violation', message, findings: blocking }];
  }
  const vulnerabilities = findings.filter(({ kind }) => kind === 'vulnerability').length;
  const unlisted =
    Math.max(0, (row.vulnerabilityCounts?.total ?? 0) - vulnerabilities) +
    Math.max(0, (row.complianceCounts?.total ?? 0) - (findings.length - vulnerabilities));
  if (unlisted <= 0) return [];
  const [what, them] = unlisted === 1 ? ['finding', 'it'] : ['findings', 'them'];
  const message = `the report counts ${unlisted} ${what} that it does not list, so it is unknown whether the Console's policy blocks ${them}`;
  return [{ reason: 'report-unavailable', message, findings: [] }];
}

/**
 * How many at or above the cutoff the report counts beyond those that it lists. What it counts as none of the four
 * severities is taken for the worst, unless it is listed: then its severity is known.
 */
function unlistedAtOrAbove(
  counts: FindingCounts | undefined,
  cutoff: Severity,
  listed: readonly AssessedFinding[],
): number {
  if (counts === undefined) return 0;
  const sum = (severities: readonly Severity[]) =>
    severities.reduce((total, severity) => total + counts[severity], 0);
  const isAbove = (severity: Severity) => isAtLeast(severity, cutoff);
  const missing = sum(SEVERITIES.filter(isAbove)) - listed.filter(({ severity }) => isAbove(severity)).length;
  const ofNone = Math.max(0, counts.total - sum(SEVERITIES));
  return Math.max(missing, Math.min(missing + ofNone, counts.total - listed.length));
}

/** `2 critical and 1 high` */
function tally(findings: readonly AssessedFinding[]): string {
  const parts = SEVERITIES.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count > 0 ? [`${count} ${severity}`] : [];
  });
  return [parts.slice(0, -1).join(', '), ...parts.slice(-1)].filter((part) => part !== '').join(' and ');
}
