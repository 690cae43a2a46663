import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Exception,
  findMatches,
  isActive,
  matchesPattern as matches,
} from '../../../src/policy/waivers/exception.ts';
import type { Finding } from '../../../src/scan/finding.ts';
import { finding } from '../../builders/finding.ts';
import { exception } from '../../builders/policy.ts';
import { complianceIssue, imageOf } from '../builders.ts';

const IMAGE = 'registry.example.com/team/app:1.4';

/** Names without a registry. */
const ON_HUB = /^(?!localhost)[^.:]*\//;

const isAbout = (given: Exception, of: Finding, imageName: string) =>
  findMatches([given], [of], {
    name: imageName,
    image: ON_HUB.test(imageName) ? imageOf('a') : imageOf(IMAGE),
  })
    .get(given)
    ?.includes(of) === true;

describe('An exception', () => {
  test.each<[string, string, boolean]>([
    ['2026-12-31', '2026-11-24', true],
    ['2026-12-31', '2026-12-30', true],
    ['2026-12-31', '2026-12-31', true],
    ['2026-12-31', '2027-01-01', false],
    ['2026-12-31', '2027-12-30', false],
    ['2028-02-29', '2028-02-29', true],
    ['2028-02-29', '2028-03-01', false],
  ])('until %s is active on %s: %s', (until, today, expected) => {
    expect(isActive(exception({ until }), today)).toBe(expected);
  });

  test.each<[string, Partial<ReturnType<typeof exception>>, boolean]>([
    ['of the same id', {}, true],
    ['of the same id in lower case', { id: 'cve-2026-1' }, true],
    ['of another id', { id: 'CVE-2026-2' }, false],
    ['of an id that begins the same', { id: 'CVE-2026-11' }, false],
    ['of a pattern for an id, which is none', { id: 'CVE-2026-*' }, false],
    ['of the package', { package: 'openssl' }, true],
    ['of packages like it', { package: 'open*' }, true],
    ['of any package', { package: '*' }, true],
    ['of another package', { package: 'zlib' }, false],
    ['of a package whose name begins the same', { package: 'open' }, false],
    ['of the package in other case', { package: 'OpenSSL' }, false],
    ['of the image', { image: IMAGE }, true],
    ['of every tag of it', { image: 'registry.example.com/team/app:*' }, true],
    ['of another tag of it', { image: 'registry.example.com/team/app:1.5' }, false],
    ['of the image without its tag', { image: 'registry.example.com/team/app' }, false],
    ['of package and image', { package: 'openssl', image: IMAGE }, true],
    ['of the package, but another image', { package: 'openssl', image: 'other' }, false],
    ['of the image, but another package', { package: 'zlib', image: IMAGE }, false],
    ['that has expired', { until: '2000-01-01' }, true],
  ])('%s matches a finding: %#', (_what, given, expected) => {
    expect(isAbout(exception(given), finding(), IMAGE)).toBe(expected);
  });

  test('matches an id that the Console spells in lower case', () => {
    expect(isAbout(exception(), finding({ id: 'cve-2026-1' }), IMAGE)).toBe(true);
  });

  const digest = `sha256:${'a'.repeat(64)}`;

  test.each<[string, boolean]>([
    [IMAGE, true],
    [`${IMAGE}@${digest}`, true],
    [`${IMAGE}@*`, true],
    [`*@${digest}`, true],
    [`${IMAGE}@sha256:${'b'.repeat(64)}`, false],
    ['registry.example.com/team/app', false],
  ])('of %s matches the image asked for by tag and digest: %s', (image, expected) => {
    expect(isAbout(exception({ image }), finding(), `${IMAGE}@${digest}`)).toBe(expected);
  });

  test.each<[string, boolean]>([
    ['team/app', true],
    [`team/app@${digest}`, true],
    ['team/app:*', false],
  ])('of %s matches the image asked for by digest alone: %s', (image, expected) => {
    expect(isAbout(exception({ image }), finding(), `team/app@${digest}`)).toBe(expected);
  });

  test.each([
    ['docker.io/library/alpine:*', true],
    ['index.docker.io/library/alpine:3.16', true],
    ['library/alpine:*', true],
    ['alpine:3.16', true],
    ['/library/alpine:3.16', false],
    ['registry.example.com/library/alpine:*', false],
    ['*docker.io/library/alpine:3.16', false],
  ])('of %s matches an image of Docker Hub: %s', (image, expected) => {
    expect(isAbout(exception({ image }), finding(), 'library/alpine:3.16')).toBe(expected);
  });

  test.each([
    'docker.io/*',
    'index.docker.io/*',
    'registry-1.docker.io/team/app:1.4',
    'docker.io/team/app:*',
  ])('of %s is about Docker Hub and nothing else', (image) => {
    expect(isAbout(exception({ image }), finding(), 'team/app:1.4')).toBe(true);
    for (const other of [IMAGE, 'localhost/team/app:1.4', 'docker.io.example.com/team/app:1.4']) {
      expect(isAbout(exception({ image }), finding(), other)).toBe(false);
    }
  });

  test('loses nothing but a platform, or a digest, at the end of a name', () => {
    const isOf = (image: string, name: string) => isAbout(exception({ image }), finding(), name);
    const names = [
      `${IMAGE} (linux/arm64)`,
      `${IMAGE}@${digest} (linux/arm/v7)`,
      `${IMAGE} (a) (linux/arm64)`,
    ];
    expect(names.map((name) => isOf(IMAGE, name))).toEqual([true, true, false]);
    expect(names.map((name) => isOf(name, name))).toEqual([true, true, true]);
    expect(isOf('team/alpine', 'team/library/alpine')).toBe(false);
    const odd = `team/app@${digest}/x`;
    expect(isAbout(exception({ image: 'team/app/x' }), finding(), odd)).toBe(false);
    expect(isAbout(exception({ image: 'team/app' }), finding(), `team/app@${digest.slice(0, -1)}`)).toBe(
      false,
    );
    expect(isAbout(exception({ image: 'team/app' }), finding(), `team/app@${digest}0`)).toBe(false);
  });
});

