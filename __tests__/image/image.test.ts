import { describe, expect, test } from '@jest/globals';
import {
  canonicalRegistry,
  canonicalRepository,
  type Digest,
  type Image,
  imageReference,
  isDigest,
  referenceByDigest,
  repositoryName,
  subjectName,
  withoutScheme,
} from '../../src/image/image.ts';

const digest: Digest = `sha256:${'a'.repeat(64)}`;
const platform = { os: 'linux', architecture: 'arm', variant: 'v7' };
const tagged: Image = {
  registry: 'https://registry.example.com:5000/',
  repository: 'team/app',
  tag: '1.4',
  digest: undefined,
  scanBy: { tag: '1.4' },
  platform: undefined,
};

describe('A registry of slashes', () => {
  test.each(['', 'registry.example.com'])('takes time in proportion to its length (%j)', (host) => {
    const slashes = '/'.repeat(2_000_000);
    // With the square of the length, this would take an hour.
    expect(canonicalRegistry(`${host}${slashes}x`)).toBe(`${host}${slashes}x`);
    expect(canonicalRegistry(`https://${host}${slashes}`)).toBe(host);
  });
});

describe('Registries', () => {
  test.each([
    ['registry.example.com:5000', 'registry.example.com:5000'],
    ['https://Registry.Example.com:5000/', 'registry.example.com:5000'],
    ['http://registry.example.com', 'registry.example.com'],
    ['docker.io', ''],
    ['https://registry-1.docker.io/', ''],
    ['index.docker.io', ''],
    ['registry.hub.docker.com', ''],
    ['', ''],
  ])('%j is compared as %j', (registry, canonical) => {
    expect(canonicalRegistry(registry)).toBe(canonical);
  });
});

describe('Repositories', () => {
  test.each([
    ['', 'alpine', 'library/alpine'],
    ['docker.io', 'alpine', 'library/alpine'],
    ['', 'library/alpine', 'library/alpine'],
    ['', 'team/app', 'team/app'],
    ['registry.example.com', 'alpine', 'alpine'],
  ])('on %j, %j is compared as %j', (registry, repository, canonical) => {
    expect(canonicalRepository(registry, repository)).toBe(canonical);
  });
});

describe('References', () => {
  test('name the registry without its scheme', () => {
    expect(repositoryName(tagged)).toBe('registry.example.com:5000/team/app');
    expect(repositoryName({ registry: '', repository: 'library/alpine' })).toBe('library/alpine');
  });

  test.each<[string, Partial<Image>, string]>([
    ['a tag', {}, 'registry.example.com:5000/team/app:1.4'],
    [
      'a digest',
      { scanBy: { digest }, tag: undefined, digest },
      `registry.example.com:5000/team/app@${digest}`,
    ],
    ['both', { digest }, `registry.example.com:5000/team/app:1.4@${digest}`],
    ['a platform', { digest, platform }, 'registry.example.com:5000/team/app:1.4 (linux/arm/v7)'],
    [
      'a platform of a digest',
      { tag: undefined, digest, platform },
      `registry.example.com:5000/team/app@${digest} (linux/arm/v7)`,
    ],
  ])('carry %s', (_what, change, reference) => {
    expect(imageReference({ ...tagged, ...change })).toBe(reference);
  });
});

test('A reference by digest is what to promote', () => {
  expect(referenceByDigest(tagged, digest)).toBe(`registry.example.com:5000/team/app@${digest}`);
});

describe('A digest', () => {
  test.each([
    [digest, true],
    ['sha256:abc', false],
    [`sha256:${'A'.repeat(64)}`, false],
    [`sha512:${'a'.repeat(64)}`, false],
    [`${digest}\n`, false],
    [`x${digest}`, false],
  ])('%j: %s', (text, expected) => {
    expect(isDigest(text)).toBe(expected);
  });
});

describe('A registry as a reference spells it', () => {
  test.each([
    ['https://registry.example.com/', 'registry.example.com'],
    ['HTTP://registry.example.com//', 'registry.example.com'],
    ['registry.example.com/a/b/', 'registry.example.com/a/b'],
    ['registry.example.com/https://x', 'registry.example.com/https://x'],
  ])('%s is %s', (registry, expected) => {
    expect(withoutScheme(registry)).toBe(expected);
  });
});

test('The regular scan is called by what it scans', () => {
  expect(subjectName('regular-scan')).toBe('the registries');
});
