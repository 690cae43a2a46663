import { describe, expect, test } from '@jest/globals';
import type { Judged } from '../../src/gate/judge.ts';
import { decision } from '../../src/gate/verdict.ts';
import { type Asked, recordOf, recordOfFailure } from '../../src/report/record.ts';
import { renderSummary } from '../../src/report/summary.ts';
import { openGates } from '../gate/rules.ts';

const judged: Judged = {
  name: 'registry.example.com/team/app:1.4',
  decision: decision('scan-completed', 'The scan is finished.'),
  discovery: { scanned: 1, total: 1 },
  imageScan: { scanned: 1, total: 1 },
  digest: `sha256:${'a'.repeat(64)}`,
  imageByDigest: `registry.example.com/team/app@sha256:${'a'.repeat(64)}`,
  scanTime: '2026-11-23T10:00:00Z',
  proof: 'progress',
  earlier: { kind: 'absent' },
  assessment: {
    counts: { critical: 0, high: 1, medium: 2, low: 3, total: 6 },
    fixable: undefined,
    findings: undefined,
    isUncovered: false,
    matched: [],
  },
  warnings: [],
};
const TODAY = '2026-11-24';
const asked: Asked = {
  mode: 'trigger',
  consoleHost: 'console.example.com',
  apiVersion: '32.07',
  project: '',
  gates: openGates,
  maxScanAgeMs: undefined,
};
const run = {
  durationMs: 65_000,
  timeline: [
    { atMs: 0, phase: 'requested' },
    { atMs: 5_000, phase: 'image-scan' },
    { atMs: 65_000, phase: 'finished' },
  ],
} as const;

describe('The job summary', () => {
  test('shows image, verdict, digest, counts and when each phase began', () => {
    expect(renderSummary(recordOf([judged], asked, TODAY, run))).toBe(
      [
        '## ✅ Registry scan gate: passed (scan-completed)',
        '',
        'The scan is finished. Promote the image by its digest, not by its tag.',
        '',
        '| Image | Verdict | Digest | Scanned | Scan time | Critical | High | Medium | Low |',
        '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
        `| \`registry.example.com/team/app:1.4\` | ✅ scan-completed | \`sha256:${'a'.repeat(64)}\` | 1/1 | ` +
          '2026-11-23T10:00:00Z | 0 | 1 | 2 | 3 |',
        '',
        '| After | Phase | Lasted |',
        '| --- | --- | --- |',
        '| 0s | asking the Console to scan | 5s |',
        '| 5s | step 2/2  scanning images | 1m |',
        '| 1m5s | the scan is over |  |',
        '',
      ].join('\n'),
    );
  });

  test('shows nothing of the Console as markup', () => {
    const message = 'failed: <script>alert(1)</script> [x](https://evil.example) | ![y](z)';
    const summary = renderSummary(
      recordOf([{ ...judged, decision: decision('scan-error', message) }], asked, TODAY, run),
    );
    expect(summary).not.toMatch(/<script|\]\(|https:/);
  });

  test('shows the phases of the regular scan, which is of no image', () => {
    const summary = renderSummary(recordOf([judged], { ...asked, mode: 'await-regular' }, TODAY, run));
    expect(summary).toContain('| Image scan | 1/1 |');
    expect(summary).not.toContain('team/app');
  });

  test('warns of weak proof', () => {
    expect(
      renderSummary(recordOf([{ ...judged, warnings: ['Nobody saw it.'] }], asked, TODAY, run)),
    ).toContain('> ⚠️ Nobody saw it.');
  });

  test('says what to do where there was nothing to wait for', () => {
    const summary = renderSummary(
      recordOfFailure(decision('invalid-input', 'Input tag is empty.'), { durationMs: 0, timeline: [] }),
    );
    expect(summary).toContain('## ⚠️ Registry scan gate: error (invalid-input)');
    expect(summary).toContain('nothing was sent');
    expect(summary).not.toContain('After');
  });
});
