import { describe, expect, test } from '@jest/globals';
import { judge, judgeBrokenOff } from '../../src/gate/judge.ts';
import { decision } from '../../src/gate/verdict.ts';
import type { Unanswered } from '../../src/scan/event.ts';
import type { ReportRow, ScanEntry } from '../../src/scan/evidence.ts';
import type { Digest, Image } from '../../src/scan/image.ts';
import type { Finished, GivenUp } from '../../src/scan/state.ts';
import { rules } from './rules.ts';

const a: Digest = `sha256:${'a'.repeat(64)}`;
const b: Digest = `sha256:${'b'.repeat(64)}`;

const image: Image = {
  registry: 'https://registry.example.com',
  repository: 'team/app',
  scanBy: { tag: '1.4' },
  requiredDigest: undefined,
};
const pinned: Image = { ...image, requiredDigest: a };
const byDigest: Image = { ...image, scanBy: { digest: a }, requiredDigest: a };

const phase = { scanned: 1, total: 2, error: '', title: '' };
const entry: ScanEntry = { discovery: { ...phase, total: 1 }, imageScan: phase, ongoing: false };
const row: ReportRow = {
  scanTime: { text: '2026-11-23T10:00:00Z', epochMs: 1 },
  error: '',
  digest: a,
  durationMs: undefined,
  digests: [a],
  counts: { critical: 1, high: 0, medium: 0, low: 2, total: 3 },
  listed: undefined,
  isUncovered: false,
};
const known = {
  origin: 'triggered',
  earlier: { kind: 'absent' },
  entries: [entry, entry],
  error: '',
  isStarted: true,
  isOfSeveral: false,
  silentLooks: 0,
  blindLooks: 0,
  lookedAtMs: 0,
} as const;
const finished: Finished = { ...known, phase: 'finished', proof: 'progress', row, error: '', unread: '' };
const patience = rules({ timeoutMs: 1_800_000, startTimeoutMs: 300_000, reportTimeoutMs: 120_000 });

describe('A finished scan', () => {
  test('passes, with everything the report gives', () => {
    expect(judge(image, finished, patience)).toEqual({
      name: 'registry.example.com/team/app:1.4',
      decision: decision('scan-completed', 'The scan of registry.example.com/team/app:1.4 is finished.'),
      discovery: { scanned: 2, total: 2 },
      imageScan: { scanned: 2, total: 4 },
      digest: a,
      imageByDigest: `registry.example.com/team/app@${a}`,
      scanTime: '2026-11-23T10:00:00Z',
      proof: 'progress',
      earlier: { kind: 'absent' },
      assessment: {
        counts: row.counts,
        fixable: undefined,
        findings: undefined,
        isUncovered: false,
        matched: [],
      },
      warnings: [],
    });
  });

  test('counts the one image that the row proves where the report alone proved the end', () => {
    const judged = judge(image, { ...finished, proof: 'report' }, patience);
    expect([judged.discovery, judged.imageScan]).toEqual([
      { scanned: 1, total: 1 },
      { scanned: 1, total: 1 },
    ]);
  });

  test('passes without a row where nothing has to be read in it', () => {
    const judged = judge(image, { ...finished, row: undefined }, patience);
    expect(judged).toMatchObject({
      decision: { reason: 'scan-completed' },
      digest: undefined,
      imageByDigest: undefined,
    });
  });

  test('that failed is no pass, whatever else', () => {
    const judged = judge(pinned, { ...finished, error: 'no such tag' }, patience);
    expect(judged.decision).toMatchObject({ verdict: 'failed', reason: 'scan-error' });
    expect(judged.decision.message).toContain('“no such tag”');
  });

  test('whose end nobody saw passes with a warning', () => {
    const judged = judge(image, { ...finished, proof: 'vanished', row: undefined }, patience);
    expect(judged.decision.reason).toBe('scan-completed');
    expect(judged.warnings).toHaveLength(1);
  });

  test.each<[string, Image, ReportRow | undefined, string, Digest | undefined]>([
    ['carries the digest asked for', pinned, row, 'scan-completed', a],
    ['carries it beside another', pinned, { ...row, digest: b, digests: [b, a] }, 'scan-completed', a],
    ['carries another digest', pinned, { ...row, digest: b, digests: [b] }, 'digest-mismatch', b],
    [
      'carries no digest',
      pinned,
      { ...row, digest: undefined, digests: [] },
      'report-unavailable',
      undefined,
    ],
    ['is not there, and the digest cannot be compared', pinned, undefined, 'report-unavailable', undefined],
    ['is not there, but the scan was asked for by digest', byDigest, undefined, 'scan-completed', undefined],
    ['was found by its digest', byDigest, row, 'scan-completed', a],
  ])('whose row %s', (_what, asked, given, reason, digest) => {
    const judged = judge(asked, { ...finished, row: given }, patience);
    expect([judged.decision.reason, judged.digest]).toEqual([reason, digest]);
  });
});

describe('A scan that is not finished', () => {
  const givenUp = (why: GivenUp['why']): GivenUp => ({ ...known, phase: 'given-up', why });
  const unanswered: Unanswered = {
    phase: 'unanswered',
    failure: {
      kind: 'no-answer',
      reason: 'unreachable',
      message: 'GET registry: refused.',
      retryAfterMs: undefined,
    },
    entries: [entry],
  };

  test.each([
    [givenUp('no-sign'), 'timed-out', 'not-started', 'within 5m'],
    [givenUp('not-asked-for'), 'timed-out', 'not-started', 'before the Console could be asked'],
    [givenUp('still-scanning'), 'timed-out', 'still-scanning', 'timeout of 30m'],
    [givenUp('vanished'), 'error', 'unconfirmed', 'no longer shows'],
    [givenUp('end-unproven'), 'error', 'unconfirmed', 'may be an earlier one, and within 2m'],
    [unanswered, 'error', 'unreachable', 'GET registry: refused.'],
  ])('never passes: %#', (ending, verdict, reason, words) => {
    const judged = judge(image, ending, patience);
    expect(judged.decision).toMatchObject({ verdict, reason, message: expect.stringContaining(words) });
    expect([judged.digest, judged.scanTime, judged.assessment]).toEqual([undefined, undefined, undefined]);
  });

  test('is counted as far as it was seen', () => {
    expect(judge(image, unanswered, patience).imageScan).toEqual({ scanned: 1, total: 2 });
    const broken = judgeBrokenOff(image, [entry], decision('signal', 'Stopped.'));
    expect([broken.imageScan, broken.decision.reason]).toEqual([{ scanned: 1, total: 2 }, 'signal']);
  });
});

describe('The regular scan', () => {
  test('passes without digest and row', () => {
    const judged = judge('regular-scan', { ...finished, row: undefined }, patience);
    expect(judged).toMatchObject({
      decision: { reason: 'scan-completed' },
      imageScan: { scanned: 2, total: 4 },
      digest: undefined,
    });
  });

  test('warns of nothing where progress stays empty, for that is how it ends', () => {
    expect(
      judge('regular-scan', { ...finished, proof: 'vanished', row: undefined }, patience).warnings,
    ).toEqual([]);
  });
});
