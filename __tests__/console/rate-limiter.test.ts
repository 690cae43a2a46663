import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Ration } from '../../src/console/ration.ts';
import { Deadline } from '../../src/scan/deadline.ts';
import { answer, type NoAnswer } from '../../src/scan/evidence.ts';
import { FakeClock } from '../scan/fake-clock.ts';

const WINDOW_MS = 30_000;
const MOST_CALLS = 30;
const never = new AbortController().signal;

const failure: NoAnswer = { kind: 'no-answer', reason: 'unreachable', message: '', retryAfterMs: undefined };
const refusal: NoAnswer = { ...failure, isTooMuch: true };
const good = answer(undefined);

interface Bench {
  readonly clock: FakeClock;
  readonly ration: Ration;
  /** When each of so many calls had its turn, asked for one after the other. */
  turns(count: number): Promise<number[]>;
}

function begin(timeoutMs = 3_600_000): Bench {
  const clock = new FakeClock(7_000);
  const ration = new Ration(clock, new Deadline(clock, timeoutMs));
  const turns = async (count: number): Promise<number[]> => {
    const times: number[] = [];
    for (let call = 0; call < count; call += 1) {
      await clock.run(ration.turn(never));
      times.push(clock.nowMs());
    }
    return times;
  };
  return { clock, ration, turns };
}

function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((atMs, at) => Math.round(atMs - (times[at] ?? 0)));
}

function mostWithin(times: readonly number[], windowMs: number): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at - from <= windowMs).length));
}

describe('The ration of calls', () => {
  test('lets five through at once, and then one every 1.2 s', async () => {
    const { turns } = begin();
    expect(gaps(await turns(8))).toEqual([0, 0, 0, 0, 1_200, 1_200, 1_200]);
  });

  test('saves up no more than five while nobody calls', async () => {
    const { clock, turns } = begin();
    await turns(5);
    await clock.run(clock.sleep(600_000));
    expect(gaps(await turns(7))).toEqual([0, 0, 0, 0, 1_200, 1_200]);
  });

  test('counts what is earned by the time that has passed', async () => {
    const { clock, turns } = begin();
    await turns(5);
    await clock.run(clock.sleep(3_000));
    // Two and a half calls.
    expect(gaps(await turns(4))).toEqual([0, 600, 1_200]);
  });

  test('serves in the order of asking', async () => {
    const { clock, ration } = begin();
    const order: number[] = [];
    const asking = Array.from({ length: 12 }, (_none, at) => ration.turn(never).then(() => order.push(at)));
    await clock.run(Promise.all(asking));
    expect(order).toEqual(Array.from({ length: 12 }, (_none, at) => at));
  });

  test('keeps to what the Console allows, whoever asks when and whatever is answered', async () => {
    const moment = fc.record({
      pauseMs: fc.oneof(
        fc.constant(0),
        fc.integer({ min: 0, max: 3_000 }),
        fc.integer({ min: 0, max: 90_000 }),
      ),
      callers: fc.integer({ min: 1, max: 40 }),
      given: fc.constantFrom(good, good, good, failure, refusal, { ...refusal, retryAfterMs: 5_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { minLength: 1, maxLength: 12 }), async (moments) => {
        const { clock, ration } = begin();
        const times: number[] = [];
        const call = async (given: (typeof moments)[number]['given']) => {
          await ration.turn(never);
          times.push(clock.nowMs());
          ration.note(given);
        };
        const all = async () => {
          const calls: Promise<void>[] = [];
          for (const { pauseMs, callers, given } of moments) {
            await clock.sleep(pauseMs);
            calls.push(...Array.from({ length: callers }, () => call(given)));
          }
          await Promise.all(calls);
        };
        await clock.run(all());
        expect(mostWithin(times, WINDOW_MS - 1e-6)).toBeLessThanOrEqual(MOST_CALLS);
      }),
      { numRuns: 100 },
    );
  });

  test('is as large as the Console allows, or the wait would be slower than it need be', async () => {
    const { turns } = begin();
    expect(mostWithin(await turns(60), WINDOW_MS)).toBe(MOST_CALLS);
  });
});

describe('A refusal for too much', () => {
  test('takes away what was saved, and halves the speed', async () => {
    const { ration, turns } = begin();
    await turns(1);
    ration.note(refusal);
    expect(gaps([7_000, ...(await turns(3))])).toEqual([2_400, 2_400, 2_400]);
  });

  test('halves the speed each time, down to an eighth', async () => {
    const { ration, turns } = begin();
    for (let refused = 0; refused < 20; refused += 1) ration.note(refusal);
    expect(gaps(await turns(3))).toEqual([9_600, 9_600]);
  });

  test('is forgotten little by little as calls are answered', async () => {
    const { ration, turns } = begin();
    for (let refused = 0; refused < 3; refused += 1) ration.note(refusal);
    await turns(1);
    const pauses: number[] = [];
    for (let answered = 0; answered < 12; answered += 1) {
      ration.note(good);
      pauses.push(...gaps([...(await turns(1)), ...(await turns(1))]));
    }
    expect(pauses.slice(0, 3)).toEqual([7_680, 6_144, 4_915]);
    expect(pauses.slice(-2)).toEqual([1_200, 1_200]);
  });

  test('holds everybody back for as long as the Console asks', async () => {
    const { ration, turns } = begin();
    ration.note({ ...refusal, retryAfterMs: 20_000 });
    const [first = 0, second = 0] = await turns(2);
    expect(first - 7_000).toBe(20_000);
    expect(second - first).toBeLessThanOrEqual(2_400);
  });

  test('is not undone by a shorter one that comes later', async () => {
    const { ration, turns } = begin();
    ration.note({ ...refusal, retryAfterMs: 60_000 });
    ration.note({ ...refusal, retryAfterMs: 1_000 });
    expect((await turns(1))[0]).toBe(67_000);
  });

  test('that asks for most of the time left is granted a quarter of that', async () => {
    const { ration, turns } = begin(100_000);
    ration.note({ ...refusal, retryAfterMs: 90_000 });
    expect((await turns(1))[0]).toBe(32_000);
  });
});

describe('The ration', () => {
  test('is not touched by a failure that has nothing to do with it', async () => {
    const { ration, turns } = begin();
    for (let failed = 0; failed < 9; failed += 1) ration.note(failure);
    expect(gaps(await turns(6))).toEqual([0, 0, 0, 0, 1_200]);
  });

  test('holds nobody beyond the deadline', async () => {
    const { ration, turns } = begin(2_000);
    for (let refused = 0; refused < 3; refused += 1) ration.note(refusal);
    expect(await turns(3)).toEqual([9_000, 9_000, 9_000]);
  });

  test('lets everybody go at once when the step is broken off', async () => {
    const { clock, ration } = begin();
    const broken = new AbortController();
    const all = Promise.all(Array.from({ length: 50 }, () => ration.turn(broken.signal)));
    void clock.sleep(3_000).then(() => broken.abort());
    await clock.run(all);
    expect(clock.nowMs()).toBe(10_000);
  });
});
