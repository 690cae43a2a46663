import { describe, expect, test } from '@jest/globals';
import type { Assessment } from '../../../src/policy/result.ts';
import type { Exception } from '../../../src/policy/waivers/exception.ts';
import { expiringExceptions, usedExceptions } from '../../../src/policy/waivers/exception-review.ts';
import { exceptionWarnings } from '../../../src/text/exception-warnings.ts';
import { finding } from '../../builders/finding.ts';
import { exception } from '../../builders/policy.ts';
import { assessOne, complianceIssue, counts, rowOf } from '../builders.ts';

const TODAY = '2026-11-24';

/** An image with these findings, assessed with these exceptions. */
const image = (name: string, ids: readonly string[], exceptions: readonly Exception[]) => ({
  name,
  assessment: assessOne(rowOf(ids.map((id) => finding({ id }))), name, { exceptions }, TODAY),
});

const unread = (name: string): { name: string; assessment: Assessment } => ({
  name,
  assessment: assessOne(rowOf(undefined), name, {}, TODAY),
});

describe('A review of exceptions', () => {
  const one = exception({ id: 'CVE-1' });
  const two = exception({ id: 'CVE-2' });

  test('names those that accepted something, and where', () => {
    const file = [one, two, exception({ id: 'CVE-3', until: '2026-01-01' })];
    const images = [
      image('app:1', ['CVE-2', 'CVE-3', 'CVE-4'], file),
      image('app:2', ['CVE-1', 'CVE-2', 'CVE-2'], file),
      { name: 'app:3', assessment: undefined },
      unread('app:4'),
    ];
    expect(usedExceptions(images)).toEqual([
      { exception: two, images: ['app:1', 'app:2'] },
      { exception: one, images: ['app:2'] },
    ]);
  });

  test('warns of nothing if all are in use, and for long', () => {
    expect(exceptionWarnings([one, two], [image('app:1', ['CVE-1', 'CVE-2'], [one, two])], TODAY)).toEqual(
      [],
    );
    expect(exceptionWarnings([], [image('app:1', ['CVE-1'], [])], TODAY)).toEqual([]);
  });

  const EXPIRED =
    /^Exceptions that have expired, so the findings that they accepted count again: CVE-1, until /;
  const EXPIRING = /^Exceptions that expire within a week: CVE-1, until /;

  test.each<[string, RegExp | undefined]>([
    ['2020-01-01', EXPIRED],
    ['2026-11-23', EXPIRED],
    ['2026-11-24', EXPIRING],
    ['2026-11-25', EXPIRING],
    ['2026-11-30', EXPIRING],
    ['2026-12-01', undefined],
    ['2027-11-24', undefined],
  ])('warns of one until %s', (until, expected) => {
    const given = exception({ id: 'CVE-1', until });
    const warnings = exceptionWarnings([given], [image('app:1', ['CVE-1'], [given])], TODAY);
    expect(warnings).toEqual(expected === undefined ? [] : [expect.stringMatching(expected)]);
    for (const warning of warnings) expect(warning.endsWith(`, until ${until}.`)).toBe(true);
  });

  test('counts the week over the end of a year, and of a February with 29 days', () => {
    const warned = (until: string, today: string) => {
      const given = exception({ id: 'CVE-1', until });
      return exceptionWarnings([given], [image('app:1', ['CVE-1'], [given])], today).length;
    };
    expect([warned('2027-01-05', '2026-12-30'), warned('2027-01-06', '2026-12-30')]).toEqual([1, 0]);
    expect([warned('2028-03-03', '2028-02-26'), warned('2028-03-04', '2028-02-26')]).toEqual([1, 0]);
  });

  const UNMATCHED =
    'Exceptions that match no finding of these images and can be removed if no other image needs them: ';

  test('names those that match nothing, by all that they say', () => {
    const precise = exception({ id: 'CVE-3', package: 'zlib', image: 'other:*', until: '2027-01-01' });
    const file = [one, two, precise];
    expect(exceptionWarnings(file, [image('app:1', ['CVE-1'], file)], TODAY)).toEqual([
      `${UNMATCHED}CVE-2, until 2026-12-31; CVE-3, zlib, other:*, until 2027-01-01.`,
    ]);
  });

  test('takes for matched what any image has', () => {
    const file = [one, two];
    const images = [image('app:1', ['CVE-1'], file), image('app:2', ['CVE-2'], file)];
    expect(exceptionWarnings(file, images, TODAY)).toEqual([]);
  });

  test.each([
    ['no image was scanned', []],
    ['one image was never assessed', [image('app:1', [], [one]), { name: 'app:2', assessment: undefined }]],
    [
      'a report counts more than it lists',
      [
        {
          name: 'app:1',
          assessment: assessOne(
            rowOf([], { vulnerabilityCounts: counts({ low: 1, total: 1 }) }),
            'app:1',
            {},
            TODAY,
          ),
        },
      ],
    ],
    ['the findings of one could not be read', [image('app:1', [], [one]), unread('app:2')]],
  ])('warns of nothing that matches nothing if %s', (_what, images) => {
    expect(exceptionWarnings([one], images, TODAY)).toEqual([]);
  });

  test('names those that match several findings without a CVE, and accept none of them', () => {
    const given = exception({ id: complianceIssue().title ?? '' });
    const issues = [complianceIssue({ cause: '/a' }), complianceIssue({ cause: '/b' })];
    const assessed = {
      name: 'app:1',
      assessment: assessOne(rowOf(issues), 'app:1', { exceptions: [given] }, TODAY),
    };
    expect(exceptionWarnings([given], [assessed], TODAY)).toEqual([
      'Exceptions that match several findings without a CVE and accept none of them; give title and cause as id, as the message names them: ' +
        'Private keys stored in image, until 2026-12-31.',
    ]);
    expect(usedExceptions([assessed])).toEqual([]);
  });

  test('distinguishes the expired from those that are about to expire', () => {
    const until = (day: string) => exception({ id: day, until: day });
    const file = ['2026-11-23', '2026-11-24', '2026-11-30', '2026-12-01'].map(until);
    const { expired, expiring } = expiringExceptions(file, TODAY);
    expect([expired.map(({ id }) => id), expiring.map(({ id }) => id)]).toEqual([
      ['2026-11-23'],
      ['2026-11-24', '2026-11-30'],
    ]);
  });

  test('names an expired one that matches nothing for both', () => {
    const old = exception({ id: 'CVE-9', until: '2026-11-01' });
    expect(exceptionWarnings([old], [image('app:1', [], [old])], TODAY)).toEqual([
      'Exceptions that have expired, so the findings that they accepted count again: CVE-9, until 2026-11-01.',
      `${UNMATCHED}CVE-9, until 2026-11-01.`,
    ]);
  });

  test.each([
    [10, '; CVE-9, until 2026-12-31.'],
    [11, '; CVE-9, until 2026-12-31 and 1 more.'],
    [500, '; CVE-9, until 2026-12-31 and 490 more.'],
  ])('names no more than ten of %i', (count, end) => {
    const many = Array.from({ length: count }, (_, index) => exception({ id: `CVE-${index}` }));
    const [warning = '', ...others] = exceptionWarnings(many, [image('app:1', [], many)], TODAY);
    expect(others).toEqual([]);
    expect(warning.endsWith(end)).toBe(true);
  });
});
