import { describe, expect, test } from '@jest/globals';
import { WaitLog } from '../../src/action/log.ts';
import { observe } from '../../src/scan/completion.ts';
import type { WaitEvent } from '../../src/scan/event.ts';
import { answer, type ScanEntry } from '../../src/scan/evidence.ts';
import { beginWait } from '../../src/scan/state.ts';

const limits = { startTimeoutMs: 300_000, reportTimeoutMs: 120_000 };

function entry(scanned: number, total: number, ongoing: boolean): ScanEntry {
  const phase = { error: '', title: '' };
  return { discovery: { ...phase, scanned: 1, total: 1 }, imageScan: { ...phase, scanned, total }, ongoing };
}

/** A look at which progress answered with the entries. */
function looked(atMs: number, ...entries: ScanEntry[]): WaitEvent & { kind: 'looked' } {
  const look = {
    atMs,
    progress: answer(entries),
    report: answer({ kind: 'absent' } as const),
    isTriggerAccepted: true,
  };
  return {
    kind: 'looked',
    atMs,
    isAnswered: true,
    state: observe(beginWait('awaited', { kind: 'absent' }, 0), look, limits),
  };
}

function linesOf(events: readonly WaitEvent[]): string[] {
  const lines: string[] = [];
  const log = new WaitLog((line) => lines.push(line), 1_800_000);
  for (const event of events) log.note(event);
  return lines;
}

describe('The log of a wait', () => {
  test('has a line when something changes, and none when nothing does', () => {
    const lines = linesOf([
      { kind: 'earlier-report', atMs: 0, reading: { kind: 'absent' } },
      { kind: 'trigger-sent', atMs: 200 },
      { kind: 'trigger-accepted', atMs: 300 },
      looked(1_000),
      looked(2_000),
      looked(3_000, entry(0, 4, true)),
      looked(4_000, entry(0, 4, true)),
      looked(5_000, entry(3, 4, true)),
      looked(6_000, entry(4, 4, true)),
      looked(7_000, entry(4, 4, false)),
    ]);
    expect(lines).toEqual([
      '   0:00  the report so far does not know the image  (30m left)',
      '   0:00  asking the Console to scan  (30m left)',
      '   0:00  the Console accepted the request  (30m left)',
      '   0:01  waiting for the scan to show up  (29m59s left)',
      '   0:03  step 2/2  scanning images  ░░░░░░░░░░░░░░░░░░░░ 0/4  (29m57s left)',
      '   0:05  step 2/2  scanning images  ███████████████░░░░░ 3/4  (29m55s left)',
      '   0:06  step 2/2  scanning images  ████████████████████ 4/4  (29m54s left)',
      '   0:07  scan ended; waiting for the report to show it  ████████████████████ 4/4  (29m53s left)',
    ]);
  });

  test('beats once a minute when nothing changes for long', () => {
    const looks = Array.from({ length: 20 }, (_, index) => looked(index * 15_000, entry(1, 2, true)));
    expect(linesOf(looks)).toHaveLength(5);
  });

  test('says that the Console does not answer once for each way of it, and what there is when it does again', () => {
    const failure = {
      kind: 'no-answer',
      reason: 'unreachable',
      message: 'GET registry: refused.',
      retryAfterMs: undefined,
    } as const;
    const trouble = (atMs: number): WaitEvent[] => [
      { kind: 'no-answer', atMs, failure },
      { ...looked(atMs), isAnswered: false },
    ];
    const lines = linesOf([
      looked(1_000),
      ...trouble(2_000),
      ...trouble(3_000),
      ...trouble(4_000),
      looked(5_000),
    ]);
    expect(lines.map((line) => line.slice(9))).toEqual([
      'waiting for the scan to show up  (29m59s left)',
      'GET registry: refused.  (29m58s left)',
      'waiting for the scan to show up  (29m55s left)',
    ]);
  });

  test('tells hours from minutes', () => {
    expect(linesOf([looked(3_723_000)])[0]).toMatch(/^1:02:03 {2}/);
  });
});
