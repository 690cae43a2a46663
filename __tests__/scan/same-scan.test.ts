import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ImageScanResult, success } from '../../src/scan/evidence.ts';
import { EXPLOITS } from '../../src/scan/finding.ts';
import { readFullRow } from '../../src/scan/full-row.ts';
import { addEvidence, historyOf, latestRow, newerRow, type Observation } from '../../src/scan/history.ts';
import { isSameScan, worseRow, worstRow } from '../../src/scan/same-scan.ts';
import { finding } from '../output/builders.ts';
import { openssl } from '../policy/waivers/decisions/builders.ts';
import { absent, at, DIGEST, entry, OTHER_DIGEST, row, shows, unanswered } from './evidence.ts';

/* Two answers about one scan can disagree: a copy lags, a proxy spoils one. Of each fact the worse one counts. */

const findings = [
  finding({ severity: 'critical', id: 'CVE-1' }),
  finding({ severity: 'low', id: 'CVE-2' }),
  finding({ kind: 'compliance', severity: 'high', id: '425' }),
];
const counts = fc
  .record({ critical: fc.nat(3), high: fc.nat(3), medium: fc.nat(3), low: fc.nat(3) })
  .map((four) => ({ ...four, total: four.critical + four.high + four.medium + four.low }));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const answers: fc.Arbitrary<ImageScanResult> = fc
  .record({
    error: fc.constantFrom(undefined, 'no such layer', 'unauthorized'),
    digest: maybe(fc.constantFrom(DIGEST, OTHER_DIGEST)),
    imageId: maybe(fc.constantFrom(DIGEST, OTHER_DIGEST)),
    isArm64: maybe(fc.boolean()),
    vulnerabilityCounts: maybe(counts),
    complianceCounts: maybe(counts),
    findings: maybe(fc.array(fc.constantFrom(...findings), { maxLength: 4 })),
    isUnsupportedDistro: fc.boolean(),
    exploits: fc.subarray([...EXPLOITS]),
  })
  .map((given) => row('09:00:20', { ...given, digests: given.digest === undefined ? [] : [given.digest] }));

/** How often each finding is listed. */
function listed({ findings: list = [] }: ImageScanResult, id: string): number {
  return list.filter((each) => each.id === id).length;
}

function asSets(merged: ImageScanResult): object {
  return {
    ...merged,
    digests: new Set(merged.digests),
    findings: merged.findings?.map(({ id }) => id).sort(),
  };
}

