import { describe, expect, test } from '@jest/globals';
import { ReleaseLog } from '../../src/action/release-log.ts';
import type { Decision } from '../../src/gate/verdict.ts';
import type { Image } from '../../src/scan/image.ts';
import { beginWait, type Completion } from '../../src/scan/state.ts';
import { entry, noRow, silence } from '../scan/evidence.ts';

const MINUTE_MS = 60_000;

function image(at: number): Image {
  return { registry: '', repository: `team/app-${at}`, scanBy: { tag: '1' }, requiredDigest: undefined };
}

const passed: Decision = { verdict: 'passed', reason: 'scan-completed', message: '' };
const failed: Decision = { verdict: 'failed', reason: 'scan-error', message: '' };

const unseen = beginWait('triggered', noRow, 0);
const scanning: Completion = { ...unseen, phase: 'scanning', entries: [entry({ ongoing: true })] };

function open(images: number) {
  const lines: string[] = [];
  const log = new ReleaseLog((line) => lines.push(line), 30 * MINUTE_MS, images);
  const logs = Array.from({ length: images }, (_none, at) => log.begin(image(at)));
  return { lines, logs };
}

const looked = (atMs: number, state: Completion = unseen) =>
  ({ kind: 'looked', state, isAnswered: true, atMs }) as const;
const trouble = (atMs: number, message = 'GET registry: no complete answer within 29.7 s.') =>
  ({ kind: 'no-answer', failure: { ...silence, message }, atMs }) as const;

describe('The log of many images', () => {
  test('has a line for each as it ends, with how many have ended', () => {
    const { lines, logs } = open(4);
    logs[2]?.end(passed, 5_000);
    logs[0]?.end(failed, 65_000);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      /^ *\S*5\S*.*1 ?\/ ?4.*✔ team\/app-2:1 {2}passed \(scan-completed\) {2}\(29m55s left\)$/,
    );
    expect(lines[1]).toMatch(/2 ?\/ ?4.*✘ team\/app-0:1 {2}failed \(scan-error\) {2}\(28m55s left\)$/);
  });

  test('has one line for a trouble of all, however long each waited', () => {
    const { lines, logs } = open(200);
    for (const [at, log] of logs.entries()) {
      log.note(trouble(1_000 + at, `GET registry: no complete answer within ${at / 10} s.`));
    }
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('no complete answer within 0 s.');
  });

  test('has another line for another trouble', () => {
    const { lines, logs } = open(2);
    logs[0]?.note(trouble(1_000, 'GET registry: one'));
    logs[0]?.note(trouble(1_001, 'GET registry/progress: other'));
    expect(lines).toHaveLength(2);
  });

  test('does not tell two troubles of many images by turns', () => {
    const { lines, logs } = open(200);
    for (const [at, log] of logs.entries()) {
      log.note(trouble(1_000 + at, 'GET registry/progress: the Console answered 503.'));
      log.note(trouble(1_000 + at, 'GET registry: the Console answered 503.'));
    }
    expect(lines).toHaveLength(2);
  });

  test('tells a trouble again where it goes on', () => {
    const { lines, logs } = open(200);
    for (let atMs = 0; atMs < 5 * MINUTE_MS; atMs += 500) logs[atMs % 7]?.note(trouble(atMs));
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.length).toBeLessThan(25);
  });

  test('says now and then who is waited for, three of each stage by name', () => {
    const { lines, logs } = open(200);
    for (const log of logs.slice(0, 150)) log.note(looked(1_000, scanning));
    for (let atMs = 2_000; atMs < 5 * MINUTE_MS; atMs += 50) {
      logs[(atMs / 50) % 200]?.note(looked(atMs, (atMs / 50) % 200 < 150 ? scanning : unseen));
    }
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.length).toBeLessThan(25);
    const last = lines.at(-1) ?? '';
    expect(last).toContain('waiting for 200');
    expect(last).toContain('team/app-0:1, team/app-1:1, team/app-2:1, and 147 more');
    expect(last).toContain('team/app-150:1, team/app-151:1, team/app-152:1, and 47 more');
    expect(last).not.toContain('team/app-3:1');
    expect(last.length).toBeLessThan(500);
  });

  test('names all where they are few, and none that have ended', () => {
    const { lines, logs } = open(4);
    logs[1]?.end(passed, 1_000);
    logs[0]?.note(looked(10 * MINUTE_MS));
    expect(lines.at(-1)).toContain('waiting for 3');
    expect(lines.at(-1)).toContain('team/app-0:1, team/app-2:1, team/app-3:1');
    expect(lines.at(-1)).not.toMatch(/team\/app-1:1|more/);
  });

  test('says nothing of what is as it should be', () => {
    const { lines, logs } = open(2);
    logs[0]?.note({ kind: 'trigger-sent', atMs: 1 });
    logs[0]?.note({ kind: 'trigger-accepted', atMs: 2 });
    logs[0]?.note({ kind: 'earlier-report', reading: noRow, atMs: 3 });
    logs[0]?.note(looked(4, scanning));
    expect(lines).toEqual([]);
  });
});
