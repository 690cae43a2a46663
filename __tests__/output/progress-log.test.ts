import { describe, expect, test } from '@jest/globals';
import type { Image } from '../../src/image/image.ts';
import { progressLog } from '../../src/output/progress-log.ts';
import type { RetryableFailure } from '../../src/scan/call-failure.ts';
import type { PollEvent, Stage } from '../../src/scan/events.ts';
import type { Counts } from '../../src/scan/evidence.ts';
import { baselineRow, decided } from './builders.ts';

const MINUTE_MS = 60_000;
const TIMEOUT_MS = 30 * MINUTE_MS;

function image(at: number): Image {
  return {
    registry: '',
    repository: `team/app-${at}`,
    tag: '1',
    digest: undefined,
    scanBy: { tag: '1' },
    platform: undefined,
  };
}

type Polled = Extract<PollEvent, { kind: 'polled' }>;

function polled(atMs: number, stage: Stage, given: Partial<Polled> = {}): Polled {
  return { kind: 'polled', atMs, stage, counts: undefined, failures: [], nextPollMs: 5_000, ...given };
}

const scanned = (atMs: number, counts: Counts) => polled(atMs, 'image-scan', { counts });

const refused = (what = 'GET registry: the Console responded with 503'): RetryableFailure => ({
  kind: 'unreachable',
  what,
  retryAfterMs: undefined,
});

function failed(atMs: number, message?: string, nextPollMs?: number): Polled {
  return polled(atMs, 'pending', { failures: [refused(message)], nextPollMs });
}

/** Opens the log of so many images and collects what it writes. */
function open(images: number, isTerminal = false) {
  const lines: string[] = [];
  const debug: string[] = [];
  const statuses: string[] = [];
  const sink = {
    info: (line: string) => lines.push(line),
    debug: (line: string) => debug.push(line),
    status: isTerminal ? (line: string) => statuses.push(line) : undefined,
  };
  const log = progressLog(sink, TIMEOUT_MS, images);
  const logs = Array.from({ length: images }, (_none, at) => log.forImage(image(at)));
  return { lines, debug, statuses, logs };
}

function linesOf(events: readonly PollEvent[]): readonly string[] {
  const { lines, logs } = open(1);
  for (const event of events) logs[0]?.write(event);
  return lines;
}

