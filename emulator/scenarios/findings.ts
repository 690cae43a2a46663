import type { Vulnerability } from '../wire.ts';

type FindingGiven = {
  readonly cve: string;
  readonly severity: string;
  readonly packageName: string;
  readonly packageVersion: string;
  readonly packageType?: string;
  readonly cvss?: number;
  /** The version that fixes it; none, where left out. */
  readonly fixedIn?: string;
  /** Whether the Console's own policy blocks on it. */
  readonly block?: boolean;
  readonly gracePeriodDays?: number;
  readonly riskFactors?: readonly string[];
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
    status: fixedIn === undefined ? 'needed' : `fixed in ${fixedIn}`,
    cve,
    cause: '',
    description: `A made-up weakness of ${packageName}.`,
    title: '',
    vecStr: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:L',
    riskFactors: Object.fromEntries(riskFactors.map((factor) => [factor, {}])),
    link: `https://advisories.example/${cve}`,
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

const severities = ['low', 'medium', 'low', 'high', 'medium', 'low', 'negligible', 'critical'];

/** So many findings, the same ones in every run: every severity, every other one with a fix. */
export function manyFindings(count: number): Vulnerability[] {
  return Array.from({ length: count }, (_, place) =>
    finding({
      cve: `CVE-2099-${String(100_000 + place)}`,
      severity: severities[place % severities.length] ?? 'low',
      packageName: `package-${place % 997}`,
      packageVersion: `1.${place % 13}.0`,
      ...(place % 2 === 0 ? { fixedIn: `1.${(place % 13) + 1}.0` } : {}),
    }),
  );
}

/** Every word for a severity that has been seen in reports, and one that has not. */
export const everySpelling: readonly Vulnerability[] = [
  'critical',
  'high',
  'important',
  'medium',
  'moderate',
  'low',
  'unimportant',
  'negligible',
  'unassigned',
  'unreviewed',
  'catastrophic',
].map((severity, place) =>
  finding({
    cve: `CVE-2099-20${String(place).padStart(2, '0')}`,
    severity,
    packageName: 'libspelling',
    packageVersion: '0.9',
  }),
);

export const fewFindings: readonly Vulnerability[] = [
  finding({
    cve: 'CVE-2099-1001',
    severity: 'medium',
    packageName: 'zlib',
    packageVersion: '1.2.11',
    fixedIn: '1.2.12',
  }),
  finding({ cve: 'CVE-2099-1002', severity: 'low', packageName: 'busybox', packageVersion: '1.35.0' }),
];

export const severeFindings: readonly Vulnerability[] = [
  finding({
    cve: 'CVE-2099-1003',
    severity: 'critical',
    packageName: 'openssl',
    packageVersion: '1.1.1n',
    fixedIn: '1.1.1t',
    riskFactors: ['Attack complexity: low', 'Critical severity', 'Has fix', 'Remote execution'],
  }),
  finding({
    cve: 'CVE-2099-1004',
    severity: 'high',
    packageName: 'lodash',
    packageVersion: '4.17.15',
    packageType: 'nodejs',
    fixedIn: '4.17.21',
  }),
  finding({ cve: 'CVE-2099-1005', severity: 'high', packageName: 'glibc', packageVersion: '2.31' }),
  ...fewFindings,
];

/** Findings on which the Console's own policy acts: one blocks, one still has days of grace. */
export const blockedFindings: readonly Vulnerability[] = [
  finding({
    cve: 'CVE-2099-1006',
    severity: 'high',
    packageName: 'log4j-core',
    packageVersion: '2.14.1',
    packageType: 'jar',
    fixedIn: '2.17.1',
    block: true,
  }),
  finding({
    cve: 'CVE-2099-1007',
    severity: 'medium',
    packageName: 'curl',
    packageVersion: '7.83.0',
    fixedIn: '7.84.0',
    gracePeriodDays: 12,
  }),
];
