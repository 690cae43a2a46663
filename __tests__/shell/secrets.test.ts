import { describe, expect, test } from '@jest/globals';
import { secretsIn } from '../../src/shell/secrets.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const secretsOf = (inputs: Readonly<Record<string, string>>, environment = {}) =>
  secretsIn(new Map(Object.entries(inputs)), environment);

describe('The secrets of a run', () => {
  test('are password and token, and what headers make of user and password', () => {
    const inputs = { username: 'gate', password: ' p"ss/wörd\n', token: 'abc.def.ghi', bogus: 'x' };
    expect(secretsOf(inputs)).toEqual(['p"ss/wörd', 'abc.def.ghi', base64('gate:p"ss/wörd')]);
  });

  test.each(['passed', 'true', 'abc', 'scan-completed', 'error'])(
    'are no token that is too short, or a word: %s would be masked everywhere',
    (token) => {
      expect(secretsOf({ token })).toEqual([]);
    },
  );

  test.each(['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'])(
    'are the log-in of the proxy in %s, with and without a scheme',
    (name) => {
      for (const address of [
        'http://me:s%40cret@proxy.example:3128',
        'me:s%40cret@proxy.example:3128',
        'socks5://me:s%40cret@proxy.example',
      ]) {
        expect(secretsOf({}, { [name]: address })).toEqual(
          expect.arrayContaining(['s%40cret', 's@cret', base64('me:s@cret')]),
        );
      }
      expect(secretsOf({}, { [name]: 'http://me:50%zz@proxy.example' })).toContain('50%zz');
    },
  );

  test.each([
    ['console-url', 'https://ci:s3cr3t@console.example.com', 's3cr3t'],
    ['console-url', 'ci:s3c@r3t@console', 's3c@r3t'],
    ['console-url', 'https://t0k3n@console.example.com/path', 't0k3n'],
    ['registry', 'https://robot:s3cr3t@registry.example.com', 's3cr3t'],
    ['registry', 'robot:s3cr3t@registry', 's3cr3t'],
    ['registry', 'robot$ci:s3c/r3t@registry.example.com:5000', 's3c/r3t'],
    ['repo', 'https://robot:s3cr3t@registry.example.com/team/app', 's3cr3t'],
    ['images', 'robot:s3cr3t@registry.example.com/team/app:1', 's3cr3t'],
    ['images', 'a/b:1\n  docker://robot:s3cr3t@localhost:5000/app  # mine', 's3cr3t'],
    ['images', 'https://t0k3n@registry.example.com/app', 't0k3n'],
    ['compare-with', 'robot:s3cr3t@registry.example.com/{name}', 's3cr3t'],
    ['exceptions', 'https://robot:s3cr3t@git.example.com/exceptions.yml', 's3cr3t'],
    ['tag', 'https://robot:s3c%2Fr3t@registry.example.com', 's3c/r3t'],
    ['of-no-name', 'https://robot:s3cr3t@registry.example.com', 's3cr3t'],
  ])('are what logs in and stands in %s by mistake: %s', (name, address, secret) => {
    expect(secretsOf({ [name]: address })).toContain(secret);
  });

  test.each([
    ['images', `registry.example.com:5000/team/app:1.2.3@sha256:${'a'.repeat(64)}`],
    ['images', 'alpine:3.16@latest'],
    ['digest', 'registry.example.com/app@sha256:abc'],
    ['username', 'jane.doe@example.com'],
    ['password', ''],
    ['console-url', 'https://console.example.com/a:b'],
  ])('are nothing that names an image, a user or a path: %s %s', (name, value) => {
    expect(secretsOf({ [name]: value })).toEqual([]);
  });

  test('are none if nothing is given', () => {
    expect(secretsOf({}, { https_proxy: 'http://proxy.example:3128', http_proxy: '::' })).toEqual([]);
  });
});
