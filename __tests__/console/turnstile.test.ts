import { describe, expect, test } from '@jest/globals';
import { Turnstile } from '../../src/console/turnstile.ts';
import { Deadline } from '../../src/scan/deadline.ts';
import { FakeClock } from '../scan/fake-clock.ts';

/** When each of so many who come at once gets through, in milliseconds of a step that may take `timeoutMs`. */
async function passages(count: number, timeoutMs: number): Promise<readonly number[]> {
  const clock = new FakeClock();
  const turnstile = new Turnstile(clock, new Deadline(clock, timeoutMs), 25);
  const everybody = Array.from({ length: count }, async () => {
    await turnstile.pass(new AbortController().signal);
    return clock.nowMs();
  });
  return clock.run(Promise.all(everybody));
}

describe('Many who come at once', () => {
  test('get through one at a time', async () => {
    expect(await passages(4, 1_000)).toEqual([0, 25, 50, 75]);
  });

  test('are not kept beyond the deadline of the step', async () => {
    expect(await passages(4, 60)).toEqual([0, 25, 50, 60]);
  });
});
