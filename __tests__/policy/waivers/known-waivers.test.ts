import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parsePlatform } from '../../../src/image/platform.ts';
import { knownWaivers } from '../../../src/policy/waivers/known-waivers.ts';
import type { ReferenceReading } from '../../../src/policy/waivers/reference.ts';
import type { Finding } from '../../../src/scan/finding.ts';
import { SEVERITIES } from '../../../src/scan/severity.ts';
import type { ImageScanResult } from '../../../src/scan/types.ts';
import { finding } from '../../builders/finding.ts';
import { assessable, complianceIssue, imageOf, rowOf } from '../builders.ts';

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
  });

  test('takes time in proportion to the entries, one library thousands of times included', () => {
    const many = Array.from({ length: 20_000 }, () => finding({ severity: 'high' }));
    expect(knownOf(many, many.slice(1))).toBe(19_999);
  });
});

describe('A reference', () => {
  const high = finding({ severity: 'high' });
  const rows = (...given: readonly ImageScanResult[]): ReferenceReading => ({ kind: 'rows', rows: given });
  const kindOf = (reading: ReferenceReading, name = LIVE) => compare([high], reading, name).comparison?.kind;

  test('that is absent, of another platform, or unreadable makes nothing known', () => {
    const arm = withDigest([high], { isArm64: true });
    const image = { ...assessable(NAME, rowOf([high], { isArm64: false })), digests: [OURS] };
    const reference = { name: LIVE, image: imageOf(LIVE), reading: rows(arm) };
    expect(knownWaivers([{ ...image, reference }]).comparisonOf({ ...image, reference })).toBeUndefined();
    const one = { ...image, reference };
    expect(knownWaivers([one]).comparisonOf(one)?.kind).toBe('other-platform');
    expect(kindOf({ kind: 'absent' })).toBe('absent');
    expect(kindOf({ kind: 'unreadable', why: 'forbidden' })).toBe('unavailable');
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
    const undated = withDigest([high], { digest: undefined, digests: [] });
    expect(kindOf(rows(undated, { ...undated }))).toBe('unavailable');
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
    const counts = { critical: 0, high: 2, medium: 0, low: 0, total: 2 };
    for (const given of [{ vulnerabilityCounts: counts }, { error: 'failed' }]) {
      expect(compare([high], rows(withDigest([high], given))).comparison).toMatchObject({
        isPartial: true,
        known: { total: 1 },
      });
    }
  });
});
