import { describe, expect, test } from '@jest/globals';
import { decodeTrivyIgnore } from '../../../../src/config/decision-files/trivyignore.ts';
import { reviewEntries } from '../../../../src/policy/waivers/decisions/trivyignore-review.ts';
import { complianceIssue } from '../../builders.ts';
import { openssl, reviewed, vulnerability } from './builders.ts';

const TODAY = '2026-11-30';

/** The entries of a file whose only section is `vulnerabilities`, as YAML gives them. */
function file(...entries: readonly object[]) {
  return decodeTrivyIgnore(
    new Map([['vulnerabilities', entries.map((each) => new Map(Object.entries(each)))]]),
  );
}

const entry = { id: 'CVE-2026-1', statement: 'not reachable', expired_at: '2026-12-31' };

function reviewOf(entries: readonly object[], image = reviewed(), today = TODAY) {
  return reviewEntries([{ file: '.trivyignore.yaml', entries: file(...entries).entries }], [image], today);
}

/** True if the entry accepts the only finding of the image. */
function accepts(given: object, image = reviewed(), today = TODAY): boolean {
  const [only = vulnerability()] = image.findings;
  return reviewOf([{ ...entry, ...given }], image, today).entriesOf(image, only).accepting !== undefined;
}

function outcome(given: object, image = reviewed(), today = TODAY) {
  return [...reviewOf([{ ...entry, ...given }], image, today).outcomes.values()][0];
}

describe('an entry', () => {
  test.each([
    ['for any path and package', {}, true],
    ['in another case', { id: 'cve-2026-1' }, true],
    ['of another id', { id: 'CVE-2026-11' }, false],
    ['with a package', { purls: ['pkg:deb/debian/openssl'] }, true],
    ['with one of two packages', { purls: ['pkg:deb/debian/zlib', 'pkg:deb/debian/openssl@3.0.1'] }, true],
    ['with a binary package', { purls: ['pkg:deb/debian/libssl3@3.0.1'] }, true],
    ['with another version', { purls: ['pkg:deb/debian/openssl@3.0.2'] }, false],
    ['with another package', { purls: ['pkg:deb/debian/zlib'] }, false],
    ['with an empty list, which restricts nothing', { purls: [], paths: [] }, true],
  ])('%s', (_what, given, expected) => {
    expect(accepts(given)).toBe(expected);
  });

  const jar = reviewed({
    packages: [openssl({ path: '/app/lib/openssl.jar' })],
    findings: [vulnerability({ packagePath: undefined })],
  });
  test.each([
    ['with its path', ['app/lib/openssl.jar'], true],
    ['with its path from the root', ['/app/lib/openssl.jar'], true],
    ['with a pattern', ['**/*.jar'], true],
    ['with one of two patterns', ['**/*.war', 'app/{lib,ext}/*.jar'], true],
    ['with a part of its path', ['app/lib'], false],
    ['with another path', ['app/ext/*.jar'], false],
  ])('%s', (_what, paths, expected) => {
    expect(accepts({ paths }, jar)).toBe(expected);
  });

  test.each([
    ['both hold', ['**/*.jar'], ['pkg:deb/debian/openssl'], true],
    ['the package is another', ['**/*.jar'], ['pkg:deb/debian/zlib'], false],
    ['the path is another', ['**/*.war'], ['pkg:deb/debian/openssl'], false],
  ])('that has both needs both: %s', (_what, paths, purls, expected) => {
    expect(accepts({ paths, purls }, jar)).toBe(expected);
  });

  test('that names a path is not about a finding without one', () => {
    expect(accepts({ paths: ['**'] })).toBe(false);
    expect(accepts({ paths: ['**'] }, reviewed({ findings: [vulnerability({ packagePath: 'a' })] }))).toBe(
      true,
    );
  });

  test('that names a package is not about a finding without a package URL', () => {
    const image = reviewed({ packages: undefined });
    expect(accepts({ purls: ['pkg:deb/debian/openssl'] }, image)).toBe(false);
    expect(accepts({}, image)).toBe(true);
    expect(outcome({ purls: ['pkg:deb/debian/openssl'] }, image)).toEqual({
      kind: 'unmatched',
      miss: { kind: 'no-package-url' },
    });
  });

  test.each([
    ['a compliance issue', complianceIssue({ id: 'CVE-2026-1', hasOwnId: true })],
    ['a finding whose title is the id', vulnerability({ id: 'CVE-2026-1', hasOwnId: false })],
  ])('is not about %s', (_what, finding) => {
    expect(accepts({}, reviewed({ findings: [finding] }))).toBe(false);
  });
});

describe('the last day', () => {
  test.each([
    ['2026-12-01', true],
    ['2026-11-30', false],
    ['2026-12-01T23:59:59Z', true],
    ['2026-11-30T23:59:59Z', false],
    ['2026-12-01 00:00:00', true],
    ['2026-12-01t10:00:00z', true],
    // Trivy ends it at that moment, which is the day before in UTC.
    ['2026-12-01T01:00:00+05:00', false],
    ['2026-12-01T05:00:00+05:00', true],
    ['2026-11-30T23:00:00-05:00', false],
    ['2026-12-01T23:00:00-05:00', true],
  ])('of an entry that expires at %s', (expired_at, expected) => {
    expect(accepts({ expired_at })).toBe(expected);
    expect(outcome({ expired_at })?.kind).toBe(expected ? 'used' : 'expired');
  });

  test('is the day before, over months and years', () => {
    expect(file({ ...entry, expired_at: '2027-01-01' }).entries[0]?.until).toBe('2026-12-31');
    expect(file({ ...entry, expired_at: '2028-03-01' }).entries[0]?.until).toBe('2028-02-29');
  });
});

test('of two entries about one finding the first that holds accepts it, and the other is named', () => {
  const { outcomes } = reviewOf([{ ...entry, expired_at: '2026-01-01' }, entry, entry]);
  expect([...outcomes.values()]).toEqual([
    { kind: 'expired', isAbout: true },
    { kind: 'used', images: [reviewed().name], findings: 1 },
    { kind: 'overridden' },
  ]);
});
