import { describe, expect, test } from '@jest/globals';
import {
  ended,
  entry,
  NEW_DIGEST,
  NEW_TIME,
  newRow,
  nothing,
  OLD_DIGEST,
  OLD_TIME,
  oldRow,
  ongoing,
  row,
} from './console-data.ts';
import { distribution, found, isCompact, type WireFinding } from './findings-data.ts';
import { calls, gate, NO_IMAGE, of, PASSED, type Run, shown, verdictOf } from './gate.ts';
import { type Asked, json, notFound, refused, type Scripts } from './scripted-console.ts';

/* What the gate asks for one image, and what it gives. */

const UNCONFIRMED = '1 error unconfirmed';
const none = json(null);
const scanned = { progress: [nothing, ongoing, ended, nothing], report: [oldRow, newRow] };

describe('what the gate asks for', () => {
  test.concurrent('reads the report and progress, then starts the scan, then follows it with the same values', async () => {
    const run = await gate(
      { progress: [nothing, ongoing, ended, nothing], report: [none] },
      { registry: 'registry.example.com:5000', repo: 'team/app', tag: '1.2.3' },
    );

    const order = calls(run);
    expect(order[0]).toBe('authenticate');
    expect(order.indexOf('report')).toBeLessThan(order.indexOf('trigger'));
    expect(order.slice(0, 4)).toEqual(['authenticate', 'report', 'progress', 'trigger']);
    const tag = { registry: 'registry.example.com:5000', repo: 'team/app', tag: '1.2.3' };
    expect(JSON.parse(of(run, 'trigger')[0]?.body ?? '')).toEqual({ onDemandScan: true, tag });
    for (const { query } of of(run, 'progress')) {
      expect(Object.fromEntries(query)).toEqual({ onDemand: 'true', ...tag });
    }
  });

  test.concurrent('asks by digest if there is no tag', async () => {
    const run = await gate(
      { progress: [ongoing, ended, nothing], report: [oldRow, newRow] },
      { tag: '', digest: NEW_DIGEST },
    );

    const body: unknown = JSON.parse(of(run, 'trigger')[0]?.body ?? '');
    expect(body).toMatchObject({ onDemandScan: true, tag: { repo: 'library/alpine', digest: NEW_DIGEST } });
    expect(Object.fromEntries(of(run, 'progress')[0]?.query ?? [])).toMatchObject({
      onDemand: 'true',
      repo: 'library/alpine',
      digest: NEW_DIGEST,
    });
  });

  test.concurrent('asks for the regular scan without any parameter, and for no image', async () => {
    const run = await gate({ progress: [ongoing, ended, nothing] }, { mode: 'await-regular', ...NO_IMAGE });

    expect(verdictOf(run)).toBe(PASSED);
    expect(of(run, 'progress').flatMap(({ query }) => query)).toEqual([]);
    expect(of(run, 'trigger')).toEqual([]);
    expect(run.log).toContain('looking for the regular scan');
  });

  test.concurrent('nothing is triggered before progress was answered', async () => {
    const run = await gate({ progress: [notFound], report: [oldRow] });

    expect(verdictOf(run)).toBe('1 error not-found');
    expect(of(run, 'trigger')).toEqual([]);
  });
});

describe('what the gate gives', () => {
  test.concurrent('one image: digest, counts and time as the Console gave them', async () => {
    const run = await gate({
      progress: [
        ongoing,
        json([entry(false, { discovery: { scanned: 2, total: 3 }, imageScan: { scanned: 4, total: 5 } })]),
        nothing,
      ],
      report: [oldRow, newRow],
    });

    expect(run.outputs).toMatchObject({
      verdict: 'passed',
      reason: 'scan-completed',
      scanned: '4',
      total: '5',
      'discovery-scanned': '2',
      'discovery-total': '3',
      digest: NEW_DIGEST,
      'image-by-digest': `library/alpine@${NEW_DIGEST}`,
      'scan-time': NEW_TIME,
      'duration-seconds': expect.stringMatching(/^\d+$/),
    });
    const results: unknown = JSON.parse(run.outputs.results ?? '');
    expect(results).toEqual([
      {
        image: 'library/alpine:3.16',
        verdict: 'passed',
        reason: 'scan-completed',
        message: expect.any(String),
        scanned: 4,
        total: 5,
        digest: NEW_DIGEST,
        imageByDigest: `library/alpine@${NEW_DIGEST}`,
        scanTime: NEW_TIME,
        findings: { critical: 1, high: 2, medium: 3, low: 4, total: 10 },
      },
    ]);
  });

  test.concurrent('image-by-digest carries the registry', async () => {
    const inRegistry = {
      repoTag: { registry: 'https://Registry.example.com:5000/', repo: 'team/app', tag: '1.2.3' },
      repoDigests: [`registry.example.com:5000/team/app@${NEW_DIGEST}`],
    };
    const run = await gate(
      {
        progress: [ongoing, ended, nothing],
        report: [json(null), json(null), json(null), json([row(NEW_TIME, inRegistry)])],
      },
      { registry: 'registry.example.com:5000', repo: 'team/app', tag: '1.2.3' },
    );

    expect(run.outputs).toMatchObject({
      verdict: 'passed',
      digest: NEW_DIGEST,
      'image-by-digest': `registry.example.com:5000/team/app@${NEW_DIGEST}`,
      'scan-time': NEW_TIME,
    });
  });

  test.concurrent('counts of several entries are added up, of the last answer that had any', async () => {
    const countedPhases = (scanned: number, total: number) => ({
      discovery: { scanned: scanned * 10, total: total * 10 },
      imageScan: { scanned, total },
    });
    const run = await gate(
      {
        progress: [
          json([entry(true, countedPhases(1, 4)), entry(true, countedPhases(2, 3))]),
          json([entry(false, countedPhases(4, 4)), entry(false, countedPhases(3, 3))]),
          nothing,
        ],
      },
      { mode: 'await-regular', ...NO_IMAGE },
    );

    expect(run.outputs).toMatchObject({
      verdict: 'passed',
      scanned: '7',
      total: '7',
      'discovery-scanned': '70',
      'discovery-total': '70',
    });
  });

  test.concurrent('a timeout gives the counts that it saw', async () => {
    const run = await gate(
      {
        progress: [json([entry(true, { imageScan: { scanned: 3, total: 9 } })])],
        report: [oldRow],
      },
      { timeout: '1m' },
    );

    expect(run.outputs).toMatchObject({ verdict: 'timed-out', scanned: '3', total: '9' });
    expect(run.outputs.digest).toBe('');
    expect(run.outputs['scan-time']).toBe('');
  });

  test.concurrent('if the report alone proves the scan, the counts are of the images it proves', async () => {
    const run = await gate({ progress: [nothing], report: [oldRow, newRow] });

    expect(run.outputs).toMatchObject({ verdict: 'passed', scanned: '1', total: '1', digest: NEW_DIGEST });
  });

  test.concurrent('a scan that is not confirmed does not borrow the digest of the old row', async () => {
    const run = await gate({ progress: [nothing, ongoing, ended, nothing], report: [oldRow] });

    expect(verdictOf(run)).toBe(UNCONFIRMED);
    expect(run.outputs).toMatchObject({ digest: '', 'image-by-digest': '', 'scan-time': '' });
    expect(run.log).toContain(`still shows the scan of ${OLD_TIME}`);
  });

  test.concurrent('lost after running if the user is not allowed to read the report: two empty polls, and a warning', async () => {
    const run = await gate({ progress: [ongoing, nothing], report: [refused(403, 'forbidden')] });

    expect(verdictOf(run)).toBe(PASSED);
    expect(of(run, 'progress').length).toBeGreaterThanOrEqual(3);
    expect(run.log).toMatch(/^::warning/m);
  });
});

