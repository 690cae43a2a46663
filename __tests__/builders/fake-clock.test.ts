import { describe, expect, test } from '@jest/globals';
import { Deadlock, EndlessLoop, FakeClock } from './fake-clock.ts';

describe('Time that advances only while all work sleeps', () => {
  test('wakes sleepers in the order of their times, and those of one moment in the order of their calls', async () => {
    const clock = new FakeClock(1_000);
    const woken: string[] = [];
    const nap = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push(`${name} at ${clock.nowMs()}`);
    };
    await clock.run(Promise.all([nap('late', 20), nap('first', 10), nap('second', 10), nap('at once', 0)]));
    expect(woken).toEqual(['at once at 1000', 'first at 1010', 'second at 1010', 'late at 1020']);
  });

  test('stands still while promises settle, however long their chain', async () => {
    const clock = new FakeClock();
    const chain = async () => {
      for (let link = 0; link < 1_000; link += 1) await Promise.resolve();
      return clock.nowMs();
    };
    expect(await clock.run(Promise.race([chain(), clock.sleep(1).then(() => -1)]))).toBe(0);
  });

  test('lets an aborted sleep end at once, and forgets it', async () => {
    const clock = new FakeClock();
    const broken = new AbortController();
    const work = async () => {
      const sleeping = clock.sleep(1_000_000, broken.signal).then(() => clock.nowMs());
      await clock.sleep(5);
      broken.abort();
      await clock.sleep(1_000_000, broken.signal);
      return sleeping;
    };
    expect(await clock.run(work())).toBe(5);
  });

  test('rethrows what the work throws', async () => {
    const clock = new FakeClock();
    await expect(clock.run(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });

  test('detects work that waits for nothing', async () => {
    await expect(new FakeClock().run(new Promise(() => undefined))).rejects.toThrow(Deadlock);
  });

  test('detects work that never ends', async () => {
    const clock = new FakeClock(0, 100);
    const circle = async () => {
      for (;;) await clock.sleep(0);
    };
    await expect(clock.run(circle())).rejects.toThrow(EndlessLoop);
  });
});
