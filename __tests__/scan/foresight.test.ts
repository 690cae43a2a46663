import { describe, expect, test } from '@jest/globals';
import type { ReportReading } from '../../src/scan/evidence.ts';
import { Foresight } from '../../src/scan/foresight.ts';
import { beginWait, type Completion } from '../../src/scan/state.ts';
import { entry, forbidden, look, noRow, row, shows, silence } from './evidence.ts';

const minuteLong: ReportReading = shows(row(0, { durationMs: 60_000 }));

/** A look at which progress answered. */
const asked = look(0, []);

function unseen(lookedAtMs: number, silentLooks = 0): Completion {
  return { ...beginWait('triggered', minuteLong, lookedAtMs), silentLooks };
}

function scanning(lookedAtMs: number, scanned = 0, total = 1): Completion {
  return {
    ...beginWait('triggered', minuteLong, lookedAtMs),
    phase: 'scanning',
    entries: [running(scanned, total)],
  };
}

function running(scanned: number, total: number) {
  return entry({ ongoing: true, scanned, total });
}

describe('What a wait foresees', () => {
  test('is the duration of the scan before, counted from the trigger', () => {
    const foresight = new Foresight(minuteLong);
    foresight.triggered(1_000);
    expect(foresight.atStart(1_500)).toEqual({ kind: 'expected', forMs: 500, expectedMs: 60_000 });
    expect(foresight.outlook(scanning(8_000), 9_000)).toEqual({
      kind: 'expected',
      forMs: 8_000,
      expectedMs: 60_000,
    });
  });

  test.each<[string, ReportReading]>([
    ['no row', noRow],
    ['a row that does not tell', shows(row(0))],
    ['no right to read the report', forbidden],
  ])('is nothing with %s', (_what, earlier) => {
    const foresight = new Foresight(earlier);
    foresight.triggered(0);
    expect(foresight.atStart(0)).toEqual({ kind: 'unknown' });
    expect(foresight.outlook(scanning(1_000), 1_000)).toEqual({ kind: 'unknown' });
  });

  test('is nothing of a scan that may have run for long when it was first seen', () => {
    expect(new Foresight(minuteLong).outlook(scanning(1_000), 1_000)).toEqual({ kind: 'unknown' });
  });

  test('counts from the last look that saw no sign of the scan, and knows nothing before it is seen', () => {
    const foresight = new Foresight(minuteLong);
    foresight.triggered(0);
    foresight.saw(unseen(20_000), asked);
    expect(foresight.outlook(unseen(20_000), 20_000)).toEqual({ kind: 'unknown' });
    foresight.saw(scanning(25_000), asked);
    expect(foresight.outlook(scanning(25_000), 25_000)).toMatchObject({ forMs: 5_000 });
  });

  test('is not put off by a look without an answer', () => {
    const foresight = new Foresight(minuteLong);
    foresight.triggered(0);
    foresight.saw(unseen(20_000, 1), look(20_000, silence));
    expect(foresight.outlook(scanning(25_000), 25_000)).toMatchObject({ forMs: 25_000 });
  });

  test('is not put off by a look that did not ask progress', () => {
    const foresight = new Foresight(minuteLong);
    foresight.triggered(0);
    foresight.saw(unseen(20_000), look(20_000, 'not-asked', noRow));
    expect(foresight.outlook(scanning(25_000), 25_000)).toMatchObject({ forMs: 25_000 });
  });

  test('takes the end of an earlier scan for no sign of this one', () => {
    const foresight = new Foresight(minuteLong);
    const unproven: Completion = { ...unseen(20_000), phase: 'end-unproven', sinceMs: 20_000, ends: 1 };
    foresight.saw(unproven, asked);
    expect(foresight.outlook(unproven, 20_000)).toEqual({ kind: 'unknown' });
    expect(foresight.outlook(scanning(25_000), 25_000)).toMatchObject({ forMs: 5_000 });
  });

  test.each(['ended', 'vanished'] as const)('is that a scan that %s will settle', (phase) => {
    const since = {
      ...unseen(30_000),
      sinceMs: 30_000,
      rowCounts: 'when-newer' as const,
      lastRow: undefined,
    };
    const foresight = new Foresight(minuteLong);
    foresight.saw({ ...since, phase }, asked);
    expect(foresight.outlook({ ...since, phase }, 34_000)).toEqual({ kind: 'settling', forMs: 4_000 });
  });

  test('is by the speed of the counts, where there are many', () => {
    const foresight = new Foresight(minuteLong);
    foresight.triggered(0);
    foresight.saw(scanning(10_000, 20, 100), asked);
    expect(foresight.outlook(scanning(10_000, 20, 100), 10_000)).toMatchObject({ kind: 'expected' });
    foresight.saw(scanning(20_000, 40, 100), asked);
    expect(foresight.outlook(scanning(20_000, 40, 100), 20_000)).toEqual({
      kind: 'counting',
      remainingMs: 30_000,
    });
  });

  test('is by ten counts and no fewer', () => {
    for (const [total, kind] of [
      [9, 'expected'],
      [10, 'counting'],
    ] as const) {
      const foresight = new Foresight(minuteLong);
      foresight.triggered(0);
      foresight.saw(scanning(10_000, 2, total), asked);
      foresight.saw(scanning(20_000, 4, total), asked);
      expect(foresight.outlook(scanning(20_000, 4, total), 20_000).kind).toBe(kind);
    }
  });

  test('is that a scan whose counts add up will be closed, counted from when they did', () => {
    const foresight = new Foresight(minuteLong);
    foresight.saw(scanning(10_000, 50, 50), asked);
    foresight.saw(scanning(14_000, 50, 50), asked);
    expect(foresight.outlook(scanning(14_000, 50, 50), 15_000)).toEqual({ kind: 'settling', forMs: 5_000 });
  });

  test('goes on counting where more came to be counted', () => {
    const foresight = new Foresight(minuteLong);
    foresight.saw(scanning(0, 0, 50), asked);
    foresight.saw(scanning(10_000, 50, 50), asked);
    foresight.saw(scanning(20_000, 50, 100), asked);
    expect(foresight.outlook(scanning(20_000, 50, 100), 20_000)).toEqual({
      kind: 'counting',
      remainingMs: 20_000,
    });
  });

  test('is nothing from counts that do not move', () => {
    const foresight = new Foresight(noRow);
    foresight.saw(scanning(10_000, 20, 100), asked);
    foresight.saw(scanning(20_000, 20, 100), asked);
    expect(foresight.outlook(scanning(20_000, 20, 100), 20_000)).toEqual({ kind: 'unknown' });
  });
});
