import { describe, expect, test } from '@jest/globals';
import { COUNTING, DOCUMENTED, mostSeconds } from '../../bench/fleet.ts';
import { seededRandom } from '../../bench/seeded-random.ts';
import { type Fleet, simulateFleet, simulateScripts } from '../../bench/simulated-fleet.ts';
import { WindowLimit } from '../../bench/window-limit.ts';

const SEEDS = process.env.FULL === '1' ? [1, 2, 3, 4, 5] : [1, 2];

/** How many reads of the report are refused for each that is answered, at most. */
const REFUSED_EACH = new Map([
  [20, 1.5],
  [60, 1.5],
  [300, 5],
]);

describe('Jobs that begin together and share the limit of one Console', () => {
  test.each(
    [...REFUSED_EACH].flatMap(([jobs, refusedEach]) =>
      SEEDS.map((seed) => [jobs, refusedEach, seed] as const),
    ),
  )(
    '%i of them are done in time, with at most %d refusals an answer and two answers each (seed %i)',
    async (jobs, refusedEach, seed) => {
      const fleet: Fleet = { jobs, limit: DOCUMENTED, hasThirdParty: false };
      const cost = await simulateFleet(fleet, seededRandom(seed));
      expect(cost.failures).toBe(0);
      expect(cost.answered).toBe(2 * jobs);
      expect(cost.seconds).toBeLessThanOrEqual(mostSeconds(fleet));
      expect(cost.refused / cost.answered).toBeLessThanOrEqual(refusedEach);
    },
  );

  test.each([20, 60].flatMap((jobs) => SEEDS.map((seed) => [jobs, seed] as const)))(
    '%i of them all pass if refused calls count as well (seed %i)',
    async (jobs, seed) => {
      const cost = await simulateFleet({ jobs, limit: COUNTING, hasThirdParty: false }, seededRandom(seed));
      expect(cost.failures).toBe(0);
      expect(cost.answered).toBe(2 * jobs);
    },
  );

  test('all pass beside something else that uses half of the limit', async () => {
    const cost = await simulateFleet({ jobs: 60, limit: DOCUMENTED, hasThirdParty: true }, seededRandom(1));
    expect(cost.failures).toBe(0);
  });

  test('as scripts that ask every 5 s lock themselves out if refused calls count as well', () => {
    const fleet: Fleet = { jobs: 60, limit: COUNTING, hasThirdParty: false };
    expect(simulateScripts(fleet, 5_000, seededRandom(1)).failures).toBeGreaterThan(0);
  });
});

describe('A limit of a window', () => {
  const take = (countsRefused: boolean, times: readonly number[]) => {
    const limit = new WindowLimit({ requests: 2, windowMs: 10, countsRefused });
    return times.map((atMs) => limit.take(atMs));
  };

  test('answers so many in any window', () => {
    expect(take(false, [0, 1, 2, 9, 10, 11, 12])).toEqual([true, true, false, false, true, true, false]);
  });

  test('answers no insistent client if refused requests count', () => {
    expect(take(true, [0, 1, 2, 9, 10, 11, 19, 29, 30])).toEqual([
      ...[true, true, false, false, false, false, false],
      ...[true, true],
    ]);
  });
});
