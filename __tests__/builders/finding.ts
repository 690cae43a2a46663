import type { Finding } from '../../src/scan/finding.ts';

/** A low vulnerability without a fix, with whatever is given instead. */
export function finding(given: Partial<Finding> = {}): Finding {
  return {
    kind: 'vulnerability',
    id: 'CVE-2026-1',
    hasOwnId: true,
    checkId: undefined,
    title: undefined,
    cause: undefined,
    severity: 'low',
    rawSeverity: undefined,
    cvss: undefined,
    packageName: 'openssl',
    packageVersion: '3.0.1',
    packageType: 'package',
    packagePath: undefined,
    fix: undefined,
    rawStatus: undefined,
    exploit: given.exploit,
    exploits: given.exploit === undefined ? [] : [given.exploit],
    rawExploit: undefined,
    publishedAt: { kind: 'none' },
    fixedAt: { kind: 'none' },
    riskFactors: [],
    link: undefined,
    description: undefined,
    isBlocking: false,
    ...given,
  };
}

/** What a compliance issue has in place of a package: a number, a title and a cause. */
export const COMPLIANCE_ISSUE: Partial<Finding> = {
  kind: 'compliance',
  hasOwnId: false,
  checkId: '425',
  title: 'Private keys stored in image',
  packageName: undefined,
  packageVersion: undefined,
  packageType: undefined,
};
