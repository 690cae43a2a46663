import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parsePackageUrl } from '../../../../src/policy/waivers/decisions/package-url.ts';

type Parts = readonly [
  type: string,
  namespace: string | null,
  name: string,
  version: string | null,
  qualifiers: Readonly<Record<string, string>>,
  subpath: string | null,
];

const suite: { readonly parse: readonly (readonly [string, Parts | null])[] } = JSON.parse(
  readFileSync(new URL('purl-spec.json', import.meta.url), 'utf8'),
);

describe("purl-spec's published suite", () => {
  test.each(suite.parse)('%s', (input, expected) => {
    const url = parsePackageUrl(input);
    expect(
      url === undefined
        ? null
        : [
            url.type,
            url.namespace ?? null,
            url.name,
            url.version ?? null,
            Object.fromEntries(url.qualifiers),
            url.subpath ?? null,
          ],
    ).toEqual(expected);
  });
});

describe('what real files have in it', () => {
  test.each([
    ['a range of versions', 'pkg:npm/glob<11.1'],
    ['white space', 'pkg:deb/debian/curl @1'],
    ['a broken escape', 'pkg:deb/debian/curl@1%zz'],
    ['a key twice', 'pkg:deb/debian/curl@1?arch=amd64&arch=arm64'],
    ['no name', 'pkg:deb/'],
    ['nothing', ''],
    ['a reference', 'registry.example.com/team/app:1.0'],
    ['more than 4,096 characters', `pkg:npm/${'a'.repeat(4_096)}`],
  ])('%s is no package URL', (_what, text) => {
    expect(parsePackageUrl(text)).toBeUndefined();
  });

  test.each([
    ['an escaped and a raw plus', 'pkg:deb/debian/curl@7.1%2Bdeb12u1', 'pkg:deb/debian/curl@7.1+deb12u1'],
    ['an escaped and a raw tilde', 'pkg:deb/debian/curl@7.1%7Erc1', 'pkg:deb/debian/curl@7.1~rc1'],
    ['an escaped and a raw colon', 'pkg:deb/debian/curl@1%3A7.1', 'pkg:deb/debian/curl@1:7.1'],
    ['an escaped and a raw scope', 'pkg:npm/%40babel/core@7.1.0', 'pkg:npm/@babel/core@7.1.0'],
    ['a scope without a version', 'pkg:npm/%40babel/core', 'pkg:npm/@babel/core'],
    ['an empty qualifier and none', 'pkg:deb/debian/curl@1?arch=', 'pkg:deb/debian/curl@1'],
    ['a version that is empty and none', 'pkg:deb/debian/curl@', 'pkg:deb/debian/curl'],
  ])('%s are one', (_what, one, other) => {
    expect(parsePackageUrl(one)).toBeDefined();
    expect(parsePackageUrl(one)).toEqual(parsePackageUrl(other));
  });

  test('a package of Go without a namespace is one, as scanners write it', () => {
    expect(parsePackageUrl('pkg:golang/stdlib@1.22.0')).toMatchObject({ name: 'stdlib', version: '1.22.0' });
  });

  test('no text makes it throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `pkg:${text}`),
        ),
        (text) => {
          parsePackageUrl(text);
        },
      ),
    );
  });
});
