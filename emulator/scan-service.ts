import type {
  ProgressQuery,
  ProgressResult,
  RegistryScanProgress,
  RegistryScanRequest,
  TriggerResult,
} from './api-types.ts';
import { buildImage, buildRegistry, buildScan } from './builders.ts';
import type { ConsoleClock } from './clock.ts';
import type { ImageIndex } from './image-index.ts';
import { sameRegistry } from './image-name.ts';
import type { ImageSelector } from './on-demand-scan.ts';
import { progressEntry } from './progress.ts';
import { RegularScan } from './regular-scan.ts';
import type { ImageReference, RegistrySpec, ScanSpec } from './scenario.ts';
import type { Settings } from './settings.ts';
import type { SimulatedImage } from './simulated-image.ts';

/** Dispatches to the on-demand and the regular scan service, and refuses invalid requests. */
export class ScanService {
  readonly #onDemand: OnDemandService;
  readonly #regular: RegularService;
  readonly #settings: Settings;

  constructor(
    images: ImageIndex,
    registries: readonly RegistrySpec[],
    settings: Settings,
    clock: ConsoleClock,
  ) {
    this.#onDemand = new OnDemandService(images, settings, clock);
    this.#regular = new RegularService(images, registries, settings, clock);
    this.#settings = settings;
  }

  /** `scan` replaces the next scan of the images. */
  begin(request: RegistryScanRequest, atMs: number, scan?: ScanSpec): TriggerResult {
    const { unknownImage, regularScanTwice, triggerBlocksMs, triggerBody, singleImageScan } = this.#settings;
    if (isOnDemand(request)) {
      const { registry, repo = '', tag, digest } = request.tag ?? {};
      const begun = this.#onDemand.begin({ registry, repo, tag, digest }, atMs, scan);
      if (begun === 'unnamed') return refused('an on-demand scan needs a tag or a digest');
      if (begun === 'unknown' && unknownImage === 'refused') return refused('no such image');
    } else {
      if (this.#regular.ongoing(atMs) && regularScanTwice === 'refused') {
        return refused('a registry scan is already in progress');
      }
      const image = singleImageScan === 'image' ? singleImage(request) : undefined;
      if (image === undefined) this.#regular.begin(atMs);
      else this.#regular.beginSelected([image], atMs);
    }
    return { status: 200, body: triggerBody, answerAfterMs: triggerBlocksMs };
  }

  /** `POST registry/scan/select`: on-demand scans, and one regular scan of the other elements. */
  beginAll(requests: readonly RegistryScanRequest[], atMs: number): void {
    for (const request of requests.filter(isOnDemand)) this.begin(request, atMs);
    const regular = requests.filter((request) => !isOnDemand(request));
    if (regular.length === 0) return;
    this.#regular.beginSelected(
      regular.map(({ tag = {} }) => ({ ...tag, repo: tag.repo ?? '' })),
      atMs,
    );
  }

  read(query: ProgressQuery, user: string, atMs: number): ProgressResult {
    const { onDemand, registry, repo = '', tag, digest } = query;
    if (onDemand === true) {
      const entries = this.#onDemand.read({ registry, repo, tag, digest }, user, atMs);
      return entries === undefined
        ? badRequest('on-demand progress needs a repository, and a tag or a digest')
        : { status: 200, body: entries };
    }
    const named = [registry, repo, tag, digest].some((each) => each !== undefined && each !== '');
    if (!named) return { status: 200, body: this.#regular.read(user, atMs) };
    return this.#settings.onDemandFalse === 'empty'
      ? { status: 200, body: [] }
      : badRequest('image parameters need onDemand=true');
  }

  /** Adds or updates a registry for the next regular scan. */
  put(registry: RegistrySpec): void {
    this.#regular.put(registry);
  }

  /** The regular scan that runs or ran last. */
  get regularScan(): RegularScan | undefined {
    return this.#regular.scan;
  }

  /** Stops the regular scan, or that of one registry. */
  stopRegular(atMs: number, registry?: string): void {
    this.#regular.stop(atMs, registry);
  }

  /** Aborts the regular scan; images abort their own scans. */
  restart(): void {
    this.#regular.restart();
  }
}

