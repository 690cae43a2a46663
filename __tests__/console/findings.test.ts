import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FindingDecoder } from '../../src/console/findings.ts';
import { DecodeError } from '../../src/http/decode.ts';
import type { Finding } from '../../src/scan/finding.ts';

type Kind = 'vulnerability' | 'compliance';

const newDecoder = () => new FindingDecoder((text) => text.replaceAll('hunter2', '***'));
const decodeFindings = (json: unknown, field: string, kind: Kind) => newDecoder().decode(json, field, kind);
const one = (json: Readonly<Record<string, unknown>>, kind: Kind = 'vulnerability') =>
  decodeFindings([json], 'list', kind)[0];

function ignoredIn(json: Readonly<Record<string, unknown>>): readonly string[] {
  const decoder = newDecoder();
  decoder.decode([{}, json], 'list', 'vulnerability');
  return decoder.ignoredFields();
}

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
      cause: '',
      packagePath: '/usr/lib/libssl.so',
      exploits: [{ source: 'cisa-kev', kind: 'in-the-wild' }],
      riskFactors: { 'Remote execution': {} },
      published: 1_790_899_200,
      block: true,
    };
    expect(one(json)).toEqual({
      kind: 'vulnerability',
      id: 'CVE-2026-1234',
      hasOwnId: true,
      checkId: undefined,
      title: undefined,
      cause: undefined,
      severity: 'high',
      rawSeverity: undefined,
      cvss: 7.5,
      packageName: 'openssl',
      packageVersion: '3.0.1',
      packageType: 'package',
      packagePath: '/usr/lib/libssl.so',
      fix: { version: '3.0.2' },
      rawStatus: undefined,
      exploit: 'in-the-wild',
      exploits: ['in-the-wild'],
      rawExploit: undefined,
      publishedAt: { kind: 'time', epochMs: Date.parse('2026-10-02T00:00:00Z') },
      fixedAt: { kind: 'none' },
      riskFactors: ['Remote execution'],
      link: 'https://nvd.example/CVE-2026-1234',
      description: 'A flaw.',
      isBlocking: true,
    });
  });

  test('may lack everything, and counts as the worst then', () => {
    expect(one({}, 'compliance')).toEqual({
      kind: 'compliance',
      id: 'unnamed',
      hasOwnId: false,
      checkId: undefined,
      title: undefined,
      cause: undefined,
      severity: 'critical',
      rawSeverity: '(none)',
      cvss: undefined,
      packageName: undefined,
      packageVersion: undefined,
      packageType: undefined,
      packagePath: undefined,
      fix: undefined,
      rawStatus: undefined,
      exploit: undefined,
      exploits: [],
      rawExploit: undefined,
      publishedAt: { kind: 'none' },
      fixedAt: { kind: 'none' },
      riskFactors: [],
      link: undefined,
      description: undefined,
      isBlocking: false,
    });
  });

  test.each<[Record<string, unknown>, string, boolean]>([
    [{ cve: 'CVE-1', id: 46, title: 't' }, 'CVE-1', true],
    [{ cve: 'CVE-1', id: 'PRISMA-2026-0001' }, 'CVE-1', true],
    [{ cve: '', id: 'PRISMA-2026-0001', title: 't' }, 'PRISMA-2026-0001', true],
    [{ cve: 'GHSA-xxxx-yyyy-zzzz' }, 'GHSA-xxxx-yyyy-zzzz', true],
    [{ cve: 'CVE\n::error::1' }, 'CVE : :error: :1', true],
    // The number is the type of the package.
    [{ cve: '', id: 46, description: 'A flaw.' }, 'A flaw.', false],
    [{ cve: null, id: 46, title: 'T', description: 'A flaw.' }, 'T', false],
    [{ cve: '46', id: '46', description: 'A flaw.' }, 'A flaw.', false],
    [{ cve: 'N/A', description: 'A flaw.' }, 'A flaw.', false],
    ...['na', 'None', 'NULL', 'unknown', 'undefined', 'Unnamed'].map(
      (cve): [Record<string, unknown>, string, boolean] => [{ cve, title: 'T' }, 'T', false],
    ),
    [{ id: '46' }, 'unnamed', false],
    [{ id: -1.5 }, 'unnamed', false],
    [{ cve: '\n' }, 'unnamed', false],
    // Characters that nobody sees name nothing.
    [{ cve: '\u200b' }, 'unnamed', false],
    [{ cve: '\u200b', title: 'A title' }, 'A title', false],
    [{ title: '\u200b', description: 'A flaw.' }, 'A flaw.', false],
    [{ title: '\u200b', description: '\u200b'.repeat(20) }, 'unnamed', false],
    [{ cve: 'N/A\u200b', title: 'A title' }, 'A title', false],
    [{ cve: '\u200b46', title: 'A title' }, 'A title', false],
    [{ cve: '\u200bCVE-1' }, '\ufffd{200B}CVE-1', true],
  ])('%j goes by the name %j, which is an id of its own: %s', (json, id, hasOwnId) => {
    expect(one(json)).toMatchObject({ id, hasOwnId, checkId: undefined });
  });

  test.each<[Record<string, unknown>, string, string | undefined]>([
    [{ id: 425, title: 'Image has secrets' }, 'Image has secrets', '425'],
    [{ id: '425', title: 'Image has secrets' }, 'Image has secrets', '425'],
    [{ id: 0, title: 'Image has secrets' }, 'Image has secrets', undefined],
    [{ id: 41, description: 'Runs as root' }, 'Runs as root', '41'],
    [{ id: 41 }, 'unnamed', '41'],
    [{ id: 41, title: 'CVE-2026-1' }, 'CVE-2026-1', '41'],
    [{ cve: 'CVE-2026-1' }, 'CVE-2026-1', undefined],
  ])('of compliance, %j, is called %j with the check %j, and has no id of its own', (json, id, checkId) => {
    expect(one(json, 'compliance')).toMatchObject({ id, hasOwnId: false, checkId });
  });

  test('has its texts whole, however long, and differs from one that goes on', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '/', '-', 'é', '😀'),
      minLength: 1,
      maxLength: 2_000,
    });
    const read = (cause: string) => one({ title: cause, cause, description: cause, packageName: cause });
    fc.assert(
      fc.property(text, text, (given, more) => {
        const [whole, longer] = [read(`x${given}x`), read(`x${given}x${more}y`)];
        for (const field of ['title', 'cause', 'description', 'packageName', 'id'] as const) {
          expect(whole?.[field]).toBe(`x${given}x`);
          expect(longer?.[field]).not.toBe(whole?.[field]);
        }
      }),
    );
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
  ])('with the severity %j is %s, and %j is a word to warn of', (severity, expected, rawSeverity) => {
    expect(one({ severity })).toMatchObject({ severity: expected });
    expect(one({ severity })?.rawSeverity).toBe(rawSeverity);
  });

  test.each<[Record<string, unknown>, Finding['fix']]>([
    [{ status: 'fixed in 1.2.3' }, { version: '1.2.3' }],
    [{ status: 'fixed in 1.2.3, 2.0.1' }, { version: '1.2.3, 2.0.1' }],
    [{ status: 'Fixed in: 1.2.3' }, { version: '1.2.3' }],
    [{ status: 'fixed: 1.2.3' }, { version: '1.2.3' }],
    [{ status: 'FIXED IN  1.2.3' }, { version: '1.2.3' }],
    [{ status: 'fixed' }, { version: undefined }],
    [{ status: 'fixed in' }, { version: undefined }],
    [{ status: 'fixed in hunter2' }, { version: '***' }],
    [{ riskFactors: { 'Has fix': {} } }, { version: undefined }],
    [{ riskFactors: { 'High severity': {}, 'HAS FIX': {} } }, { version: undefined }],
    [{ riskFactors: ['has fix'] }, { version: undefined }],
    [{ riskFactors: { 'has no fix': {} } }, undefined],
    [{ status: 'affected', riskFactors: { 'Has fix': {} } }, { version: undefined }],
    [{ status: 'fixed in 1.2.3', riskFactors: { 'Has fix': {} } }, { version: '1.2.3' }],
    [{ fixDate: 1_700_000_000 }, { version: undefined }],
    [{ fixDate: '1700000000' }, { version: undefined }],
    [{ fixDate: '2026-01-02T00:00:00Z' }, { version: undefined }],
    // A value that cannot be understood counts as a fix.
    [{ fixDate: true }, { version: undefined }],
    [{ fixDate: false }, { version: undefined }],
    [{ fixDate: {} }, { version: undefined }],
    [{ fixDate: 'soon' }, { version: undefined }],
    [{ fixDate: -5 }, { version: undefined }],
    [{ fixLink: 1 }, { version: undefined }],
    [{ riskFactors: [{ name: 'Has fix' }] }, { version: undefined }],
    [{ riskFactors: [{ name: 'Remote execution' }] }, undefined],
    [{ riskFactors: 'Has fix' }, { version: undefined }],
    [{ riskFactors: 5 }, { version: undefined }],
    [{ riskFactors: [[]] }, { version: undefined }],
    [{ riskFactors: { 'Has\u200b fix': {} } }, { version: undefined }],
    [{ riskFactors: ['DoS\u202e'] }, { version: undefined }],
    [{ fixDate: 0 }, undefined],
    [{ fixDate: '0' }, undefined],
    [{ fixDate: '' }, undefined],
    [{ fixDate: '0001-01-01T00:00:00Z' }, undefined],
    [{ fixDate: -62_135_596_800 }, undefined],
    [{ fixDate: null }, undefined],
    [{ status: 'will not fix', fixDate: 1_700_000_000 }, { version: undefined }],
    [{ fixLink: 'https://fix.example' }, { version: undefined }],
    [{ fixLink: 'see the notes' }, { version: undefined }],
    [{ fixLink: ' ' }, undefined],
    [{}, undefined],
    [{ status: null, riskFactors: null, fixLink: null }, undefined],
  ])('%j has the fix %j', (json, fix) => {
    expect(one(json)?.fix).toEqual(fix);
    expect(one(json)?.rawStatus).toBeUndefined();
  });

  test.each([
    'affected',
    'Not Affected',
    'needed',
    'deferred',
    'fix deferred',
    'OPEN',
    'will not fix',
    'under investigation',
    'End of Life',
    '',
  ])('with the status %j has no fix', (status) => {
    expect(one({ status })).toMatchObject({ fix: undefined, rawStatus: undefined });
  });

  test.each([
    ['backported', 'backported'],
    ['not fixed in any version', 'not fixed in any version'],
    ['ignored\n::error::x', 'ignored : :error: :x'],
  ])('with the unknown status %j counts as fixed, with the word to warn of', (status, rawStatus) => {
    expect(one({ status })).toMatchObject({ fix: { version: undefined }, rawStatus });
  });

  test.each<[Record<string, unknown>, 'in-the-wild' | 'poc' | undefined, string | undefined]>([
    [{}, undefined, undefined],
    [{ exploits: null, exploit: null, riskFactors: null }, undefined, undefined],
    [{ exploits: [], exploit: ' ', riskFactors: {} }, undefined, undefined],
    // The names of risk factors, compared whole.
    [{ riskFactors: { 'Exploit exists - in the wild': {} } }, 'in-the-wild', undefined],
    [{ riskFactors: { 'Exploit in the wild': {} } }, 'in-the-wild', undefined],
    [{ riskFactors: ['exploit exists - in the wild'] }, 'in-the-wild', undefined],
    [{ riskFactors: [{ name: 'Exploit exists - in the wild' }] }, 'in-the-wild', undefined],
    [{ riskFactors: { 'Exploit exists - POC': {} } }, 'poc', undefined],
    [{ riskFactors: { 'Exploit exists': {} } }, 'poc', undefined],
    [{ riskFactors: { 'Seen in the wild': {}, 'No exploit exists - POC yet': {} } }, undefined, undefined],
    [{ riskFactors: { Epoch: {}, 'Exploit exists - POCs': {} } }, undefined, undefined],
    [{ riskFactors: 5 }, 'in-the-wild', 'malformed'],
    [{ riskFactors: 'Has fix' }, 'in-the-wild', 'malformed'],
    [{ riskFactors: { 'Exploit exists - POC\u200b': {} } }, 'in-the-wild', 'malformed'],
    // The kinds and sources of `exploits`.
    [{ exploits: [{ source: 'exploit-db', kind: 'poc' }] }, 'poc', undefined],
    [{ exploits: [{ source: 'HackerOne', kind: 'POC' }] }, 'poc', undefined],
    [{ exploits: [{ source: 'exploit-windows', kind: 'in-the-wild' }] }, 'in-the-wild', undefined],
    [{ exploits: [{ source: 'cisa-kev', kind: 'poc' }] }, 'in-the-wild', undefined],
    [{ exploits: [{ source: 'CISA-KEV' }] }, 'in-the-wild', undefined],
    [{ exploits: [{ source: ' cisa-kev ', kind: ' poc ' }] }, 'in-the-wild', undefined],
    [{ exploits: [{ source: 'cisa-kev-like', kind: ' poc ' }] }, 'poc', undefined],
    [{ exploits: [{ kind: 'poc' }, { kind: 'weaponized' }] }, 'in-the-wild', 'weaponized'],
    [{ exploits: [{ source: 'exploit-db', kind: 'weaponized' }] }, 'in-the-wild', 'weaponized'],
    [{ exploits: [{ kind: 'poc' }, { kind: 'in-the-wild' }] }, 'in-the-wild', undefined],
    [{ exploits: [{}] }, 'poc', undefined],
    [{ exploits: [{ source: 'exploit-db', kind: '' }] }, 'poc', undefined],
    [{ exploits: [{ source: null, kind: null }] }, 'poc', undefined],
    [{ exploits: {} }, 'in-the-wild', 'malformed'],
    [{ exploits: 'poc' }, 'in-the-wild', 'malformed'],
    [{ exploits: true }, 'in-the-wild', 'malformed'],
    [{ exploits: [null] }, 'in-the-wild', 'malformed'],
    [{ exploits: ['poc'] }, 'in-the-wild', 'malformed'],
    [{ exploits: [{ kind: 5 }] }, 'in-the-wild', 'malformed'],
    [{ exploits: [{ source: {}, kind: 'poc' }] }, 'in-the-wild', 'malformed'],
    // `exploit` is a source.
    [{ exploit: 'cisa-kev' }, 'in-the-wild', undefined],
    [{ exploit: 'exploit-db' }, 'poc', undefined],
    [{ exploit: 'anything' }, 'poc', undefined],
    [{ exploit: 1 }, 'in-the-wild', 'malformed'],
    // The worst of all.
    [{ riskFactors: { 'Exploit exists - POC': {} }, exploit: 'cisa-kev' }, 'in-the-wild', undefined],
    [{ riskFactors: { 'Exploit in the wild': {} }, exploits: [{ kind: 'poc' }] }, 'in-the-wild', undefined],
  ])('%j shows the exploit %j, and %j is to be warned of', (json, exploit, rawExploit) => {
    expect(one(json)).toMatchObject({ exploit, rawExploit });
  });

  test('shows each level of exploit of which there is some evidence', () => {
    const wild = [{ exploit: 'cisa-kev' }, { exploits: [{ kind: 'in-the-wild' }] }];
    const poc = [{ riskFactors: { 'Exploit exists - POC': {} } }, { riskFactors: ['Exploit exists'] }];
    for (const json of wild.flatMap((each) => poc.map((other) => ({ ...each, ...other })))) {
      expect(one(json)?.exploits).toEqual(['in-the-wild', 'poc']);
    }
    for (const json of wild) expect(one(json)?.exploits).toEqual(['in-the-wild']);
    for (const json of poc) expect(one(json)?.exploits).toEqual(['poc']);
    const entries = [{ kind: 'poc' }, { kind: 'in-the-wild' }];
    expect(one({ exploits: entries })?.exploits).toEqual(['in-the-wild', 'poc']);
  });

  test('has no risk factor without a name, which would say nothing', () => {
    expect(one({ riskFactors: ['', ' x '] })?.riskFactors).toEqual(['x']);
    expect(one({ riskFactors: { '': {} } })?.riskFactors).toEqual([]);
  });

  test('has the risk factors that it has alone, whatever other findings have', () => {
    const names = fc.constantFrom('Exploit exists - POC', 'Exploit in the wild', 'Has fix', 'x', '');
    fc.assert(
      fc.property(
        fc.array(names, { maxLength: 4 }),
        fc.constantFrom('\n', ' ', ',', '","'),
        (parts, glue) => {
          const given = [[parts.join(glue)], parts, [...parts, 5], [parts.join(glue), 5]];
          const json = given.map((riskFactors) => ({ riskFactors }));
          expect(decodeFindings(json, 'list', 'vulnerability')).toEqual(json.map((each) => one(each)));
        },
      ),
    );
  });

  test.each<[unknown, number | 'none' | 'unusable']>([
    [undefined, 'none'],
    [null, 'none'],
    [0, 'none'],
    ['0', 'none'],
    ['', 'none'],
    [-62_135_596_800, 'none'],
    ['0001-01-01T00:00:00Z', 'none'],
    ['0001-01-01T00:00:00.000+00:00', 'none'],
    ['0001-01-01T00:00:00Z (zero)', 'unusable'],
    ['(zero) 0001-01-01T00:00:00Z', 'unusable'],
    [8_640_000_000_000, 8_640_000_000_000_000],
    [' 1700000000.25 ', 1_700_000_000_250],
    ['2026-01-02T00:00:00.123456Z', Date.parse('2026-01-02T00:00:00.123Z')],
    ['2026-01-02T00:00:00Z (about)', 'unusable'],
    ['(about) 2026-01-02T00:00:00Z', 'unusable'],
    [1_700_000_000, 1_700_000_000_000],
    ['1700000000', 1_700_000_000_000],
    [1_700_000_000.5, 1_700_000_000_500],
    ['2026-01-02T00:00:00Z', Date.parse('2026-01-02T00:00:00Z')],
    ['2026-01-02T00:00:00+02:00', Date.parse('2026-01-01T22:00:00Z')],
    [631_152_000, 631_152_000_000],
    [631_151_999, 'unusable'],
    [-1, 'unusable'],
    [true, 'unusable'],
    [{}, 'unusable'],
    [[1_700_000_000], 'unusable'],
    ['2026-01-02', 'unusable'],
    ['yesterday', 'unusable'],
    ['1e9', 'unusable'],
    [1e300, 'unusable'],
  ])('with the date %j has %j to count from', (value, expected) => {
    const date = typeof expected === 'number' ? { kind: 'time', epochMs: expected } : { kind: expected };
    expect(one({ published: value, fixDate: value })).toMatchObject({ publishedAt: date, fixedAt: date });
  });

  test.each<[unknown, string | undefined]>([
    ['https://nvd.example/CVE-1', 'https://nvd.example/CVE-1'],
    ['http://nvd.example/CVE-1', 'http://nvd.example/CVE-1'],
    ['HTTPS://nvd.example', 'https://nvd.example/'],
    ['https://nvd.example/a b<c>"d', 'https://nvd.example/a%20b%3Cc%3E%22d'],
    ['javascript:alert(1)', undefined],
    ['javascript://nvd.example/%0aalert(1)', undefined],
    ['javascript:alert(1)//https://nvd.example/a', undefined],
    ['HTTP://nvd.example/a?b', 'http://nvd.example/a?b'],
    ['data:text/html,x', undefined],
    ['//nvd.example', undefined],
    ['nvd.example/https://x', undefined],
    ['https://', undefined],
    ['https://[', undefined],
    ['', undefined],
    [null, undefined],
  ])('with the link %j leads to %j', (link, expected) => {
    expect(one({ link })?.link).toBe(expected);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ description: 'A flaw.', title: 'T' }, 'A flaw.'],
    [{ description: '', title: 'T' }, 'T'],
    [{ description: 'a\n::error::b\u202e' }, 'a : :error: :b\ufffd{202E}'],
  ])('%j is described as %j', (json, description) => {
    expect(one(json)?.description).toBe(description);
  });

  test('is one harmless line in every field', () => {
    const hostile = 'a\n::error::\u001b[31mb\u202e##[error]';
    const harmless = 'a : :error: :\ufffd{1B}[31mb\ufffd{202E}# #[error]';
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
      fix: { version: harmless },
    });
  });

  test('is read without secrets, in short texts and in long ones', () => {
    const long = `${'x'.repeat(200)} hunter2`;
    const read = one({ cve: 'hunter2', title: 'hunter2', description: long, riskFactors: { hunter2: {} } });
    expect(JSON.stringify(read)).not.toContain('hunter2');
    expect(read?.description).toContain('***');
  });

  test.each<[string, unknown]>([
    ['cvss', '7.5'],
    ['cvss', Number.POSITIVE_INFINITY],
    ['packageType', 1],
    ['packagePath', {}],
    ['path', 1],
    ['link', {}],
    ['description', 1],
    ['title', 1],
    ['cause', []],
  ])('loses the %s if that is %j, and nothing else', (name, value) => {
    expect(one({ [name]: value, cve: 'CVE-1' })).toEqual(one({ cve: 'CVE-1' }));
    expect(ignoredIn({ [name]: value })).toEqual([name]);
  });

  test.each<[string, unknown]>([
    ['riskFactors', 5],
    ['riskFactors', [5]],
    ['fixDate', true],
    ['fixLink', 1],
    ['published', {}],
    ['exploits', {}],
    ['exploit', 1],
  ])('names the %s that decides and is %j', (name, value) => {
    expect(ignoredIn({ [name]: value })).toEqual([name]);
  });

  test('loses nothing if a secondary field is absent', () => {
    const absent = { cvss: null, riskFactors: null, link: null, fixDate: null, exploits: null };
    const read = {
      riskFactors: ['x'],
      published: 1_700_000_000,
      fixDate: '2026-01-02T00:00:00Z',
      exploit: '',
    };
    for (const json of [absent, read]) expect(ignoredIn(json)).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['cve', 5, 'list[1].cve'],
    ['id', {}, 'list[1].id'],
    ['severity', 3, 'list[1].severity'],
    ['status', {}, 'list[1].status'],
    ['packageName', [], 'list[1].packageName'],
    ['packageVersion', 1, 'list[1].packageVersion'],
    ['block', 'true', 'list[1].block'],
  ])('is invalid with the %s %j', (name, value, field) => {
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
  ])('is invalid as %j', (json, message) => {
    expect(() => decodeFindings(json, 'list', 'vulnerability')).toThrow(DecodeError);
    expect(() => decodeFindings(json, 'list', 'vulnerability')).toThrow(message);
  });

  test('keeps its order', () => {
    const ids = decodeFindings([{ cve: 'b' }, { cve: 'a' }], 'list', 'vulnerability').map(({ id }) => id);
    expect(ids).toEqual(['b', 'a']);
  });
});
