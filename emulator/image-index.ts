import { sameRegistry, withoutScheme } from './registry-name.ts';
import type { ImageReference, ImageScript } from './scenario.ts';
import type { Settings } from './settings.ts';
import { SimulatedImage } from './simulated-image.ts';

/** The images of a Console, found without a search by tag, by digest and by full name. */
export class ImageIndex {
  /** In the order of their full names, which is that of reports. */
  readonly all: readonly SimulatedImage[];
  readonly #byReference = new Map<string, SimulatedImage[]>();
  readonly #byName = new Map<string, SimulatedImage>();
  readonly #byBareName = new Map<string, SimulatedImage[]>();

  constructor(scripts: readonly ImageScript[], settings: Settings, startedAtMs: number) {
    this.all = scripts
      .map((script) => new SimulatedImage(script, settings, startedAtMs))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const image of this.all) {
      if (this.#byName.has(image.name)) throw new Error(`The scenario has two images named ${image.name}.`);
      this.#byName.set(image.name, image);
      addTo(this.#byBareName, withoutScheme(image.name), image);
      const { repo, tag } = image.script;
      addTo(this.#byReference, `${repo}:${tag}`, image);
      for (const digest of image.digests()) addTo(this.#byReference, `${repo}@${digest}`, image);
    }
  }

  /** The images that a tag, or else a digest, names; in every registry where none is given. */
  find(asked: ImageReference, match: Settings['registryMatch']): SimulatedImage[] {
    const { registry, repo, tag, digest } = asked;
    const key = tag === undefined || tag === '' ? `${repo}@${digest}` : `${repo}:${tag}`;
    const images = this.#byReference.get(key) ?? [];
    if (registry === undefined) return images;
    return images.filter((image) => sameRegistry(registry, image.script.registry, match));
  }

  /** The images that a full name means. */
  named(name: string, match: Settings['nameMatch']): readonly SimulatedImage[] {
    if (match === 'without-scheme') return this.#byBareName.get(withoutScheme(name)) ?? [];
    const image = this.#byName.get(name);
    return image === undefined ? [] : [image];
  }
}

function addTo(index: Map<string, SimulatedImage[]>, key: string, image: SimulatedImage): void {
  const found = index.get(key);
  if (found === undefined) index.set(key, [image]);
  else found.push(image);
}
