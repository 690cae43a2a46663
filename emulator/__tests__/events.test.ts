import { describe, expect, test } from '@jest/globals';
import { buildEarlierScan } from '../src/builders.ts';
import { alpine, alpineImage, testConsole } from './test-console.ts';

describe('what happens to a Console by itself', () => {
  test('a restart loses the scan in flight, its row included', () => {
    const { model, ongoing, trigger, scanTimes, clock } = testConsole();
    trigger();
    clock.advance(5_000);
    model.restart();
    expect(ongoing()).toEqual([]);
    clock.advance(3_600_000);
    expect(scanTimes()).toEqual([]);
    expect(model.scansOf(alpine)).toMatchObject([{ kind: 'on-demand', rowAtMs: null }]);
  });

  test('a restart loses an unread end, but not the row that is due', () => {
    const { model, ongoing, trigger, scanTimes, clock } = testConsole({ settings: { rowLagMs: 5_000 } });
    trigger();
    clock.advance(11_000);
    model.restart();
    clock.advance(4_000);
    expect(ongoing()).toEqual([]);
    expect(scanTimes()).toHaveLength(1);
    expect(model.scansOf(alpine)).toMatchObject([{ lostAtMs: null }]);
  });

  test('a restart at its time counts, however late anybody looks', () => {
    const { model, ongoing, scanTimes, clock } = testConsole({
      events: [
        { kind: 'restart', atMs: 5_000 },
        { kind: 'scan', atMs: 0, image: alpine },
      ],
    });
    const restartAtMs = clock.nowMs() + 5_000;
    clock.advance(60_000);
    expect(ongoing()).toEqual([]);
    expect(scanTimes()).toEqual([]);
    expect(model.restartedAtMs).toBe(restartAtMs);
    expect(model.scansOf(alpine)).toMatchObject([{ lostAtMs: restartAtMs }]);
  });

  test('another user can read the end before us', () => {
    const { model, ongoing, trigger, clock, scanTimes } = testConsole();
    trigger();
    clock.advance(10_500);
    model.readByOtherUser(alpine);
    expect(ongoing()).toEqual([]);
    expect(scanTimes()).toHaveLength(1);
  });

  test('another user who reads while the scan is ongoing takes nothing from us', () => {
    const { ongoing, trigger, clock } = testConsole({
      events: [{ kind: 'read', atMs: 5_000, image: alpine }],
    });
    trigger();
    clock.advance(10_000);
    expect(ongoing()).toEqual([false]);
  });

  test('another user can read the end a while after it', () => {
    const { ongoing, trigger, clock } = testConsole({
      images: [alpineImage({ endReadByOtherAfterMs: 1_000 })],
    });
    trigger();
    clock.advance(11_000);
    expect(ongoing()).toEqual([]);
  });

  test('another user can start the scan that we wait for', () => {
    const { ongoing, clock } = testConsole({ events: [{ kind: 'scan', atMs: -3_000, image: alpine }] });
    expect(ongoing()).toEqual([true]);
    clock.advance(7_000);
    expect(ongoing()).toEqual([false]);
  });
});

describe('the record', () => {
  test('records what truly became of every scan', () => {
    const { model, trigger, clock } = testConsole({
      images: [
        alpineImage({ outcome: 'scan-error', errorText: 'no layer' }, { earlier: buildEarlierScan() }),
      ],
    });
    const startMs = clock.nowMs();
    trigger();
    expect(model.scansOf(alpine)).toMatchObject([
      { kind: 'earlier', outcome: 'finished' },
      {
        kind: 'on-demand',
        requestedAtMs: startMs,
        finishedAtMs: startMs + 10_000,
        rowAtMs: startMs + 10_500,
        outcome: 'scan-error',
        errorText: 'no layer',
      },
    ]);
  });

  test('keeps the latest calls and counts them all', () => {
    const { model, entries } = testConsole();
    for (let call = 0; call < 5_000; call += 1) entries();
    expect(model.counts.progress).toBe(5_000);
    expect(model.journal.length).toBeLessThan(2_000);
    expect(model.journal.at(-1)).toMatchObject({ call: 'progress', user: 'gate', asked: alpine });
  });
});
