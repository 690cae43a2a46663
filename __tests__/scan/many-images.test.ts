import { expect, test } from '@jest/globals';
import { seededRandom } from '../../bench/seeded-random.ts';
import { simulateRelease } from '../../bench/simulated-release.ts';

/* What many images of one step cost, in virtual time: the embedded Console with its limit of 30 reports in 30 s. */

/** Scans that take 2 to 8 s; every second image was never scanned before. */
const scansOf = (count: number) =>
  Array.from({ length: count }, (_none, at) => ({
    seconds: 2 + ((at * 7) % 61) / 10,
    previousSeconds: at % 2 === 0 ? undefined : 5,
  }));

test.each([
  { images: 1, reads: 3, polls: 5 },
  { images: 3, reads: 6, polls: 15 },
  { images: 30, reads: 14, polls: 80 },
  { images: 120, reads: 16, polls: 250 },
])('$images images cost at most $reads reads of the report, and are done within 15 s', async (most) => {
  const { requests, seconds } = await simulateRelease(scansOf(most.images), seededRandom(1));
  const reads = requests.filter(({ call }) => call === 'registry');

  expect(seconds).toBeLessThanOrEqual(15);
  expect(reads.length).toBeLessThanOrEqual(most.reads);
  expect(reads.filter(({ status }) => status !== 200)).toEqual([]);
  expect(requests.filter(({ call }) => call === 'progress').length).toBeLessThanOrEqual(most.polls);
  expect(requests.filter(({ call }) => call === 'scan')).toHaveLength(most.images);
});
