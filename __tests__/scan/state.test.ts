import { describe, expect, test } from '@jest/globals';
import { expire } from '../../src/scan/state.ts';
import type { ReportSnapshot } from '../../src/scan/types.ts';
import { absent, ended, entry, nothing, OTHER_DIGEST, row, running, shows, unreadable } from './evidence.ts';
import {
  before,
  criteria,
  every,
  failed,
  holds,
  newer,
  poll,
  type Story,
  stateAfter,
  unwanted,
} from './story.ts';

/* The tables of the page on completion, one image: a test for every row, then for every law. */

const byReport = { phase: 'finished', proof: 'report', error: '' };
const byProgress = { phase: 'finished', proof: 'progress', error: '', row: undefined };
const unconfirmed = { phase: 'given-up', why: 'unconfirmed' };
const incomplete = { phase: 'given-up', why: 'incomplete' };
const notStarted = { phase: 'given-up', why: 'not-started' };

const incompleteEnd = [entry({ scanned: 0 })];
const errorEnd = [entry({ scanError: 'no such layer' })];
const refused = unreadable('09:00:00');
const wrong = shows(row('09:00:20', { digest: OTHER_DIGEST, digests: [OTHER_DIGEST] }), '09:00:30');

describe('Before the trigger, progress that shows', () => {
  holds([
    {
      name: 'a scan running makes it ours',
      first: running,
      expected: { phase: 'scanning', history: { wasSeen: true } },
    },
    {
      name: 'an end is of an earlier scan',
      first: ended,
      expected: { phase: 'pending', history: { wasSeen: false } },
    },
    {
      name: 'an end with an error is of an earlier scan, its error too',
      first: errorEnd,
      expected: { phase: 'pending', history: { error: '' } },
    },
    {
      name: 'an end with an error does not fail the scan that comes after it',
      first: errorEnd,
      polls: [poll(1, running), poll(2, ended, newer)],
      expected: byReport,
    },
    { name: 'nothing leaves everything open', first: nothing, expected: { phase: 'pending' } },
    {
      name: 'a scan running is joined by `await`',
      origin: 'awaited',
      first: running,
      expected: { phase: 'scanning' },
    },
    {
      name: 'nothing leaves everything open in `await`',
      origin: 'awaited',
      first: nothing,
      expected: { phase: 'pending' },
    },
    {
      name: 'an end may be the push before in `await`',
      origin: 'awaited',
      first: ended,
      expected: { phase: 'over-before' },
    },
  ]);
});

describe('With max-scan-age', () => {
  const aged = { criteria: { maxScanAgeMs: 3_600_000 } };
  const recent = { phase: 'finished', proof: 'recent', row: row('08:00:00') };
  holds([
    { ...aged, name: 'a scan that is as old as allowed is accepted', expected: recent },
    {
      ...aged,
      name: 'a scan that is a moment older is not',
      baseline: shows(row('08:00:00'), '09:00:01'),
      expected: { phase: 'pending' },
    },
    { ...aged, name: 'a recent scan is accepted in `await`', origin: 'awaited', expected: recent },
    {
      ...aged,
      name: 'a recent scan is not accepted while one is running',
      first: running,
      expected: { phase: 'scanning' },
    },
    {
      ...aged,
      name: 'an unread end before the trigger may have a row to come, so the request is sent',
      first: ended,
      expected: { phase: 'pending' },
    },
    {
      ...aged,
      name: 'in `await` an end at first may have a newer row to come, which is waited for',
      origin: 'awaited',
      first: ended,
      expected: { phase: 'over-before' },
    },
    {
      ...aged,
      name: 'a recent scan that failed is not accepted',
      baseline: shows(row('08:30:00', { error: 'no' }), '09:00:00'),
      expected: { phase: 'pending' },
    },
    {
      ...aged,
      name: 'a recent scan of another digest is not accepted',
      isWanted: false,
      expected: { phase: 'pending' },
    },
    {
      ...aged,
      name: 'a row that was never scanned is not accepted',
      baseline: shows(row(undefined), '09:00:00'),
      expected: { phase: 'pending' },
    },
    {
      ...aged,
      name: 'a row is not accepted where the Console does not tell its time',
      baseline: shows(row('08:59:00')),
      expected: { phase: 'pending' },
    },
    {
      ...aged,
      name: 'a row of five minutes ahead is accepted',
      baseline: shows(row('09:05:00'), '09:00:00'),
      expected: { phase: 'finished', proof: 'recent' },
    },
    {
      ...aged,
      name: 'a row of more than five minutes ahead is not',
      baseline: shows(row('09:05:01'), '09:00:00'),
      expected: { phase: 'pending' },
    },
    {
      name: 'a recent scan is not accepted where nothing allows it',
      baseline: shows(row('08:59:59'), '09:00:00'),
      expected: { phase: 'pending' },
    },
  ]);
});

