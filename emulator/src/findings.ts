import type { Distribution, Vulnerability } from './api-types.ts';

type Counted = 'critical' | 'high' | 'medium' | 'low';

const words = new Map<string, Counted>([
  ['critical', 'critical'],
  ['high', 'high'],
  ['important', 'high'],
  ['medium', 'medium'],
  ['moderate', 'medium'],
  ['low', 'low'],
  ['unimportant', 'low'],
  ['negligible', 'low'],
  ['unassigned', 'low'],
  ['unreviewed', 'low'],
]);

/** Maps a severity to one of the four; undefined for an unknown word. */
export function normalizedSeverity(word: string): Counted | undefined {
  return words.get(word.toLowerCase());
}

/** Counts by severity; an unknown word counts in the total alone. */
export function distribution(severities: readonly string[]): Distribution {
  const counts: Distribution = { critical: 0, high: 0, medium: 0, low: 0, total: severities.length };
  for (const severity of severities) {
    const known = normalizedSeverity(severity);
    if (known !== undefined) counts[known] += 1;
  }
  return counts;
}

export type FindingFields = {
  readonly cve: string;
  readonly severity: string;
  readonly packageName: string;
  readonly packageVersion: string;
  readonly packageType?: string;
  readonly cvss?: number;
  /** Version with the fix; default: no fix. */
  readonly fixedIn?: string;
  /** Status of the fix; default: derived from `fixedIn`. */
  readonly status?: string;
  readonly description?: string;
  readonly link?: string;
  /** Whether the Console's policy blocks on it. */
  readonly block?: boolean;
  readonly gracePeriodDays?: number;
  readonly riskFactors?: readonly string[];
};

export type ComplianceIssueFields = {
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

/** Builds a finding. CVE ids of the samples are invented and outside the assigned range. */
export function finding(given: FindingFields): Vulnerability {
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

/** Builds a compliance issue: a finding without CVE and package. */
export function complianceIssue({ id, severity, title, cause, block }: ComplianceIssueFields): Vulnerability {
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

/**
 * The findings of a report: a list, or a number of them generated from a seed. Generated findings are never stored,
 * so that each image may have thousands.
 */
export type Findings = readonly Vulnerability[] | FindingsFromSeed;
export type FindingsFromSeed = { readonly seed: number; readonly count: number };

/** Every finding, in full. */
export function allFindings(findings: Findings): readonly Vulnerability[] {
  if (!('seed' in findings)) return findings;
  return generate(findings, (random, index) => findingOf(random, index));
}

/** The severities alone, for counts. */
export function severitiesOf(findings: Findings): readonly string[] {
  if (!('seed' in findings)) return findings.map(({ severity }) => severity);
  return generate(findings, severityOf);
}

/** The risk factors of all findings together. */
export function riskFactorsOf(findings: Findings): Record<string, Record<string, never>> {
  if (!('seed' in findings)) {
    return Object.assign({}, ...findings.map((each) => each.riskFactors ?? {}));
  }
  return generate(findings, isFixable).includes(true) ? { [hasFix]: {} } : {};
}

const hasFix = 'Has fix';

function generate<Made>(
  { seed, count }: FindingsFromSeed,
  make: (random: number, index: number) => Made,
): Made[] {
  return Array.from({ length: count }, (_, index) => make(randomBits(seed, index), index));
}

/** Seeded random bits for one position: the finalizer of MurmurHash3. */
function randomBits(seed: number, index: number): number {
  let bits = Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** Of 100 findings, 2 are critical, 10 high, 33 medium, 45 low, 10 negligible. */
function severityOf(random: number): string {
  const percent = random % 100;
  if (percent < 2) return 'critical';
  if (percent < 12) return 'high';
  if (percent < 45) return 'medium';
  return percent < 90 ? 'low' : 'negligible';
}

function isFixable(random: number): boolean {
  return (random >>> 8) % 2 === 0;
}

function findingOf(random: number, index: number): Vulnerability {
  const minor = (random >>> 16) % 13;
  return finding({
    cve: `CVE-2099-${100_000 + index}`,
    severity: severityOf(random),
    packageName: `package-${(random >>> 4) % 997}`,
    packageVersion: `1.${minor}.0`,
    ...(isFixable(random) ? { fixedIn: `1.${minor + 1}.0`, riskFactors: [hasFix] } : {}),
  });
}
