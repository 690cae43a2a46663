import { describe, expect, test } from '@jest/globals';
import { ended, NEW_DIGEST, NEW_TIME, nothing, OLD_DIGEST, OLD_TIME, ongoing, row } from './console-data.ts';
import { afterOldRow, distribution, found, isCompact, reportOf, type WireFinding } from './findings-data.ts';
import { gate, PASSED, type Run, shown, verdictOf } from './gate.ts';
import { type Asked, json, type Script, type Scripts } from './scripted-console.ts';

const CUTOFF = '1 failed severity-cutoff';
const UNAVAILABLE = '1 error report-unavailable';
const HIGH = { 'severity-cutoff': 'high' } as const;

const scanned = (report: Script): Scripts => ({ progress: [nothing, ongoing, ended, nothing], report });
const judged = (
  findings: readonly WireFinding[],
  given: WireFinding,
  inputs: Readonly<Record<string, string>>,
): Promise<Run> => gate(scanned(afterOldRow(reportOf(findings, given))), inputs);

describe('an image that is asked for by its digest alone, with a gate', () => {
  const BY_DIGEST = { tag: '', digest: NEW_DIGEST } as const;
  const untagged = { registry: '', repo: 'library/alpine', tag: '' };
  /** Rows of digests have no tag, and in the compact form no digest either. */
  const rowsFor = (asked: Asked, findings: readonly WireFinding[], isNew: boolean) => [
    row(OLD_TIME, {
      repoTag: untagged,
      repoDigests: isCompact(asked) ? [] : [`library/alpine@${OLD_DIGEST}`],
      id: isCompact(asked) ? '' : `sha256:${'d'.repeat(64)}`,
    }),
    row(isNew ? NEW_TIME : OLD_TIME, {
      repoTag: untagged,
      repoDigests: isCompact(asked) ? [] : [`library/alpine@${NEW_DIGEST}`],
      id: isCompact(asked) ? '' : `sha256:${'c'.repeat(64)}`,
      vulnerabilities: isCompact(asked) ? null : findings,
      vulnerabilityDistribution: distribution(findings),
      vulnerabilitiesCount: findings.length,
    }),
  ];
  const console = (findings: readonly WireFinding[]): Scripts => {
    let polls = 0;
    return {
      progress: () => {
        polls += 1;
        return [nothing, ongoing, ended][polls - 1] ?? nothing;
      },
      report: (asked) => json(rowsFor(asked, findings, polls >= 3)),
    };
  };

  test.concurrent.each<[string, string, readonly WireFinding[]]>([
    ['passes', PASSED, [found('low')]],
    ['fails', CUTOFF, [found('critical')]],
  ])('%s by its row, which is found and read in full', async (_name, expected, findings) => {
    const run = await gate(console(findings), { ...BY_DIGEST, ...HIGH });

    expect(verdictOf(run)).toBe(expected);
    expect(run.outputs).toMatchObject({ digest: NEW_DIGEST, findings: '1' });
  });
});

describe('counts without a list', () => {
  const counted = {
    vulnerabilityDistribution: distribution([found('low'), found('low')]),
    vulnerabilitiesCount: 2,
  };
  const compliance = {
    complianceIssuesCount: 2,
    complianceDistribution: distribution([found('high'), found('low')]),
  };

  test.concurrent('are no pass under fail-on-policy: nothing says that none is blocked', async () => {
    const runs = await Promise.all([
      judged([], counted, { 'fail-on-policy': 'true' }),
      judged([], compliance, { 'fail-on-policy': 'true' }),
    ]);

    expect(runs.map(verdictOf)).toEqual([UNAVAILABLE, UNAVAILABLE]);
  });

  test.concurrent('decide compliance-cutoff', async () => {
    const runs = await Promise.all([
      judged([], compliance, { 'compliance-cutoff': 'high' }),
      judged([], compliance, { 'compliance-cutoff': 'critical' }),
      judged([], { complianceIssuesCount: 2 }, { 'compliance-cutoff': 'critical' }),
    ]);

    expect(runs.map(({ exitCode, outputs }) => `${exitCode} ${outputs.reason}`)).toEqual([
      '1 compliance-cutoff',
      '0 scan-completed',
      // A finding counted without a severity may be critical.
      '1 compliance-cutoff',
    ]);
  });

  test.concurrent('decide severity-cutoff, and the larger of the counts is the one', async () => {
    const runs = await Promise.all([
      judged([], counted, HIGH),
      judged([], { ...counted, vulnerabilitiesCount: 60 }, HIGH),
      judged([found('low')], { vulnerabilityDistribution: distribution([found('critical')]) }, HIGH),
    ]);

    expect(runs.map(verdictOf)).toEqual([PASSED, CUTOFF, CUTOFF]);
  });
});

