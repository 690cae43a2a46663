import type { RegistryScanRequest } from './api-types.ts';
import { sameRegistry } from './image-name.ts';
import type { ConsoleModel } from './model.ts';
import { RealRegistry } from './real-registry.ts';
import { mapInBatches, RegistryClient } from './registry-client.ts';
import { isOnDemand } from './scan-service.ts';
import type { ImageReference } from './scenario.ts';
import type { Settings } from './settings.ts';

export interface RealRegistriesOptions {
  /** `http://127.0.0.1:5001`, optionally with user and password. */
  readonly addresses: readonly string[];
  /** Duration of an image scan after discovery; default 2 s. */
  readonly scanMs?: number;
  /** Deadline for one answer of a registry; default 5 s. */
  readonly deadlineMs?: number;
}

/** Minimum delay of a lookup, so that a stopped clock causes no busy loop. */
const SOONEST_POLL_MS = 10;

/**
 * Connects real registries to the model, which has no network: discovers images before a scan starts, and sets the
 * results of finished scans before the model answers.
 */
export class RealRegistries {
  readonly #model: ConsoleModel;
  readonly #settings: Settings;
  readonly #registries: readonly RealRegistry[];
  readonly #speed: number;
  #settled: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  /** `speed` is how much faster than real time the clock of the model runs. */
  constructor(model: ConsoleModel, options: RealRegistriesOptions, speed = 1) {
    this.#speed = speed;
    const { addresses, scanMs = 2_000, deadlineMs = 5_000 } = options;
    this.#model = model;
    this.#settings = model.scenario.settings;
    this.#registries = addresses.map(
      (address) => new RealRegistry(new RegistryClient(address, deadlineMs), model.scenario, scanMs),
    );
  }

  /** Runs the discovery of the scan that a request is about to start. */
  async discover(request: RegistryScanRequest): Promise<void> {
    if (!isOnDemand(request)) {
      await Promise.all(this.#registries.map((registry) => this.#discoverAll(registry)));
      return;
    }
    const { registry = '', repo = '', tag = '', digest = '' } = request.tag ?? {};
    const everywhere = registry === '' && this.#settings.emptyRegistryTriggers === 'every-registry';
    const match = this.#settings.registryMatch === 'exact' ? 'exact' : 'without-scheme';
    const asked = this.#registries.filter(({ name }) => everywhere || sameRegistry(registry, name, match));
    const image = { repo, tag: tag === '' ? undefined : tag, digest: digest === '' ? undefined : digest };
    await Promise.all(asked.map((each) => this.#discover(each, image)));
  }

  /** Looks up the results of the scans that are due, and schedules the next lookup. */
  settle(): Promise<void> {
    this.#settled = this.#settled.catch(() => undefined).then(() => this.#settleDue());
    return this.#settled;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  async #discover(registry: RealRegistry, image: ImageReference): Promise<void> {
    const images = await registry.imagesFor(image);
    this.#model.discovered(images);
    this.#model.markMissing(registry.name, images, image);
  }

  async #discoverAll(registry: RealRegistry): Promise<void> {
    const found = await registry.everything();
    this.#model.discovered(found.images ?? [], found.registry);
    if (found.images !== undefined) this.#model.markMissing(registry.name, found.images, undefined);
  }

  async #settleDue(): Promise<void> {
    for (;;) {
      const due = this.#model.openScans.filter(({ dueAtMs }) => dueAtMs <= this.#model.nowMs);
      if (due.length === 0) break;
      await mapInBatches(due, async (scan) => {
        const { registry, repo } = scan.image.spec;
        const real = this.#registries.find(({ name }) => name === registry);
        if (real === undefined) throw new Error(`No address was given for the registry ${registry}.`);
        this.#model.settle(scan, await real.scan(repo, scan.selector.value));
      });
    }
    this.#scheduleNext();
  }

  /** A tag may move at any time, so lookups follow the schedule of the scan and not the requests. */
  #scheduleNext(): void {
    clearTimeout(this.#timer);
    const next = Math.min(...this.#model.openScans.map(({ dueAtMs }) => dueAtMs));
    if (next === Number.POSITIVE_INFINITY) return;
    const inMs = Math.max(SOONEST_POLL_MS, (next - this.#model.nowMs) / this.#speed);
    this.#timer = setTimeout(() => {
      this.settle().catch(() => undefined);
    }, inMs).unref();
  }
}
