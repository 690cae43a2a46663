import { expect, test } from '@jest/globals';
import { secretLimitMs } from '../../src/command/secret-source.ts';

test.each<[Record<string, string>, number]>([
  [{}, 30 * 60_000],
  [{ timeout: '1m' }, 60_000],
  [{ timeout: 'soon' }, 30 * 60_000],
  [{ mode: 'check' }, 9_000],
  [{ mode: 'check', timeout: '1h' }, 9_000],
  [{ mode: 'check', timeout: '2s' }, 2_000],
  [{ mode: 'await', timeout: '1h' }, 3_600_000],
])('Secrets have the time of the run, and a preflight ends within ten seconds: %j', (inputs, limitMs) => {
  expect(secretLimitMs(new Map(Object.entries(inputs)))).toBe(limitMs);
});