describe('Progress says running', () => {
  holds([
    { name: 'and the scan has started', polls: [poll(1, running)], expected: { phase: 'scanning' } },
    {
      name: 'and it goes on although its counts add up',
      polls: [poll(1, [entry({ isOngoing: true })])],
      expected: { phase: 'scanning' },
    },
    {
      name: 'and it goes on whatever row there is',
      polls: [poll(1, running, newer)],
      expected: { phase: 'scanning' },
    },
    {
      name: 'of one entry beside ended ones, and it goes on',
      polls: [poll(1, [...ended, ...running, ...ended], newer)],
      expected: { phase: 'scanning' },
    },
    {
      name: 'for longer than any phase timeout, and it goes on',
      polls: every(1, 300, (s) => poll(s, running)),
      expected: { phase: 'scanning' },
    },
    {
      name: 'again after `[]`, and it goes on',
      polls: [poll(1, running), poll(2, nothing, before), poll(3, running)],
      expected: { phase: 'scanning' },
    },
    {
      name: 'after a better row is awaited, and the row of before has no say any more',
      polls: [poll(1, nothing, failed), poll(2, running), poll(3, nothing, before)],
      expected: { phase: 'lost' },
    },
  ]);
});

describe('Progress says ended', () => {
  const seen = poll(1, running);
  holds([
    {
      name: 'and a newer row means finished',
      polls: [seen, poll(2, ended, newer)],
      expected: { ...byReport, row: row('09:00:20') },
    },
    {
      name: 'without ever having run, and a newer row means finished',
      polls: [poll(2, ended, newer)],
      expected: byReport,
    },
    {
      name: 'and an old row is waited on',
      polls: [seen, poll(2, ended, before)],
      expected: { phase: 'awaiting-report' },
    },
    {
      name: 'and no row is waited on',
      polls: [seen, poll(2, ended, absent('09:00:30'))],
      expected: { phase: 'awaiting-report' },
    },
    {
      name: 'and the row may come at the end of report-timeout',
      polls: [seen, poll(2, ended, before), poll(12, nothing, newer)],
      expected: byReport,
    },
    {
      name: 'and report-timeout is not over a moment before',
      polls: [seen, poll(2, ended, before), poll(11.9, nothing, before)],
      expected: { phase: 'awaiting-report' },
    },
    {
      name: 'and after report-timeout without the row it is unconfirmed',
      polls: [seen, poll(2, ended, before), poll(12, nothing, before)],
      expected: { ...unconfirmed, from: 'awaiting-report', history: { snapshot: before } },
    },
    {
      name: 'and after report-timeout it is unconfirmed where the user may not see the image',
      baseline: absent('09:00:00'),
      polls: [seen, poll(2, ended, absent('09:00:30')), poll(12, nothing, absent('09:00:40'))],
      expected: { ...unconfirmed, history: { snapshot: { kind: 'absent' } } },
    },
    {
      name: 'of 0 of 1, and after report-timeout it is incomplete',
      polls: [seen, poll(2, incompleteEnd, before), poll(12, nothing, before)],
      expected: incomplete,
    },
    {
      name: 'of 0 of 0, and after report-timeout it is incomplete',
      polls: [seen, poll(2, [entry({ scanned: 0, total: 0 })], before), poll(12, nothing, before)],
      expected: incomplete,
    },
    {
      name: 'of 0 of 1, and a newer row of ours means finished',
      polls: [seen, poll(2, incompleteEnd, newer)],
      expected: byReport,
    },
    {
      name: 'of 0 of 1, and a newer row that comes later means finished',
      polls: [seen, poll(2, incompleteEnd, before), poll(5, nothing, newer)],
      expected: byReport,
    },
    {
      name: 'and the report is forbidden: finished where the counts are complete',
      baseline: refused,
      polls: [seen, poll(2, ended, refused)],
      expected: byProgress,
    },
    {
      name: 'and the report is not found: finished where the counts are complete',
      baseline: unreadable(undefined, 'not-found'),
      polls: [seen, poll(2, ended, unreadable(undefined, 'not-found'))],
      expected: byProgress,
    },
    {
      name: 'of 0 of 1, and the report is forbidden: incomplete',
      baseline: refused,
      polls: [seen, poll(2, incompleteEnd, refused)],
      expected: incomplete,
    },
    {
      name: 'of 0 of 0, and the report is forbidden: incomplete',
      baseline: refused,
      polls: [poll(2, [entry({ scanned: 0, total: 0 })], refused)],
      expected: incomplete,
    },
    {
      name: 'and the report is forbidden only at the next poll: finished then',
      baseline: refused,
      polls: [seen, poll(2, ended, 'unanswered'), poll(3, nothing, refused)],
      expected: byProgress,
    },
    {
      name: 'and the report is forbidden now, but was readable: the row is waited for',
      polls: [seen, poll(2, ended, refused), poll(3, nothing, refused)],
      expected: { phase: 'awaiting-report' },
    },
    {
      name: 'and the report is forbidden now, but was readable: unconfirmed after report-timeout',
      polls: [seen, poll(2, ended, refused), poll(12, nothing, refused)],
      expected: unconfirmed,
    },
    {
      name: 'and the report was readable once only: unconfirmed after report-timeout',
      baseline: refused,
      polls: [poll(1, nothing, absent('09:00:10')), poll(2, ended, refused), poll(12, nothing, refused)],
      expected: unconfirmed,
    },
    {
      name: 'again and again, and report-timeout counts from the first time',
      polls: [seen, ...every(2, 12, (s) => poll(s, ended, before))],
      expected: unconfirmed,
    },
    {
      name: 'once more after `[]`, which is another end, and report-timeout counts from it',
      polls: [
        seen,
        poll(2, ended, before),
        poll(8, nothing, before),
        poll(9, ended, before),
        poll(15, nothing, before),
      ],
      expected: { phase: 'awaiting-report' },
    },
  ]);
});

