import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RateLimiter, REPORT_RATE, SPACED_RATE } from '../../src/console/rate-limiter.ts';
import { Deadline } from '../../src/scan/deadline.ts';
import { type Result, retryable, success } from '../../src/scan/types.ts';
import { FakeClock } from '../scan/fake-clock.ts';

const WINDOW_MS = 30_000;
const MOST_CALLS = 30;
const never = new AbortController().signal;

const failure = retryable({ kind: 'unreachable', message: '', retryAfterMs: undefined });
const refusalFor = (retryAfterMs?: number): Result<never> =>
  retryable({ kind: 'rate-limited', message: '', retryAfterMs });
const refusal = refusalFor();
const good = success(undefined);

interface Bench {
  readonly clock: FakeClock;
  readonly limiter: RateLimiter;
  /** When each of so many requests was allowed, asked for one after the other. */
  allow(count: number): Promise<number[]>;
}

function begin(timeoutMs = 3_600_000): Bench {
  const clock = new FakeClock(7_000);
  const limiter = new RateLimiter(REPORT_RATE, clock, new Deadline(clock, timeoutMs));
  const allow = async (count: number): Promise<number[]> => {
    const times: number[] = [];
    for (let call = 0; call < count; call += 1) {
      await clock.run(limiter.acquire(never));
      times.push(clock.nowMs());
    }
    return times;
  };
  return { clock, limiter, allow };
}

function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((atMs, at) => Math.round(atMs - (times[at] ?? 0)));
}

function mostWithin(times: readonly number[], windowMs: number): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at - from <= windowMs).length));
}

