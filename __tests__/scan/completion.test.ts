import { describe, expect, test } from '@jest/globals';
import { judge } from '../../src/gate/judge.ts';
import { asksProgress, asksReport, provesEnd } from '../../src/scan/asking.ts';
import { observe, overtake, triggeredAgain } from '../../src/scan/completion.ts';
import { answer, isNewer, type ReportReading } from '../../src/scan/evidence.ts';
import type { Look } from '../../src/scan/look.ts';
import { isPatienceHard, patienceEndsAtMs } from '../../src/scan/patience.ts';
import { beginWait, type Completion } from '../../src/scan/state.ts';
import { rules } from '../gate/rules.ts';
import {
  alpine,
  DIGEST,
  entry,
  forbidden,
  look,
  noRow,
  noRowKept,
  notFound,
  row,
  shows,
  silence,
} from './evidence.ts';

const limits = { startTimeoutMs: 60_000, reportTimeoutMs: 10_000 };
const patience = rules({ ...limits, timeoutMs: 600_000 });

const running = [entry({ ongoing: true, scanned: 0 })];
const end = [entry()];
const nothing: readonly never[] = [];

const before = shows(row(1));
const newer = shows(row(2));

type Origin = 'triggered' | 'awaited';

/** Lets a wait that began at 0 see these looks, one after the other. */
function having(
  origin: Origin,
  earlier: ReportReading,
  looks: readonly Look[],
  isStarted = true,
): Completion {
  return looks.reduce<Completion>(
    (state, seen) => observe(state, seen, limits),
    beginWait(origin, earlier, 0, isStarted),
  );
}

/** Seen twice a second from `fromMs` until `toMs`, the last look exactly then. */
function lasting(fromMs: number, toMs: number, seen: (atMs: number) => Look): Look[] {
  const looks: Look[] = [];
  for (let atMs = fromMs; atMs < toMs; atMs += 500) looks.push(seen(atMs));
  return [...looks, seen(toMs)];
}

interface Case {
  readonly name: string;
  readonly origin?: Origin;
  readonly earlier?: ReportReading;
  readonly looks: readonly Look[];
  readonly expected: object;
}

function holds(cases: readonly Case[]): void {
  test.each(cases.map((each) => [each.name, each] as const))('%s', (_name, each) => {
    const { origin = 'triggered', earlier = before, looks, expected } = each;
    expect(having(origin, earlier, looks)).toMatchObject(expected);
  });
}

const finished = { phase: 'finished', error: '' };
const byProgress = { ...finished, proof: 'progress' };
const byReport = { ...finished, proof: 'report' };

describe('On demand, an entry that is ongoing', () => {
  holds([
    {
      name: 'means that the scan has started',
      looks: [look(1_000, running)],
      expected: { phase: 'scanning', entries: running },
    },
    {
      name: 'means that an awaited scan has started',
      origin: 'awaited',
      looks: [look(1_000, running)],
      expected: { phase: 'scanning' },
    },
    {
      name: 'keeps the scan going although its counts add up',
      looks: [look(1_000, [entry({ ongoing: true, scanned: 8, total: 8 })])],
      expected: { phase: 'scanning' },
    },
    {
      name: 'keeps the scan going although the others of its answer have ended',
      looks: [look(1_000, [entry(), entry({ ongoing: true }), entry()], newer)],
      expected: { phase: 'scanning' },
    },
    {
      name: 'keeps the scan going for as long as it is shown',
      looks: lasting(500, 500_000, (atMs) => look(atMs, running)),
      expected: { phase: 'scanning' },
    },
    {
      name: 'means started after an end that may have been an earlier scan’s',
      looks: [look(1_000, end, before), look(2_000, running)],
      expected: { phase: 'scanning', entries: running },
    },
    {
      name: 'that showed an error, vanished and is shown to end without one has failed all the same',
      looks: [
        look(1_000, [entry({ ongoing: true, scanError: 'no such layer' })]),
        look(2_000, nothing, before),
        look(3_000, end, newer),
      ],
      expected: { phase: 'finished', proof: 'progress', error: 'no such layer' },
    },
    {
      name: 'whose unproven first end had an error is good by a newer row, which is of a later scan',
      looks: [look(1_000, [entry({ scanError: 'an earlier failure' })], before), look(2_000, nothing, newer)],
      expected: { phase: 'finished', proof: 'report', error: '', earlier: before, row: row(2) },
    },
    {
      name: 'that once showed several entries may run on in one of them, however long progress is silent',
      looks: [
        look(1_000, [entry({ ongoing: true }), entry({ ongoing: true })]),
        look(2_000, [entry({ ongoing: true })]),
        look(3_000, silence, newer),
        look(4_000, silence, newer),
        look(5_000, silence, newer),
      ],
      expected: { phase: 'scanning', isOfSeveral: true },
    },
    {
      name: 'of one entry is not one of several because an unproven end before had more',
      looks: [
        look(1_000, [entry(), entry()], before),
        look(2_000, [entry({ ongoing: true })]),
        look(3_000, silence, newer),
        look(4_000, silence, newer),
      ],
      expected: { phase: 'finished', proof: 'report', isOfSeveral: false },
    },
    {
      name: 'that vanished is not finished by a look at which progress was silent, where the report cannot be read',
      earlier: forbidden,
      looks: [look(1_000, running), look(2_000, silence, forbidden), look(3_000, nothing, forbidden)],
      expected: { phase: 'vanished', blindLooks: 1 },
    },
    {
      name: 'that ended while the report was silent is finished once the report turns out to be unreadable',
      earlier: forbidden,
      looks: [look(1_000, running), look(2_000, end, silence), look(3_000, 'not-asked', forbidden)],
      expected: { phase: 'finished', proof: 'progress', row: undefined },
    },
    {
      name: 'that ended is not finished by that where the report can be read again, and shows no row',
      earlier: forbidden,
      looks: [look(1_000, running), look(2_000, end, noRow)],
      expected: { phase: 'ended', blindLooks: 0 },
    },
    {
      name: 'that vanished is not finished by that where the report can be read again, and shows no row',
      earlier: forbidden,
      looks: [look(1_000, running), look(2_000, nothing, noRow), look(3_000, nothing, noRow)],
      expected: { phase: 'vanished', blindLooks: 0 },
    },
    {
      name: 'that ended while the report was silent is not finished by that',
      earlier: forbidden,
      looks: [look(1_000, running), look(2_000, end, silence)],
      expected: { phase: 'ended', blindLooks: 0 },
    },
    {
      name: 'that ended without any sign of a row, of which no earlier one could be read, is finished without an error',
      earlier: forbidden,
      looks: [look(1_000, running), look(2_000, end, silence), look(12_000, 'not-asked', silence)],
      expected: { phase: 'finished', proof: 'progress', error: '' },
    },
    {
      name: 'that never began ends unconfirmed with the error that its unproven end showed, not as failed',
      looks: [
        look(1_000, [entry({ scanError: 'an earlier failure' })], before),
        look(12_000, nothing, before),
      ],
      expected: { phase: 'given-up', why: 'end-unproven', error: 'an earlier failure' },
    },
    {
      name: 'whose second end has an error has failed, for only the first can be an earlier scan’s',
      looks: [
        look(1_000, end, before),
        look(2_000, nothing, before),
        look(3_000, [entry({ scanError: 'no such layer' })], before),
        look(4_000, nothing, newer),
      ],
      expected: { phase: 'finished', proof: 'report', error: 'no such layer' },
    },
    {
      name: 'that ended in several registries with an error is not made good by the row of one',
      looks: [
        look(1_000, [entry(), entry({ scanError: 'no such layer' })], silence),
        look(2_000, nothing, newer),
      ],
      expected: { phase: 'finished', proof: 'report', error: 'no such layer' },
    },
    {
      name: 'ends without a newer row, and the first row that could be read, late, has an error: it may be its own',
      earlier: forbidden,
      looks: [
        look(1_000, running),
        look(2_000, end, shows(row(2, { error: 'no such layer' }))),
        look(12_000, 'not-asked', shows(row(2, { error: 'no such layer' }))),
      ],
      expected: { phase: 'finished', proof: 'progress', row: undefined, error: 'no such layer' },
    },
    {
      name: 'ends without a newer row, and the row from before had an error: it is of another scan',
      earlier: shows(row(1, { error: 'an earlier failure' })),
      looks: [
        look(1_000, running),
        look(2_000, end, shows(row(1, { error: 'an earlier failure' }))),
        look(12_000, 'not-asked', shows(row(1, { error: 'an earlier failure' }))),
      ],
      expected: { phase: 'finished', proof: 'progress', row: undefined, error: '' },
    },
    {
      name: 'with an error, and then nothing until report-timeout, is a scan that failed',
      looks: [
        look(1_000, [entry({ ongoing: true, scanError: 'no such layer' })]),
        look(2_000, nothing, before),
        look(12_000, nothing, before),
      ],
      expected: { phase: 'finished', proof: 'vanished', error: 'no such layer' },
    },
    {
      name: 'means that a scan which vanished is back',
      looks: [look(1_000, running), look(2_000, nothing, before), look(3_000, running)],
      expected: { phase: 'scanning' },
    },
  ]);

  test('makes a read of the report pointless, and nothing else does', () => {
    expect(asksReport(answer(running))).toBe(false);
    expect(asksReport(answer([entry(), entry({ ongoing: true })]))).toBe(false);
    expect(asksReport(answer(end))).toBe(true);
    expect(asksReport(answer(nothing))).toBe(true);
    expect(asksReport(silence)).toBe(true);
    expect(asksReport('not-asked')).toBe(true);
  });
});

