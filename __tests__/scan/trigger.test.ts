import { describe, expect, test } from '@jest/globals';
import { type Result, retryable, success } from '../../src/scan/evidence.ts';
import { Trigger } from '../../src/scan/trigger.ts';
import type { StartScan } from '../../src/scan/wait.ts';
import { failure } from './evidence.ts';

const accepted: Result<'accepted'> = success('accepted');
const unclear: Result<'accepted'> = retryable(failure());
const { signal } = new AbortController();

function triggerOf(
  start: StartScan,
  given = signal,
): { trigger: Trigger; told: unknown[]; send: (atMs: number) => Promise<void> } {
  const trigger = new Trigger(start, given);
  const told: unknown[] = [];
  return { trigger, told, send: (atMs) => trigger.send(atMs, (result) => told.push(result)) };
}

describe('A trigger', () => {
  test('that was not sent is neither pending nor unclear', () => {
    const { trigger } = triggerOf(async () => accepted);
    expect([trigger.pending(), trigger.isAccepted(), trigger.isUnclear()]).toEqual([undefined, false, false]);
  });

  test.each([
    ['accepted', accepted, [true, false]],
    ['unclear', unclear, [false, true]],
  ] as const)('that is answered is %s, and tells so', async (_name, result, expected) => {
    const { trigger, told, send } = triggerOf(async () => result);
    const answer = send(0);
    expect(trigger.pending()).toBeInstanceOf(Promise);
    await answer;
    expect([trigger.isAccepted(), trigger.isUnclear()]).toEqual(expected);
    expect(trigger.pending()).toBeUndefined();
    expect(told).toEqual([result]);
  });

  test('that is refused throws when it is asked, and not before', async () => {
    const { trigger, told, send } = triggerOf(async () => {
      throw new Error('403');
    });
    await send(0);
    expect(told).toEqual([]);
    expect([trigger.isAccepted(), trigger.isUnclear(), trigger.pending()]).toEqual([false, false, undefined]);
    expect(() => trigger.throwIfRefused()).toThrow(expect.objectContaining({ cause: new Error('403') }));
  });

  test('tells nothing once the wait is over', async () => {
    const over = new AbortController();
    const { told, send } = triggerOf(async () => accepted, over.signal);
    const answer = send(0);
    over.abort();
    await answer;
    expect(told).toEqual([]);
  });

  test('that is sent again is unclear no more until it is answered', async () => {
    const { trigger, send } = triggerOf(async () => unclear);
    await send(0);
    const answer = send(1_000);
    expect(trigger.isUnclear()).toBe(false);
    await answer;
    expect(trigger.isUnclear()).toBe(true);
  });

  test.each([
    [1, 999, false],
    [1, 1_000, true],
    [2, 1_999, false],
    [2, 2_000, true],
    [9, 255_999, false],
    [9, 256_000, true],
    [10, 100_000_000, false],
  ])('that was sent %i times may be sent again %i ms later: %s', async (times, afterMs, expected) => {
    const { trigger, send } = triggerOf(async () => unclear);
    for (let sent = 0; sent < times; sent += 1) await send(5_000);
    expect(trigger.maySendAgain(5_000 + afterMs)).toBe(expected);
  });
});
