import { expect, test } from '@jest/globals';
import type { PollEvent, Stage } from '../../src/scan/events.ts';
import { Timeline } from '../../src/scan/timeline.ts';

const polled = (atMs: number, stage: Stage): PollEvent => ({
  kind: 'polled',
  atMs,
  stage,
  counts: undefined,
  failures: [],
  nextPollMs: 1_000,
});

test('a timeline has when each phase began, and does not grow with the polls', () => {
  const timeline = new Timeline();
  timeline.add({ kind: 'baseline', atMs: 0, snapshot: { kind: 'absent', readAtMs: undefined } });
  timeline.add({ kind: 'trigger-sent', atMs: 100 });
  timeline.add({ kind: 'trigger-accepted', atMs: 200 });
  for (let atMs = 1_000; atMs < 60_000; atMs += 1_000) timeline.add(polled(atMs, 'image-scan'));
  timeline.add(polled(60_000, 'finished'));
  expect(timeline.entries()).toEqual([
    { atMs: 100, phase: 'requested' },
    { atMs: 1_000, phase: 'image-scan' },
    { atMs: 60_000, phase: 'finished' },
  ]);
});

test('a timeline has a phase again that comes back', () => {
  const timeline = new Timeline();
  for (const [atMs, stage] of [
    [1, 'image-scan'],
    [2, 'lost'],
    [3, 'image-scan'],
  ] as const) {
    timeline.add(polled(atMs, stage));
  }
  expect(timeline.entries()).toHaveLength(3);
});
