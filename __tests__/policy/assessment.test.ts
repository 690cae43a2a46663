import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Exception } from '../../src/policy/waivers/exception.ts';
import { acceptedBy } from '../../src/policy/waivers/waiver.ts';
import type { ImageScanResult } from '../../src/scan/evidence.ts';
import { SEVERITIES } from '../../src/scan/severity.ts';
import { finding } from '../builders/finding.ts';
import { exception } from '../builders/policy.ts';
import { assessOne, complianceIssue, counts, rowOf, unwaived } from './builders.ts';

const noFindings = counts();

const TODAY = '2026-11-24';
const NAME = 'registry.example.com/team/app:1.4';

const critical = finding({ id: 'CVE-1', severity: 'critical', fix: { version: '1.2' } });
const high = finding({ id: 'CVE-2', severity: 'high', cvss: 7.1 });
const worseHigh = finding({ id: 'CVE-3', severity: 'high', cvss: 8.9, fix: { version: undefined } });
const low = finding({ id: 'CVE-4', severity: 'low' });
const issue = complianceIssue();

const assessed = (row: ImageScanResult, exceptions: readonly Exception[] = []) =>
  assessOne(row, NAME, { exceptions }, TODAY);

describe('What a report says of an image', () => {
  test('is counted and put in order, the worst first', () => {
    const { vulnerabilities, compliance, fixable, accepted, findings, isComplete } = assessed(
      rowOf([low, high, issue, worseHigh, critical]),
    );
    expect(vulnerabilities).toEqual({ critical: 1, high: 2, medium: 0, low: 1, total: 4 });
    expect(compliance).toEqual(counts({ critical: 1, total: 1 }));
    expect(fixable).toEqual({ critical: 1, high: 1, medium: 0, low: 0, total: 2 });
    expect(accepted).toEqual(noFindings);
    expect(isComplete).toBe(true);
    expect(findings?.map(({ id }) => id)).toEqual(['CVE-1', issue.title, 'CVE-3', 'CVE-2', 'CVE-4']);
  });

  test('is nothing if nothing was found', () => {
    expect(assessed(rowOf([]))).toMatchObject({
      vulnerabilities: noFindings,
      compliance: noFindings,
      fixable: noFindings,
      accepted: noFindings,
      findings: [],
      isComplete: true,
      isUnsupportedDistro: false,
      matchedExceptions: [],
      ambiguousExceptions: [],
    });
  });

  test('is no more than its counts if the findings were not read', () => {
    const vulnerabilityCounts = counts({ critical: 1, total: 1 });
    expect(assessed(rowOf(undefined, { vulnerabilityCounts }), [exception()])).toMatchObject({
      vulnerabilities: vulnerabilityCounts,
      compliance: undefined,
      fixable: undefined,
      accepted: undefined,
      findings: undefined,
      isComplete: false,
      isUnsupportedDistro: false,
      matchedExceptions: [],
      ambiguousExceptions: [],
    });
    expect(assessed(rowOf(undefined)).vulnerabilities).toBeUndefined();
  });

  test('is unknown if it is neither counted nor listed, and never 0', () => {
    const unknown = rowOf([], { vulnerabilityCounts: undefined, complianceCounts: undefined });
    expect(assessed(unknown)).toMatchObject({ vulnerabilities: undefined, compliance: undefined });
  });

  test('shows if the distribution is supported', () => {
    expect(assessed(rowOf([], { isUnsupportedDistro: true })).isUnsupportedDistro).toBe(true);
  });

  test.each<[string, number, number]>([
    ['nothing, by the list', 0, 2],
    ['as much as it lists, by the list', 2, 2],
    ['more than it lists, by its own', 3, 3],
  ])('counts if it counts %s', (_what, total, expected) => {
    const own = counts({ medium: total, total });
    const row = rowOf([high, low, issue, issue], { vulnerabilityCounts: own, complianceCounts: own });
    const { vulnerabilities, compliance, fixable, accepted, isComplete } = assessed(row);
    expect([vulnerabilities?.total, compliance?.total]).toEqual([expected, expected]);
    expect(vulnerabilities?.medium).toBe(expected === 3 ? 3 : 0);
    // An unlisted finding may have a fix or be accepted.
    expect(isComplete).toBe(expected === 2);
    expect([fixable === undefined, accepted === undefined]).toEqual([expected === 3, expected === 3]);
  });

  test('is not complete if compliance issues are counted and not listed', () => {
    const row = rowOf([high], { complianceCounts: counts({ low: 1, total: 1 }) });
    expect(assessed(row)).toMatchObject({ isComplete: false, fixable: noFindings });
  });

  test('is counted by the list if it counts nothing itself', () => {
    const row = rowOf([high, issue], { vulnerabilityCounts: undefined, complianceCounts: undefined });
    expect(assessed(row)).toMatchObject({
      vulnerabilities: counts({ high: 1, total: 1 }),
      compliance: counts({ critical: 1, total: 1 }),
    });
  });

  test('is the same whatever the order of the findings', () => {
    const same = [
      low,
      low,
      { ...low, packagePath: '/a' },
      { ...low, riskFactors: ['x'] },
      { ...low, link: 'https://a/' },
    ];
    const all = [...same, high, issue, worseHigh, critical, complianceIssue({ cause: 'Found: /b' })];
    const { findings } = assessed(rowOf(all));
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(assessed(rowOf(shuffled)).findings).toEqual(findings);
      }),
    );
  });
});

