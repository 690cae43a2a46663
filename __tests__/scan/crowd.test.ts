import { describe, expect, test } from '@jest/globals';
import { Crowd } from '../../src/scan/crowd.ts';

describe('A crowd', () => {
  test('counts what is under way, and gives what it gives', async () => {
    const crowd = new Crowd();
    const [one, other] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const works = [crowd.with(() => one.promise), crowd.with(() => other.promise)];
    expect(crowd.size).toBe(2);
    one.resolve('one');
    expect(await works[0]).toBe('one');
    expect(crowd.size).toBe(1);
    other.resolve('other');
    expect(await works[1]).toBe('other');
    expect(crowd.size).toBe(0);
  });

  test('counts what failed no longer, however it failed', async () => {
    const crowd = new Crowd();
    await expect(crowd.with(() => Promise.reject(new Error('late')))).rejects.toThrow('late');
    await expect(
      crowd.with(() => {
        throw new Error('at once');
      }),
    ).rejects.toThrow('at once');
    expect(crowd.size).toBe(0);
  });

  test('counts the work already while it begins', async () => {
    const crowd = new Crowd();
    expect(await crowd.with(async () => crowd.size)).toBe(1);
  });
});
