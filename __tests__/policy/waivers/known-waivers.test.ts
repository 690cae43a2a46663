import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parsePlatform } from '../../../src/image/platform.ts';
import { knownWaivers } from '../../../src/policy/waivers/known-waivers.ts';
import type { ReferenceReading } from '../../../src/policy/waivers/reference.ts';
import type { ImageScanResult } from '../../../src/scan/evidence.ts';
import type { Finding, FindingCounts } from '../../../src/scan/finding.ts';
import { SEVERITIES } from '../../../src/scan/severity.ts';
import { finding } from '../../builders/finding.ts';
import { scanTimeOf } from '../../builders/row.ts';
import { assessable, complianceIssue, counts, imageOf, rowOf } from '../builders.ts';

const NAME = 'registry.example.com/team/app:1.4';
const LIVE = 'registry.example.com/production/app:live';
const OURS = `sha256:${'a'.repeat(64)}` as const;
const THEIRS = `sha256:${'b'.repeat(64)}` as const;

const withDigest = (findings: readonly Finding[], given: Partial<ImageScanResult> = {}) =>
  rowOf(findings, { digest: THEIRS, digests: [THEIRS], ...given });

function compare(ours: readonly Finding[], reading: ReferenceReading, name = LIVE) {
  const reference = { name, image: imageOf(name), reading };
  const image = { ...assessable(NAME, rowOf(ours)), digests: [OURS], reference };
  const known = knownWaivers([image]);
  return { comparison: known.comparisonOf(image), waivers: ours.map((each) => known.of(image, each)) };
}

const against = (ours: readonly Finding[], theirs: readonly Finding[]) =>
  compare(ours, { kind: 'rows', rows: [withDigest(theirs)] });

const knownOf = (ours: readonly Finding[], theirs: readonly Finding[]): number =>
  against(ours, theirs).waivers.filter(({ waivers }) => waivers.length > 0).length;

