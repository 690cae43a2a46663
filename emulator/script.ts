import { createHash } from 'node:crypto';
import type { EarlierScan, ImageScript, RegistryScript, ScanScript, Scenario } from './scenario.ts';
import { defaultSettings, type Settings } from './settings.ts';

/** A scan of three seconds that finishes, with whatever is given instead. */
export function scanScript(given: Partial<ScanScript> = {}): ScanScript {
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

export function earlierScan(given: Partial<EarlierScan> = {}): EarlierScan {
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

type ImageGiven = Partial<ImageScript> & { readonly repo: string; readonly tag: string };

/** An image on Docker Hub that was never scanned, with whatever is given instead. */
export function imageScript(given: ImageGiven): ImageScript {
  const registry = given.registry ?? '';
  return {
    registry,
    digest: digestOf(`${registry}/${given.repo}:${given.tag}`),
    scans: [scanScript()],
    inReport: true,
    distro: 'Alpine Linux v3.16',
    coverageMissing: false,
    real: false,
    ...given,
  };
}

export function registryScript(
  given: Partial<RegistryScript> & { readonly registry: string },
): RegistryScript {
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

type ScenarioGiven = Partial<Omit<Scenario, 'settings'>> & { readonly settings?: Partial<Settings> };

/** A scenario with default settings and one administrator, with whatever is given instead. */
export function scenario(given: ScenarioGiven): Scenario {
  return {
    images: [],
    registries: [],
    users: [{ username: 'gate', password: 'let-me-scan', role: 'administrator' }],
    events: [],
    ...given,
    settings: { ...defaultSettings, ...given.settings },
  };
}

/** A digest that depends on the text alone, so that scenarios are the same in every run. */
export function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
