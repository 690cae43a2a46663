import { describe, expect, test } from '@jest/globals';
import { groupFindings, packageFixes } from '../../src/policy/finding-group.ts';
import { complianceIssue, exception, finding } from './builders.ts';

describe('Findings as people count them', () => {
  test('are one for each CVE in a package of a version, wherever it lies', () => {
    const groups = groupFindings([
      finding({ packagePath: 'a' }),
      finding({ packageVersion: '3.0.0' }),
      finding({ packagePath: 'b' }),
      finding({ id: 'CVE-2026-2' }),
    ]);
    expect(groups.map(({ finding: { id, packageVersion }, times }) => [id, packageVersion, times])).toEqual([
      ['CVE-2026-0001', '3.0.1', 2],
      ['CVE-2026-0001', '3.0.0', 1],
      ['CVE-2026-2', '3.0.1', 1],
    ]);
  });

  test('are as severe as the worst of their entries', () => {
    const [group] = groupFindings([finding({ severity: 'low' }), finding({ severity: 'critical' })]);
    expect(group?.finding.severity).toBe('critical');
  });

  test('are distinguished by cause if a number stands for several', () => {
    const issues = [
      complianceIssue({ cause: '/a' }),
      complianceIssue({ cause: '/b' }),
      complianceIssue({ cause: '/a' }),
    ];
    expect(groupFindings(issues).map(({ times }) => times)).toEqual([2, 1]);
  });
});

describe('What to update', () => {
  test('is a package once, with the versions that fix its findings', () => {
    const fixes = packageFixes([
      finding({ id: 'CVE-1' }),
      finding({ id: 'CVE-2', fix: { version: '3.0.9' } }),
      finding({ id: 'CVE-3' }),
      finding({ id: 'CVE-4', packageName: 'zlib', fix: { version: undefined } }),
    ]);
    expect(fixes).toMatchObject([
      { packageName: 'openssl', fixes: 3, versions: [{ version: '3.0.2' }, { version: '3.0.9' }] },
      { packageName: 'zlib', fixes: 1, versions: [{ version: undefined }] },
    ]);
  });

  test('is nothing for what has no fix, is accepted, or is no vulnerability', () => {
    const findings = [
      finding({ fix: undefined }),
      finding({ acceptedBy: exception }),
      complianceIssue({ fix: { version: '1' } }),
      finding({ packageName: undefined, packageVersion: undefined }),
    ];
    expect(packageFixes(findings)).toEqual([]);
  });
});
