import { describe, expect, test } from '@jest/globals';
import { judge, judgeBrokenOff } from '../../src/gate/judge.ts';
import { decision } from '../../src/gate/verdict.ts';
import type { Unanswered } from '../../src/scan/event.ts';
import type { ReportRow, ScanEntry } from '../../src/scan/evidence.ts';
import type { Digest, Image } from '../../src/scan/image.ts';
import type { Finished, GivenUp } from '../../src/scan/state.ts';
import { exception, finding, rowOf } from './findings.ts';
import { rules } from './rules.ts';

const a: Digest = `sha256:${'a'.repeat(64)}`;
const b: Digest = `sha256:${'b'.repeat(64)}`;
const c: Digest = `sha256:${'c'.repeat(64)}`;

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
  isEarlierLate: false,
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
    expect(judged.warnings).toEqual([
      'Nobody saw the end of the scan of registry.example.com/team/app:1.4: it ran, progress stopped showing it, and ' +
        'the report may not be read. Give the Console user read access to Monitor, so that the report can prove the end.',
    ]);
  });

  test('without a row passes with a warning that there is nothing to promote by', () => {
    expect(judge(image, { ...finished, row: undefined }, patience).warnings).toEqual([
      'Progress showed the end of the scan of registry.example.com/team/app:1.4, but the report did not, so the outputs ' +
        'have no digest to promote by. Check that the Console user may read Monitor, or raise report-timeout.',
    ]);
  });

  test.each<[string, ReportRow | undefined, string]>([
    ['cannot be read', undefined, `is finished, but the report that must show its digest could not be read.`],
    [
      'gives no digest',
      { ...row, digest: undefined, digests: [] },
      'is finished, but the report that must show its digest gives none.',
    ],
    ['gives others', { ...row, digest: b, digests: [b, c] }, `but the report shows ${b}, ${c}.`],
  ])('says why the digest asked for is not proven where the report %s', (_what, given, words) => {
    const { message } = judge(pinned, { ...finished, row: given }, patience).decision;
    expect(message.endsWith(words)).toBe(true);
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
    [givenUp('vanished'), 'error', 'unconfirmed', 'and within 2m the report did not show it either.'],
    [givenUp('end-unproven'), 'error', 'unconfirmed', 'may be an earlier one, and within 2m'],
    [unanswered, 'error', 'unreachable', 'GET registry: refused.'],
  ])('never passes: %#', (ending, verdict, reason, words) => {
    const judged = judge(image, ending, patience);
    expect(judged.decision).toMatchObject({ verdict, reason, message: expect.stringContaining(words) });
    expect([judged.digest, judged.scanTime, judged.assessment]).toEqual([undefined, undefined, undefined]);
  });

  test('quotes the error of an end that may be an earlier one', () => {
    const failed = { ...givenUp('end-unproven'), error: 'cannot pull' };
    expect(judge(image, failed, patience).decision).toMatchObject({
      reason: 'unconfirmed',
      message: expect.stringContaining('may be an earlier one (it failed: “cannot pull”), and within 2m'),
    });
  });

  test('tells of the report before, where it was read', () => {
    expect(judge(image, givenUp('no-sign'), patience).earlier).toEqual({ kind: 'absent' });
    expect(judge(image, unanswered, patience).earlier).toBeUndefined();
  });

  test('is counted as far as it was seen', () => {
    expect(judge(image, unanswered, patience).imageScan).toEqual({ scanned: 1, total: 2 });
    const broken = judgeBrokenOff(image, [entry], decision('signal', 'Stopped.'));
    expect([broken.imageScan, broken.decision.reason]).toEqual([{ scanned: 1, total: 2 }, 'signal']);
  });
});