describe('On demand, entries that have all ended after the scan was seen ongoing', () => {
  const seen = look(1_000, running);
  holds([
    {
      name: 'with a newer row are finished, and the row is this scan’s',
      looks: [seen, look(2_000, end, newer)],
      expected: { ...byProgress, row: row(2), entries: end },
    },
    {
      name: 'with a row where there was none are finished',
      earlier: noRow,
      looks: [seen, look(2_000, end, before)],
      expected: { ...byProgress, row: row(1) },
    },
    {
      name: 'with a report that is forbidden are finished',
      earlier: forbidden,
      looks: [seen, look(2_000, end, forbidden)],
      expected: { ...byProgress, row: undefined },
    },
    {
      name: 'with a report that is not found are finished',
      earlier: notFound,
      looks: [seen, look(2_000, end, notFound)],
      expected: { ...byProgress, row: undefined },
    },
    {
      name: 'with an old row are finished by progress, and wait for the row',
      looks: [seen, look(2_000, end, before)],
      expected: { phase: 'ended', sinceMs: 2_000 },
    },
    {
      name: 'without a row wait for it as well',
      earlier: noRow,
      looks: [seen, look(2_000, end, noRow)],
      expected: { phase: 'ended' },
    },
    {
      name: 'take a row that comes just within report-timeout',
      looks: [seen, look(2_000, end, before), look(12_000, 'not-asked', newer)],
      expected: { ...byProgress, row: row(2) },
    },
    {
      name: 'still wait a moment before report-timeout is over',
      looks: [seen, look(2_000, end, before), look(11_999, 'not-asked', before)],
      expected: { phase: 'ended' },
    },
    {
      name: 'are finished without a row once report-timeout is over',
      looks: [seen, look(2_000, end, before), look(12_000, 'not-asked', before)],
      expected: { ...byProgress, row: undefined },
    },
    {
      name: 'are finished without a row although the report was silent for all of report-timeout',
      looks: [seen, look(2_000, end, silence), look(12_000, 'not-asked', silence)],
      expected: { ...byProgress, row: undefined },
    },
    {
      name: 'are finished without a row at report-timeout where a report that could be read before is forbidden now',
      looks: [
        seen,
        look(2_000, end, forbidden),
        look(3_000, 'not-asked', forbidden),
        look(12_000, 'not-asked', forbidden),
      ],
      expected: { ...byProgress, row: undefined },
    },
    {
      name: 'still wait for the row where a report that could be read before is forbidden for a moment',
      looks: [seen, look(2_000, end, forbidden), look(3_000, 'not-asked', newer)],
      expected: { ...byProgress, row: row(2) },
    },
    {
      name: 'are not finished by a row of the same time, however often it is read',
      looks: [
        seen,
        ...[2_000, 3_000, 4_000].map((atMs, at) => look(atMs, at === 0 ? end : 'not-asked', before)),
      ],
      expected: { phase: 'ended' },
    },
    {
      name: 'are not finished by a row that is older than the one before',
      looks: [seen, look(2_000, end, shows(row(0)))],
      expected: { phase: 'ended' },
    },
    {
      name: 'are not finished by a row that was never scanned',
      earlier: noRow,
      looks: [seen, look(2_000, end, shows(row(undefined)))],
      expected: { phase: 'ended' },
    },
    {
      name: 'mean the same after a look at which the scan had vanished',
      looks: [seen, look(2_000, nothing, before), look(3_000, end, before)],
      expected: { phase: 'ended', rowCounts: 'when-newer' },
    },
  ]);

  test('spare progress from then on, so that nobody else’s end is eaten', () => {
    expect(asksProgress(having('triggered', before, [seen, look(2_000, end, before)]))).toBe(false);
    const others = [
      beginWait('triggered', before, 0),
      having('triggered', before, [seen]),
      having('triggered', before, [look(1_000, end, before)]),
      having('triggered', before, [seen, look(2_000, nothing, before)]),
    ];
    expect(others.map(asksProgress)).toEqual([true, true, true, true]);
  });

  test('pass without a row where no gate needs one, and are report-unavailable where one does', () => {
    const state = having('triggered', before, [
      seen,
      look(2_000, end, before),
      look(12_000, 'not-asked', before),
    ]);
    if (state.phase !== 'finished') throw new Error(`The wait is not over: ${state.phase}.`);
    expect(judge(alpine, state, patience).decision.reason).toBe('scan-completed');
    expect(judge({ ...alpine, requiredDigest: DIGEST }, state, patience).decision.reason).toBe(
      'report-unavailable',
    );
  });
});

