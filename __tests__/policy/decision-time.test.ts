import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ConsoleClock } from '../../src/console/console-clock.ts';
import { decisionTime } from '../../src/policy/decision-time.ts';

const RUNNER = new Date('2026-11-24T23:59:59.900Z');

describe('The time of a decision', () => {
  test("is the Console's, if it sends one, whatever the runner's clock says", () => {
    const nextDay = Date.parse('2026-11-25T00:00:00Z');
    expect(decisionTime(nextDay, RUNNER)).toEqual({ epochMs: nextDay, clock: 'console', day: '2026-11-25' });
    expect(decisionTime(undefined, RUNNER)).toEqual({
      epochMs: RUNNER.getTime(),
      clock: 'runner',
      day: '2026-11-24',
    });
  });
});

describe("The Console's clock", () => {
  test('is unknown before an answer with a date', () => {
    const clock = new ConsoleClock();
    clock.note(undefined);
    expect(clock.latestMs()).toBeUndefined();
  });

  test('never goes back: the latest answer counts, in whatever order the nodes answer', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), (dates) => {
        const clock = new ConsoleClock();
        for (const date of dates) clock.note(date);
        clock.note(undefined);
        expect(clock.latestMs()).toBe(Math.max(...dates));
      }),
    );
  });
});
