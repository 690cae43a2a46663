import type { CallError } from '../../src/http/call-error.ts';
import type { Digest } from '../../src/image/image.ts';
import type { ImageManifests } from '../../src/image/manifests.ts';
import type { ImageRegistry } from '../../src/registry/registry.ts';
import { registryError } from '../../src/registry/registry-error.ts';

/** A registry that knows these images and tags, or fails every call. */
export class KnownRegistry implements ImageRegistry {
  /** The tags and digests that were asked for. */
  readonly asked: string[] = [];
  failure: CallError | undefined;
  readonly #images: readonly ImageManifests[];
  readonly #tags: Readonly<Record<string, Digest>>;

  constructor(images: readonly ImageManifests[] = [], tags: Readonly<Record<string, Digest>> = {}) {
    this.#images = images;
    this.#tags = tags;
  }

  async resolveTag(_image: unknown, tag: string): Promise<Digest> {
    return this.#answer(tag, this.#tags[tag]);
  }

  async manifestsOf(_image: unknown, digest: Digest): Promise<ImageManifests> {
    return this.#answer(
      digest,
      this.#images.find((image) => image.digest === digest),
    );
  }

  #answer<T>(asked: string, answer: T | undefined): T {
    this.asked.push(asked);
    if (this.failure !== undefined) throw this.failure;
    if (answer === undefined) throw registryError('not-found', `The registry has no ${asked}.`);
    return answer;
  }
}
