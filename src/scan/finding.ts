import { SEVERITIES, type Severity } from './severity.ts';

/** The id of what has no id, no title and no description. */
export const UNNAMED = 'unnamed';

/** The worst that the report shows of exploits of a vulnerability. */
export type Exploit = 'in-the-wild' | 'poc';

/** A date of a finding. `unusable`: it cannot be read, or no finding can be that old. */
export type FindingDate =
  | { readonly kind: 'time'; readonly epochMs: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'unusable' };

/**
 * One finding as the report lists it. Every text is sanitized (one line, no control characters) and whole: texts are
 * compared as they are, and cut where they are shown.
 */
export interface Finding {
  readonly kind: 'vulnerability' | 'compliance';
  /** The CVE or the vendor's id; for what has neither, the title, else the description; else `unnamed`. */
  readonly id: string;
  /** True if `id` is a CVE or a vendor's id; a title or a description may be that of several findings. */
  readonly hasOwnId: boolean;
  /** The Console's number of a compliance check, which several issues share; empty for a vulnerability. */
  readonly checkId: string;
  /** What a compliance issue is called; empty for most vulnerabilities. */
  readonly title: string;
  /** What caused a compliance issue, such as the path of a secret; empty where the Console names none. */
  readonly cause: string;
  /** The severity that gates go by; a word that is not known counts as critical. */
  readonly severity: Severity;
  /** The Console's word for the severity where it is not known here. */
  readonly rawSeverity: string | undefined;
  readonly cvss: number | undefined;
  readonly packageName: string;
  readonly packageVersion: string;
  readonly packageType: string;
  /** Path of the package in the image; empty where the row has none. */
  readonly packagePath: string;
  /** The version that has the fix; empty where there is a fix and no version is given; undefined without a fix. */
  readonly fixedIn: string | undefined;
  /** The Console's word for the status where it is not known here; it counts as a fix. */
  readonly rawStatus: string | undefined;
  /** The worst evidence of an exploit; what is not known here counts as in the wild. */
  readonly exploit: Exploit | undefined;
  /** The Console's kind of exploit if it is not known here; `malformed` for evidence of an unknown form. */
  readonly rawExploit: string | undefined;
  /** When the vulnerability was published. */
  readonly publishedAt: FindingDate;
  /** When its fix was; none if there is no fix, as far as the date says. */
  readonly fixedAt: FindingDate;
  /** The Console's risk factors in its own words, such as `Remote execution`, `DoS - High`. */
  readonly riskFactors: readonly string[];
  /** A web address to read more; empty for none. */
  readonly link: string;
  readonly description: string;
  /** Whether the Console's own policy marks it as blocking. */
  readonly isBlocking: boolean;
}

/** How many findings there are of each severity, and in all. */
export interface FindingCounts extends Readonly<Record<Severity, number>> {
  readonly total: number;
}

/** The findings counted by severity. */
export function countFindings(findings: readonly Finding[]): FindingCounts {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, total: findings.length };
  for (const { severity } of findings) counts[severity] += 1;
  return counts;
}

/** The order of findings: severity, CVSS, id, package, version, path, cause. The API's own order varies by call. */
export function compareFindings(one: Finding, other: Finding): number {
  if (one.severity !== other.severity) {
    return SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity);
  }
  const byCvss = (other.cvss ?? 0) - (one.cvss ?? 0);
  if (byCvss !== 0) return byCvss;
  for (const field of COMPARED) {
    if (one[field] !== other[field]) return compareTexts(one[field], other[field]);
  }
  return compareTexts(restOf(one), restOf(other));
}

const COMPARED = [
  'id',
  'packageName',
  'packageVersion',
  'packagePath',
  'title',
  'cause',
  'description',
] as const satisfies readonly (keyof Finding)[];

/** What hardly ever tells two findings apart; the same library can be listed thousands of times. */
function restOf(finding: Finding): string {
  const { kind, packageType, fixedIn = '-', rawSeverity = '-', rawStatus = '-', link, isBlocking } = finding;
  const rest = [kind, packageType, fixedIn, rawSeverity, rawStatus, link, isBlocking];
  const { exploit = '-', rawExploit = '-', publishedAt, fixedAt, riskFactors, checkId } = finding;
  const dates = [publishedAt, fixedAt].map((date) => (date.kind === 'time' ? date.epochMs : date.kind));
  return [...rest, exploit, rawExploit, checkId, ...dates, ...riskFactors].join('\n');
}

/** By code units: the order must not depend on the runner's locale. */
function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
