import type { RegistryScanProgress } from './api-types.ts';
import { buildImage, buildScan } from './builders.ts';
import type { ConsoleClock } from './clock.ts';
import type { ImageIndex } from './image-index.ts';
import type { ImageSelector } from './on-demand-scan.ts';
import { selectorsOf } from './on-demand-scan.ts';
import { progressEntry } from './progress.ts';
import type { ImageReference, ScanSpec } from './scenario.ts';
import type { Settings } from './settings.ts';
import type { SimulatedImage } from './simulated-image.ts';

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

  /** Shows a scan of an image that does not exist, if the settings ask for it. */
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