describe('On demand, entries that have all ended and were never seen ongoing, of a scan that we triggered', () => {
  holds([
    {
      name: 'with a newer row are finished',
      looks: [look(1_000, end, newer)],
      expected: { ...byProgress, row: row(2) },
    },
    {
      name: 'with an unreadable report are finished',
      earlier: forbidden,
      looks: [look(1_000, end, forbidden)],
      expected: { ...byProgress, row: undefined },
    },
    {
      name: 'with an old row may be an earlier scan’s unread end, and are waited on',
      looks: [look(1_000, end, before)],
      expected: { phase: 'end-unproven', sinceMs: 1_000 },
    },
    {
      name: 'without any row may be an earlier scan’s as well',
      earlier: noRow,
      looks: [look(1_000, end, noRow)],
      expected: { phase: 'end-unproven' },
    },
    {
      name: 'with a silent report may be an earlier scan’s as well',
      looks: [look(1_000, end, silence)],
      expected: { phase: 'end-unproven' },
    },
    {
      name: 'prove nothing where a report that could be read before is forbidden for a moment',
      looks: [look(1_000, end, forbidden), look(2_000, nothing, forbidden), look(3_000, nothing, before)],
      expected: { phase: 'end-unproven' },
    },
    {
      name: 'are finished once the row is newer',
      looks: [look(1_000, end, before), look(2_000, nothing, newer)],
      expected: { ...finished, row: row(2) },
    },
    {
      name: 'are started once one is ongoing, and finish as a scan that was seen',
      looks: [look(1_000, end, before), look(2_000, running), look(3_000, end, newer)],
      expected: { ...byProgress, row: row(2) },
    },
    {
      name: 'are unconfirmed once report-timeout is over',
      looks: [look(1_000, end, before), look(11_000, nothing, before)],
      expected: { phase: 'given-up', why: 'end-unproven' },
    },
    {
      name: 'are not unconfirmed a moment earlier',
      looks: [look(1_000, end, before), look(10_999, nothing, before)],
      expected: { phase: 'end-unproven' },
    },
    {
      name: 'prove nothing by being shown again and again',
      looks: [look(1_000, end, before), look(2_000, end, before), look(3_000, end, before)],
      expected: { phase: 'end-unproven', sinceMs: 1_000 },
    },
    {
      name: 'prove nothing by the rows of two reads that agree: that is for awaited scans',
      looks: [look(1_000, end, before), look(2_000, nothing, before), look(3_000, nothing, before)],
      expected: { phase: 'end-unproven' },
    },
    {
      name: 'do not fail an image for an error that may be an earlier scan’s',
      looks: [look(1_000, [entry({ scanError: 'an earlier failure' })], before)],
      expected: { phase: 'end-unproven' },
    },
    {
      name: 'do not lend the error of an earlier scan to the one that started afterwards',
      looks: [
        look(1_000, [entry({ scanError: 'an earlier failure' })], before),
        look(2_000, running),
        look(3_000, nothing, newer),
      ],
      expected: byReport,
    },
    {
      name: 'do not lend the error of an earlier scan to one that only its row shows',
      looks: [look(1_000, [entry({ scanError: 'an earlier failure' })], before), look(2_000, nothing, newer)],
      expected: byReport,
    },
  ]);
});

