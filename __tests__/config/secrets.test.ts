import { describe, expect, test } from '@jest/globals';
import { Secrets, secretsOf } from '../../src/action/secrets.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('What must never be printed', () => {
  test('is every form of password and token, whatever else is wrong with the inputs', () => {
    const inputs = new Map([
      ['username', 'gate'],
      ['password', 'p"ss/wörd'],
      ['token', 'abc.def'],
      ['bogus', 'x'],
    ]);
    const secrets = secretsOf(inputs, {});
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
      const secrets = secretsOf(new Map(), { HTTPS_PROXY: address });
      expect(secrets).toEqual(expect.arrayContaining(['s%40cret', 's@cret', base64('me:s@cret')]));
    },
  );

  test('is nothing where there is nothing', () => {
    const environment = {
      https_proxy: 'http://proxy.example:3128',
      http_proxy: '::',
      HTTP_PROXY: 'http://a:%E0@b',
    };
    expect(secretsOf(new Map([['password', '']]), environment)).toEqual(
      expect.arrayContaining(['%E0', '%25E0', base64('a:%E0')]),
    );
    expect(secretsOf(new Map(), {})).toEqual([]);
  });
});

describe('Secrets', () => {
  test('are masked once each, those that come up on the way as well', () => {
    const masked: string[] = [];
    const secrets = new Secrets((text) => masked.push(text), ['hunter2', 'hunter2']);
    secrets.add('token-1');
    secrets.add('token-1');
    const inBase64 = base64('token-1');
    expect(masked).toEqual(['hunter2', 'token-1', inBase64, inBase64.replace(/=+$/, '')]);
  });

  test('are struck out of what the Console says, the longest first', () => {
    const secrets = new Secrets(() => undefined, ['hunter', 'hunter2', 'abc']);
    expect(secrets.strike('no, hunter2, not hunter, abc')).toBe('no, ***, not ***, abc');
  });
});
