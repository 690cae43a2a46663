import type { Severity } from './severity.ts';

/** One thing that the scanner found, as the report lists it. Every text is harmless plain text already. */
export interface Finding {
  readonly kind: 'vulnerability' | 'compliance';
  /** `CVE-2026-1234`, or by what else the Console knows it. */
  readonly id: string;
  /** The severity that gates go by; a word that nobody knows counts as the worst. */
  readonly severity: Severity;
  /** The Console's own word for the severity, where it is none that is known here. */
  readonly unknownWord: string | undefined;
  readonly cvss: number | undefined;
  readonly packageName: string;
  readonly packageVersion: string;
  readonly packageType: string;
  /** The version that has the fix; empty where there is a fix, and no version told; undefined without a fix. */
  readonly fix: string | undefined;
  /** An address in the web to read more; empty for none. */
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
