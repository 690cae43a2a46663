import { describe, expect, test } from '@jest/globals';
import { observe } from '../../src/scan/completion.ts';
import type { ReportReading } from '../../src/scan/evidence.ts';
import { beginWait } from '../../src/scan/state.ts';
import { forbidden, look, noRow, row, shows } from './evidence.ts';
import { askedOf } from './readings.ts';

const old = { kind: 'row', row: row(1), atEpochMs: undefined } as const;
/** Yesterday's row by a clock that an hour has been taken from. */
const ofFuture: ReportReading = { ...old, atEpochMs: Date.parse('2026-11-02T08:01:00Z') };
const neverScanned = shows(row(undefined));

describe('The report of before', () => {
  test.each<[string, readonly ReportReading[], ReportReading, number]>([
    ['is the row that is shown at once', [old], old, 1],
    ['is no report, where it may not be read', [forbidden], forbidden, 1],
    ['is the row that is only missing at first', [noRow, noRow, old], old, 3],
    ['is the row whose time is only missing at first', [neverScanned, neverScanned, old], old, 3],
    ['is the row that is missing first and then without a time', [noRow, neverScanned, old], old, 3],
    ['is the row whose time is only in the future at first', [ofFuture, ofFuture, old], old, 3],
    ['is a row of the future, once that was said three times', [ofFuture], ofFuture, 3],
    ['is no row, once that was said three times', [noRow, noRow, noRow, old], noRow, 3],
    ['is a row without a time, once that was said three times', [neverScanned], neverScanned, 3],
  ])('%s', async (_what, readings, expected, reads) => {
    const asked = askedOf(...readings);
    const earlier = await asked.clock.run(asked.questions.earlierReport());
    expect(earlier).toEqual({ kind: 'answer', value: expected });
    expect(asked.reads()).toBe(reads);
  });

  test.each<[string, ReportReading, ReportReading]>([
    ['the first row that can be read', old, old],
    ['not by the word that there is none', noRow, forbidden],
    ['not by a row without a time, against which any row is newer', neverScanned, forbidden],
  ])('that could not be read is replaced by what is read later: %s', (_what, reading, expected) => {
    const limits = { startTimeoutMs: 60_000, reportTimeoutMs: 60_000 };
    const state = observe(beginWait('triggered', forbidden, 0), look(1_000, [], reading), limits);
    expect(state.earlier).toEqual(expected);
  });
});
