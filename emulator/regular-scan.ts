import { bareRegistry } from './image-name.ts';
import type { ScanView } from './progress.ts';
import { doneBetween, type Phases, phasesFrom } from './progress.ts';
import type { RegistrySpec } from './scenario.ts';
import type { Settings } from './settings.ts';

type RegistryRun = {
  readonly spec: RegistrySpec;
  readonly phases: Phases;
  readonly readers: Set<string>;
};

/** One regular scan of all registries, with limited parallelism. */
export class RegularScan {
  readonly #runs: readonly RegistryRun[];
  readonly #settings: Settings;

  constructor(startedAtMs: number, registries: readonly RegistrySpec[], settings: Settings) {
    const places = Array.from({ length: Math.max(1, settings.parallelRegistries) }, () => startedAtMs);
    this.#settings = settings;
    this.#runs = registries.map((spec) => {
      const place = places.indexOf(Math.min(...places));
      const phases = phasesFrom(places[place] ?? startedAtMs, { registerDelayMs: 0, ...spec });
      places[place] = phases.endsAtMs;
      return { spec, phases, readers: new Set() };
    });
  }

  ongoing(atMs: number): boolean {
    return this.#runs.some(({ phases }) => atMs < phases.endsAtMs);
  }

  /** When the images of a registry are scanned; undefined where the scan skips the registry or fails. */
  scannedAtMs(registry: string): number | undefined {
    const run = this.#runs.find(({ spec }) => bareRegistry(spec.registry) === bareRegistry(registry));
    return run?.spec.outcome === 'finished' ? run.phases.scannedAtMs : undefined;
  }

  /** Returns what a user sees now, and consumes the ends shown. */
  read(user: string, atMs: number): ScanView[] {
    const shown = this.#runs.filter((run) => this.#visible(run, user, atMs));
    const anyOngoing = shown.some(({ phases }) => atMs < phases.endsAtMs);
    if (this.#settings.endConsumed === 'per-entry' || !anyOngoing) {
      for (const run of shown) if (atMs >= run.phases.endsAtMs) run.readers.add(user);
    }
    return shown.map((run) => registryView(run, atMs));
  }

  #visible(run: RegistryRun, user: string, atMs: number): boolean {
    const { unreadEndMs, endReadBy, regularEnd } = this.#settings;
    const { registeredAtMs, endsAtMs } = run.phases;
    if (atMs < registeredAtMs) return false;
    if (atMs < endsAtMs) return true;
    if (regularEnd === 'never-shown') return false;
    if (unreadEndMs !== null && atMs - endsAtMs >= unreadEndMs) return false;
    return endReadBy === 'anyone' ? run.readers.size === 0 : !run.readers.has(user);
  }
}

function registryView({ spec, phases }: RegistryRun, atMs: number): ScanView {
  const { registeredAtMs, discoveredAtMs, scannedAtMs, endsAtMs } = phases;
  const { registry, repositories, images, defenders, outcome, errorText } = spec;
  const discoveryFailed = atMs >= discoveredAtMs && outcome === 'discovery-error';
  const scanFailed = atMs >= scannedAtMs && outcome === 'scan-error';
  const discovered = discoveryFailed ? 0 : doneBetween(registeredAtMs, discoveredAtMs, atMs, repositories);
  const found = repositories === 0 ? images : Math.floor((images * discovered) / repositories);
  const scanned = discoveryFailed ? 0 : doneBetween(discoveredAtMs, scannedAtMs, atMs, found);
  const name = registry.replace(/^https?:\/\//i, '').replace(/\/+$/, '');
  return {
    onDemand: false,
    startedAtMs: registeredAtMs,
    ongoing: atMs < endsAtMs,
    discovering: atMs < discoveredAtMs,
    discovery: {
      // The documented title says "1 Defenders" in this step and "1 Defender" in the next.
      title: `Step 1/2 discovering tags in registry ${name}: Discovered tags in ${discovered}/${repositories} repositories with ${defenders} Defenders`,
      total: repositories,
      scanned: discovered,
      error: discoveryFailed ? errorText : '',
    },
    imageScan: {
      title: `Step 2/2 scanning images in registry ${name}: Scanned ${scanned}/${found} images with ${defenders} ${defenders === 1 ? 'Defender' : 'Defenders'}`,
      total: found,
      scanned,
      error: scanFailed ? errorText : '',
    },
  };
}
