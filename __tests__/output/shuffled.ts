import type { AssessedFinding } from '../../src/policy/waivers/waiver.ts';
import { complianceIssue, finding } from './builders.ts';

/** Elements in an order that a seed decides. */
export function shuffled<T>(elements: readonly T[], seed: number): readonly T[] {
  let state = seed + 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return elements
    .map((element) => ({ element, key: random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ element }) => element);
}

/** Findings that are alike in ever more: severity, CVSS, id, package, version, path; and compliance issues of one number. */
export const alikeFindings: readonly AssessedFinding[] = [
  finding(),
  finding(),
  finding({ severity: 'critical', cvss: 9.8 }),
  finding({ severity: 'critical', cvss: undefined }),
  finding({ cvss: 7.5 }),
  finding({ id: 'CVE-2026-0002' }),
  finding({ packageName: 'libssl' }),
  finding({ packageVersion: '1.1.1' }),
  finding({ packageType: 'go', packagePath: '/usr/bin/one' }),
  finding({ packageType: 'go', packagePath: '/usr/bin/two' }),
  finding({ description: 'Another text for the same.' }),
  finding({ id: '46', hasOwnId: false, packageName: 'left-pad' }),
  finding({ id: '46', hasOwnId: false, packageName: 'right-pad' }),
  complianceIssue(),
  complianceIssue({ cause: 'Found: /root/.ssh/id_rsa' }),
  complianceIssue({ title: 'Malware found in image', cause: 'Found: /usr/bin/miner', severity: 'critical' }),
];
