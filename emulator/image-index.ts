import { fullName, sameRegistry, withoutScheme } from './registry-name.ts';
import type { ImageReference, ImageScript } from './scenario.ts';
import type { Settings } from './settings.ts';
import { SimulatedImage } from './simulated-image.ts';

/** The images of a Console, found without a search by tag, by digest and by full name. */
export class ImageIndex {
  readonly #settings: Settings;
  readonly #startedAtMs: number;
  readonly #byReference = new Map<string, Set<SimulatedImage>>();
  readonly #byName = new Map<string, SimulatedImage>();
  readonly #byBareName = new Map<string, Set<SimulatedImage>>();
  #all: SimulatedImage[] = [];

  constructor(scripts: readonly ImageScript[], settings: Settings, startedAtMs: number) {
    this.#settings = settings;
    this.#startedAtMs = startedAtMs;
    const names = new Set<string>();
    for (const script of scripts) {
      const name = fullName(script, settings);
      if (names.has(name)) throw new Error(`The scenario has two images named ${name}.`);
      names.add(name);
    }
    this.put(scripts);
  }

  /** In the order of their full names, which is that of reports. */
  get all(): readonly SimulatedImage[] {
    return this.#all;
  }

  /** Adds images, or renews those that are there by the same full name. */
  put(scripts: readonly ImageScript[]): void {
    for (const script of scripts) {
      const known = this.#byName.get(fullName(script, this.#settings));
      const image = known ?? new SimulatedImage(script, this.#settings, this.#startedAtMs);
      if (known === undefined) {
        this.#byName.set(image.name, image);
        addTo(this.#byBareName, withoutScheme(image.name), image);
      } else {
        known.renew(script);
      }
      const { repo, tag } = script;
      addTo(this.#byReference, `${repo}:${tag}`, image);
      // Digests that a renewed image had before stay: scans that were asked for by them may still be polled.
      for (const digest of image.digests()) addTo(this.#byReference, `${repo}@${digest}`, image);
    }
    this.#all = [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The images that a tag, or else a digest, names; in every registry where none is given. */
  find(asked: ImageReference, match: Settings['registryMatch']): SimulatedImage[] {
    const { registry, repo, tag, digest } = asked;
    const key = tag === undefined || tag === '' ? `${repo}@${digest}` : `${repo}:${tag}`;
    const images = [...(this.#byReference.get(key) ?? [])];
    if (registry === undefined) return images;
    return images.filter((image) => sameRegistry(registry, image.script.registry, match));
  }

  /** The images that a full name means. */
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