describe('A finding without a CVE', () => {
  const issue = complianceIssue();

  test.each([
    // Several checks and issues share a number, so it names nothing by itself.
    ['425', false],
    ['Private keys stored in image', true],
    ['private KEYS stored in image', true],
    ['Found: /key.pem', true],
    ['Found: /KEY.pem', false],
    ['425: Private keys stored in image: Found: /key.pem', true],
    ['425: Found: /key.pem', true],
    ['425: Private keys stored in image', true],
    ['Private keys stored in image: Found: /key.pem', true],
    ['42', false],
    ['Private keys', false],
    ['425: ', false],
    ['*', false],
  ])('is matched by the id %j: %s', (id, expected) => {
    expect(isAbout(exception({ id }), issue, IMAGE)).toBe(expected);
  });

  test.each(['46', '425', 'CVE-2026-1', 'PRISMA-2026-0001', 'GHSA-xxxx-yyyy-zzzz'])(
    'is not matched by %s, although that is its title, its cause and its description',
    (id) => {
      const odd = { id, title: id, cause: id, description: id, checkId: undefined };
      expect(isAbout(exception({ id }), complianceIssue(odd), IMAGE)).toBe(false);
      expect(isAbout(exception({ id }), finding({ ...odd, hasOwnId: false }), IMAGE)).toBe(false);
    },
  );

  test('is matched by its description, whole', () => {
    const unnamed = finding({ hasOwnId: false, id: 'A flaw.', description: 'A flaw.' });
    expect(isAbout(exception({ id: 'a flaw.' }), unnamed, IMAGE)).toBe(true);
    expect(isAbout(exception({ id: 'A flaw' }), unnamed, IMAGE)).toBe(false);
  });

  test('that differs behind any length of common text is another one', () => {
    const texts = fc.string({ unit: fc.constantFrom('/', 'a', 'b', ' '), minLength: 1, maxLength: 5_000 });
    fc.assert(
      fc.property(texts, texts, (common, more) => {
        const listed = complianceIssue({ cause: `Found: ${common}` });
        const other = complianceIssue({ cause: `Found: ${common}${more}` });
        const accepts = exception({ id: `${listed.title}: ${listed.cause}` });
        expect(isAbout(accepts, listed, IMAGE)).toBe(true);
        expect(isAbout(accepts, other, IMAGE)).toBe(false);
      }),
    );
  });

  test('is not matched by the title of one with a CVE', () => {
    expect(isAbout(exception({ id: 'T' }), finding({ title: 'T' }), IMAGE)).toBe(false);
  });
});

