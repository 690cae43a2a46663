import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Redactor } from '../src/redaction.ts';
import { secretForms } from '../src/secrets.ts';

function redactorFor(...secrets: readonly string[]) {
  const masked: string[] = [];
  const redactor = new Redactor((text) => masked.push(text), []);
  for (const secret of secrets) redactor.add(secret);
  return { redactor, masked };
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('A secret', () => {
  const secret = 'p"ss/wörd &<+=\u2028';

  test.each<[string, string]>([
    ['as it is', secret],
    ['in an address', encodeURIComponent(secret)],
    [
      'in an address, in lower case',
      encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
    ],
    ['in a form', String(new URLSearchParams([['x', secret]])).slice(2)],
    ['in JSON', JSON.stringify(secret)],
    ['in JSON within JSON', JSON.stringify(JSON.stringify(secret))],
    [
      'in Go’s JSON',
      JSON.stringify(secret).replace(
        /[<>&\u2028]/g,
        (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
    ],
    ['in base64', base64(secret)],
    ['in base64 without padding', base64(secret).replace(/=+$/, '')],
    ['in base64 for addresses', Buffer.from(secret).toString('base64url')],
  ])('is redacted %s', (_how, form) => {
    const { redactor } = redactorFor(secret);
    const redacted = redactor.redact(`before ${form} after ${form}`);
    expect(redacted).toMatch(/^before \W{0,4}\*\*\*\W{0,4} after \W{0,4}\*\*\*\W{0,4}$/);
  });

  test('is masked in every form before it can be printed, each once', () => {
    const { redactor, masked } = redactorFor(secret);
    expect(masked).toContain(secret);
    expect(new Set(masked).size).toBe(masked.length);
    redactor.add(secret);
    expect(new Set(masked).size).toBe(masked.length);
  });

  test('that is learned later is redacted from then on', () => {
    const { redactor } = redactorFor('first-secret');
    expect(redactor.redact('first-secret second-secret')).toBe('*** second-secret');
    redactor.add('second-secret');
    expect(redactor.redact('first-secret second-secret')).toBe('*** ***');
  });

  test('is redacted whole where another one is its beginning', () => {
    const { redactor } = redactorFor('secret', 'secret-and-more');
    expect(redactor.redact('secret-and-more, secret')).toBe('***, ***');
  });

  test.each(['abc', ''])('of fewer than four characters stays in texts: %j', (short) => {
    const { redactor } = redactorFor(short);
    expect(redactor.redact('abcabc abc')).toBe('abcabc abc');
  });

  test('may have any characters that mean something in an expression', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 4, maxLength: 20 }), fc.string(), (given, text) => {
        fc.pre(given.isWellFormed());
        const { redactor } = redactorFor(given);
        expect(redactor.redact(given)).toBe('***');
        if (!/[*]/.test(given)) expect(redactor.redact(`${text}${given}${text}`)).not.toContain(given);
      }),
      { numRuns: 500 },
    );
  });
});

test('Nothing is redacted where no secret is known', () => {
  expect(redactorFor().redactor.redact('any text')).toBe('any text');
});

describe('The forms of the secrets of a run', () => {
  test('have the pair of user and password as headers write it, and not the user', () => {
    const forms = secretForms(['p4ssw0rd'], { username: 'gate', password: 'p4ssw0rd' }, {});
    expect(forms).toContain(base64('gate:p4ssw0rd'));
    expect(forms).not.toContain('gate');
    expect(forms).not.toContain('');
  });

  test.each(['http://me:s%40cret@proxy.example:3128', 'me:s%40cret@proxy.example:3128'])(
    'have the password in the proxy address %s',
    (https_proxy) => {
      const forms = secretForms([], { username: '', password: '' }, { https_proxy });
      expect(forms).toEqual(expect.arrayContaining(['s%40cret', 's@cret', base64('me:s@cret')]));
    },
  );

  test.each(['', '::', 'http://proxy.example:3128'])('are none with the proxy address %j', (https_proxy) => {
    expect(secretForms([], { username: '', password: '' }, { https_proxy })).toEqual([]);
  });

  test('have a password in the proxy address that is no encoding of another', () => {
    const forms = secretForms(
      [],
      { username: '', password: '' },
      { https_proxy: 'http://me:50%zz@proxy.example' },
    );
    expect(forms).toContain('50%zz');
  });
});

describe('Many and long secrets', () => {
  test('one of 100,000 characters is redacted', () => {
    const long = 'Zk4'.repeat(33_334);
    const { redactor } = redactorFor(long, 'short-one');
    expect(redactor.redact(`${long} and short-one`)).toBe('*** and ***');
  });

  test('two hundred renewed tokens are redacted, as a wait of two days has', () => {
    const tokens = Array.from({ length: 200 }, (_, nth) => `token-${nth}-`.padEnd(900, 'Zk4'));
    const { redactor } = redactorFor(...tokens);
    expect(redactor.redact(tokens.join(' ')).replaceAll('***', '')).toBe(' '.repeat(199));
  });

  test('one that is part of a longer one leaves nothing of that', () => {
    const part = 'Zk4'.repeat(300);
    const { redactor } = redactorFor(part, `${part}-and-more`, `before-${'x'.repeat(2_000)}${part}`);
    expect(redactor.redact(`${part}-and-more`)).toBe('***');
    expect(redactor.redact(`before-${'x'.repeat(2_000)}${part}`)).toBe('***');
  });
});