describe('On demand, entries that have all ended at the first look, of a scan that we await', () => {
  const origin = 'awaited';
  holds([
    {
      name: 'with an unreadable report are finished',
      origin,
      earlier: forbidden,
      looks: [look(1_000, end, forbidden)],
      expected: { ...byProgress, row: undefined },
    },
    {
      name: 'do not yet own the row of a single read',
      origin,
      looks: [look(1_000, end, before)],
      expected: { phase: 'ended', rowCounts: 'when-agreeing' },
    },
    {
      name: 'own the row that two reads in a row agree on, however old it is',
      origin,
      looks: [look(1_000, end, before), look(2_000, 'not-asked', before)],
      expected: { ...byProgress, row: row(1) },
    },
    {
      name: 'own the row that is newer than the one of the first read',
      origin,
      looks: [look(1_000, end, before), look(2_000, 'not-asked', newer)],
      expected: { ...byProgress, row: row(2) },
    },
    {
      name: 'are judged by the first look that progress answered, not by one that it did not',
      origin,
      looks: [look(1_000, silence, before), look(2_000, end, before), look(3_000, 'not-asked', before)],
      expected: { ...byProgress, row: row(1) },
    },
    {
      name: 'are finished without a row once report-timeout is over without any',
      origin,
      earlier: noRow,
      looks: [look(1_000, end, noRow), look(11_000, 'not-asked', noRow)],
      expected: { ...byProgress, row: undefined },
    },
    {
      name: 'do not agree on a row without a time',
      origin,
      earlier: shows(row(undefined)),
      looks: [
        look(1_000, end, shows(row(undefined))),
        look(2_000, 'not-asked', shows(row(undefined))),
        look(3_000, 'not-asked', shows(row(undefined))),
      ],
      expected: { phase: 'ended' },
    },
    {
      name: 'do not agree across a read that showed no row at all',
      origin,
      looks: [look(1_000, end, before), look(2_000, 'not-asked', noRow), look(3_000, 'not-asked', before)],
      expected: { phase: 'ended' },
    },
    {
      name: 'at a later look need a newer row',
      origin,
      looks: [look(1_000, nothing, before), look(2_000, end, before), look(3_000, 'not-asked', before)],
      expected: { phase: 'ended', rowCounts: 'when-newer' },
    },
    {
      name: 'at a later look are finished with a newer row',
      origin,
      looks: [look(1_000, nothing, before), look(2_000, end, newer)],
      expected: { ...byProgress, row: row(2) },
    },
    {
      name: 'fail with the error of the row that counts',
      origin,
      looks: [
        look(1_000, end, shows(row(1, { error: 'no space' }))),
        look(2_000, 'not-asked', shows(row(1, { error: 'no space' }))),
      ],
      expected: { phase: 'finished', error: 'no space' },
    },
  ]);
});

describe('On demand, an empty answer after the scan was seen ongoing', () => {
  const seen = look(1_000, running);
  holds([
    {
      name: 'with a newer row means finished: someone else read the end',
      looks: [seen, look(2_000, nothing, newer)],
      expected: { ...byReport, row: row(2) },
    },
    {
      name: 'with an old row means vanished',
      looks: [seen, look(2_000, nothing, before)],
      expected: { phase: 'vanished', sinceMs: 2_000 },
    },
    {
      name: 'without a row means vanished',
      earlier: noRow,
      looks: [seen, look(2_000, nothing, noRow)],
      expected: { phase: 'vanished' },
    },
    {
      name: 'is finished by a row that comes just within report-timeout',
      looks: [seen, look(2_000, nothing, before), look(12_000, nothing, newer)],
      expected: { ...byReport, row: row(2) },
    },
    {
      name: 'is unconfirmed once report-timeout is over',
      looks: [seen, look(2_000, nothing, before), look(12_000, nothing, before)],
      expected: { phase: 'given-up', why: 'vanished' },
    },
    {
      name: 'stays open a moment before report-timeout is over',
      looks: [seen, look(2_000, nothing, before), look(11_999, nothing, before)],
      expected: { phase: 'vanished' },
    },
    {
      name: 'proves nothing by being given again where the report can be read',
      looks: [seen, ...lasting(2_000, 11_500, (atMs) => look(atMs, nothing, before))],
      expected: { phase: 'vanished', sinceMs: 2_000 },
    },
    {
      name: 'with an unreadable report is not finished at the first look',
      earlier: forbidden,
      looks: [seen, look(2_000, nothing, forbidden)],
      expected: { phase: 'vanished' },
    },
    {
      name: 'with an unreadable report is finished at the second',
      earlier: forbidden,
      looks: [seen, look(2_000, nothing, forbidden), look(3_000, nothing, forbidden)],
      expected: { ...finished, proof: 'vanished', row: undefined },
    },
    {
      name: 'with an unreadable report is not finished where the second look brought no answer',
      earlier: forbidden,
      looks: [seen, look(2_000, nothing, forbidden), look(3_000, silence, forbidden)],
      expected: { phase: 'vanished' },
    },
    {
      name: 'with an unreadable report needs two empty answers after the scan was seen again',
      earlier: forbidden,
      looks: [seen, look(2_000, nothing, forbidden), look(3_000, running), look(4_000, nothing, forbidden)],
      expected: { phase: 'vanished' },
    },
    {
      name: 'fails with the error that progress showed before',
      looks: [
        look(1_000, [entry({ ongoing: true, scanError: 'manifest unknown' })]),
        look(2_000, nothing, newer),
      ],
      expected: { phase: 'finished', error: 'manifest unknown' },
    },
  ]);

  test('warns where nobody saw the end, and only there', () => {
    const blind = having('triggered', forbidden, [
      seen,
      look(2_000, nothing, forbidden),
      look(3_000, nothing, forbidden),
    ]);
    const proven = having('triggered', before, [seen, look(2_000, nothing, newer)]);
    if (blind.phase !== 'finished' || proven.phase !== 'finished') throw new Error('Not finished.');
    expect(judge(alpine, blind, patience)).toMatchObject({
      decision: { verdict: 'passed' },
      warnings: [expect.stringContaining('Nobody saw the end')],
    });
    expect(judge(alpine, proven, patience).warnings).toEqual([]);
  });
});

describe('On demand, an empty answer of a scan that was never seen', () => {
  holds([
    {
      name: 'with a newer row means finished: some scans never show progress',
      looks: [look(1_000, nothing, newer)],
      expected: { ...byReport, row: row(2) },
    },
    {
      name: 'with a newer row means finished for an awaited scan too',
      origin: 'awaited',
      looks: [look(1_000, nothing, newer)],
      expected: byReport,
    },
    {
      name: 'with an old row means wait',
      looks: [look(1_000, nothing, before), look(2_000, nothing, before)],
      expected: { phase: 'unseen' },
    },
    {
      name: 'with an unreadable report means wait: absence proves nothing',
      earlier: forbidden,
      looks: [
        look(1_000, nothing, forbidden),
        look(2_000, nothing, forbidden),
        look(3_000, nothing, forbidden),
      ],
      expected: { phase: 'unseen' },
    },
    {
      name: 'without a row means wait',
      earlier: noRow,
      looks: [look(1_000, nothing, noRow)],
      expected: { phase: 'unseen' },
    },
    {
      name: 'means wait a moment before start-timeout is over',
      looks: lasting(500, 59_999, (atMs) => look(atMs, nothing, before)),
      expected: { phase: 'unseen' },
    },
    {
      name: 'is not-started once start-timeout is over',
      looks: lasting(500, 60_000, (atMs) => look(atMs, nothing, before)),
      expected: { phase: 'given-up', why: 'no-sign' },
    },
    {
      name: 'is finished by a row that comes with the look at which start-timeout is over',
      looks: [look(59_000, nothing, before), look(60_000, nothing, newer)],
      expected: byReport,
    },
    {
      name: 'is started by an entry that comes with the look at which start-timeout is over',
      looks: [look(59_000, nothing, before), look(60_000, running)],
      expected: { phase: 'scanning' },
    },
  ]);
});

