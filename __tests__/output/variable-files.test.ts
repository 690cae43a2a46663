import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dotenvOf, tektonResultsOf } from '../../src/output/variable-files.ts';
import { type Reason, VERDICT_OF } from '../../src/policy/reasons.ts';
import { DIGEST, decided, failedRun, imageResult, runResult } from './builders.ts';

const isReason = (name: string): name is Reason => Object.hasOwn(VERDICT_OF, name);

/** The variables as GitLab reads them. */
function variablesIn(file: string): Readonly<Record<string, string>> {
  const lines = file.split('\n');
  expect(lines.pop()).toBe('');
  return Object.fromEntries(
    lines.map((line) => {
      expect(line).toMatch(/^SCAN_RESULT_[A-Z_]+=\S*$/);
      const [key = '', value = ''] = line.split(/=(.*)/s);
      return [key, value];
    }),
  );
}

describe('The dotenv file', () => {
  test.each(Object.keys(VERDICT_OF).filter(isReason))(
    'has the verdict for %s, and no unknown count',
    (reason) => {
      const variables = variablesIn(dotenvOf(failedRun({ decision: decided(reason, 'Why.') }).record));
      expect(variables).toMatchObject({ SCAN_RESULT_VERDICT: VERDICT_OF[reason], SCAN_RESULT_FINDINGS: '' });
    },
  );

  test('stays within what GitLab takes, and has nothing to expand, whatever the texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 8_000 }), (text) => {
        const file = dotenvOf(runResult([imageResult([], { imageByDigest: text, scanTime: text })]).record);
        expect(Buffer.byteLength(file)).toBeLessThan(5 * 1_000);
        expect(file).not.toMatch(/["'$#`\\ \r]/);
        expect(Object.keys(variablesIn(file)).length).toBeLessThanOrEqual(20);
      }),
    );
    const long = dotenvOf(runResult([imageResult([], { imageByDigest: 'x'.repeat(8_000) })]).record);
    expect(variablesIn(long)).toMatchObject({ SCAN_RESULT_VERDICT: 'passed', SCAN_RESULT_FINDINGS: '0' });
  });
});

test.each([
  'severity-cutoff',
  'digest-mismatch',
  'still-scanning',
  'unconfirmed',
  'internal',
  'signal',
] as const)('The dotenv file and the results of a Tekton task name nothing to promote on %s', (reason) => {
  const { record } = runResult([imageResult([], { decision: decided(reason) })]);
  expect(variablesIn(dotenvOf(record))).toMatchObject({
    SCAN_RESULT_DIGEST: DIGEST,
    SCAN_RESULT_IMAGE_BY_DIGEST: '',
  });
  expect(tektonResultsOf(record).get('image-by-digest')).toBe('');
});

describe('The results of a Tekton task', () => {
  test('fit together into 4,096 bytes, whatever the texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 6_000 }), (text) => {
        const results = tektonResultsOf(runResult([imageResult([], { imageByDigest: text })]).record);
        const written = [...results].map(([key, value]) => ({ key, value, type: 1 }));
        expect(Buffer.byteLength(JSON.stringify(written))).toBeLessThanOrEqual(4_096);
        expect(results.get('verdict')).toBe('passed');
        expect(results.get('findings')).toBe('0');
      }),
    );
  });
});
