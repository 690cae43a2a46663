import { inTurns } from './in-turns.ts';
import type { ConsoleModel } from './model.ts';
import { RealRegistry } from './real-registry.ts';
import { RegistryClient } from './registry-client.ts';
import { sameRegistry } from './registry-name.ts';
import { isOnDemand } from './scan-desk.ts';
import type { ImageReference } from './scenario.ts';
import type { Settings } from './settings.ts';
import type { RegistryScanRequest } from './wire.ts';

export type RealRegistriesOptions = {
  /** `http://127.0.0.1:5001`, perhaps with user and password. */
  readonly addresses: readonly string[];
  /** How long the scan of an image takes once it is discovered; 2 s where left out. */
  readonly scanMs?: number;
  /** How long a registry may take for one answer; 5 s where left out. */
  readonly deadlineMs?: number;
};

/** Scans that are due look at once; this keeps a clock that stands still from being asked without end. */
const soonestLookMs = 10;

/**
 * The registries behind the Console. The model knows nothing of networks: it is told what was discovered before
 * a scan begins, and before it answers anything, what those scans found that have come so far.
 */
export class RealRegistries {
  readonly #model: ConsoleModel;
  readonly #settings: Settings;
  readonly #registries: readonly RealRegistry[];
  #settled: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(model: ConsoleModel, settings: Settings, options: RealRegistriesOptions) {
    const { addresses, scanMs = 2_000, deadlineMs = 5_000 } = options;
    this.#model = model;
    this.#settings = settings;
    this.#registries = addresses.map(
      (address) => new RealRegistry(new RegistryClient(address, deadlineMs), settings.indexDigest, scanMs),
    );
  }

  /** The discovery phase of the scan that a request is about to start. */
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

  /** Looks what those scans find that have come so far, and has the next ones looked after in time. */
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
    this.#model.onlyHas(registry.name, images, image);
  }

  async #discoverAll(registry: RealRegistry): Promise<void> {
    const found = await registry.everything();
    this.#model.discovered(found.images ?? [], found.registry);
    if (found.images !== undefined) this.#model.onlyHas(registry.name, found.images, undefined);
  }

  async #settleDue(): Promise<void> {
    for (;;) {
      const due = this.#model.openScans.filter(({ dueAtMs }) => dueAtMs <= this.#model.nowMs);
      if (due.length === 0) break;
      await inTurns(due, async (scan) => {
        const { registry, repo } = scan.image.script;
        const real = this.#registries.find(({ name }) => name === registry);
        if (real === undefined) throw new Error(`No address was given for the registry ${registry}.`);
        this.#model.settle(scan, await real.scan(repo, scan.askedBy.value));
      });
    }
    this.#lookInTime();
  }

  /** A tag may move at any time, so a scan looks when it is due and not when somebody asks for it. */
  #lookInTime(): void {
    clearTimeout(this.#timer);
    const next = Math.min(...this.#model.openScans.map(({ dueAtMs }) => dueAtMs));
    if (next === Number.POSITIVE_INFINITY) return;
    const inMs = Math.max(soonestLookMs, next - this.#model.nowMs);
    this.#timer = setTimeout(() => {
      this.settle().catch(() => undefined);
    }, inMs).unref();
  }
}