describe('The earlier row', () => {
  holds([
    {
      name: 'without a time makes any row with one newer',
      earlier: shows(row(undefined)),
      looks: [look(1_000, nothing, shows(row(0)))],
      expected: byReport,
    },
    {
      name: 'without a time is not superseded by a row that has none either',
      earlier: shows(row(undefined)),
      looks: [look(1_000, nothing, shows(row(undefined)))],
      expected: { phase: 'unseen' },
    },
    {
      name: 'that could not be read is replaced by the first that can, which proves nothing itself',
      earlier: forbidden,
      looks: [look(1_000, nothing, before)],
      expected: { phase: 'unseen', earlier: before },
    },
    {
      name: 'that could not be read lets a row count that is newer than the first one read',
      earlier: forbidden,
      looks: [look(1_000, nothing, before), look(2_000, nothing, newer)],
      expected: byReport,
    },
    {
      name: 'that could not be read is not replaced by a reading without a row, for it may be hidden still',
      earlier: forbidden,
      looks: [look(1_000, nothing, noRow), look(2_000, nothing, before)],
      expected: { phase: 'unseen', earlier: before },
    },
    {
      name: 'that could not be read is not replaced by silence',
      earlier: forbidden,
      looks: [look(1_000, nothing, silence)],
      expected: { phase: 'unseen', earlier: forbidden },
    },
    {
      name: 'is not forgotten when the report shows no row for a while',
      looks: [look(1_000, nothing, noRow), look(2_000, nothing, before)],
      expected: { phase: 'unseen', earlier: before },
    },
    {
      name: 'is not forgotten when the report cannot be read for a while',
      looks: [look(1_000, nothing, forbidden), look(2_000, nothing, before)],
      expected: { phase: 'unseen', earlier: before },
    },
    {
      name: 'is compared by time and not by text',
      earlier: shows(row(1)),
      looks: [
        look(
          1_000,
          nothing,
          shows(
            row(1, {
              scanTime: { text: '2026-11-02T10:01:00+01:00', epochMs: row(1).scanTime?.epochMs ?? 0 },
            }),
          ),
        ),
      ],
      expected: { phase: 'unseen' },
    },
  ]);
});

describe('A row', () => {
  test('is never newer than one that could not be read', () => {
    expect(isNewer(row(2), forbidden)).toBe(false);
    expect(isNewer(row(2), noRowKept)).toBe(false);
  });

  test('is newer than none at all, unless it was never scanned', () => {
    expect(isNewer(row(2), noRow)).toBe(true);
    expect(isNewer(row(undefined), noRow)).toBe(false);
  });
});

describe('An error', () => {
  const inDiscovery = [entry({ discoveryError: 'no such repository' })];
  const inScan = [entry({ scanError: 'manifest unknown' })];
  const seen = look(1_000, running);
  holds([
    {
      name: 'in discovery fails the scan, and no row is waited for',
      looks: [seen, look(2_000, inDiscovery, before)],
      expected: { phase: 'finished', proof: 'progress', error: 'no such repository' },
    },
    {
      name: 'in the image scan fails the scan, and no row is waited for',
      looks: [seen, look(2_000, inScan, before)],
      expected: { phase: 'finished', proof: 'progress', error: 'manifest unknown' },
    },
    {
      name: 'in the second of several entries fails the scan',
      looks: [seen, look(2_000, [entry(), ...inScan], before)],
      expected: { phase: 'finished', error: 'manifest unknown' },
    },
    {
      name: 'in progress is not made good by a newer row without one',
      looks: [seen, look(2_000, inScan, newer)],
      expected: { phase: 'finished', error: 'manifest unknown' },
    },
    {
      name: 'in progress fails the scan where the report cannot be read',
      earlier: forbidden,
      looks: [seen, look(2_000, inDiscovery, forbidden)],
      expected: { phase: 'finished', error: 'no such repository' },
    },
    {
      name: 'in progress fails an awaited scan at the first look',
      origin: 'awaited',
      looks: [look(1_000, inScan, before)],
      expected: { phase: 'finished', error: 'manifest unknown' },
    },
    {
      name: 'in a newer row fails a scan whose progress was fine',
      looks: [seen, look(2_000, end, shows(row(2, { error: 'no space left' })))],
      expected: { phase: 'finished', error: 'no space left' },
    },
    {
      name: 'in a newer row fails a scan that was never seen',
      looks: [look(1_000, nothing, shows(row(2, { error: 'no space left' })))],
      expected: { phase: 'finished', error: 'no space left' },
    },
    {
      name: 'in an old row is an earlier scan’s',
      earlier: shows(row(1, { error: 'no space left' })),
      looks: [
        look(1_000, running),
        look(2_000, end, shows(row(1, { error: 'no space left' }))),
        look(3_000, 'not-asked', newer),
      ],
      expected: byProgress,
    },
    {
      name: 'that one entry ended with is not forgotten when only the others are shown later',
      looks: [
        look(1_000, [entry({ ongoing: true }), entry({ ongoing: true })]),
        look(2_000, [...inScan, entry({ ongoing: true })]),
        look(3_000, end, newer),
      ],
      expected: { phase: 'finished', error: 'manifest unknown' },
    },
    {
      name: 'of an entry that goes on is not forgotten when only the others are shown later',
      looks: [
        look(1_000, [entry({ ongoing: true, scanError: 'manifest unknown' }), entry({ ongoing: true })]),
        look(2_000, running),
        look(3_000, end, newer),
      ],
      expected: { phase: 'finished', error: 'manifest unknown' },
    },
    {
      name: 'that one entry ended with is not forgotten when the others vanish',
      looks: [
        look(1_000, [...inScan, entry({ ongoing: true })]),
        look(2_000, running),
        look(3_000, nothing, newer),
      ],
      expected: { phase: 'finished', error: 'manifest unknown' },
    },
  ]);

  test('of a finished scan is never a pass', () => {
    const state = having('triggered', before, [seen, look(2_000, inScan, newer)]);
    if (state.phase !== 'finished') throw new Error(`The wait is not over: ${state.phase}.`);
    expect(judge(alpine, state, patience).decision).toMatchObject({
      verdict: 'failed',
      reason: 'scan-error',
    });
  });
});