describe('Progress says `[]` after the scan ran', () => {
  const seen = poll(1, running);
  holds([
    {
      name: 'and a newer row means finished: another client read the end',
      polls: [seen, poll(2, nothing, newer)],
      expected: byReport,
    },
    {
      name: 'and an old row is waited on',
      polls: [seen, poll(2, nothing, before)],
      expected: { phase: 'lost' },
    },
    {
      name: 'and the row may come at the end of report-timeout',
      polls: [seen, poll(2, nothing, before), poll(12, nothing, newer)],
      expected: byReport,
    },
    {
      name: 'and after report-timeout without the row it is unconfirmed',
      polls: [seen, ...every(2, 12, (s) => poll(s, nothing, before))],
      expected: { ...unconfirmed, from: 'lost' },
    },
    {
      name: 'and the report is forbidden: one `[]` proves nothing',
      baseline: refused,
      polls: [seen, poll(2, nothing, refused)],
      expected: { phase: 'lost' },
    },
    {
      name: 'and the report is forbidden: the second `[]` means finished',
      baseline: refused,
      polls: [seen, poll(2, nothing, refused), poll(3, nothing, refused)],
      expected: { phase: 'finished', proof: 'progress-lost' },
    },
    {
      name: 'and the report is forbidden: an unanswered poll is no second `[]`',
      baseline: refused,
      polls: [seen, poll(2, nothing, refused), poll(3, 'unanswered', refused)],
      expected: { phase: 'lost' },
    },
    {
      name: 'and the report is forbidden: running again takes the first `[]` back',
      baseline: refused,
      polls: [seen, poll(2, nothing, refused), poll(3, running), poll(4, nothing, refused)],
      expected: { phase: 'lost' },
    },
    {
      name: 'and the report is forbidden now, but was readable: unconfirmed after report-timeout',
      polls: [seen, ...every(2, 12, (s) => poll(s, nothing, refused))],
      expected: unconfirmed,
    },
  ]);
});

describe('Progress says `[]`, and never showed the scan', () => {
  holds([
    {
      name: 'and a newer row means finished: some scans never show',
      polls: [poll(1, nothing, newer)],
      expected: byReport,
    },
    {
      name: 'and a newer row means finished in `await`',
      origin: 'awaited',
      polls: [poll(1, nothing, newer)],
      expected: byReport,
    },
    {
      name: 'and an old row is waited on',
      polls: [poll(1, nothing, before)],
      expected: { phase: 'pending' },
    },
    {
      name: 'and an unreadable report is waited on: absence proves nothing',
      baseline: refused,
      polls: every(1, 59, (s) => poll(s, nothing, refused)),
      expected: { phase: 'pending' },
    },
    {
      name: 'and after start-timeout it is not-started',
      polls: every(1, 60, (s) => poll(s, nothing, before)),
      expected: notStarted,
    },
    {
      name: 'and after start-timeout it is not-started with an unreadable report',
      baseline: refused,
      polls: every(1, 60, (s) => poll(s, nothing, refused)),
      expected: notStarted,
    },
    {
      name: 'and after start-timeout it is not-started in `await`',
      origin: 'awaited',
      polls: every(1, 60, (s) => poll(s, nothing, before)),
      expected: notStarted,
    },
    {
      name: 'and the row that comes at the end of start-timeout means finished',
      polls: [poll(60, nothing, newer)],
      expected: byReport,
    },
    {
      name: 'and the scan that shows at the end of start-timeout has started',
      polls: [poll(60, running)],
      expected: { phase: 'scanning' },
    },
  ]);
});

