import type { ImageIndex } from './image-index.ts';
import { progressEntry } from './progress-entry.ts';
import { RegularScan } from './regular-scan.ts';
import type { RegistryScript } from './scenario.ts';
import type { Settings } from './settings.ts';
import type { RegistryScanProgress } from './wire.ts';

/** Starts the regular scan of all registries, one at a time, and says how it gets on. */
export class RegularDesk {
  readonly #images: ImageIndex;
  #registries: readonly RegistryScript[];
  readonly #settings: Settings;
  #scan: RegularScan | undefined;

  constructor(images: ImageIndex, registries: readonly RegistryScript[], settings: Settings) {
    this.#images = images;
    this.#registries = registries;
    this.#settings = settings;
  }

  /** Adds a registry in front of the others, or renews what is known of it. */
  put(registry: RegistryScript): void {
    const others = this.#registries.filter((other) => other.registry !== registry.registry);
    this.#registries = [registry, ...others];
  }

  ongoing(atMs: number): boolean {
    return this.#scan?.ongoing(atMs) ?? false;
  }

  /** Starts a regular scan unless one is under way. */
  begin(atMs: number): void {
    if (this.ongoing(atMs)) return;
    const scan = new RegularScan(atMs, this.#registries, this.#settings);
    this.#scan = scan;
    if (!this.#settings.regularScanWritesRows) return;
    for (const image of this.#images.all) {
      const scannedAtMs = scan.scannedAtMs(image.script.registry);
      if (scannedAtMs !== undefined) image.scanRegularly(atMs, scannedAtMs);
    }
  }

  /** One entry per registry under scan. Ends that are shown are consumed by it. */
  read(user: string, atMs: number): RegistryScanProgress[] {
    const views = this.#scan?.read(user, atMs) ?? [];
    return views.map((view) => progressEntry(view, this.#settings));
  }

  restart(): void {
    this.#scan = undefined;
  }
}
