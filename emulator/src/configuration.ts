import type { RegistrySettings, RegistrySpecification, ScanStatus, UserCollection } from './api-types.ts';
import { buildScope, digestOf } from './builders.ts';
import { bareRegistry } from './image-name.ts';
import type { ConsoleModel } from './model.ts';
import { timestamp, ZERO_TIME } from './progress.ts';
import type { Scenario, ScopeSpec, UserSpec } from './scenario.ts';

/** `GET settings/registry`. */
export function registrySettings(model: ConsoleModel): RegistrySettings {
  const specifications = scopesOf(model.scenario).map((scope) => specification(scope, model));
  return { specifications, webhookUrlSuffix: '', harborScannerUrlSuffix: '' };
}

/** `GET statuses/registry`: the regular scan that runs or ran last. */
export function scanStatus(model: ConsoleModel): ScanStatus {
  const scan = model.regularScan;
  const status = { hostname: '', scanTime: ZERO_TIME, completed: false, scanning: false, selective: false };
  if (scan === undefined) return status;
  const scanning = scan.ongoing(model.nowMs);
  const errors = scan.errors(model.nowMs);
  return {
    ...status,
    scanTime: timestamp(model.shownTimeAt(scanning ? scan.startedAtMs : scan.endsAtMs)),
    completed: !scanning,
    scanning,
    ...(errors.length === 0 ? {} : { errors: errors.slice(0, 10) }),
  };
}

/** `GET defenders/names`. */
export function defenderNames({ defenders }: Scenario, params: URLSearchParams): string[] {
  const matches = (key: string, value: boolean) => (params.get(key) ?? String(value)) === String(value);
  return defenders
    .filter(({ connected, arm64 }) => matches('connected', connected) && matches('isARM64', arm64))
    .map(({ hostname }) => hostname);
}

/** `GET current/collections`. */
export function userCollections({ collections }: Scenario, user: UserSpec): UserCollection[] {
  return collections.filter(({ name }) => user.collections?.includes(name) ?? true);
}

/** The entries given, or one for each registry of the scenario. */
function scopesOf({ scopes, images, registries }: Scenario): readonly ScopeSpec[] {
  if (scopes !== null) return scopes;
  const names = new Map([...images, ...registries].map(({ registry }) => [bareRegistry(registry), registry]));
  return [...names.values()].map((registry) => buildScope({ registry }));
}

function specification(scope: ScopeSpec, model: ConsoleModel): RegistrySpecification {
  const { startedAtMs } = model.regularScan ?? {};
  const scanTime = startedAtMs === undefined ? ZERO_TIME : timestamp(model.shownTimeAt(startedAtMs));
  return {
    id: digestOf(`${scope.registry}/${scope.repository}:${scope.tag}`).slice(7, 31),
    version: scope.version,
    registry: scope.registry,
    repository: scope.repository,
    tag: scope.tag,
    os: scope.os,
    cap: scope.cap,
    scanners: 2,
    collections: [...scope.collections],
    excludedRepositories: [...scope.excludedRepositories],
    excludedTags: [...scope.excludedTags],
    credentialID: '',
    namespace: '',
    lastScanStatus: scope.lastScanStatus,
    lastScanTime: scanTime,
    scanStatus: scope.lastScanStatus,
    scanTime,
    scanError: scope.scanError,
  };
}
