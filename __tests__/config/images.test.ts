import { describe, expect, test } from '@jest/globals';
import { configOf, DIGEST, NO_IMAGE, problemsOf } from './reading.ts';

const imagesOf = async (change: Record<string, string>) => {
  const { task } = await configOf(change);
  return task.mode === 'await-regular' ? [] : task.images;
};

const REGISTRY = 'a registry such as registry.example.com:5000, or nothing for Docker Hub';
const REPOSITORY = 'a repository such as library/alpine, without registry, tag and digest';
const REFERENCES = 'one reference a line, [registry/]repo[:tag][@sha256:…]';

describe('One image', () => {
  test.each([
    [{ tag: '1.4' }, { tag: '1.4', digest: undefined, scanBy: { tag: '1.4' } }],
    [
      { tag: '', digest: DIGEST },
      { tag: undefined, digest: DIGEST, scanBy: { digest: DIGEST } },
    ],
    [{ digest: DIGEST }, { tag: '1.4', digest: DIGEST, scanBy: { tag: '1.4' } }],
    [{ registry: '' }, { registry: '', repository: 'team/app' }],
    [
      { registry: '', repo: 'alpine' },
      { registry: '', repository: 'library/alpine' },
    ],
    [
      { registry: 'https://docker.io/', repo: 'alpine' },
      { registry: '', repository: 'library/alpine' },
    ],
    [{ repo: 'alpine' }, { registry: 'registry.example.com', repository: 'alpine' }],
    [{ registry: 'https://registry.example.com:5000/' }, { registry: 'https://registry.example.com:5000' }],
    [{ repo: 'my.team/app' }, { repository: 'my.team/app' }],
  ])('is read from %j', async (change, expected) => {
    expect(await imagesOf(change)).toMatchObject([expected]);
  });

  test('may be held to what the registry has under its tag', async () => {
    expect((await configOf({ digest: 'registry' })).task).toMatchObject({
      digestSource: 'registry',
      images: [{ tag: '1.4', digest: undefined }],
    });
  });

  test.each<[Record<string, string>, string]>([
    [
      { registry: 'registry.example.com/team', repo: 'app' },
      `Input registry is "registry.example.com/team"; expected ${REGISTRY}. The path belongs in repo: give registry ` +
        'registry.example.com and repo team/app.',
    ],
    [
      { registry: 'https://index.docker.io/v1/' },
      `Input registry is "https://index.docker.io/v1/"; expected ${REGISTRY}. Did you mean index.docker.io?`,
    ],
    [{ registry: 'a b' }, `Input registry is "a b"; expected ${REGISTRY}.`],
    [{ registry: 'https://' }, `Input registry is "https://"; expected ${REGISTRY}.`],
    [
      { repo: 'registry.example.com/team/app' },
      `Input repo is "registry.example.com/team/app"; expected ${REPOSITORY}. It repeats the registry. Give repo team/app.`,
    ],
    [
      { registry: '', repo: 'registry.example.com/team/app' },
      `Input repo is "registry.example.com/team/app"; expected ${REPOSITORY}. The registry does not belong here: give registry registry.example.com. Give repo team/app.`,
    ],
    [
      { registry: '', repo: 'docker.io/library/alpine' },
      `Input repo is "docker.io/library/alpine"; expected ${REPOSITORY}. The registry does not belong here: give no registry. Give repo library/alpine.`,
    ],
    [
      NO_IMAGE,
      'Inputs repo, tag and images are all empty; expected an image: repo and tag, or references in images. An output of ' +
        'an earlier step that does not exist arrives empty.',
    ],
    [
      { repo: '' },
      'Input repo is empty; expected a repository such as library/alpine, or whole references in images.',
    ],
    [
      { repo: 'team/app:1.4' },
      `Input repo is "team/app:1.4"; expected ${REPOSITORY}. Give repo team/app and tag 1.4.`,
    ],
    [
      { repo: `team/app@${DIGEST}` },
      `Input repo is "team/app@${DIGEST}"; expected ${REPOSITORY}. Give repo team/app and digest ${DIGEST}.`,
    ],
    [{ repo: 'Team/App' }, `Input repo is "Team/App"; expected ${REPOSITORY}. Give repo team/app.`],
    [{ repo: '/team/app/' }, `Input repo is "/team/app/"; expected ${REPOSITORY}. Give repo team/app.`],
    [{ repo: 'team//app' }, `Input repo is "team//app"; expected ${REPOSITORY}.`],
    [
      { tag: '' },
      'Input tag is empty and digest is any; expected a tag such as 3.16, a digest (sha256:…), or both.',
    ],
    [
      { tag: '', digest: 'registry' },
      'Input tag is empty, but digest registry looks up a tag in the registry; expected a tag such as 3.16.',
    ],
    [
      { registry: '', repo: 'ghcr.io/Org/app:1' },
      `Input repo is "ghcr.io/Org/app:1"; expected ${REPOSITORY}. The registry does not belong here: give registry ghcr.io. ` +
        'Give repo org/app and tag 1.',
    ],
    [
      { tag: '$(git rev-parse HEAD)' },
      'Input tag is "$(git rev-parse HEAD)"; expected a tag such as 3.16. It contains a variable or an expression that was not ' +
        'expanded.',
    ],
    [
      { tag: 'v1.2+build' },
      'Input tag is "v1.2+build"; expected a tag such as 3.16. Tags have letters, digits, _, . and - only; was the image ' +
        'pushed as v1.2-build?',
    ],
    [{ tag: 'a b' }, 'Input tag is "a b"; expected a tag such as 3.16.'],
    [{ tag: ':1.4' }, 'Input tag is ":1.4"; expected a tag such as 3.16. Did you mean 1.4?'],
    [{ tag: 'team/app:1.4' }, 'Input tag is "team/app:1.4"; expected a tag such as 3.16. Did you mean 1.4?'],
    [
      { tag: `1.4@${DIGEST}` },
      `Input tag is "1.4@${DIGEST}"; expected a tag such as 3.16. Give tag 1.4 and digest ${DIGEST}.`,
    ],
    [
      { tag: DIGEST },
      `Input tag is "${DIGEST}"; expected a tag such as 3.16. A digest belongs in the input digest.`,
    ],
    [
      { tag: 'refs/heads/feature/x' },
      'Input tag is "refs/heads/feature/x"; expected a tag such as 3.16. Tags have letters, digits, _, . and - only; was the image pushed as feature-x?',
    ],
  ])('is not %j', async (change, problem) => {
    expect(await problemsOf(change)).toEqual([problem]);
  });

  test.each([
    ['a'.repeat(64), ` Did you mean ${DIGEST}?`],
    [DIGEST.toUpperCase(), ` Did you mean ${DIGEST}?`],
    [`team/app@${DIGEST}`, ` Did you mean ${DIGEST}?`],
    ['sha256:abc', ' It has 3 digits.'],
    [`sha512:${'a'.repeat(128)}`, ' The Console knows images by SHA-256.'],
    ['latest', ' A tag belongs in the input tag.'],
    ['Any', ' Did you mean any?'],
    ['none', ' Did you mean any?'],
    ['something', '.'],
  ])('has no digest %s', async (digest, hint) => {
    const [problem, ...others] = await problemsOf({ digest, tag: '' });
    expect(others).toEqual([]);
    expect(problem).toMatch(
      /^Input digest is ".+"; expected sha256: and 64 hex digits in lower case, any, or registry\./,
    );
    expect(problem?.endsWith(hint)).toBe(true);
  });
});

