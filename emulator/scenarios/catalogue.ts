import type { Scenario } from '../scenario.ts';
import { earlierScan, imageScript, scanScript } from '../script.ts';
import type { Settings } from '../settings.ts';
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
};

/** The samples, and a fleet of images with rows of their own: several pages of report. */
function crowded(): Scenario {
  const fleet = Array.from({ length: 120 }, (_, place) =>
    imageScript({
      registry: 'registry.example.com',
      repo: `fleet/service-${String(place).padStart(3, '0')}`,
      tag: '1.0',
      scans: [scanScript({ scanMs: 2_000 + 50 * place })],
      earlier: earlierScan(),
    }),
  );
  const scenario = samples();
  return { ...scenario, images: [...scenario.images, ...fleet] };
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
]);

export const scenarioNames: readonly string[] = [...makers.keys()];

/** The scenario of a name, or undefined where there is none. */
export function scenarioNamed(name: string): Scenario | undefined {
  return makers.get(name)?.();
}
