import { NEW_TIME, oldRow, row } from './console-data.ts';
import { type Answer, type Asked, json, type Script } from './scripted-console.ts';

/** The Console's data about the findings of an image, in the form of the API. */
export type WireFinding = Readonly<Record<string, unknown>>;

/** One finding of this severity, with whatever is given instead. */
export function found(severity: string, given: WireFinding = {}): WireFinding {
  return {
    id: 46,
    cve: `CVE-2026-${severity}`,
    severity,
    cvss: 5,
    status: '',
    packageName: 'openssl',
    packageVersion: '3.0.1',
    packageType: 'package',
    link: 'https://nvd.example/CVE-2026-1',
    description: 'A flaw.',
    block: false,
    riskFactors: {},
    ...given,
  };
}

/** The Console's own counts: only the four words, whatever else there is. */
export function distribution(findings: readonly WireFinding[]): WireFinding {
  const of = (severity: string) => findings.filter((each) => each.severity === severity).length;
  return {
    critical: of('critical'),
    high: of('high'),
    medium: of('medium'),
    low: of('low'),
    total: findings.length,
  };
}

export const isCompact = ({ query }: Asked): boolean =>
  query.some(([name, value]) => name === 'compact' && value === 'true');

/** A report of these findings, which has them only if it is read in full. */
export const reportOf =
  (findings: readonly WireFinding[], given: WireFinding = {}, scanTime = NEW_TIME) =>
  (asked: Asked): Answer =>
    json([
      row(scanTime, {
        vulnerabilities: isCompact(asked) || findings.length === 0 ? null : findings,
        vulnerabilityDistribution: distribution(findings),
        vulnerabilitiesCount: findings.length,
        complianceIssues: null,
        complianceDistribution: distribution([]),
        complianceIssuesCount: 0,
        ...given,
      }),
    ]);

/** First the row of an earlier scan, then this. */
export const afterOldRow =
  (report: (asked: Asked) => Answer): Script =>
  (asked, nth) =>
    nth === 0 ? oldRow : report(asked);
