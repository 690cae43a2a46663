import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AssessedFinding } from '../../src/gate/assessment.ts';
import type { Judged } from '../../src/gate/judge.ts';
import { MOST_RESULTS, sarifOf } from '../../src/report/sarif.ts';
import { artifactUri, repositoryIn } from '../../src/report/sarif-location.ts';
import { hasGaps } from '../../src/report/selection.ts';
import { SEVERITIES } from '../../src/scan/severity.ts';
import { DIGEST, exception, finding, judged, recorded, reported } from './records.ts';
import { wrongInSarif } from './schemas.ts';

function runOf(images: readonly Judged[]) {
  const log = JSON.parse(JSON.stringify(sarifOf(recorded(images), reported)));
  expect(wrongInSarif(log)).toEqual([]);
  expect(log.runs).toHaveLength(1);
  return log.runs[0];
}

const rulesOf = (findings: readonly AssessedFinding[]) => runOf([judged(findings)]).tool.driver.rules;
const resultsOf = (findings: readonly AssessedFinding[]) => runOf([judged(findings)]).results;

/** Findings as in a report of this size: every fourth of each severity, worst first, many of one CVE. */
function many(count: number): readonly AssessedFinding[] {
  return Array.from({ length: count }, (_, index) =>
    finding({
      id: `CVE-2026-${index % 7_000}`,
      severity: SEVERITIES[Math.floor((index * 4) / count)] ?? 'low',
      cvss: undefined,
      packageName: `package-${index}`,
      description: `Description ${index} `.repeat(15),
    }),
  );
}

describe('The SARIF file', () => {
  test('has one rule for each CVE, wherever it is found', () => {
    const run = runOf([
      judged([finding({ packageName: 'openssl' }), finding({ packageName: 'libssl' })]),
      judged([finding(), finding({ id: 'CVE-2026-0002' })], {
        name: 'registry.example.com:5000/team/other:2',
      }),
    ]);
    expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual([
      'CVE-2026-0001',
      'CVE-2026-0002',
    ]);
    expect(run.results.map(({ ruleIndex }: { ruleIndex: number }) => ruleIndex)).toEqual([0, 0, 0, 1]);
  });

  test('explains a rule, with a link', () => {
    expect(rulesOf([finding()])).toEqual([
      {
        id: 'CVE-2026-0001',
        shortDescription: { text: 'CVE-2026-0001: A buffer is read beyond its end.' },
        fullDescription: { text: 'A buffer is read beyond its end.' },
        help: {
          text: 'A buffer is read beyond its end. More: https://nvd.example/CVE-2026-0001',
          markdown:
            '**[CVE-2026-0001](https://nvd.example/CVE-2026-0001)** (high)\n\nA buffer is read beyond its end.',
        },
        helpUri: 'https://nvd.example/CVE-2026-0001',
        defaultConfiguration: { level: 'error' },
        properties: {
          'security-severity': '8.1',
          precision: 'very-high',
          tags: ['security', 'vulnerability', 'container'],
          cvss: 8.1,
        },
      },
    ]);
  });

  test('names package, version, fix and image in a result', () => {
    const [result] = resultsOf([finding()]);
    expect(result.message.text).toBe(
      'openssl 3.0.1 in registry.example.com:5000/team/app:1.4 has CVE-2026-0001. Fixed in 3.0.2.',
    );
    expect(result.properties).toMatchObject({ fixedIn: '3.0.2', digest: DIGEST });
    expect(resultsOf([finding({ fix: undefined })])[0].message.text).toMatch(/no fix yet\.$/);
    expect(resultsOf([finding({ fix: '' })])[0].message.text).toMatch(/Fixed\.$/);
  });

  test.each([
    ['critical', 9.8, '9.8', 'error'],
    ['critical', 5, '9.1', 'error'],
    ['critical', undefined, '9.5', 'error'],
    ['high', 9.8, '8.9', 'error'],
    ['high', undefined, '8.0', 'error'],
    ['medium', 6.5, '6.5', 'warning'],
    ['medium', undefined, '5.5', 'warning'],
    ['low', 0, '0.1', 'note'],
    ['low', undefined, '2.0', 'note'],
  ] as const)(
    'scores %s with CVSS %p as %s, so that GitHub calls it the same',
    (severity, cvss, score, level) => {
      const [rule] = rulesOf([finding({ severity, cvss })]);
      expect(rule.properties['security-severity']).toBe(score);
      expect(rule.defaultConfiguration.level).toBe(level);
    },
  );

  test('shows an accepted finding as suppressed, with the reason', () => {
    const [accepted, counting] = resultsOf([finding({ acceptedBy: exception }), finding()]);
    expect(accepted.suppressions).toEqual([
      { kind: 'external', justification: 'Not reachable from our code. (until 2026-12-31)' },
    ]);
    expect(counting.suppressions).toEqual([]);
  });

  test('has a category of its own for each repository, so that one upload does not close the alerts of another', () => {
    const other = judged([finding()], { name: 'registry.example.com:5000/team/other:2' });
    expect(runOf([judged()]).automationDetails.id).toBe(
      'registry-scan-gate/registry.example.com:5000/team/app/',
    );
    expect(runOf([judged(), other]).automationDetails.id).toBe('registry-scan-gate/');
  });

  test('keeps the worst 5,000 of 20,000 findings, counts the rest, and is small enough to upload', () => {
    const log = sarifOf(recorded([judged(many(10_000)), judged(many(10_000))]), reported);
    const [run] = log.runs;
    // The schema wants no two results alike, and a validator compares each with each.
    const fingerprints = run?.results?.map(
      ({ partialFingerprints }) => partialFingerprints?.primaryLocationLineHash,
    );
    expect(new Set(fingerprints).size).toBe(MOST_RESULTS);
    const ids = run?.tool.driver.rules?.map(({ id }) => id) ?? [];
    expect(new Set(ids).size).toBe(ids.length);
    expect(run?.results).toHaveLength(MOST_RESULTS);
    expect(run?.results?.every(({ level }) => level === 'error')).toBe(true);
    expect(run?.properties).toEqual({ omittedResults: 15_000 });
    expect(run?.invocations?.[0]?.toolExecutionNotifications?.[0]?.message.text).toContain('15000');
    expect(gzipSync(JSON.stringify(log)).length).toBeLessThan(2_000_000);
  });

  test('is bounded with a thousand images', () => {
    const images = Array.from({ length: 1_000 }, (_, index) =>
      judged(many(100), { name: `registry.example.com/team/app-${index}:1` }),
    );
    const run = runOf(images);
    expect(run.results).toHaveLength(MOST_RESULTS);
    expect(run.properties).toEqual({ omittedResults: 95_000 });
  });

  test('of nothing found has no results and no rules', () => {
    expect(runOf([judged([])])).toMatchObject({ results: [], tool: { driver: { rules: [] } } });
  });

  test('is as the official schema says whatever texts there are, and has no link but the finding’s own', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const given = { id: text, packageName: text, packageVersion: text, packageType: text };
        const hostile = finding({
          ...given,
          fix: text,
          description: text,
          link: `https://nvd.example/${text}`,
          acceptedBy: { ...exception, reason: text },
        });
        const run = runOf([judged([hostile], { name: `${text}:1` })]);
        const [rule] = run.tool.driver.rules;
        for (const plain of [
          run.results[0].message,
          rule.shortDescription,
          rule.fullDescription,
          rule.help,
        ]) {
          expect(plain.text).not.toMatch(/[[\]{}]/);
        }
        expect(run.results[0].locations[0].physicalLocation.artifactLocation.uri).not.toMatch(/^[^/]*:/);
      }),
    );
  });
});