describe('a digest asked for along with the tag', () => {
  test.concurrent('the scan is asked for by tag, and the report carries the digest', async () => {
    const run = await gate(
      { progress: [nothing, ongoing, ended, nothing], report: [oldRow, newRow] },
      { digest: NEW_DIGEST },
    );

    expect(verdictOf(run)).toBe(PASSED);
    expect(Object.fromEntries(of(run, 'progress')[0]?.query ?? [])).toMatchObject({ tag: '3.16' });
  });

  test.concurrent('a registry that cannot be asked about another digest is named with the reason', async () => {
    const registry = '127.0.0.1:9';
    const inClosedRegistry = (scanTime: string) =>
      json([
        row(scanTime, {
          repoTag: { registry, repo: 'library/alpine', tag: '3.16' },
          repoDigests: [`${registry}/library/alpine@${OLD_DIGEST}`],
        }),
      ]);
    const run = await gate(
      {
        progress: [nothing, ended, nothing],
        report: [inClosedRegistry(OLD_TIME), inClosedRegistry(NEW_TIME)],
      },
      { registry, digest: NEW_DIGEST },
    );

    expect(verdictOf(run)).toBe('1 failed digest-mismatch');
    expect(run.log).toContain(OLD_DIGEST);
    expect(run.log).toContain(registry);
  });
});

describe('a scan that is recent enough', () => {
  test.concurrent('is shown with its time, and with what to promote', async () => {
    const recent = json([row('2026-11-20T09:28:00Z')]);
    const run = await gate({ progress: [nothing], report: [recent] }, { 'max-scan-age': '1h' });

    expect(verdictOf(run)).toBe('0 passed recent-scan');
    expect(run.outputs).toMatchObject({
      digest: OLD_DIGEST,
      'scan-time': '2026-11-20T09:28:00Z',
      'image-by-digest': `library/alpine@${OLD_DIGEST}`,
      scanned: '1',
      total: '1',
      findings: '10',
    });
    expect(run.log).toContain('2026-11-20T09:28:00Z');
    expect(run.log).not.toMatch(/^::error/m);
  });
});

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
    ['fails', '1 failed severity-cutoff', [found('critical')]],
  ])('%s by its row, which is found and read in full', async (_name, expected, findings) => {
    const run = await gate(console(findings), { ...BY_DIGEST, 'severity-cutoff': 'high' });

    expect(verdictOf(run)).toBe(expected);
    expect(run.outputs).toMatchObject({ digest: NEW_DIGEST, findings: '1' });
  });
});

describe('a row with a fact that nobody knows', () => {
  const listing = (given: WireFinding): Scripts => ({
    ...scanned,
    report: [oldRow, json([row(NEW_TIME, { vulnerabilities: [found('low', given)] })])],
  });
  const errorOf = (run: Run) =>
    shown(run)
      .split('\n')
      .find((line) => line.startsWith('::error'));

  test.concurrent('is warned of if it is a status, which may be a fix', async () => {
    const run = await gate(listing({ status: 'mitigated upstream' }), { 'severity-cutoff': 'high' });

    expect(run.log).toMatch(/^::warning.*mitigated upstream/m);
  });

  test.concurrent.each([
    ['severity', { severity: 7 }],
    ['packageName', { packageName: ['openssl'] }],
    ['block', { block: 'yes' }],
  ])('is no pass, and %s is named', async (name, given) => {
    const run = await gate(listing(given), { 'severity-cutoff': 'high' });

    expect(run.exitCode).toBe(1);
    expect(errorOf(run)).toContain(name);
  });
});