describe('Progress does not answer', () => {
  const seen = poll(1, running);
  const several = [...running, ...running];
  holds([
    {
      name: 'and a newer row of a scan that never showed means finished',
      polls: [poll(1, 'unanswered', newer)],
      expected: byReport,
    },
    {
      name: 'and a newer row after an end means finished',
      polls: [seen, poll(2, ended, before), poll(3, 'unanswered', newer)],
      expected: byReport,
    },
    {
      name: 'once, and what was running may run on',
      polls: [seen, poll(2, 'unanswered', newer)],
      expected: { phase: 'scanning' },
    },
    {
      name: 'twice in a row, and a newer row means finished',
      polls: [seen, poll(2, 'unanswered', newer), poll(3, 'unanswered', newer)],
      expected: byReport,
    },
    {
      name: 'twice in a row, of which the report answered once, and a newer row means finished',
      polls: [seen, poll(2, 'unanswered', 'unanswered'), poll(3, 'unanswered', newer)],
      expected: byReport,
    },
    {
      name: 'twice, but not in a row, and what was running may run on',
      polls: [seen, poll(2, 'unanswered', newer), poll(3, running), poll(4, 'unanswered', newer)],
      expected: { phase: 'scanning' },
    },
    {
      name: 'and the row of one does not stand for several entries',
      polls: [poll(1, several), ...every(2, 9, (s) => poll(s, 'unanswered', newer))],
      expected: { phase: 'scanning' },
    },
    {
      name: 'and the row of one does not stand for what is left of several entries',
      polls: [poll(1, several), poll(2, running), ...every(3, 9, (s) => poll(s, 'unanswered', newer))],
      expected: { phase: 'scanning' },
    },
    {
      name: 'and an old row changes nothing',
      polls: [seen, ...every(2, 300, (s) => poll(s, 'unanswered', before))],
      expected: { phase: 'scanning' },
    },
    {
      name: 'and an unreadable report proves nothing',
      baseline: refused,
      polls: [seen, ...every(2, 300, (s) => poll(s, 'unanswered', refused))],
      expected: { phase: 'scanning' },
    },
    {
      name: 'for ten minutes, which do not use up start-timeout',
      polls: [...every(1, 600, (s) => poll(s, 'unanswered', before)), poll(601, nothing, before)],
      expected: { phase: 'pending' },
    },
    {
      name: 'for ten minutes, and start-timeout goes on from there',
      polls: [
        ...every(1, 600, (s) => poll(s, 'unanswered', before)),
        ...every(601, 661, (s) => poll(s, nothing, before)),
      ],
      expected: notStarted,
    },
    {
      name: 'for ten minutes, which do not use up report-timeout',
      polls: [
        seen,
        poll(2, nothing, before),
        ...every(3, 600, (s) => poll(s, 'unanswered', before)),
        poll(601, nothing, before),
      ],
      expected: { phase: 'lost' },
    },
  ]);
});

describe('The report does not answer', () => {
  holds([
    {
      name: 'which does not use up start-timeout: its row may be all there is to see',
      polls: [...every(1, 600, (s) => poll(s, nothing, 'unanswered')), poll(601, nothing, newer)],
      expected: byReport,
    },
    {
      name: 'which does not use up report-timeout',
      polls: [
        poll(1, ended, 'unanswered'),
        ...every(2, 600, (s) => poll(s, nothing, 'unanswered')),
        poll(601, nothing, newer),
      ],
      expected: byReport,
    },
    {
      name: 'while a better row is awaited, which does not use up report-timeout',
      polls: [
        poll(1, nothing, failed),
        ...every(2, 600, (s) => poll(s, nothing, 'unanswered')),
        poll(601, nothing, before),
      ],
      expected: { phase: 'awaiting-better-row' },
    },
    {
      name: 'after an end that may be the push before, which does not use up report-timeout',
      origin: 'awaited',
      first: ended,
      polls: [...every(1, 600, (s) => poll(s, nothing, 'unanswered')), poll(601, nothing, before)],
      expected: { phase: 'over-before' },
    },
  ]);
});

