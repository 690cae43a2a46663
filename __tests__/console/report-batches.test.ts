import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { batchOf, type Detail, type Inquiry, queryFor, shareInFull } from '../../src/console/report-batch.ts';
import type { Image } from '../../src/scan/image.ts';

const DIGEST = `sha256:${'a'.repeat(64)}` as const;

function tagged(repository: string, registry = 'registry.example.com'): Image {
  return { registry, repository, scanBy: { tag: '1.0' }, requiredDigest: undefined };
}

function digested(repository: string, registry = 'registry.example.com'): Image {
  return { registry, repository, scanBy: { digest: DIGEST }, requiredDigest: DIGEST };
}

const asked = (image: Image, detail: Detail = 'compact'): Inquiry => ({ image, detail });
const many = (count: number, detail: Detail = 'compact'): Inquiry[] =>
  Array.from({ length: count }, (_none, at) => asked(tagged(`a/b${at}`), detail));

const smallest = () => shareInFull(0);

describe('A batch of questions for the report', () => {
  test('is empty where nobody asks', () => {
    expect(batchOf([], smallest)).toEqual([]);
    expect(queryFor([])).toEqual([]);
  });

  test.each<[string, Inquiry[], number[]]>([
    ['takes tags of any repository together', [asked(tagged('a')), asked(tagged('b', ''))], [0, 1]],
    ['asks in one detail', [asked(tagged('a')), asked(tagged('b'), 'full'), asked(tagged('c'))], [0, 2]],
    ['is of the detail of who came first', [asked(tagged('a'), 'full'), asked(tagged('b'))], [0]],
    [
      'does not ask for digests by name',
      [asked(tagged('a')), asked(digested('a')), asked(tagged('b'))],
      [0, 2],
    ],
    ['takes digests of one repository together', [asked(digested('a')), asked(digested('a'))], [0, 1]],
    ['keeps repositories apart', [asked(digested('a')), asked(digested('b')), asked(digested('a'))], [0, 2]],
    [
      'asks registries together that share a repository',
      [asked(digested('a/b')), asked(digested('a/b', ''))],
      [0, 1],
    ],
    [
      'keeps official images apart from those of the name',
      [asked(digested('a', '')), asked(digested('a'))],
      [0],
    ],
  ])('%s', (_name, waiting, taken) => {
    expect(batchOf(waiting, smallest)).toEqual(taken.map((at) => waiting[at]));
  });

  test('is answered by less than a page', () => {
    expect(batchOf(many(200), smallest)).toHaveLength(45);
    expect(batchOf(many(200), smallest)).toEqual(many(45));
  });

  test.each([
    [208, 12],
    [209, 11],
  ])(
    'of repositories with %d characters has %d, for the address must not grow too long',
    (length, images) => {
      const waiting = Array.from({ length: 40 }, (_none, at) =>
        asked(tagged(String(at).padStart(length, 'a'))),
      );
      expect(batchOf(waiting, smallest)).toHaveLength(images);
      const address = String(
        new URLSearchParams(
          queryFor(waiting.slice(0, images)).map(([key, value]): [string, string] => [key, value]),
        ),
      );
      expect(address.length).toBeLessThan(6_000);
    },
  );

  test('takes what is asked for by digest together with others once its names are known', () => {
    const waiting: Inquiry[] = [
      { ...asked(digested('a'), 'full'), names: ['a:1'] },
      { ...asked(digested('b'), 'full'), names: ['b:1', 'b:2'] },
      asked(tagged('c', ''), 'full'),
      asked(digested('d'), 'full'),
    ];
    const batch = batchOf(waiting, smallest);
    expect(batch).toEqual(waiting.slice(0, 3));
    expect(queryFor(batch).slice(0, 3)).toEqual([
      ['name', 'a:1'],
      ['name', 'b:1'],
      ['name', 'b:2'],
    ]);
  });

  test('has the findings of twenty thousand in full, and of any number otherwise', () => {
    const sizes = new Map(
      [0, 1, 2, 3, 4].map((at) => [`a/b${at}`, [9_000, 9_000, 2_000, 1_000, 5][at] ?? 0]),
    );
    const shareOf = ({ image }: Inquiry) => shareInFull(sizes.get(image.repository) ?? 0);
    expect(batchOf(many(5, 'full'), shareOf)).toHaveLength(3);
    expect(batchOf(many(5), shareOf)).toHaveLength(5);
  });

  test.each([
    [0, 45],
    [444, 45],
    [1_000, 20],
    [10_000, 2],
    [20_000, 1],
    [5_000_000, 1],
  ])('of images with %d findings each has %d in full', (findings, images) => {
    expect(batchOf(many(100, 'full'), () => shareInFull(findings))).toHaveLength(images);
  });

  test('answers him who has waited longest, whatever he asks, with an address that servers take', () => {
    const name = fc.stringMatching(/^[a-z0-9]{1,120}(?:\/[a-z0-9]{1,120}){0,3}$/);
    const registry = fc.constantFrom(
      '',
      'docker.io',
      'registry.example.com:5000',
      'https://quay.example.com',
    );
    const inquiry = fc
      .tuple(name, registry, fc.boolean(), fc.constantFrom<Detail[]>('compact', 'full'))
      .map(([repository, host, isByTag, detail]) =>
        asked(isByTag ? tagged(repository, host) : digested(repository, host), detail),
      );
    const share = fc.double({ min: 1 / 45, max: 3, noNaN: true });
    fc.assert(
      fc.property(fc.array(inquiry, { minLength: 1, maxLength: 120 }), share, (waiting, each) => {
        const batch = batchOf(waiting, () => each);
        expect(batch[0]).toBe(waiting[0]);
        const params = new URLSearchParams(
          queryFor(batch).map(([key, value]): [string, string] => [key, value]),
        );
        if (batch.length > 1) expect(String(params).length).toBeLessThanOrEqual(6_000);
        expect(batch.length).toBeLessThanOrEqual(45);
        const [first] = batch;
        for (const { detail } of batch) expect(detail).toBe(first?.detail);
        // In order, and none twice.
        const places = batch.map((one) => waiting.indexOf(one));
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
      }),
    );
  });
});

describe('The query of a batch', () => {
  test('has every spelling of every name once', () => {
    const query = queryFor([asked(tagged('a')), asked(tagged('b')), asked(tagged('a'))]);
    expect(query).toEqual([
      ['name', 'registry.example.com/a:1.0'],
      ['name', 'https://registry.example.com/a:1.0'],
      ['name', 'registry.example.com/b:1.0'],
      ['name', 'https://registry.example.com/b:1.0'],
    ]);
  });

  test('has for a digest the repository, once for all its digests', () => {
    const other = { ...digested('a'), scanBy: { digest: `sha256:${'b'.repeat(64)}` as const } };
    expect(queryFor([asked(digested('a')), asked(other)])).toEqual([['repository', 'a']]);
    expect(queryFor([asked(digested('alpine', ''))])).toEqual([
      ['repository', 'library/alpine'],
      ['repository', 'alpine'],
    ]);
  });
});
