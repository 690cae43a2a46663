import { describe, expect, test } from '@jest/globals';
import {
  type KnownImage,
  nearMissOf,
  parseFullName,
  registryMeant,
  repositoryMeant,
} from '../../src/check/known-images.ts';
import { taggedImage } from '../builders/image.ts';

const image = (registry: string, repository: string, tag = '7') => taggedImage(repository, tag, registry);

const known = (registry: string, repository: string): KnownImage => ({
  registry,
  repository,
  tag: '7',
  scannedAtMs: undefined,
});

describe('a full name of the report', () => {
  test.each([
    ['https://registry.example.com/shop/cart:7', 'https://registry.example.com', 'shop/cart', '7'],
    ['registry.example.com:5000/shop/cart:7', 'registry.example.com:5000', 'shop/cart', '7'],
    ['library/alpine:3.16', '', 'library/alpine', '3.16'],
    ['alpine:3.16', '', 'alpine', '3.16'],
    [`registry.example.com/shop/cart@sha256:${'a'.repeat(64)}`, 'registry.example.com', 'shop/cart', ''],
    ['registry.example.com/shop/cart', 'registry.example.com', 'shop/cart', ''],
  ])('%s is taken apart', (name, registry, repository, tag) => {
    expect(parseFullName(name)).toEqual({ registry, repository, tag, scannedAtMs: undefined });
  });
});

describe('a near miss', () => {
  test.each([
    ['registry.example.com:443', 'shop/cart', 'registry.example.com', 'shop/cart'],
    ['registry.example.com', 'shop/cart', 'https://registry.example.com:443', 'shop/cart'],
    ['registry.example.com', 'shop/cart', 'registry.example.com/shop', 'cart'],
    ['registry.example.com', 'shop/cart', 'registry.example.com', 'Shop/Cart'],
    ['', 'shop/cart', 'ghcr.io', 'shop/cart'],
  ])('of %s %s is %s %s', (registry, repository, otherRegistry, otherRepository) => {
    const other = known(otherRegistry, otherRepository);

    expect(nearMissOf(image(registry, repository), [known('quay.io', 'other'), other], ['quay.io'])).toBe(
      other,
    );
  });

  test('is none if the same repository is in two other registries', () => {
    const others = [known('ghcr.io', 'shop/cart'), known('quay.io', 'shop/cart')];

    expect(nearMissOf(image('registry.example.com', 'shop/cart'), others, [])).toBeUndefined();
  });

  test('is none in another registry if the one given is known', () => {
    const others = [known('ghcr.io', 'shop/cart')];

    expect(
      nearMissOf(image('registry.example.com', 'shop/cart'), others, ['registry.example.com']),
    ).toBeUndefined();
  });
});

describe('a registry', () => {
  test.each([
    ['registry.example.com:5000', 'registry.example.com', 'registry.example.com'],
    ['registry.exmaple.com', 'https://registry.example.com', 'https://registry.example.com'],
    ['registry.example.com', 'registry.example.org.internal', undefined],
    ['registry-1.example.com', 'registry-2.example.com', undefined],
  ])('%s, if %s is known, means %s', (given, other, meant) => {
    expect(registryMeant(given, [other])).toBe(meant);
  });
});

describe('a repository', () => {
  test.each([
    ['shop/catr', 'shop/cart', 'shop/cart'],
    ['cart', 'shop/cart', 'shop/cart'],
    ['app', 'api', undefined],
    ['shop/service-1', 'shop/service-2', undefined],
  ])('%s, if %s is known, means %s', (given, other, meant) => {
    const found = repositoryMeant(image('registry.example.com', given), [
      known('registry.example.com', other),
    ]);

    expect(found?.repository).toBe(meant);
  });
});