describe('A poll of the report alone', () => {
  const seen = poll(1, running);
  holds([
    {
      name: 'does not believe a newer row: progress may show the scan running',
      polls: [poll(1, 'not-polled', newer)],
      expected: { phase: 'pending' },
    },
    {
      name: 'does not believe a newer row of a scan that was running',
      polls: [seen, poll(2, 'not-polled', newer)],
      expected: { phase: 'scanning' },
    },
    {
      name: 'gives up nothing, however late',
      polls: [poll(600, 'not-polled', before)],
      expected: { phase: 'pending' },
    },
    {
      name: 'gives up no scan that was lost, however late',
      polls: [seen, poll(2, nothing, before), poll(600, 'not-polled', before)],
      expected: { phase: 'lost' },
    },
    {
      name: 'is no unanswered poll of progress',
      polls: [seen, poll(2, 'unanswered', newer), poll(3, 'not-polled', newer)],
      expected: { phase: 'scanning' },
    },
    {
      name: 'does not come between two unanswered polls',
      polls: [seen, poll(2, 'unanswered', newer), poll(3, 'not-polled', newer), poll(4, 'unanswered', newer)],
      expected: byReport,
    },
    {
      name: 'lets the next poll give up',
      polls: [poll(59, 'not-polled', before), poll(60, nothing, before)],
      expected: notStarted,
    },
  ]);
});

describe('Law 3: absence proves nothing, so', () => {
  holds([
    {
      name: 'a report that shows no row any more is no proof',
      polls: every(1, 59, (s) => poll(s, nothing, absent('09:00:30'))),
      expected: { phase: 'pending' },
    },
    {
      name: 'a report that hides its row for a while does not make the old one newer',
      polls: [poll(1, nothing, absent('09:00:05')), poll(2, nothing, before)],
      expected: { phase: 'pending' },
    },
    {
      name: 'a row that was never scanned is no proof',
      polls: [poll(1, ended, shows(row(undefined), '09:00:30'))],
      expected: { phase: 'awaiting-report' },
    },
  ]);
});

describe('Law 4: an error', () => {
  const both = (given: Partial<Story>): Story[] => [
    {
      name: 'in discovery fails the scan',
      ...given,
      polls: [poll(1, [entry({ discoveryError: 'no such tag' })], before)],
      expected: { phase: 'finished', proof: 'progress', error: 'no such tag' },
    },
    {
      name: 'in the image scan fails the scan',
      ...given,
      polls: [poll(1, errorEnd, before)],
      expected: { phase: 'finished', error: 'no such layer' },
    },
  ];
  const error = { phase: 'finished', error: 'no such layer' };
  holds([
    ...both({}),
    {
      name: 'that progress showed stands beside a newer row without one',
      polls: [poll(1, errorEnd, newer)],
      expected: error,
    },
    {
      name: 'of an end whose report did not answer stands',
      polls: [poll(1, errorEnd, 'unanswered')],
      expected: error,
    },
    {
      name: 'of an end stands where the report cannot be read',
      baseline: refused,
      polls: [poll(1, errorEnd, refused)],
      expected: error,
    },
    {
      name: 'of the second of several entries stands',
      polls: [poll(1, [...ended, ...errorEnd], newer)],
      expected: error,
    },
    {
      name: 'that progress showed while the scan ran stands after an end without one',
      polls: [poll(1, [entry({ isOngoing: true, scanError: 'no such layer' })]), poll(2, ended, newer)],
      expected: error,
    },
    {
      name: 'that progress showed while the scan ran stands after `[]` and a newer row',
      polls: [poll(1, [entry({ isOngoing: true, scanError: 'no such layer' })]), poll(2, nothing, newer)],
      expected: error,
    },
    {
      name: 'that progress showed while the scan ran stands without any row',
      polls: [
        poll(1, [entry({ isOngoing: true, scanError: 'no such layer' })]),
        ...every(2, 12, (s) => poll(s, nothing, before)),
      ],
      expected: error,
    },
    {
      name: 'of an entry that ended before the others stands',
      polls: [poll(1, [...errorEnd, ...running]), poll(2, running), poll(3, ended, newer)],
      expected: error,
    },
    {
      name: 'in `await` counts after the first poll',
      origin: 'awaited',
      first: ended,
      polls: [poll(1, errorEnd, newer)],
      expected: error,
    },
    {
      name: 'of the first end in `await` does not count where a newer row is good',
      origin: 'awaited',
      first: errorEnd,
      polls: [poll(1, nothing, newer)],
      expected: byReport,
    },
    {
      name: 'in the newer row fails the scan once it stands',
      polls: [poll(1, ended, failed), poll(11, nothing, failed)],
      expected: { ...byReport, row: { error: 'no such layer' } },
    },
  ]);
});