describe('The regular scan', () => {
  test('has no digest to promote by, whatever row there may be', () => {
    const judged = judge('regular-scan', finished, patience);
    expect([judged.digest, judged.imageByDigest]).toEqual([undefined, undefined]);
  });

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

describe('A finished scan, under a gate,', () => {
  const limits = { timeoutMs: 1_800_000, startTimeoutMs: 300_000, reportTimeoutMs: 120_000 };
  const name = 'registry.example.com/team/app:1.4';
  const gated = rules(limits, { severityCutoff: 'high' });
  const high = finding({ id: 'CVE-1', severity: 'high', fix: '3.0.2' });
  const readRow = (listed: ReportRow['listed'], given: Partial<ReportRow> = {}) =>
    rowOf(listed, { digest: a, digests: [a], ...given });
  const ended = (given: ReportRow | undefined, unread = ''): Finished => ({
    ...finished,
    row: given,
    unread,
  });

  test('passes where nothing objects', () => {
    const judged = judge(image, ended(readRow([finding()])), gated);
    expect(judged.decision).toEqual(decision('scan-completed', `The scan of ${name} is finished.`));
    expect(judged.assessment?.counts?.total).toBe(1);
    expect(judged.warnings).toEqual([]);
  });

  test('fails where something does, and says all of it', () => {
    const both = rules(limits, { severityCutoff: 'high', failOnPolicy: true });
    expect(judge(image, ended(readRow([high])), gated).decision).toEqual(
      decision(
        'severity-cutoff',
        `The scan of ${name} is finished, but it has findings at or above high (1 high): CVE-1 in openssl 3.0.1 (fixed in 3.0.2).`,
      ),
    );
    expect(judge(image, ended(readRow([{ ...high, isBlocking: true }])), both).decision).toEqual(
      decision(
        'severity-cutoff',
        `The scan of ${name} is finished, but it has findings at or above high (1 high): CVE-1 in openssl 3.0.1 (fixed in 3.0.2)` +
          '; also, the Console’s policy blocks 1 high: CVE-1 in openssl 3.0.1 (fixed in 3.0.2).',
      ),
    );
  });

  test('holds the findings against the exceptions, of this image and on this day', () => {
    const until = (day: string, of = name) =>
      rules(limits, {
        severityCutoff: 'high',
        exceptions: [exception({ id: 'CVE-1', until: day, image: of })],
      });
    const judged = judge(image, ended(readRow([high])), until('2026-11-24'));
    expect(judged.decision.reason).toBe('scan-completed');
    expect(judged.assessment?.findings?.[0]?.acceptedBy?.reason).toBe('not reachable');
    expect(judge(image, ended(readRow([high])), until('2026-11-23')).decision.reason).toBe('severity-cutoff');
    expect(judge(image, ended(readRow([high])), until('2026-11-24', 'other')).decision.reason).toBe(
      'severity-cutoff',
    );
  });

  test('never passes without the report', () => {
    const judged = judge(image, ended(undefined), gated);
    expect(judged.decision).toEqual(
      decision(
        'report-unavailable',
        `The scan of ${name} is finished, but the report that the gates need could not be read.`,
      ),
    );
    expect(judged.assessment).toBeUndefined();
    expect(judge(image, { ...ended(undefined), proof: 'vanished' }, gated).decision.reason).toBe(
      'report-unavailable',
    );
    expect(judge(byDigest, ended(undefined), gated).decision.reason).toBe('report-unavailable');
    expect(judge('regular-scan', ended(undefined), gated).decision.reason).toBe('report-unavailable');
  });

  test('never passes without its findings, and says why', () => {
    const judged = judge(image, ended(row, 'GET registry: the Console answered 500.'), gated);
    expect(judged.decision).toEqual(
      decision(
        'report-unavailable',
        `The scan of ${name} is finished, but its findings could not be read. GET registry: the Console answered 500.`,
      ),
    );
    expect(judge(image, ended(row), gated).decision.message).toBe(
      `The scan of ${name} is finished, but its findings could not be read.`,
    );
  });

  test('has no cause to tell where the report was read', () => {
    const judged = judge(image, ended(readRow([high]), 'why'), gated);
    expect(judged.decision.message).toMatch(/\(fixed in 3\.0\.2\)\.$/);
  });

  test('is no pass where the system is not covered', () => {
    expect(judge(image, ended(readRow([], { isUncovered: true })), gated).decision).toMatchObject({
      verdict: 'failed',
      reason: 'coverage-missing',
    });
    expect(judge(image, ended(readRow([], { isUncovered: true })), patience).decision.reason).toBe(
      'scan-completed',
    );
  });

  test('is judged by its identity first, and by its error before that', () => {
    const other = readRow([high], { digest: b, digests: [b] });
    expect(judge(pinned, ended(other), gated).decision).toEqual(
      decision('digest-mismatch', `Asked for ${name}@${a}, but the report shows ${b}.`),
    );
    expect(judge(pinned, { ...ended(other), error: 'x' }, gated).decision.reason).toBe('scan-error');
    expect(judge(pinned, ended(readRow([high])), gated).decision.reason).toBe('severity-cutoff');
  });

  test('of before is recent enough, unless a gate objects', () => {
    const recent = (given: ReportRow): Finished => ({ ...ended(given), proof: 'recent' });
    const judged = judge(image, recent(readRow([])), gated);
    expect(judged.decision).toEqual(
      decision('recent-scan', `The scan of ${name} at 2026-11-23T10:00:00Z is recent enough.`),
    );
    expect([judged.discovery, judged.imageScan]).toEqual([
      { scanned: 1, total: 1 },
      { scanned: 1, total: 1 },
    ]);
    expect(judge(image, recent(readRow([high])), gated).decision.reason).toBe('severity-cutoff');
    expect(judge(pinned, recent(readRow([], { digests: [b] })), gated).decision.reason).toBe(
      'digest-mismatch',
    );
  });
});

describe('What decides nothing is a warning:', () => {
  const warningsOf = (ending: Finished, of: Image = image) => judge(of, ending, patience).warnings;
  const name = 'registry.example.com/team/app:1.4';

  test('no single digest to promote by', () => {
    const warning = `The report gives no single digest for ${name}, so there is none to promote by.`;
    const several = { ...finished, row: { ...row, digest: undefined, digests: [a, b] } };
    expect(warningsOf(several)).toEqual([warning]);
    expect(warningsOf({ ...finished, row: { ...row, digest: undefined, digests: [] } })).toEqual([warning]);
  });

  test('but not where the one asked for is among several', () => {
    const judged = judge(
      pinned,
      { ...finished, row: { ...row, digest: undefined, digests: [b, a] } },
      patience,
    );
    expect([judged.digest, judged.warnings]).toEqual([a, []]);
  });

  test('findings that could not be read', () => {
    expect(warningsOf({ ...finished, unread: 'GET registry: the Console answered 500.' })).toEqual([
      `The findings of ${name} could not be read: GET registry: the Console answered 500.`,
    ]);
  });

  test('severities that nobody knows, each once and no more than five', () => {
    const word = (unknownWord: string | undefined) => finding({ severity: 'critical', unknownWord });
    const read = (words: readonly (string | undefined)[]): Finished => ({
      ...finished,
      row: { ...row, listed: words.map(word) },
    });
    const warning = (words: string) =>
      `The report of ${name} has severities that are unknown here (${words}); they count as critical.`;
    expect(warningsOf(read([undefined, 'odd', 'odd', 'strange']))).toEqual([warning('“odd”, “strange”')]);
    expect(warningsOf(read(['1', '2', '3', '4', '5', '6']))).toEqual([warning('“1”, “2”, “3”, “4”, “5”')]);
    expect(warningsOf(read([undefined]))).toEqual([]);
  });

  test('a row that never came, and an end that nobody saw', () => {
    expect(warningsOf({ ...finished, row: undefined })).toEqual([
      expect.stringContaining(`Progress showed the end of the scan of ${name}, but the report did not`),
    ]);
    expect(warningsOf({ ...finished, row: undefined, proof: 'vanished' })).toEqual([
      expect.stringContaining(`Nobody saw the end of the scan of ${name}`),
    ]);
  });

  test('and nothing beside an error', () => {
    expect(warningsOf({ ...finished, row: undefined, error: 'no such tag' })).toEqual([]);
  });
});