describe('What is known', () => {
  const severities = fc.array(fc.constantFrom(...SEVERITIES), { maxLength: 8 });

  /** The most pairs of one here with one there that is no milder, by trying them all. */
  const mostPairs = (ours: readonly number[], theirs: readonly number[]): number => {
    const [first, ...rest] = ours;
    if (first === undefined) return 0;
    const paired = theirs.flatMap((other, at) =>
      other <= first ? [1 + mostPairs(rest, theirs.toSpliced(at, 1))] : [],
    );
    return Math.max(mostPairs(rest, theirs), ...paired);
  };

  test('is as much as can be paired with one there that is no milder, and never more', () => {
    const few = fc.array(fc.constantFrom(...SEVERITIES), { maxLength: 4 });
    fc.assert(
      fc.property(few, few, (ours, theirs) => {
        const ranks = (given: typeof ours) => given.map((severity) => SEVERITIES.indexOf(severity));
        const entries = (given: typeof ours) => given.map((severity) => finding({ severity }));
        expect(knownOf(entries(ours), entries(theirs))).toBe(mostPairs(ranks(ours), ranks(theirs)));
      }),
    );
  });

  test('leaves the rest new, and what is there and not here gone', () => {
    fc.assert(
      fc.property(severities, severities, (ours, theirs) => {
        const entries = (given: typeof ours) => given.map((severity) => finding({ severity }));
        const { comparison } = against(entries(ours), entries(theirs));
        if (comparison?.kind !== 'compared') throw new Error('They were not compared.');
        const { added, known, gone } = comparison;
        expect((added?.total ?? 0) + known.total).toBe(ours.length);
        expect(gone + known.total).toBe(theirs.length);
      }),
    );
  });

  test.each<[string, Partial<Finding>]>([
    ['id', { id: 'CVE-2026-2' }],
    ['type of package', { packageType: 'python' }],
    ['package', { packageName: 'curl' }],
    ['kind', { kind: 'compliance' }],
  ])('has the same %s', (_what, given) => {
    expect(knownOf([finding()], [finding(given)])).toBe(0);
    expect(knownOf([finding({ packageVersion: '9', packagePath: '/x' })], [finding()])).toBe(1);
  });

  test('is not what has no name at all', () => {
    const titled = finding({ id: 'a flaw', hasOwnId: false });
    expect(knownOf([titled], [titled])).toBe(1);
    for (const other of [
      { ...titled, hasOwnId: true },
      { ...titled, id: 'A flaw' },
    ])
      expect(knownOf([titled], [other])).toBe(0);
    const unnamed = finding({ id: 'unnamed', hasOwnId: false });
    expect(knownOf([unnamed], [unnamed])).toBe(0);
    expect(knownOf([complianceIssue()], [complianceIssue()])).toBe(0);
  });

  test('of an unknown severity is known only by the same word', () => {
    const grave = finding({ severity: 'critical', rawSeverity: 'grave' });
    const dire = finding({ severity: 'critical', rawSeverity: 'dire' });
    expect(knownOf([grave], [grave])).toBe(1);
    for (const other of [dire, finding({ severity: 'critical' })]) expect(knownOf([grave], [other])).toBe(0);
    expect(knownOf([finding({ severity: 'low' })], [grave])).toBe(0);
  });

  test('is nearly known with a milder severity, and if it is there less often', () => {
    const [critical, high] = [finding({ severity: 'critical' }), finding({ severity: 'high' })];
    expect(against([critical], [high]).waivers).toEqual([
      { waivers: [], nearMisses: [{ kind: 'known-milder', reference: LIVE, severity: 'high' }] },
    ]);
    const twice = against([high, { ...high }], [high]).waivers.flatMap(({ nearMisses }) => nearMisses);
    expect(twice).toEqual([{ kind: 'known-less-often', reference: LIVE, times: 1 }]);
    const unknown = finding({ severity: 'critical', rawSeverity: 'grave' });
    expect(against([high], [unknown]).waivers).toEqual([{ waivers: [], nearMisses: [] }]);
    expect(against([high], [critical]).waivers).toEqual([
      { waivers: [{ kind: 'known', reference: LIVE }], nearMisses: [] },
    ]);
  });

  test('takes time in proportion to the entries, one library thousands of times included', () => {
    const many = Array.from({ length: 20_000 }, () => finding({ severity: 'high' }));
    expect(knownOf(many, many.slice(1))).toBe(19_999);
  });
});

