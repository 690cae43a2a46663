import type { Scenario } from '../scenario.ts';
import type { Settings } from '../settings.ts';
import { fleet } from './fleet.ts';
import { samples } from './samples.ts';

/** Every assumption the other way round, as far as a client must cope with it. */
const contrary: Partial<Settings> = {
  restartDropsTokens: true,
  triggerBlocksMs: 3_000,
  emptyRegistryTriggers: 'every-registry',
  regularScanTwice: 'refused',
  onDemandFalse: 'empty',
  registryMatch: 'exact',
  pollBy: 'either',
  unreadEndMs: 60_000,
  endReadBy: 'each-user',
  endConsumed: 'whole-answer',
  unreadEndAfterTrigger: 'dropped',
  parallelScansShown: 'all',
  specScanStartTime: 'start',
  progressType: 'registry',
  discoveryFlag: 'while-discovering',
  extraProgressFields: ['onDemand', 'error', 'hostname', 'scanTime'],
  regularEnd: 'never-shown',
  rowLagMs: 4_000,
  scanTimeIs: 'start',
  failedScanWritesRow: false,
  regularScanWritesRows: false,
  durationUnit: 'ns',
  pageLimit: 250,
  totalCountHeader: false,
  nothingFound: 'empty',
  rateLimitScope: 'user',
  rateLimitBody: 'empty',
  rateLimitRetryAfter: true,
  nameMatch: 'without-scheme',
  dockerHubName: 'docker.io',
  repoDigestName: 'full',
  repoTagDigest: false,
  compactDropsRepoDigests: true,
  unknownSeverity: 'low',
  blockDuringGrace: false,
  clockSkewMs: -90_000,
  dateHeader: false,
  tagReadAt: 'scan-start',
  indexDigest: 'index',
};

/** The samples, and a fleet of images with rows of their own: several pages of report. */
function crowded(): Scenario {
  return withFleet(samples(), 120);
}

const makers = new Map<string, () => Scenario>([
  ['samples', () => samples()],
  ['contrary', () => samples(contrary)],
  ['crowded', crowded],
  [
    'restart',
    () => ({
      ...samples(),
      events: [
        { kind: 'regular-scan', atMs: 0 },
        { kind: 'restart', atMs: 20_000 },
      ],
    }),
  ],
  ['quiet', () => ({ ...samples(), registries: [], events: [] })],
]);

export const scenarioNames: readonly string[] = [...makers.keys()];

/** The scenario of a name, or undefined where there is none. */
export function scenarioNamed(name: string): Scenario | undefined {
  return makers.get(name)?.();
}

/** A scenario and so many images more. */
export function withFleet(scenario: Scenario, images: number): Scenario {
  return { ...scenario, images: [...scenario.images, ...fleet(images)] };
}
