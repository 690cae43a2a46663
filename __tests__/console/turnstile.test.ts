import { describe, expect, test } from '@jest/globals';
import { Turnstile } from '../../src/console/turnstile.ts';
import { Deadline } from '../../src/scan/deadline.ts';
import { FakeClock } from '../scan/fake-clock.ts';

const never = new AbortController().signal;

describe('A turnstile', () => {
  test('lets those who come at once through one by one, in their order', async () => {
    const clock = new FakeClock(1_000);
    const turnstile = new Turnstile(clock, new Deadline(clock, 60_000), 25);
    const passed: [number, number][] = [];
    const all = [0, 1, 2, 3].map(async (who) => {
      await turnstile.pass(never);
      passed.push([who, clock.nowMs()]);
    });
    await clock.run(Promise.all(all));
    expect(passed).toEqual([
      [0, 1_000],
      [1, 1_025],
      [2, 1_050],
      [3, 1_075],
    ]);
  });

  test('keeps nobody who comes later than that', async () => {
    const clock = new FakeClock(1_000);
    const turnstile = new Turnstile(clock, new Deadline(clock, 60_000), 25);
    await clock.run(turnstile.pass(never));
    await clock.run(clock.sleep(25));
    await clock.run(turnstile.pass(never));
    expect(clock.nowMs()).toBe(1_025);
    await clock.run(clock.sleep(10));
    await clock.run(turnstile.pass(never));
    expect(clock.nowMs()).toBe(1_050);
  });

  test('lets everybody go at once when the step is broken off', async () => {
    const clock = new FakeClock();
    const turnstile = new Turnstile(clock, new Deadline(clock, 60_000), 1_000);
    const broken = new AbortController();
    const all = Promise.all(Array.from({ length: 9 }, () => turnstile.pass(broken.signal)));
    void clock.sleep(1_500).then(() => broken.abort());
    await clock.run(all);
    expect(clock.nowMs()).toBe(1_500);
  });

  test('keeps nobody beyond the deadline', async () => {
    const clock = new FakeClock(1_000);
    const turnstile = new Turnstile(clock, new Deadline(clock, 2_500), 1_000);
    await clock.run(Promise.all(Array.from({ length: 9 }, () => turnstile.pass(never))));
    expect(clock.nowMs()).toBe(3_500);
    await clock.run(turnstile.pass(never));
    expect(clock.nowMs()).toBe(3_500);
  });
});
