import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RefusalPause, refusalPauseMs } from '../../src/console/refusal-pause.ts';
import { Deadline } from '../../src/scan/deadline.ts';
import { type Result, retryable, success } from '../../src/scan/evidence.ts';
import { FakeClock } from '../builders/fake-clock.ts';

const SECOND = 1_000;
const never = new AbortController().signal;
const drawn = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('The pause after refusals in a row', () => {
  test.each<[refusals: number, fromSeconds: number, toSeconds: number]>([
    [1, 30, 34],
    [2, 30, 34],
    [3, 30, 34],
    [4, 30, 64],
    [5, 30, 94],
    [7, 30, 154],
    [16, 30, 154],
    [17, 30, 184],
  ])('after %i is between %i and %i s', (refusals, fromSeconds, toSeconds) => {
    expect(refusalPauseMs(refusals, undefined, () => 0)).toBe(fromSeconds * SECOND);
    expect(refusalPauseMs(refusals, undefined, () => 1)).toBe(toSeconds * SECOND);
  });

  test('is one window at least, and never less than the server asks for', () => {
    const asked = fc.option(fc.integer({ min: 0, max: 600 * SECOND }), { nil: undefined });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), asked, drawn, (refusals, retryAfterMs, random) => {
        const pauseMs = refusalPauseMs(refusals, retryAfterMs, () => random);
        expect(pauseMs).toBeGreaterThanOrEqual(Math.max(30 * SECOND, retryAfterMs ?? 0));
      }),
    );
  });

  test('can be longer the more there were', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), drawn, (refusals, random) => {
        const pauseMs = (count: number) => refusalPauseMs(count, undefined, () => random);
        expect(pauseMs(refusals + 1)).toBeGreaterThanOrEqual(pauseMs(refusals));
      }),
    );
  });

  test('is what the server asks for after the first one, spread over a few seconds', () => {
    expect(refusalPauseMs(1, 5 * SECOND, () => 0)).toBe(5 * SECOND);
    expect(refusalPauseMs(1, 5 * SECOND, () => 1)).toBe(9 * SECOND);
    expect(refusalPauseMs(2, 5 * SECOND, () => 0)).toBe(30 * SECOND);
  });
});

const refusal = (retryAfterMs?: number): Result<never> =>
  retryable({ kind: 'rate-limited', what: 'slow down', retryAfterMs });
const lost: Result<never> = retryable({ kind: 'unreachable', what: 'lost', retryAfterMs: undefined });
const answer = success(undefined);

function begin(timeoutMs = 3_600 * SECOND, random = 0) {
  const clock = new FakeClock(7_000);
  const deadline = new Deadline(clock, timeoutMs);
  const pause = new RefusalPause({ clock, deadline, random: () => random });
  /** The rest of the pause in seconds; undefined without one. */
  const left = () => {
    const standing = pause.standing();
    return standing?.ok === false ? (standing.failure.retryAfterMs ?? 0) / SECOND : undefined;
  };
  /** A refusal, and its whole pause. */
  const refuse = async () => {
    pause.record(refusal());
    const seconds = left();
    await clock.run(clock.sleep((seconds ?? 0) * SECOND, never));
    return seconds;
  };
  return { clock, deadline, pause, left, refuse };
}

describe('A client that was refused', () => {
  test('keeps the refusal for a window, with what is left of it', async () => {
    const { clock, pause, left } = begin();
    expect(left()).toBeUndefined();
    expect(pause.record(refusal())).toMatchObject({
      failure: { what: 'slow down', retryAfterMs: 30_000 },
    });
    await clock.run(clock.sleep(10 * SECOND, never));
    expect(pause.standing()).toMatchObject({ failure: { what: 'slow down', retryAfterMs: 20_000 } });
    await clock.run(clock.sleep(20 * SECOND, never));
    expect(left()).toBeUndefined();
  });

  test('counts requests that were refused together as one refusal', () => {
    const { pause, left } = begin(undefined, 0.99);
    for (let each = 0; each < 9; each += 1) pause.record(refusal());
    expect(left()).toBeLessThan(35);
  });

  test('waits longer the more often it was refused, and less after each answer', async () => {
    const { pause, refuse } = begin(undefined, 0.5);
    const pauses: (number | undefined)[] = [];
    for (let each = 0; each < 7; each += 1) pauses.push(await refuse());
    expect(pauses).toEqual([32, 32, 32, 47, 62, 77, 92]);
    pause.record(answer);
    expect(await refuse()).toBe(47);
    for (let each = 0; each < 3; each += 1) pause.record(answer);
    expect(await refuse()).toBe(32);
  });

  test('is not concerned by other failures', () => {
    const { pause, left } = begin();
    expect(pause.record(lost)).toBe(lost);
    expect(pause.record(answer)).toBe(answer);
    expect(left()).toBeUndefined();
  });

  test('leaves time for other attempts, and for the final poll, whatever the server asks for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 3_600_000 }),
        fc.option(fc.integer({ min: 0, max: 99_999_000 }), { nil: undefined }),
        drawn,
        (timeoutMs, retryAfterMs, random) => {
          const { clock, deadline, pause, left } = begin(timeoutMs, random);
          pause.record(refusal(retryAfterMs));
          const pausedMs = (left() ?? 0) * SECOND;
          expect(pausedMs).toBeLessThanOrEqual(timeoutMs / 2 + 1e-6);
          expect(clock.nowMs() + pausedMs).toBeLessThanOrEqual(deadline.finalPollAtMs + 1e-6);
        },
      ),
    );
  });
});
