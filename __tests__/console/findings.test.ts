import { describe, expect, test } from '@jest/globals';
import { DecodeError } from '../../src/console/decode.ts';
import { decodeFindings } from '../../src/console/findings.ts';

const one = (
  json: Readonly<Record<string, unknown>>,
  kind: 'vulnerability' | 'compliance' = 'vulnerability',
) => decodeFindings([json], 'list', kind)[0];

describe('A finding', () => {
  test('is read with all that it has', () => {
    const json = {
      cve: 'CVE-2026-1234',
      id: 46,
      severity: 'important',
      cvss: 7.5,
      status: 'fixed in 3.0.2',
      packageName: 'openssl',
      packageVersion: '3.0.1',
      packageType: 'package',
      link: 'https://nvd.example/CVE-2026-1234',
      description: 'A flaw.',
      title: '',
      block: true,
    };
    expect(one(json)).toEqual({
      kind: 'vulnerability',
      id: 'CVE-2026-1234',
      severity: 'high',
      unknownWord: undefined,
      cvss: 7.5,
      packageName: 'openssl',
      packageVersion: '3.0.1',
      packageType: 'package',
      fix: '3.0.2',
      link: 'https://nvd.example/CVE-2026-1234',
      description: 'A flaw.',
      isBlocking: true,
    });
  });

  test('may lack everything, and counts as the worst then', () => {
    expect(one({}, 'compliance')).toEqual({
      kind: 'compliance',
      id: 'unnamed',
      severity: 'critical',
      unknownWord: '(none)',
      cvss: undefined,
      packageName: '',
      packageVersion: '',
      packageType: '',
      fix: undefined,
      link: '',
      description: '',
      isBlocking: false,
    });
  });

  test.each<[Record<string, unknown>, string]>([
    [{ cve: 'CVE-1', id: 41, title: 't' }, 'CVE-1'],
    [{ cve: '', id: 41, title: 't' }, '41'],
    [{ cve: null, id: 41 }, '41'],
    [{ id: 0, title: 'Image has secrets' }, 'Image has secrets'],
    [{ title: 'Image has secrets' }, 'Image has secrets'],
    [{ id: 0 }, 'unnamed'],
    [{ cve: '\n' }, 'unnamed'],
    [{ cve: 'CVE\n::error::1' }, 'CVE : :error: :1'],
  ])('%j goes by the name %j', (json, id) => {
    expect(one(json)?.id).toBe(id);
  });

  test.each<[unknown, string, string | undefined]>([
    ['critical', 'critical', undefined],
    ['HIGH', 'high', undefined],
    ['Important', 'high', undefined],
    ['medium', 'medium', undefined],
    ['moderate', 'medium', undefined],
    [' low ', 'low', undefined],
    ['unimportant', 'low', undefined],
    ['negligible', 'low', undefined],
    ['unassigned', 'critical', 'unassigned'],
    ['Unreviewed', 'critical', 'Unreviewed'],
    ['', 'critical', '(none)'],
    ['\n', 'critical', '(none)'],
    [null, 'critical', '(none)'],
    [undefined, 'critical', '(none)'],
    ['low\n::error::x', 'critical', 'low : :error: :x'],
  ])('with the severity %j is %s, and %j a word to warn of', (severity, expected, unknownWord) => {
    expect(one({ severity })).toMatchObject({ severity: expected });
    expect(one({ severity })?.unknownWord).toBe(unknownWord);
  });

  test.each<[unknown, unknown, string | undefined]>([
    ['fixed in 1.2.3', undefined, '1.2.3'],
    ['fixed in 1.2.3, 2.0.1', undefined, '1.2.3, 2.0.1'],
    ['Fixed in: 1.2.3', undefined, '1.2.3'],
    ['fixed: 1.2.3', undefined, '1.2.3'],
    ['FIXED IN  1.2.3', undefined, '1.2.3'],
    ['fixed', undefined, ''],
    ['fixed in', undefined, ''],
    ['affected', undefined, undefined],
    ['needed', undefined, undefined],
    ['not fixed in any version', undefined, undefined],
    ['will not fix', undefined, undefined],
    ['', undefined, undefined],
    [null, null, undefined],
    ['', {}, undefined],
    ['', { 'Has fix': {} }, ''],
    ['', { 'High severity': {}, 'Has fix': {} }, ''],
    ['affected', { 'Has fix': {} }, ''],
    ['fixed in 1.2.3', { 'Has fix': {} }, '1.2.3'],
    ['', { 'has no fix': {} }, undefined],
  ])('with the status %j and the risk factors %j has the fix %j', (status, riskFactors, fix) => {
    expect(one({ status, riskFactors })?.fix).toBe(fix);
  });

  test.each<[unknown, string]>([
    ['https://nvd.example/CVE-1', 'https://nvd.example/CVE-1'],
    ['http://nvd.example/CVE-1', 'http://nvd.example/CVE-1'],
    ['HTTPS://nvd.example', 'https://nvd.example/'],
    ['https://nvd.example/a b<c>"d', 'https://nvd.example/a%20b%3Cc%3E%22d'],
    ['javascript:alert(1)', ''],
    ['data:text/html,x', ''],
    ['//nvd.example', ''],
    ['nvd.example/https://x', ''],
    ['https://', ''],
    ['https://[', ''],
    ['', ''],
    [null, ''],
  ])('with the link %j leads to %j', (link, expected) => {
    expect(one({ link })?.link).toBe(expected);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ description: 'A flaw.', title: 'T' }, 'A flaw.'],
    [{ description: '', title: 'T' }, 'T'],
    [{ description: 'a\n::error::b\u202e' }, 'a : :error: :b'],
  ])('%j is described as %j', (json, description) => {
    expect(one(json)?.description).toBe(description);
  });

  test('is one harmless line in every field', () => {
    const hostile = 'a\n::error::\u001b[31mb\u202e##[error]';
    const harmless = 'a : :error: :b ## [error]';
    expect(
      one({
        packageName: hostile,
        packageVersion: hostile,
        packageType: hostile,
        status: `fixed in ${hostile}`,
      }),
    ).toMatchObject({
      packageName: harmless,
      packageVersion: harmless,
      packageType: harmless,
      fix: harmless,
    });
  });

  test('has no score where that is no number', () => {
    expect(one({ cvss: '7.5' })).toMatchObject({ cvss: undefined });
  });

  test.each<[string, unknown, string]>([
    ['cve', 5, 'list[1].cve'],
    ['id', 'CVE-1', 'list[1].id'],
    ['severity', 3, 'list[1].severity'],
    ['status', {}, 'list[1].status'],
    ['riskFactors', ['Has fix'], 'list[1].riskFactors'],
    ['packageName', [], 'list[1].packageName'],
    ['packageVersion', 1, 'list[1].packageVersion'],
    ['packageType', 1, 'list[1].packageType'],
    ['link', {}, 'list[1].link'],
    ['description', 1, 'list[1].description'],
    ['title', 1, 'list[1].title'],
    ['block', 'true', 'list[1].block'],
  ])('makes no sense with the %s %j', (name, value, field) => {
    const decode = () => decodeFindings([{}, { [name]: value }], 'list', 'vulnerability');
    expect(decode).toThrow(DecodeError);
    expect(decode).toThrow(`${field}: expected `);
  });
});

describe('A list of findings', () => {
  test.each([null, undefined, []].map((json) => [json]))('is empty as %j', (json) => {
    expect(decodeFindings(json, 'list', 'vulnerability')).toEqual([]);
  });

  test.each<[unknown, string]>([
    [{}, 'list: expected a list, got a value of type object'],
    ['none', 'list: expected a list, got a value of type string'],
    [[null], 'list[0]: expected an object, got null'],
    [[{}, 'x'], 'list[1]: expected an object, got a value of type string'],
  ])('makes no sense as %j', (json, message) => {
    expect(() => decodeFindings(json, 'list', 'vulnerability')).toThrow(DecodeError);
    expect(() => decodeFindings(json, 'list', 'vulnerability')).toThrow(message);
  });

  test('keeps its order', () => {
    const ids = decodeFindings([{ cve: 'b' }, { cve: 'a' }], 'list', 'vulnerability').map(({ id }) => id);
    expect(ids).toEqual(['b', 'a']);
  });
});
