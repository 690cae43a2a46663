import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildEarlierScan, buildScan } from '../src/builders.ts';
import { alpine, alpineImage, testConsole } from './test-console.ts';

const script = fc.record({
  registerDelayMs: fc.nat(5_000),
  discoveryMs: fc.nat(5_000),
  scanMs: fc.nat(20_000),
  closingMs: fc.nat(2_000),
  images: fc.integer({ min: 1, max: 9 }),
  outcome: fc.constantFrom('finished', 'discovery-error', 'scan-error', 'report-error'),
  shownInProgress: fc.boolean(),
  rowLagMs: fc.option(fc.integer({ min: -3_000, max: 9_000 })),
});

const settings = fc.record({
  unreadEndMs: fc.option(fc.nat(10_000)),
  unreadEndAfterTrigger: fc.constantFrom('kept-until-registered', 'dropped'),
  parallelScansShown: fc.constantFrom('latest', 'all'),
  scanTimeIs: fc.constantFrom('end', 'start'),
  rateLimit: fc.constant(null),
});

const steps = fc.array(
  fc.oneof(
    fc.record({ act: fc.constant('pass'), ms: fc.nat(8_000) }),
    fc.record({
      act: fc.constantFrom('look', 'look', 'trigger', 'restart', 'read elsewhere'),
      ms: fc.constant(0),
    }),
  ),
  { maxLength: 60 },
);

const scripts = fc.tuple(script, fc.array(script, { maxLength: 3 }));
const world = fc.record({ scripts, settings, unread: fc.boolean(), steps });
type World = typeof world extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** Lives through a world and notes after each look what was shown, and what was true. */
function lived({ scripts: [first, later], settings: given, unread, steps: todo }: World) {
  const image = alpineImage(undefined, {
    scans: [buildScan(first), ...later.map(buildScan)],
    earlier: buildEarlierScan({ unread }),
  });
  const { model, clock, entries, trigger, scanTimes } = testConsole({ images: [image], settings: given });
  return todo.map(({ act, ms }) => {
    if (act === 'trigger') trigger();
    if (act === 'restart') model.restart();
    if (act === 'read elsewhere') model.readByOtherUser(alpine);
    clock.advance(ms);
    const shown = act === 'look' ? entries() : [];
    return { act, nowMs: clock.nowMs(), shown, rows: scanTimes(), truth: model.scansOf(alpine) };
  });
}

describe('in any Console', () => {
  test('no end is shown before a scan has ended, and no more ends than scans', () => {
    fc.assert(
      fc.property(world, (drawn) => {
        let ends = 0;
        for (const { shown, truth, nowMs } of lived(drawn)) {
          ends += shown.filter((entry) => !entry.isScanOngoing).length;
          const ended = truth.filter((scan) => scan.finishedAtMs <= nowMs);
          expect(ends).toBeLessThanOrEqual(ended.length);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a scan is shown as ongoing only while one has not ended', () => {
    fc.assert(
      fc.property(world, (drawn) => {
        for (const { shown, truth, nowMs } of lived(drawn)) {
          const running = truth.filter((scan) => scan.endsAtMs > nowMs && scan.lostAtMs === null);
          const ongoing = shown.filter((entry) => entry.isScanOngoing);
          expect(ongoing.length).toBeLessThanOrEqual(running.length);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('the row is that of the newest scan that has one by now, and is never lost', () => {
    fc.assert(
      fc.property(world, (drawn) => {
        for (const { rows, truth, nowMs } of lived(drawn)) {
          const due = truth.filter((scan) => scan.rowAtMs !== null && scan.rowAtMs <= nowMs);
          const newest = due
            .flatMap((scan) => scan.scanTime ?? [])
            .toSorted()
            .at(-1);
          expect(rows).toEqual([newest]);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('the same questions at the same times have the same answers', () => {
    fc.assert(
      fc.property(world, (drawn) => {
        expect(lived(drawn)).toEqual(lived(drawn));
      }),
    );
  });
});
