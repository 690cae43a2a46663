import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MOST_RESULTS_BYTES, NO_PATHS, outputsOf, resultsFileOf } from '../../src/output/outputs.ts';
import type { RecordedRun } from '../../src/policy/record.ts';
import type { ImageResult } from '../../src/policy/result.ts';
import {
  assessment,
  DIGEST,
  decided,
  failedScan,
  finding,
  imageResult,
  OTHER_DIGEST,
  otherImage,
  runResult,
  unknownImage,
} from './builders.ts';
import { RUNS } from './runs.ts';

const outputs = ({ record }: RecordedRun) => outputsOf(record, NO_PATHS);
const listed = (result: RecordedRun) => JSON.parse(outputs(result).results ?? '');

describe('The outputs', () => {
  test('count whole seconds that have passed', () => {
    expect(outputs(runResult(undefined, { durationMs: 65_900 }))).toMatchObject({ 'duration-seconds': '65' });
  });

  test('are all there on every way out, the verdict first', () => {
    const names = Object.keys(outputs(runResult()));
    for (const result of Object.values(RUNS)) expect(Object.keys(outputs(result))).toEqual(names);
    expect(Object.keys(outputs(runResult()))[0]).toBe('verdict');
  });

  test('add counts up over several images, and leave them empty if those of one are unknown', () => {
    expect(outputs(runResult([imageResult(), otherImage('web')]))).toMatchObject({
      findings: '2',
      high: '2',
    });
    expect(outputs(runResult([imageResult(), unknownImage()]))).toMatchObject({ findings: '', high: '' });
  });

  test('name the index to promote if all platforms of one image were scanned', () => {
    const imageByDigest = `registry.example.com:5000/team/app@${DIGEST}`;
    const platforms = [imageResult([], { digest: OTHER_DIGEST }), imageResult([], { digest: OTHER_DIGEST })];
    const run = runResult(platforms, { promotion: { digest: DIGEST, imageByDigest } });
    expect(outputs(run)).toMatchObject({ digest: DIGEST, 'image-by-digest': imageByDigest, 'scan-time': '' });
  });
});

describe('The results', () => {
  test.each([
    ['no report was read', unknownImage()],
    ['the scan failed', failedScan()],
    [
      'the report has no counts',
      imageResult([], { assessment: assessment([], { vulnerabilities: undefined }) }),
    ],
  ])('have null for the findings if %s', (_name, image) => {
    expect(listed(runResult([image]))).toEqual([expect.objectContaining({ findings: null })]);
  });

  test('are in full in the file, with the predicate of each image', () => {
    const images = [imageResult(), otherImage('web')];
    const paths = { vulnPath: ['/tmp/vuln-1.json'], sbomPath: ['', '/tmp/sbom-2.cdx.json'] };
    const file = JSON.parse(resultsFileOf(runResult(images).record, paths.vulnPath, paths.sbomPath));
    expect(file).toEqual([
      { ...listed(runResult(images))[0], vulnPath: '/tmp/vuln-1.json', sbomPath: '' },
      { ...listed(runResult(images))[1], vulnPath: '', sbomPath: '/tmp/sbom-2.cdx.json' },
    ]);
  });
});

describe('The results of many images', () => {
  const many = (count: number, given: (index: number) => Partial<ImageResult> = () => ({})) =>
    runResult(Array.from({ length: count }, (_, index) => otherImage(`app-${index}`, [], given(index))));

  test('lose their messages if they would not fit into a variable', () => {
    const long = decided('scan-completed', `${'é'.repeat(399)}.`);
    const run = many(200, () => ({ decision: long }));
    const results = listed(run);
    expect(results).toHaveLength(200);
    expect(results[0]).not.toHaveProperty('message');
    expect(results[0]).toHaveProperty('imageByDigest');
    expect(JSON.parse(resultsFileOf(run.record))[0].message).toHaveLength(400);
  });

  test('keep the images that did not pass, in their order, if not all fit', () => {
    const bad = new Set([5, 700, 999]);
    const run = many(1_000, (index) =>
      bad.has(index) ? { decision: decided('scan-error', 'No space.') } : {},
    );
    const results: readonly { readonly image: string; readonly verdict: string }[] = listed(run);
    expect(results.filter(({ verdict }) => verdict === 'failed').map(({ image }) => image)).toEqual(
      [5, 700, 999].map((index) => `registry.example.com:5000/team/app-${index}:1.4`),
    );
    expect(results.length).toBeGreaterThan(200);
    expect(JSON.parse(resultsFileOf(run.record))).toHaveLength(1_000);
  });

  test('are valid JSON of at most 100,000 bytes whatever the texts and their number', () => {
    fc.assert(
      fc.property(
        fc.nat(1_200),
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.string({ unit: 'binary', maxLength: 300 }),
        (count, name, message) => {
          const { results = '' } = outputs(
            many(count, () => ({ name, decision: decided('scan-error', message) })),
          );
          expect(Buffer.byteLength(results)).toBeLessThanOrEqual(MOST_RESULTS_BYTES);
          expect(Array.isArray(JSON.parse(results))).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('are never an empty list, however long a name or a time is', () => {
    for (const length of [2_000, 99_000, 200_000]) {
      const text = 'é'.repeat(length);
      const { results = '' } = outputs(many(2, () => ({ name: text, scanTime: text, imageByDigest: text })));
      expect(Buffer.byteLength(results)).toBeLessThanOrEqual(MOST_RESULTS_BYTES);
      expect(JSON.parse(results)[0]).toMatchObject({ verdict: 'passed', reason: 'scan-completed' });
    }
  });
});

describe('What may be promoted', () => {
  test('is named by no output of an image that did not pass, but its digest is', () => {
    const failed = imageResult([finding()], { decision: decided('severity-cutoff') });
    const result = runResult([failed]);
    expect(outputs(result)).toMatchObject({ digest: DIGEST, 'image-by-digest': '' });
    expect(listed(result)[0]).toMatchObject({ digest: DIGEST, imageByDigest: '' });
    expect(outputs(runResult())['image-by-digest']).toMatch(/@sha256:/);
  });
});
