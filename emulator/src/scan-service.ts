import type { ProgressQuery, ProgressResult, RegistryScanRequest, TriggerResult } from './api-types.ts';
import type { ConsoleClock } from './clock.ts';
import type { ImageIndex } from './image-index.ts';
import { OnDemandService } from './on-demand-service.ts';
import type { RegularScan } from './regular-scan.ts';
import { RegularService } from './regular-service.ts';
import type { ImageReference, RegistrySpec, ScanSpec } from './scenario.ts';
import type { Settings } from './settings.ts';

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

  /** Starts the requested scan; `scan` replaces the next scan of the images. */
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

/** True if a request is for an on-demand scan of one image; any other request is for a regular scan. */
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
