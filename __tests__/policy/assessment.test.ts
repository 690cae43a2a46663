import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assess } from '../../src/gate/assessment.ts';
import { SEVERITIES } from '../../src/scan/severity.ts';
import { exception, finding, noFindings, rowOf } from './findings.ts';

const TODAY = '2026-11-24';
const NAME = 'registry.example.com/team/app:1.4';

const critical = finding({ id: 'CVE-1', severity: 'critical', fix: '1.2' });
const high = finding({ id: 'CVE-2', severity: 'high', cvss: 7.1 });
const worseHigh = finding({ id: 'CVE-3', severity: 'high', cvss: 8.9, fix: '' });
const low = finding({ id: 'CVE-4', severity: 'low' });
const issue = finding({ id: '41', kind: 'compliance', severity: 'critical', fix: '1' });

const assessed = (...[row, exceptions = []]: [Parameters<typeof assess>[0], Parameters<typeof assess>[2]?]) =>
  assess(row, NAME, exceptions, TODAY);

describe('What a report says of an image', () => {
  test('is counted and put in order, the worst first', () => {
    const { counts, fixable, findings } = assessed(rowOf([low, high, issue, worseHigh, critical]));
    expect(counts).toEqual({ critical: 1, high: 2, medium: 0, low: 1, total: 4 });
    expect(fixable).toEqual({ critical: 1, high: 1, medium: 0, low: 0, total: 2 });
    expect(findings?.map(({ id }) => id)).toEqual(['41', 'CVE-1', 'CVE-3', 'CVE-2', 'CVE-4']);
  });

  test('puts what has no score after what has one, and leaves equals in their order', () => {
    const [first, second, scored, zero] = [
      finding({ id: 'first' }),
      finding({ id: 'second' }),
      finding({ id: 'scored', cvss: 0.1 }),
      finding({ id: 'zero', cvss: 0 }),
    ] as const;
    const order = assessed(rowOf([first, zero, second, scored])).findings?.map(({ id }) => id);
    expect(order).toEqual(['scored', 'first', 'zero', 'second']);
  });

  test('is nothing where nothing was found', () => {
    expect(assessed(rowOf([]))).toEqual({
      counts: noFindings,
      fixable: noFindings,
      findings: [],
      isUncovered: false,
      matched: [],
    });
  });

  test('is no more than its counts where the findings were not read', () => {
    const counts = { critical: 1, high: 0, medium: 0, low: 0, total: 1 };
    expect(assessed(rowOf(undefined, { counts }), [exception()])).toEqual({
      counts,
      fixable: undefined,
      findings: undefined,
      isUncovered: false,
      matched: [],
    });
    expect(assessed(rowOf(undefined)).counts).toBeUndefined();
  });

  test('tells whether the system is covered', () => {
    expect(assessed(rowOf([], { isUncovered: true })).isUncovered).toBe(true);
  });

  test.each<[string, number, number]>([
    ['nothing, by the list', 0, 2],
    ['as much as it lists, by the list', 2, 2],
    ['more than it lists, by its own', 3, 3],
  ])('counts where it counts %s', (_what, total, expected) => {
    const row = rowOf([high, low, issue], { counts: { ...noFindings, medium: total, total } });
    expect(assessed(row).counts?.total).toBe(expected);
    expect(assessed(row).counts?.medium).toBe(expected === 3 ? 3 : 0);
  });

  test('is counted by the list where it counts nothing itself', () => {
    expect(assessed(rowOf([high, issue], { counts: undefined })).counts).toEqual({
      critical: 0,
      high: 1,
      medium: 0,
      low: 0,
      total: 1,
    });
  });
});

describe('A finding', () => {
  const forCritical = exception({ id: 'CVE-1' });

  test('is accepted by the exception that speaks of it', () => {
    const { findings, matched } = assessed(rowOf([critical, high]), [
      exception({ id: 'CVE-9' }),
      forCritical,
    ]);
    expect(findings).toEqual([
      { ...critical, acceptedBy: forCritical },
      { ...high, acceptedBy: undefined },
    ]);
    expect(matched).toEqual([forCritical]);
  });

  test('is accepted by nothing that has expired, although that speaks of it', () => {
    const expired = exception({ id: 'CVE-1', until: '2026-11-23' });
    const { findings, matched } = assessed(rowOf([critical]), [expired]);
    expect(findings).toEqual([{ ...critical, acceptedBy: undefined }]);
    expect(matched).toEqual([expired]);
  });

  test('is accepted by the first in force of those that speak of it', () => {
    const expired = exception({ id: 'CVE-1', until: '2026-11-23' });
    const last = exception({ id: 'CVE-1', until: TODAY });
    const { findings, matched } = assessed(rowOf([critical, critical]), [expired, last, forCritical]);
    expect(findings?.map(({ acceptedBy }) => acceptedBy)).toEqual([last, last]);
    expect(matched).toEqual([expired, last, forCritical]);
  });

  test('is accepted only in the package and the image that the exception is about', () => {
    const accepts = (given: Parameters<typeof exception>[0]) =>
      assessed(rowOf([critical]), [exception({ id: 'CVE-1', ...given })]).matched.length === 1;
    expect([accepts({ package: 'open*' }), accepts({ package: 'zlib' })]).toEqual([true, false]);
    expect([accepts({ image: '*/team/app:*' }), accepts({ image: 'other' })]).toEqual([true, false]);
  });

  test('of compliance can be accepted by its number', () => {
    const byNumber = exception({ id: '41' });
    expect(assessed(rowOf([issue]), [byNumber]).findings).toEqual([{ ...issue, acceptedBy: byNumber }]);
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
        const { findings = [], counts } = assessed(rowOf(listed));
        expect(findings.map(({ id }) => id).toSorted()).toEqual(listed.map(({ id }) => id).toSorted());
        const rank = findings.map(({ severity, cvss }) => SEVERITIES.indexOf(severity) * 100 - (cvss ?? 0));
        expect(rank).toEqual(rank.toSorted((one, other) => one - other));
        expect(counts?.total).toBe(listed.length);
      }),
    );
  });
});
