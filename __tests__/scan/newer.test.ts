import { describe } from '@jest/globals';
import type { ReportSnapshot } from '../../src/scan/evidence.ts';
import { scanTimeOf } from '../builders/row.ts';
import { absent, ended, entry, nothing, row, running, shows, unreadable } from './evidence.ts';
import { before, every, holds, poll, type Story } from './story.ts';

/* Which row is newer, by Console time alone. Each is compared with progress that shows nothing. */

const isNewer = { phase: 'finished', proof: 'report' };
const isNot = { phase: 'pending' };
const named = (text: string) => ({ history: { outdated: { text } } });

/** A row beside a baseline, and if it is newer. */
const beside = (baseline: ReportSnapshot, name: string, report: ReportSnapshot, expected: object): Story => ({
  name,
  baseline,
  polls: [poll(1, nothing, report)],
  expected,
});
const at = (time: string | undefined, readAt?: string) => shows(row(time), readAt);
const spelled = (text: string) => shows(row('08:00:00', { scanTime: scanTimeOf(text) }), '09:00:00');

describe('With the time at which the baseline was read, a row', () => {
  const unscanned = at(undefined, '09:00:00');
  holds([
    beside(before, 'of a later scan is newer', at('09:00:01', '09:00:02'), isNewer),
    beside(before, 'of the same time is not', at('08:00:00', '09:00:02'), isNot),
    beside(
      before,
      'of the same time in another spelling is not',
      spelled('2026-11-02T10:00:00+02:00'),
      isNot,
    ),
    beside(before, 'of an earlier scan is not', at('07:59:59', '09:00:02'), isNot),
    beside(before, 'that was never scanned is not', at(undefined, '09:00:02'), isNot),
    beside(before, 'of five minutes before is newer: clocks may differ by so much', at('08:55:00'), isNewer),
    beside(before, 'of more than five minutes before is not, and is named', at('08:54:59'), {
      ...isNot,
      ...named('2026-11-02T08:54:59Z'),
    }),
    beside(before, 'of the far future is newer: the Defender’s clock may be wrong', at('23:00:00'), isNewer),
    beside(unscanned, 'that replaces one which was never scanned is newer', at('09:00:01'), isNewer),
    beside(unscanned, 'of before that replaces one which was never scanned is not', at('08:00:00'), isNot),
    beside(
      before,
      'is compared with the baseline, whatever time comes later',
      at('09:00:01', '07:00:00'),
      isNewer,
    ),
  ]);
});

describe('With that time and no row before, a row', () => {
  const none = absent('09:00:00');
  holds([
    beside(none, 'that appears is newer', at('09:00:01'), isNewer),
    beside(none, 'of last week that appears late is not, and is named', at('01:00:00'), {
      ...isNot,
      ...named('2026-11-02T01:00:00Z'),
    }),
    {
      name: 'of last week is not, although the scan was seen',
      baseline: none,
      polls: [poll(1, ended, at('01:00:00'))],
      expected: { phase: 'awaiting-report', ...named('2026-11-02T01:00:00Z') },
    },
    {
      name: 'of before is not, however many copies show it',
      baseline: none,
      polls: every(1, 59, (s) => poll(s, nothing, s % 2 === 0 ? none : at('01:00:00', '09:00:30'))),
      expected: isNot,
    },
  ]);
});

describe('With lagging copies of the report', () => {
  const old = at('07:00:00', '09:00:00');
  holds([
    beside(old, 'an older row first and a less old one later is not newer', at('08:00:00'), isNot),
    beside(before, 'the older one after the baseline is not newer', at('07:00:00'), isNot),
    {
      name: 'the outdated one stays named once the baseline’s row is shown again',
      baseline: old,
      polls: [poll(1, nothing, at('08:00:00')), poll(2, nothing, old)],
      expected: { ...isNot, ...named('2026-11-02T08:00:00Z') },
    },
    ...[absent('09:00:05'), unreadable('09:00:05')].map((hidden) => ({
      name: `the baseline is not forgotten while the report is ${hidden.kind}`,
      polls: [poll(1, nothing, hidden), poll(2, nothing, before)],
      expected: isNot,
    })),
  ]);
});

describe('If the Console’s clock was set back by half a minute', () => {
  const future = at('09:00:20', '09:00:00');
  const withinSecond = spelled('2026-11-02T09:00:00.900Z');
  holds([
    beside(future, 'a row that is earlier than the baseline of the future is newer', at('09:00:10'), isNewer),
    beside(future, 'a row that is later than the baseline of the future is newer', at('09:00:30'), isNewer),
    beside(
      at('09:00:01', '09:00:00'),
      'a baseline of a second later is of the future',
      at('09:00:00'),
      isNewer,
    ),
    beside(future, 'the baseline of the future itself is not newer', future, isNot),
    beside(future, 'a row of more than five minutes before is not newer', at('08:54:59'), isNot),
    beside(
      withinSecond,
      'a baseline within the second of the answer is none of the future',
      at('09:00:00'),
      isNot,
    ),
  ]);
});

describe('Without the time at which the baseline was read, a row', () => {
  const undated = at('08:00:00');
  const row2 = at('09:00:20', '09:00:30');
  holds([
    beside(undated, 'that is later than the baseline is newer', at('08:00:01'), isNewer),
    beside(undated, 'of the same time is not', undated, isNot),
    beside(undated, 'that is earlier is not', at('07:00:00'), isNot),
    beside(absent(), 'that appears where there was none is not newer by itself', row2, isNot),
    beside(at(undefined), 'that appears in place of one never scanned is not newer by itself', row2, isNot),
    {
      name: 'that appears where there was none is not newer by an end either',
      baseline: absent(),
      polls: [poll(1, ended, row2)],
      expected: { phase: 'awaiting-report' },
    },
    {
      name: 'that appears where there was none does not count by the end that was there first',
      origin: 'awaited',
      first: [entry()],
      baseline: absent(),
      polls: [poll(1, nothing, row2)],
      expected: { phase: 'over-before' },
    },
  ]);
});

describe('If the baseline could not be read, a row', () => {
  const blind = unreadable('09:00:00');
  holds([
    beside(blind, 'is not newer by itself', at('09:00:20', '09:00:30'), isNot),
    {
      name: 'counts once progress shows the scan',
      baseline: blind,
      polls: [poll(1, running), poll(2, nothing, at('09:00:20'))],
      expected: isNewer,
    },
    {
      name: 'of the second of the first read does not count, although progress showed the scan',
      baseline: blind,
      polls: [poll(1, running), poll(2, nothing, at('09:00:00'))],
      expected: { phase: 'lost' },
    },
  ]);
});