describe('Several entries', () => {
  holds([
    {
      name: 'are finished when all of them are',
      looks: [look(1_000, running), look(2_000, [entry(), entry(), entry()], newer)],
      expected: byProgress,
    },
    {
      name: 'are finished by a newer row when progress is empty: someone else read the last end',
      looks: [look(1_000, [entry(), entry({ ongoing: true })]), look(2_000, nothing, newer)],
      expected: byReport,
    },
    {
      name: 'are not finished by a newer row while progress is silent about one that was ongoing',
      looks: [look(1_000, [entry(), entry({ ongoing: true })]), look(2_000, silence, newer)],
      expected: { phase: 'scanning' },
    },
    {
      name: 'are not finished by a newer row while progress is silent about the one that was left of them',
      looks: [
        look(1_000, [entry(), entry({ ongoing: true })]),
        look(2_000, running),
        look(3_000, silence, newer),
      ],
      expected: { phase: 'scanning' },
    },
  ]);

  test('add their counts up', () => {
    const entries = [entry({ scanned: 2, total: 3 }), entry({ scanned: 4, total: 5 })];
    const state = having('triggered', before, [look(1_000, running), look(2_000, entries, newer)]);
    if (state.phase !== 'finished') throw new Error(`The wait is not over: ${state.phase}.`);
    expect(judge(alpine, state, patience)).toMatchObject({
      discovery: { scanned: 2, total: 2 },
      imageScan: { scanned: 6, total: 8 },
    });
  });
});

describe('Time in which the Console does not answer', () => {
  const seen = look(1_000, running);
  holds([
    {
      name: 'does not use up start-timeout',
      looks: [
        look(1_000, nothing, before),
        ...lasting(2_000, 300_000, (atMs) => look(atMs, silence, silence)),
        look(300_500, nothing, before),
      ],
      expected: { phase: 'unseen' },
    },
    {
      name: 'does not use up start-timeout where only the report is silent: its row may be all there is to see',
      looks: [
        look(1_000, nothing, before),
        ...lasting(2_000, 300_000, (atMs) => look(atMs, nothing, silence)),
      ],
      expected: { phase: 'unseen' },
    },
    {
      name: 'only puts start-timeout off: what is left of it afterwards counts',
      looks: [
        look(30_000, nothing, before),
        ...lasting(30_500, 300_000, (atMs) => look(atMs, silence, before)),
        look(329_999, nothing, before),
        look(330_000, nothing, before),
      ],
      expected: { phase: 'given-up', why: 'no-sign' },
    },
    {
      name: 'does not use up the patience with a scan that vanished',
      looks: [
        seen,
        look(2_000, nothing, before),
        ...lasting(3_000, 300_000, (atMs) => look(atMs, nothing, silence)),
        look(300_500, nothing, newer),
      ],
      expected: byReport,
    },
    {
      name: 'does not use up the patience with an end that may be an earlier scan’s, where the report is silent',
      looks: [
        look(1_000, end, before),
        ...lasting(2_000, 300_000, (atMs) => look(atMs, nothing, silence)),
        look(300_500, nothing, newer),
      ],
      expected: byReport,
    },
    {
      name: 'does not use up the patience with an end that may be an earlier scan’s, where progress is silent',
      looks: [
        look(1_000, end, before),
        ...lasting(2_000, 300_000, (atMs) => look(atMs, silence, before)),
        look(300_500, running),
      ],
      expected: { phase: 'scanning' },
    },
    {
      name: 'ends no scan that was seen',
      looks: [seen, ...lasting(2_000, 300_000, (atMs) => look(atMs, silence, silence))],
      expected: { phase: 'scanning' },
    },
    {
      name: 'ends no scan that was seen although the old row answers',
      looks: [seen, ...lasting(2_000, 300_000, (atMs) => look(atMs, silence, before))],
      expected: { phase: 'scanning' },
    },
    {
      name: 'in progress for once leaves open whether what was running has ended: a newer row may be of another scan',
      looks: [seen, look(2_000, silence, newer)],
      expected: { phase: 'scanning' },
    },
    {
      name: 'in progress, again and again, does not hide what the report proves',
      looks: [seen, look(2_000, silence, newer), look(3_000, silence, newer)],
      expected: { ...byReport, row: row(2) },
    },
    {
      name: 'in progress does not hide what the report proves of a scan that was not seen running',
      looks: [look(2_000, silence, newer)],
      expected: { ...byReport, row: row(2) },
    },
    {
      name: 'in progress proves nothing where the report cannot be read',
      earlier: forbidden,
      looks: [seen, ...lasting(2_000, 300_000, (atMs) => look(atMs, silence, forbidden))],
      expected: { phase: 'scanning' },
    },
  ]);
});

describe('At the deadline', () => {
  const seen = look(1_000, running);
  const cases: readonly (readonly [string, Completion, object])[] = [
    [
      'a scan that was never seen is not-started',
      having('triggered', before, [look(1_000, nothing, before)]),
      { phase: 'given-up', why: 'no-sign' },
    ],
    [
      'a scan that is ongoing is still-scanning',
      having('triggered', before, [seen]),
      { phase: 'given-up', why: 'still-scanning' },
    ],
    [
      'a scan that vanished is still-scanning',
      having('triggered', before, [seen, look(2_000, nothing, before)]),
      { phase: 'given-up', why: 'still-scanning' },
    ],
    [
      'a scan that vanished from a Console without a readable report is not finished by a single look',
      having('triggered', forbidden, [seen, look(2_000, nothing, forbidden)]),
      { phase: 'given-up' },
    ],
    [
      'an end that may be an earlier scan’s is no pass',
      having('triggered', before, [look(1_000, end, before)]),
      { phase: 'given-up' },
    ],
    [
      'a scan that is finished by progress beats the clock',
      having('triggered', before, [seen, look(2_000, end, before)]),
      { ...byProgress, row: undefined },
    ],
    [
      'an awaited scan that had ended at the first look beats the clock',
      having('awaited', before, [look(1_000, end, before)]),
      { ...byProgress, row: undefined },
    ],
    [
      'a finished scan stays finished',
      having('triggered', before, [seen, look(2_000, end, newer)]),
      { ...byProgress, row: row(2) },
    ],
    [
      'what was given up stays so',
      having('triggered', before, [look(60_000, nothing, before)]),
      { phase: 'given-up', why: 'no-sign' },
    ],
  ];
  test.each(cases)('%s', (_name, state, expected) => {
    expect(overtake(state)).toMatchObject(expected);
  });
});

