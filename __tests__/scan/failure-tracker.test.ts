import { describe, expect, test } from '@jest/globals';
import { type Result, retryable, success } from '../../src/scan/evidence.ts';
import { type Call, FailureTracker } from '../../src/scan/failure-tracker.ts';
import { failure } from './evidence.ts';

const lost = failure();
const invalid = failure({ kind: 'invalid-response' });
const limited = failure({ kind: 'rate-limited' });
const answered = success('an answer');

type Recorded = readonly [call: Call, result: Result<unknown>, atMs: number];

function trackerOf(...results: readonly Recorded[]): FailureTracker {
  const tracker = new FailureTracker();
  for (const [call, result, atMs] of results) tracker.record(call, result, atMs);
  return tracker;
}

describe('The failure tracker', () => {
  test.each<[string, readonly Recorded[], number, object | undefined]>([
    [
      'keeps on for a minute with a Console that never answered',
      [
        ['report', retryable(lost), 1_000],
        ['report', retryable(lost), 40_000],
      ],
      60_999,
      undefined,
    ],
    [
      'gives up after a minute with a Console that never answered',
      [
        ['report', retryable(lost), 1_000],
        ['report', retryable(lost), 40_000],
      ],
      61_000,
      lost,
    ],
    [
      'keeps on with a Console that answered any call before',
      [
        ['report', answered, 0],
        ['progress', retryable(lost), 1_000],
      ],
      10_000_000,
      undefined,
    ],
    [
      'keeps on with a Console that limits the rate: it is there',
      [['report', retryable(limited), 0]],
      10_000_000,
      undefined,
    ],
    [
      'gives up after a minute with a call whose responses were never valid',
      [
        ['report', answered, 0],
        ['progress', retryable(invalid), 1_000],
      ],
      61_000,
      invalid,
    ],
    [
      'keeps on with a call that had valid responses before',
      [
        ['progress', answered, 0],
        ['progress', retryable(invalid), 1_000],
      ],
      10_000_000,
      undefined,
    ],
    [
      'keeps on with a trigger, whose scan may show all the same',
      [['trigger', retryable(lost), 0]],
      100_000,
      undefined,
    ],
  ])('%s', (_name, results, atMs, expected) => {
    expect(trackerOf(...results).exhausted(atMs)).toEqual(expected && expect.objectContaining(expected));
  });

  test('starts anew with an answer', () => {
    const tracker = trackerOf(['report', retryable({ ...lost, retryAfterMs: 5_000 }), 0]);
    const told = () => [tracker.longest(), tracker.retryAfterMs(), tracker.failure('report')?.what];
    expect(told()).toEqual([1, 5_000, 'no response']);
    tracker.record('report', answered, 1_000);
    expect(told()).toEqual([0, undefined, undefined]);
  });

  test('distinguishes a call that failed once from one that keeps failing', () => {
    const tracker = trackerOf(['report', retryable(lost), 0]);
    expect([tracker.failure('report'), tracker.failure('report', 2)]).toEqual([lost, undefined]);
    tracker.record('report', retryable(lost), 1);
    expect(tracker.failure('report', 2)).toMatchObject({ ...lost, streak: { times: 2 } });
  });

  test('shows the longest streak and the longest requested pause', () => {
    const tracker = trackerOf(
      ['report', retryable(lost), 0],
      ['progress', retryable(lost), 0],
      ['progress', retryable({ ...lost, retryAfterMs: 700 }), 1],
      ['trigger', retryable({ ...lost, retryAfterMs: 500 }), 1],
    );
    expect([tracker.longest(), tracker.retryAfterMs()]).toEqual([2, 700]);
  });

  test('has nothing to do any more with a call that is forgotten', () => {
    const tracker = trackerOf(['report', retryable(lost), 0]);
    tracker.forget('report');
    expect([tracker.longest(), tracker.exhausted(100_000)]).toEqual([0, undefined]);
  });
});
