import type { Vulnerability } from '../api-types.ts';
import { complianceIssue, type DatedFinding, finding } from '../findings.ts';
import type { ScanSpec } from '../scenario.ts';
import { hostileComplianceIssues, hostileFindings } from './hostile-findings.ts';

/** Every severity seen in reports, and an unknown one. */
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

/** Severe findings, all with a fix. */
export const fixableFindings: readonly Vulnerability[] = [
  finding({
    cve: 'CVE-2099-1010',
    severity: 'high',
    packageName: 'express',
    packageVersion: '4.16.0',
    packageType: 'nodejs',
    fixedIn: '4.17.3, 4.16.5',
    riskFactors: ['Attack vector: network', 'Has fix', 'High severity'],
  }),
  finding({
    cve: 'CVE-2099-1011',
    severity: 'important',
    packageName: 'openssl-libs',
    packageVersion: '1:1.1.1k-5.el8',
    fixedIn: '1:1.1.1k-9.el8',
  }),
  finding({ cve: 'CVE-2099-1012', severity: 'low', packageName: 'busybox', packageVersion: '1.35.0' }),
];

/** Critical findings without a fix: every status seen for that, and an empty one. */
export const unfixableFindings: readonly Vulnerability[] = [
  'needed',
  'deferred',
  'affected',
  'open',
  'will not fix',
  '',
].map((status, place) =>
  finding({
    cve: `CVE-2099-102${place}`,
    severity: 'critical',
    packageName: 'glibc',
    packageVersion: '2.31-13',
    status,
    riskFactors: ['Critical severity', 'Exploit exists - POC'],
  }),
);

/** Unknown severities, and an empty one. */
export const unheardFindings: readonly Vulnerability[] = ['catastrophic', ''].map((severity, place) =>
  finding({
    cve: `CVE-2099-103${place}`,
    severity,
    packageName: 'libunheard',
    packageVersion: '3.1',
    fixedIn: '3.2',
  }),
);

/** Findings that the Console's policy blocks on: one at once, one after its grace period. */
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
    cve: 'CVE-2099-1008',
    severity: 'medium',
    packageName: 'jackson-databind',
    packageVersion: '2.9.8',
    packageType: 'jar',
    fixedIn: '2.9.10',
    block: true,
    gracePeriodDays: 0,
  }),
];

/** A finding that the policy blocks on once its grace period is over. */
export const gracedFindings: readonly Vulnerability[] = [
  finding({
    cve: 'CVE-2099-1007',
    severity: 'medium',
    packageName: 'curl',
    packageVersion: '7.83.0',
    fixedIn: '7.84.0',
    block: true,
    gracePeriodDays: 12,
  }),
];

/** A low finding that is exploited in the wild, and a medium one with a proof of concept. */
export const exploitedFindings: readonly DatedFinding[] = [
  finding({
    cve: 'CVE-2099-1040',
    severity: 'low',
    packageName: 'curl',
    packageVersion: '7.88.1-10+deb12u5',
    publishedAgoDays: 400,
    exploits: [{ source: 'cisa-kev', kind: 'in-the-wild', link: 'https://advisories.example/kev' }],
    binaryPkgs: ['curl', 'libcurl4'],
  }),
  finding({
    cve: 'CVE-2099-1041',
    severity: 'medium',
    packageName: 'jinja2',
    packageVersion: '3.1.2',
    packageType: 'python',
    fixedIn: '3.1.3',
    publishedAgoDays: 90,
    fixedAgoDays: 60,
    exploits: [{ source: 'HackerOne', kind: 'poc' }],
  }),
];

/**
 * Recent severe findings: a critical one whose fix is three days old, and a high one published ten days ago without a
 * fix.
 */
export const recentFindings: readonly DatedFinding[] = [
  finding({
    cve: 'CVE-2099-1050',
    severity: 'critical',
    packageName: 'openssl',
    packageVersion: '3.0.11-1~deb12u2',
    fixedIn: '3.0.13-1~deb12u1',
    publishedAgoDays: 40,
    fixedAgoDays: 3,
    binaryPkgs: ['libssl3', 'openssl'],
  }),
  finding({
    cve: 'CVE-2099-1051',
    severity: 'high',
    packageName: 'glibc',
    packageVersion: '2.36-9+deb12u4',
    status: 'open',
    publishedAgoDays: 10,
    binaryPkgs: ['libc-bin', 'libc6'],
  }),
];

