import type { ReportRow } from '../scan/evidence.ts';
import type { FindingCounts } from '../scan/finding.ts';
import { isAtLeast, SEVERITIES, type Severity } from '../scan/severity.ts';
import type { AssessedFinding, Assessment } from './assessment.ts';
import { type Gates, isAnyGateSet } from './gates.ts';
import type { Reason } from './verdict.ts';

/** Why an image may not be promoted although its scan is finished. */
export interface Objection {
  readonly reason: Extract<
    Reason,
    'severity-cutoff' | 'policy-violation' | 'coverage-missing' | 'report-unavailable'
  >;
  /** One sentence that continues “the scan of … is finished, but”. */
  readonly because: string;
}

/** How many findings a message names; the summary has the rest. */
const NAMED = 3;

/** What the gates object to, the gravest first. Where nothing is set nothing objects, whatever was found. */
export function objections(row: ReportRow, assessment: Assessment, gates: Gates): readonly Objection[] {
  if (!isAnyGateSet(gates)) return [];
  const { findings } = assessment;
  if (findings === undefined)
    return [{ reason: 'report-unavailable', because: 'its findings could not be read' }];
  const counting = findings.filter(({ acceptedBy }) => acceptedBy === undefined);
  const found = [
    ...bySeverity(row, findings, counting, gates),
    ...byPolicy(row, findings, counting, gates),
    ...(assessment.isUncovered ? [UNCOVERED] : []),
  ];
  // What could not be read may hide something worse, but what was read is certain.
  return [...found.filter(isCertain), ...found.filter((objection) => !isCertain(objection))];
}

const UNCOVERED: Objection = {
  reason: 'coverage-missing',
  because: 'the scanner does not cover the system in it, so that finding nothing means nothing',
};

function isCertain({ reason }: Objection): boolean {
  return reason !== 'report-unavailable';
}

function bySeverity(
  row: ReportRow,
  findings: readonly AssessedFinding[],
  counting: readonly AssessedFinding[],
  { severityCutoff: cutoff, onlyFixed, exceptions }: Gates,
): readonly Objection[] {
  if (cutoff === undefined) return [];
  const against = counting.filter(
    (finding) =>
      isVulnerability(finding) &&
      isAtLeast(finding.severity, cutoff) &&
      (!onlyFixed || finding.fix !== undefined),
  );
  const fixed = onlyFixed ? ' that have a fix' : '';
  if (against.length > 0) {
    return [
      {
        reason: 'severity-cutoff',
        because: `it has findings at or above ${cutoff}${fixed} (${tally(against)}): ${named(against)}`,
      },
    ];
  }
  // The report counts more than it lists: then its counts decide where they can.
  const unlisted = unlistedAbove(row.counts, cutoff, findings.filter(isVulnerability));
  if (unlisted <= 0) return [];
  const what = `${unlisted} at or above ${cutoff} that it does not list`;
  return onlyFixed || exceptions.length > 0
    ? [
        {
          reason: 'report-unavailable',
          because: `the report counts ${what}, so nobody can tell whether they count`,
        },
      ]
    : [{ reason: 'severity-cutoff', because: `the report counts ${what}` }];
}

function byPolicy(
  row: ReportRow,
  findings: readonly AssessedFinding[],
  counting: readonly AssessedFinding[],
  { failOnPolicy }: Gates,
): readonly Objection[] {
  if (!failOnPolicy) return [];
  const blocking = counting.filter(({ isBlocking }) => isBlocking);
  if (blocking.length > 0) {
    const because = `the Console’s policy blocks ${tally(blocking)}: ${named(blocking)}`;
    return [{ reason: 'policy-violation', because }];
  }
  const unlisted = (row.counts?.total ?? 0) - findings.filter(isVulnerability).length;
  if (unlisted <= 0) return [];
  const because = `the report counts ${unlisted} findings that it does not list, so nobody can tell whether the policy blocks them`;
  return [{ reason: 'report-unavailable', because }];
}

function isVulnerability({ kind }: AssessedFinding): boolean {
  return kind === 'vulnerability';
}

/**
 * How many at or above the cutoff the report counts beyond those that it lists. What it counts as none of the four is
 * among the worst, unless it is listed: then its word is known.
 */
function unlistedAbove(
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

/** `CVE-2026-1 in openssl 3.0.1 (fixed in 3.0.2)` */
function named(findings: readonly AssessedFinding[]): string {
  const names = findings.slice(0, NAMED).map(({ id, packageName, packageVersion, fix }) => {
    const where = [packageName, packageVersion].filter((part) => part !== '').join(' ');
    const fixed = fix === undefined ? '' : ` (${fix === '' ? 'fixed' : `fixed in ${fix}`})`;
    return `${id}${where === '' ? '' : ` in ${where}`}${fixed}`;
  });
  const more = findings.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
