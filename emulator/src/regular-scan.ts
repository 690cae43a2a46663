import { bareRegistry } from './image-name.ts';
import { doneBetween, type Phases, phasesFrom, type ScanView } from './progress.ts';
import type { RegistrySpec } from './scenario.ts';
import type { Settings } from './settings.ts';

interface RegistryRun {
  readonly spec: RegistrySpec;
  readonly phases: Phases;
  readonly readers: Set<string>;
  stoppedAtMs?: number;
}

/** One regular scan of all registries, with limited parallelism. */
export class RegularScan {
  readonly startedAtMs: number;
  #runs: readonly RegistryRun[];
  readonly #settings: Settings;

  constructor(startedAtMs: number, registries: readonly RegistrySpec[], settings: Settings) {
    this.startedAtMs = startedAtMs;
    this.#settings = settings;
    const { parallelRegistries, regularBatchGapMs } = settings;
    const parallel = Math.max(1, parallelRegistries);
    this.#runs =
      regularBatchGapMs === null
        ? continuousRuns(startedAtMs, registries, parallel)
        : batchedRuns(startedAtMs, registries, parallel, regularBatchGapMs);
  }

  ongoing(atMs: number): boolean {
    return atMs < this.endsAtMs;
  }

  get endsAtMs(): number {
    return Math.max(this.startedAtMs, ...this.#runs.map((run) => this.#endOf(run)));
  }

  /** Errors of the registries so far. */
  errors(atMs: number): string[] {
    const failed = this.#runs.filter((run) => run.spec.outcome !== 'finished' && atMs >= this.#endOf(run));
    return [...new Set(failed.map(({ spec }) => spec.errorText))];
  }

  /** Ends the scan at once, or that of one registry. Registries not yet begun are dropped; counts stay as they are. */
  stop(atMs: number, registry?: string): void {
    const isStopped = ({ spec }: RegistryRun) =>
      registry === undefined || bareRegistry(spec.registry) === bareRegistry(registry);
    this.#runs = this.#runs.filter((run) => !isStopped(run) || run.phases.registeredAtMs <= atMs);
    for (const run of this.#runs) if (isStopped(run) && this.#endOf(run) > atMs) run.stoppedAtMs = atMs;
  }

  /** When the images of a registry are scanned; undefined if the scan skips the registry or fails. */
  scannedAtMs(registry: string): number | undefined {
    const run = this.#runs.find(({ spec }) => bareRegistry(spec.registry) === bareRegistry(registry));
    return run?.spec.outcome === 'finished' ? run.phases.scannedAtMs : undefined;
  }

  /** Returns what a user sees now, and consumes the ends shown. */
  read(user: string, atMs: number): ScanView[] {
    const shown = this.#runs.filter((run) => this.#visible(run, user, atMs));
    const anyOngoing = shown.some((run) => atMs < this.#endOf(run));
    if (this.#settings.endConsumed === 'per-entry' || !anyOngoing) {
      for (const run of shown) if (atMs >= this.#endOf(run)) run.readers.add(user);
    }
    return shown.map((run) =>
      registryView(run, Math.min(atMs, run.stoppedAtMs ?? atMs), atMs < this.#endOf(run)),
    );
  }

  #endOf({ phases, stoppedAtMs }: RegistryRun): number {
    return stoppedAtMs ?? phases.endsAtMs;
  }

  #visible(run: RegistryRun, user: string, atMs: number): boolean {
    const { unreadEndMs, endReadBy, regularEnd } = this.#settings;
    const endsAtMs = this.#endOf(run);
    if (atMs < run.phases.registeredAtMs) return false;
    if (atMs < endsAtMs) return true;
    if (regularEnd === 'never-shown') return false;
    if (unreadEndMs !== null && atMs - endsAtMs >= unreadEndMs) return false;
    return endReadBy === 'anyone' ? run.readers.size === 0 : !run.readers.has(user);
  }
}

/** A registry starts as soon as a place is free. */
function continuousRuns(
  startedAtMs: number,
  registries: readonly RegistrySpec[],
  parallel: number,
): RegistryRun[] {
  const places = Array.from({ length: parallel }, () => startedAtMs);
  return registries.map((spec) => {
    const place = places.indexOf(Math.min(...places));
    const run = runFrom(places[place] ?? startedAtMs, spec);
    places[place] = run.phases.endsAtMs;
    return run;
  });
}

/** A batch of registries starts a while after the whole previous batch has ended. */
function batchedRuns(
  startedAtMs: number,
  registries: readonly RegistrySpec[],
  parallel: number,
  gapMs: number,
): RegistryRun[] {
  const runs: RegistryRun[] = [];
  let beginsAtMs = startedAtMs;
  for (let first = 0; first < registries.length; first += parallel) {
    const batch = registries.slice(first, first + parallel).map((spec) => runFrom(beginsAtMs, spec));
    beginsAtMs = Math.max(...batch.map(({ phases }) => phases.endsAtMs)) + gapMs;
    runs.push(...batch);
  }
  return runs;
}

function runFrom(beginsAtMs: number, spec: RegistrySpec): RegistryRun {
  return { spec, phases: phasesFrom(beginsAtMs, { registerDelayMs: 0, ...spec }), readers: new Set() };
}

function registryView({ spec, phases }: RegistryRun, atMs: number, ongoing: boolean): ScanView {
  const { registeredAtMs, discoveredAtMs, scannedAtMs } = phases;
  const { registry, repositories, images, defenders, outcome, errorText } = spec;
  const discoveryFailed = atMs >= discoveredAtMs && outcome === 'discovery-error';
  const scanFailed = atMs >= scannedAtMs && outcome === 'scan-error';
  const discovered = discoveryFailed ? 0 : doneBetween(registeredAtMs, discoveredAtMs, atMs, repositories);
  const found = repositories === 0 ? images : Math.floor((images * discovered) / repositories);
  const most = Math.min(found, spec.scanned ?? found);
  const scanned = discoveryFailed ? 0 : doneBetween(discoveredAtMs, scannedAtMs, atMs, most);
  const name = registry.replace(/^https?:\/\//i, '').replace(/\/+$/, '');
  return {
    onDemand: false,
    startedAtMs: registeredAtMs,
    ongoing,
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