/** A high finding whose fix is one day old. */
export const justFixedFindings: readonly DatedFinding[] = [
  finding({
    cve: 'CVE-2099-1060',
    severity: 'high',
    packageName: 'express',
    packageVersion: '4.18.2',
    packageType: 'nodejs',
    fixedIn: '4.19.2',
    publishedAgoDays: 200,
    fixedAgoDays: 1,
  }),
];

/** Findings of the image in production: a critical and a high one, both long known. */
export const productionFindings: readonly DatedFinding[] = [
  finding({
    cve: 'CVE-2099-1070',
    severity: 'critical',
    packageName: 'zlib',
    packageVersion: '1:1.2.13.dfsg-1',
    status: 'will not fix',
    publishedAgoDays: 300,
    binaryPkgs: ['zlib1g'],
  }),
  finding({
    cve: 'CVE-2099-1071',
    severity: 'high',
    packageName: 'lodash',
    packageVersion: '4.17.20',
    packageType: 'nodejs',
    fixedIn: '4.17.21',
    publishedAgoDays: 250,
    fixedAgoDays: 240,
  }),
];

/** The findings of production, with a newer version of one package, and one more high finding. */
export const newerFindings: readonly DatedFinding[] = [
  ...productionFindings.map((each) =>
    each.packageName === 'zlib' ? { ...each, packageVersion: '1:1.2.13.dfsg-1+deb12u1' } : each,
  ),
  finding({
    cve: 'CVE-2099-1072',
    severity: 'high',
    packageName: 'axios',
    packageVersion: '1.6.0',
    packageType: 'nodejs',
    fixedIn: '1.6.8',
    publishedAgoDays: 30,
    fixedAgoDays: 20,
  }),
];

/** Compliance issues; the policy blocks on the first. */
export const complianceIssues: readonly Vulnerability[] = [
  complianceIssue({
    id: 425,
    severity: 'high',
    title: 'Private keys stored in image',
    cause: 'Found: /home/node/.ssh/id_rsa',
    block: true,
  }),
  complianceIssue({ id: 41, severity: 'high', title: 'Image should be created with a non-root user' }),
];

/** Named results of a scan: findings, or an error. */
const SETS = new Map<string, Partial<ScanSpec>>([
  ['clean', {}],
  ['few', { findings: fewFindings }],
  ['severe', { findings: severeFindings }],
  ['fixable', { findings: fixableFindings }],
  ['unfixable', { findings: unfixableFindings }],
  ['blocked', { findings: blockedFindings }],
  ['graced', { findings: gracedFindings }],
  ['noncompliant', { complianceIssues }],
  ['exploited', { findings: exploitedFindings }],
  ['recent', { findings: recentFindings }],
  ['just-fixed', { findings: justFixedFindings }],
  ['production', { findings: productionFindings }],
  ['newer', { findings: newerFindings }],
  ['spellings', { findings: everySpelling }],
  ['unheard', { findings: unheardFindings }],
  ['huge', { findings: { seed: 20_000, count: 20_000 } }],
  ['hostile', { findings: hostileFindings, complianceIssues: hostileComplianceIssues }],
  ['uncovered', { coverageMissing: true }],
  ['broken', { outcome: 'scan-error' }],
  ['corrupt', { outcome: 'report-error', errorText: 'failed to extract layer: unexpected EOF' }],
]);

export const findingSetNames: readonly string[] = [...SETS.keys()];

/** Finds a set by name. An unknown name gives a report with an error, so that a typing error does not read as clean. */
export function findingSet(name: string): Partial<ScanSpec> {
  const errorText = `no set of findings is named ${name}; there are ${findingSetNames.join(', ')}`;
  return SETS.get(name) ?? { outcome: 'report-error', errorText };
}
