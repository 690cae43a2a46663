import { describe, expect, test } from '@jest/globals';
import { ConsoleModel } from '../src/model.ts';
import { recorded } from '../src/scenarios/recorded.ts';
import { TestClock } from './test-clock.ts';
import { STARTS_AT_MS } from './test-console.ts';

function report(compact = false) {
  const clock = new TestClock(STARTS_AT_MS);
  const model = new ConsoleModel({ now: () => clock.nowMs(), scenario: recorded() });
  const read = () => {
    const result = model.report({ compact });
    return result.status === 200 ? (result.body ?? []) : [];
  };
  return { read, model };
}

describe('the scenario "recorded"', () => {
  const rows = report().read();

  test('has as many rows and findings as the recorded Console', () => {
    expect(rows).toHaveLength(13);
    expect(rows.reduce((sum, row) => sum + (row.vulnerabilities?.length ?? 0), 0)).toBe(261);
  });

  test('lacks the fields that the recorded Console lacks', () => {
    const text = JSON.stringify(rows);
    for (const field of [
      'scanDuration',
      'pullDuration',
      'errCode',
      'missingDistroVulnCoverage',
      'block',
      'gracePeriodDays',
    ]) {
      expect(text).not.toContain(`"${field}"`);
    }
    expect(rows.map(({ repoTag }) => repoTag?.digest)).toEqual(rows.map(() => undefined));
  });

  const findings = rows.flatMap(({ vulnerabilities }) => vulnerabilities ?? []);
  const packages = rows.flatMap(({ packages: groups }) => (groups ?? []).flatMap(({ pkgs }) => pkgs));
  const count = (is: (each: (typeof findings)[number]) => boolean) => findings.filter(is).length;

  test('has exploits of a source that is not published, and never a text in the older field', () => {
    const exploits = findings.flatMap((each) => each.exploits ?? []);
    expect(exploits).toHaveLength(48);
    expect(new Set(exploits.map((each) => JSON.stringify(each)))).toEqual(
      new Set(['{"source":"HackerOne","kind":"poc"}']),
    );
    expect(count(({ exploit }) => exploit !== '')).toBe(0);
  });

  test('has publication dates everywhere, and one moment for all fixes', () => {
    expect(count(({ published }) => published > 0)).toBe(261);
    expect(count(({ fixDate }) => fixDate > 0)).toBe(57);
    const dates = new Set(
      findings.map(({ published, fixDate }) => (fixDate && fixDate - published) / 86_400),
    );
    expect(dates).toEqual(new Set([0, 44]));
    expect(count(({ fixDate, status }) => fixDate > 0 !== status.startsWith('fixed in '))).toBe(0);
  });

  test('has risk factors for all that is high or critical, and none for 12 low findings', () => {
    const isSevere = (severity: string) => severity === 'high' || severity === 'critical';
    const factors = (each: (typeof findings)[number]) => Object.keys(each.riskFactors ?? {}).length;
    expect(count(({ severity }) => isSevere(severity))).toBe(28);
    expect(count((each) => isSevere(each.severity) && factors(each) === 0)).toBe(0);
    expect(findings.filter((each) => factors(each) === 0).map(({ severity }) => severity)).toEqual(
      new Array(12).fill('low'),
    );
  });

  test('has 1,596 packages, each with a package URL, and joins each finding to one of them', () => {
    expect(packages).toHaveLength(1_596);
    expect(packages.filter(({ purl = '' }) => !/^pkg:(deb\/debian|pypi)\/[^@?]+@[^?]+$/.test(purl))).toEqual(
      [],
    );
    for (const { vulnerabilities, packages: groups } of rows) {
      const pkgs = (groups ?? []).flatMap((group) => group.pkgs);
      for (const { packageName, packageVersion } of vulnerabilities ?? []) {
        const joined = pkgs.filter(({ name, version }) => name === packageName && version === packageVersion);
        expect(joined).toHaveLength(1);
      }
    }
  });

  test('names source packages in 209 findings, 185 of them with their binary packages', () => {
    expect(count(({ packageType }) => packageType === 'package')).toBe(209);
    expect(count(({ packageType }) => packageType === 'python')).toBe(52);
    expect(count(({ binaryPkgs }) => binaryPkgs !== undefined)).toBe(185);
  });

  test('has some 60 fields in a row, and the name of the Defender', () => {
    expect(Object.keys(rows[0] ?? {}).length).toBeGreaterThan(60);
    expect(rows.map(({ hostname }) => hostname)).toEqual(rows.map(() => 'defender-1.example'));
  });

  test('has times without trailing zeros', () => {
    const times = rows.map(({ scanTime = '' }) => scanTime);
    expect(times.filter((time) => /\.\d*0Z$/.test(time))).toEqual([]);
    expect(times.filter((time) => /\.\d\dZ$/.test(time)).length).toBeGreaterThan(0);
  });

  test('has rows in no alphabetical order, the same in each answer', () => {
    const { read } = report();
    const names = () => read().map(({ _id }) => _id);
    const first = names();
    expect(first).not.toEqual(first.toSorted());
    expect(names()).toEqual(first);
  });

  test('has the findings of a row in another order in each answer', () => {
    const { read } = report();
    const cves = () =>
      read()
        .find((row) => row.vulnerabilitiesCount === 43)
        ?.vulnerabilities?.map(({ cve }) => cve);
    const [first, second] = [cves(), cves()];
    expect(second).not.toEqual(first);
    expect(second?.toSorted()).toEqual(first?.toSorted());
  });

  test('keeps digests and counts in the compact form, and no lists', () => {
    for (const row of JSON.parse(JSON.stringify(report(true).read()))) {
      expect(row).toMatchObject({
        repoDigests: [expect.stringContaining('@sha256:')],
        vulnerabilities: null,
        complianceIssues: null,
        packages: null,
        binaries: null,
      });
      expect(row).not.toHaveProperty('layers');
    }
  });

  test('is filtered by a search', () => {
    const { model } = report();
    const result = model.report({ search: 'PORTAL/web' });
    expect(result.status === 200 ? result.body?.length : 0).toBe(5);
  });
});
