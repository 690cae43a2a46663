import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RateLimiter, REPORT_RATE, SPACED_RATE } from '../../src/console/rate-limiter.ts';
import { Deadline } from '../../src/scan/deadline.ts';
import { FakeClock } from '../builders/fake-clock.ts';

const WINDOW_MS = 30_000;
const MOST_CALLS = 30;
const never = new AbortController().signal;

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

  test('stays within the Console’s limit, whenever requests come', async () => {
    const moment = fc.record({
      pauseMs: fc.oneof(
        fc.constant(0),
        fc.integer({ min: 0, max: 3_000 }),
        fc.integer({ min: 0, max: 90_000 }),
      ),
      callers: fc.integer({ min: 1, max: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { minLength: 1, maxLength: 12 }), async (moments) => {
        const { clock, limiter } = begin();
        const times: number[] = [];
        const call = async () => {
          await limiter.acquire(never);
          times.push(clock.nowMs());
        };
        const all = async () => {
          const calls: Promise<void>[] = [];
          for (const { pauseMs, callers } of moments) {
            await clock.sleep(pauseMs);
            calls.push(...Array.from({ length: callers }, call));
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

describe('The rate limiter', () => {
  test('delays no request beyond the deadline', async () => {
    const { allow } = begin(2_000);
    expect((await allow(9)).slice(-3)).toEqual([9_000, 9_000, 9_000]);
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

  test('are sent one by one in their order if they come at once', async () => {
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

  test('are not delayed if they come later than that', async () => {
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
