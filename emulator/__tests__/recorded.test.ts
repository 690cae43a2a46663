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