describe('A list of images', () => {
  test('leaves out comments and duplicates', async () => {
    const images =
      '# the release\nregistry.example.com/team/app:1.4\n\nalpine # base\ndocker.io/library/alpine:latest\n';
    expect(await imagesOf({ ...NO_IMAGE, images })).toMatchObject([
      { registry: 'registry.example.com', repository: 'team/app', scanBy: { tag: '1.4' } },
      { registry: '', repository: 'library/alpine', scanBy: { tag: 'latest' } },
    ]);
  });

  test('may be held to what the registry has under the tags', async () => {
    expect((await configOf({ ...NO_IMAGE, images: 'alpine:3', digest: 'registry' })).task).toMatchObject({
      digestSource: 'registry',
      images: [{ tag: '3' }],
    });
  });

  test.each<[Record<string, string>, string[]]>([
    [
      { images: 'alpine:3' },
      [
        'Inputs images, registry ("registry.example.com"), repo ("team/app") and tag ("1.4") contradict each other; put ' +
          'the whole reference into images, or leave images out.',
      ],
    ],
    [
      { ...NO_IMAGE, repo: 'registry', images: 'alpine:3' },
      [
        'Inputs images and repo ("registry") contradict each other; put the whole reference into images, or leave images ' +
          'out.',
      ],
    ],
    [
      { ...NO_IMAGE, images: 'alpine:3', digest: DIGEST },
      [
        `Inputs images and digest ("${DIGEST}") contradict each other; put the whole reference into images, or leave ` +
          'images out.',
      ],
    ],
    [
      { ...NO_IMAGE, images: 'Alpine:3\nhttps://registry.example.com/app:1' },
      [
        `Input images: the line "Alpine:3" has capitals in its repository; expected ${REFERENCES}. Did you mean alpine:3?`,
        `Input images: the line "https://registry.example.com/app:1" begins with a scheme; expected ${REFERENCES}. Did you ` +
          'mean registry.example.com/app:1?',
      ],
    ],
    [
      { ...NO_IMAGE, images: 'alpine:3, debian:12' },
      [
        `Input images: the line "alpine:3, debian:12" has a comma in it; expected ${REFERENCES}. Write one reference a line.`,
      ],
    ],
    [
      { ...NO_IMAGE, images: '# none' },
      [`Input images has nothing but comments in it; expected ${REFERENCES}.`],
    ],
  ])('is not %j', async (change, problems) => {
    expect(await problemsOf(change)).toEqual(problems);
  });

  test('names five lines that are wrong, and counts the others', async () => {
    const problems = await problemsOf({ ...NO_IMAGE, images: 'A\nB\nC\nD\nE\nF\nG' });
    expect(problems).toHaveLength(6);
    expect(problems.at(-1)).toBe('Input images: 2 more lines are not a reference.');
  });
});

