import type { Vulnerability } from './wire.ts';

export type FindingGiven = {
  readonly cve: string;
  readonly severity: string;
  readonly packageName: string;
  readonly packageVersion: string;
  readonly packageType?: string;
  readonly cvss?: number;
  /** The version that fixes it; none, where left out. */
  readonly fixedIn?: string;
  /** The vendor's word on a fix, instead of the one that follows from `fixedIn`. */
  readonly status?: string;
  readonly description?: string;
  readonly link?: string;
  /** Whether the Console's own policy blocks on it. */
  readonly block?: boolean;
  readonly gracePeriodDays?: number;
  readonly riskFactors?: readonly string[];
};

export type ComplianceIssueGiven = {
  readonly id: number;
  readonly severity: string;
  readonly title: string;
  readonly cause?: string;
  readonly block?: boolean;
};

const scoreOf: Record<string, number> = {
  critical: 9.8,
  high: 8.1,
  important: 7.5,
  medium: 5.3,
  moderate: 5.5,
};
const publishedAt = Date.UTC(2026, 0, 15) / 1_000;

/** A finding as a report carries it. The CVE ids of the samples are made up, and far off the real ones. */
export function finding(given: FindingGiven): Vulnerability {
  const { cve, severity, packageName, packageVersion, fixedIn, riskFactors = [] } = given;
  const wire: Vulnerability = {
    text: '',
    id: 46,
    severity,
    cvss: given.cvss ?? scoreOf[severity] ?? 3.1,
    status: given.status ?? (fixedIn === undefined ? 'needed' : `fixed in ${fixedIn}`),
    cve,
    cause: '',
    description: given.description ?? `A made-up weakness of ${packageName}.`,
    title: '',
    vecStr: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:L',
    riskFactors: Object.fromEntries(riskFactors.map((factor) => [factor, {}])),
    link: given.link ?? `https://advisories.example/${cve}`,
    type: 'image',
    packageName,
    packageVersion,
    packageType: given.packageType ?? 'package',
    twistlock: false,
    published: publishedAt,
    fixDate: fixedIn === undefined ? 0 : publishedAt + 7 * 86_400,
    discovered: '2026-02-01T00:00:00Z',
    block: given.block ?? false,
  };
  if (given.gracePeriodDays !== undefined) wire.gracePeriodDays = given.gracePeriodDays;
  return wire;
}

/** A compliance issue, which a report carries in the shape of a finding without CVE and package. */
export function complianceIssue({ id, severity, title, cause, block }: ComplianceIssueGiven): Vulnerability {
  return {
    text: '',
    id,
    severity,
    cvss: 0,
    status: '',
    cve: '',
    cause: cause ?? '',
    description: title,
    title,
    vecStr: '',
    riskFactors: null,
    link: '',
    type: 'image',
    packageName: '',
    packageVersion: '',
    packageType: '',
    twistlock: false,
    published: 0,
    fixDate: 0,
    discovered: '2026-02-01T00:00:00Z',
    block: block ?? false,
  };
}
