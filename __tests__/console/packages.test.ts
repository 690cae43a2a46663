import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeDistribution, decodePackages } from '../../src/console/packages.ts';

const keep = (text: string) => text;

/** The one package that a list of one has. */
function only(pkg: object, pkgsType: unknown = 'package') {
  return decodePackages([{ pkgsType, pkgs: [pkg] }], keep).packages?.[0];
}

describe('packages of a row', () => {
  test('are read with type, names, URL, path and licences', () => {
    expect(
      only({
        name: 'openssl',
        version: '3.0.1',
        purl: 'pkg:deb/debian/openssl@3.0.1',
        path: '/usr/lib',
        binaryPkgs: ['libssl3', 'openssl'],
        license: 'Apache-2.0',
      }),
    ).toEqual({
      type: 'package',
      name: 'openssl',
      version: '3.0.1',
      purl: 'pkg:deb/debian/openssl@3.0.1',
      path: '/usr/lib',
      binaryNames: ['libssl3', 'openssl'],
      licenses: ['Apache-2.0'],
    });
  });

  test('may lack everything but a name, with one text for a list', () => {
    const absent = { version: null, purl: null, path: undefined, binaryPkgs: 'b', license: ['', 'MIT'] };
    expect(only({ name: 'a', ...absent }, null)).toEqual({
      type: undefined,
      name: 'a',
      version: undefined,
      purl: undefined,
      path: undefined,
      binaryNames: ['b'],
      licenses: ['MIT'],
    });
  });

  test.each([
    ['absent', undefined],
    ['null', null],
  ])('that are %s are not known, which is no mistake', (_what, json) => {
    expect(decodePackages(json, keep)).toEqual({ packages: undefined, isMalformed: false });
  });

  test('that are none are none', () => {
    expect(decodePackages([], keep)).toEqual({ packages: [], isMalformed: false });
    expect(decodePackages([{ pkgsType: 'package', pkgs: null }], keep).packages).toEqual([]);
  });

  test.each([
    ['a text', 'packages'],
    ['a group that is a text', ['package']],
    ['packages that are an object', [{ pkgsType: 'package', pkgs: {} }]],
    ['a package that is null', [{ pkgsType: 'package', pkgs: [null] }]],
    ['a name that is a number', [{ pkgsType: 'package', pkgs: [{ name: 1, version: '1' }] }]],
    ['binary names that are numbers', [{ pkgsType: 'package', pkgs: [{ name: 'a', binaryPkgs: [1] }] }]],
  ])('of which one is malformed are not known at all: %s', (_what, json) => {
    expect(decodePackages(json, keep)).toEqual({ packages: undefined, isMalformed: true });
  });

  test('have a URL in ASCII, decoded to what it was', () => {
    const url = only({ name: 'a', version: '1', purl: 'pkg:generic/grün@1+b~2:3' })?.purl;
    expect(url).toBe('pkg:generic/gr%C3%BCn@1+b~2:3');
  });

  test('have no URL if something in it is not printable', () => {
    expect(only({ name: 'a', version: '1', purl: 'pkg:generic/a\u202e@1' })?.purl).toBeUndefined();
    expect(only({ name: 'a', version: '1', purl: 'pkg:generic/a\ud800@1' })?.purl).toBeUndefined();
  });

  test('never show a secret', () => {
    const { packages } = decodePackages(
      [{ pkgsType: 'package', pkgs: [{ name: 'secret', purl: 'pkg:generic/secret@1' }] }],
      (text) => text.replaceAll('secret', '***'),
    );
    expect(JSON.stringify(packages)).not.toContain('secret');
  });

  test('of any JSON do not make it throw', () => {
    fc.assert(fc.property(fc.jsonValue(), (json) => void decodePackages(json, keep)));
  });
});

test('the system of an image has a name, a version and the name of its release', () => {
  const row = { osDistro: 'debian', osDistroVersion: '13.3', osDistroRelease: 'trixie' };
  expect(decodeDistribution(row)).toEqual({ name: 'debian', version: '13.3', release: 'trixie' });
  expect(decodeDistribution({ osDistro: 13 })).toEqual({
    name: undefined,
    version: undefined,
    release: undefined,
  });
});
