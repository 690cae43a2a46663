import { describe, expect, test } from '@jest/globals';
import type { Observation } from '../../src/scan/history.ts';
import { expire } from '../../src/scan/state.ts';
import { ended, entry, nothing, running } from './evidence.ts';
import { criteria, every, poll, regularStateAfter } from './story.ts';

/* Exact times and texts of the regular scan; `regular-sequences.test.ts` holds every other rule. */

const finished = { phase: 'finished', proof: 'progress', error: undefined, row: undefined };
const incomplete = { phase: 'given-up', why: 'incomplete' };
const notStarted = { phase: 'given-up', why: 'not-started' };
const between = { phase: 'between-batches' };

const seen = poll(1, running);
const failedEnd = [entry({ discoveryError: 'unauthorized' })];

describe('The regular scan', () => {
  test.each<[string, readonly Observation[], object]>([
    [
      'goes on for longer than any phase timeout',
      every(1, 600, (s) => poll(s, running)),
      { phase: 'scanning' },
    ],
    [
      'is not finished by two polls less than ten seconds apart',
      [seen, poll(2, ended), poll(11.9, nothing)],
      between,
    ],
    ['is finished by two polls ten seconds apart', [seen, poll(2, ended), poll(12, nothing)], finished],
    [
      'counts the ten seconds anew after the next batch',
      [seen, poll(2, ended), poll(11, running), poll(12, ended), poll(21, nothing)],
      between,
    ],
    [
      'is finished across polls that were not answered',
      [seen, poll(2, ended), poll(9, 'unanswered'), poll(12, nothing)],
      finished,
    ],
    [
      'is incomplete if it found nothing: 0 of 0',
      [seen, poll(2, [entry({ scanned: 0, total: 0 })]), poll(12, nothing)],
      incomplete,
    ],
    [
      'is finished if another client read the end of a complete one',
      [poll(1, [entry({ isOngoing: true, scanned: 10, total: 10 })]), poll(2, nothing), poll(12, nothing)],
      finished,
    ],
    [
      'has failed with the error of a registry that ended earlier',
      [poll(1, [...failedEnd, ...running]), poll(2, ended), poll(12, nothing)],
      { phase: 'finished', error: 'unauthorized' },
    ],
    [
      'has failed with the error of a registry that ended before it was complete',
      [seen, poll(2, [entry({ scanned: 0, scanError: 'unauthorized' })]), poll(12, nothing)],
      { phase: 'finished', error: 'unauthorized' },
    ],
    ['is not given up before start-timeout', every(1, 59, (s) => poll(s, nothing)), { phase: 'pending' }],
    [
      'is given up by start-timeout without the time of an outage',
      [...every(1, 600, (s) => poll(s, 'unanswered')), ...every(601, 661, (s) => poll(s, nothing))],
      notStarted,
    ],
  ])('%s', (_name, polls, expected) => {
    expect(regularStateAfter(polls)).toMatchObject(expected);
  });

  test.each<[string, readonly Observation[], object]>([
    [
      'is still-scanning between two batches',
      [seen, poll(2, ended)],
      { why: 'still-scanning', from: 'between-batches' },
    ],
    ['is not-started if it never ran', [poll(1, ended)], notStarted],
  ])('at the deadline %s', (_name, polls, expected) => {
    expect(expire(regularStateAfter(polls), criteria)).toMatchObject(expected);
  });
});
