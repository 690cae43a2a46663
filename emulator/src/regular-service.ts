import type { RegistryScanProgress } from './api-types.ts';
import { buildRegistry } from './builders.ts';
import type { ConsoleClock } from './clock.ts';
import type { ImageIndex } from './image-index.ts';
import { sameRegistry } from './image-name.ts';
import { selectorsOf } from './on-demand-scan.ts';
import { progressEntry } from './progress.ts';
import { RegularScan } from './regular-scan.ts';
import type { ImageReference, RegistrySpec } from './scenario.ts';
import type { Settings } from './settings.ts';
import type { SimulatedImage } from './simulated-image.ts';

/** Starts regular scans, one at a time, and reports their progress. */
export class RegularService {
  readonly #images: ImageIndex;
  #registries: readonly RegistrySpec[];
  readonly #settings: Settings;
  readonly #clock: ConsoleClock;
  #scan: RegularScan | undefined;

  constructor(
    images: ImageIndex,
    registries: readonly RegistrySpec[],
    settings: Settings,
    clock: ConsoleClock,
  ) {
    this.#clock = clock;
    this.#images = images;
    this.#registries = registries;
    this.#settings = settings;
  }

  /** Adds a registry before the others, or updates it. */
  put(registry: RegistrySpec): void {
    const others = this.#registries.filter((other) => other.registry !== registry.registry);
    this.#registries = [registry, ...others];
  }

  ongoing(atMs: number): boolean {
    return this.#scan?.ongoing(atMs) ?? false;
  }

  /** Starts a regular scan unless one is running. */
  begin(atMs: number): void {
    if (this.ongoing(atMs)) return;
    const scan = new RegularScan(atMs, this.#registries, this.#settings);
    this.#scan = scan;
    if (!this.#settings.regularScanWritesRows) return;
    for (const image of this.#images.all) {
      const scannedAtMs = scan.scannedAtMs(image.spec.registry);
      if (scannedAtMs !== undefined) image.scanRegularly(atMs, scannedAtMs);
    }
  }

  /** Returns one entry per registry under scan, and consumes the ends shown. */
  read(user: string, atMs: number): RegistryScanProgress[] {
    const views = this.#scan?.read(user, atMs) ?? [];
    return views.map((view) => progressEntry(view, this.#settings, this.#clock));
  }

  get scan(): RegularScan | undefined {
    return this.#scan;
  }

  /** Starts a regular scan of single images and whole registries unless a regular scan is running. */
  beginSelected(selected: readonly ImageReference[], atMs: number): void {
    if (this.ongoing(atMs)) return;
    const whole = selected.filter(({ repo }) => repo === '').map(({ registry = '' }) => registry);
    const registries = this.#registries.filter((each) =>
      whole.some((registry) => sameRegistry(registry, each.registry, 'without-scheme')),
    );
    const images = selected.flatMap((asked) => {
      const [selector] = asked.repo === '' ? [] : selectorsOf(asked);
      return selector === undefined ? [] : this.#images.requested(asked, selector);
    });
    const scan = new RegularScan(atMs, [...registries, ...images.map(registryOfOne)], this.#settings);
    this.#scan = scan;
    for (const image of this.#images.all) {
      const isSelected = images.includes(image) || registries.some((each) => covers(each, image));
      const scannedAtMs = isSelected ? scan.scannedAtMs(image.spec.registry) : undefined;
      if (scannedAtMs !== undefined && this.#settings.regularScanWritesRows) {
        image.scanRegularly(atMs, scannedAtMs);
      }
    }
  }

  /** Ends the regular scan at once, or that of one registry; images that it has not reached get no row. */
  stop(atMs: number, registry?: string): void {
    if (!this.ongoing(atMs)) return;
    this.#scan?.stop(atMs, registry);
    for (const image of this.#images.all) {
      if (registry === undefined || sameRegistry(registry, image.spec.registry, 'without-scheme')) {
        image.stopRegular(atMs);
      }
    }
  }

  restart(): void {
    this.#scan = undefined;
  }
}

/** The regular scan of a registry that has one image. */
function registryOfOne({ spec }: SimulatedImage): RegistrySpec {
  const { discoveryMs, scanMs, outcome, errorText } = spec.scans.at(-1) ?? spec.scans[0];
  const ends = outcome === 'report-error' ? 'finished' : outcome;
  const counts = { repositories: 1, images: 1 };
  return buildRegistry({
    registry: spec.registry,
    ...counts,
    discoveryMs,
    scanMs,
    outcome: ends,
    errorText,
  });
}

function covers({ registry }: RegistrySpec, { spec }: SimulatedImage): boolean {
  return sameRegistry(registry, spec.registry, 'without-scheme');
}
