import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isAtLeast, SEVERITIES, type Severity, severityOf } from '../../src/scan/severity.ts';

/** Every word that reports are known to use for one of the four. */
const WORDS: readonly (readonly [string, Severity])[] = [
  ['critical', 'critical'],
  ['high', 'high'],
  ['important', 'high'],
  ['medium', 'medium'],
  ['moderate', 'medium'],
  ['low', 'low'],
  ['unimportant', 'low'],
  ['negligible', 'low'],
];

describe('A word for a severity', () => {
  test.each(WORDS)('“%s” stands for %s, in any case', (word, severity) => {
    const capital = `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
    expect([word, word.toUpperCase(), capital].map(severityOf)).toEqual([severity, severity, severity]);
  });

  test.each([
    '',
    ' ',
    'unassigned',
    'unreviewed',
    'unknown',
    'none',
    'info',
    'critica',
    'criticals',
    'very high',
    'not important',
    'toString',
    'constructor',
    '__proto__',
    'hıgh',
  ])('%j stands for none that is known', (word) => {
    expect(severityOf(word)).toBeUndefined();
  });

  test('stands for none, unless it is one of these', () => {
    const known = new Set(WORDS.map(([word]) => word));
    fc.assert(
      fc.property(fc.string(), (word) => {
        expect(severityOf(word) === undefined).toBe(!known.has(word.toLowerCase()));
      }),
    );
  });
});

describe('Severities', () => {
  test('go from the worst to the least', () => {
    expect(SEVERITIES).toEqual(['critical', 'high', 'medium', 'low']);
  });

  test.each<[Severity, Severity[]]>([
    ['critical', ['critical']],
    ['high', ['critical', 'high']],
    ['medium', ['critical', 'high', 'medium']],
    ['low', ['critical', 'high', 'medium', 'low']],
  ])('at least as bad as %s are %j', (cutoff, expected) => {
    expect(SEVERITIES.filter((severity) => isAtLeast(severity, cutoff))).toEqual(expected);
  });
});
