import { type Image, isSameRepository } from './image.ts';
import { parseReference, type ReferenceMistake } from './reference.ts';

/** The words allowed in braces in a template for references. */
const PLACEHOLDERS = ['name', 'repository', 'tag'] as const;
const PLACEHOLDER = /\{([^{}]*)\}/g;

type Placeholder = (typeof PLACEHOLDERS)[number];

/** The placeholders of a template, and the words in braces that are not placeholders. */
export function placeholdersOf(template: string): {
  readonly known: ReadonlySet<Placeholder>;
  readonly unknown: readonly string[];
} {
  const words = [...template.matchAll(PLACEHOLDER)].map(([, word = '']) => word);
  const known = PLACEHOLDERS.filter((each) => words.includes(each));
  return {
    known: new Set(known),
    unknown: words.filter((word) => !PLACEHOLDERS.some((each) => each === word)),
  };
}

/**
 * The reference that a template gives for an image: `{name}` is the last part of its repository, `{repository}` the
 * whole, `{tag}` its tag. With a digest the reference is looked up by it.
 */
export function referenceFor(template: string, image: Image): Image | ReferenceMistake {
  const values = { name: nameOf(image), repository: image.repository, tag: image.tag ?? '' };
  const text = template.replaceAll(PLACEHOLDER, (whole, word: string) => {
    const placeholder = PLACEHOLDERS.find((each) => each === word);
    return placeholder === undefined ? whole : values[placeholder];
  });
  const reference = parseReference(text);
  if ('wrong' in reference || reference.digest === undefined) return reference;
  return { ...reference, scanBy: { digest: reference.digest } };
}

/** The last part of the repository: `app` of `registry.example.com/team/app:1.4`. */
export function nameOf({ repository }: Pick<Image, 'repository'>): string {
  return repository.slice(repository.lastIndexOf('/') + 1);
}

/** True if a reference names the image itself: the same repository, and the same digest or tag. */
export function isItself(reference: Image, image: Image): boolean {
  if (!isSameRepository(reference, image)) return false;
  return reference.digest === undefined
    ? reference.tag !== undefined && reference.tag === image.tag
    : reference.digest === image.digest;
}
