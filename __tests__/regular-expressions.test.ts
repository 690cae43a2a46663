import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { withoutTrailing } from '../src/image/trailing.ts';

/** A literal, as far as it stands behind something that no division can stand behind. */
const LITERAL =
  /(?:[(,=:[!&|?{};]\s*|^\s*|return )\/((?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[*])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])*)\//gm;

const patterns = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) =>
    [
      ...readFileSync(`src/${file}`, 'utf8')
        .replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '')
        .matchAll(LITERAL),
    ].map(([, pattern = '']) => ({ file, pattern })),
  );

test('The patterns of src are found', () => {
  expect(patterns.length).toBeGreaterThan(100);
});

test('No pattern of src looks for an end from every place of a run: that takes the square of its length', () => {
  const isRunToEnd = (pattern: string) =>
    /(?:^|\|)(?:\\.|\[(?:\\.|[^\]\\])+\]|[^\\[(^])(?:[+*]|\{\d+,\})\??\$/.test(pattern);
  expect(patterns.filter(({ pattern }) => isRunToEnd(pattern))).toEqual([]);
});

test('What a text ends with is taken off as the pattern would', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('/', 'a') }), (text) => {
      expect(withoutTrailing(text, '/')).toBe(text.replace(/\/+$/, ''));
    }),
  );
});
