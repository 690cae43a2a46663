import { describe, expect, test } from '@jest/globals';
import { answer, type NoAnswer } from '../../src/scan/evidence.ts';
import { Silences } from '../../src/scan/silences.ts';

const silence: NoAnswer = {
  kind: 'no-answer',
  reason: 'unreachable',
  message: 'no',
  retryAfterMs: undefined,
};
const rubbish: NoAnswer = { ...silence, reason: 'invalid-response' };

describe('Patience with a Console', () => {
  test('that never answered ends after a minute', () => {
    const silences = new Silences();
    silences.note('report', silence, 1_000);
    silences.note('report', silence, 40_000);
    expect(silences.exhausted(60_999)).toBeUndefined();
    expect(silences.exhausted(61_000)).toBe(silence);
  });

  test('that answered anything before does not end, however long it is silent', () => {
    const silences = new Silences();
    silences.note('report', answer('a row'), 0);
    silences.note('progress', silence, 1_000);
    expect(silences.exhausted(10_000_000)).toBeUndefined();
  });

  test('that answers that it has too much to do does not end: it is there', () => {
    const silences = new Silences();
    silences.note('report', { ...silence, isTooMuch: true }, 0);
    expect(silences.exhausted(10_000_000)).toBeUndefined();
  });

  test('that answers one question with rubbish from the start ends after a minute', () => {
    const silences = new Silences();
    silences.note('report', answer('a row'), 0);
    silences.note('progress', rubbish, 1_000);
    expect(silences.exhausted(61_000)).toBe(rubbish);
  });

  test('that gave sense to the question before outlasts its rubbish', () => {
    const silences = new Silences();
    silences.note('progress', answer([]), 0);
    silences.note('progress', rubbish, 1_000);
    expect(silences.exhausted(10_000_000)).toBeUndefined();
  });

  test('starts anew with an answer', () => {
    const silences = new Silences();
    silences.note('report', { ...silence, retryAfterMs: 5_000 }, 0);
    expect([silences.most(), silences.retryAfterMs(), silences.failure('report')?.message]).toEqual([
      1,
      5_000,
      'no',
    ]);
    silences.note('report', answer('a row'), 1_000);
    expect([silences.most(), silences.retryAfterMs(), silences.failure('report')]).toEqual([
      0,
      undefined,
      undefined,
    ]);
  });

  test('tells a question that failed once from one that keeps failing', () => {
    const silences = new Silences();
    silences.note('report', silence, 0);
    expect([silences.failure('report'), silences.failure('report', 2)]).toEqual([silence, undefined]);
    silences.note('report', silence, 1);
    expect(silences.failure('report', 2)).toBe(silence);
  });

  test('counts the worst of the questions', () => {
    const silences = new Silences();
    silences.note('report', silence, 0);
    silences.note('progress', silence, 0);
    silences.note('progress', { ...silence, retryAfterMs: 700 }, 1);
    silences.note('trigger', { ...silence, retryAfterMs: 500 }, 1);
    expect([silences.most(), silences.retryAfterMs()]).toEqual([2, 700]);
  });

  test('has no more to do with a question that is forgotten', () => {
    const silences = new Silences();
    silences.note('report', silence, 0);
    silences.forget('report');
    expect([silences.most(), silences.exhausted(100_000)]).toEqual([0, undefined]);
  });

  test('does not end for a trigger: the scan may show up yet', () => {
    const silences = new Silences();
    silences.note('trigger', silence, 0);
    expect(silences.exhausted(100_000)).toBeUndefined();
  });
});
