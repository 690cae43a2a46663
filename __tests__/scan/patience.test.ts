import { describe, expect, test } from '@jest/globals';
import { answer, type NoAnswer } from '../../src/scan/evidence.ts';
import { Patience } from '../../src/scan/patience.ts';

const silence: NoAnswer = {
  kind: 'no-answer',
  reason: 'unreachable',
  message: 'no',
  retryAfterMs: undefined,
};
const rubbish: NoAnswer = { ...silence, reason: 'invalid-response' };

describe('Patience with a Console', () => {
  test('that never answered ends after a minute', () => {
    const patience = new Patience();
    patience.note('report', silence, 1_000);
    patience.note('report', silence, 40_000);
    expect(patience.exhausted(60_999)).toBeUndefined();
    expect(patience.exhausted(61_000)).toBe(silence);
  });

  test('that answered anything before does not end, however long it is silent', () => {
    const patience = new Patience();
    patience.note('report', answer('a row'), 0);
    patience.note('progress', silence, 1_000);
    expect(patience.exhausted(10_000_000)).toBeUndefined();
  });

  test('that answers one question with rubbish from the start ends after a minute', () => {
    const patience = new Patience();
    patience.note('report', answer('a row'), 0);
    patience.note('progress', rubbish, 1_000);
    expect(patience.exhausted(61_000)).toBe(rubbish);
  });

  test('that gave sense to the question before outlasts its rubbish', () => {
    const patience = new Patience();
    patience.note('progress', answer([]), 0);
    patience.note('progress', rubbish, 1_000);
    expect(patience.exhausted(10_000_000)).toBeUndefined();
  });

  test('starts anew with an answer', () => {
    const patience = new Patience();
    patience.note('report', { ...silence, retryAfterMs: 5_000 }, 0);
    expect([patience.unanswered(), patience.retryAfterMs(), patience.failure('report')?.message]).toEqual([
      1,
      5_000,
      'no',
    ]);
    patience.note('report', answer('a row'), 1_000);
    expect([patience.unanswered(), patience.retryAfterMs(), patience.failure('report')]).toEqual([
      0,
      undefined,
      undefined,
    ]);
  });

  test('tells a question that failed once from one that keeps failing', () => {
    const patience = new Patience();
    patience.note('report', silence, 0);
    expect([patience.failure('report'), patience.failure('report', 2)]).toEqual([silence, undefined]);
    patience.note('report', silence, 1);
    expect(patience.failure('report', 2)).toBe(silence);
  });

  test('counts the worst of the questions', () => {
    const patience = new Patience();
    patience.note('report', silence, 0);
    patience.note('progress', silence, 0);
    patience.note('progress', { ...silence, retryAfterMs: 700 }, 1);
    expect([patience.unanswered(), patience.retryAfterMs()]).toEqual([2, 700]);
  });
});
