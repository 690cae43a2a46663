import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { markdownCode, markdownTable, markdownText } from '../../src/text/markdown.ts';

describe('Text in Markdown', () => {
  test.each([
    ['<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
    ['[click](javascript:x)', '&#91;click&#93;(javascript:x)'],
    ['a | b', 'a &#124; b'],
    ['**bold** `code` ~~x~~', '&#42;&#42;bold&#42;&#42; &#96;code&#96; &#126;&#126;x&#126;&#126;'],
    ['see https://evil.example', 'see https&#58;//evil.example'],
    ['thanks @octocat for #1', 'thanks &#64;<b></b>octocat for &#35;1'],
    ['two\r\nlines\u2028of\u0000it ', 'two lines of it'],
    ['- no item', '&#45; no item'],
    ['12. no item', '12&#46; no item'],
    ['plain words (with brackets), 1.2-3', 'plain words (with brackets), 1.2-3'],
  ])('%j becomes %j', (text, markdown) => {
    expect(markdownText(text)).toBe(markdown);
  });

  test('never holds a character that Markdown acts on', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(markdownText(text).replace(/&(?:#\d+|amp|lt|gt);/g, '')).not.toMatch(/[<>&`*_[\]|~!#{}\\@$]/);
      }),
    );
  });
});

describe('Markdown tables', () => {
  test('have a row of headings and one for each row', () => {
    expect(markdownTable(['a', 'b'], [['1', '2']])).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |');
  });

  test('hold code that cannot break out of its cell', () => {
    expect(markdownCode('a`b|c\nd')).toBe('`abc d`');
    expect(markdownCode('`|`')).toBe('');
    expect(markdownCode('')).toBe('');
  });
});
