import { fullName, sameRegistry, withoutScheme } from './image-name.ts';
import type { ImageReference, ImageSpec } from './scenario.ts';
import type { Settings } from './settings.ts';
import { SimulatedImage } from './simulated-image.ts';

/** The images of a Console, indexed by tag, by digest and by full name. */
export class ImageIndex {
  readonly #settings: Settings;
  readonly #startedAtMs: number;
  readonly #byReference = new Map<string, Set<SimulatedImage>>();
  readonly #byName = new Map<string, SimulatedImage>();
  readonly #byBareName = new Map<string, Set<SimulatedImage>>();
  #all: SimulatedImage[] = [];

  constructor(specs: readonly ImageSpec[], settings: Settings, startedAtMs: number) {
    this.#settings = settings;
    this.#startedAtMs = startedAtMs;
    const names = new Set<string>();
    for (const spec of specs) {
      const name = fullName(spec, settings);
      if (names.has(name)) throw new Error(`The scenario has two images named ${name}.`);
      names.add(name);
    }
    this.put(specs);
  }

  /** All images in the order of reports: by full name. */
  get all(): readonly SimulatedImage[] {
    return this.#all;
  }

  /** Adds images, or updates those with the same full name. */
  put(specs: readonly ImageSpec[]): void {
    for (const spec of specs) {
      const known = this.#byName.get(fullName(spec, this.#settings));
      const image = known ?? new SimulatedImage(spec, this.#settings, this.#startedAtMs);
      if (known === undefined) {
        this.#byName.set(image.name, image);
        addTo(this.#byBareName, withoutScheme(image.name), image);
      } else {
        known.renew(spec);
      }
      const { repo, tag } = spec;
      addTo(this.#byReference, `${repo}:${tag}`, image);
      // Earlier digests of an updated image stay: scans requested by them may still be polled.
      for (const digest of image.digests()) addTo(this.#byReference, `${repo}@${digest}`, image);
    }
    this.#all = [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Finds images by tag, or else by digest; in every registry where none is given. */
  find(asked: ImageReference, match: Settings['registryMatch']): SimulatedImage[] {
    const { registry, repo, tag, digest } = asked;
    const key = tag === undefined || tag === '' ? `${repo}@${digest}` : `${repo}:${tag}`;
    const images = [...(this.#byReference.get(key) ?? [])];
    if (registry === undefined) return images;
    return images.filter((image) => sameRegistry(registry, image.spec.registry, match));
  }

  /** Finds images by full name. */
  named(name: string, match: Settings['nameMatch']): readonly SimulatedImage[] {
    if (match === 'without-scheme') return [...(this.#byBareName.get(withoutScheme(name)) ?? [])];
    const image = this.#byName.get(name);
    return image === undefined ? [] : [image];
  }
}

function addTo(index: Map<string, Set<SimulatedImage>>, key: string, image: SimulatedImage): void {
  const found = index.get(key);
  if (found === undefined) index.set(key, new Set([image]));
  else found.add(image);
}
