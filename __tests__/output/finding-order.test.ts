import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gateResult } from '../../src/policy/gates.ts';
import { gapOf, totalCounts, worstFindings } from '../../src/policy/image-findings.ts';
import { compareFindings } from '../../src/scan/finding.ts';
import { SEVERITIES } from '../../src/scan/severity.ts';
import {
  assessment,
  decided,
  failedScan,
  finding,
  imageResult,
  notMet,
  otherImage,
  unknownImage,
} from './builders.ts';
import { alikeFindings, shuffled } from './shuffled.ts';

describe('The order of findings', () => {
  test.each([
    ['severity before CVSS', { severity: 'critical', cvss: 1 }, { severity: 'high', cvss: 10 }],
    ['the higher CVSS', { cvss: 8.2 }, { cvss: 8.1 }],
    ['a known CVSS before none', { cvss: 0.1 }, { cvss: undefined }],
    ['the id', { id: 'CVE-1' }, { id: 'CVE-2', packageName: 'a' }],
    ['the package', { packageName: 'a', packageVersion: '2' }, { packageName: 'b', packageVersion: '1' }],
    ['the version', { packageVersion: '1', packagePath: '/z' }, { packageVersion: '2', packagePath: '/a' }],
    ['the path', { packagePath: '/a' }, { packagePath: '/b' }],
    ['the title', { title: 'A', cause: 'z' }, { title: 'B', cause: 'a' }],
    ['the cause', { cause: 'a' }, { cause: 'b' }],
    ['a field that names nothing', { description: 'a' }, { description: 'b' }],
  ] as const)('goes by %s', (_name, first, second) => {
    expect(Math.sign(compareFindings(finding(first), finding(second)))).toBe(-1);
    expect(Math.sign(compareFindings(finding(second), finding(first)))).toBe(1);
  });

  test('does not depend on the order of the input', () => {
    const sorted = alikeFindings.toSorted(compareFindings);
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        expect(shuffled(alikeFindings, seed).toSorted(compareFindings)).toEqual(sorted);
      }),
    );
  });
});

describe('The worst findings', () => {
  test('are those of all images together, in any order of images and findings', () => {
    const images = [
      imageResult(alikeFindings),
      otherImage('web', alikeFindings),
      otherImage('api', [finding()]),
    ];
    const names = (seed: number) =>
      worstFindings(
        shuffled(images, seed).map((image) => ({
          ...image,
          assessment: assessment(shuffled(image.assessment?.findings ?? [], seed)),
        })),
        20,
      ).located.map(({ image, finding }) => [image.name, finding]);
    for (const seed of [1, 2, 3]) expect(names(seed)).toEqual(names(0));
  });

  test('are cut to the worst, and the rest is counted', () => {
    const many = SEVERITIES.toReversed().flatMap((severity) =>
      Array.from({ length: 10 }, (_, index) => finding({ severity, id: `CVE-${index}` })),
    );
    const { located, omitted } = worstFindings([imageResult(many), otherImage('web', many)], 25);
    expect(omitted).toBe(55);
    expect(located.map(({ finding }) => finding.severity)).toEqual([
      ...Array.from({ length: 20 }, () => 'critical'),
      ...Array.from({ length: 5 }, () => 'high'),
    ]);
  });
});

describe('Findings have gaps', () => {
  const listed = assessment([finding()]);

  test.each([
    ['the report was not read', unknownImage({ proof: 'progress' })],
    [
      'the report counts more than it lists',
      imageResult([], { assessment: { ...listed, isComplete: false } }),
    ],
    [
      'the report counts and lists nothing',
      imageResult([], { assessment: { ...listed, findings: undefined } }),
    ],
    ['the scan failed', failedScan()],
    ['the end of the scan is not proven', imageResult([finding()], { proof: undefined })],
  ])('if %s, for one image of several', (_name, image) => {
    expect(gapOf([image])).not.toBeUndefined();
    expect(gapOf([imageResult(), image])).not.toBeUndefined();
  });

  test('if there is no image, since an empty file would close every alert', () => {
    expect(gapOf([])).not.toBeUndefined();
  });

  test.each(['digest', 'platforms'] as const)('if %s are not proven, for one image of several', (gate) => {
    const [scan] = notMet([]);
    const gates = [scan ?? [], gateResult(gate, 'digest-mismatch', { state: 'not-met' })].flat();
    const images = [imageResult([finding()], { gates }), otherImage('web')];
    expect(gapOf(images)).toBe('another-image');
    const { located } = worstFindings(images, 10);
    expect(located.map(({ image }) => image.name)).toEqual(['registry.example.com:5000/team/web:1.4']);
  });

  test('nowhere else', () => {
    expect(gapOf([imageResult(), imageResult([])])).toBeUndefined();
    const objected = imageResult([finding()], { decision: decided('severity-cutoff', 'One high.') });
    expect(gapOf([objected])).toBeUndefined();
  });
});

describe('The counts of several images', () => {
  test('are added up if all are known', () => {
    const images = [imageResult([finding()]), imageResult([finding(), finding({ severity: 'low' })])];
    expect(totalCounts(images, 'vulnerabilities')).toEqual({
      critical: 0,
      high: 2,
      medium: 0,
      low: 1,
      total: 3,
    });
  });

  test('are unknown if those of one image are, and without an image', () => {
    const uncounted = imageResult([], { assessment: assessment([], { vulnerabilities: undefined }) });
    expect(totalCounts([imageResult(), uncounted], 'vulnerabilities')).toBeUndefined();
    expect(totalCounts([imageResult(), unknownImage()], 'compliance')).toBeUndefined();
    expect(totalCounts([], 'compliance')).toBeUndefined();
  });
});