describe('A wait that is over', () => {
  test('cannot be changed by any later look', () => {
    const over = [
      having('triggered', before, [look(1_000, nothing, newer)]),
      having('triggered', before, [look(60_000, nothing, before)]),
    ];
    for (const state of over) {
      expect(observe(state, look(70_000, running), limits)).toBe(state);
      expect(observe(state, look(70_000, [entry({ scanError: 'late' })], newer), limits)).toBe(state);
    }
  });
});

describe('Patience', () => {
  test('is hard only with the row of a scan that ended', () => {
    const states = [
      beginWait('triggered', before, 0),
      having('triggered', before, [look(1_000, running)]),
      having('triggered', before, [look(1_000, end, before)]),
      having('triggered', before, [look(1_000, running), look(2_000, nothing, before)]),
      having('triggered', before, [look(1_000, running), look(2_000, end, before)]),
    ];
    expect(states.map(isPatienceHard)).toEqual([false, false, false, false, true]);
  });

  test('ends with start-timeout before the scan is seen, with report-timeout once it cannot be seen', () => {
    const ends = [
      beginWait('triggered', before, 7_000),
      having('triggered', before, [look(1_000, running)]),
      having('triggered', before, [look(1_000, end, before)]),
      having('triggered', before, [look(1_000, running), look(2_000, end, before)]),
      having('triggered', before, [look(1_000, running), look(3_000, nothing, before)]),
      having('triggered', before, [look(1_000, nothing, newer)]),
    ].map((state) => patienceEndsAtMs(state, limits));
    expect(ends).toEqual([67_000, undefined, 11_000, 12_000, 13_000, undefined]);
  });

  test('goes on with a second trigger, which only takes back an end that may be an earlier scan’s', () => {
    const unseen = having('triggered', before, [look(50_000, nothing, before)]);
    expect(triggeredAgain(unseen)).toBe(unseen);
    const unproven = having('triggered', before, [look(50_000, end, before)]);
    expect(triggeredAgain(unproven)).toMatchObject({
      phase: 'unseen',
      earlier: before,
      sinceMs: 50_000,
      isStarted: false,
    });
    const scanning = having('triggered', before, [look(50_000, running)]);
    expect(triggeredAgain(scanning)).toBe(scanning);
  });
});

describe('A request that the Console is not known to have accepted', () => {
  const lost = (seen: Look): Look => ({ ...seen, isTriggerAccepted: false });
  const stale = [lost(look(1_000, end, forbidden)), lost(look(2_000, nothing, forbidden))];

  test('is not answered by an end that was there before, where the report cannot be read', () => {
    expect(having('triggered', forbidden, stale, false)).toMatchObject({ phase: 'end-unproven' });
  });

  test('is answered by a newer row all the same', () => {
    expect(having('triggered', before, [lost(look(1_000, nothing, newer))], false)).toMatchObject(byReport);
  });

  test('is not answered by such an end once it is accepted, but by one that is shown from then on', () => {
    const accepted = [...stale, look(3_000, nothing, forbidden)];
    expect(having('triggered', forbidden, accepted, false)).toMatchObject({ phase: 'end-unproven' });
    expect(having('triggered', forbidden, [...accepted, look(4_000, end, forbidden)], false)).toMatchObject(
      byProgress,
    );
  });

  test('has all of its patience from the moment that it is accepted', () => {
    const late = [...stale, look(8_000, nothing, forbidden)];
    expect(having('triggered', forbidden, late, false)).toMatchObject({
      phase: 'end-unproven',
      sinceMs: 8_000,
    });
    const unseen = [lost(look(1_000, nothing, before)), look(8_000, nothing, before)];
    expect(having('triggered', before, unseen, false)).toMatchObject({ phase: 'unseen', sinceMs: 8_000 });
  });
});

describe('The regular scan', () => {
  const origin = 'awaited';
  const earlier = noRowKept;
  const two = [entry({ ongoing: true }), entry({ ongoing: true })];
  holds([
    {
      name: 'is started by an answer with an ongoing entry',
      origin,
      earlier,
      looks: [look(1_000, two)],
      expected: { phase: 'scanning' },
    },
    {
      name: 'goes on while any entry is ongoing',
      origin,
      earlier,
      looks: [look(1_000, two), look(2_000, [entry(), entry({ ongoing: true })])],
      expected: { phase: 'scanning' },
    },
    {
      name: 'is finished when every entry of an answer has ended',
      origin,
      earlier,
      looks: [look(1_000, two), look(2_000, [entry(), entry()], noRowKept)],
      expected: byProgress,
    },
    {
      name: 'is finished when every entry of the first answer has ended',
      origin,
      earlier,
      looks: [look(1_000, [entry(), entry()], noRowKept)],
      expected: byProgress,
    },
    {
      name: 'is not finished by one empty answer after it was ongoing',
      origin,
      earlier,
      looks: [look(1_000, two), look(2_000, nothing, noRowKept)],
      expected: { phase: 'vanished' },
    },
    {
      name: 'is finished by two empty answers in a row after it was ongoing',
      origin,
      earlier,
      looks: [look(1_000, two), look(2_000, nothing, noRowKept), look(3_000, nothing, noRowKept)],
      expected: { ...finished, proof: 'vanished' },
    },
    {
      name: 'is not finished by two empty answers with an ongoing one between them',
      origin,
      earlier,
      looks: [
        look(1_000, two),
        look(2_000, nothing, noRowKept),
        look(3_000, two),
        look(4_000, nothing, noRowKept),
      ],
      expected: { phase: 'vanished' },
    },
    {
      name: 'that is empty from the start is waited for',
      origin,
      earlier,
      looks: lasting(500, 59_500, (atMs) => look(atMs, nothing, noRowKept)),
      expected: { phase: 'unseen' },
    },
    {
      name: 'that is empty for all of start-timeout is not-started: nothing to wait for is not a pass',
      origin,
      earlier,
      looks: lasting(500, 60_000, (atMs) => look(atMs, nothing, noRowKept)),
      expected: { phase: 'given-up', why: 'no-sign' },
    },
    {
      name: 'fails with the error of any registry in its last answer',
      origin,
      earlier,
      looks: [look(1_000, two), look(2_000, [entry(), entry({ discoveryError: 'unauthorized' })], noRowKept)],
      expected: { phase: 'finished', error: 'unauthorized' },
    },
    {
      name: 'fails with the error of a registry that ended earlier, and was shown only then',
      origin,
      earlier,
      looks: [
        look(1_000, two),
        look(2_000, [entry({ discoveryError: 'unauthorized' }), entry({ ongoing: true })]),
        look(3_000, running),
        look(4_000, end, noRowKept),
      ],
      expected: { phase: 'finished', error: 'unauthorized' },
    },
  ]);

  test('does not warn of an unreadable report: there is none to read', () => {
    const state = having(origin, earlier, [
      look(1_000, two),
      look(2_000, nothing, noRowKept),
      look(3_000, nothing, noRowKept),
    ]);
    if (state.phase !== 'finished') throw new Error(`The wait is not over: ${state.phase}.`);
    expect(judge('regular-scan', state, patience)).toMatchObject({
      decision: { reason: 'scan-completed' },
      warnings: [],
    });
  });
});

