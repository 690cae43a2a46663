import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mistakeHint, wrongText } from '../../src/config/reference-text.ts';
import { imageReference } from '../../src/image/image.ts';
import { parseReference, parseReferences } from '../../src/image/reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

function read(text: string): unknown {
  const image = parseReference(text);
  if ('wrong' in image) return { wrong: wrongText(image), hint: mistakeHint(image) ?? '' };
  return [image.registry, image.repository, image.scanBy, image.digest];
}

describe('A reference', () => {
  test.each([
    ['alpine', '', 'library/alpine', { tag: 'latest' }, undefined],
    ['alpine:3.16', '', 'library/alpine', { tag: '3.16' }, undefined],
    ['team/app:1', '', 'team/app', { tag: '1' }, undefined],
    ['docker.io/alpine', '', 'library/alpine', { tag: 'latest' }, undefined],
    ['docker.io/team/app', '', 'team/app', { tag: 'latest' }, undefined],
    ['index.docker.io/alpine', '', 'library/alpine', { tag: 'latest' }, undefined],
    ['localhost/app:1', 'localhost', 'app', { tag: '1' }, undefined],
    ['localhost:5000/app', 'localhost:5000', 'app', { tag: 'latest' }, undefined],
    ['host:5000/a/b/c:1.2', 'host:5000', 'a/b/c', { tag: '1.2' }, undefined],
    ['[2001:db8::1]:5000/app:1', '[2001:db8::1]:5000', 'app', { tag: '1' }, undefined],
    ['[::1]/app', '[::1]', 'app', { tag: 'latest' }, undefined],
    ['registry.example.com/app', 'registry.example.com', 'app', { tag: 'latest' }, undefined],
    [`team/app@${digest}`, '', 'team/app', { digest }, digest],
    [`registry.example.com/app:1@${digest}`, 'registry.example.com', 'app', { tag: '1' }, digest],
    [`host:5000/app@${digest}`, 'host:5000', 'app', { digest }, digest],
  ])('%s is read as Docker reads it', (text, ...expected) => {
    expect(read(text)).toEqual(expected);
  });

  test.each([
    'team/App:1',
    'alpine:',
    'alpine:-1',
    'alpine:1:2',
    'alpine@sha256:abc',
    `alpine@${digest}@${digest}`,
    `alpine@${digest.toUpperCase()}`,
    '/alpine',
    'registry.example.com/',
    'team//app',
    'https://registry.example.com/app:1',
    'alpine 3.16',
    ':3.16',
    `@${digest}`,
    '..:5000/app',
    'registry.example.com:/app',
    'registry.example.com:port/app',
    '[::1/app',
    '["app"]',
  ])('%j is none', (text) => {
    expect(read(text)).toEqual({ wrong: expect.any(String), hint: expect.any(String) });
  });

  test.each([
    ['alpine@sha256:abc', 'has no sha256: with 64 hex digits in lower case behind the @', ''],
    ['..:5000/app', 'begins with something that is not a registry', ''],
    ['alpine:-1', 'has no valid tag behind the colon', ''],
    ['team//app', 'has no repository such as library/alpine', ''],
    ['team/App:1', 'has capitals in its repository', 'Did you mean team/app:1?'],
    ['Registry.example.com/App', 'has capitals in its repository', 'Did you mean Registry.example.com/app?'],
    [
      'https://registry.example.com/app:1',
      'begins with a scheme',
      'Did you mean registry.example.com/app:1?',
    ],
    ['https://a::b', 'begins with a scheme', ''],
    ['docker://alpine:3.16', 'begins with a scheme', 'Did you mean alpine:3.16?'],
    [
      'oci://registry.example.com/team/app:1',
      'begins with a scheme',
      'Did you mean registry.example.com/team/app:1?',
    ],
    [
      'docker://robot:s3cr3t@registry.example.com/app',
      'begins with a scheme',
      'Did you mean registry.example.com/app?',
    ],
    [
      'robot:s3cr3t@registry.example.com/app:1',
      'has a user or a password in it',
      'Credentials come from config.json of Docker.',
    ],
    ['alpine:3.16@latest', 'has no sha256: with 64 hex digits in lower case behind the @', ''],
    ['alpine:3,debian:12', 'has a comma in it', 'Write one reference a line.'],
    ['alpine:3 debian:12', 'has white space in it', 'Write one reference a line.'],
    ['- alpine:3', 'begins with a dash', 'Leave it out: the value is text, not a YAML list.'],
    ['"alpine:3"', 'has a quotation mark in it', 'Leave it out.'],
    ['["alpine:3"]', 'is JSON', 'Write one reference a line, without brackets and quotes.'],
  ])('%j is none, and the mistake says why: it %s', (text, wrong, hint) => {
    expect(read(text)).toEqual({ wrong, hint });
  });

  test('stays the same, read from what it is shown as', () => {
    const name = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const reference = fc
      .tuple(
        fc.constantFrom('', 'registry.example.com/', 'localhost:5000/'),
        fc.array(name, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('', ':1.4', ':v2_x-y'),
        fc.constantFrom('', `@${digest}`),
      )
      .map(([registry, path, tag, at]) => `${registry}${path.join('/')}${tag}${at}`);
    fc.assert(
      fc.property(reference, (text) => {
        const image = parseReference(text);
        if ('wrong' in image) throw new Error(image.wrong);
        expect(parseReference(imageReference(image))).toEqual(image);
      }),
    );
  });

  test('is refused with words and never with an exception, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const image = parseReference(text);
        expect('wrong' in image || image.repository !== '').toBe(true);
      }),
    );
  });
});

describe('A list of references', () => {
  test('is one a line, without comments and blank lines, each image once', () => {
    const list = parseReferences(
      `# release\r\n\n  team/app:1  # the app\nteam/app:1\ndocker.io/team/app:1\nteam/app:1@${digest}\nalpine#not-a-comment\n`,
    );
    expect(list.mistakes.map(({ line }) => line)).toEqual(['alpine#not-a-comment']);
    const { images, mistakes } = parseReferences(
      `# x\n team/app:1 # y\nteam/app:1\n\ndocker.io/team/app:1\nteam/app:1@${digest}`,
    );
    expect(mistakes).toEqual([]);
    expect(images.map(imageReference)).toEqual(['team/app:1', `team/app:1@${digest}`]);
  });

  test('of nothing but comments is empty', () => {
    expect(parseReferences('# nothing\n\n')).toEqual({ images: [], mistakes: [] });
  });

  test('names every line that is wrong', () => {
    const { images, mistakes } = parseReferences('alpine\nAlpine:3\nteam//app');
    expect(images.map(imageReference)).toEqual(['library/alpine:latest']);
    expect(mistakes).toEqual([
      { wrong: 'capitals', meant: 'alpine:3', line: 'Alpine:3' },
      { wrong: 'repository', meant: undefined, line: 'team//app' },
    ]);
  });
});