describe('The progress log of one image', () => {
  test('has a line when something changes, and none when nothing does', () => {
    const lines = linesOf([
      { kind: 'baseline', atMs: 0, snapshot: { kind: 'absent', readAtMs: undefined } },
      { kind: 'trigger-sent', atMs: 200 },
      { kind: 'trigger-accepted', atMs: 300 },
      polled(1_000, 'pending'),
      polled(2_000, 'pending'),
      scanned(3_000, { scanned: 0, total: 4 }),
      scanned(4_000, { scanned: 0, total: 4 }),
      scanned(5_000, { scanned: 3, total: 4 }),
      scanned(6_000, { scanned: 4, total: 4 }),
      polled(7_000, 'awaiting-report', { counts: { scanned: 4, total: 4 } }),
      polled(8_000, 'finished', { nextPollMs: undefined }),
    ]);
    expect(lines).toEqual([
      '   0:00  the report so far does not know the image  (30m left)',
      '   0:00  asking the Console to scan  (30m left)',
      '   0:00  the Console accepted the request  (30m left)',
      '   0:01  waiting for the scan to start  (29m59s left)',
      '   0:03  step 2/2  scanning images  ░░░░░░░░░░░░░░░░░░░░ 0/4  (29m57s left)',
      '   0:05  step 2/2  scanning images  ███████████████░░░░░ 3/4  (29m55s left)',
      '   0:06  step 2/2  scanning images  ████████████████████ 4/4  (29m54s left)',
      '   0:07  scan ended; waiting for the report to show it  ████████████████████ 4/4  (29m53s left)',
      '   0:08  the scan is finished  (29m52s left)',
    ]);
  });

  test('repeats a line once a minute when nothing changes', () => {
    const events = Array.from({ length: 20 }, (_none, index) =>
      scanned(index * 15_000, { scanned: 1, total: 2 }),
    );
    expect(linesOf(events)).toHaveLength(5);
  });

  test('shows the scan before and how long it took, which decides when polls begin', () => {
    const snapshot = baselineRow({ durationMs: 41_000 });
    expect(linesOf([{ kind: 'baseline', atMs: 0, snapshot }])[0]).toContain(
      'the report so far shows a scan of 2026-11-23T09:00:00Z, which took 41s',
    );
  });

  test.each([
    [12_000, '12 s'],
    [500, '0.5 s'],
    [90_000, '90 s'],
  ])('says with every failure when it asks again: %d ms', (nextPollMs, text) => {
    expect(linesOf([failed(1_000, undefined, nextPollMs)])[0]).toContain(
      `GET registry: the Console responded with 503; asking again in ${text}  (29m59s left)`,
    );
  });

  test('does not announce another attempt if there is none', () => {
    expect(linesOf([failed(1_000)])[0]).toContain('responded with 503.  (');
  });

  test('writes a failure once, however its numbers vary, and where the scan stands when it is over', () => {
    const lines = linesOf([
      polled(1_000, 'pending'),
      failed(2_000, 'GET registry: no complete response within 29.7 s', 1_000),
      failed(3_000, 'GET registry: no complete response within 28.1 s', 2_000),
      failed(4_000, 'GET registry: no complete response within 3 s', 4_000),
      polled(5_000, 'pending'),
    ]);
    expect(lines.map((line) => line.slice(9))).toEqual([
      'waiting for the scan to start  (29m59s left)',
      'GET registry: no complete response within 29.7 s; asking again in 1 s  (29m58s left)',
      'waiting for the scan to start  (29m55s left)',
    ]);
  });

  test('writes another failure at once', () => {
    expect(linesOf([failed(1_000, 'one'), failed(2_000, 'other')])).toHaveLength(2);
  });

  test('repeats a failure that goes on once a minute', () => {
    const events = Array.from({ length: 20 }, (_none, index) => failed(index * 15_000, undefined, 15_000));
    expect(linesOf(events)).toHaveLength(5);
  });

  test('has state, failures and the next delay of each poll in the debug log', () => {
    const { debug, logs } = open(1);
    logs[0]?.write(scanned(1_000, { scanned: 1, total: 2 }));
    logs[0]?.write(failed(2_000, undefined, 1_234.5));
    expect(debug).toEqual([
      'polled: image-scan 1/2; next poll in 5000 ms',
      'polled: pending; unreachable: GET registry: the Console responded with 503; next poll in 1235 ms',
    ]);
  });

  test('has counts in the status line of a terminal, and a line that stays for each stage', () => {
    const { lines, statuses, logs } = open(1, true);
    for (const event of [
      polled(1_000, 'pending'),
      scanned(2_000, { scanned: 0, total: 4 }),
      scanned(3_000, { scanned: 3, total: 4 }),
      scanned(90_000, { scanned: 3, total: 4 }),
      polled(91_000, 'finished'),
    ]) {
      logs[0]?.write(event);
    }
    expect(lines.map((line) => line.slice(9).split('  ')[0])).toEqual([
      'waiting for the scan to start',
      'step 2/2',
      'the scan is finished',
    ]);
    expect(statuses).toEqual([
      '   0:03  step 2/2  scanning images  ███████████████░░░░░ 3/4  (29m57s left)',
      '   1:30  step 2/2  scanning images  ███████████████░░░░░ 3/4  (28m30s left)',
    ]);
  });

  test('distinguishes hours from minutes', () => {
    expect(linesOf([polled(3_723_000, 'pending')])[0]).toMatch(/^1:02:03 {2}/);
  });

  test('leaves the verdict to the line of the run', () => {
    const { lines, logs } = open(1);
    logs[0]?.end(decided('scan-completed', ''), 1_000);
    expect(lines).toEqual([]);
  });
});

