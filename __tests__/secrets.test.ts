import { describe, expect, test } from '@jest/globals';
import { secretsIn } from '../src/secrets.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('What must never be printed', () => {
  test('is every form of password and token, whatever else is wrong with the inputs', () => {
    const inputs = new Map([
      ['username', 'gate'],
      ['password', ' p"ss/wörd\n'],
      ['token', 'abc.def'],
      ['bogus', 'x'],
    ]);
    const secrets = secretsIn(inputs, {});
    expect(secrets).toEqual(
      expect.arrayContaining([
        'p"ss/wörd',
        'p%22ss%2Fw%C3%B6rd',
        'p\\"ss/wörd',
        base64('gate:p"ss/wörd'),
        'abc.def',
      ]),
    );
    expect(secrets).not.toContain('gate');
    expect(secrets).not.toContain('x');
  });

  test.each(['http://me:s%40cret@proxy.example:3128', 'me:s%40cret@proxy.example:3128'])(
    'is the password in the proxy address %s',
    (address) => {
      const secrets = secretsIn(new Map(), { HTTPS_PROXY: address });
      expect(secrets).toEqual(expect.arrayContaining(['s%40cret', 's@cret', base64('me:s@cret')]));
    },
  );

  test.each([
    ['https://ci:s3cr3t@console.example.com', 's3cr3t'],
    ['ci:s3c@r3t@console', 's3c@r3t'],
    ['https://t0k3n@console.example.com/path', 't0k3n'],
  ])('is what logs in and stands in the address %s by mistake', (address, secret) => {
    expect(secretsIn(new Map([['console-url', address]]), {})).toContain(secret);
  });

  test('is nothing where there is nothing', () => {
    expect(secretsIn(new Map([['password', '']]), {})).toEqual([]);
    expect(secretsIn(new Map([['console-url', 'https://console.example.com/a:b']]), {})).toEqual([]);
    const environment = { https_proxy: 'http://proxy.example:3128', http_proxy: '::' };
    expect(secretsIn(new Map(), environment)).toEqual([]);
  });
});