describe('The fingerprint of a finding', () => {
  const fingerprintsOf = (images: readonly Judged[]) =>
    runOf(images).results.map(
      ({ partialFingerprints }: { partialFingerprints: Record<string, string> }) =>
        partialFingerprints.primaryLocationLineHash,
    );

  test('stays the same when tag, digest, version, fix and severity change', () => {
    const before = fingerprintsOf([judged([finding()])]);
    const after = fingerprintsOf([
      judged([finding({ packageVersion: '3.0.9', fix: '3.1', severity: 'critical', cvss: 10 })], {
        name: 'registry.example.com:5000/team/app:2.0',
        digest: `sha256:${'b'.repeat(64)}`,
      }),
    ]);
    expect(after).toEqual(before);
    expect(before).toEqual([expect.stringMatching(/^[0-9a-f]{16}:1$/)]);
  });

  test('tells findings apart', () => {
    const others = [
      finding(),
      finding({ id: 'CVE-2026-0002' }),
      finding({ packageName: 'libssl' }),
      finding({ packageVersion: '1.1.1' }),
    ];
    const all = fingerprintsOf([judged(others), judged([finding()], { name: 'team/other:1' })]);
    expect(new Set(all).size).toBe(5);
  });
});

describe('The location of a finding', () => {
  test.each([
    ['alpine:3.16', 'alpine'],
    ['library/alpine:3.16', 'library/alpine'],
    [`library/alpine@${DIGEST}`, 'library/alpine'],
    [`registry.example.com:5000/team/app:1.4@${DIGEST}`, 'registry.example.com%3A5000/team/app'],
    ['localhost:5000/app', 'localhost%3A5000/app'],
    [`localhost:5000/app@${DIGEST}`, 'localhost%3A5000/app'],
    ['[::1]:5000/app:1', '%5B%3A%3A1%5D%3A5000/app'],
    ['../../etc/passwd:1', 'etc/passwd'],
  ])('of %s is %s: no scheme, and no tag that would move it', (name, uri) => {
    expect(artifactUri(repositoryIn(name))).toBe(uri);
  });
});

describe('Findings have gaps', () => {
  const counts = { critical: 0, high: 2, medium: 0, low: 0, total: 2 };
  const { assessment } = judged([finding()]);

  test('where the report was not read, for a single image of many', () => {
    expect(hasGaps([judged(), judged([], { assessment: undefined })])).toBe(true);
    expect(hasGaps([judged(), judged([])])).toBe(false);
  });

  test('where the report counts more than it lists', () => {
    expect(hasGaps([judged([], { assessment: assessment && { ...assessment, counts } })])).toBe(true);
  });

  test('where it counts, and lists nothing', () => {
    const counted = assessment && { ...assessment, findings: undefined };
    expect(hasGaps([judged([], { assessment: counted })])).toBe(true);
  });
});
