import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { numberedPath, sbomFiles, sbomOf } from '../../src/output/sbom.ts';
import type { Inventory } from '../../src/policy/inventory.ts';
import type { ImageResult } from '../../src/policy/result.ts';
import type { ReportedPackage } from '../../src/scan/package.ts';
import { imageResult, inventory, OTHER_DIGEST } from './builders.ts';
import { cycloneDxErrors } from './cyclonedx-schema.ts';

type Known = Extract<Inventory, { kind: 'known' }>;

function known(given: Partial<Known> = {}): Known {
  const made = inventory(given);
  if (made.kind !== 'known') throw new Error('The inventory is not known.');
  return made;
}

const { image } = imageResult();

function sbom(given: Partial<Known> = {}) {
  if (image === undefined) throw new Error('The result has no image.');
  return sbomOf(image, known(given), '1.0.0');
}

describe('The SBOM', () => {
  test('is CycloneDX 1.6 by the official schema', () => {
    expect(cycloneDxErrors(sbom())).toEqual([]);
    expect(cycloneDxErrors(sbom({ packages: [] }))).toEqual([]);
    expect(cycloneDxErrors({ ...sbom(), serialNumber: 'urn:uuid:1' })).not.toEqual([]);
    expect(cycloneDxErrors({ ...sbom(), compositions: [{ aggregate: 'certain' }] })).not.toEqual([]);
  });

  test('has one number for one digest and scan time, of version 5', () => {
    const { serialNumber } = sbom();
    expect(serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(sbom({ packages: [] }).serialNumber).toBe(serialNumber);
    expect(sbom({ digest: OTHER_DIGEST }).serialNumber).not.toBe(serialNumber);
    expect(sbom({ scanTime: '2026-11-24T10:00:00Z' }).serialNumber).not.toBe(serialNumber);
  });

  const text = fc.string({ maxLength: 10 });
  const pkg: fc.Arbitrary<ReportedPackage> = fc.record({
    type: text,
    name: text,
    version: text,
    purl: fc.option(text, { nil: undefined }),
    path: text,
    binaryNames: fc.array(text, { maxLength: 3 }),
    licenses: fc.array(text, { maxLength: 3 }),
  });

  test('is valid for every list, and the same for every order of it', () => {
    fc.assert(
      fc.property(fc.array(pkg, { maxLength: 8 }), (packages) => {
        const made = sbom({ packages });
        expect(cycloneDxErrors(made)).toEqual([]);
        expect(sbom({ packages: packages.toReversed() })).toEqual(made);
      }),
    );
  });
});

describe('The files', () => {
  const filesOf = (images: readonly ImageResult[], isWanted = false) =>
    sbomFiles(images, '1.0.0', numberedPath('/tmp/sbom.cdx.json', images.length), {
      output: 'sbom-path',
      isWanted,
    });
  const without = (why: Extract<Inventory, { kind: 'unknown' }>['why']) =>
    imageResult([], { inventory: { kind: 'unknown', why } });

  test('are one for one image, which the output names', () => {
    const [file, ...others] = filesOf([imageResult()]);
    expect(others).toEqual([]);
    expect(file).toMatchObject({ path: '/tmp/sbom.cdx.json', output: 'sbom-path' });
    expect(cycloneDxErrors(JSON.parse(file?.render(new Set()) ?? ''))).toEqual([]);
  });

  test('are one each for several images, which no output names', () => {
    expect(filesOf([imageResult(), imageResult()])).toEqual([
      expect.objectContaining({ path: '/tmp/sbom-1.cdx.json', output: undefined }),
      expect.objectContaining({ path: '/tmp/sbom-2.cdx.json', output: undefined }),
    ]);
  });

  test('are the same on a failed gate', () => {
    const failed = imageResult([], { decision: { ...imageResult().decision, verdict: 'failed' } });
    expect(filesOf([failed])[0]?.render(new Set())).toBe(filesOf([imageResult()])[0]?.render(new Set()));
  });

  test.each([
    ['not-read', undefined, true],
    ['another-image', undefined, true],
    ['unlisted', true, true],
    ['no-digest', true, true],
  ] as const)('are none if the packages are %s', (why, isWarning, isWarningIfWanted) => {
    const [file] = filesOf([without(why)]);
    expect(file?.isWarning).toBe(isWarning);
    expect(file?.render(new Set())).toBeUndefined();
    const [wanted] = filesOf([without(why)], true);
    expect(wanted).toMatchObject({ output: undefined, isWarning: isWarningIfWanted });
    expect(wanted?.absence).toMatch(/^No SBOM of .+: .+\.$/);
    expect(wanted?.render(new Set())).toBeUndefined();
  });

  test('say once why several images have none, for each cause', () => {
    const images = [without('unlisted'), imageResult(), without('no-digest'), without('unlisted')];
    const absences = filesOf(images).map(({ absence, isWarning }) => [absence, isWarning]);
    const name = images[0]?.name ?? '';
    expect(absences).toEqual([
      [expect.stringContaining(`No SBOM of ${name}, ${name}: the report does not list`), true],
      [undefined, undefined],
      [expect.stringContaining(`No SBOM of ${name}: the report does not prove`), true],
      [undefined, true],
    ]);
  });

  test.each([
    ['sbom.json', 'sbom-2.json'],
    ['out.d/sbom', 'out.d/sbom-2'],
    ['sbom.cdx.json', 'sbom-2.cdx.json'],
    ['.sbom', '.sbom-2'],
    ['app-1.4', 'app-1.4-2'],
  ])('of %s are numbered before what ends it', (path, expected) => {
    expect(numberedPath(path, 2)(1)).toBe(expected);
    expect(numberedPath(path, 1)(0)).toBe(path);
  });
});
