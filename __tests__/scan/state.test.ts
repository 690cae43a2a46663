import { describe, expect, test } from '@jest/globals';
import type { ReportSnapshot } from '../../src/scan/evidence.ts';
import { expire, isOpen, phaseEndsAtMs } from '../../src/scan/state.ts';
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

/*
 * Times, texts and order, which the enumeration of all sequences leaves out: ages, later rows, the time that is spent, and
 * the history. `sequences.test.ts` holds every other rule.
 */

const unconfirmed = { phase: 'given-up', why: 'unconfirmed' };
const refused = unreadable('09:00:00');
const HOUR = { criteria: { maxScanAgeMs: 3_600_000 } };

describe('With max-scan-age of an hour', () => {
  const recent = { phase: 'finished', proof: 'recent' };
  const pending = { phase: 'pending' };
  const readAtNine = (name: string, baseline: ReturnType<typeof row>, expected: object): Story => ({
    ...HOUR,
    name,
    baseline: shows(baseline, '09:00:00'),
    expected,
  });
  holds([
    readAtNine('a scan that is as old as allowed is accepted', row('08:00:00'), {
      ...recent,
      row: row('08:00:00'),
    }),
    readAtNine('a scan that is a moment older is not', row('07:59:59'), pending),
    readAtNine('a scan of five minutes ahead is accepted', row('09:05:00'), recent),
    readAtNine('a scan of more than five minutes ahead is not', row('09:05:01'), pending),
    readAtNine('a row that was never scanned is not', row(undefined), pending),
    readAtNine('a scan that failed is not', row('08:30:00', { error: 'no' }), pending),
    { ...readAtNine('a scan of another digest is not', row('08:30:00'), pending), isWanted: false },
    {
      ...HOUR,
      name: 'a row is not accepted if the Console sends no time',
      baseline: shows(row('08:59:00')),
      expected: pending,
    },
  ]);
});

describe('A row that would fail the image', () => {
  const earlier = shows(row('09:00:10', { error: 'no such layer' }), '09:00:30');
  const later = shows(row('09:00:40', { error: 'no such layer' }), '09:00:50');
  const wrong = shows(row('09:00:20', { digest: OTHER_DIGEST, digests: [OTHER_DIGEST] }), '09:00:30');
  const stands = (spentMs: number) => ({ phase: 'awaiting-better-row', spentMs });
  const counts = (row: object) => ({ phase: 'finished', proof: 'report', error: undefined, row });
  const withError = counts({ error: 'no such layer' });
  holds([
    { name: 'has to stand', polls: every(1, 10, (s) => poll(s, nothing, failed)), expected: stands(9_000) },
    {
      name: 'counts once report-timeout is over',
      polls: every(1, 11, (s) => poll(s, nothing, failed)),
      expected: withError,
    },
    {
      name: 'counts by its digest once report-timeout is over',
      polls: every(1, 11, (s) => unwanted(s, nothing, wrong)),
      expected: counts({ digest: OTHER_DIGEST }),
    },
    {
      name: 'gives way to a good one of a scan before it',
      polls: [poll(1, nothing, later), poll(2, nothing, newer)],
      expected: counts(row('09:00:20')),
    },
    {
      name: 'stands if another answer about the same scan names the digest asked for',
      polls: [unwanted(1, nothing, wrong), poll(2, nothing, newer)],
      expected: stands(1_000),
    },
    {
      name: 'has to stand anew once a scan ran',
      polls: [poll(1, nothing, failed), poll(9, running), poll(12, nothing, failed)],
      expected: stands(0),
    },
    {
      name: 'has to stand anew if a later one replaces it',
      polls: [poll(1, nothing, failed), poll(9, nothing, later), poll(12, nothing, later)],
      expected: stands(3_000),
    },
    {
      name: 'does not begin anew if lagging copies show it in turn with one before it',
      polls: every(1, 11, (s) => poll(s, nothing, s % 2 === 0 ? earlier : failed)),
      expected: withError,
    },
    {
      name: 'is not forgotten if a lagging copy shows the old row beside an end',
      polls: [poll(1, nothing, failed), poll(2, ended, before), poll(3, nothing, failed)],
      expected: stands(2_000),
    },
    {
      name: 'counts although the report shows the old row at last',
      polls: [poll(1, nothing, failed), ...every(2, 11, (s) => poll(s, nothing, before))],
      expected: withError,
    },
  ]);
});

describe('A phase timeout', () => {
  const seconds = (from: number, to: number) => every(from, to, (s) => poll(s, nothing, before));
  holds([
    {
      name: 'is not over a second before',
      polls: seconds(1, 59),
      expected: { phase: 'pending', spentMs: 59_000 },
    },
    {
      name: 'gives up at its end',
      polls: seconds(1, 60),
      expected: { phase: 'given-up', why: 'not-started' },
    },
    {
      name: 'leaves out the time of an outage, up to the next answer',
      polls: [
        ...seconds(1, 5),
        poll(20, 'unanswered', before),
        poll(40, nothing, before),
        poll(41, nothing, before),
      ],
      expected: { phase: 'pending', spentMs: 6_000 },
    },
    {
      name: 'leaves out the time in which the rate limit refuses the trigger',
      polls: [
        ...seconds(1, 5),
        { ...poll(20, nothing, before), isTriggerRefused: true },
        poll(40, nothing, before),
        poll(41, nothing, before),
      ],
      expected: { phase: 'pending', spentMs: 6_000 },
    },
  ]);

  test('ends as much later as was not counted', () => {
    const state = stateAfter({
      polls: [...seconds(1, 5), poll(20, 'unanswered', before), poll(40, nothing, before)],
    });
    if (!isOpen(state)) throw new Error('The wait is over.');
    expect(phaseEndsAtMs(state, criteria)).toBe(95_000);
  });
});

