import { type Image, imageReference } from '../image/image.ts';
import { isItself, nameOf, placeholdersOf, referenceFor } from '../image/reference-template.ts';
import type { Severity } from '../scan/severity.ts';
import { joined } from '../text/joined.ts';
import { listText } from '../text/plural.ts';
import type { Task } from './config.ts';
import { type InputReader, shown } from './input-reader.ts';
import { mistakeHint, wrongText } from './reference-text.ts';

const EXPECTED_REFERENCE =
  "a reference such as registry.example.com/production/{name}:latest; {name}, {repository} and {tag} stand for the image's own";

/** Reads `compare-with`, and checks it for each image; undefined if it is not given. */
export function readCompareWith(
  reader: InputReader,
  task: Task,
  severityCutoff: Severity | undefined,
): string | undefined {
  const template = reader.text('compare-with');
  if (template === undefined || task.mode === 'await-regular') return undefined;
  const { known, unknown } = placeholdersOf(template);
  if (unknown.length > 0) {
    reader.refuseValue(
      'compare-with',
      EXPECTED_REFERENCE,
      `It has ${listText(unknown.map((word) => `{${word}}`))}.`,
    );
    return undefined;
  }
  if (severityCutoff === undefined) {
    reader.refuse('Input compare-with needs severity-cutoff, the only gate that it changes.');
  }
  const { images } = task;
  const untagged = known.has('tag') ? images.filter(({ tag }) => tag === undefined) : [];
  if (untagged.length > 0) {
    const names = untagged.slice(0, 3).map(imageReference);
    reader.refuse(`Input compare-with has {tag}, and ${listText(names)} has no tag.`);
    return undefined;
  }
  refuseOneForSeveral(reader, images, known.has('name') || known.has('repository'));
  const wrong = images.flatMap((image) => mistakeOf(template, image) ?? []);
  for (const each of new Set(wrong)) reader.refuse(`Input compare-with is ${shown(template)}, which ${each}`);
  if (wrong.length === 0) warnOfOtherNames(reader, template, images);
  return template;
}

function refuseOneForSeveral(reader: InputReader, images: readonly Image[], isPerRepository: boolean): void {
  const repositories = new Set(images.map(({ registry, repository }) => `${registry}/${repository}`));
  if (repositories.size < 2 || isPerRepository) return;
  reader.refuse(
    `Input compare-with names one reference for ${repositories.size} repositories. Write {name} or {repository} in it.`,
  );
}

/** Continues “… is TEXT, which”; undefined if the reference can be used. */
function mistakeOf(template: string, image: Image): string | undefined {
  const reference = referenceFor(template, image);
  if ('wrong' in reference) return joined([`${wrongText(reference)}.`, mistakeHint(reference)]);
  return isItself(reference, image)
    ? `is ${imageReference(image)} itself, so everything would be known. Name the image that runs.`
    : undefined;
}

/**
 * Warns of a reference with another name, which is often a mistake: most findings of another image are in other
 * packages.
 */
function warnOfOtherNames(reader: InputReader, template: string, images: readonly Image[]): void {
  const others = images.filter((image) => {
    const reference = referenceFor(template, image);
    return !('wrong' in reference) && nameOf(reference) !== nameOf(image);
  });
  if (others.length === 0) return;
  const names = others.slice(0, 3).map(imageReference);
  reader.warn(
    `Input compare-with compares ${listText(names)} with an image of another name: ${shown(template)}. Check that this is meant.`,
  );
}
