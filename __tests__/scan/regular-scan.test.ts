import { describe, expect, test } from '@jest/globals';
import type { Observation } from '../../src/scan/history.ts';
import { expire } from '../../src/scan/state.ts';
import type { Progress } from '../../src/scan/types.ts';
import { ended, entry, nothing, running } from './evidence.ts';
import { criteria, every, poll, regularStateAfter } from './story.ts';

const finished = { phase: 'finished', proof: 'progress', error: '', row: undefined };
const incomplete = { phase: 'given-up', why: 'incomplete' };
const notStarted = { phase: 'given-up', why: 'not-started' };
const between = { phase: 'between-batches' };

const stopped = [entry({ scanned: 3, total: 10 })];
const half = [entry({ isOngoing: true, scanned: 3, total: 10 })];
const failedEnd = [entry({ discoveryError: 'unauthorized' })];
const seen = poll(1, running);

describe('The regular scan', () => {
  test.each<[string, readonly Observation[], object, Progress?]>([
    ['has started once a registry is running', [seen], { phase: 'scanning' }],
    ['goes on while one registry is running', [poll(1, [...ended, ...running])], { phase: 'scanning' }],
    [
      'goes on for longer than any phase timeout',
      every(1, 600, (s) => poll(s, running)),
      { phase: 'scanning' },
    ],
    ['is not finished by one poll with none running', [seen, poll(2, ended)], between],
    [
      'is not finished by two polls less than ten seconds apart',
      [seen, poll(2, ended), poll(11.9, nothing)],
      between,
    ],
    ['is finished by two polls ten seconds apart', [seen, poll(2, ended), poll(12, nothing)], finished],
    [
      'is finished where each poll shows an end',
      [seen, poll(2, ended), poll(8, ended), poll(12, ended)],
      finished,
    ],
    ['goes on where the next batch begins', [seen, poll(2, ended), poll(11, running)], { phase: 'scanning' }],
    [
      'counts the ten seconds anew after the next batch',
      [seen, poll(2, ended), poll(11, running), poll(12, ended), poll(21, nothing)],
      between,
    ],
    [
      'is finished after the last batch',
      [seen, poll(2, ended), poll(11, running), poll(12, ended), poll(22, nothing)],
      finished,
    ],
    [
      'is not started by the unread end of last night',
      every(1, 59, (s) => poll(s, s === 1 ? ended : nothing)),
      { phase: 'pending' },
    ],
    [
      'is not-started with the unread end of last night alone',
      every(1, 60, (s) => poll(s, s === 1 ? ended : nothing)),
      notStarted,
    ],
    ['is not-started with nothing to wait for', every(1, 60, (s) => poll(s, nothing)), notStarted],
    [
      'is not failed by the error of last night',
      [poll(2, running), poll(3, ended), poll(13, nothing)],
      finished,
      failedEnd,
    ],
    [
      'is not incomplete by the end of last night',
      [poll(2, running), poll(3, ended), poll(13, nothing)],
      finished,
      stopped,
    ],
    [
      'is incomplete where it was stopped at 3 of 10',
      [seen, poll(2, stopped), poll(12, nothing)],
      incomplete,
    ],
    [
      'is incomplete where a registry was stopped while others ran',
      [poll(1, [...stopped, ...running]), poll(2, ended), poll(12, nothing)],
      incomplete,
    ],
    [
      'is incomplete where an earlier batch was stopped',
      [seen, poll(2, stopped), poll(3, running), poll(4, ended), poll(14, nothing)],
      incomplete,
    ],
    [
      'is incomplete where it found nothing: 0 of 0',
      [seen, poll(2, [entry({ scanned: 0, total: 0 })]), poll(12, nothing)],
      incomplete,
    ],
    [
      'is incomplete where it vanished at 3 of 10',
      [poll(1, half), poll(2, nothing), poll(12, nothing)],
      incomplete,
    ],
    [
      'is finished where another client read the end of a complete one',
      [poll(1, [entry({ isOngoing: true, scanned: 10, total: 10 })]), poll(2, nothing), poll(12, nothing)],
      finished,
    ],
    [
      'has failed with the error of a registry',
      [seen, poll(2, failedEnd), poll(12, nothing)],
      { phase: 'finished', error: 'unauthorized' },
    ],
    [
      'has failed with the error of a registry that ended earlier',
      [poll(1, [...failedEnd, ...running]), poll(2, ended), poll(12, nothing)],
      { phase: 'finished', error: 'unauthorized' },
    ],
    [
      'is not finished by polls that were not answered',
      [seen, ...every(2, 300, (s) => poll(s, 'unanswered'))],
      { phase: 'scanning' },
    ],
    [
      'is not finished by one poll with none running among unanswered ones',
      [seen, poll(2, 'unanswered'), poll(20, nothing), poll(25, 'unanswered')],
      between,
    ],
    [
      'is finished across polls that were not answered',
      [seen, poll(2, ended), poll(9, 'unanswered'), poll(12, nothing)],
      finished,
    ],
    [
      'is not given up while the Console does not answer',
      every(1, 600, (s) => poll(s, 'unanswered')),
      { phase: 'pending' },
    ],
    [
      'is given up by start-timeout without the time of an outage',
      [...every(1, 600, (s) => poll(s, 'unanswered')), ...every(601, 661, (s) => poll(s, nothing))],
      notStarted,
    ],
  ])('%s', (_name, polls, expected, first = nothing) => {
    expect(regularStateAfter(polls, first)).toMatchObject(expected);
  });

  test.each<[string, readonly Observation[], object]>([
    ['is still-scanning while it runs', [seen], { phase: 'given-up', why: 'still-scanning' }],
    [
      'is still-scanning between two batches',
      [seen, poll(2, ended)],
      { phase: 'given-up', why: 'still-scanning' },
    ],
    ['is not-started where it never ran', [poll(1, ended)], notStarted],
  ])('at the deadline %s', (_name, polls, expected) => {
    expect(expire(regularStateAfter(polls), criteria)).toMatchObject(expected);
  });
});
