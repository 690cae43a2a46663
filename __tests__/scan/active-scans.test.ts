import { describe, expect, test } from '@jest/globals';
import { ActiveScans } from '../../src/scan/clock.ts';

describe('Active scans', () => {
  test('are counted while they are under way, and their results are returned', async () => {
    const scans = new ActiveScans();
    const [one, other] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const works = [scans.during(() => one.promise), scans.during(() => other.promise)];
    expect(scans.size).toBe(2);
    one.resolve('one');
    expect(await works[0]).toBe('one');
    expect(scans.size).toBe(1);
    other.resolve('other');
    expect(await works[1]).toBe('other');
    expect(scans.size).toBe(0);
  });

  test.each<[string, () => Promise<never>]>([
    ['rejects', () => Promise.reject(new Error('failed'))],
    [
      'throws at once',
      () => {
        throw new Error('failed');
      },
    ],
  ])('do not count work any more that %s', async (_how, work) => {
    const scans = new ActiveScans();
    await expect(scans.during(work)).rejects.toThrow('failed');
    expect(scans.size).toBe(0);
  });

  test('count the work already while it begins', async () => {
    const scans = new ActiveScans();
    expect(await scans.during(async () => scans.size)).toBe(1);
  });
});
