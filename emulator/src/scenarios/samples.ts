import {
  buildEarlierScan,
  buildImage,
  buildRegistry,
  buildScan,
  buildScenario,
  digestOf,
} from '../builders.ts';
import type { ImageSpec, Scenario } from '../scenario.ts';
import type { Settings } from '../settings.ts';
import { fewFindings, findingSet, productionFindings } from './finding-sets.ts';
import { HOSTILE_TEXTS } from './hostile-findings.ts';

const SHOP = 'registry.example.com';
/** Configured with a scheme, so every name contains it. */
const TEAM = 'https://quay.team.example';

/** An image for every way a scan can end. */
export function sampleImages(): ImageSpec[] {
  return [
    ...quickly(),
    ...inTheirTime(),
    ...withFindings(),
    ...withDates(),
    ...failing(),
    ...oddly(),
    ...oddlySpelled(),
  ];
}

function quickly(): ImageSpec[] {
  return [
    buildImage({
      repo: 'library/alpine',
      tag: '3.16',
      scans: [buildScan({ registerDelayMs: 200, discoveryMs: 800, scanMs: 3_000 })],
      earlier: buildEarlierScan(),
    }),
    buildImage({
      registry: SHOP,
      repo: 'shop/fast',
      tag: '1.0',
      scans: [buildScan({ registerDelayMs: 200, discoveryMs: 300, scanMs: 1_500 })],
    }),
  ];
}

function inTheirTime(): ImageSpec[] {
  return [
    buildImage({
      registry: SHOP,
      repo: 'shop/medium',
      tag: '1.0',
      scans: [buildScan({ registerDelayMs: 500, discoveryMs: 1_500, scanMs: 6_000, findings: fewFindings })],
      earlier: buildEarlierScan({ scanMs: 7_400, findings: fewFindings }),
    }),
    buildImage({
      registry: SHOP,
      repo: 'shop/slow',
      tag: '1.0',
      scans: [buildScan({ registerDelayMs: 2_000, discoveryMs: 5_000, scanMs: 35_000, closingMs: 3_000 })],
    }),
  ];
}

function withFindings(): ImageSpec[] {
  return [
    reported('shop/payments', '2.3', 'severe'),
    reported('shop/fixable', '1.0', 'fixable'),
    reported('shop/unfixable', '1.0', 'unfixable'),
    reported('shop/blocked', '1.4', 'blocked'),
    reported('shop/graced', '1.0', 'graced'),
    reported('shop/noncompliant', '1.0', 'noncompliant'),
    reported('shop/spellings', '1.0', 'spellings'),
    reported('shop/unheard', '1.0', 'unheard'),
    reported('shop/huge', '1.0', 'huge'),
    { ...reported('shop/hostile', '1.0', 'hostile'), distro: HOSTILE_TEXTS.join('') },
  ];
}

/**
 * Images whose findings have dates relative to the start: exploited findings, findings in grace, findings of
 * production.
 */
function withDates(): ImageSpec[] {
  const debian = { distro: 'Debian GNU/Linux 12 (bookworm)', distroVersion: '12.5' };
  return [
    { ...reported('shop/exploited', '1.0', 'exploited'), ...debian },
    { ...reported('shop/recent', '1.0', 'recent'), ...debian },
    { ...reported('shop/just-fixed', '1.0', 'just-fixed'), ...debian },
    { ...reported('shop/newer', '2.0', 'newer'), ...debian },
    {
      ...reported('production/newer', 'latest', 'production'),
      ...debian,
      earlier: buildEarlierScan({ agoMs: 7 * 86_400_000, findings: productionFindings }),
    },
  ];
}

/** Images of registries that the Console stores with a slash at the end, or with capitals. */
function oddlySpelled(): ImageSpec[] {
  return ['https://art.example.com/', 'MyACR.example.com'].map((registry) =>
    buildImage({ registry, repo: 'team/spelled', tag: '1.0', earlier: buildEarlierScan() }),
  );
}

function reported(repo: string, tag: string, set: string): ImageSpec {
  const distro = 'Debian GNU/Linux 11 (bullseye)';
  return buildImage({ registry: SHOP, repo, tag, distro, scans: [buildScan(findingSet(set))] });
}

function failing(): ImageSpec[] {
  return [
    buildImage({
      registry: SHOP,
      repo: 'shop/broken',
      tag: '1.0',
      scans: [buildScan({ outcome: 'scan-error' })],
      earlier: buildEarlierScan(),
    }),
    buildImage({
      registry: SHOP,
      repo: 'shop/unlisted',
      tag: '1.0',
      scans: [
        buildScan({
          discoveryMs: 2_500,
          outcome: 'discovery-error',
          errorText: 'failed to list tags: 403 Forbidden',
        }),
      ],
    }),
    buildImage({
      registry: SHOP,
      repo: 'shop/corrupt',
      tag: '1.0',
      scans: [buildScan({ outcome: 'report-error', errorText: 'failed to extract layer: unexpected EOF' })],
    }),
  ];
}

function oddly(): ImageSpec[] {
  return [
    buildImage({
      registry: TEAM,
      repo: 'team/moved',
      tag: 'latest',
      scans: [buildScan({ digest: digestOf('pushed again while the scan was starting') })],
    }),
    buildImage({
      registry: TEAM,
      repo: 'team/legacy',
      tag: '5',
      distro: 'Scratchwood Linux 5',
      coverageMissing: true,
    }),
    buildImage({
      registry: TEAM,
      repo: 'team/silent',
      tag: '1.0',
      scans: [buildScan({ shownInProgress: false })],
    }),
    buildImage({
      registry: TEAM,
      repo: 'team/watched',
      tag: '1.0',
      scans: [buildScan({ endReadByOtherAfterMs: 0 })],
    }),
    buildImage({ registry: TEAM, repo: 'team/late', tag: '1.0', scans: [buildScan({ rowLagMs: 20_000 })] }),
    buildImage({
      registry: TEAM,
      repo: 'team/unread',
      tag: '1.0',
      scans: [buildScan({ registerDelayMs: 4_000 })],
      earlier: buildEarlierScan({ agoMs: 600_000, unread: true }),
    }),
    buildImage({ registry: TEAM, repo: 'platform/base', tag: '12' }),
    buildImage({ registry: SHOP, repo: 'platform/base', tag: '12', scans: [buildScan({ scanMs: 5_000 })] }),
  ];
}

/** The default scenario: sample images, and a regular scan that runs from the start. */
export function samples(settings: Partial<Settings> = {}): Scenario {
  return buildScenario({
    images: sampleImages(),
    registries: [
      buildRegistry({ registry: 'us-west2-docker.example', repositories: 4, images: 2, scanMs: 40_000 }),
      buildRegistry({
        registry: 'harbor.example',
        repositories: 12,
        images: 36,
        scanMs: 50_000,
        defenders: 3,
      }),
      buildRegistry({ registry: 'mirror.example', repositories: 2, images: 5, scanMs: 12_000 }),
      buildRegistry({
        registry: 'archive.example',
        repositories: 30,
        images: 90,
        scanMs: 80_000,
        defenders: 2,
      }),
      buildRegistry({ registry: 'attic.example', repositories: 1, images: 1, scanMs: 20_000 }),
    ],
    users: [
      { username: 'gate', password: 'let-me-scan', role: 'administrator' },
      { username: 'operator', password: 'let-me-run', role: 'operator' },
      { username: 'viewer', password: 'let-me-look', role: 'reader' },
      { username: 'builder', password: 'let-me-build', role: 'ci' },
    ],
    events: [{ kind: 'regular-scan', atMs: 0 }],
    settings,
  });
}
