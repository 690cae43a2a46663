import { describe } from '@jest/globals';
import { absent, ended, entry, nothing, row, running, shows, unreadable } from './evidence.ts';
import { before, every, holds, poll } from './story.ts';

/* Which row is newer, by Console time alone. Each is compared with progress that shows nothing. */

const hasNewerRow = { phase: 'finished', proof: 'report' };
const isNot = { phase: 'pending' };

describe('With the time at which the baseline was read, a row', () => {
  holds([
    {
      name: 'of a later scan is newer',
      polls: [poll(1, nothing, shows(row('09:00:01'), '09:00:02'))],
      expected: hasNewerRow,
    },
    {
      name: 'of the same time is not',
      polls: [poll(1, nothing, shows(row('08:00:00'), '09:00:02'))],
      expected: isNot,
    },
    {
      name: 'of the same time in another spelling is not',
      polls: [
        poll(
          1,
          nothing,
          shows(
            row('08:00:00', {
              scanTime: {
                text: '2026-11-02T10:00:00+02:00',
                epochMs: Date.parse('2026-11-02T10:00:00+02:00'),
              },
            }),
          ),
        ),
      ],
      expected: isNot,
    },
    {
      name: 'of an earlier scan is not',
      polls: [poll(1, nothing, shows(row('07:59:59'), '09:00:02'))],
      expected: isNot,
    },
    {
      name: 'that was never scanned is not',
      polls: [poll(1, nothing, shows(row(undefined), '09:00:02'))],
      expected: isNot,
    },
    {
      name: 'of five minutes before is newer: clocks may differ by so much',
      polls: [poll(1, nothing, shows(row('08:55:00')))],
      expected: hasNewerRow,
    },
    {
      name: 'of more than five minutes before is not, and is named',
      polls: [poll(1, nothing, shows(row('08:54:59')))],
      expected: { ...isNot, history: { outdated: { text: '2026-11-02T08:54:59Z' } } },
    },
    {
      name: 'of the far future is newer: the Defender’s clock may be wrong',
      polls: [poll(1, nothing, shows(row('23:00:00')))],
      expected: hasNewerRow,
    },
    {
      name: 'that replaces one which was never scanned is newer',
      baseline: shows(row(undefined), '09:00:00'),
      polls: [poll(1, nothing, shows(row('09:00:01')))],
      expected: hasNewerRow,
    },
    {
      name: 'of before that replaces one which was never scanned is not',
      baseline: shows(row(undefined), '09:00:00'),
      polls: [poll(1, nothing, shows(row('08:00:00')))],
      expected: isNot,
    },
    {
      name: 'is compared with the baseline, whatever time the Console tells later',
      polls: [poll(1, nothing, shows(row('09:00:01'), '07:00:00'))],
      expected: hasNewerRow,
    },
  ]);
});

describe('With that time and no row before, a row', () => {
  const baseline = absent('09:00:00');
  holds([
    {
      name: 'that appears is newer',
      baseline,
      polls: [poll(1, nothing, shows(row('09:00:01')))],
      expected: hasNewerRow,
    },
    {
      name: 'of last week that appears late is not, and is named',
      baseline,
      polls: [poll(1, nothing, shows(row('01:00:00')))],
      expected: { ...isNot, history: { outdated: { text: '2026-11-02T01:00:00Z' } } },
    },
    {
      name: 'of last week is not, although the scan was seen',
      baseline,
      polls: [poll(1, ended, shows(row('01:00:00')))],
      expected: { phase: 'awaiting-report', history: { outdated: { text: '2026-11-02T01:00:00Z' } } },
    },
    {
      name: 'of before is not, however many copies show it',
      baseline,
      polls: every(1, 59, (s) =>
        poll(s, nothing, s % 2 === 0 ? absent('09:00:30') : shows(row('01:00:00'), '09:00:30')),
      ),
      expected: isNot,
    },
  ]);
});

describe('With lagging copies of the report', () => {
  const old = shows(row('07:00:00'), '09:00:00');
  holds([
    {
      name: 'an older row first and a less old one later is not newer',
      baseline: old,
      polls: [poll(1, nothing, shows(row('08:00:00')))],
      expected: isNot,
    },
    {
      name: 'the older one after the baseline is not newer',
      polls: [poll(1, nothing, shows(row('07:00:00')))],
      expected: isNot,
    },
    {
      name: 'the outdated one stays named once the baseline’s row is shown again',
      baseline: old,
      polls: [poll(1, nothing, shows(row('08:00:00'))), poll(2, nothing, old)],
      expected: { ...isNot, history: { outdated: { text: '2026-11-02T08:00:00Z' } } },
    },
  ]);
});