describe('Law 5: a row that would fail the image', () => {
  const earlier = shows(row('09:00:10', { error: 'no such layer' }), '09:00:30');
  const later = shows(row('09:00:40', { error: 'no such layer' }), '09:00:50');
  const better = shows(row('09:00:40'), '09:00:50');
  holds([
    {
      name: 'by its error has to stand',
      polls: [poll(1, nothing, failed)],
      expected: { phase: 'awaiting-better-row' },
    },
    {
      name: 'by its digest has to stand',
      polls: [unwanted(1, nothing, wrong)],
      expected: { phase: 'awaiting-better-row' },
    },
    {
      name: 'has to stand beside the end of a scan',
      polls: [poll(1, running), poll(2, ended, failed)],
      expected: { phase: 'awaiting-better-row' },
    },
    {
      name: 'has to stand where progress does not answer',
      polls: [poll(1, 'unanswered', failed)],
      expected: { phase: 'awaiting-better-row' },
    },
    {
      name: 'stands until report-timeout is over',
      polls: every(1, 10, (s) => poll(s, nothing, failed)),
      expected: { phase: 'awaiting-better-row' },
    },
    {
      name: 'counts once report-timeout is over',
      polls: every(1, 11, (s) => poll(s, nothing, failed)),
      expected: { ...byReport, row: { error: 'no such layer' } },
    },
    {
      name: 'by its digest counts once report-timeout is over',
      polls: every(1, 11, (s) => unwanted(s, nothing, wrong)),
      expected: { ...byReport, row: { digest: OTHER_DIGEST } },
    },
    {
      name: 'gives way to a good one at once',
      polls: [poll(1, nothing, failed), poll(2, nothing, better)],
      expected: { ...byReport, row: row('09:00:40') },
    },
    {
      name: 'gives way to the digest asked for at once',
      polls: [unwanted(1, nothing, wrong), poll(2, nothing, better)],
      expected: { ...byReport, row: row('09:00:40') },
    },
    {
      name: 'stands if another answer about the same scan is a good one',
      polls: [poll(1, nothing, failed), poll(2, nothing, newer)],
      expected: { phase: 'awaiting-better-row' },
    },
    {
      name: 'stands if another answer about the same scan names the digest asked for',
      polls: [unwanted(1, nothing, wrong), poll(2, nothing, newer)],
      expected: { phase: 'awaiting-better-row' },
    },
    {
      name: 'gives way to a good one of a scan before it',
      polls: [poll(1, nothing, later), poll(2, nothing, newer)],
      expected: { ...byReport, row: row('09:00:20') },
    },
    {
      name: 'does not count while a scan is running',
      polls: [poll(1, nothing, failed), ...every(2, 300, (s) => poll(s, running, failed))],
      expected: { phase: 'scanning' },
    },
    {
      name: 'has to stand anew once a scan ran',
      polls: [poll(1, nothing, failed), poll(9, running), poll(12, nothing, failed)],
      expected: { phase: 'awaiting-better-row', spentMs: 0 },
    },
    {
      name: 'has to stand anew where a later one replaces it',
      polls: [poll(1, nothing, failed), poll(9, nothing, later), poll(12, nothing, later)],
      expected: { phase: 'awaiting-better-row', spentMs: 3_000 },
    },
    {
      name: 'does not begin anew where lagging copies show it in turn with one before it',
      polls: every(1, 11, (s) => poll(s, nothing, s % 2 === 0 ? earlier : failed)),
      expected: { ...byReport, row: { error: 'no such layer' } },
    },
    {
      name: 'is not forgotten where a lagging copy shows the old row beside an end',
      polls: [poll(1, nothing, failed), poll(2, ended, before), poll(3, nothing, failed)],
      expected: { phase: 'awaiting-better-row', spentMs: 2_000 },
    },
    {
      name: 'counts although the report shows the old row at last',
      polls: [poll(1, nothing, failed), ...every(2, 11, (s) => poll(s, nothing, before))],
      expected: { ...byReport, row: { error: 'no such layer' } },
    },
  ]);
});