describe('An exception that matches several findings without a CVE', () => {
  const [one, other] = [complianceIssue({ cause: '/a' }), complianceIssue({ cause: '/b' })];
  const byTitle = exception({ id: one.title ?? '' });
  const acceptedOf = (findings: readonly (typeof one)[], given = byTitle) =>
    assessed(rowOf(findings), [given]).findings?.map((each) => acceptedBy(each)?.id);

  test('accepts none of them, and is named', () => {
    expect(acceptedOf([one, other])).toEqual([undefined, undefined]);
    const nearMisses = [{ kind: 'exception-ambiguous', exception: byTitle }];
    expect(assessed(rowOf([one, other]), [byTitle]).findings).toMatchObject([{ nearMisses }, { nearMisses }]);
    expect(assessed(rowOf([one, other]), [byTitle])).toMatchObject({
      matchedExceptions: [byTitle],
      ambiguousExceptions: [byTitle],
    });
  });

  test.each([
    ['title', complianceIssue({ title: 'other', cause: '/a' }), '/a'],
    ['title, though only in case', complianceIssue({ ...one, title: one.title?.toUpperCase() }), one.title],
    ['severity', complianceIssue({ ...one, severity: 'low' }), one.title],
    ['the word for a severity', complianceIssue({ ...one, rawSeverity: 'grave' }), one.title],
    ['having the text as an id', finding({ id: one.title ?? '', hasOwnId: true }), one.title],
    ['cause', other, one.title],
    ['cause, though only at its end', complianceIssue({ ...one, cause: `${'/a'.repeat(400)}b` }), one.title],
    ['check', complianceIssue({ ...one, checkId: '426' }), one.title],
    ['path', complianceIssue({ ...one, packagePath: '/b' }), one.title],
    ['package', complianceIssue({ ...one, packageName: 'zlib' }), one.title],
    ['description', complianceIssue({ ...one, description: 'other' }), one.title],
    ['kind', finding({ ...one, kind: 'vulnerability' }), one.title],
  ])('accepts none of them if they differ in %s', (_what, different, id) => {
    expect(acceptedOf([one, different], exception({ id: id ?? '' }))).toEqual([undefined, undefined]);
  });

  test('accepts the same one listed several times', () => {
    expect(acceptedOf([one, one])).toEqual([one.title, one.title]);
  });

  test('accepts a CVE in several packages, and nothing that only has it as its title', () => {
    const cve = 'CVE-2026-1';
    const titled = complianceIssue({ title: cve, description: cve, cause: cve });
    const findings = [finding({ packageName: 'curl' }), finding(), titled];
    const { findings: all } = assessed(rowOf(findings), [exception({ id: cve })]);
    const accepted = all?.filter((each) => acceptedBy(each) !== undefined);
    expect(accepted?.map(({ kind, packageName }) => [kind, packageName])).toEqual([
      ['vulnerability', 'curl'],
      ['vulnerability', 'openssl'],
    ]);
  });

  test('accepts the one that it names by its cause', () => {
    const byCause = exception({ id: '425: /a' });
    expect(acceptedOf([one, other], byCause)).toEqual(['425: /a', undefined]);
  });
});

