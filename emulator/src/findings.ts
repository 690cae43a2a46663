import type { Distribution, Exploit, Vulnerability } from './api-types.ts';

type Counted = 'critical' | 'high' | 'medium' | 'low';

const WORDS = new Map<string, Counted>([
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
  return WORDS.get(word.toLowerCase());
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
  /** True if the Console's policy blocks on it. */
  readonly block?: boolean;
  readonly gracePeriodDays?: number;
  /** Default: severity, fix and exploit. */
  readonly riskFactors?: readonly string[];
  readonly exploits?: readonly Exploit[];
  /** The older field: a source of exploits, as text. */
  readonly exploit?: string;
  readonly binaryPkgs?: readonly string[];
  /** Seconds since 1970, as the API has it; 0: not known. */
  readonly published?: number;
  readonly fixDate?: number;
} & RelativeDates;

/** Dates that follow the Console's clock: days before its start; negative: after it. They win over absolute ones. */
export interface RelativeDates {
  readonly publishedAgoDays?: number;
  readonly fixedAgoDays?: number;
}

/** A finding of a scenario. Its dates may be relative to the start of the Console. */
export type DatedFinding = Vulnerability & RelativeDates;

export interface ComplianceIssueFields {
  readonly id: number;
  readonly severity: string;
  readonly title: string;
  readonly cause?: string;
  readonly block?: boolean;
}

const SCORE_OF: Record<string, number> = {
  critical: 9.8,
  high: 8.1,
  important: 7.5,
  medium: 5.3,
  moderate: 5.5,
};
const PUBLISHED_AT = Date.UTC(2026, 0, 15) / 1_000;

/** Builds a finding. CVE ids of the samples are invented and outside the assigned range. */
export function finding(given: FindingFields): DatedFinding {
  const { cve, severity, packageName, packageVersion, fixedIn } = given;
  const riskFactors = given.riskFactors ?? riskFactorsFor(given);
  const wire: Vulnerability = {
    text: '',
    id: 46,
    severity,
    cvss: given.cvss ?? SCORE_OF[severity] ?? 3.1,
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
    published: given.published ?? PUBLISHED_AT,
    fixDate: given.fixDate ?? (fixedIn === undefined ? 0 : PUBLISHED_AT + 7 * 86_400),
    discovered: '2026-02-01T00:00:00Z',
    block: given.block ?? false,
    exploit: given.exploit ?? '',
  };
  const { gracePeriodDays, exploits, binaryPkgs, publishedAgoDays, fixedAgoDays } = given;
  if (gracePeriodDays !== undefined) wire.gracePeriodDays = gracePeriodDays;
  if (exploits !== undefined) wire.exploits = exploits;
  if (binaryPkgs !== undefined) wire.binaryPkgs = binaryPkgs;
  return {
    ...wire,
    ...(publishedAgoDays === undefined ? {} : { publishedAgoDays }),
    ...(fixedAgoDays === undefined ? {} : { fixedAgoDays }),
  };
}

/** The risk factors that follow from the other fields. */
function riskFactorsFor({ severity, fixedIn, exploits = [] }: FindingFields): string[] {
  const known = normalizedSeverity(severity);
  const kinds = exploits.map(({ kind, source }) => (source === 'cisa-kev' ? 'in-the-wild' : kind));
  return [
    ...(known === undefined || known === 'low'
      ? []
      : [`${known[0]?.toUpperCase()}${known.slice(1)} severity`]),
    ...(fixedIn === undefined ? [] : [HAS_FIX]),
    ...(kinds.includes('in-the-wild') ? ['Exploit exists - in the wild'] : []),
    ...(kinds.includes('poc') ? ['Exploit exists - POC'] : []),
  ];
}

/** A finding as the API has it: relative dates become absolute ones. */
export function wireFinding(
  { publishedAgoDays, fixedAgoDays, ...wire }: DatedFinding,
  startedAtMs: number,
): Vulnerability {
  const secondsAt = (agoDays: number) => Math.floor(startedAtMs / 1_000 - agoDays * 86_400);
  return {
    ...wire,
    ...(publishedAgoDays === undefined ? {} : { published: secondsAt(publishedAgoDays) }),
    ...(fixedAgoDays === undefined ? {} : { fixDate: secondsAt(fixedAgoDays) }),
  };
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
    exploit: '',
  };
}

/**
 * The findings of a report: a list, or a number of them generated from a seed. Generated findings are never stored,
 * so that each image may have thousands.
 */
export type Findings = readonly DatedFinding[] | FindingsFromSeed;
export interface FindingsFromSeed {
  readonly seed: number;
  readonly count: number;
}

/** Every finding, in full; relative dates count from the start of the Console. */
export function allFindings(findings: Findings, startedAtMs: number): readonly Vulnerability[] {
  if (!('seed' in findings)) return findings.map((each) => wireFinding(each, startedAtMs));
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
  return generate(findings, isFixable).includes(true) ? { [HAS_FIX]: {} } : {};
}

const HAS_FIX = 'Has fix';

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
    ...(isFixable(random) ? { fixedIn: `1.${minor + 1}.0` } : {}),
    riskFactors: isFixable(random) ? [HAS_FIX] : [],
  });
}
