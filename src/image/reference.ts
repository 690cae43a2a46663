import { canonicalRegistry, type Image, imageReference, isDigest } from './image.ts';

// The grammar of names and tags: https://github.com/distribution/reference
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+|\/)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const REGISTRY = /^(?:(?:https?:\/\/)?[A-Za-z0-9[][A-Za-z0-9[\]_.:-]*(?:\/[A-Za-z0-9_.-]+)*\/?)?$/;

export function isRepository(text: string): boolean {
  return REPOSITORY.test(text);
}

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** Whether a text can be a registry as the Console knows it; empty stands for Docker Hub. */
export function isRegistry(text: string): boolean {
  return REGISTRY.test(text);
}

/** Whether the first part of a name is a registry, as Docker decides it. */
export function namesRegistry(firstPart: string): boolean {
  return /[.:]/.test(firstPart) || firstPart === 'localhost';
}

/**
 * Reads `[registry/]repo[:tag][@sha256:…]` as Docker does: no tag and no digest means `latest`, and a single name on
 * Docker Hub is one of its official images. Gives the image, or what is wrong with the text.
 */
export function parseReference(text: string): Image | { readonly wrong: string } {
  const [beforeDigest = '', digest, ...more] = text.split('@');
  if (more.length > 0 || (digest !== undefined && !isDigest(digest))) {
    return { wrong: 'has something behind @ that is no sha256: with 64 hex digits in lower case' };
  }
  const slash = beforeDigest.indexOf('/');
  const hasRegistry = slash >= 0 && namesRegistry(beforeDigest.slice(0, slash));
  const host = hasRegistry ? beforeDigest.slice(0, slash) : '';
  const path = hasRegistry ? beforeDigest.slice(slash + 1) : beforeDigest;
  const registry = canonicalRegistry(host) === '' ? '' : host;
  if (!isRegistry(registry)) return { wrong: 'begins with something that is no registry' };

  const [name = '', tag, ...rest] = path.split(':');
  if (rest.length > 0 || (tag !== undefined && !isTag(tag))) return { wrong: 'has no tag behind the colon' };
  if (!isRepository(name)) return { wrong: 'has no repository such as library/alpine' };
  const repository = registry === '' && !name.includes('/') ? `library/${name}` : name;
  if (digest !== undefined && tag === undefined) {
    return { registry, repository, tag, digest, scanBy: { digest }, platform: undefined };
  }
  const scanned = tag ?? 'latest';
  return { registry, repository, tag: scanned, digest, scanBy: { tag: scanned }, platform: undefined };
}

/**
 * Reads a list of references, one a line; `#` begins a comment at the start of a line or behind white space. Images
 * that stand there more than once count once. Gives the images, or what is wrong and with which line.
 */
export function parseReferences(
  text: string,
): { readonly images: readonly Image[] } | { readonly wrong: string; readonly line: string } {
  const images = new Map<string, Image>();
  for (const whole of text.split(/\r\n|\r|\n/)) {
    const line = whole.replace(/(?:^|\s)#.*$/, '').trim();
    if (line === '') continue;
    const image = parseReference(line);
    if ('wrong' in image) return { wrong: image.wrong, line };
    const key = imageReference({ ...image, registry: canonicalRegistry(image.registry) });
    if (!images.has(key)) images.set(key, image);
  }
  return { images: [...images.values()] };
}
