import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { errorMessage, quoted, sanitize, sanitizeError, sanitizeWhole } from '../../src/text/sanitize.ts';

describe('Text from the Console', () => {
  test.each([
    ['two\r\nlines', 'two lines'],
    ['\u2028::error::forged', ': :error: :forged'],
    ['  ::set-output name=verdict::passed', ': :set-output name=verdict: :passed'],
    ['x ##[error]forged', 'x # #[error]forged'],
    ['##vso[task.setvariable]x', '# #vso[task.setvariable]x'],
    ['a ##VSO[x]', 'a # #VSO[x]'],
    ['###[group]', '## #[group]'],
    ["##teamcity[buildStatus text='ok']", "# #teamcity[buildStatus text='ok']"],
    ['#\u200b#[x]', '# #[x]'],
    ['--- group', '- - - group'],
    ['\n +++ group', '+ + + group'],
    ['~~~ group', '~ ~ ~ group'],
    ['^^^ +++', '^ ^ ^ +++'],
    ['a --- b', 'a --- b'],
    [':::', ': : :'],
    ['a:', 'a:'],
    ['section_start:1:x\r\u001b[0Kforged', 'section_start:1:x forged'],
    ['two  blanks\nand   three', 'two blanks and three'],
    ['soft\u00adhyphen', 'soft hyphen'],
    ['no\u00a0break', 'no break'],
    ['“quoted” — it’s', '“quoted” — it’s'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]8;;https://evil.example\u0007link', ']8;;https://evil.example link'],
    ['pass\u202edekcolb', 'pass dekcolb'],
    ['zero\u200bwidth', 'zero width'],
    ['tab\tand\u0000null', 'tab and null'],
    ['käse 🧀', 'käse 🧀'],
  ])('%j is shown as %j', (text, shown) => {
    expect(sanitize(text)).toBe(shown);
  });

  test('is cut to 300 characters', () => {
    expect(sanitize('x'.repeat(300))).toBe('x'.repeat(300));
    expect(sanitize('x'.repeat(10_000))).toBe(`${'x'.repeat(299)}…`);
    expect(sanitize(`${'x'.repeat(298)}🧀🧀🧀`)).toBe(`${'x'.repeat(298)}…`);
  });

  test.each([400, 5_000, 1_000_000])('is found behind %d characters that are removed', (count) => {
    expect(sanitize(`${'\n'.repeat(count)}found`)).toBe('found');
    expect(sanitize(`a${'\u200b'.repeat(count)}::b`)).toBe('a : :b');
  });

  test('is always one line that no runner takes for a command', () => {
    const pieces = fc.constantFrom(
      '::',
      ':',
      '##[',
      '#',
      '[',
      '\r',
      '\n',
      '\u2028',
      '\u001b[1m',
      '\u202e',
      'a',
      'vso[',
      'teamcity[',
      '---',
      '+++',
      '  ',
      'x'.repeat(299),
      '%0A',
      '\ud800',
    );
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = sanitize(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}]|::|##[a-z]*\[|^(?:---|\+\+\+)/iu);
        expect(shown).not.toMatch(/^\s|\s$/);
        expect(shown.length).toBeLessThanOrEqual(300);
        // Harmless text stays unchanged, so text can be sanitized both on input and on output.
        if (shown.length < 300) expect(sanitize(shown)).toBe(shown);
      }),
      { numRuns: 2_000 },
    );
  });

  test('stays an error when nothing of it can be shown', () => {
    expect(sanitizeError('\u200b\n')).not.toBe('');
    expect(sanitizeError('')).toBe('');
    expect(sanitizeError('broken')).toBe('broken');
  });
});

describe('A text that is compared', () => {
  test.each([
    ['zero\u200bwidth', 'zero\ufffd{200B}width'],
    ['pass\u202edekcolb', 'pass\ufffd{202E}dekcolb'],
    ['\ufeffCVE-1', '\ufffd{FEFF}CVE-1'],
    ['\u001b[31mred', '\ufffd{1B}[31mred'],
    ['half \ud800', 'half \ufffd{D800}'],
    ['\ufffd', '\ufffd{FFFD}'],
    ['two\r\n lines\u2028and\u00a0a tab\t', 'two lines and a tab'],
    [':\u200b:error::', ':\ufffd{200B}:error: :'],
    ['x'.repeat(400), 'x'.repeat(400)],
  ])('%j is %j', (text, compared) => {
    expect(sanitizeWhole(text)).toBe(compared);
  });

  const pieces = fc.constantFrom(
    'a',
    ' ',
    '\n',
    '\u200b',
    '\u200d',
    '\u202e',
    '\ufeff',
    '\u001b[1m',
    '\u0007',
    ':',
    '#[',
    '{200B}',
    '\ufffd',
    '\ud800',
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.array(pieces, { maxLength: 5 }).map((parts) => parts.join('')),
  );
  const withoutSpace = (text: string) => text.replace(/[^\S\ufeff]/g, '');

  test('is equal to another one only if nothing but white space differs', () => {
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        const isSame = sanitizeWhole(one) === sanitizeWhole(other);
        expect(isSame && withoutSpace(one) !== withoutSpace(other)).toBe(false);
      }),
      { numRuns: 20_000 },
    );
  });

  const unseen = fc.constantFrom('\u200b', '\u200c', '\u0007', '\ud800', '\udbff', '\ufffd');
  const unseenTexts = fc
    .array(fc.oneof(unseen, fc.constantFrom('a', '\ufffd{200B}')), { minLength: 9, maxLength: 40 })
    .map((parts) => parts.join(''));

  test('with many characters that cannot be printed is equal to no other', () => {
    fc.assert(
      fc.property(unseenTexts, unseenTexts, (one, other) => {
        const [text, another] = [sanitizeWhole(one), sanitizeWhole(other)];
        expect(text === another).toBe(one === other);
        expect(text).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}]|^\s|\s$/iu);
      }),
      { numRuns: 5_000 },
    );
  });

  // Whoever names each of them keeps a signal waiting for minutes: 90 MB of a report can have 30 million.
  test.each(['\u200b', 'a\u200b', '\u0007', '\ufeff \u00ad', '\ufffd', '\ud800', '::', '##[', 'a\n', 'a  '])(
    'of a million times %j is hardly longer than its beginning, and differs from one that goes on',
    (unit) => {
      const [text, longer] = [unit.repeat(1_000_000), `${unit.repeat(1_000_000)}\u200b`].map(sanitizeWhole);

      expect(text?.length).toBeLessThan(5_000);
      expect(longer).not.toBe(text);
    },
  );

  test('is one harmless line', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(sanitizeWhole(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}]|::|##[a-z]*\[|^\s|\s$/iu);
      }),
      { numRuns: 2_000 },
    );
  });
});

test('A value is quoted as one line', () => {
  expect(quoted('a\n##[b]')).toBe('"a # #[b]"');
});

test.each<[unknown, string]>([
  [new Error('two\nlines'), 'two lines'],
  ['a text', 'a text'],
  [undefined, 'undefined'],
  [Object.create(null), 'an error without a message'],
])('Whatever was thrown has a message: %#', (thrown, message) => {
  expect(errorMessage(thrown)).toBe(message);
});
