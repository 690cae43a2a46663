import { describe, expect, test } from '@jest/globals';
import type { ReportQuery } from '../src/api-types.ts';
import { buildEarlierScan, buildImage, buildScenario, digestOf } from '../src/builders.ts';
import { allFindings } from '../src/findings.ts';
import { withFleet } from '../src/scenarios/catalogue.ts';
import {
  complianceIssues,
  everySpelling,
  fewFindings,
  unheardFindings,
} from '../src/scenarios/finding-sets.ts';
import { alpineImage, roundScan, testConsole } from './test-console.ts';

const fleet = Array.from({ length: 120 }, (_, place) =>
  buildImage({
    registry: place % 2 === 0 ? 'registry.example.com' : 'https://mirror.example',
    repo: `shop/service-${String(place).padStart(3, '0')}`,
    tag: '1',
    earlier: buildEarlierScan({ agoMs: 1_000 * (place + 1) }),
  }),
);

function fleetReport(query: ReportQuery) {
  const result = testConsole({ images: fleet }).model.report(query);
  if (result.status !== 200) throw new Error(`status ${result.status}`);
  return { names: (result.body ?? []).map((row) => row._id), total: result.totalCount };
}

describe('the report', () => {
  test('is null for an image that was never scanned', () => {
    const { model } = testConsole();
    expect(model.report({ name: ['library/alpine:3.16'] })).toEqual({
      status: 200,
      body: null,
      totalCount: 0,
      clockLagMs: 0,
    });
  });

  test('gets its row a little after the end in progress, with the time of the end', () => {
    const { trigger, scanTimes, clock } = testConsole({ settings: { rowLagMs: 3_000 } });
    trigger();
    clock.advance(10_000);
    const end = new Date(clock.nowMs()).toISOString();
    expect(scanTimes()).toEqual([]);
    clock.advance(3_000);
    expect(scanTimes()).toEqual([end]);
  });

  test('keeps one row a tag, and the time of its first scan', () => {
    const { model, trigger, clock } = testConsole({
      images: [alpineImage({}, { earlier: buildEarlierScan() })],
    });
    const firstScanTime = new Date(clock.nowMs() - 24 * 3_600_000).toISOString();
    trigger();
    clock.advance(60_000);
    expect(model.report()).toMatchObject({ totalCount: 1, body: [{ firstScanTime }] });
  });

  test('never replaces the row of a newer scan by one that comes late', () => {
    const scans = [{ ...roundScan, rowLagMs: 60_000 }, roundScan] as const;
    const { trigger, scanTimes, clock } = testConsole({ images: [alpineImage({}, { scans })] });
    trigger();
    clock.advance(1_000);
    trigger();
    clock.advance(10_000);
    const newer = new Date(clock.nowMs()).toISOString();
    clock.advance(90_000);
    expect(scanTimes()).toEqual([newer]);
  });

  test.each([
    ['a scan that fails', { outcome: 'scan-error', errorText: 'no layer' }, ['no layer']],
    ['a report that fails', { outcome: 'report-error', errorText: 'no layer' }, ['no layer']],
    ['a discovery that fails', { outcome: 'discovery-error' }, []],
    ['a row that is never written', { rowLagMs: null }, []],
  ] as const)('after %s has these errors in its rows', (_, scan, errors) => {
    const { model, trigger, clock } = testConsole({ images: [alpineImage(scan)] });
    trigger();
    clock.advance(3_600_000);
    const result = model.report();
    expect(result.status === 200 && (result.body ?? []).map((row) => row.err)).toEqual(errors);
  });

  test('shows the digest that the scan found, and the id of the configuration apart from it', () => {
    const digest = digestOf('pushed again');
    const { model, trigger, clock } = testConsole({ images: [alpineImage({ digest })] });
    trigger();
    clock.advance(60_000);
    const result = model.report();
    const [row] = result.status === 200 ? (result.body ?? []) : [];
    expect(row).toMatchObject({ repoDigests: [`alpine@${digest}`], repoTag: { digest } });
    expect(row?.id).toMatch(/^sha256:/);
    expect(row?.id).not.toBe(digest);
  });

  test('counts findings in their four severities, and drops them when compact', () => {
    const images = [alpineImage({}, { earlier: buildEarlierScan({ findings: everySpelling }) })];
    const { model } = testConsole({ images });
    const vulnerabilityDistribution = { critical: 1, high: 2, medium: 2, low: 5, total: 11 };
    expect(model.report()).toMatchObject({
      body: [{ vulnerabilities: everySpelling.map(({ cve }) => ({ cve })), vulnerabilityDistribution }],
    });
    expect(model.report({ compact: true })).toMatchObject({
      body: [{ vulnerabilities: null, vulnerabilityDistribution }],
    });
  });

  test('spells severities in four words when asked to, but for a word that it does not know', () => {
    const images = [alpineImage({}, { earlier: buildEarlierScan({ findings: everySpelling }) })];
    const result = testConsole({ images }).model.report({ normalizedSeverity: true });
    const [row] = result.status === 200 ? (result.body ?? []) : [];
    expect([...new Set(row?.vulnerabilities?.map(({ severity }) => severity))]).toEqual([
      'critical',
      'high',
      'medium',
      'low',
      'catastrophic',
    ]);
  });

  test('counts a word that is unknown in the total alone', () => {
    const images = [alpineImage({}, { earlier: buildEarlierScan({ findings: unheardFindings }) })];
    expect(testConsole({ images }).model.report()).toMatchObject({
      body: [{ vulnerabilityDistribution: { critical: 0, high: 0, medium: 0, low: 0, total: 2 } }],
    });
  });

  test('can hold 20,000 findings, the same ones whenever it is read in full, and only counts when compact', () => {
    const findings = { seed: 7, count: 20_000 };
    const images = [alpineImage({}, { earlier: buildEarlierScan({ findings }) })];
    const { model } = testConsole({ images });
    const [full, again, compact] = [{}, {}, { compact: true }].map((query) => {
      const result = model.report(query);
      return result.status === 200 ? result.body?.[0] : undefined;
    });
    expect(full?.vulnerabilities).toEqual(again?.vulnerabilities);
    expect(new Set(full?.vulnerabilities?.map(({ cve }) => cve)).size).toBe(20_000);
    expect(compact).toEqual({ ...full, vulnerabilities: null, packages: null });
    const { critical = 0, high = 0, medium = 0, low = 0, total } = compact?.vulnerabilityDistribution ?? {};
    expect(total).toBe(20_000);
    expect(critical + high + medium + low).toBe(20_000);
    expect(full?.vulnerabilities?.filter(({ severity }) => severity === 'critical')).toHaveLength(critical);
  });

  test('makes other findings of another seed', () => {
    expect(allFindings({ seed: 1, count: 50 }, 0)).not.toEqual(allFindings({ seed: 2, count: 50 }, 0));
    expect(allFindings({ seed: 1, count: 50 }, 0)).toEqual(
      allFindings({ seed: 1, count: 60 }, 0).slice(0, 50),
    );
  });

  test('has compliance issues in the shape of findings, counted apart from them', () => {
    const { model } = testConsole({
      images: [alpineImage({}, { earlier: buildEarlierScan({ complianceIssues }) })],
    });
    const complianceDistribution = { critical: 0, high: 2, medium: 0, low: 0, total: 2 };
    expect(model.report()).toMatchObject({
      body: [
        {
          vulnerabilities: null,
          vulnerabilitiesCount: 0,
          complianceIssues: [{ block: true, cve: '', type: 'image' }, { block: false }],
          complianceDistribution,
        },
      ],
    });
    expect(model.report({ compact: true })).toMatchObject({
      body: [{ complianceIssues: null, complianceIssuesCount: 2, complianceDistribution }],
    });
  });

  test('says of a finding whether there is a fix and whether the policy blocks it', () => {
    expect(fewFindings).toMatchObject([
      { status: 'fixed in 1.2.12', block: false, severity: 'medium' },
      { status: 'needed', fixDate: 0 },
    ]);
  });

  test('comes in pages of 50, in the order of names, with the total', () => {
    expect(fleetReport({}).names).toHaveLength(50);
    expect(fleetReport({ limit: 1_000 }).names).toHaveLength(50);
    expect(fleetReport({ limit: 7 }).names).toHaveLength(7);
    const pages = [0, 50, 100].flatMap((offset) => fleetReport({ offset }).names);
    expect(pages).toEqual(pages.toSorted());
    expect(new Set(pages).size).toBe(120);
    expect(fleetReport({ offset: 120 })).toEqual({ names: [], total: 120 });
  });

  test('finds several images by their full names in one call', () => {
    const name = [
      'registry.example.com/shop/service-002:1',
      'https://mirror.example/shop/service-001:1',
      'x:1',
    ];
    expect(fleetReport({ name })).toEqual({ names: [name[1], name[0]], total: 2 });
    expect(fleetReport({ name: ['mirror.example/shop/service-001:1'] }).names).toEqual([]);
  });

  test('can be narrowed to a registry or a repository, sorted and turned round', () => {
    expect(fleetReport({ registry: ['mirror.example'] }).total).toBe(60);
    expect(fleetReport({ repository: ['shop/service-007'] }).total).toBe(1);
    expect(fleetReport({ sort: 'scanTime', reverse: true, limit: 1 }).names).toEqual([
      'registry.example.com/shop/service-000:1',
    ]);
  });

  test('is refused from the 31st request in 30 s on, until the window has moved', () => {
    const { model, clock } = testConsole();
    const statuses = Array.from({ length: 31 }, () => model.report().status);
    expect(statuses.lastIndexOf(200)).toBe(29);
    expect(model.report()).toEqual({
      status: 429,
      body: { err: expect.any(String) },
      retryAfterSeconds: undefined,
    });
    clock.advance(30_000);
    expect(model.report().status).toBe(200);
  });

  test('does not show an image that collections hide', () => {
    const { model } = testConsole({
      images: [alpineImage({}, { earlier: buildEarlierScan(), inReport: false })],
    });
    expect(model.report()).toMatchObject({ body: null });
    expect(model.names()).toEqual({ status: 200, body: null });
  });

  test('of 1,000 images is read in 20 pages, within the rate limit', () => {
    const { images } = withFleet(buildScenario({}), 1_000);
    const { model } = testConsole({ images });
    const pages = Array.from({ length: 20 }, (_, page) => model.report({ offset: 50 * page, limit: 50 }));
    const names = pages.flatMap((page) =>
      page.status === 200 ? (page.body ?? []).map((row) => row._id) : [],
    );
    expect(new Set(names).size).toBe(1_000);
    expect(model.report({ name: names.slice(40, 90).flatMap((name) => name ?? []) })).toMatchObject({
      totalCount: 50,
    });
  });

  test('has all its names in one answer', () => {
    expect(testConsole({ images: fleet }).model.names().body).toHaveLength(120);
  });
});