describe('Of two answers about one scan', () => {
  test('an error in either one stands', () => {
    fc.assert(
      fc.property(answers, answers, (one, other) => {
        expect(worseRow(one, other).error === undefined).toBe(
          one.error === undefined && other.error === undefined,
        );
      }),
    );
  });

  test('the larger of each count stands, and one that is missing hides nothing', () => {
    fc.assert(
      fc.property(answers, answers, (one, other) => {
        const merged = worseRow(one, other);
        for (const field of ['vulnerabilityCounts', 'complianceCounts'] as const) {
          for (const severity of ['critical', 'high', 'medium', 'low', 'total'] as const) {
            const larger = Math.max(one[field]?.[severity] ?? -1, other[field]?.[severity] ?? -1);
            expect(merged[field]?.[severity] ?? -1).toBe(larger);
          }
        }
      }),
    );
  });

  test('a finding counts as often as the answer says that lists it more often', () => {
    fc.assert(
      fc.property(answers, answers, (one, other) => {
        const merged = worseRow(one, other);
        for (const { id } of findings) {
          expect(listed(merged, id)).toBe(Math.max(listed(one, id), listed(other, id)));
        }
      }),
    );
  });

  test('every exploit stands that either one names', () => {
    fc.assert(
      fc.property(answers, answers, (one, other) => {
        const named = new Set([...one.exploits, ...other.exploits]);
        expect(worseRow(one, other).exploits).toEqual(EXPLOITS.filter((each) => named.has(each)));
      }),
    );
  });

  test('no coverage in either one is none', () => {
    fc.assert(
      fc.property(answers, answers, (one, other) => {
        expect(worseRow(one, other).isUnsupportedDistro).toBe(
          one.isUnsupportedDistro || other.isUnsupportedDistro,
        );
      }),
    );
  });

  test('only a package that both list is known, and what either one says of the image is', () => {
    const packages = ['a', 'b', 'c'].map((name) => openssl({ name }));
    const lists = maybe(fc.subarray(packages));
    const systems = maybe(fc.constant('debian')).map((name) => ({ name, version: '12', release: name }));
    const facts = fc.record({
      packages: lists,
      distribution: systems,
      ignoredFields: fc.subarray(['link', 'cvss']),
    });
    fc.assert(
      fc.property(facts, facts, (one, other) => {
        const merged = worseRow(row('09:00:20', one), row('09:00:20', other));
        const both = one.packages?.filter((each) => other.packages?.includes(each) ?? true) ?? other.packages;
        expect(merged.packages).toEqual(both);
        expect(merged.distribution).toEqual(
          one.distribution.name === undefined ? other.distribution : one.distribution,
        );
        expect(new Set(merged.ignoredFields)).toEqual(
          new Set([...one.ignoredFields, ...other.ignoredFields]),
        );
        const timed = worseRow(
          row('09:00:20', { durationMs: 5 }),
          row('09:00:20', { durationMs: undefined }),
        );
        expect(timed).toMatchObject({ durationMs: 5, scanTime: row('09:00:20').scanTime });
      }),
    );
  });

  test('an identity on which they disagree is not known', () => {
    fc.assert(
      fc.property(answers, answers, (one, other) => {
        const merged = worseRow(one, other);
        for (const fact of ['digest', 'imageId', 'isArm64'] as const) {
          const given = new Set([one[fact], other[fact]].filter((value) => value !== undefined));
          expect(merged[fact]).toBe(given.size === 1 ? [...given][0] : undefined);
        }
      }),
    );
  });

  test('the order does not matter, and an answer repeated says nothing new', () => {
    fc.assert(
      fc.property(answers, answers, (one, other) => {
        expect(asSets(worseRow(one, other))).toEqual(asSets(worseRow(other, one)));
        expect(asSets(worseRow(one, one))).toEqual(asSets(one));
      }),
    );
  });

  test('the row in full never shows less than the one that proved the scan', () => {
    fc.assert(
      fc.property(answers, answers, (proven, full) => {
        const read = readFullRow(proven, shows(full)).row;
        expect(read.error === undefined).toBe(proven.error === undefined && full.error === undefined);
        expect(read.isUnsupportedDistro).toBe(proven.isUnsupportedDistro || full.isUnsupportedDistro);
        const criticals = [proven, full].map((each) => each.vulnerabilityCounts?.critical ?? 0);
        expect(read.vulnerabilityCounts?.critical ?? 0).toBe(Math.max(...criticals));
      }),
    );
  });

  test.each([
    ['of another time are two scans', row('09:00:20'), row('09:00:21'), false],
    ['of the same time are one', row('09:00:20'), row('09:00:20'), true],
    ['that was never scanned are none', row(undefined), row(undefined), false],
  ])('rows %s', (_what, one, other, isOne) => {
    expect(isSameScan(one, other)).toBe(isOne);
  });
});

describe('Of rows of one time', () => {
  const several = fc.tuple(answers, fc.array(answers, { maxLength: 5 }));

  test('the worst of each fact counts, in whatever order they come', () => {
    fc.assert(
      fc.property(several, ([first, others]) => {
        const merged = worstRow([first, ...others]);
        const [last, ...rest] = [first, ...others].toReversed();
        if (last !== undefined) expect(asSets(worstRow([last, ...rest]))).toEqual(asSets(merged));
        const rows = [first, ...others];
        expect(merged.error === undefined).toBe(rows.every(({ error }) => error === undefined));
        for (const { id } of findings) {
          expect(listed(merged, id)).toBe(Math.max(...rows.map((each) => listed(each, id))));
        }
      }),
    );
  });

  test('no image is proven if they name several', () => {
    fc.assert(
      fc.property(several, ([first, others]) => {
        const rows = [first, ...others];
        const merged = worstRow([first, ...others]);
        const facts = ['digest', 'imageId', 'isArm64'] as const;
        const named = facts.map((fact) => [...new Set(rows.flatMap((each) => each[fact] ?? []))]);
        const isOne = named.every((values) => values.length <= 1);
        expect(facts.map((fact) => merged[fact])).toEqual(named.map(([only]) => (isOne ? only : undefined)));
        if (!isOne) expect(merged.digests).toEqual([]);
      }),
    );
  });
});

