import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DecodeError } from '../../src/console/decode.ts';
import { decodeReport, reportNames, rowOf as rowAmong } from '../../src/console/report.ts';
import type { Digest, Image } from '../../src/scan/image.ts';

const a: Digest = `sha256:${'a'.repeat(64)}`;
const b: Digest = `sha256:${'b'.repeat(64)}`;

const image: Image = {
  registry: 'registry.example.com',
  repository: 'team/app',
  scanBy: { tag: '1.4' },
  requiredDigest: undefined,
};
const hubImage: Image = { ...image, registry: '', repository: 'library/alpine', scanBy: { tag: '3.16' } };
const byDigest: Image = { ...image, scanBy: { digest: a }, requiredDigest: a };

const repoTag = { registry: 'registry.example.com', repo: 'team/app', tag: '1.4' };
const row = { repoTag, scanTime: '2026-11-23T10:00:00Z', err: '' };

const rowOf = (json: unknown, of = image) => rowAmong(decodeReport(json), of, 'compact');

describe('The row of an image', () => {
  test('is found among rows of others', () => {
    const others = [
      { ...row, repoTag: { ...repoTag, tag: '1.5' } },
      { ...row, repoTag: { ...repoTag, repo: 'team/app2' } },
      { ...row, repoTag: { ...repoTag, registry: 'other.example.com' } },
      { ...row, repoTag: { ...repoTag, registry: '' } },
      { ...row, repoTag: undefined },
    ];
    expect(rowOf(others)).toBeUndefined();
    expect(rowOf([...others, row])?.scanTime?.text).toBe('2026-11-23T10:00:00Z');
  });

  test.each(['https://registry.example.com', 'Registry.Example.Com/'])(
    'is found with the registry spelt %s',
    (registry) => {
      expect(rowOf([{ ...row, repoTag: { ...repoTag, registry } }])).toBeDefined();
    },
  );

  test('is found among the tags of an image that has several', () => {
    expect(rowOf([{ ...row, repoTag: { ...repoTag, tag: '1' }, tags: [repoTag] }])).toBeDefined();
  });

  test.each([
    { registry: '', repo: 'library/alpine', tag: '3.16' },
    { registry: '', repo: 'alpine', tag: '3.16' },
    { registry: 'https://registry-1.docker.io', repo: 'library/alpine', tag: '3.16' },
  ])('is found on Docker Hub as %j', (tag) => {
    expect(rowOf([{ ...row, repoTag: tag }], hubImage)).toBeDefined();
  });

  test('is the one of its own tag, whatever another tag of the image says', () => {
    const other = {
      repoTag: { ...repoTag, tag: '1' },
      tags: [{ ...repoTag, tag: '1' }, repoTag],
      scanTime: '2026-11-23T11:00:00Z',
    };
    expect(rowOf([other, row])?.scanTime?.text).toBe('2026-11-23T10:00:00Z');
    expect(rowOf([row, other])?.scanTime?.text).toBe('2026-11-23T10:00:00Z');
  });

  test('is the one scanned last where several speak of the image', () => {
    const older = { ...row, scanTime: '2026-11-22T23:00:00-05:00' };
    expect(rowOf([older, row])?.scanTime?.text).toBe('2026-11-23T10:00:00Z');
    expect(rowOf([row, older])?.scanTime?.text).toBe('2026-11-23T10:00:00Z');
  });

  test('is found by digest only where it carries that digest', () => {
    expect(rowOf([{ ...row, repoDigests: [`team/app@${b}`] }], byDigest)).toBeUndefined();
    expect(rowOf([{ ...row, repoDigests: [`other/app@${a}`] }], byDigest)).toBeUndefined();
    expect(rowOf([{ ...row, repoDigests: [`registry.example.com/team/app@${a}`] }], byDigest)?.digest).toBe(
      a,
    );
  });
});

describe('The digest of a row', () => {
  test.each<[string, object, Digest | undefined, Digest[]]>([
    ['the tag’s own', { repoTag: { ...repoTag, digest: a }, repoDigests: [`team/app@${b}`] }, a, [a, b]],
    ['the only one of the repository', { repoDigests: [`team/app@${b}`, `elsewhere/app@${a}`] }, b, [b]],
    [
      'in doubt where the repository has two',
      { repoDigests: [`team/app@${a}`, `team/app@${b}`] },
      undefined,
      [a, b],
    ],
    ['none where there is none', { repoDigests: null }, undefined, []],
    [
      'none where it is malformed',
      { repoTag: { ...repoTag, digest: 'sha256:abc' }, repoDigests: ['x'] },
      undefined,
      [],
    ],
  ])('is %s', (_what, change, digest, digests) => {
    expect(rowOf([{ ...row, ...change }])).toMatchObject({ digest, digests });
  });

  test('is found on Docker Hub though the name lacks library/', () => {
    const repoDigests = [`alpine@${a}`];
    expect(rowOf([{ ...row, repoTag: { repo: 'alpine', tag: '3.16' }, repoDigests }], hubImage)?.digest).toBe(
      a,
    );
  });
});

