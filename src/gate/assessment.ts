import type { ReportRow } from '../scan/evidence.ts';
import { countFindings, type Finding, type FindingCounts } from '../scan/finding.ts';
import { SEVERITIES } from '../scan/severity.ts';
import { type Exception, isInForce, speaksOf } from './exception.ts';

/** A finding, and the exception that accepts it, if there is one in force. */
export interface AssessedFinding extends Finding {
  readonly acceptedBy: Exception | undefined;
}

/** What the report says of an image, held against the exceptions. */
export interface Assessment {
  /** Before exceptions; undefined where the report neither counts nor lists. */
  readonly counts: FindingCounts | undefined;
  /** Those that have a fix, before exceptions; undefined where the findings were not listed. */
  readonly fixable: FindingCounts | undefined;
  /** Vulnerabilities and compliance issues, worst first; undefined where they were not listed. */
  readonly findings: readonly AssessedFinding[] | undefined;
  readonly isUncovered: boolean;
  /** The exceptions that speak of some finding, in force or expired. */
  readonly matched: readonly Exception[];
}

/** What the row says of the image of this name, on a day written `2026-12-31`. */
export function assess(
  { counts, listed, isUncovered }: ReportRow,
  imageName: string,
  exceptions: readonly Exception[],
  today: string,
): Assessment {
  const findings = listed?.toSorted(worstFirst).map((finding) => {
    const speaking = exceptions.filter((exception) => speaksOf(exception, finding, imageName));
    const acceptedBy = speaking.find((exception) => isInForce(exception, today));
    return { assessed: { ...finding, acceptedBy }, speaking };
  });
  const vulnerabilities = listed?.filter(({ kind }) => kind === 'vulnerability');
  return {
    counts: fullerCounts(counts, vulnerabilities),
    fixable: vulnerabilities && countFindings(vulnerabilities.filter(({ fix }) => fix !== undefined)),
    findings: findings?.map(({ assessed }) => assessed),
    isUncovered,
    matched: [...new Set(findings?.flatMap(({ speaking }) => speaking))],
  };
}

/** The vendor's other words for severities may be missing in its own counts; a list that is cut short counts less. */
function fullerCounts(
  counts: FindingCounts | undefined,
  vulnerabilities: readonly Finding[] | undefined,
): FindingCounts | undefined {
  if (vulnerabilities === undefined || (counts !== undefined && counts.total > vulnerabilities.length))
    return counts;
  return countFindings(vulnerabilities);
}

/** The order of findings: by severity, then by CVSS. */
export function worstFirst(one: Finding, other: Finding): number {
  const bySeverity = SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity);
  return bySeverity || (other.cvss ?? 0) - (one.cvss ?? 0);
}