describe('Over before we came', () => {
  const over = { origin: 'awaited', first: ended } as const;
  const until = (report = before, isWanted = true) => every(1, 10, (s) => poll(s, nothing, report, isWanted));
  const withDigest = { ...over, criteria: { hasDigest: true } };
  const aged = { ...over, criteria: { maxScanAgeMs: 3_600_000 } };
  holds([
    { ...over, name: 'a newer row means finished', polls: [poll(1, nothing, newer)], expected: byReport },
    {
      ...withDigest,
      name: 'a row of the digest that was never scanned does not count',
      baseline: shows(row(undefined), '09:00:00'),
      polls: until(shows(row(undefined), '09:00:10')),
      expected: unconfirmed,
    },
    {
      ...over,
      name: 'a scan that registers is joined',
      polls: [poll(1, running)],
      expected: { phase: 'scanning' },
    },
    {
      ...over,
      name: 'a scan that registers needs a row of its own',
      polls: [poll(1, running), poll(2, ended, before)],
      expected: { phase: 'awaiting-report' },
    },
    {
      ...over,
      name: 'another end is of a scan that ended since',
      polls: [poll(1, ended, before)],
      expected: { phase: 'awaiting-report' },
    },
    {
      ...over,
      name: 'report-timeout is waited for',
      polls: every(1, 9, (s) => poll(s, nothing, before)),
      expected: { phase: 'over-before' },
    },
    {
      ...over,
      name: 'the row that is there is unconfirmed by itself',
      polls: until(),
      expected: { ...unconfirmed, from: 'over-before', history: { snapshot: before } },
    },
    {
      ...over,
      name: 'no row at all is unconfirmed',
      baseline: absent('09:00:00'),
      polls: until(absent('09:00:30')),
      expected: unconfirmed,
    },
    {
      ...withDigest,
      name: 'the row that is there counts with the digest asked for',
      polls: until(),
      expected: { phase: 'finished', proof: 'digest', row: row('08:00:00') },
    },
    {
      ...withDigest,
      name: 'the row that is there does not count with another digest',
      polls: until(before, false),
      expected: unconfirmed,
    },
    {
      ...withDigest,
      name: 'no row does not count with a digest',
      baseline: absent('09:00:00'),
      polls: until(absent('09:00:30'), false),
      expected: unconfirmed,
    },
    {
      ...withDigest,
      name: 'the row that is there counts although the report hides it at the end',
      polls: [...every(1, 9, (s) => poll(s, nothing, before)), poll(10, nothing, absent('09:00:30'))],
      expected: { phase: 'finished', proof: 'digest', row: row('08:00:00') },
    },
    {
      ...aged,
      name: 'the row of a lagging copy does not count beside a later one that failed',
      baseline: shows(row('08:30:00', { error: 'no such layer' }), '09:00:00'),
      polls: until(),
      expected: unconfirmed,
    },
    {
      ...aged,
      name: 'the row that is there counts where max-scan-age allows its age',
      polls: until(),
      expected: { phase: 'finished', proof: 'recent', row: row('08:00:00') },
    },
    {
      ...aged,
      name: 'the row that is there does not count where it grew too old',
      polls: until(shows(row('08:00:00'), '09:00:10')),
      expected: unconfirmed,
    },
    {
      ...over,
      name: 'a row that would fail the image has to stand',
      polls: [poll(1, nothing, failed)],
      expected: { phase: 'awaiting-better-row' },
    },
    {
      ...over,
      name: 'an end with an error is finished as failed where the report cannot be read',
      first: errorEnd,
      baseline: refused,
      polls: until(refused),
      expected: { phase: 'finished', proof: 'progress', error: 'no such layer' },
    },
    {
      ...over,
      name: 'an end is finished where the report cannot be read',
      baseline: refused,
      polls: until(refused),
      expected: byProgress,
    },
    {
      ...over,
      name: 'an end of 0 of 1 is incomplete where the report cannot be read',
      first: incompleteEnd,
      baseline: refused,
      polls: until(refused),
      expected: incomplete,
    },
    {
      ...over,
      name: 'an end is unconfirmed where the report could be read before',
      polls: until(refused),
      expected: unconfirmed,
    },
  ]);
});

describe('Several entries', () => {
  const two = [...running, ...running];
  holds([
    {
      name: 'are finished when all of them are',
      polls: [poll(1, two), poll(2, [...ended, ...running], newer), poll(3, ended, newer)],
      expected: byReport,
    },
    {
      name: 'are not finished by the end of another registry',
      polls: [poll(1, two), poll(2, ended, before)],
      expected: { phase: 'awaiting-report' },
    },
    {
      name: 'of which one is incomplete are finished by a newer row of ours',
      polls: [poll(1, [...ended, ...incompleteEnd], newer)],
      expected: byReport,
    },
    {
      name: 'of which one is incomplete are incomplete where the report cannot be read',
      baseline: refused,
      polls: [poll(1, [...ended, ...incompleteEnd], refused)],
      expected: incomplete,
    },
    {
      name: 'of which the last end was read by another client are finished by a newer row',
      polls: [poll(1, two), poll(2, nothing, newer)],
      expected: byReport,
    },
    {
      name: 'of which one ended incomplete and the others vanished are incomplete where the report cannot be read',
      baseline: refused,
      polls: [poll(1, [...incompleteEnd, ...running]), poll(2, nothing, refused), poll(3, nothing, refused)],
      expected: incomplete,
    },
    {
      name: 'of which one ended incomplete earlier are incomplete where the report cannot be read',
      baseline: refused,
      polls: [poll(1, [...incompleteEnd, ...running]), poll(2, ended, refused)],
      expected: incomplete,
    },
  ]);
});

