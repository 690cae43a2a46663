import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeProgress as decodeWith } from '../../src/console/progress.ts';
import { DecodeError } from '../../src/http/decode.ts';

const decodeProgress = (json: unknown) => decodeWith(json, (text) => text.replaceAll('hunter2', '***'));

const phase = { id: '', type: '', discovery: false, total: 4, scanned: 2, title: 'Step 1/2' };
const entry = {
  discovery: phase,
  imageScan: phase,
  isScanOngoing: true,
  specScanStartTime: '0001-01-01T00:00:00Z',
};

describe('Decoding progress', () => {
  test('reads the documented sample', () => {
    const decoded = { scanned: 2, total: 4, error: undefined };
    expect(decodeProgress([entry])).toEqual([{ discovery: decoded, imageScan: decoded, isOngoing: true }]);
  });

  test.each([[null], [[]]])('takes %j for no entries', (json) => {
    expect(decodeProgress(json)).toEqual([]);
  });

  test('treats absent fields as empty', () => {
    const empty = { scanned: 0, total: 0, error: undefined };
    expect(decodeProgress([{ isScanOngoing: false, imageScan: null }])).toEqual([
      { discovery: empty, imageScan: empty, isOngoing: false },
    ]);
  });

  test.each<[string, unknown, string]>([
    ['a text', 'ok', 'progress: expected a list, got a value of type string'],
    ['an object', {}, 'progress: expected a list, got a value of type object'],
    ['a list of nulls', [null], 'progress[0]: expected an object, got null'],
    ['no word on whether it goes on', [{}], 'progress[0].isScanOngoing: expected true or false'],
    ['a word on it in a text', [{ isScanOngoing: 'false' }], 'progress[0].isScanOngoing'],
    [
      'a phase that is a list',
      [{ ...entry, discovery: [] }],
      'progress[0].discovery: expected an object, got a list',
    ],
    [
      'a negative count',
      [{ ...entry, imageScan: { total: -1 } }],
      'progress[0].imageScan.total: expected a whole number',
    ],
    ['a fraction', [{ ...entry, imageScan: { scanned: 0.5 } }], 'progress[0].imageScan.scanned'],
    ['a count beyond counting', [{ ...entry, imageScan: { total: 1e300 } }], 'progress[0].imageScan.total'],
    ['a count in a text', [{ ...entry, imageScan: { total: '1' } }], 'progress[0].imageScan.total'],
    ['an error that is no text', [{ ...entry, imageScan: { error: {} } }], 'progress[0].imageScan.error'],
  ])('names the field if there is %s', (_what, json, message) => {
    expect(() => decodeProgress(json)).toThrow(DecodeError);
    expect(() => decodeProgress(json)).toThrow(message);
  });

  test.each([
    ['', undefined],
    ['no such tag', 'no such tag'],
    ['no\n::error::login as hunter2', 'no : :error: :login as ***'],
    ['\u200b\n', '(text without a printable character)'],
  ])('reads the error %j as %j', (error, expected) => {
    const [read] = decodeProgress([{ isScanOngoing: false, imageScan: { error } }]);
    expect(read?.imageScan.error).toBe(expected);
  });

  test.each<[unknown, unknown, string | undefined]>([
    ['Step 2/2 scanning images in registry ghcr.io: Scanned 0/2 images', undefined, 'ghcr.io'],
    [undefined, 'Step 1/2 discovery in registry ghcr.io: 1/2', 'ghcr.io'],
    ['images in registry a:5000: 1', 'images in registry b: 1', 'a:5000'],
    ['Step 2/2', 'images in registry b: 1', 'b'],
    ['images in registry a b: 1', 5, undefined],
    ['images in registry ghcr.io', {}, undefined],
    [`images in registry ${'a'.repeat(301)}: 1`, null, undefined],
  ])('finds in the titles %j and %j the registry %j', (ofScan, ofDiscovery, registry) => {
    const [read] = decodeProgress([
      { ...entry, imageScan: { title: ofScan }, discovery: { title: ofDiscovery } },
    ]);
    expect(read?.registry).toBe(registry);
  });

  test('reads no more entries than can be compared', () => {
    const entries = (count: number) => Array.from({ length: count }, () => entry);
    expect(decodeProgress(entries(1_000))).toHaveLength(1_000);
    const expected = 'progress: expected at most 1000 entries, got 1001';
    expect(() => decodeProgress(entries(1_001))).toThrow(expected);
  });

  test('throws nothing but its own error, whatever comes', () => {
    const json = fc.oneof(
      fc.jsonValue(),
      fc.array(
        fc.record({ isScanOngoing: fc.jsonValue(), discovery: fc.jsonValue(), imageScan: fc.jsonValue() }),
      ),
    );
    fc.assert(
      fc.property(json, (value) => {
        try {
          for (const { isOngoing } of decodeProgress(value)) expect(typeof isOngoing).toBe('boolean');
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
