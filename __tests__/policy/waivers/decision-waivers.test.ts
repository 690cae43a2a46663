import { describe, expect, test } from '@jest/globals';
import { decodeTrivyIgnore } from '../../../src/config/decision-files/trivyignore.ts';
import { decisionWaivers } from '../../../src/policy/waivers/decision-waivers.ts';
import { EMPTY_BOOK } from '../../../src/policy/waivers/decisions/decision-book.ts';
import type { AssessableImage } from '../../../src/policy/waivers/waiver-source.ts';
import { finding } from '../../builders/finding.ts';
import { assessable, complianceIssue, counts, noonOf, rowOf } from '../builders.ts';
import { DAY_MS, NOW, openssl, statement, vexDocument } from './decisions/builders.ts';

const NAME = 'registry.example.com/team/app:1.0';
const MADE_AT = NOW - DAY_MS;
const DIGEST = `sha256:${'c'.repeat(64)}` as const;

const vulnerable = finding();
const listed = rowOf([vulnerable], { packages: [openssl()] });

/** The entries of a `.trivyignore.yaml` for the one CVE, with these last days. */
const entriesOf = (expirations: readonly string[]) => {
  const entries = expirations.map((expiredAt) =>
    Object.entries({ id: 'CVE-2026-1', statement: 'not reachable', expired_at: expiredAt }),
  );
  return decodeTrivyIgnore(new Map([['vulnerabilities', entries.map((each) => new Map(each))]])).entries;
};

function waiversOf(
  statements: readonly object[],
  expirations: readonly string[] = [],
  images: readonly AssessableImage[] = [assessable(NAME, listed)],
) {
  const vexFiles = statements.length === 0 ? [] : [vexDocument(statements)];
  const ignoreFiles = [{ file: '.trivyignore.yaml', entries: entriesOf(expirations) }];
  return decisionWaivers(images, { ...EMPTY_BOOK, vexFiles, ignoreFiles }, noonOf('2026-11-30'));
}

const vex = (given: object) => ({
  kind: 'vex',
  statement: {
    file: 'vex.json',
    author: 'Example Security',
    vulnerability: 'CVE-2026-1',
    status: 'not_affected',
    reason: 'vulnerable code not present',
    madeAtMs: MADE_AT,
    endsAtMs: MADE_AT + EMPTY_BOOK.vexMaxAgeMs,
    ...given,
  },
});
const entry = (until: string) => ({
  kind: 'exception',
  format: 'trivyignore',
  exception: { id: 'CVE-2026-1', until },
});
const expired = (until: string) => ({ kind: 'exception-expired', exception: { until } });
const near = (status: string, why: string) => ({
  kind: 'vex',
  file: 'vex.json',
  vulnerability: 'CVE-2026-1',
  status,
  why,
});

const explained = statement({ justification: undefined, impact_statement: 'It is never called.' });
const both = statement({ impact_statement: 'It is never called.' });
const ofVersion = [{ '@id': 'registry.example.com/team/app:1.0' }];
const fixed = statement({ status: 'fixed', justification: undefined, products: ofVersion });
const affected = statement({ status: 'affected', justification: undefined });
const unjustified = statement({ justification: undefined });