describe('At the deadline', () => {
  const seen = poll(1, running);
  const stillScanning = { phase: 'given-up', why: 'still-scanning' };
  test.each<[string, Omit<Story, 'name' | 'expected'>, boolean, object]>([
    ['no sign of the scan is not-started', { polls: [poll(1, nothing, before)] }, false, notStarted],
    [
      'a scan that is running is still-scanning',
      { polls: [seen] },
      false,
      { ...stillScanning, from: 'scanning' },
    ],
    ['a row that had not stood long enough counts', { polls: [poll(1, nothing, failed)] }, false, byReport],
    [
      'an end without its row is still-scanning',
      { polls: [seen, poll(2, ended, before)] },
      false,
      { ...stillScanning, from: 'awaiting-report' },
    ],
    ['an end of 0 of 1 is incomplete', { polls: [seen, poll(2, incompleteEnd, before)] }, false, incomplete],
    [
      'a scan that was lost is still-scanning',
      { polls: [seen, poll(2, nothing, before)] },
      false,
      { ...stillScanning, from: 'lost' },
    ],
    [
      'a scan that was lost with an error has failed',
      { polls: [poll(1, [entry({ isOngoing: true, scanError: 'no' })]), poll(2, nothing, before)] },
      true,
      { phase: 'finished', error: 'no' },
    ],
    [
      'an end of before counts with the digest asked for',
      { origin: 'awaited', first: ended, criteria: { hasDigest: true }, polls: [poll(1, nothing, before)] },
      true,
      { phase: 'finished', proof: 'digest' },
    ],
    [
      'an end of before is unconfirmed with another digest',
      { origin: 'awaited', first: ended, criteria: { hasDigest: true }, polls: [poll(1, nothing, before)] },
      false,
      unconfirmed,
    ],
    [
      'an end of before counts where the report cannot be read',
      { origin: 'awaited', first: ended, baseline: refused, polls: [poll(1, nothing, refused)] },
      false,
      byProgress,
    ],
    ['a scan that is finished stays so', { polls: [poll(1, ended, newer)] }, false, byReport],
    ['a wait that is given up stays so', { polls: [poll(60, nothing, before)] }, false, notStarted],
  ])('%s', (_name, story, isWanted, expected) => {
    const polls = (story.polls ?? []).map((each) => ({ ...each, isWanted: each.isWanted && isWanted }));
    const held = { ...criteria, ...story.criteria };
    expect(expire(stateAfter({ ...story, polls }), held)).toMatchObject(expected);
  });
});

describe('What the wait learned is in its history', () => {
  test.each<[string, ReportSnapshot, ReportSnapshot, ReportSnapshot]>([
    ['a later row replaces an earlier one', before, newer, newer],
    [
      'the same row that is read again replaces itself, with its time',
      before,
      shows(row('08:00:00'), '09:00:30'),
      shows(row('08:00:00'), '09:00:30'),
    ],
    [
      'the earlier row of a lagging copy replaces nothing',
      before,
      shows(row('07:00:00'), '09:00:30'),
      before,
    ],
    ['a report that hides its row replaces nothing', before, absent('09:00:30'), before],
    ['a refusal replaces nothing that was read', absent('09:00:00'), refused, absent('09:00:00')],
    ['a report that becomes readable replaces a refusal', refused, absent('09:00:30'), absent('09:00:30')],
  ])('of the report: %s', (_name, baseline, report, snapshot) => {
    expect(stateAfter({ baseline, polls: [poll(1, running, report)] }).history).toMatchObject({
      baseline,
      snapshot,
    });
  });

  test('of progress: the last response that had entries', () => {
    const progress = [entry({ scanned: 3, total: 4 })];
    const state = stateAfter({
      polls: [poll(1, running), poll(2, progress, before), poll(3, nothing, before)],
    });
    expect(state.history).toMatchObject({ progress, polledAtMs: 3_000 });
  });
});
