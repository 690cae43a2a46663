import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Redactor } from '../../src/shell/redaction.ts';

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

  test('is redacted whole if another one is its beginning', () => {
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

test('Nothing is redacted if no secret is known', () => {
  expect(redactorFor().redactor.redact('any text')).toBe('any text');
});

/** How other programs write a text. Each is an implementation of its own. */
const ENCODERS: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'encodeURIComponent of JavaScript': encodeURIComponent,
  'QueryEscape of Go': (text) => bytewise(text, /[A-Za-z0-9_.~-]/).replaceAll('%20', '+'),
  'PathEscape of Go': (text) => bytewise(text, /[A-Za-z0-9_.~$&+:=@-]/),
  'quote of Python': (text) => bytewise(text, /[A-Za-z0-9_./~-]/),
  'quote_plus of Python': (text) => bytewise(text, /[A-Za-z0-9_.~-]/).replaceAll('%20', '+'),
  'a form': (text) => new URLSearchParams([['', text]]).toString().slice(1),
  'percent-encoding in lower case': (text) =>
    bytewise(text, /[A-Za-z0-9]/).replace(/%../g, (code) => code.toLowerCase()),
  'percent-encoding twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'EscapeString of Go': (text) =>
    replaced(text, { '&': '&amp;', "'": '&#39;', '<': '&lt;', '>': '&gt;', '"': '&#34;' }),
  'html.escape of Python': (text) =>
    replaced(text, { '&': '&amp;', "'": '&#x27;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }),
  'HTML with entities for all but letters': (text) =>
    text.replace(/[^A-Za-z0-9]/gu, (character) => `&#x${character.codePointAt(0)?.toString(16)};`),
  'HTML twice': (text) =>
    replaced(replaced(text, { '&': '&amp;', "'": '&#39;', '<': '&lt;', '"': '&#34;' }), { '&': '&amp;' }),
  JSON: (text) => JSON.stringify(text).slice(1, -1),
  'JSON within JSON': (text) => JSON.stringify(JSON.stringify(text)).slice(3, -3),
  'JSON of Go': (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[<>&\u2028\u2029]/g, unicodeEscape),
  'JSON of Go within JSON': (text) =>
    JSON.stringify(JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, unicodeEscape)).slice(3, -3),
  'JSON of Python': (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[^ -~]/g, unicodeEscape),
  'JSON in capitals': (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[<>&'\u2028]/g, (letter) => `\\u${unicodeEscape(letter).slice(2).toUpperCase()}`),
  'JSON with escaped slashes': (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
  'a shell’s single quotes': (text) => text.replaceAll("'", `'\\''`),
  'shlex.quote of Python': (text) => text.replaceAll("'", `'"'"'`),
  'a shell’s double quotes': (text) => text.replace(/[\\"$`]/g, '\\$&'),
  'printf %q': (text) => text.replace(/[^A-Za-z0-9_\n\u0080-\uffff]/g, '\\$&'),
  base64: (text) => Buffer.from(text).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  'base64 in an address': (text) => encodeURIComponent(Buffer.from(text).toString('base64')),
};

function bytewise(text: string, kept: RegExp): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return byte < 128 && kept.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

function replaced(text: string, table: Readonly<Record<string, string>>): string {
  return [...text].map((character) => table[character] ?? character).join('');
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

describe.each(Object.keys(ENCODERS))('In %s', (name) => {
  const encode = ENCODERS[name] ?? String;

  test.each([
    "pa*s'word!~(x)",
    'p"ss/wörd &<+=\u2028',
    String.raw`C:\\dir\new "x"`,
    '%41%20already&amp;',
    '$ecret`id`$HOME',
    '+plus+ +',
    '🔑key🔑',
    '\'"\'"',
  ])('%j is redacted whole', (secret) => {
    const { redactor } = redactorFor(secret);
    expect(redactor.redact(`<${encode(secret)}>`)).toMatch(/^<\W{0,6}\*\*\*\W{0,2}>$/);
  });

  test('any secret is redacted: nothing of its letters is left', () => {
    const character = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...'aZ3') },
      { weight: 3, arbitrary: fc.constantFrom(...' !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~') },
      { weight: 1, arbitrary: fc.constantFrom('ö', '€', '🔑', '\u2028') },
    );
    const secrets = fc.array(character, { minLength: 6, maxLength: 24 }).map((all) => `q${all.join('')}q`);
    fc.assert(
      fc.property(secrets, (secret) => {
        const { redactor } = redactorFor(secret);
        expect(redactor.redact(`before ${encode(secret)} after`)).toMatch(/^before \*\*\*=* after$/);
      }),
      { numRuns: 60 },
    );
  });
});

test('The search takes time in proportion to the text, whatever runs of characters it has', () => {
  const { redactor } = redactorFor(String.raw`\\a\"&%'x`, `'"'"%25&amp;`, '%%%%%%', '&&&&&&', '     x');
  for (const run of ['\\', '%25', '&amp;', '&#0', '%', "'", ' ', '\\u0', 'a\\']) {
    const text = run.repeat(400_000 / run.length);
    expect(redactor.redact(text).length).toBeLessThanOrEqual(text.length);
  }
}, 10_000);

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
