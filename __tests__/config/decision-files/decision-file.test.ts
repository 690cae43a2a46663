import { describe, expect, test } from '@jest/globals';
import { readDecisionFile } from '../../../src/config/decision-files/decision-file.ts';
import { FileMistake } from '../../../src/config/decision-files/file-mistake.ts';
import { OPENVEX_CONTEXT } from '../../../src/config/decision-files/openvex.ts';

const read = (text: string) => readDecisionFile(text, (json) => JSON.parse(json));

const mistakeIn = (text: string): string => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof FileMistake) return error.message;
    throw error;
  }
  throw new Error('The file was read.');
};

const A_LIST = /write a list with id.*, reason and until/;
const AS_OPENVEX = new RegExp(`write its statements as OpenVEX, with @context ${OPENVEX_CONTEXT}`);
const AS_TRIVYIGNORE = /write a \.trivyignore\.yaml, whose vulnerabilities have id, statement and expired_at/;

describe('A file of another tool is refused with what to write instead:', () => {
  test.each<[string, string, RegExp]>([
    ['.trivyignore', 'CVE-2026-1\n', AS_TRIVYIGNORE],
    [
      '.trivyignore with days',
      '# why\nCVE-2026-1 exp:2026-12-31\n\nCVE-2026-2 # not called\n',
      AS_TRIVYIGNORE,
    ],
    [
      '.trivyignore with a rule and a licence',
      'CVE-2026-1\r\nAVD-DS-0002\r\naws-access-key-id\r\nGPL-3.0\r\n',
      AS_TRIVYIGNORE,
    ],
    [
      'Grype',
      'ignore:\n  - vulnerability: CVE-2026-1\n    package:\n      name: openssl\n',
      /Grype.*write a list/,
    ],
    ['Grype, with more', 'fail-on-severity: high\nignore: []\n', A_LIST],
    [
      'Snyk',
      "version: v1.25.0\nignore:\n  SNYK-JS-LODASH-1:\n    - '*':\n        reason: none\n        expires: 2026-12-31T00:00:00.000Z\n",
      /Snyk.*write a list with id \(the CVE\), reason and until/,
    ],
    [
      'OSV-Scanner',
      '[[IgnoredVulns]]\nid = "GO-2026-1"\nignoreUntil = 2026-12-31\nreason = "not called"\n',
      A_LIST,
    ],
    ['Dependency-Check', '<?xml version="1.0"?>\n<suppressions><suppress/></suppressions>\n', A_LIST],
    ['CycloneDX', JSON.stringify({ bomFormat: 'CycloneDX', vulnerabilities: [] }), AS_OPENVEX],
    ['CSAF', JSON.stringify({ document: { csaf_version: '2.0' }, vulnerabilities: [] }), AS_OPENVEX],
    ['OpenVEX 0.0.1', JSON.stringify({ '@context': 'https://openvex.dev/ns', statements: [] }), AS_OPENVEX],
    [
      'OpenVEX of a later version',
      JSON.stringify({ '@context': 'https://openvex.dev/ns/v0.3.0' }),
      AS_OPENVEX,
    ],
    ['OpenVEX as YAML', `"@context": ${OPENVEX_CONTEXT}\nstatements: []\n`, /write it as JSON/],
    [
      'an attestation of OpenVEX',
      JSON.stringify({ predicateType: OPENVEX_CONTEXT, predicate: {} }),
      /give the OpenVEX document that is its predicate/,
    ],
    ['Trivy, for secrets alone', 'secrets:\n  - id: aws\n', /without vulnerabilities/],
    ['SARIF', JSON.stringify({ version: '2.1.0', runs: [] }), /it is not a list of exceptions/],
    ['nothing but a text', 'CVE: nothing\n', /it is not a list of exceptions/],
  ])('%s', (_what, text, instead) => {
    expect(mistakeIn(text)).toMatch(instead);
  });

  test('what our own formats have is none of them', () => {
    const own = '- id: CVE-2026-1\n  reason: not called\n  until: 2026-12-31\n';
    expect(read(own).format).toBe('exceptions');
    expect(read('vulnerabilities:\n  - id: CVE-2026-1\n').format).toBe('trivyignore');
    expect(read(JSON.stringify({ vulnerabilities: [] })).format).toBe('trivyignore');
    expect(read(JSON.stringify({ '@context': OPENVEX_CONTEXT, statements: [] })).format).toBe('openvex');
  });
});
