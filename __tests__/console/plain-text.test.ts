import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { errorText, plainText } from '../../src/console/plain-text.ts';

describe('Text from the Console', () => {
  test.each([
    ['two\r\nlines', 'two lines'],
    ['\u2028::error::forged', ': :error: :forged'],
    ['  ::set-output name=verdict::passed', ': :set-output name=verdict: :passed'],
    ['x ##[error]forged', 'x ## [error]forged'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]8;;https://evil.example\u0007link', ']8;;https://evil.example link'],
    ['pass\u202edekcolb', 'pass dekcolb'],
    ['zero\u200bwidth', 'zero width'],
    ['tab\tand\u0000null', 'tab and null'],
    ['käse 🧀', 'käse 🧀'],
  ])('%j is shown as %j', (text, shown) => {
    expect(plainText(text)).toBe(shown);
  });

  test('is cut to 300 characters', () => {
    expect(plainText('x'.repeat(10_000))).toHaveLength(300);
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
      '%0A',
      '\ud800',
    );
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = plainText(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}]|::|##\[/u);
        expect(shown.length).toBeLessThanOrEqual(300);
      }),
      { numRuns: 2_000 },
    );
  });

  test('stays an error when nothing of it can be shown', () => {
    expect(errorText('\u200b\n')).not.toBe('');
    expect(errorText('')).toBe('');
    expect(errorText('broken')).toBe('broken');
  });
});