describe('Over before we came', () => {
  const over = { origin: 'awaited', first: ended } as const;
  const until = (report: ReportSnapshot, isWanted = true) =>
    every(1, 10, (s) => poll(s, nothing, report, isWanted));
  const withDigest = { ...over, criteria: { hasDigest: true } };
  const unscanned = shows(row(undefined), '09:00:00');
  holds([
    {
      ...over,
      name: 'report-timeout is waited for',
      polls: until(before).slice(0, 9),
      expected: { phase: 'over-before', spentMs: 9_000 },
    },
    {
      ...over,
      name: 'the row that is there is unconfirmed by itself',
      polls: until(before),
      expected: { ...unconfirmed, from: 'over-before', history: { snapshot: before } },
    },
    {
      ...withDigest,
      name: 'the row that is there counts with the digest asked for',
      polls: until(before),
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
      name: 'a row of the digest that was never scanned does not count',
      baseline: unscanned,
      polls: until(unscanned),
      expected: unconfirmed,
    },
    {
      ...over,
      ...HOUR,
      name: 'the row that is there counts if max-scan-age allows its age',
      polls: until(before),
      expected: { phase: 'finished', proof: 'recent', row: row('08:00:00') },
    },
    {
      ...over,
      ...HOUR,
      name: 'the row that is there does not count if it grew too old',
      polls: until(shows(row('08:00:00'), '09:00:10')),
      expected: unconfirmed,
    },
    {
      ...over,
      ...HOUR,
      name: 'the row of a lagging copy does not count beside a later one that failed',
      baseline: shows(row('08:30:00', { error: 'no such layer' }), '09:00:00'),
      polls: until(before),
      expected: unconfirmed,
    },
    {
      ...over,
      name: 'an end with an error is finished as failed if the report cannot be read',
      first: [entry({ scanError: 'no such layer' })],
      baseline: refused,
      polls: until(refused),
      expected: { phase: 'finished', proof: 'progress', error: 'no such layer' },
    },
  ]);
});

describe('Without a readable report, an end that was shown decides once the report is refused', () => {
  test.each([
    [ended, { phase: 'finished', proof: 'progress', error: undefined }],
    [[entry({ scanned: 0 })], { phase: 'given-up', why: 'incomplete' }],
  ])('though progress is not answered by then: %#', (end, expected) => {
    const polls = [poll(1, running), poll(2, end), poll(3, 'unanswered', refused)];
    expect(stateAfter({ baseline: refused, polls })).toMatchObject(expected);
  });
});

describe('At the deadline', () => {
  const seen = poll(1, running);
  const stillScanning = (from: string) => ({ phase: 'given-up', why: 'still-scanning', from });
  test.each<[string, Omit<Story, 'name' | 'expected'>, object]>([
    [
      'no sign of the scan is not-started',
      { polls: [poll(1, nothing, before)] },
      { phase: 'given-up', why: 'not-started', from: 'pending' },
    ],
    ['a scan that runs is still-scanning', { polls: [seen] }, stillScanning('scanning')],
    [
      'an end without its row is still-scanning',
      { polls: [seen, poll(2, ended, before)] },
      stillScanning('awaiting-report'),
    ],
    [
      'a scan that was lost is still-scanning',
      { polls: [seen, poll(2, nothing, before)] },
      stillScanning('lost'),
    ],
    [
      'a scan that was lost with an error has failed',
      { polls: [poll(1, [entry({ isOngoing: true, scanError: 'no' })]), poll(2, nothing, before)] },
      { phase: 'finished', error: 'no' },
    ],
    [
      'a row that had not stood long enough counts',
      { polls: [poll(1, nothing, failed)] },
      { phase: 'finished', proof: 'report' },
    ],
    [
      'an end of before counts with the digest asked for',
      { origin: 'awaited', first: ended, criteria: { hasDigest: true }, polls: [poll(1, nothing, before)] },
      { phase: 'finished', proof: 'digest' },
    ],
  ])('%s', (_name, story, expected) => {
    expect(expire(stateAfter(story), { ...criteria, ...story.criteria })).toMatchObject(expected);
  });
});

describe('The history', () => {
  test.each<[string, ReportSnapshot, ReportSnapshot, ReportSnapshot]>([
    ['has the later row in place of an earlier one', before, newer, newer],
    [
      'has the same row with the time of the last read',
      before,
      shows(row('08:00:00'), '09:00:30'),
      shows(row('08:00:00'), '09:00:30'),
    ],
    [
      'keeps its row beside the earlier one of a lagging copy',
      before,
      shows(row('07:00:00'), '09:00:30'),
      before,
    ],
    ['keeps its row if the report hides it', before, absent('09:00:30'), before],
    ['keeps what was read if the report is refused', absent('09:00:00'), refused, absent('09:00:00')],
    ['has a report that becomes readable', refused, absent('09:00:30'), absent('09:00:30')],
  ])('%s', (_name, baseline, report, snapshot) => {
    const { history } = stateAfter({ baseline, polls: [poll(1, running, report)] });
    expect(history).toMatchObject({ baseline, snapshot });
  });

  test('has the last progress that had entries', () => {
    const progress = [entry({ scanned: 3, total: 4 })];
    const polls = [poll(1, running), poll(2, progress, before), poll(3, nothing, before)];
    expect(stateAfter({ polls }).history).toMatchObject({ progress, polledAtMs: 3_000 });
  });
});
