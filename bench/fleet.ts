import type { Options, Outcome } from './part.ts';
import { seededRandom } from './seeded-random.ts';
import { type Fleet, type FleetCost, simulateFleet, simulateScripts } from './simulated-fleet.ts';
import { table } from './table.ts';
import type { Limit } from './window-limit.ts';

/** The documented limit of the report. */
export const DOCUMENTED: Limit = { requests: 30, windowMs: 30_000, countsRefused: false };
/** The same, for a gateway that also counts refused requests. */
export const COUNTING: Limit = { ...DOCUMENTED, countsRefused: true };
/** A smaller limit, as of a proxy. */
const SMALL: Limit = { requests: 5, windowMs: 10_000, countsRefused: false };

const SIZES = [20, 60, 300, 1_000];
/** A limit that counts refusals serves a thousand jobs only after hours, so the smaller fleets are enough. */
const FEW = [20, 60, 300];
/** The baseline, and the row in full. */
const READS_OF_A_JOB = 2;

const FLEETS: readonly Fleet[] = [
  ...SIZES.map((jobs) => ({ jobs, limit: DOCUMENTED, hasThirdParty: false })),
  ...FEW.map((jobs) => ({ jobs, limit: DOCUMENTED, hasThirdParty: true })),
  ...FEW.map((jobs) => ({ jobs, limit: COUNTING, hasThirdParty: false })),
  ...FEW.map((jobs) => ({ jobs, limit: SMALL, hasThirdParty: false })),
  ...FEW.map((jobs) => ({ jobs, limit: { ...SMALL, countsRefused: true }, hasThirdParty: false })),
];

const SCRIPTS_EVERY_SECONDS = [5, 15];

/**
 * The minimum time for two reads of each job under the limit, in seconds, with the share that a third party leaves.
 */
export function leastSeconds({ jobs, limit, hasThirdParty }: Fleet): number {
  const inWindow = hasThirdParty ? Math.floor(limit.requests / 2) : limit.requests;
  return (limit.windowMs / 1_000) * (Math.ceil((READS_OF_A_JOB * jobs) / inWindow) - 1);
}

/** The maximum time for all jobs, in seconds. */
export function mostSeconds(fleet: Fleet): number {
  return 1.4 * leastSeconds(fleet) + 15;
}

/** Many parallel jobs on one Console, each with its own client. */
export async function fleet({ seed }: Options): Promise<Outcome> {
  const fleets: { readonly fleet: Fleet; readonly cost: FleetCost }[] = [];
  for (const each of FLEETS)
    fleets.push({ fleet: each, cost: await simulateFleet(each, seededRandom(seed)) });
  const scripts = SCRIPTS_EVERY_SECONDS.flatMap((everySeconds) =>
    [DOCUMENTED, COUNTING].flatMap((limit) =>
      FEW.map((jobs) => {
        const asked: Fleet = { jobs, limit, hasThirdParty: false };
        return {
          everySeconds,
          fleet: asked,
          cost: simulateScripts(asked, everySeconds * 1_000, seededRandom(seed)),
        };
      }),
    ),
  );
  return {
    name: 'fleet',
    data: { fleets, scripts },
    lines: [
      'Jobs that begin together, each with a client of its own, and share the limit of one report; scans take 4 s.',
      '',
      ...table(
        [
          'jobs',
          'limit',
          'third party',
          'done s',
          'limit alone s',
          'bound s',
          'answered',
          'refused each',
          'failed',
        ],
        fleets.map(({ fleet: each, cost }) => [
          ...cellsOf(each),
          cost.seconds.toFixed(0),
          leastSeconds(each).toFixed(0),
          mostSeconds(each).toFixed(0),
          String(cost.answered),
          (cost.refused / cost.answered).toFixed(2),
          String(cost.failures),
        ]),
      ),
      '',
      'The same jobs as scripts that read the report every so many seconds until it is newer; they read no baseline.',
      '',
      ...table(
        ['every s', 'jobs', 'limit', 'third party', 'done s', 'answered', 'refused each', 'not done'],
        scripts.map(({ everySeconds, fleet: each, cost }) => [
          String(everySeconds),
          ...cellsOf(each),
          cost.seconds.toFixed(0),
          String(cost.answered),
          (cost.refused / cost.answered).toFixed(2),
          String(cost.failures),
        ]),
      ),
    ],
  };
}

function cellsOf({ jobs, limit, hasThirdParty }: Fleet): string[] {
  const { requests, windowMs, countsRefused } = limit;
  const limited = `${requests} in ${windowMs / 1_000} s${countsRefused ? ', refused count' : ''}`;
  return [String(jobs), limited, hasThirdParty ? 'half' : 'none'];
}
