import { describe, expect, test } from '@jest/globals';
import type { Image } from '../../src/image/image.ts';
import { parseReference } from '../../src/image/reference.ts';
import { isItself, placeholdersOf, referenceFor } from '../../src/image/reference-template.ts';

const DIGEST = `sha256:${'a'.repeat(64)}` as const;

function imageOf(reference: string): Image {
  const image = parseReference(reference);
  if ('wrong' in image) throw new Error(`${reference} ${image.wrong}`);
  return image;
}

const image = imageOf('registry.example.com/team/shop/app:1.4');
const untagged: Image = { ...image, tag: undefined, digest: DIGEST, scanBy: { digest: DIGEST } };

describe('A template for references', () => {
  test('has the words in braces that it may have, and those that it may not', () => {
    const { known, unknown } = placeholdersOf('{name}/{repository}:{tag}-{name}{}{Name}');
    expect([...known]).toEqual(['name', 'repository', 'tag']);
    expect(unknown).toEqual(['', 'Name']);
    expect([...placeholdersOf('a/{tag}').known]).toEqual(['tag']);
    expect(placeholdersOf('a/b:live')).toEqual({ known: new Set(), unknown: [] });
  });

  test.each([
    ['registry.example.com/production/{name}:live', 'registry.example.com/production/app:live'],
    ['mirror.example.com/{repository}:{tag}', 'mirror.example.com/team/shop/app:1.4'],
    [`registry.example.com/production/{name}@${DIGEST}`, `registry.example.com/production/app@${DIGEST}`],
  ])('%s gives %s', (template, expected) => {
    const reference = imageOf(expected);
    const scanBy = reference.digest === undefined ? reference.scanBy : { digest: reference.digest };
    expect(referenceFor(template, image)).toEqual({ ...reference, scanBy });
  });

  test('gives none for a word that it may not have, nor for a tag that the image does not have', () => {
    expect(referenceFor('production/{nam}:live', image)).toHaveProperty('wrong');
    expect(referenceFor('production/app:{tag}', untagged)).toHaveProperty('wrong');
    expect(referenceFor('alpine:{tag}', image)).toEqual(imageOf('alpine:1.4'));
  });

  test.each<[string, Image, boolean]>([
    ['registry.example.com/team/shop/app:1.4', image, true],
    ['Registry.Example.com/team/shop/app:1.4', image, true],
    ['registry.example.com/team/shop/app:1.5', image, false],
    ['other.example.com/team/shop/app:1.4', image, false],
    ['registry.example.com/team/shop/app2:1.4', image, false],
    [`registry.example.com/team/shop/app@${DIGEST}`, image, false],
    [`registry.example.com/team/shop/app@${DIGEST}`, untagged, true],
    [`registry.example.com/team/shop/app:1.4@${DIGEST}`, { ...image, digest: DIGEST }, true],
    [`registry.example.com/team/shop/app@sha256:${'b'.repeat(64)}`, untagged, false],
    ['registry.example.com/team/shop/app:1.4', untagged, false],
  ])('that gives %s is the image itself: %#', (reference, of, expected) => {
    expect(isItself(imageOf(reference), of)).toBe(expected);
    expect(isItself({ ...imageOf(reference), tag: undefined, digest: undefined }, untagged)).toBe(false);
  });
});