describe('A reference', () => {
  const high = finding({ severity: 'high' });
  const rows = (...given: readonly ImageScanResult[]): ReferenceReading => ({ kind: 'rows', rows: given });
  const added = counts({ high: 1, total: 1 });
  const kindOf = (reading: ReferenceReading, name = LIVE) => compare([high], reading, name).comparison?.kind;

  test('that is absent, of another platform, or unreadable makes nothing known', () => {
    const arm = withDigest([high], { isArm64: true });
    const image = { ...assessable(NAME, rowOf([high], { isArm64: false })), digests: [OURS] };
    const reference = { name: LIVE, image: imageOf(LIVE), reading: rows(arm) };
    expect(knownWaivers([{ ...image, reference }]).comparisonOf({ ...image, reference })).toBeUndefined();
    const one = { ...image, reference };
    expect(knownWaivers([one]).comparisonOf(one)?.kind).toBe('other-platform');
    expect(compare([high], { kind: 'absent' }).comparison).toEqual({
      kind: 'absent',
      reference: LIVE,
      added,
    });
    expect(compare([high], { kind: 'unreadable', why: 'forbidden' }).comparison).toEqual({
      kind: 'unavailable',
      reference: LIVE,
      why: 'unreadable',
      detail: 'forbidden',
    });
  });

  test.each<[string, boolean | undefined, string]>([
    ['linux/amd64', false, 'compared'],
    ['linux/amd64/v3', false, 'compared'],
    ['linux/arm64', true, 'compared'],
    ['linux/arm64', false, 'other-platform'],
    ['linux/arm64', undefined, 'other-platform'],
    ['linux/amd64', true, 'other-platform'],
    // `isARM64: false` is amd64, and none of the others that are not ARM64.
    ...['linux/386', 'linux/arm/v7', 'linux/s390x', 'linux/ppc64le', 'linux/riscv64'].flatMap((name) =>
      [true, false].map((isArm64): [string, boolean, string] => [name, isArm64, 'other-platform']),
    ),
  ])('is compared with %s only if its row with isARM64 %j is of it', (name, isArm64, expected) => {
    const platform = parsePlatform(name);
    const reference = { name: LIVE, image: imageOf(LIVE), reading: rows(withDigest([high], { isArm64 })) };
    const one = { ...assessable(NAME, rowOf([high])), digests: [OURS], platform, reference };
    for (const image of [one, { ...one, image: { ...imageOf(NAME), platform } }]) {
      const known = knownWaivers([image]);
      const isSure = isArm64 !== undefined || image.image?.platform !== undefined;
      expect(known.comparisonOf(image)?.kind).toBe(isSure ? expected : 'compared');
    }
  });

  test('with several images is not known, in whatever order the rows come', () => {
    const [one, other] = [withDigest([high]), withDigest([], { digest: OURS, digests: [OURS] })];
    expect(kindOf(rows(one, other))).toBe('unavailable');
    expect(kindOf(rows(other, one))).toBe('unavailable');
    expect(kindOf(rows(one, { ...one }))).toBe('compared');
    expect(kindOf(rows(one, { ...one }, other))).toBe('unavailable');
    expect(compare([high], rows(one, other)).comparison).toMatchObject({
      why: 'several-images',
      detail: undefined,
    });
    expect(kindOf(rows(one, { ...other, digests: [OURS, THEIRS] }))).toBe('compared');
    const config = `sha256:${'c'.repeat(64)}` as const;
    const bare = withDigest([high], { digest: undefined, digests: [], imageId: config });
    expect(kindOf(rows(bare, { ...bare, digests: [THEIRS] }))).toBe('compared');
    expect(kindOf(rows({ ...bare, digests: [THEIRS] }, bare))).toBe('compared');
    for (const imageId of [undefined, OURS]) {
      const another = { ...bare, imageId };
      expect(kindOf(rows(another, imageId === undefined ? another : bare))).toBe('unavailable');
    }
  });

  test('of which there are several rows counts as it was scanned last', () => {
    const latest = withDigest([], { scanTime: scanTimeOf('2026-11-23T11:00:00Z') });
    for (const older of [withDigest([high]), withDigest([high], { scanTime: undefined })]) {
      for (const reading of [rows(older, latest), rows(latest, older)]) {
        expect(compare([high], reading).comparison).toMatchObject({
          row: { digest: THEIRS, scanTime: '2026-11-23T11:00:00Z' },
          known: { total: 0 },
        });
      }
    }
    const never = compare([high], rows(withDigest([], { scanTime: undefined }))).comparison;
    expect(never).toMatchObject({ row: { digest: THEIRS, scanTime: undefined } });
  });

  test.each<[boolean | undefined, boolean, string]>([
    [undefined, true, 'compared'],
    [true, true, 'compared'],
    [true, false, 'other-platform'],
    [false, true, 'other-platform'],
  ])('is compared by the rows alone if no platform is proven: %j with %j', (own, isArm64, expected) => {
    const reference = { name: LIVE, image: imageOf(LIVE), reading: rows(withDigest([high], { isArm64 })) };
    const one = { ...assessable(NAME, rowOf([high], { isArm64: own })), reference };
    for (const image of [one, { ...one, image: undefined }]) {
      expect(knownWaivers([image]).comparisonOf(image)?.kind).toBe(expected);
    }
  });

  test('leaves new what the report counts, or lists if that is more', () => {
    const medium = finding({ id: 'CVE-2026-2', severity: 'medium' });
    const addedOf = (row: ImageScanResult) => {
      const reading = rows(withDigest([high]));
      const image = { ...assessable(NAME, row), reference: { name: LIVE, image: imageOf(LIVE), reading } };
      const comparison = knownWaivers([image]).comparisonOf(image);
      return comparison?.kind === 'compared' ? comparison.added : comparison;
    };
    const counted = (given: Partial<FindingCounts>) => ({ vulnerabilityCounts: counts(given) });
    const both = counts({ medium: 1, total: 1 });
    expect(addedOf(rowOf([high, medium]))).toEqual(both);
    expect(addedOf(rowOf([high, medium], { vulnerabilityCounts: undefined }))).toEqual(both);
    expect(addedOf(rowOf([high, medium], counted({ low: 2, total: 2 })))).toEqual(both);
    const more = { critical: 1, high: 3, medium: 1, low: 1, total: 6 };
    expect(addedOf(rowOf([high, medium], counted(more)))).toEqual({ ...more, high: 2, total: 5 });
    expect(addedOf(rowOf(undefined, counted(more)))).toEqual(more);
    expect(addedOf(rowOf(undefined))).toBeUndefined();
  });

  test('that is the very image forgives nothing in the same repository', () => {
    const same = withDigest([high], { digest: OURS, digests: [OURS] });
    const here = compare([high], rows(same), 'registry.example.com/team/app:live');
    expect(here.comparison?.kind).toBe('same-image');
    expect(here.waivers).toEqual([{ waivers: [], nearMisses: [] }]);
    expect(compare([high], rows(same)).comparison).toMatchObject({ kind: 'compared', isPromoted: true });
  });

  test('that is the very image by its image id, if its row has no digest, forgives nothing either', () => {
    const config = `sha256:${'c'.repeat(64)}` as const;
    const bare = withDigest([high], { digest: undefined, digests: [], imageId: config });
    const name = 'registry.example.com/team/app:live';
    const reference = { name, image: imageOf(name), reading: rows(bare) };
    const one = { ...assessable(NAME, rowOf([high])), digests: [OURS, config], reference };
    expect(knownWaivers([one]).comparisonOf(one)?.kind).toBe('same-image');
    // The configuration of another push may be the same, so its id counts only without a digest.
    const pushed = { ...reference, reading: rows({ ...bare, digest: THEIRS, digests: [THEIRS] }) };
    const repushed = { ...one, reference: pushed };
    expect(knownWaivers([repushed]).comparisonOf(repushed)?.kind).toBe('compared');
    const regular = { ...one, image: undefined };
    expect(knownWaivers([regular]).comparisonOf(regular)?.kind).toBe('compared');
    const other = { ...one, digests: [OURS] };
    expect(knownWaivers([other]).comparisonOf(other)?.kind).toBe('compared');
    // The row of one platform may show the digest of the index.
    const ofIndex = rows({ ...bare, digest: THEIRS, digests: [THEIRS], isArm64: true });
    const platform = parsePlatform('linux/arm64');
    const arm = { ...one, platform, image: { ...imageOf(NAME), platform } };
    const moved = { ...arm, reference: { ...reference, reading: ofIndex } };
    expect(knownWaivers([moved]).comparisonOf(moved)?.kind).toBe('same-image');
  });

  test('that lists less than it counts, or has an error, is not complete', () => {
    const partOf = (given: Partial<ImageScanResult>) =>
      compare([high], rows(withDigest([high], given))).comparison;
    for (const vulnerabilityCounts of [undefined, added, counts()]) {
      expect(partOf({ vulnerabilityCounts })).toMatchObject({ isPartial: false });
    }
    expect(partOf({ findings: undefined, vulnerabilityCounts: undefined })).toMatchObject({
      isPartial: true,
    });
    for (const given of [{ vulnerabilityCounts: counts({ high: 2, total: 2 }) }, { error: 'failed' }]) {
      expect(compare([high], rows(withDigest([high], given))).comparison).toMatchObject({
        isPartial: true,
        known: { total: 1 },
      });
    }
  });
});
