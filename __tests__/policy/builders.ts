import type { Assessment } from '../../src/gate/assessment.ts';
import type { Exception } from '../../src/gate/exception.ts';
import type { ReportRow } from '../../src/scan/evidence.ts';
import { countFindings, type Finding, type FindingCounts } from '../../src/scan/finding.ts';

/** A low finding without a fix, with whatever is given instead. */
export function finding(given: Partial<Finding> = {}): Finding {
  return {
    kind: 'vulnerability',
    id: 'CVE-2026-1',
    severity: 'low',
    unknownWord: undefined,
    cvss: undefined,
    packageName: 'openssl',
    packageVersion: '3.0.1',
    packageType: 'package',
    fix: undefined,
    link: '',
    description: '',
    isBlocking: false,
    ...given,
  };
}

/** An exception for every package and image, with whatever is given instead. */
export function exception(given: Partial<Exception> = {}): Exception {
  return {
    id: 'CVE-2026-1',
    reason: 'not reachable',
    until: '2026-12-31',
    package: undefined,
    image: undefined,
    ...given,
  };
}

/** A row that lists these findings and counts them. */
export function rowOf(listed: readonly Finding[] | undefined, given: Partial<ReportRow> = {}): ReportRow {
  return {
    scanTime: { text: '2026-11-23T10:00:00Z', epochMs: 1 },
    error: '',
    digest: undefined,
    digests: [],
    counts: listed && countFindings(listed.filter(({ kind }) => kind === 'vulnerability')),
    listed,
    durationMs: undefined,
    isUncovered: false,
    ...given,
  };
}

export const noFindings: FindingCounts = { critical: 0, high: 0, medium: 0, low: 0, total: 0 };

/** What an image is assessed as of which nothing was found, with whatever is given instead. */
export function assessment(given: Partial<Assessment> = {}): Assessment {
  return {
    counts: noFindings,
    fixable: noFindings,
    findings: [],
    isUncovered: false,
    matched: [],
    ...given,
  };
}
