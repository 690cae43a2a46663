import { describe, expect, test } from '@jest/globals';
import { jsonFileOf } from '../../src/output/json-file.ts';
import { NO_PATHS, outputsOf } from '../../src/output/outputs.ts';
import type { RecordedRun } from '../../src/policy/record.ts';
import { assessment, finding, imageResult, runResult, unknownImage } from './builders.ts';

const COUNTS = { critical: 0, high: 1, medium: 0, low: 0, total: 1 };
const compared = imageResult([finding()], {
  assessment: assessment([finding()], {
    comparison: {
      kind: 'absent',
      reference: 'registry.example.com/production/app:latest',
      added: COUNTS,
    },
  }),
});
const results: readonly RecordedRun[] = [runResult([compared]), runResult([unknownImage()]), runResult()];
const fileOf = (result: RecordedRun, files = {}): Record<string, unknown> => ({
  ...jsonFileOf(result, files),
});

describe('The JSON file', () => {
  test('has every output that is a count as a number, and what is unknown as null', () => {
    for (const result of results) {
      const file = fileOf(result);
      const { results: _results, ...others } = outputsOf(result.record, NO_PATHS);
      for (const [name, text] of Object.entries(others)) {
        const value = /^\d+$/.test(text) ? Number(text) : text === '' ? null : text;
        expect([name, file[name]]).toEqual([name, value]);
      }
    }
    expect(fileOf(runResult([compared])).new).toBe(1);
  });

  test('names the files that flags asked for', () => {
    const files = { receipt: '/tmp/receipt.json', sarif: '/tmp/findings.sarif', sbom: '/tmp/sbom.cdx.json' };
    expect(fileOf(runResult(), files)).toMatchObject({
      files,
      'receipt-path': files.receipt,
      'sarif-path': files.sarif,
      'sbom-path': files.sbom,
      'vuln-path': null,
    });
  });
});
