import { SEVERITIES, type Severity } from './severity.ts';

/** The id of a finding without id, title and description. */
export const UNNAMED = 'unnamed';

/** Levels of evidence of exploits of a vulnerability, worst first. */
export const EXPLOITS = ['in-the-wild', 'poc'] as const;

export type Exploit = (typeof EXPLOITS)[number];

/** A date of a finding. `unusable`: the date is unreadable, or older than any finding can be. */
export type FindingDate =
  | { readonly kind: 'time'; readonly epochMs: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'unusable' };

/** The fix of a vulnerability. */
export interface Fix {
  /** The version that has it; undefined if the report names none. */
  readonly version: string | undefined;
}

/**
 * One finding as the report lists it; undefined stands for what the report does not name. Every text is sanitized (one line, no control characters) and whole: texts are
 * compared as they are, and cut only for display.
 */
export interface Finding {
  readonly kind: 'vulnerability' | 'compliance';
  /** The CVE or the vendor's id; without either, the title, else the description, else `unnamed`. */
  readonly id: string;
  /** True if `id` is a CVE or a vendor's id; several findings may share a title or a description. */
  readonly hasOwnId: boolean;
  /** The Console's number of a compliance check, which several issues share; undefined for a vulnerability. */
  readonly checkId: string | undefined;
  /** The title of a compliance issue; undefined for most vulnerabilities. */
  readonly title: string | undefined;
  /** The cause of a compliance issue, such as the path of a secret. */
  readonly cause: string | undefined;
  /** The severity that gates use; an unknown word counts as critical. */
  readonly severity: Severity;
  /** The Console's word for the severity, if it is unknown here. */
  readonly rawSeverity: string | undefined;
  readonly cvss: number | undefined;
  readonly packageName: string | undefined;
  readonly packageVersion: string | undefined;
  readonly packageType: string | undefined;
  /** Path of the package in the image. */
  readonly packagePath: string | undefined;
  /** Undefined without a fix. */
  readonly fix: Fix | undefined;
  /** The Console's word for the status, if it is unknown here; it counts as a fix. */
  readonly rawStatus: string | undefined;
  /** The worst evidence of an exploit; an unknown kind counts as in the wild. */
  readonly exploit: Exploit | undefined;
  /**
   * Every level of the evidence, worst first: a vulnerability exploited in the wild may have a proof of concept as
   * well.
   */
  readonly exploits: readonly Exploit[];
  /** The Console's kind of exploit, if it is unknown here; `malformed` for evidence of an unknown form. */
  readonly rawExploit: string | undefined;
  /** When the vulnerability was published. */
  readonly publishedAt: FindingDate;
  /** When its fix was published; none if the row has no such date. */
  readonly fixedAt: FindingDate;
  /** The Console's risk factors in its own words, such as `Remote execution`, `DoS - High`. */
  readonly riskFactors: readonly string[];
  /** A web address with more information. */
  readonly link: string | undefined;
  readonly description: string | undefined;
  /** True if the Console's own policy marks it as blocking. */
  readonly isBlocking: boolean;
}

/** The numbers of findings by severity, and in total. */
export interface FindingCounts extends Readonly<Record<Severity, number>> {
  readonly total: number;
}

/** The findings counted by severity. */
export function countFindings(findings: readonly Finding[]): FindingCounts {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, total: findings.length };
  for (const { severity } of findings) counts[severity] += 1;
  return counts;
}

/** The vulnerabilities among findings. */
export function vulnerabilitiesIn<Listed extends Finding>(findings: readonly Listed[]): readonly Listed[];
export function vulnerabilitiesIn<Listed extends Finding>(
  findings: readonly Listed[] | undefined,
): readonly Listed[] | undefined;
export function vulnerabilitiesIn(findings: readonly Finding[] | undefined): readonly Finding[] | undefined {
  return findings?.filter(({ kind }) => kind === 'vulnerability');
}

/** True if every finding that is counted is listed. */
export function listsAll(counts: FindingCounts | undefined, listed: readonly Finding[] | undefined): boolean {
  return listed !== undefined && (counts?.total ?? 0) <= listed.length;
}

/**
 * The larger of two counts; unknown if the findings are neither counted nor listed. The report's own counts can lack
 * severities other than the four; a list that is cut short has fewer.
 */
export function fullerCounts(
  counts: FindingCounts | undefined,
  listed: readonly Finding[] | undefined,
): FindingCounts | undefined {
  if (counts === undefined && listed?.length === 0) return undefined;
  if (listed === undefined || (counts !== undefined && counts.total > listed.length)) return counts;
  return countFindings(listed);
}

/** Compares findings by severity, CVSS, id, package, version, path, cause. The API's own order varies by call. */
export function compareFindings(one: Finding, other: Finding): number {
  if (one.severity !== other.severity) {
    return SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity);
  }
  const byCvss = (other.cvss ?? 0) - (one.cvss ?? 0);
  if (byCvss !== 0) return byCvss;
  for (const field of COMPARED) {
    if (one[field] !== other[field]) return compareTexts(one[field] ?? '', other[field] ?? '');
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

/** The facts that rarely distinguish two findings; the same library can be listed thousands of times. */
function restOf(finding: Finding): string {
  const { kind, packageType, fix, rawSeverity = '-', rawStatus = '-', link, isBlocking } = finding;
  const rest = [
    kind,
    packageType,
    fix === undefined ? '-' : fix.version,
    rawSeverity,
    rawStatus,
    link,
    isBlocking,
  ];
  const { exploits, rawExploit = '-', publishedAt, fixedAt, riskFactors, checkId } = finding;
  const dates = [publishedAt, fixedAt].map((date) => (date.kind === 'time' ? date.epochMs : date.kind));
  return [...rest, ...exploits, rawExploit, checkId, ...dates, ...riskFactors].join('\n');
}

/** Compares by code units: the order must not depend on the runner's locale. */
function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
