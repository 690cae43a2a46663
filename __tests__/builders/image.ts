import type { Digest, Image } from '../../src/image/image.ts';

const REGISTRY = 'registry.example.com';

/** An image by its tag; the empty registry is Docker Hub. */
export function taggedImage(repository: string, tag: string, registry = REGISTRY): Image {
  return { registry, repository, tag, digest: undefined, scanBy: { tag }, platform: undefined };
}

/** An image by its digest alone. */
export function digestedImage(repository: string, digest: Digest, registry = REGISTRY): Image {
  return { registry, repository, tag: undefined, digest, scanBy: { digest }, platform: undefined };
}