describe('A finding', () => {
  const forCritical = exception({ id: 'CVE-1' });

  test('is accepted by the exception that matches it', () => {
    const { findings, matchedExceptions: matched } = assessed(rowOf([critical, high]), [
      exception({ id: 'CVE-9' }),
      forCritical,
    ]);
    expect(findings).toEqual([
      {
        ...unwaived(critical),
        waivers: [{ kind: 'exception', format: 'own', exception: forCritical }],
      },
      unwaived(high),
    ]);
    expect(matched).toEqual([forCritical]);
  });

  test('is not accepted by an expired exception, although that matches it', () => {
    const expired = exception({ id: 'CVE-1', until: '2026-11-23' });
    const { findings, matchedExceptions: matched } = assessed(rowOf([critical]), [expired]);
    const nearMisses = [{ kind: 'exception-expired', exception: expired }];
    expect(findings).toEqual([{ ...unwaived(critical), nearMisses }]);
    expect(matched).toEqual([expired]);
  });

  test('is accepted by the first active exception that matches it', () => {
    const expired = exception({ id: 'CVE-1', until: '2026-11-23' });
    const last = exception({ id: 'CVE-1', until: TODAY });
    const { findings, matchedExceptions: matched } = assessed(rowOf([critical, critical]), [
      expired,
      last,
      forCritical,
    ]);
    expect(findings?.map(acceptedBy)).toEqual([last, last]);
    expect(matched).toEqual([expired, last, forCritical]);
  });

  test('is accepted until it has a fix, if its exception ends with that', () => {
    const untilFixed = exception({ id: 'CVE-1', untilFixed: true });
    for (const fix of [{ version: '1.2' }, { version: undefined }]) {
      const nearMisses = [{ kind: 'exception-fixed', exception: untilFixed, fix }];
      expect(assessed(rowOf([{ ...critical, fix }]), [untilFixed]).findings).toEqual([
        { ...unwaived({ ...critical, fix }), nearMisses },
      ]);
    }
    const unfixed = { ...critical, fix: undefined };
    expect(assessed(rowOf([unfixed]), [untilFixed]).findings?.map(acceptedBy)).toEqual([untilFixed]);
  });

  test('is accepted by what people decided, not by what is only less urgent', () => {
    const policy = { onlyFixed: true, exceptions: [exception({ id: 'CVE-2' })] };
    const { findings, accepted } = assessOne(rowOf([high, low, issue]), NAME, policy, TODAY);
    expect(accepted).toEqual(counts({ high: 1, total: 1 }));
    const kinds = findings?.map(({ waivers }) => waivers.map(({ kind }) => kind));
    expect(kinds).toEqual([[], ['exception', 'no-fix'], ['no-fix']]);
  });

  test('is neither lost nor made up, and never before a worse one', () => {
    const some = fc.array(
      fc.record({
        severity: fc.constantFrom(...SEVERITIES),
        cvss: fc.option(fc.double({ min: 0, max: 10, noNaN: true }), { nil: undefined }),
      }),
    );
    fc.assert(
      fc.property(some, (given) => {
        const listed = given.map((each, index) => finding({ ...each, id: String(index) }));
        const { findings = [], vulnerabilities } = assessed(rowOf(listed));
        expect(findings.map(({ id }) => id).toSorted()).toEqual(listed.map(({ id }) => id).toSorted());
        const rank = findings.map(({ severity, cvss }) => SEVERITIES.indexOf(severity) * 100 - (cvss ?? 0));
        expect(rank).toEqual(rank.toSorted((one, other) => one - other));
        expect(vulnerabilities?.total).toBe(listed.length);
      }),
    );
  });
});