describe('The waivers from the decisions of others', () => {
  test.each<[string, readonly object[], readonly string[], readonly object[], readonly object[]]>([
    ['nothing', [], [], [], []],
    ['a statement', [statement()], [], [vex({})], []],
    ['a statement with an impact', [explained], [], [vex({ reason: 'It is never called.' })], []],
    ['both reasons', [both], [], [vex({ reason: 'vulnerable code not present: It is never called.' })], []],
    ['a fix', [fixed], [], [vex({ status: 'fixed', reason: '' })], []],
    ['an entry', [], ['2026-12-31'], [entry('2026-12-30')], []],
    ['both', [statement()], ['2026-12-31'], [vex({}), entry('2026-12-30')], []],
    ['an entry that ends today', [], ['2026-11-30'], [], [expired('2026-11-29')]],
    ['a statement that it is affected', [affected], [], [], []],
    ['a statement without a reason', [unjustified], [], [], [near('not_affected', 'unjustified')]],
    [
      'neither',
      [unjustified],
      ['2026-11-30'],
      [],
      [expired('2026-11-29'), near('not_affected', 'unjustified')],
    ],
    ['an entry beside one that ended', [], ['2026-11-30', '2026-12-31'], [entry('2026-12-30')], []],
    ['a statement beside an entry that ended', [statement()], ['2026-11-30'], [vex({})], []],
    [
      'an entry beside a statement without a reason',
      [unjustified],
      ['2026-12-31'],
      [entry('2026-12-30')],
      [],
    ],
  ])('of %s', (_what, statements, expirations, waivers, nearMisses) => {
    const image = assessable(NAME, listed);
    expect(waiversOf(statements, expirations, [image]).of(image, vulnerable)).toMatchObject({
      waivers,
      nearMisses,
    });
  });

  test('are of each image by its own digests, and none of the regular scan', () => {
    const own = { ...assessable(NAME, listed), digests: [DIGEST] };
    const regular = { ...own, image: undefined };
    const products = [{ '@id': `registry.example.com/team/app@${DIGEST}` }];
    const images = [own, assessable(NAME, rowOf([vulnerable])), regular];
    const { of } = waiversOf([statement({ products })], [], images);
    expect(images.map((image) => of(image, vulnerable).waivers.length)).toEqual([1, 0, 0]);
  });

  test.each<[string, readonly AssessableImage[], readonly string[], boolean]>([
    ['lists all', [assessable(NAME, listed)], [], true],
    ['lists no package', [assessable(NAME, rowOf([vulnerable]))], [NAME], true],
    [
      'lists a package without a URL',
      [assessable(NAME, rowOf([vulnerable], { packages: [openssl({ purl: undefined })] }))],
      [NAME],
      true,
    ],
    [
      'lists one of two with a URL',
      [assessable(NAME, rowOf([vulnerable], { packages: [openssl({ purl: undefined }), openssl()] }))],
      [],
      true,
    ],
    ['has no finding', [assessable(NAME, rowOf([]))], [], true],
    ['counts nothing', [assessable(NAME, { ...listed, vulnerabilityCounts: undefined })], [], true],
    ['counts more', [assessable(NAME, { ...listed, vulnerabilityCounts: counts({ total: 2 }) })], [], false],
    [
      'lists issues instead',
      [
        assessable(
          NAME,
          rowOf([complianceIssue()], { packages: [openssl()], vulnerabilityCounts: counts({ total: 1 }) }),
        ),
      ],
      [],
      false,
    ],
    ['was not read', [assessable(NAME, rowOf(undefined))], [], false],
    [
      'was read beside one that was not',
      [assessable(NAME, listed), assessable(NAME, rowOf(undefined))],
      [],
      false,
    ],
    [
      'was read beside one that counts more',
      [assessable(NAME, listed), assessable(NAME, { ...listed, vulnerabilityCounts: counts({ total: 2 }) })],
      [],
      false,
    ],
    ['is of the regular scan', [{ ...assessable(NAME, listed), image: undefined }], [], false],
  ])('come with a review of a report that %s', (_what, images, imagesWithoutUrls, areAllListed) => {
    expect(waiversOf([], [], images).review).toEqual({
      statements: [],
      entries: [],
      imagesWithoutUrls,
      areAllListed,
    });
  });

  test('come with the outcome of each statement and entry', () => {
    const { statements, entries } = waiversOf([statement(), affected], ['2026-12-31']).review;
    expect(statements.map(({ of }) => of.statement.status)).toEqual(['not_affected', 'affected']);
    expect(entries.map(({ of }) => of.exception.until)).toEqual(['2026-12-30']);
  });
});
