import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { distributionsOf } from '../../bench/distributions.ts';
import { measure, measureShortScans, mostRequests, SHORT_SCANS } from '../../bench/scale.ts';
import { simulateRelease } from '../../bench/simulated-release.ts';
import { FULL } from '../sample.ts';

const scans =
  distributionsOf({ seed: 11, durations: undefined }).find(({ name }) => name.startsWith('medium'))?.scans ??
  [];
const page = readFileSync(new URL('../../bench/polling.md', import.meta.url), 'utf8');

const STEPS = (FULL ? [2, 10, 50, 200, 1_000] : [2, 50]).flatMap((images) => [
  { images, isPreviousKnown: true },
  { images, isPreviousKnown: false },
]);

describe.each(STEPS)(
  'A step for $images images, the previous duration known: $isPreviousKnown',
  ({ images, isPreviousKnown }) => {
    test('costs no more than the formula says, and meets no refusal', async () => {
      const step = await measure(scans.slice(0, images), isPreviousKnown, 3);

      expect(step.refusals).toBe(0);
      expect(step.mostReportsIn30Seconds).toBeLessThanOrEqual(30);
      expect(step.mostInASecond).toBeLessThanOrEqual(90);
      expect(step.calls.scan).toBe(images);
      const limits = Object.entries(mostRequests(images, step.seconds));
      const exceeded = limits.filter(([call, most]) => (step.calls[call] ?? 0) > most);
      expect(exceeded).toEqual([]);
      // A formula that allows anything says nothing.
      const most = limits.reduce((sum, [, each]) => sum + each, 0);
      if (images >= 200) expect(step.requests).toBeGreaterThan(most * 0.4);
    });
  },
);

test('A step for 120 new images with scans of 2 to 8 s is over within 15 s', async () => {
  for (const seconds of await measureShortScans(5, FULL ? SHORT_SCANS.steps : 5)) {
    expect(seconds).toBeLessThanOrEqual(SHORT_SCANS.goalSeconds);
  }
});

test('The same seed gives the same step', async () => {
  const once = async () =>
    (await simulateRelease(scans.slice(0, 20), () => 0.5)).requests.map(
      ({ call, atMs }) => `${call} ${atMs}`,
    );
  expect(await once()).toEqual(await once());
});

describe('The page on polling', () => {
  test('has the formula that is held here', () => {
    expect(mostRequests(7, 480)).toEqual({ authenticate: 2, scan: 7, progress: 14 + 1_920, registry: 405 });
    for (const row of [
      '| log-in | 1 + T / 480 |',
      '| requests to scan | N,',
      '| progress | 2 N + 4 T,',
      '| report | 5 + T / 1.2 |',
    ]) {
      expect(page).toContain(row);
    }
  });

  test('has figures that keep to it', () => {
    const rows = [
      ...page.matchAll(
        /^\| ([\d,]+) \| (?:un)?known \| (\d+) \| [\d.]+ \| (\d+) \| (\d+) \| \d+ \| (\d+) \|/gm,
      ),
    ];
    expect(rows).toHaveLength(10);
    for (const [, images = '', requests, progress, report, refused] of rows) {
      const count = Number(images.replace(',', ''));
      const fixed = Number(requests) - Number(progress) - Number(report) - count;
      expect({ fixed, refused }).toEqual({ fixed: 1, refused: '0' });
    }
  });
});
