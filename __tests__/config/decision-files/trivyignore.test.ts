import { describe, expect, test } from '@jest/globals';
import { decodeTrivyIgnore } from '../../../src/config/decision-files/trivyignore.ts';

const entry = { id: 'CVE-2026-1', statement: 'not reachable', expired_at: '2026-12-31' };

function file(...entries: readonly object[]) {
  return decodeTrivyIgnore(
    new Map([['vulnerabilities', entries.map((each) => new Map(Object.entries(each)))]]),
  );
}

describe('an entry that serves Trivy alone', () => {
  test.each([
    ['without an id', { id: undefined }, { kind: 'lacks', field: 'id' }],
    ['with an empty id', { id: '' }, { kind: 'lacks', field: 'id' }],
    ['without a statement', { statement: undefined }, { kind: 'lacks', field: 'statement' }],
    ['with a null statement', { statement: '~' }, { kind: 'lacks', field: 'statement' }],
    ['without a day', { expired_at: undefined }, { kind: 'lacks', field: 'expired_at' }],
    ['with a day that is none', { expired_at: '2026-02-30' }, { kind: 'lacks', field: 'expired_at' }],
    ['with a day and words', { expired_at: '2026-12-31 or so' }, { kind: 'lacks', field: 'expired_at' }],
    [
      'with a time that is none',
      { expired_at: '2026-12-31T25:00:00Z' },
      { kind: 'lacks', field: 'expired_at' },
    ],
    ['with a day in words', { expired_at: 'never' }, { kind: 'lacks', field: 'expired_at' }],
    [
      'with a field that may narrow it',
      { purl: 'pkg:deb/debian/zlib' },
      { kind: 'unknown-field', field: 'purl' },
    ],
  ])('accepts nothing and is named: %s', (_what, given, wrong) => {
    const given2 = Object.fromEntries(
      Object.entries({ ...entry, ...given }).filter(([, value]) => value !== undefined),
    );
    const { entries, unusable } = file(given2, { ...entry, id: 'CVE-2026-2' });
    expect(entries.map(({ id }) => id)).toEqual(['CVE-2026-2']);
    expect(unusable).toEqual([expect.objectContaining({ number: 1, wrong })]);
  });

  test('is in a section that accepts nothing', () => {
    const ignore = decodeTrivyIgnore(
      new Map([
        ['misconfigurations', [new Map([['id', 'CVE-2026-1']])]],
        ['secrets', []],
      ]),
    );
    expect(ignore).toEqual({ entries: [], unusable: [], ignoredSections: ['misconfigurations', 'secrets'] });
  });
});

describe('a file is refused', () => {
  test.each([
    ['if vulnerabilities are a text', new Map([['vulnerabilities', 'CVE-2026-1']])],
    ['if an entry is a text', new Map([['vulnerabilities', ['CVE-2026-1']]])],
    [
      'if purls are a text',
      new Map([['vulnerabilities', [new Map(Object.entries({ ...entry, purls: 'pkg:npm/a' }))]]]),
    ],
    [
      'if a purl is none',
      new Map([['vulnerabilities', [new Map(Object.entries({ ...entry, purls: ['pkg:npm/glob<11'] }))]]]),
    ],
    [
      'if a pattern is none',
      new Map([['vulnerabilities', [new Map(Object.entries({ ...entry, paths: ['['] }))]]]),
    ],
    [
      'if a path is null',
      new Map([['vulnerabilities', [new Map(Object.entries({ ...entry, paths: ['~'] }))]]]),
    ],
  ])('%s', (_what, given) => {
    expect(() => decodeTrivyIgnore(given)).toThrow();
  });
});
