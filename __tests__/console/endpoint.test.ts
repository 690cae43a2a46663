import { describe, expect, test } from '@jest/globals';
import { Endpoint } from '../../src/console/endpoint.ts';
import { Deadline } from '../../src/scan/deadline.ts';
import { FakeClock } from '../scan/fake-clock.ts';

const address = { base: 'https://console.example', apiVersion: '32.07', project: '' };
const date = 'Mon, 02 Nov 2026 09:00:00 GMT';
const dateMs = Date.parse(date);

/** When an answer with these headers was given, as the endpoint reads it. */
function timeOf(headers: Record<string, string>): Promise<number | undefined> {
  const exchange = async () => ({ status: 200, headers, body: Buffer.from('[]') });
  const endpoint = new Endpoint(address, exchange, new Deadline(new FakeClock(), 60_000), (text) => text);
  const call = { method: 'GET', path: 'registry', answers: 'json' } as const;
  return endpoint.call(call, undefined, new AbortController().signal, (_json, atEpochMs) => atEpochMs);
}

describe('The time of an answer is', () => {
  test.each<[string, Record<string, string>, number | undefined]>([
    ['that of its date', { date }, dateMs],
    ['later by its age, where a cache gave it', { date, age: '90' }, dateMs + 90_000],
    ['that of its date, where its age is none', { date, age: '0' }, dateMs],
    ['unknown without a date', {}, undefined],
    ['unknown with an age alone', { age: '90' }, undefined],
    ['unknown where the date is none', { date: 'yesterday' }, undefined],
    ['unknown where the age is none', { date, age: 'old' }, undefined],
    [
      'unknown where the age is below zero, which would make a scan look younger',
      { date, age: '-1' },
      undefined,
    ],
  ])('%s', async (_what, headers, expected) => {
    expect(await timeOf(headers)).toBe(expected);
  });
});