describe('The progress log of many images', () => {
  test('has a line for each once it is decided, with one progress bar for all', () => {
    const { lines, logs } = open(4);
    logs[2]?.over();
    logs[2]?.end(decided('scan-completed', ''), 5_000);
    logs[0]?.over();
    logs[0]?.end(decided('scan-error', ''), 65_000);
    expect(lines).toEqual([
      '   0:05  █████░░░░░░░░░░░░░░░ 1/4  ✅ team/app-2:1  passed (scan-completed)  (29m55s left)',
      '   1:05  ██████████░░░░░░░░░░ 2/4  ❌ team/app-0:1  failed (scan-error)  (28m55s left)',
    ]);
  });

  test('has one line for a failure of all, however long each waited', () => {
    const { lines, logs } = open(200);
    for (const [at, log] of logs.entries()) {
      log.write(failed(1_000 + at, `GET registry: no complete response within ${at / 10} s`, 12_000));
    }
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('no complete response within 0 s; asking again in 12 s');
  });

  test('does not write two failures of many images by turns', () => {
    const { lines, logs } = open(200);
    for (const [at, log] of logs.entries()) {
      log.write(failed(1_000 + at, 'GET registry/progress: 503'));
      log.write(failed(1_000 + at, 'GET registry: 503'));
    }
    expect(lines).toHaveLength(2);
  });

  test('writes a failure again if it goes on', () => {
    const { lines, logs } = open(200);
    for (let atMs = 0; atMs < 5 * MINUTE_MS; atMs += 500) logs[atMs % 7]?.write(failed(atMs));
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.length).toBeLessThan(25);
  });

  test('names now and then the images that are waited for, three of each stage', () => {
    const { lines, logs } = open(200);
    for (const log of logs.slice(0, 150)) log.write(polled(1_000, 'image-scan'));
    for (let atMs = 2_000; atMs < 5 * MINUTE_MS; atMs += 50) {
      const at = (atMs / 50) % 200;
      logs[at]?.write(polled(atMs, at < 150 ? 'image-scan' : 'pending'));
    }
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.length).toBeLessThan(25);
    const last = lines.at(-1) ?? '';
    expect(last).toContain('waiting for 200; ');
    expect(last).toContain('team/app-0:1, team/app-1:1, team/app-2:1 and 147 more');
    expect(last).toContain('team/app-150:1, team/app-151:1, team/app-152:1 and 47 more');
    expect(last).not.toContain('team/app-3:1');
  });

  test('names all if they are few, and none whose wait is over', () => {
    const { lines, logs } = open(4);
    logs[1]?.over();
    logs[1]?.write(polled(1_001, 'finished'));
    logs[0]?.write(polled(10 * MINUTE_MS, 'pending'));
    expect(lines.at(-1)).toContain(
      'waiting for 3; waiting for the scan to start: team/app-0:1, team/app-2:1, team/app-3:1',
    );
  });

  test('begins with what is waited for', () => {
    const { lines, logs } = open(2);
    logs[0]?.write(polled(1_000, 'image-scan'));
    logs[1]?.write(polled(1_100, 'image-scan'));
    expect(lines).toEqual([
      '   0:01  ░░░░░░░░░░░░░░░░░░░░ 0/2  waiting for 2; step 2/2  scanning images: team/app-0:1; ' +
        'waiting for the scan to start: team/app-1:1  (29m59s left)',
    ]);
  });

  test('has what is waited for in the status line of a terminal', () => {
    const { lines, statuses, logs } = open(2, true);
    logs[0]?.write(polled(1_000, 'image-scan'));
    logs[0]?.over();
    logs[1]?.write(polled(90_000, 'image-scan'));
    expect(lines).toEqual([]);
    expect(statuses).toHaveLength(2);
    expect(statuses[1]).toContain('1/2  28m30s left  waiting for 1; step 2/2  scanning images: team/app-1:1');
  });

  test('has what is as it should be in the debug log only', () => {
    const { lines, debug, logs } = open(2);
    logs[0]?.write({ kind: 'trigger-sent', atMs: 1 });
    logs[0]?.write({ kind: 'trigger-accepted', atMs: 2 });
    logs[1]?.write({ kind: 'baseline', snapshot: { kind: 'absent', readAtMs: undefined }, atMs: 3 });
    expect(lines).toEqual([]);
    logs[0]?.write(polled(4, 'image-scan'));
    expect(debug).toEqual([
      'team/app-0:1: asking the Console to scan',
      'team/app-0:1: the Console accepted the request',
      'team/app-1:1: the report so far does not know the image',
      'team/app-0:1: polled: image-scan; next poll in 5000 ms',
    ]);
  });
});
