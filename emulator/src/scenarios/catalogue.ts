import { buildEarlierScan, buildImage, buildScan } from '../builders.ts';
import type { ImageSpec, Scenario } from '../scenario.ts';
import type { Settings } from '../settings.ts';
import { recorded } from './recorded.ts';
import { samples } from './samples.ts';

/** Maximum number of images in a fleet. */
export const LARGEST_FLEET = 10_000;

/**
 * Builds clean images with rows of an earlier scan, `fleet/service-0000:1.0` and so on. Scans take 2 to 8 s, and
 * neighbours differ.
 */
export function fleet(images: number): ImageSpec[] {
  return Array.from({ length: images }, (_, place) =>
    buildImage({
      registry: 'registry.example.com',
      repo: `fleet/service-${String(place).padStart(4, '0')}`,
      tag: '1.0',
      scans: [buildScan({ registerDelayMs: 200, discoveryMs: 300, scanMs: 1_500 + ((place * 617) % 6_001) })],
      earlier: buildEarlierScan(),
    }),
  );
}

/** The opposite of every default that clients must not rely on. */
const OPPOSITE_SETTINGS: Partial<Settings> = {
  tokenForm: 'opaque',
  restartDropsTokens: true,
  wrongTypes: 'refused',
  triggerBlocksMs: 3_000,
  emptyRegistryTriggers: 'every-registry',
  unknownImage: 'zero-of-zero',
  singleImageScan: 'every-registry',
  triggerBody: '"accepted"',
  unscannablePlatform: 'nothing-scanned',
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
  regularBatchGapMs: 6_000,
  regularEnd: 'never-shown',
  rowLagMs: 4_000,
  scanTimeIs: 'start',
  defenderSkewMs: 45_000,
  digestScanRow: 'untagged',
  untaggedName: 'repository',
  failedScanWritesRow: false,
  regularScanWritesRows: false,
  durationUnit: 'ns',
  pageLimit: 250,
  totalCountHeader: false,
  nothingFound: 'empty',
  rateLimitCounts: 'all',
  rateLimitScope: 'user',
  rateLimitBody: 'empty',
  rateLimitRetryAfter: true,
  nameMatch: 'without-scheme',
  nameMatchesTags: true,
  dockerHubName: 'docker.io',
  repoDigestName: 'full',
  repoTagDigest: false,
  compactDropsRepoDigests: true,
  compactDropsTagDigest: true,
  rowId: 'named-digest',
  rowFields: 'recorded',
  rowHostname: 'defender-1.example',
  trimmedTimes: true,
  rowOrder: 'unordered',
  findingOrder: 'shuffled',
  unknownSeverity: 'low',
  blockDuringGrace: false,
  packagePurls: false,
  replicaDates: 'lagging',
  nameSpelling: 'verbatim',
  clockSkewMs: -90_000,
  dateHeader: false,
  tagReadAt: 'scan-start',
  indexDigest: 'index',
};

/** The samples and a fleet of images: several pages of report. */
function crowded(): Scenario {
  return withFleet(samples(), 120);
}

const SCENARIOS = new Map<string, () => Scenario>([
  ['samples', () => samples()],
  ['contrary', () => samples(OPPOSITE_SETTINGS)],
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
  ['recorded', recorded],
  ['quiet', () => ({ ...samples(), registries: [], events: [] })],
]);

export const scenarioNames: readonly string[] = [...SCENARIOS.keys()];

/** Finds a scenario by name. */
export function scenarioNamed(name: string): Scenario | undefined {
  return SCENARIOS.get(name)?.();
}

/** Adds a fleet of images to a scenario. */
export function withFleet(scenario: Scenario, images: number): Scenario {
  return { ...scenario, images: [...scenario.images, ...fleet(images)] };
}