describe('Platforms', () => {
  const arm = { os: 'linux', architecture: 'arm64', variant: '' };

  test.each([
    ['scanned', 'scanned'],
    ['all', 'all'],
    ['linux/arm64', [arm]],
    ['linux/arm64, linux/arm64\nlinux/arm/v7', [arm, { os: 'linux', architecture: 'arm', variant: 'v7' }]],
  ])('are %j', async (platforms, expected) => {
    expect((await configOf({ platforms })).task).toMatchObject({ platforms: expected });
  });

  const EXPECTED = 'expected scanned, all, or a list such as linux/amd64,linux/arm64.';

  test.each([
    ['arm64', `Input platforms is "arm64"; ${EXPECTED} Did you mean linux/arm64?`],
    ['x86_64', `Input platforms is "x86_64"; ${EXPECTED} Did you mean linux/amd64?`],
    [
      'linux/amd64,linux/aarch64',
      `Input platforms is "linux/amd64,linux/aarch64"; ${EXPECTED} Did you mean linux/amd64,linux/arm64?`,
    ],
    ['All', `Input platforms is "All"; ${EXPECTED} Did you mean all?`],
    ['linux/amd64,linux', `Input platforms is "linux/amd64,linux"; ${EXPECTED}`],
    ['any', `Input platforms is "any"; ${EXPECTED}`],
    [',', `Input platforms is ","; ${EXPECTED}`],
  ])('are not %j', async (platforms, problem) => {
    expect(await problemsOf({ platforms })).toEqual([problem]);
  });
});
