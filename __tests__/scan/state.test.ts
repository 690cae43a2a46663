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

/* Times, texts and order that the enumeration of all sequences leaves out: ages, later rows, the deadline, the history. */

const byReport = { phase: 'finished', proof: 'report', error: '' };
const byProgress = { phase: 'finished', proof: 'progress', error: '', row: undefined };
const unconfirmed = { phase: 'given-up', why: 'unconfirmed' };
const incomplete = { phase: 'given-up', why: 'incomplete' };
const notStarted = { phase: 'given-up', why: 'not-started' };

const incompleteEnd = [entry({ scanned: 0 })];
const errorEnd = [entry({ scanError: 'no such layer' })];
const refused = unreadable('09:00:00');
const wrong = shows(row('09:00:20', { digest: OTHER_DIGEST, digests: [OTHER_DIGEST] }), '09:00:30');

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
