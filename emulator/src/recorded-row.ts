import { digestOf } from './builders.ts';
import type { ImageSpec } from './scenario.ts';
import type { Row } from './stored-row.ts';

/** The values that compact rows of a recorded Console have in place of these fields. */
export const COMPACT_FIELDS = { packages: null, binaries: null, layers: undefined };

/**
 * The fields of a row that have no meaning in the emulator. Their types are those of a recorded Console of 34.03; the
 * values are invented.
 */
export function recordedFields(
  image: ImageSpec,
  row: Row,
  time: (atMs: number) => string,
): Record<string, unknown> {
  const layer = digestOf(`layer of ${row.digest}`);
  const createdAtMs = row.firstScanTimeMs - 3_600_000;
  const history = [{ created: Math.floor(createdAtMs / 1_000), instruction: 'ADD file:rootfs.tar.xz in /' }];
  return {
    packageManager: true,
    image: { created: time(createdAtMs), entrypoint: ['/bin/app'], layers: [layer] },
    history,
    id: row.imageId,
    creationTime: time(createdAtMs),
    pushTime: time(createdAtMs + 60_000),
    layers: [layer],
    topLayer: layer,
    labels: ['org.opencontainers.image.title:app'],
    binaries: [{ name: 'app', path: '/bin/app', md5: '', cveCount: 0 }],
    files: null,
    startupBinaries: null,
    applications: [],
    installedProducts: { docker: '', osDistro: image.distro, hasPackageManager: true },
    instances: [
      {
        image: `${image.registry}/${image.repo}:${image.tag}`,
        host: '',
        modified: time(row.scanTimeMs),
        registry: image.registry,
        repo: image.repo,
        tag: image.tag,
      },
    ],
    hosts: { 'defender-1.example': { modified: time(row.scanTimeMs) } },
    allCompliance: {},
    complianceRiskScore: 0,
    vulnerabilityRiskScore: 0,
    cloudMetadata: {},
    clusters: null,
    namespaces: null,
    k8sClusterAddr: '',
    ecsClusterName: '',
    clusterType: 'AKS',
    externalLabels: null,
    Secrets: [],
    foundSecrets: null,
    secretScanMetrics: {},
    trustResult: { hostsStatuses: null },
    firewallProtection: { enabled: false, supported: false, outOfBandMode: 'Observation' },
    wildFireUsage: null,
    malwareAnalyzedTime: '0001-01-01T00:00:00Z',
    agentless: false,
    appEmbedded: false,
    compressed: false,
    hostRuntimeEnabled: false,
    redHatNonRPMImage: false,
    stopped: false,
    twistlockImage: false,
    rhelRepos: [],
    registryNamespace: '',
    registryTags: null,
    registryType: 'aws-ecr',
    scanBuildDate: '20260601',
    scanID: 0,
    scanVersion: '34.03.138',
  };
}
