import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DecodeError, parseJson } from '../../src/http/decode.ts';
import { exceededBound } from '../../src/http/json-shape.ts';

const bytes = (text: string) => Buffer.from(text);

/** Lists, objects and commas of a value, and how deep it is, counted on the value itself. */
function shapeOf(value: unknown): { depth: number; values: number } {
  if (typeof value !== 'object' || value === null) return { depth: 0, values: 0 };
  const parts = Object.values(value).map(shapeOf);
  const values = parts.reduce((sum, part) => sum + part.values, 1 + Math.max(0, parts.length - 1));
  return { depth: 1 + parts.reduce((most, { depth }) => Math.max(most, depth), 0), values };
}

describe('The bounds of JSON', () => {
  test('are exceeded by exactly those values that are deeper or have more, whatever texts hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(5), fc.nat(20), (value, depth, values) => {
        const body = bytes(JSON.stringify(value));
        const shape = shapeOf(value);
        const isExceeded = shape.depth > depth || shape.values > values;
        expect(exceededBound(body, { depth, values }) !== undefined).toBe(isExceeded);
      }),
    );
  });

  test('need no JSON to be checked', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (body) => {
        expect(exceededBound(body, { depth: 1_000, values: 1_000 })).toBeUndefined();
      }),
    );
  });

  test.each<[string, string]>([
    ['deep lists', '['.repeat(200_000)],
    ['deep objects', '{"a":'.repeat(200_000)],
    ['many values', `[${'{},'.repeat(2_000_001)}{}]`],
    ['many keys', `{${'"a":0,'.repeat(2_000_001)}"a":0}`],
  ])('refuse %s before anything is built', (_what, text) => {
    expect(() => parseJson(bytes(text))).toThrow(DecodeError);
    expect(() => parseJson(bytes(text))).toThrow(/at most \d+ (?:levels|values), got more/);
  });

  test('let one long text through', () => {
    const text = '[{\\",'.repeat(100_000);
    expect(parseJson(bytes(JSON.stringify([text])))).toEqual([text]);
  });
});
