import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gitlabReportOf, MOST_VULNERABILITIES } from '../../src/output/gitlab.ts';
import type { RecordedRun } from '../../src/policy/record.ts';
import type { ImageResult } from '../../src/policy/result.ts';
import {
  assessment,
  complianceIssue,
  DIGEST,
  decided,
  failedRun,
  failedScan,
  finding,
  imageResult,
  OTHER_DIGEST,
  otherImage,
  runInfo,
  runRequest,
  runResult,
  unknownImage,
} from './builders.ts';
import { gitlabErrors } from './schemas.ts';
import { alikeFindings, shuffled } from './shuffled.ts';

function reportOf(result: RecordedRun) {
  const report = gitlabReportOf(result, runInfo);
  expect(gitlabErrors(report)).toEqual([]);
  return report;
}

const vulnerabilitiesOf = (...images: readonly ImageResult[]) => reportOf(runResult(images)).vulnerabilities;

describe('The container scanning report', () => {
  test.each([
    ['name', { title: 'x'.repeat(256) }, 255],
    ['description', { description: 'x'.repeat(1_048_575) }, 1_048_575],
    ['description', { description: 'x'.repeat(1_048_576) }, 1_048_575],
    ['description', { description: `${'x'.repeat(1_048_574)}😀` }, 1_048_574],
    ['solution', { fix: { version: 'x'.repeat(8_000) } }, 7_000],
  ] as const)('has a %s no longer than GitLab takes: %#', (field, given, length) => {
    const [vulnerability] = vulnerabilitiesOf(imageResult([finding(given)]));
    expect(vulnerability?.[field]).toHaveLength(length);
  });

  test('leaves no required text empty, and links to nothing but web addresses', () => {
    const bare = finding({
      id: '',
      packageName: undefined,
      packageVersion: undefined,
      link: 'javascript:alert(1)',
      fix: undefined,
    });
    const [vulnerability] = vulnerabilitiesOf(imageResult([bare]));
    expect(vulnerability).not.toHaveProperty('links');
    expect(vulnerability).not.toHaveProperty('solution');
    expect(vulnerability?.location.dependency).toEqual({ package: { name: 'unknown' }, version: 'unknown' });
  });

  test.each([
    ['CVE-2026-0001', 'cve'],
    ['GHSA-aaaa-bbbb-cccc', 'ghsa'],
    ['PRISMA-2026-0001', 'prisma_cloud'],
  ])('identifies %s by the type %s', (id, type) => {
    expect(vulnerabilitiesOf(imageResult([finding({ id })]))[0]?.identifiers[0]).toMatchObject({
      type,
      value: id,
    });
  });

  test('names an image without its platform, and one without a tag by its digest', () => {
    const { image } = imageResult();
    const platform = { os: 'linux', architecture: 'arm64', variant: '' };
    const names = vulnerabilitiesOf(
      imageResult([finding()], { image: image && { ...image, platform } }),
      imageResult([finding()], { image: image && { ...image, tag: undefined, digest: OTHER_DIGEST } }),
    ).map(({ location }) => location.image);
    expect(names).toEqual([
      'registry.example.com:5000/team/app:1.4',
      `registry.example.com:5000/team/app@${DIGEST}`,
    ]);
  });

  test('has an id of its own for every vulnerability, and no compliance issue', () => {
    const all = vulnerabilitiesOf(imageResult(alikeFindings), otherImage('web', alikeFindings));
    const vulnerabilities = alikeFindings.filter(({ kind }) => kind === 'vulnerability');
    expect(all).toHaveLength(2 * vulnerabilities.length);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(vulnerabilitiesOf(imageResult([complianceIssue()]))).toEqual([]);
  });

  test('is the same for the same findings in any order', () => {
    const expected = reportOf(runResult([imageResult(alikeFindings)]));
    expect(reportOf(runResult([imageResult(shuffled(alikeFindings, 3))]))).toEqual(expected);
  });

  test.each([
    ['the report was not read', runResult([imageResult(), unknownImage()])],
    [
      'the report counts more than it lists',
      runResult([imageResult([], { assessment: assessment([], { isComplete: false }) })]),
    ],
    ['the scan failed', runResult([failedScan()])],
    ['the run ended before any image', failedRun()],
  ])('is of a failed scan if %s, so that nothing counts as resolved', (_name, result) => {
    const { scan } = reportOf(result);
    expect(scan.status).toBe('failure');
    expect(scan.messages[1]).toMatchObject({ level: 'warn', value: expect.stringContaining('Not every') });
  });

  test('keeps the worst and says how many are omitted', () => {
    const findings = Array.from({ length: MOST_VULNERABILITIES + 200 }, (_, index) =>
      finding({ id: `CVE-2026-${index}`, severity: index < 200 ? 'low' : 'high' }),
    );
    const { vulnerabilities, scan } = gitlabReportOf(runResult([imageResult(findings)]), runInfo);
    expect(vulnerabilities).toHaveLength(MOST_VULNERABILITIES);
    expect(vulnerabilities.every(({ severity }) => severity === 'High')).toBe(true);
    expect(scan.messages[1]?.value).toContain('200 findings are omitted');
  });

  test('is valid whatever the texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const hostile = finding({
          id: text,
          title: text,
          packageName: text,
          packageVersion: text,
          fix: { version: text },
          link: text,
          description: text,
        });
        reportOf(
          runResult([imageResult([hostile], { name: text, image: undefined })], {
            decision: decided('internal', text),
            request: runRequest({ apiVersion: text }),
            warnings: [text],
          }),
        );
      }),
    );
  });
});
