import { complianceIssue, finding } from '../finding.ts';
import type { Vulnerability } from '../wire.ts';

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

/** Bad, and all with a fix: what a build can get rid of today. */
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

/** As bad as can be, and nothing to be done: every word for "no fix" that has been seen, and none at all. */
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

/** Severities that no list has, the empty word among them. */
export const unheardFindings: readonly Vulnerability[] = ['catastrophic', ''].map((severity, place) =>
  finding({
    cve: `CVE-2099-103${place}`,
    severity,
    packageName: 'libunheard',
    packageVersion: '3.1',
    fixedIn: '3.2',
  }),
);

/** Findings on which the Console's own policy acts: one blocks, and so does one whose grace is over. */
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

/** A finding on which the policy would block, were there no days of grace left. */
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

/** Not a weakness of a package: how the image is made. The policy blocks on the first. */
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