describe('What a row says', () => {
  test('is counted where it counts', () => {
    const vulnerabilityDistribution = { critical: 1, high: 2, medium: 3, low: 4, total: 10 };
    expect(rowOf([{ ...row, vulnerabilityDistribution }])?.counts).toEqual(vulnerabilityDistribution);
    expect(rowOf([row])?.counts).toBeUndefined();
  });

  test.each([
    [{ critical: 2, low: 1 }, 3],
    [{ critical: 2, low: 1, total: null }, 3],
    [{ critical: 2, low: 1, total: 1 }, 3],
    [{ critical: 2, low: 1, total: 5 }, 5],
    [{}, 0],
  ])('is %j in all, whatever its own sum: %i', (vulnerabilityDistribution, total) => {
    expect(rowOf([{ ...row, vulnerabilityDistribution }])?.counts?.total).toBe(total);
  });

  const listed = (given: object) => rowAmong(decodeReport([{ ...row, ...given }]), image, 'full')?.listed;

  test('lists vulnerabilities and compliance issues where it is read in full', () => {
    const given = { vulnerabilities: [{ cve: 'CVE-1' }], complianceIssues: [{ id: 41 }] };
    expect(listed(given)?.map(({ kind, id }) => [kind, id])).toEqual([
      ['vulnerability', 'CVE-1'],
      ['compliance', '41'],
    ]);
    expect(rowOf([{ ...row, ...given }])?.listed).toBeUndefined();
  });

  test.each<[string, object, unknown]>([
    ['nothing where it says so', { vulnerabilities: null }, []],
    ['nothing where it lists none', { vulnerabilities: [] }, []],
    ['nothing where it only counts', { vulnerabilityDistribution: { total: 0 } }, []],
    ['what nobody knows where it neither lists nor counts', {}, undefined],
    ['what nobody knows, though it has no issues', { complianceIssues: null }, undefined],
  ])('lists %s', (_what, given, expected) => {
    expect(listed(given)).toEqual(expected);
  });

  test.each([
    [undefined, false],
    [null, false],
    [false, false],
    [true, true],
  ])('is of an uncovered system with the mark %j: %s', (missingDistroVulnCoverage, expected) => {
    expect(rowOf([{ ...row, missingDistroVulnCoverage }])?.isUncovered).toBe(expected);
  });

  test('is no scan at all with the zero time', () => {
    const never = rowOf([{ ...row, scanTime: '0001-01-01T00:00:00Z' }]);
    expect([never !== undefined, never?.scanTime]).toEqual([true, undefined]);
  });

  test.each(['2026-11-23T10:00:00.123456789Z', '2026-11-23T11:00:00+01:00'])(
    'keeps the time %s as it is',
    (scanTime) => {
      expect(rowOf([{ ...row, scanTime }])?.scanTime).toEqual({
        text: scanTime,
        epochMs: Date.parse(scanTime),
      });
    },
  );

  test.each([
    '',
    null,
    undefined,
    'yesterday',
    '2026',
    '2026-13-45T10:00:00Z',
    '1700000000',
    '2026-11-23T10:00:00Z\n::error::x',
    5,
  ])('makes no sense with the time %j', (scanTime) => {
    expect(() => rowOf([{ ...row, scanTime }])).toThrow(DecodeError);
  });

  test('is read only where it is of our image', () => {
    expect(
      rowOf([{ ...row, repoTag: { ...repoTag, tag: 'other' }, scanTime: 'rubbish' }, row]),
    ).toBeDefined();
  });

  test.each([5, null, [], { repoTag: 5 }, { tags: {} }, { repoDigests: 'all' }])(
    'is read beside %j, which may be of any image, and missing is not absent there',
    (anyones) => {
      expect(rowOf([anyones, row])).toBeDefined();
      expect(() => rowOf([{ ...row, repoTag: { ...repoTag, tag: 'other' } }, anyones])).toThrow(DecodeError);
    },
  );

  test('is nothing in an empty report', () => {
    expect(decodeReport(null)).toEqual([]);
    expect(rowOf(null)).toBeUndefined();
  });

  test('throws nothing but its own error, whatever comes', () => {
    const wildFinding = fc.record(
      {
        cve: fc.jsonValue(),
        severity: fc.oneof(fc.string(), fc.jsonValue()),
        status: fc.oneof(fc.string(), fc.jsonValue()),
        link: fc.oneof(fc.webUrl(), fc.jsonValue()),
        cvss: fc.jsonValue(),
        riskFactors: fc.jsonValue(),
        block: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const wild = fc.record(
      {
        repoTag: fc.oneof(fc.constant(repoTag), fc.jsonValue()),
        tags: fc.jsonValue(),
        repoDigests: fc.oneof(fc.array(fc.string()), fc.jsonValue()),
        scanTime: fc.oneof(fc.string(), fc.jsonValue()),
        err: fc.jsonValue(),
        vulnerabilityDistribution: fc.jsonValue(),
        vulnerabilities: fc.oneof(fc.array(wildFinding), fc.jsonValue()),
        missingDistroVulnCoverage: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.array(wild)), (json) => {
        try {
          rowAmong(decodeReport(json), image, 'full');
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('The names that the report may know an image by', () => {
  test('are those with and without scheme', () => {
    const name = 'registry.example.com/team/app:1.4';
    expect(reportNames({ ...image, registry: 'https://registry.example.com' }, '1.4')).toEqual([
      name,
      `https://${name}`,
    ]);
  });

  test('are the registry as it was given and in lower case', () => {
    expect(reportNames({ ...image, registry: 'Registry.example.com' }, '1.4')).toEqual([
      'Registry.example.com/team/app:1.4',
      'https://Registry.example.com/team/app:1.4',
      'registry.example.com/team/app:1.4',
      'https://registry.example.com/team/app:1.4',
    ]);
  });

  test('are on Docker Hub also those with the registry as it was given', () => {
    const names = reportNames({ ...hubImage, registry: 'https://registry.hub.docker.com' }, '3.16');
    expect(names).toEqual(
      expect.arrayContaining([
        'registry.hub.docker.com/library/alpine:3.16',
        'https://registry.hub.docker.com/library/alpine:3.16',
      ]),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  test('are on Docker Hub those with and without host and library/', () => {
    const names = reportNames(hubImage, '3.16');
    expect(names).toEqual(
      expect.arrayContaining(['library/alpine:3.16', 'alpine:3.16', 'docker.io/library/alpine:3.16']),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});
