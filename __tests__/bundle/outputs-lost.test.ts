import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ended, entry, newRow, nothing, oldRow, ongoing } from './console-data.ts';
import { gate, PASSED, verdictOf, visible } from './gate.ts';
import { json, type Scripts } from './scripted-console.ts';

const passes: Scripts = { progress: [nothing, ongoing, ended, nothing], report: [oldRow, newRow] };
const fails: Scripts = {
  progress: [ongoing, json([entry(false, { imageScan: { error: 'it broke' } })])],
  report: [oldRow],
};

const folder = mkdtempSync(join(tmpdir(), 'registry-scan-gate-outputs-'));
afterAll(() => rmSync(folder, { recursive: true }));
const pipe = join(folder, 'pipe');
execFileSync('mkfifo', [pipe]);

describe('outputs that cannot be written', () => {
  test.concurrent.each([
    ['is not there', join(folder, 'nothing'), /ENOENT/],
    ['is on a full disk', '/dev/full', /ENOSPC/],
    ['is a folder', folder, /EISDIR/],
    ['is a pipe that nobody reads', pipe, /is a pipe, not a file/],
  ])('because their file %s make a pass an error that says so once', async (_name, path, why) => {
    const run = await gate(passes, {}, { addressed: (url) => ({ url, env: { GITHUB_OUTPUT: path } }) });

    expect(run.exitCode).toBe(1);
    const said = visible(run)
      .split('\n')
      .filter((line) => why.test(line));
    expect(said).toEqual([
      expect.stringMatching(
        /^::error .*::error \(internal\): The scan passed, but the outputs could not be written/,
      ),
    ]);
    expect(visible(run)).not.toMatch(/defect|passed \(|a file that is not there/);
  });

  test.concurrent('are one warning of a run that did not pass', async () => {
    const run = await gate(fails, {}, { addressed: (url) => ({ url, env: { GITHUB_OUTPUT: '/dev/full' } }) });

    expect(run.exitCode).toBe(1);
    expect(
      visible(run)
        .split('\n')
        .filter((line) => line.includes('ENOSPC')),
    ).toHaveLength(1);
    expect(visible(run).trimEnd().split('\n').at(-1)).toContain('failed (scan-error)');
  });

  test.concurrent('leave a pass as it is if only the summary is a pipe that nobody reads', async () => {
    const run = await gate(passes, {}, { addressed: (url) => ({ url, env: { GITHUB_STEP_SUMMARY: pipe } }) });

    expect(verdictOf(run)).toBe(PASSED);
    expect(visible(run)).toContain('The job summary could not be written');
  });
});
