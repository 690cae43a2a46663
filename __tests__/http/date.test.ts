import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { answeredAtMs, parseHttpDate } from '../../src/http/date.ts';
import { isRepeatable, retryAfterMs } from '../../src/http/retry.ts';

const date = 'Mon, 23 Nov 2026 10:00:00 GMT';
const dateMs = Date.parse(date);

describe('A date of HTTP', () => {
  test('is read back from the form that HTTP sends, for every second of four-digit years', () => {
    const lastMs = Date.UTC(9999, 11, 31, 23, 59, 59);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: lastMs / 1000 }), (seconds) => {
        expect(parseHttpDate(new Date(seconds * 1000).toUTCString())).toBe(seconds * 1000);
      }),
    );
  });

  test.each([
    '0',
    '1',
    '2026',
    '1764000000',
    '2026-11-23',
    '2026-11-23T10:00:00',
    '2026-11-23T10:00:00Z',
    'Mon, 23 Nov 2026 10:00:00',
    'Mon, 23 Nov 2026 10:00:00 +00',
    'Mon, 23 Nov 2026 10:00:00 UTC',
    'Mon, 23 Nov 2026 10:00:00 EST',
    'Mon, 23 Nov 2026 10:00:00 +0000',
    'mon, 23 nov 2026 10:00:00 gmt',
    'Tue, 23 Nov 2026 10:00:00 GMT',
    'Mon, 31 Nov 2026 10:00:00 GMT',
    'Mon, 23 Nov 2026 24:00:00 GMT',
    'Mon, 23 Nov 2026 10:00:60 GMT',
    'Mon Nov 23 10:00:00 2026',
    'Monday, 23-Nov-26 10:00:00 GMT',
    '+275760-09-12T23:59:59Z',
    'yesterday',
    '',
  ])('is no other text: %j', (text) => {
    expect(parseHttpDate(text)).toBeUndefined();
  });

  test('is no text that only begins or ends with one', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (more) => {
        expect(parseHttpDate(`${date}${more}`)).toBeUndefined();
        expect(parseHttpDate(`${more}${date}`)).toBeUndefined();
      }),
    );
  });
});

describe('The time of a response is', () => {
  test.each<[string, Record<string, string>, number | undefined]>([
    ['that of its date', { date }, dateMs],
    ['later by its age, if a cache gave it', { date, age: '90' }, dateMs + 90_000],
    ['that of its date, if its age is none', { date, age: '0' }, dateMs],
    ['unknown without a date', {}, undefined],
    ['unknown with an age alone', { age: '90' }, undefined],
    ['unknown if the date is none', { date: '0' }, undefined],
    ['unknown if the age is none', { date, age: 'old' }, undefined],
    ['unknown if the age is no whole number of seconds', { date, age: '1e300' }, undefined],
    ['unknown if the age is below zero, which makes a scan look younger', { date, age: '-1' }, undefined],
  ])('%s', (_what, headers, expected) => {
    expect(answeredAtMs(headers)).toBe(expected);
  });
});

describe('A pause that a server asks for is', () => {
  test.each<[string, Record<string, string>, number | undefined]>([
    ['so many seconds', { 'retry-after': '7' }, 7_000],
    ['absurdly many seconds', { 'retry-after': '99999' }, 99_999_000],
    [
      'the time until a date, by the clock of the sender',
      { 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT', date },
      30_000,
    ],
    ['none for negative seconds', { 'retry-after': '-5' }, undefined],
    ['none for seconds with a unit', { 'retry-after': '7s', date }, undefined],
    ['none for a date that is now', { 'retry-after': date, date }, undefined],
    ['none for a date that has passed', { 'retry-after': 'Mon, 23 Nov 2026 09:00:00 GMT', date }, undefined],
    ['none for a date without the sender’s', { 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT' }, undefined],
    ['none for rubbish', { 'retry-after': 'soon' }, undefined],
    ['none for nothing', { 'retry-after': '' }, undefined],
    ['none without the header', {}, undefined],
  ])('%s', (_what, headers, expected) => {
    expect(retryAfterMs(headers)).toBe(expected);
  });
});

test.each([
  [200, false],
  [302, false],
  [400, false],
  [401, false],
  [403, false],
  [404, false],
  [408, true],
  [425, true],
  [429, true],
  [500, true],
  [502, true],
  [503, true],
  [504, true],
  [599, true],
])('After a status of %i another attempt may be answered: %s', (status, expected) => {
  expect(isRepeatable(status)).toBe(expected);
});
