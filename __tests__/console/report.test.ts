import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { latestOf, rowsOf as rowsOfImage } from '../../src/console/report.ts';
import { reportNames } from '../../src/console/report-names.ts';
import { decodeReport } from '../../src/console/report-row.ts';
import { hasRowWithoutDigest, namesOf } from '../../src/console/row-image.ts';
import { RowIndex } from '../../src/console/row-index.ts';
import { scanDurationMs } from '../../src/console/row-result.ts';
import { DecodeError } from '../../src/http/decode.ts';
import type { Digest, Image } from '../../src/image/image.ts';
import type { Detail } from '../../src/scan/wait.ts';
import { digestedImage, taggedImage } from '../builders/image.ts';

const a: Digest = `sha256:${'a'.repeat(64)}`;
const b: Digest = `sha256:${'b'.repeat(64)}`;

const image = taggedImage('team/app', '1.4');
const hubImage = taggedImage('library/alpine', '3.16', '');
const byDigest = digestedImage('team/app', a);

const repoTag = { registry: 'registry.example.com', repo: 'team/app', tag: '1.4' };
const row = { repoTag, scanTime: '2026-11-23T10:00:00Z', err: '' };

const none = () => [];
const decoded = (json: unknown) => decodeReport(json, (text) => text.replaceAll('hunter2', '***'));
const rowOf = (json: unknown, of = image, detail: Detail = 'compact') =>
  latestOf(rowsOfImage(decoded(json), of, detail, none));
const fullRowOf = (given: object) => rowOf([{ ...row, ...given }], image, 'full');

