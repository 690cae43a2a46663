import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { batchOf, fullShare } from '../../src/console/report-batch.ts';
import { queryFor, type ReportRequest } from '../../src/console/report-request.ts';
import type { Image } from '../../src/image/image.ts';
import type { Detail } from '../../src/scan/wait.ts';
import { digestedImage, taggedImage } from '../builders/image.ts';

const DIGEST = `sha256:${'a'.repeat(64)}` as const;

const tagged = (repository: string, registry?: string) => taggedImage(repository, '1.0', registry);
const digested = (repository: string, registry?: string) => digestedImage(repository, DIGEST, registry);

const noAliases = () => [];
const requestFor = (image: Image, detail: Detail = 'compact'): ReportRequest => ({
  image,
  detail,
  aliases: noAliases,
});
const many = (count: number, detail: Detail = 'compact'): ReportRequest[] =>
  Array.from({ length: count }, (_none, at) => requestFor(tagged(`a/b${at}`), detail));

const smallest = () => fullShare(0);

describe('A batch of requests to the report', () => {
  test('is empty without requests', () => {
    expect(batchOf([], smallest)).toEqual([]);
    expect(queryFor([])).toEqual([]);
  });

  test.each<[string, ReportRequest[], number[]]>([
    ['takes tags of any repository together', [requestFor(tagged('a')), requestFor(tagged('b', ''))], [0, 1]],
    [
      'has one detail',
      [requestFor(tagged('a')), requestFor(tagged('b'), 'full'), requestFor(tagged('c'))],
      [0, 2],
    ],
    ['has the detail of the first request', [requestFor(tagged('a'), 'full'), requestFor(tagged('b'))], [0]],
    [
      'takes no digests by name',
      [requestFor(tagged('a')), requestFor(digested('a')), requestFor(tagged('b'))],
      [0, 2],
    ],
    [
      'takes digests of one repository together',
      [requestFor(digested('a')), requestFor(digested('a'))],
      [0, 1],
    ],
    [
      'keeps repositories apart',
      [requestFor(digested('a')), requestFor(digested('b')), requestFor(digested('a'))],
      [0, 2],
    ],
    [
      'takes registries together that share a repository',
      [requestFor(digested('a/b')), requestFor(digested('a/b', ''))],
      [0, 1],
    ],
    [
      'keeps official images apart from those of the same name',
      [requestFor(digested('a', '')), requestFor(digested('a'))],
      [0],
    ],
  ])('%s', (_name, pending, taken) => {
    expect(batchOf(pending, smallest)).toEqual(taken.map((at) => pending[at]));
  });

  test('fits into a page', () => {
    expect(batchOf(many(200), smallest)).toHaveLength(45);
    expect(batchOf(many(200), smallest)).toEqual(many(45));
  });

  test.each([
    [208, 12],
    [209, 11],
  ])(
    'of repositories with %d characters has %d, so that the address does not grow too long',
    (length, images) => {
      const pending = Array.from({ length: 40 }, (_none, at) =>
        requestFor(tagged(String(at).padStart(length, 'a'))),
      );
      expect(batchOf(pending, smallest)).toHaveLength(images);
      const address = String(
        new URLSearchParams(
          queryFor(pending.slice(0, images)).map(([key, value]): [string, string] => [key, value]),
        ),
      );
      expect(address.length).toBeLessThan(6_000);
    },
  );

  test('takes a digest together with tags once its names are known', () => {
    const pending: ReportRequest[] = [
      { ...requestFor(digested('a'), 'full'), names: ['a:1'] },
      { ...requestFor(digested('b'), 'full'), names: ['b:1', 'b:2'] },
      requestFor(tagged('c', ''), 'full'),
      requestFor(digested('d'), 'full'),
    ];
    const batch = batchOf(pending, smallest);
    expect(batch).toEqual(pending.slice(0, 3));
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
    const shareOf = ({ image }: ReportRequest) => fullShare(sizes.get(image.repository) ?? 0);
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
    expect(batchOf(many(100, 'full'), () => fullShare(findings))).toHaveLength(images);
  });

  test('begins with the request that has waited longest, and has an address that servers take', () => {
    const name = fc.stringMatching(/^[a-z0-9]{1,120}(?:\/[a-z0-9]{1,120}){0,3}$/);
    const registry = fc.constantFrom(
      '',
      'docker.io',
      'registry.example.com:5000',
      'https://quay.example.com',
    );
    const request = fc
      .tuple(name, registry, fc.boolean(), fc.constantFrom<Detail[]>('compact', 'full'))
      .map(([repository, host, isByTag, detail]) =>
        requestFor(isByTag ? tagged(repository, host) : digested(repository, host), detail),
      );
    const share = fc.double({ min: 1 / 45, max: 3, noNaN: true });
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 120 }), share, (pending, each) => {
        const batch = batchOf(pending, () => each);
        expect(batch[0]).toBe(pending[0]);
        const params = new URLSearchParams(
          queryFor(batch).map(([key, value]): [string, string] => [key, value]),
        );
        if (batch.length > 1) expect(String(params).length).toBeLessThanOrEqual(6_000);
        expect(batch.length).toBeLessThanOrEqual(45);
        const [first] = batch;
        for (const { detail } of batch) expect(detail).toBe(first?.detail);
        // In order, and none twice.
        const places = batch.map((one) => pending.indexOf(one));
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
      }),
    );
  });
});

describe('The query of a batch', () => {
  test('has every spelling of every name once', () => {
    const query = queryFor([requestFor(tagged('a')), requestFor(tagged('b')), requestFor(tagged('a'))]);
    expect(query).toEqual([
      ['name', 'registry.example.com/a:1.0'],
      ['name', 'https://registry.example.com/a:1.0'],
      ['name', 'registry.example.com/b:1.0'],
      ['name', 'https://registry.example.com/b:1.0'],
    ]);
  });

  test('has for a digest the repository, once for all its digests', () => {
    const other = { ...digested('a'), scanBy: { digest: `sha256:${'b'.repeat(64)}` as const } };
    expect(queryFor([requestFor(digested('a')), requestFor(other)])).toEqual([['repository', 'a']]);
    expect(queryFor([requestFor(digested('alpine', ''))])).toEqual([
      ['repository', 'library/alpine'],
      ['repository', 'alpine'],
    ]);
  });
});
