import { createHash } from 'node:crypto';
import type {
  DefenderSpec,
  EarlierScan,
  ImageSpec,
  RegistrySpec,
  ScanSpec,
  Scenario,
  ScopeSpec,
} from './scenario.ts';
import { defaultSettings, type Settings } from './settings.ts';

/** Builds a scan of three seconds that finishes; given fields replace the defaults. */
export function buildScan(given: Partial<ScanSpec> = {}): ScanSpec {
  return {
    registerDelayMs: 300,
    discoveryMs: 700,
    scanMs: 2_000,
    closingMs: 0,
    images: 1,
    outcome: 'finished',
    errorText: 'failed to pull image: manifest unknown',
    shownInProgress: true,
    findings: [],
    complianceIssues: [],
    ...given,
  };
}

export function buildEarlierScan(given: Partial<EarlierScan> = {}): EarlierScan {
  return {
    agoMs: 24 * 3_600_000,
    scanMs: 2_000,
    err: '',
    unread: false,
    findings: [],
    complianceIssues: [],
    ...given,
  };
}

type ImageGiven = Partial<ImageSpec> & { readonly repo: string; readonly tag: string };

/** Builds an image on Docker Hub that was never scanned; given fields replace the defaults. */
export function buildImage(given: ImageGiven): ImageSpec {
  const registry = given.registry ?? '';
  return {
    registry,
    digest: digestOf(`${registry}/${given.repo}:${given.tag}`),
    scans: [buildScan()],
    inReport: true,
    distro: 'Alpine Linux v3.16',
    coverageMissing: false,
    real: false,
    ...given,
  };
}

export function buildRegistry(given: Partial<RegistrySpec> & { readonly registry: string }): RegistrySpec {
  return {
    repositories: 4,
    images: 8,
    defenders: 1,
    discoveryMs: 4_000,
    scanMs: 16_000,
    closingMs: 0,
    outcome: 'finished',
    errorText: 'failed to list repositories: unauthorized',
    ...given,
  };
}

/** Builds a connected Defender for amd64. */
export function buildDefender(given: Partial<DefenderSpec> = {}): DefenderSpec {
  return { hostname: 'defender-1.example', connected: true, arm64: false, ...given };
}

/** Builds an entry of the registry settings that covers a whole registry. */
export function buildScope(given: Partial<ScopeSpec> & { readonly registry: string }): ScopeSpec {
  return {
    repository: '',
    tag: '',
    excludedRepositories: [],
    excludedTags: [],
    cap: 5,
    os: 'linux',
    version: '2',
    collections: ['All'],
    lastScanStatus: '',
    scanError: '',
    ...given,
  };
}

type ScenarioGiven = Partial<Omit<Scenario, 'settings'>> & { readonly settings?: Partial<Settings> };

/** Builds a scenario with default settings and one administrator; given fields replace the defaults. */
export function buildScenario(given: ScenarioGiven): Scenario {
  return {
    images: [],
    registries: [],
    users: [{ username: 'gate', password: 'let-me-scan', role: 'administrator' }],
    events: [],
    faults: [],
    scopes: null,
    defenders: [buildDefender()],
    collections: [{ name: 'All', color: '#7289da' }],
    ...given,
    settings: { ...defaultSettings, ...given.settings },
  };
}

/** Returns a digest that depends on the text alone, so that scenarios are reproducible. */
export function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