describe('If the Console’s clock was set back by half a minute', () => {
  const baseline = shows(row('09:00:20'), '09:00:00');
  holds([
    {
      name: 'a row that is earlier than the baseline of the future is newer',
      baseline,
      polls: [poll(1, nothing, shows(row('09:00:10')))],
      expected: hasNewerRow,
    },
    {
      name: 'a row that is later than the baseline of the future is newer',
      baseline,
      polls: [poll(1, nothing, shows(row('09:00:30')))],
      expected: hasNewerRow,
    },
    {
      name: 'the baseline of the future itself is not newer',
      baseline,
      polls: [poll(1, nothing, baseline)],
      expected: isNot,
    },
    {
      name: 'a row of more than five minutes before is not newer',
      baseline,
      polls: [poll(1, nothing, shows(row('08:54:59')))],
      expected: isNot,
    },
    {
      name: 'a baseline within the second of the answer is none of the future',
      baseline: shows(
        row('09:00:00', {
          scanTime: { text: '2026-11-02T09:00:00.900Z', epochMs: Date.parse('2026-11-02T09:00:00.900Z') },
        }),
        '09:00:00',
      ),
      polls: [poll(1, nothing, shows(row('09:00:00')))],
      expected: isNot,
    },
  ]);
});

describe('Without the time at which the baseline was read, a row', () => {
  const undated = shows(row('08:00:00'));
  holds([
    {
      name: 'that is later than the baseline is newer',
      baseline: undated,
      polls: [poll(1, nothing, shows(row('08:00:01')))],
      expected: hasNewerRow,
    },
    {
      name: 'of the same time is not',
      baseline: undated,
      polls: [poll(1, nothing, undated)],
      expected: isNot,
    },
    {
      name: 'that is earlier is not',
      baseline: undated,
      polls: [poll(1, nothing, shows(row('07:00:00')))],
      expected: isNot,
    },
    {
      name: 'that appears where there was none is not newer by itself',
      baseline: absent(),
      polls: every(1, 59, (s) => poll(s, nothing, shows(row('09:00:20'), '09:00:30'))),
      expected: isNot,
    },
    {
      name: 'that appears where there was none is not newer by an end either',
      baseline: absent(),
      polls: [poll(1, ended, shows(row('09:00:20')))],
      expected: { phase: 'awaiting-report' },
    },
    {
      name: 'that appears where there was none is not newer by a scan that ran',
      baseline: absent(),
      polls: [poll(1, running), poll(2, nothing, shows(row('09:00:20')))],
      expected: { phase: 'lost' },
    },
    {
      name: 'that appears where there was none does not count by the end that was there first',
      origin: 'awaited',
      first: [entry()],
      baseline: absent(),
      polls: [poll(1, nothing, shows(row('09:00:20')))],
      expected: { phase: 'over-before' },
    },
    {
      name: 'that appears where there was none does not count by an end before the trigger',
      first: [entry()],
      baseline: absent(),
      polls: [poll(1, nothing, shows(row('09:00:20')))],
      expected: isNot,
    },
    {
      name: 'that appears where the row was never scanned is not newer by itself',
      baseline: shows(row(undefined)),
      polls: [poll(1, nothing, shows(row('09:00:20')))],
      expected: isNot,
    },
  ]);
});

describe('If the baseline could not be read, a row', () => {
  holds([
    {
      name: 'is not newer by itself',
      baseline: unreadable('09:00:00'),
      polls: [poll(1, nothing, shows(row('09:00:20'), '09:00:30'))],
      expected: isNot,
    },
    {
      name: 'counts once progress shows the scan',
      baseline: unreadable('09:00:00'),
      polls: [poll(1, running), poll(2, nothing, shows(row('09:00:20')))],
      expected: hasNewerRow,
    },
    {
      name: 'of before does not count, although progress showed the scan',
      baseline: unreadable('09:00:00'),
      polls: [poll(1, running), poll(2, nothing, shows(row('08:00:00')))],
      expected: { phase: 'lost' },
    },
  ]);
});

describe('The baseline', () => {
  holds([
    {
      name: 'is not forgotten where the report shows no row for a while',
      polls: [poll(1, nothing, absent('09:00:05')), poll(2, nothing, before)],
      expected: isNot,
    },
    {
      name: 'is not forgotten where the report cannot be read for a while',
      polls: [poll(1, nothing, unreadable('09:00:05')), poll(2, nothing, before)],
      expected: isNot,
    },
  ]);
});
