import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Fields, parseStrictObject } from '../../src/http/strict-json.ts';
import { decodeConfigPlatform, decodeManifest } from '../../src/registry/manifest.ts';
import { digestOf } from '../image/manifests.ts';

const FIELDS: Fields = { kinds: { sort: 'value', skin: { mask: 'value' } }, size: 'value' };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string) => parseStrictObject(bytes(text), FIELDS);
const REFUSED = 'in this spelling';

/** Every character that Go's decoder takes for the ASCII letter. */
const spellingsOf = (letter: string): readonly string[] => [
  letter,
  letter.toUpperCase(),
  ...(letter === 's' ? ['ſ'] : letter === 'k' ? ['K'] : []),
];

/** Another spelling of a name; perhaps the same. */
const respelled = (name: string): fc.Arbitrary<string> =>
  fc
    .tuple(...Array.from(name, (letter) => fc.constantFrom(...spellingsOf(letter))))
    .map((all) => all.join(''));

/** The key as JSON, each character perhaps escaped. */
const written = (key: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      ...Array.from(key, (character) =>
        fc.constantFrom(character, `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
      ),
    )
    .map((all) => `"${all.join('')}"`);

describe('A document that a digest proves', () => {
  test('is read as any JSON', () => {
    const document = {
      kinds: [{ sort: 'a"\\{}[],:', skin: { mask: 1, other: { a: 1, A: 2 } } }],
      size: null,
    };
    expect(read(JSON.stringify(document, undefined, 2))).toEqual(document);
  });

  test.each([
    ['a duplicate', '{"size":1,"size":2}'],
    ['a duplicate, escaped', '{"size":1,"siz\\u0065":2}'],
    ['a key in capitals beside it', '{"size":1,"Size":2}'],
    ['a key in capitals before it', '{"SIZE":1,"size":2}'],
    ['a key in capitals alone', '{"Size":2}'],
    ['a long s', '{"ſize":1}'],
    ['a Kelvin sign', '{"kinds":[],"\\u212Ainds":[]}'],
    ['a duplicate that is not read', '{"other":1,"Other":2}'],
    ['a duplicate in an entry', '{"kinds":[{},{"sort":"a","Sort":"b"}]}'],
    ['a duplicate below an entry', '{"kinds":[{"skin":{"mask":1,"mask":2}}]}'],
    ['a duplicate behind other values', '{"other":[{"a":[1]},"}"],"size":1,"siZe":2}'],
    ['a duplicate among lists of lists', '{"kinds":[[[{"sort":1,"ſort":2}]]]}'],
  ])('is refused with %s', (_what, text) => {
    expect(() => read(text)).toThrow(REFUSED);
  });

  test.each([
    ['a map', '{"other":{"Label":1,"label":2}}'],
    ['a map in an entry', '{"kinds":[{"other":{"Label":1,"label":2}}]}'],
    ['texts that look like keys', '{"kinds":[{"sort":"\\",\\"Sort\\":"}],"size":"size"}'],
    ['the same key at two levels', '{"size":{"size":{"Size":1}},"kinds":{"size":1}}'],
    ['one key of an object of the language', '{"__proto__":{"size":1,"Size":2},"constructor":1}'],
  ])('is read with %s', (_what, text) => {
    expect(read(text)).toEqual(JSON.parse(text));
  });

  test.each(['[]', '1', 'null', '{"size":1', '', '<html>', '{"size":1}{}'])('is no object: %j', (text) => {
    expect(() => read(text)).toThrow();
  });

  test('is refused for any two spellings of one key, at every level that is read, and only then', () => {
    const levels: readonly ((inner: string) => string)[] = [
      (inner) => `{${inner}}`,
      (inner) => `{"kinds":[{"sort":"x"},{${inner}}]}`,
      (inner) => `{"kinds":{${inner}}}`,
      (inner) => `{"size":1,"kinds":[{"skin":{${inner}}}]}`,
    ];
    const keys = fc
      .constantFrom('task', 'sky', 'mark', 'desks')
      .chain((name) => fc.tuple(respelled(name), respelled(name)))
      .chain(([one, other]) => fc.tuple(written(one), written(other)));
    fc.assert(
      fc.property(keys, fc.constantFrom(...levels), fc.boolean(), ([one, other], level, isPair) => {
        const between = '"between":[{"a":1,"A":2},"{\\"task\\":1"]';
        const text = level(isPair ? `${one}:1,${between},${other}:[]` : `${one}:1,${between}`);
        if (isPair) expect(() => read(text)).toThrow(REFUSED);
        else expect(read(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  test('is scanned once: four megabytes of the worst kinds are answered', () => {
    const length = 4 * 1024 * 1024;
    const worst: readonly [text: string, refusal: string | undefined][] = [
      [`{"size":"${'\\\\'.repeat(length / 2)}"}`, undefined],
      [`{"size":[${'{},'.repeat(length / 3)}{}]}`, 'values'],
      [`{${Array.from({ length: 400_000 }, (_, at) => `"${at.toString(36)}":0`).join()}}`, undefined],
      [`{${Array.from({ length: 200_000 }, (_, at) => `"ſ ${at}":0`).join()}}`, undefined],
      [`{"size":${'['.repeat(900)}${']'.repeat(900)}}`, 'levels'],
      [`{"size":${'['.repeat(length / 2)}${']'.repeat(length / 2)}}`, 'levels'],
    ];
    for (const [text, refusal] of worst) {
      if (refusal === undefined) expect(Object.keys(read(text)).length).toBeGreaterThan(0);
      else expect(() => read(text)).toThrow(refusal);
    }
  });
});

describe('What registries send', () => {
  const digest = digestOf('x');
  const image = `"config":{"digest":"${digest}"},"layers":[]`;
  const child = `"digest":"${digest}","platform":{"os":"linux","architecture":"arm64"}`;

  test.each([
    ['the entries twice', `{"manifests":[{${child}}],"Manifests":[]}`],
    ['the entries with a long s', `{"manifestſ":[{${child}}],${image}}`],
    ['only capitals', `{"Manifests":[{${child}}]}`],
    ['a second digest', `{"manifests":[{${child},"Digest":"${digestOf('y')}"}]}`],
    ['a second platform', `{"manifests":[{${child},"PLATFORM":null}]}`],
    [
      'a second architecture',
      `{"manifests":[{"digest":"${digest}","platform":{"os":"linux","architecture":"arm64","Architecture":"amd64"}}]}`,
    ],
    ['a second configuration', `{${image},"Config":{"digest":"${digestOf('y')}"}}`],
    [
      'a second digest of the configuration',
      `{"config":{"digest":"${digest}","digest":"${digest}"},"layers":[]}`,
    ],
    [
      'a second type of a layer',
      `{"config":{"digest":"${digest}"},"layers":[{"mediaType":"a","mediatype":"b"}]}`,
    ],
    ['a second type of the whole', `{"mediaType":"","MediaType":"x",${image}}`],
  ])('as a manifest with %s is refused', (_what, text) => {
    expect(() => decodeManifest(bytes(text))).toThrow(REFUSED);
  });

  test('as a manifest may have annotations that differ in capitals', () => {
    const text = `{"manifests":[{${child},"annotations":{"A":"1","a":"2"}}],"annotations":{"B":"1","b":"2"}}`;
    expect(decodeManifest(bytes(text)).kind).toBe('index');
  });

  test.each([
    ['{"os":"linux","architecture":"arm64","OS":"windows"}'],
    ['{"oſ":"linux","architecture":"arm64"}'],
    ['{"os":"linux","architecture":"arm64","architecture":"amd64"}'],
    ['{"os":"linux","architecture":"arm64","Variant":"v9"}'],
  ])('as a configuration is refused: %s', (text) => {
    expect(() => decodeConfigPlatform(bytes(text))).toThrow(REFUSED);
  });

  test('as a configuration may have labels that differ in capitals', () => {
    const text =
      '{"os":"linux","architecture":"arm64","config":{"Labels":{"Maintainer":"a","maintainer":"b"}}}';
    expect(decodeConfigPlatform(bytes(text))).toEqual({ os: 'linux', architecture: 'arm64', variant: '' });
  });
});