/** Whether a request is for an on-demand scan of one image; any other request is for a regular scan. */
export function isOnDemand({ onDemandScan, tag }: RegistryScanRequest): boolean {
  return onDemandScan === true && tag?.repo !== undefined && tag.repo !== '';
}

/** The image that a request for a regular scan is limited to. */
function singleImage({ onDemandScan, tag = {} }: RegistryScanRequest): ImageReference | undefined {
  const { registry, repo = '', tag: name, digest } = tag;
  return onDemandScan === true || repo === '' ? undefined : { registry, repo, tag: name, digest };
}

function badRequest(err: string): ProgressResult {
  return { status: 400, body: { err } };
}

function refused(err: string): TriggerResult {
  return { status: 400, body: { err }, answerAfterMs: 0 };
}

/** Starts on-demand scans and reports their progress. */
export class OnDemandService {
  readonly #images: ImageIndex;
  readonly #settings: Settings;
  readonly #clock: ConsoleClock;

  constructor(images: ImageIndex, settings: Settings, clock: ConsoleClock) {
    this.#images = images;
    this.#settings = settings;
    this.#clock = clock;
  }

  begin(asked: ImageReference, atMs: number, scan?: ScanSpec): 'begun' | 'unknown' | 'unnamed' {
    const [selector] = selectorsOf(asked);
    if (selector === undefined) return 'unnamed';
    const images = this.#scanned(this.#images.requested(asked, selector), selector);
    for (const image of images) image.trigger(atMs, selector, scan);
    if (images.length > 0) return 'begun';
    this.#scanNothing({ ...asked, registry: asked.registry ?? '' }, selector, atMs);
    return 'unknown';
  }

  /** Returns the progress of an image's scans, and consumes the ends shown; undefined: no image named. */
  read(asked: ImageReference, user: string, atMs: number): RegistryScanProgress[] | undefined {
    const selectors = selectorsOf(asked);
    if (asked.repo === '' || selectors.length === 0) return undefined;
    const { registryMatch, endConsumed } = this.#settings;
    const registry = asked.registry === '' ? undefined : asked.registry;
    const images = this.#images.find({ ...asked, registry }, registryMatch);
    const scans = images.flatMap((image) => image.scansFor(user, selectors, atMs));
    const ended = scans.filter((scan) => !scan.ongoing(atMs));
    const entries = scans.map((scan) => progressEntry(scan.view(atMs), this.#settings, this.#clock));
    if (endConsumed === 'per-entry' || ended.length === scans.length) {
      for (const scan of ended) scan.consume(user);
    }
    return entries;
  }

  /** With `digestScanRow: untagged`, a digest is scanned as an image of its own, which has no tag. */
  #scanned(images: readonly SimulatedImage[], { kind, value }: ImageSelector): readonly SimulatedImage[] {
    if (kind === 'tag' || this.#settings.digestScanRow === 'tagged') {
      const tagged = images.filter(({ spec }) => spec.tag !== '');
      return tagged.length > 0 ? tagged : images;
    }
    return [...new Set(images.map((image) => this.#images.untagged(image, value)))];
  }

  /** Shows the scan of an image that does not exist, where the settings say so. */
  #scanNothing({ registry, repo, tag = '', digest }: ImageReference, selector: ImageSelector, atMs: number) {
    const { unknownImage } = this.#settings;
    if (unknownImage === 'never-shows' || unknownImage === 'refused') return;
    const scan = buildScan({ images: unknownImage === 'zero-of-one' ? 1 : 0, scanned: 0 });
    const image = buildImage({
      registry: registry ?? '',
      repo,
      tag,
      scans: [scan],
      ...(digest === undefined || digest === '' ? {} : { digest }),
    });
    this.#images.put([image]);
    for (const absent of this.#images.find({ registry, repo, [selector.kind]: selector.value }, 'exact')) {
      absent.trigger(atMs, selector);
      // Not an image: it is in no regular scan, and a second trigger finds it missing again.
      absent.gone = true;
    }
  }
}

/** The selectors of a request. Where both are given, the tag comes first. */
function selectorsOf({ tag, digest }: ImageReference): ImageSelector[] {
  const selectors: ImageSelector[] = [];
  if (tag !== undefined && tag !== '') selectors.push({ kind: 'tag', value: tag });
  if (digest !== undefined && digest !== '') selectors.push({ kind: 'digest', value: digest });
  return selectors;
}

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