describe('The limiter of calls', () => {
  test('allows five at once, and then one every 1.2 s', async () => {
    const { allow } = begin();
    expect(gaps(await allow(8))).toEqual([0, 0, 0, 0, 1_200, 1_200, 1_200]);
  });

  test('saves up no more than five', async () => {
    const { clock, allow } = begin();
    await allow(5);
    await clock.run(clock.sleep(600_000));
    expect(gaps(await allow(7))).toEqual([0, 0, 0, 0, 1_200, 1_200]);
  });

  test('counts what is earned by the time that has passed', async () => {
    const { clock, allow } = begin();
    await allow(5);
    await clock.run(clock.sleep(3_000));
    // Two and a half calls.
    expect(gaps(await allow(4))).toEqual([0, 600, 1_200]);
  });

  test('serves in the order of the requests', async () => {
    const { clock, limiter } = begin();
    const order: number[] = [];
    const asking = Array.from({ length: 12 }, (_none, at) =>
      limiter.acquire(never).then(() => order.push(at)),
    );
    await clock.run(Promise.all(asking));
    expect(order).toEqual(Array.from({ length: 12 }, (_none, at) => at));
  });

  test('stays within the Console’s limit, whenever requests come and whatever is answered', async () => {
    const moment = fc.record({
      pauseMs: fc.oneof(
        fc.constant(0),
        fc.integer({ min: 0, max: 3_000 }),
        fc.integer({ min: 0, max: 90_000 }),
      ),
      callers: fc.integer({ min: 1, max: 40 }),
      given: fc.constantFrom(good, good, good, failure, refusal, refusalFor(5_000)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { minLength: 1, maxLength: 12 }), async (moments) => {
        const { clock, limiter } = begin();
        const times: number[] = [];
        const call = async (given: (typeof moments)[number]['given']) => {
          await limiter.acquire(never);
          times.push(clock.nowMs());
          limiter.record(given);
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

  test('is as high as the Console allows', async () => {
    const { allow } = begin();
    expect(mostWithin(await allow(60), WINDOW_MS)).toBe(MOST_CALLS);
  });
});

describe('A 429', () => {
  test('takes away what was saved, and halves the speed', async () => {
    const { limiter, allow } = begin();
    await allow(1);
    limiter.record(refusal);
    expect(gaps([7_000, ...(await allow(3))])).toEqual([2_400, 2_400, 2_400]);
  });

  test('halves the speed each time, down to an eighth', async () => {
    const { limiter, allow } = begin();
    for (let refused = 0; refused < 20; refused += 1) limiter.record(refusal);
    expect(gaps(await allow(3))).toEqual([9_600, 9_600]);
  });

  test('is forgotten step by step as requests are answered', async () => {
    const { limiter, allow } = begin();
    for (let refused = 0; refused < 3; refused += 1) limiter.record(refusal);
    await allow(1);
    const pauses: number[] = [];
    for (let answered = 0; answered < 12; answered += 1) {
      limiter.record(good);
      pauses.push(...gaps([...(await allow(1)), ...(await allow(1))]));
    }
    expect(pauses.slice(0, 3)).toEqual([7_680, 6_144, 4_915]);
    expect(pauses.slice(-2)).toEqual([1_200, 1_200]);
  });

  test('delays all requests for as long as the Console asks', async () => {
    const { limiter, allow } = begin();
    limiter.record(refusalFor(20_000));
    const [first = 0, second = 0] = await allow(2);
    expect(first - 7_000).toBe(20_000);
    expect(second - first).toBeLessThanOrEqual(2_400);
  });

  test('is not undone by a shorter one that comes later', async () => {
    const { limiter, allow } = begin();
    limiter.record(refusalFor(60_000));
    limiter.record(refusalFor(1_000));
    expect((await allow(1))[0]).toBe(67_000);
  });

  test('that asks for most of the time left is honoured for a quarter of that', async () => {
    const { limiter, allow } = begin(100_000);
    limiter.record(refusalFor(90_000));
    expect((await allow(1))[0]).toBe(32_000);
  });
});

describe('The rate limiter', () => {
  test('does not slow down for other failures', async () => {
    const { limiter, allow } = begin();
    for (let failed = 0; failed < 9; failed += 1) limiter.record(failure);
    expect(gaps(await allow(6))).toEqual([0, 0, 0, 0, 1_200]);
  });

  test('delays no request beyond the deadline', async () => {
    const { limiter, allow } = begin(2_000);
    for (let refused = 0; refused < 3; refused += 1) limiter.record(refusal);
    expect(await allow(3)).toEqual([9_000, 9_000, 9_000]);
  });

  test('releases all requests at once when the step is aborted', async () => {
    const { clock, limiter } = begin();
    const broken = new AbortController();
    const all = Promise.all(Array.from({ length: 50 }, () => limiter.acquire(broken.signal)));
    void clock.sleep(3_000).then(() => broken.abort());
    await clock.run(all);
    expect(clock.nowMs()).toBe(10_000);
  });
});

describe('Requests that only have to be spaced', () => {
  const spaced = (timeoutMs = 60_000) => {
    const clock = new FakeClock(1_000);
    return { clock, limiter: new RateLimiter(SPACED_RATE, clock, new Deadline(clock, timeoutMs)) };
  };

  test('are sent one by one in their order where they come at once', async () => {
    const { clock, limiter } = spaced();
    const sent: [number, number][] = [];
    const all = [0, 1, 2, 3].map(async (which) => {
      await limiter.acquire(never);
      sent.push([which, Math.round(clock.nowMs())]);
    });
    await clock.run(Promise.all(all));
    expect(sent).toEqual([
      [0, 1_000],
      [1, 1_025],
      [2, 1_050],
      [3, 1_075],
    ]);
  });

  test('are not delayed where they come later than that', async () => {
    const { clock, limiter } = spaced();
    await clock.run(limiter.acquire(never));
    await clock.run(clock.sleep(25));
    await clock.run(limiter.acquire(never));
    expect(clock.nowMs()).toBe(1_025);
    await clock.run(clock.sleep(10));
    await clock.run(limiter.acquire(never));
    expect(Math.round(clock.nowMs())).toBe(1_050);
  });

  test('are not delayed beyond the deadline', async () => {
    const { clock, limiter } = spaced(40);
    await clock.run(Promise.all(Array.from({ length: 9 }, () => limiter.acquire(never))));
    expect(clock.nowMs()).toBe(1_040);
  });
});