describe('A look that did not ask progress', () => {
  const unasked = (atMs: number, report: ReportReading | typeof silence = before) =>
    look(atMs, 'not-asked', report);

  holds([
    {
      name: 'does not take a newer row for the end, as progress may show a scan that goes on',
      looks: [unasked(1_000, newer)],
      expected: { phase: 'unseen' },
    },
    {
      name: 'does not take a newer row for the end of a scan that was seen',
      looks: [look(1_000, running), unasked(2_000, newer)],
      expected: { phase: 'scanning' },
    },
    {
      name: 'does not take a newer row for the end of a scan that vanished',
      looks: [look(1_000, running), look(2_000, nothing, before), unasked(3_000, newer)],
      expected: { phase: 'vanished', sinceMs: 2_000 },
    },
    {
      name: 'does not take a newer row for the proof of an end that may be an earlier scan’s',
      looks: [look(1_000, end, before), unasked(2_000, newer)],
      expected: { phase: 'end-unproven' },
    },
    {
      name: 'leaves the row to a look that does ask',
      looks: [unasked(1_000, newer), look(2_000, nothing, newer)],
      expected: byReport,
    },
    {
      name: 'gives up no scan of which there is no sign',
      looks: [look(1_000, nothing, before), ...lasting(2_000, 600_000, unasked)],
      expected: { phase: 'unseen', sinceMs: 0 },
    },
    {
      name: 'gives up no end that may be an earlier scan’s',
      looks: [look(1_000, end, before), ...lasting(2_000, 600_000, unasked)],
      expected: { phase: 'end-unproven', sinceMs: 1_000 },
    },
    {
      name: 'gives up no scan that vanished',
      looks: [look(1_000, running), look(2_000, nothing, before), ...lasting(3_000, 600_000, unasked)],
      expected: { phase: 'vanished', sinceMs: 2_000 },
    },
    {
      name: 'leaves giving up to the next look that does ask',
      looks: [...lasting(1_000, 70_000, unasked), look(71_000, nothing, before)],
      expected: { phase: 'given-up', why: 'no-sign' },
    },
    {
      name: 'keeps a scan that was seen going',
      looks: [look(1_000, running), ...lasting(2_000, 600_000, unasked)],
      expected: { phase: 'scanning', entries: running },
    },
    {
      name: 'is no look at which an awaited scan was not there yet',
      origin: 'awaited',
      looks: [unasked(1_000), unasked(2_000)],
      expected: { phase: 'unseen', looks: 0 },
    },
    {
      name: 'is none of the two that a row needs to agree, nor of the two that prove a blind end',
      earlier: forbidden,
      looks: [look(1_000, running), unasked(2_000, forbidden), look(3_000, nothing, forbidden)],
      expected: { phase: 'vanished', blindLooks: 1 },
    },
    {
      name: 'says nothing of whether the report is blind',
      earlier: forbidden,
      looks: [look(1_000, nothing, forbidden), unasked(2_000, forbidden), unasked(3_000, forbidden)],
      expected: { phase: 'unseen', blindLooks: 1 },
    },
    {
      name: 'is neither a lost answer nor one that came',
      looks: [look(1_000, running), look(2_000, silence, before), unasked(3_000), unasked(4_000)],
      expected: { phase: 'scanning', silentLooks: 1 },
    },
    {
      name: 'lets a row count after two lost answers, however far apart',
      looks: [
        look(1_000, running),
        look(2_000, silence, before),
        unasked(3_000),
        look(4_000, silence, newer),
      ],
      expected: byReport,
    },
    {
      name: 'makes the first row that can be read the one to be newer than',
      earlier: forbidden,
      looks: [unasked(1_000, newer), look(2_000, nothing, newer)],
      expected: { phase: 'unseen', earlier: newer },
    },
    {
      name: 'whose report was not answered takes no patience either',
      looks: [look(1_000, nothing, before), unasked(31_000, silence)],
      expected: { phase: 'unseen', sinceMs: 30_000 },
    },
  ]);

  test.each<[string, ReportReading, Look['report'], boolean]>([
    ['a newer row', before, answer(newer), true],
    ['a row where there was none', noRow, answer(before), true],
    ['the same row', before, answer(before), false],
    ['an older one', newer, answer(before), false],
    ['a row that never was scanned', before, answer(shows(row(undefined))), false],
    ['a row where none could be read', forbidden, answer(newer), false],
    ['no row', before, answer(noRow), false],
    ['no permission', before, answer(forbidden), false],
    ['no answer', before, silence, false],
    ['nothing, as it was not asked,', before, 'not-asked', false],
  ])('is followed by the question where the report shows %s: %#', (_what, earlier, report, expected) => {
    expect(provesEnd(beginWait('triggered', earlier, 0), report)).toBe(expected);
  });
});