describe('The history of a wait', () => {
  const beginning = {
    origin: 'triggered',
    first: [],
    isWanted: false,
    readAtMs: at('09:00:00'),
    atMs: 0,
  } as const;
  const begun = historyOf({ ...beginning, baseline: absent('09:00:00') }, []);
  const poll = {
    atMs: 1,
    progress: 'not-polled',
    report: 'not-polled',
    isWanted: true,
    isTriggerRefused: false,
  } as const;
  const showing = (given: ImageScanResult, isWanted = true) => ({
    ...poll,
    report: success(shows(given)),
    isWanted,
  });
  const historyAfter = (polls: readonly Observation[]) => polls.reduce(addEvidence, begun);

  test('has for each scan the image that was not asked for if two answers name different ones', () => {
    const identity = fc.record({
      digest: maybe(fc.constantFrom(DIGEST, OTHER_DIGEST)),
      imageId: maybe(fc.constantFrom(DIGEST, OTHER_DIGEST)),
      isArm64: maybe(fc.boolean()),
    });
    fc.assert(
      fc.property(identity, fc.boolean(), identity, fc.boolean(), (one, wasWanted, other, isWanted) => {
        const answers = [showing(row('09:00:20', one), wasWanted), showing(row('09:00:20', other), isWanted)];
        const { rows } = historyAfter(answers);
        const isOne = (['digest', 'imageId', 'isArm64'] as const).every(
          (fact) => one[fact] === undefined || other[fact] === undefined || one[fact] === other[fact],
        );
        expect(rows.map((each) => each.isWanted)).toEqual([isWanted && (isOne || wasWanted)]);
        if (!isOne && !(wasWanted && isWanted)) expect(rows[0]?.row).toMatchObject(wasWanted ? other : one);
      }),
    );
  });

  test('has the latest scan, though an earlier one is shown again, and no more scans than a Console has', () => {
    const minutes = Array.from({ length: 25 }, (_none, minute) => row(`09:${10 + minute}:00`));
    expect(historyAfter(minutes.map((each) => showing(each))).rows).toHaveLength(20);
    const [first, second] = minutes;
    const history = historyAfter(
      [first, second, first].flatMap((each) => (each === undefined ? [] : [showing(each)])),
    );
    expect(history.rows.map((each) => each.row.scanTime)).toEqual([second?.scanTime, first?.scanTime]);
    expect(latestRow(history)?.row.scanTime).toEqual(second?.scanTime);
  });

  test('has the first error, and whether all calls of the last poll were answered', () => {
    const errors = ['no such tag', 'no space'].map((scanError) => ({
      ...poll,
      progress: success([entry({ scanError })]),
    }));
    expect(historyAfter(errors).error).toBe('no such tag');
    const polls = [
      poll,
      { ...poll, progress: unanswered },
      { ...poll, report: unanswered },
      { ...poll, isTriggerRefused: true },
    ];
    expect(polls.map((each) => historyAfter([each]).isAnswered)).toEqual([true, false, false, false]);
  });

  test('knows a newer row from a baseline of the future, a second ahead of the Console’s clock', () => {
    const isNewer = (time: string, readAtMs: number) => {
      const history = historyOf({ ...beginning, baseline: shows(row('09:00:01')), readAtMs }, []);
      const seen = showing(row(time));
      return newerRow(seen, addEvidence(history, seen)) !== undefined;
    };
    expect(isNewer('09:00:00', at('09:00:00'))).toBe(true);
    expect(isNewer('09:00:01', at('09:00:00'))).toBe(false);
    expect(isNewer('09:00:00', at('09:00:01'))).toBe(false);
  });
});
