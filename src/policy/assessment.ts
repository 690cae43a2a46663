import { compareFindings, countFindings, type Finding, type FindingCounts } from '../scan/finding.ts';
import type { ImageScanResult } from '../scan/types.ts';
import { type AssessedFinding, type Exception, findMatches, isActive } from './exception.ts';
import type { Assessment } from './result.ts';

/** What a row says of the image of this name, with the exceptions applied on a day, `2026-12-31`. */
export function assess(
  row: ImageScanResult,
  imageName: string,
  exceptions: readonly Exception[],
  today: string,
): Assessment {
  const listed = row.findings?.toSorted(compareFindings);
  const matches = findMatches(exceptions, listed ?? [], imageName);
  const ambiguous = new Set(exceptions.filter((exception) => isAmbiguous(matches.get(exception) ?? [])));
  const acceptors = new Map<Finding, Exception>();
  for (const [exception, findings] of matches) {
    if (!isActive(exception, today) || ambiguous.has(exception)) continue;
    for (const finding of findings) if (!acceptors.has(finding)) acceptors.set(finding, exception);
  }
  const findings = listed?.map((finding) => ({ ...finding, acceptedBy: acceptors.get(finding) }));
  const vulnerabilities = findings?.filter(({ kind }) => kind === 'vulnerability');
  const compliance = findings?.filter(({ kind }) => kind === 'compliance');
  const hasAllVulnerabilities = listsAll(row.vulnerabilityCounts, vulnerabilities);
  return {
    vulnerabilities: fullerCounts(row.vulnerabilityCounts, vulnerabilities),
    compliance: fullerCounts(row.complianceCounts, compliance),
    fixable: hasAllVulnerabilities
      ? vulnerabilities && countFindings(vulnerabilities.filter(({ fixedIn }) => fixedIn !== undefined))
      : undefined,
    accepted: hasAllVulnerabilities
      ? vulnerabilities && countFindings(vulnerabilities.filter(({ acceptedBy }) => acceptedBy !== undefined))
      : undefined,
    findings,
    isComplete: hasAllVulnerabilities && listsAll(row.complianceCounts, compliance),
    isUnsupportedDistro: row.isUnsupportedDistro,
    matchedExceptions: exceptions.filter((exception) => (matches.get(exception) ?? []).length > 0),
    ambiguousExceptions: [...ambiguous],
  };
}

/** The Console's numbers stand for several findings, and one exception must not accept two different ones. */
function isAmbiguous(findings: readonly Finding[]): boolean {
  const unnamed = findings.filter(({ hasOwnId }) => !hasOwnId);
  const different = new Set(
    unnamed.map(({ kind, id, title, cause, packageName, description }) =>
      JSON.stringify([kind, id, title, cause, packageName, description]),
    ),
  );
  return different.size > 1;
}

function listsAll(
  counts: FindingCounts | undefined,
  listed: readonly AssessedFinding[] | undefined,
): boolean {
  return listed !== undefined && (counts?.total ?? 0) <= listed.length;
}

/** What is neither counted nor listed is unknown. The report's own counts can lack severities that are none of the four; a list that is cut short has fewer. */
function fullerCounts(
  counts: FindingCounts | undefined,
  listed: readonly Finding[] | undefined,
): FindingCounts | undefined {
  if (counts === undefined && listed?.length === 0) return undefined;
  if (listed === undefined || (counts !== undefined && counts.total > listed.length)) return counts;
  return countFindings(listed);
}
