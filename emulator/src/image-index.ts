import type { ImageContext } from './image-context.ts';
import { fullName, sameRegistry, withoutScheme } from './image-name.ts';
import type { ImageSelector } from './on-demand-scan.ts';
import type { ImageReference, ImageSpec } from './scenario.ts';
import type { Settings } from './settings.ts';
import { SimulatedImage } from './simulated-image.ts';

/** The images of a Console, indexed by tag, by digest and by full name. */
export class ImageIndex {
  readonly #context: ImageContext;
  readonly #byKey = new Map<string, SimulatedImage>();
  readonly #byReference = new Map<string, Set<SimulatedImage>>();
  readonly #byName = new Map<string, Set<SimulatedImage>>();
  readonly #byBareName = new Map<string, Set<SimulatedImage>>();
  /** By the full names of the other tags that a row lists. */
  readonly #byOtherName = new Map<string, Set<SimulatedImage>>();
  #all: SimulatedImage[] = [];

  constructor(specs: readonly ImageSpec[], context: ImageContext) {
    this.#context = context;
    const keys = new Set<string>();
    for (const spec of specs) {
      const key = this.#keyOf(spec);
      if (keys.has(key)) {
        throw new Error(`The scenario has two images named ${fullName(spec, context.settings)}.`);
      }
      keys.add(key);
    }
    this.put(specs);
  }

  /** All images in the order of reports: by full name. */
  get all(): readonly SimulatedImage[] {
    return this.#all;
  }

  /** Adds images, or updates those with the same full name. */
  put(specs: readonly ImageSpec[]): void {
    for (const spec of specs) this.#put(spec);
    this.#sort();
  }

  /** Returns the image that a digest of `image` names by itself, without a tag; adds it if necessary. */
  untagged({ spec }: SimulatedImage, digest: string): SimulatedImage {
    const { earlier: _, history: __, alsoTagged: ___, ...kept } = spec;
    const scans = spec.scans.map(({ digest: ____, ...scan }) => scan);
    const [first, ...rest] = scans;
    if (first === undefined) throw new Error('An image has at least one scan.');
    const untagged: ImageSpec = { ...kept, tag: '', digest, scans: [first, ...rest] };
    const known = this.#byKey.get(this.#keyOf(untagged));
    if (known !== undefined && !known.gone) return known;
    const image = this.#put(untagged);
    this.#sort();
    return image;
  }

  /** Finds images by tag, or else by digest; without a registry, in all of them. */
  find(asked: ImageReference, match: Settings['registryMatch']): SimulatedImage[] {
    const { registry, repo, tag, digest } = asked;
    const key = tag === undefined || tag === '' ? `${repo}@${digest}` : `${repo}:${tag}`;
    const images = [...(this.#byReference.get(key) ?? [])];
    if (registry === undefined) return images;
    return images.filter((image) => sameRegistry(registry, image.spec.registry, match));
  }

  /** Finds the images that a trigger names. */
  requested({ registry: given = '', repo }: ImageReference, selector: ImageSelector): SimulatedImage[] {
    const { emptyRegistryTriggers, registryMatch } = this.#context.settings;
    const registry = given === '' && emptyRegistryTriggers === 'every-registry' ? undefined : given;
    const match = registryMatch === 'exact' ? 'exact' : 'without-scheme';
    const found = this.find({ registry, repo, [selector.kind]: selector.value }, match);
    return found.filter((image) => image.matches(selector));
  }

  /** Finds images by full name. */
  named(name: string): readonly SimulatedImage[] {
    const { nameMatch, nameMatchesTags } = this.#context.settings;
    const own =
      nameMatch === 'without-scheme' ? this.#byBareName.get(withoutScheme(name)) : this.#byName.get(name);
    const others = nameMatchesTags ? this.#byOtherName.get(name) : undefined;
    return [...(own ?? []), ...(others ?? [])];
  }

  #sort(): void {
    this.#all = [...this.#byKey.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #put(spec: ImageSpec): SimulatedImage {
    const key = this.#keyOf(spec);
    const known = this.#byKey.get(key);
    const image = known ?? new SimulatedImage(spec, this.#context);
    if (known === undefined) {
      this.#byKey.set(key, image);
      addTo(this.#byName, image.name, image);
      addTo(this.#byBareName, withoutScheme(image.name), image);
    } else {
      known.update(spec);
    }
    const { repo, tag, alsoTagged = [] } = spec;
    for (const other of alsoTagged) {
      addTo(this.#byOtherName, fullName({ ...spec, tag: other }, this.#context.settings), image);
    }
    if (tag !== '') addTo(this.#byReference, `${repo}:${tag}`, image);
    // Earlier digests of an updated image stay: scans requested by them may still be polled.
    for (const digest of image.digests()) addTo(this.#byReference, `${repo}@${digest}`, image);
    return image;
  }

  /** The digest distinguishes an image without a tag from others of its repository, whatever its name. */
  #keyOf(spec: ImageSpec): string {
    return fullName(spec, { ...this.#context.settings, untaggedName: 'digest' });
  }
}

function addTo(index: Map<string, Set<SimulatedImage>>, key: string, image: SimulatedImage): void {
  const found = index.get(key);
  if (found === undefined) index.set(key, new Set([image]));
  else found.add(image);
}