test('Each exception has its own matches among many findings, in their order', () => {
  const findings = Array.from({ length: 1_000 }, (_none, at) =>
    finding({ id: `CVE-${at % 10}`, packageName: `p${at % 4}` }),
  );
  const exceptions = [
    exception({ id: 'cve-3' }),
    exception({ id: 'CVE-3', package: 'p1' }),
    exception({ id: 'CVE-11' }),
  ];
  const matched = findMatches(exceptions, findings, { name: IMAGE, image: imageOf(IMAGE) });
  const expected = findings.filter(({ id }) => id === 'CVE-3');
  expect([...matched.values()]).toEqual([
    expected,
    expected.filter(({ packageName }) => packageName === 'p1'),
    [],
  ]);
});

describe('A pattern', () => {
  test.each<[string, string, boolean]>([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'anything at all', true],
    ['a', 'a', true],
    ['a', 'A', false],
    ['a', 'ab', false],
    ['a', 'ba', false],
    ['a*', 'a', true],
    ['a*', 'ab', true],
    ['a*', 'ba', false],
    ['*a', 'ba', true],
    ['*a', 'ab', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['ab*ba', 'aba', false],
    ['ab*ba', 'abba', true],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'a1b2c', true],
    ['a*b*c', 'acb', false],
    ['a*b*c', 'ac', false],
    ['a*b*b', 'ab', false],
    ['a*b*b', 'abb', true],
    ['a*bc*c', 'abc', false],
    ['a*bc*c', 'abcc', true],
    ['*b*b*', 'b', false],
    ['*b*b*', 'bb', true],
    ['**', 'a', true],
    ['a**b', 'ab', true],
    ['.*', 'a', false],
    ['.*', '.a', true],
    ['a?c', 'abc', false],
    ['[ab]', 'a', false],
  ])('%j has the text %j: %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
  const words = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });

  /** What a pattern means, in the plainest way: the star takes nothing, or one more letter. */
  const means = (pattern: string, text: string): boolean => {
    if (pattern === '') return text === '';
    const rest = pattern.slice(1);
    if (pattern.startsWith('*')) return means(rest, text) || (text !== '' && means(pattern, text.slice(1)));
    return text.startsWith(pattern.slice(0, 1)) && means(rest, text.slice(1));
  };

  test('is what the plainest reading of it says', () => {
    fc.assert(
      fc.property(letters, words, (pattern, text) => {
        expect(matches(pattern, text)).toBe(means(pattern, text));
      }),
      { numRuns: 5_000 },
    );
  });

  test('made of a text by leaving parts out has that text', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(words, fc.boolean())), (parts) => {
        const pattern = parts.map(([part, isLeftOut]) => (isLeftOut ? '*' : part)).join('');
        expect(matches(pattern, parts.map(([part]) => part).join(''))).toBe(true);
      }),
    );
  });

  test('takes no more than one way through a long text', () => {
    expect(matches(`${'a*'.repeat(5_000)}b`, 'a'.repeat(100_000))).toBe(false);
  });
});