describe('The row of an image', () => {
  test('is found among rows of others', () => {
    const others = [
      ...['1.5', '1.40', '1.4-debian', '1', '1.4 ', ''].map((tag) => ({
        ...row,
        repoTag: { ...repoTag, tag },
      })),
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

  test.each<[string, object, boolean]>([
    ['whose own tag is ours', { repoTag }, true],
    [
      'whose own tag is another, though it lists ours',
      { repoTag: { ...repoTag, tag: '1' }, tags: [repoTag] },
      false,
    ],
    [
      'whose own tag is empty, though it lists ours',
      { repoTag: { ...repoTag, tag: '' }, tags: [repoTag] },
      false,
    ],
    ['whose own tag has no fields, though it lists ours', { repoTag: {}, tags: [repoTag] }, false],
    [
      'without a tag of its own that lists ours',
      { repoTag: null, tags: [{ ...repoTag, tag: '1' }, repoTag] },
      true,
    ],
    ['without a tag of its own and without a list', { repoTag: undefined, tags: null }, false],
  ])('is one %s: %j is %s', (_which, given, isFound) => {
    expect(rowOf([{ ...row, ...given }]) !== undefined).toBe(isFound);
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

  test('is the one scanned last if several speak of the image', () => {
    const older = { ...row, scanTime: '2026-11-22T23:00:00-05:00' };
    expect(rowOf([older, row])?.scanTime?.text).toBe('2026-11-23T10:00:00Z');
    expect(rowOf([row, older])?.scanTime?.text).toBe('2026-11-23T10:00:00Z');
  });

  test.each<[string, object]>([
    ['in repoDigests, without a tag', { repoTag: { ...repoTag, tag: '' }, repoDigests: [`team/app@${a}`] }],
    ['of its tag', { repoTag: { ...repoTag, digest: a } }],
    ['of another tag of the repository', { repoTag: { ...repoTag, tag: 'x', digest: a } }],
    ['as its id', { id: a }],
  ])('is found by digest if it has the digest %s', (_where, given) => {
    expect(rowOf([{ ...row, ...given }], byDigest)).toBeDefined();
    expect(rowOf([{ ...row, ...given, repoTag: { ...repoTag, repo: 'other' } }], byDigest)).toBeUndefined();
  });

  test('is found by the digests that stand for the one asked for', () => {
    const rows = decoded([{ ...row, repoDigests: [`team/app@${b}`] }]);
    expect(rowsOfImage(rows, byDigest, 'compact', none)[0]).toBeUndefined();
    expect(rowsOfImage(rows, byDigest, 'compact', () => [b])[0]).toBeDefined();
  });

  test.each<[string, object, boolean]>([
    ['has none', {}, true],
    ['has none and no tag', { repoTag: { ...repoTag, tag: '' } }, true],
    ['has another', { repoDigests: [`team/app@${b}`] }, false],
    ['is of another repository', { repoTag: { ...repoTag, repo: 'other' } }, false],
  ])('by digest may be one that %s: %j, %s', (_which, given, expected) => {
    expect(hasRowWithoutDigest(decoded([{ ...row, ...given }]), byDigest)).toBe(expected);
  });

  test('by digest may be one that lists no digest, though it lists other repositories too', () => {
    const tags = [{ ...repoTag, repo: 'other' }, repoTag];
    expect(hasRowWithoutDigest(decoded([{ ...row, repoTag: null, tags }]), byDigest)).toBe(true);
    const tagged = { ...row, repoTag: null, tags, id: a };
    const name = 'registry.example.com/team/app:1.4';
    expect(namesOf(decoded([tagged]), byDigest, none)).toEqual([name, `https://${name}`]);
  });

  test('by digest has the names of its tags, unless one of its rows has no tag', () => {
    const tagged = { ...row, repoTag: { ...repoTag, digest: a } };
    const untagged = { ...row, repoTag: { ...repoTag, tag: '', digest: a } };
    const name = 'registry.example.com/team/app:1.4';
    expect(namesOf(decoded([tagged]), byDigest, none)).toEqual([name, `https://${name}`]);
    expect(namesOf(decoded([tagged, untagged]), byDigest, none)).toEqual([]);
    expect(namesOf(decoded([]), byDigest, none)).toEqual([]);
  });

  test('is found by digest only if it carries that digest', () => {
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
    [
      'the one of our tag where the row lists several',
      {
        repoTag: null,
        tags: [
          { ...repoTag, tag: '1', digest: b },
          { ...repoTag, digest: a },
        ],
      },
      a,
      [a],
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

  const onHub = { registry: '', repo: 'alpine', tag: '3.16' };
  const nested: Image = { ...image, repository: 'team/library/alpine' };

  test.each<[Image, object, string, boolean]>([
    [hubImage, onHub, 'alpine', true],
    [hubImage, onHub, 'library/alpine', true],
    [hubImage, onHub, 'docker.io/library/alpine', true],
    [hubImage, onHub, 'docker.io/alpine', true],
    [hubImage, onHub, 'library/docker.io/alpine', false],
    [hubImage, onHub, 'registry.example.com/library/alpine', false],
    [hubImage, onHub, 'team/alpine', false],
    [hubImage, onHub, 'ine', false],
    [image, repoTag, 'team/app', true],
    [image, repoTag, 'https://Registry.Example.com/Team/App', true],
    [image, repoTag, 'app', false],
    [image, repoTag, 'other.example.com/team/app', false],
    [nested, { ...repoTag, repo: nested.repository }, 'team/alpine', false],
  ])('of %o, shown by %j, is that of the name %s: %s', (of, tag, name, isOwn) => {
    const digests = isOwn ? [a] : [];
    expect(rowOf([{ ...row, repoTag: tag, repoDigests: [`${name}@${a}`] }], of)).toMatchObject({ digests });
  });
});

describe('What a row says', () => {
  const four = { critical: 1, high: 2, medium: 3, low: 4 };
  const nothing = { critical: 0, high: 0, medium: 0, low: 0, total: 0 };

  test.each<[object, unknown]>([
    [{}, undefined],
    [{ distribution: null, count: null }, undefined],
    [{ distribution: { ...four, total: 10 } }, { ...four, total: 10 }],
    [{ distribution: four }, { ...four, total: 10 }],
    [{ distribution: { ...four, total: null } }, { ...four, total: 10 }],
    [{ distribution: { ...four, total: 1 } }, { ...four, total: 10 }],
    [{ distribution: { ...four, total: 12 } }, { ...four, total: 12 }],
    [
      { distribution: { ...four, total: 12 }, count: 60 },
      { ...four, total: 60 },
    ],
    [
      { distribution: four, count: 1 },
      { ...four, total: 10 },
    ],
    [{ distribution: {} }, undefined],
    [{ distribution: { low: 0 } }, nothing],
    [
      { distribution: {}, count: 3 },
      { ...nothing, total: 3 },
    ],
    [{ count: 60 }, { ...nothing, total: 60 }],
    [{ count: 0 }, nothing],
  ])(
    'is counted by the largest of its counters: %j',
    ({ distribution, count }: { distribution?: unknown; count?: unknown }, expected) => {
      const read = rowOf([
        {
          ...row,
          vulnerabilityDistribution: distribution,
          vulnerabilitiesCount: count,
          complianceDistribution: distribution,
          complianceIssuesCount: count,
        },
      ]);
      expect([read?.vulnerabilityCounts, read?.complianceCounts]).toEqual([expected, expected]);
    },
  );

  const listed = (given: object) => fullRowOf(given)?.findings;

  test('lists vulnerabilities and compliance issues if it is read in full', () => {
    const given = { vulnerabilities: [{ cve: 'CVE-1' }], complianceIssues: [{ id: 41, title: 'T' }] };
    expect(listed(given)?.map(({ kind, id }) => [kind, id])).toEqual([
      ['vulnerability', 'CVE-1'],
      ['compliance', 'T'],
    ]);
    expect(rowOf([{ ...row, ...given }])?.findings).toBeUndefined();
  });

  test.each<[string, object, unknown]>([
    ['nothing where it says so', { vulnerabilities: null }, []],
    ['nothing where it lists none', { vulnerabilities: [] }, []],
    ['nothing where it only counts', { vulnerabilityDistribution: { total: 0 } }, []],
    ['what is unknown where it neither lists nor counts', {}, undefined],
    ['what is unknown, though it has no issues', { complianceIssues: null }, undefined],
  ])('lists %s', (_what, given, expected) => {
    expect(listed(given)).toEqual(expected);
  });

  test.each<[string, object, unknown]>([
    ['none where it lists none', { complianceIssues: null }, nothing],
    ['unknown where it neither lists nor counts', {}, undefined],
  ])('counts, read in full, of compliance issues %s', (_what, given, expected) => {
    expect(fullRowOf({ ...given, vulnerabilities: null })?.complianceCounts).toEqual(expected);
    // The compact form has `null` for every row.
    expect(rowOf([{ ...row, ...given, vulnerabilities: null }])?.complianceCounts).toBeUndefined();
  });

  test.each<[object, string | undefined]>([
    [{}, undefined],
    [{ err: null, errCode: null }, undefined],
    [{ err: '', errCode: 0 }, undefined],
    [{ errCode: '' }, undefined],
    [{ errCode: '0' }, undefined],
    [{ err: 'no such tag' }, 'no such tag'],
    [{ err: 'login as hunter2\n::error::' }, 'login as *** : :error: :'],
    [{ err: '\u200b' }, '(text without a printable character)'],
    [{ err: '', errCode: 5 }, 'error code 5'],
    [{ errCode: -1 }, 'error code -1'],
    [{ errCode: 'E5' }, 'error code E5'],
    [{ err: 'no such tag', errCode: 5 }, 'no such tag'],
  ])('fails its image with %j: %j', (given, error) => {
    expect(fullRowOf(given)?.error).toBe(error);
  });

  test.each<[object, string]>([
    [{ err: {} }, 'report[0].err'],
    [{ errCode: true }, 'report[0].errCode'],
    [{ scanTime: '2026-11-23' }, 'report[0].scanTime'],
    [{ scanTime: '2026-11-23T10:00:00Z (about)' }, 'report[0].scanTime'],
    [{ vulnerabilitiesCount: '5' }, 'report[0].vulnerabilitiesCount'],
    [{ vulnerabilityDistribution: { high: -1 } }, 'report[0].vulnerabilityDistribution.high'],
    [{ complianceDistribution: [] }, 'report[0].complianceDistribution'],
    [{ missingDistroVulnCoverage: 'yes' }, 'report[0].missingDistroVulnCoverage'],
    [{ vulnerabilities: [{ severity: 5 }] }, 'report[0].vulnerabilities[0].severity'],
    [{ complianceIssues: {} }, 'report[0].complianceIssues'],
  ])('is invalid with %j, which decides: %s', (given, field) => {
    expect(() => fullRowOf({ vulnerabilities: null, ...given })).toThrow(DecodeError);
    expect(() => fullRowOf({ vulnerabilities: null, ...given })).toThrow(`${field}: expected `);
  });

  test('names the secondary fields that it lost', () => {
    const given = {
      vulnerabilities: [{ packageType: 1 }, { cvss: 'high' }],
      complianceIssues: [{ title: 5 }],
      packages: 5,
    };
    expect(fullRowOf(given)?.ignoredFields).toEqual(['packageType', 'cvss', 'title', 'packages']);
  });

  test.each([
    [{}, undefined, undefined],
    [{ isARM64: true, id: a }, true, a],
    [{ isARM64: false, id: 'abc' }, false, undefined],
    [{ isARM64: 'yes', id: 5 }, undefined, undefined],
  ])('shows architecture and image id of %j', (given, isArm64, imageId) => {
    expect(fullRowOf(given)).toMatchObject({ isArm64, imageId });
  });

  test.each([
    [undefined, false],
    [null, false],
    [false, false],
    [true, true],
  ])('is of an unsupported distribution with the mark %j: %s', (missingDistroVulnCoverage, expected) => {
    expect(rowOf([{ ...row, missingDistroVulnCoverage }])?.isUnsupportedDistro).toBe(expected);
  });

  test('names exploits in its own risk factors, and counts each kind of findings by itself', () => {
    const riskFactors = ['Exploit exists - POC', { name: 'Exploit in the wild' }];
    for (const detail of ['compact', 'full'] as const) {
      expect(rowOf([{ ...row, riskFactors }], image, detail)?.exploits).toEqual(['in-the-wild', 'poc']);
      expect(rowOf([row], image, detail)?.exploits).toEqual([]);
    }
    expect(fullRowOf({ vulnerabilitiesCount: 3, complianceIssuesCount: 5 })).toMatchObject({
      vulnerabilityCounts: { total: 3 },
      complianceCounts: { total: 5 },
    });
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
  ])('is invalid with the time %j', (scanTime) => {
    expect(() => rowOf([{ ...row, scanTime }])).toThrow(DecodeError);
  });

  test('is read only if it is of our image', () => {
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

  test.each<[object, string]>([
    [{ repoTag: 5 }, 'report[0].repoTag'],
    [{ repoTag: { ...repoTag, registry: 5 } }, 'report[0].repoTag.registry'],
    [{ repoTag: { ...repoTag, repo: 5 } }, 'report[0].repoTag.repo'],
    [{ repoTag: { ...repoTag, tag: 5 } }, 'report[0].repoTag.tag'],
    [{ repoTag: { ...repoTag, digest: 5 } }, 'report[0].repoTag.digest'],
    [{ repoTag: null, tags: 5 }, 'report[0].tags'],
    [{ repoDigests: [5] }, 'report[0].repoDigests[0]'],
  ])('is invalid with %j, which names its image: %s', (given, field) => {
    expect(() => rowOf([{ ...row, ...given }])).toThrow(`${field}: expected `);
  });

  test('of its own tag that is invalid is not made up for by another, unless it is found by digest', () => {
    const broken = { ...row, repoDigests: 'all' };
    for (const rows of [
      [row, broken],
      [broken, row],
    ]) {
      expect(() => rowOf(rows)).toThrow('repoDigests: expected a list');
    }
    expect(rowOf([{ ...row, id: a }, broken], byDigest)?.imageId).toBe(a);
  });

  test('is found in an index of all rows as in the list, and one of any image is not lost there', async () => {
    const index = async (rows: readonly unknown[]) => {
      const all = new RowIndex();
      await all.addAll(decoded(rows));
      return all.of(image);
    };
    const other = { ...row, repoTag: { ...repoTag, repo: 'other' } };
    const twice = { ...row, repoTag: null, tags: [{ ...repoTag, tag: '1' }, repoTag] };
    expect(await index([other, twice, { ...twice, tags: [] }])).toHaveLength(1);
    const unclear = [{ ...row, repoTag: null, tags: [] }, other, { repoTag: 5 }];
    expect(() => rowOf(unclear)).toThrow('report[2].repoTag');
    const indexed = await index(unclear);
    expect(() => rowsOfImage(indexed, image, 'compact', none)).toThrow('report[2].repoTag');
  });

  test('is read from no more rows than a Console can have', () => {
    const expected = 'report: expected at most 200000 rows, got 200001';
    expect(() => decoded(Array.from({ length: 200_001 }, () => null))).toThrow(expected);
  });

  test.each([{ tags: 5 }, { tags: ['x'] }, { tags: [{ ...repoTag, tag: 5 }] }])(
    'with a tag of its own does not need %j',
    (given) => {
      expect(rowOf([{ ...row, ...given }])?.scanTime?.text).toBe('2026-11-23T10:00:00Z');
    },
  );

  test('of two with the same time is the one with an error, in either order', () => {
    const rows = [row, { ...row, err: 'no space left' }];
    expect(rowOf(rows)?.error).toBe('no space left');
    expect(rowOf(rows.toReversed())?.error).toBe('no space left');
  });

  test('is absent, not invalid, beside a wrong row that is plainly of another tag', () => {
    const other = { ...row, repoTag: { ...repoTag, tag: '1.5' }, repoDigests: 'all' };
    expect(rowOf([other])).toBeUndefined();
    expect(() => rowOf([{ ...other, repoTag }])).toThrow('report[0].repoDigests: expected a list');
    expect(() => rowOf([other], byDigest)).toThrow('report[0].repoDigests: expected a list');
  });

  test('is nothing in an empty report', () => {
    expect(decoded(null)).toEqual([]);
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
        exploits: fc.oneof(fc.constant([{ kind: { toString: 1 } }]), fc.jsonValue()),
        fixDate: fc.jsonValue(),
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
        errCode: fc.jsonValue(),
        complianceIssues: fc.oneof(fc.array(wildFinding), fc.jsonValue()),
        vulnerabilityDistribution: fc.jsonValue(),
        vulnerabilities: fc.oneof(fc.array(wildFinding), fc.jsonValue()),
        missingDistroVulnCoverage: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.array(wild)), (json) => {
        try {
          rowOf(json, image, 'full');
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 500 },
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

describe('How long a scan took', () => {
  test.each<[string, unknown, number | undefined]>([
    ['seconds', 25, 25_000],
    ['milliseconds', 25_000, 25_000],
    ['microseconds', 25_000_000, 25_000],
    ['nanoseconds', 25_000_000_000, 25_000],
    ['one second', 1, 1_000],
    ['the longest in nanoseconds', 7_200_000_000_000, 7_200_000],
    ['longer than any', 7_200_000_000_001, undefined],
    ['three seconds in milliseconds, or fifty minutes', 3_000, undefined],
    ['just above what seconds can be', 7_201, 7_201],
    ['at once, or a thousand seconds', 1_000, undefined],
    ['below that', 999, 999_000],
    ['zero', 0, undefined],
    ['less than zero', -25, undefined],
    ['no number', '25', undefined],
    ['nothing', undefined, undefined],
    ['null', null, undefined],
    ['not a number', Number.NaN, undefined],
    ['endless', Number.POSITIVE_INFINITY, undefined],
  ])('is read from %s', (_what, given, expected) => {
    const read = scanDurationMs(given);
    expect(read === undefined ? undefined : Math.round(read)).toBe(expected);
  });

  test('between eight seconds and a quarter of an hour is read right in any unit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8_000, max: 900_000 }),
        fc.constantFrom(1e-6, 1e-3, 1, 1_000),
        (durationMs, unitMs) => {
          const read = scanDurationMs(Math.round(durationMs / unitMs)) ?? 0;
          expect(Math.abs(read - durationMs)).toBeLessThanOrEqual(500);
        },
      ),
    );
  });

  test.each([
    ['a scan that succeeded', '', 25_000],
    ['a scan that failed, which says nothing of the next', 'no such manifest', undefined],
  ])('is shown by the row of %s', (_what, err, expected) => {
    expect(rowOf([{ ...row, scanDuration: 25_000, err }])?.durationMs).toBe(expected);
  });
});

test('A time of more digits than any clock has is rewritten, so that it fills no output', () => {
  const long = rowOf([{ ...row, scanTime: `2026-11-23T10:00:00.${'1'.repeat(200_000)}Z` }]);
  expect(long?.scanTime?.text).toBe('2026-11-23T10:00:00.111Z');
  const usual = '2026-11-23T10:00:00.123456789+01:00';
  expect(rowOf([{ ...row, scanTime: usual }])?.scanTime?.text).toBe(usual);
});