describe('a fix', () => {
  const ONLY_FIXED = { ...HIGH, 'only-fixed': 'true' } as const;

  test.concurrent.each<[string, WireFinding, string]>([
    ['a date of it', { fixDate: 1_700_000_000 }, CUTOFF],
    ['a date of it as text', { fixDate: '2026-01-01T00:00:00Z' }, CUTOFF],
    ['no date: 0', { fixDate: 0 }, PASSED],
    ['a link to it', { fixLink: 'https://fix.example/1' }, CUTOFF],
    ['an empty link', { fixLink: '' }, PASSED],
    ['the risk factor in other letters', { riskFactors: { 'has FIX': {} } }, CUTOFF],
    ['a status', { status: 'fixed in 3.0.2' }, CUTOFF],
    ['a status in capitals', { status: 'FIXED IN 3.0.2' }, CUTOFF],
    ['a status that nobody knows', { status: 'mitigated upstream' }, CUTOFF],
    ...[
      'affected',
      'needed',
      'deferred',
      'open',
      'will not fix',
      'under investigation',
      'not affected',
      'fix deferred',
      'end of life',
      '',
    ].map((status): [string, WireFinding, string] => [`the status “${status}”`, { status }, PASSED]),
  ])('is known by %s, or is not', async (_name, given, expected) => {
    const run = await judged([found('high', given)], {}, ONLY_FIXED);

    expect(verdictOf(run)).toBe(expected);
  });

  test.concurrent('of an unknown word is warned of', async () => {
    const run = await judged([found('high', { status: 'mitigated upstream' })], {}, ONLY_FIXED);

    expect(run.log).toMatch(/^::warning.*mitigated upstream/m);
  });
});

describe('a field of an unexpected type', () => {
  test.concurrent.each<[string, WireFinding]>([
    ['riskFactors', { riskFactors: ['Has fix'] }],
    ['packageType', { packageType: 7 }],
    ['description', { description: { text: 'A flaw.' } }],
    ['link', { link: 5 }],
    ['cvss', { cvss: 'high' }],
  ])('that decides nothing (%s) costs that field, never the report', async (_name, given) => {
    const [open, shut] = await Promise.all([
      judged([found('low', given)], {}, HIGH),
      judged([found('critical', given)], {}, HIGH),
    ]);

    expect([open, shut].map(verdictOf)).toEqual([PASSED, CUTOFF]);
    expect(open.outputs.findings).toBe('1');
  });

  test.concurrent.each<[string, WireFinding]>([
    ['severity', { severity: 7 }],
    ['packageName', { packageName: ['openssl'] }],
    ['status', { status: {} }],
    ['block', { block: 'yes' }],
  ])('that decides (%s) is no pass, and is named', async (name, given) => {
    const run = await judged([found('low', given)], {}, { ...HIGH, 'fail-on-policy': 'true' });

    expect(run.exitCode).toBe(1);
    expect(['invalid-response', 'report-unavailable']).toContain(run.outputs.reason);
    expect(
      shown(run)
        .split('\n')
        .find((line) => line.startsWith('::error')),
    ).toContain(name);
  });

  test.concurrent.each<[string, WireFinding]>([
    ['scanTime', { scanTime: 1_700_000_000 }],
    ['err', { err: ['failed'] }],
    ['repoDigests', { repoDigests: 'sha256' }],
  ])('of the row (%s) is no pass', async (_name, given) => {
    const run = await judged([], given, HIGH);

    expect(run.exitCode).toBe(1);
    expect(run.outputs.reason).not.toBe('internal');
  });
});
