import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { configOf, DIGEST, problemsOf, warningsOf } from './reading.ts';

const LIST = '- id: CVE-2026-1\n  reason: not reachable\n  until: 2026-12-31\n';
const files = { 'accepted.yml': LIST, 'wrong.yml': '- id: x\n' };

describe('The policy', () => {
  test.each(['severity-cutoff', 'compliance-cutoff'])('has a cutoff of four severities: %s', async (name) => {
    const field = name === 'severity-cutoff' ? 'severityCutoff' : 'complianceCutoff';
    for (const severity of ['critical', 'high', 'medium', 'low'] as const) {
      expect((await configOf({ [name]: severity })).policy[field]).toBe(severity);
    }
    expect((await configOf({ [name]: 'none' })).policy[field]).toBeUndefined();
  });

  test.each([
    ['High', ' Did you mean high?'],
    ['hihg', ' Did you mean high?'],
    ['moderate', ' Did you mean medium?'],
    ['important', ' Did you mean high?'],
    ['any', ' Did you mean low?'],
    ['off', ' Did you mean none?'],
    ['crit', ' Did you mean critical?'],
    ['critical,high', ' Did you mean high?'],
    ['severe', ''],
  ])('has no cutoff %s', async (value, hint) => {
    expect(await problemsOf({ 'severity-cutoff': value })).toEqual([
      `Input severity-cutoff is "${value}"; expected none, critical, high, medium or low.${hint}`,
    ]);
  });

  test('has flags', async () => {
    const { policy } = await configOf({
      'severity-cutoff': 'high',
      'only-fixed': 'true',
      'fail-on-policy': 'true',
    });
    expect(policy).toMatchObject({ onlyFixed: true, failOnPolicy: true });
  });
});

const DAY_MS = 86_400_000;

describe('Waivers beside a cutoff', () => {
  const cutoff = { 'severity-cutoff': 'high' };

  test('are days of grace for severities, one a line or separated by commas', async () => {
    const { policy } = await configOf({ ...cutoff, grace: 'critical=7d\nhigh = 30d' });
    expect(policy.grace).toEqual({ critical: 7 * DAY_MS, high: 30 * DAY_MS });
    expect((await configOf({ ...cutoff, grace: 'high=24h' })).policy.grace).toEqual({ high: DAY_MS });
  });

  test.each([
    'high',
    'high=7',
    'high=7m',
    'high=0d',
    'high=366d',
    'important=7d',
    'HIGH=7d',
    'high=7d, high=8d',
    'medium=7d',
    'none, high=7d',
    ',',
  ])('are no grace of %j', async (grace) => {
    const [problem = '', ...others] = await problemsOf({ ...cutoff, grace });
    expect(problem).toContain('grace');
    expect(others).toEqual([]);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['itself by its tag', { registry: '', 'compare-with': 'team/app:1.4' }],
    ['itself by its digest', { digest: DIGEST, 'compare-with': `{registry}/{repository}@${DIGEST}` }],
    ['anything without a cutoff', { 'severity-cutoff': 'none', 'compare-with': 'production/{name}:latest' }],
    ['an unknown placeholder', { 'compare-with': 'production/{image}:latest' }],
    ['what is no reference', { 'compare-with': 'https://production/x' }],
    [
      'a tag, of an image without one',
      { tag: '', digest: DIGEST, 'compare-with': 'production/{name}:{tag}' },
    ],
    [
      'one reference, of several repositories',
      { registry: '', repo: '', tag: '', images: 'a/b:1\na/c:1', 'compare-with': 'production/app:latest' },
    ],
  ])('do not compare with %s', async (_what, inputs) => {
    const [problem = '', ...others] = await problemsOf({ ...cutoff, ...inputs });
    expect(problem).toContain('compare-with');
    expect(others).toEqual([]);
  });

  test('are compared with nothing if the input is empty', async () => {
    expect((await configOf({ ...cutoff, 'compare-with': '' })).policy.compareWith).toBeUndefined();
  });

  test('know the words of exploit-cutoff', async () => {
    expect((await configOf({ 'exploit-cutoff': 'poc' })).policy.exploitCutoff).toBe('poc');
    expect(await problemsOf({ 'exploit-cutoff': 'kev' })).toEqual([expect.stringContaining('in-the-wild')]);
  });
});

const ACCEPTED = {
  id: 'CVE-2026-1',
  reason: 'not reachable',
  until: '2026-12-31',
  untilFixed: false,
  package: undefined,
  image: undefined,
};
const { untilFixed: _, ...ENTRY } = ACCEPTED;
const LIST_AS_JSON = JSON.stringify([ENTRY]);
const TRIVY =
  'vulnerabilities:\n  - id: CVE-2026-1\n    statement: not reachable\n    expired_at: 2027-01-01\n';
const VEX = JSON.stringify({
  '@context': 'https://openvex.dev/ns/v0.2.0',
  statements: [{ vulnerability: { name: 'CVE-2026-1' }, status: 'affected' }],
});

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

describe('Exceptions', () => {
  const gate = { 'severity-cutoff': 'high' };

  test('are read from several files, whose content says what they are, with the digest of each', async () => {
    const { policy, exceptionFiles, warnings } = await configOf(
      { exceptions: ' accepted.yml\n\nteam/vex.json\r\ntrivy\naccepted.yml\n', ...gate },
      { files: { 'accepted.yml': LIST, 'team/vex.json': VEX, trivy: TRIVY } },
    );
    expect(policy.exceptions).toEqual([ACCEPTED]);
    expect(policy.decisions).toMatchObject({
      vexFiles: [{ file: 'team/vex.json', document: { statements: [{ status: 'affected' }] } }],
      ignoreFiles: [{ file: 'trivy', entries: [{ until: '2026-12-31' }] }],
      vexMaxAgeMs: 365 * 86_400_000,
    });
    expect(exceptionFiles).toEqual([
      { path: 'accepted.yml', format: 'exceptions', digest: digestOf(LIST) },
      { path: 'team/vex.json', format: 'openvex', digest: digestOf(VEX) },
      { path: 'trivy', format: 'trivyignore', digest: digestOf(TRIVY) },
    ]);
    expect(warnings).toEqual([]);
  });

  test.each([
    ['our own list as JSON', LIST_AS_JSON, 'exceptions'],
    ['a list without entries', '[]', 'exceptions'],
    ['what Trivy reads, as JSON', '{"vulnerabilities": []}', 'trivyignore'],
    ['OpenVEX behind a byte order mark', `\ufeff${VEX}`, 'openvex'],
  ])('are of the format of their content: %s', async (_what, text, format) => {
    const { exceptionFiles } = await configOf({ exceptions: 'file', ...gate }, { files: { file: text } });
    expect(exceptionFiles).toEqual([{ path: 'file', format, digest: digestOf(text) }]);
  });

  test('without a gate are warned of', async () => {
    expect(await warningsOf({ exceptions: 'accepted.yml' }, { files })).toEqual([
      'Input exceptions has no effect without a gate: severity-cutoff, exploit-cutoff, compliance-cutoff or fail-on-policy.',
    ]);
  });

  test.each([
    ['nothing', '', 'it is empty'],
    ['white space', ' \n', 'it is empty'],
    ['comments alone', '# none yet\n', 'it is empty'],
    ['an end of a document alone', '---\n', 'it is empty'],
    ['a text', 'accepted', 'it is not a list of exceptions'],
    ['something else', 'rules: []', 'it is not a list of exceptions'],
    ['JSON of something else', '{"rules": []}', 'it is not a list of exceptions'],
    [
      'the lines of a .trivyignore',
      '# why\nCVE-2026-1\nGHSA-aaaa-bbbb-cccc exp:2026-12-31\n',
      'write a .trivyignore.yaml',
    ],
    ["Grype's configuration", 'ignore:\n  - vulnerability: CVE-2026-1\n', 'write a list with id'],
    ['a file for Trivy without vulnerabilities', 'secrets:\n  - id: key\n', 'without vulnerabilities'],
    ['CycloneDX', '{"bomFormat": "CycloneDX", "vulnerabilities": []}', 'write its statements as OpenVEX'],
    [
      'CSAF',
      '{"document": {"csaf_version": "2.0"}, "vulnerabilities": []}',
      'write its statements as OpenVEX',
    ],
    [
      'OpenVEX of the first version',
      '{"@context": "https://openvex.dev/ns", "statements": []}',
      'another version of OpenVEX',
    ],
    [
      'OpenVEX of a later version',
      '{"@context": "https://openvex.dev/ns/v0.3.0"}',
      'another version of OpenVEX',
    ],
    ['OpenVEX as YAML', '"@context": https://openvex.dev/ns/v0.2.0\n', 'write it as JSON'],
    [
      'an attestation',
      '{"predicateType": "https://openvex.dev/ns/v0.2.0", "predicate": {}}',
      'it is an attestation',
    ],
    ['an envelope', '{"payloadType": "application/vnd.in-toto+json", "payload": ""}', 'it is an attestation'],
    ['OpenVEX that is cut off', VEX.slice(0, -1), 'it is not'],
    ['OpenVEX without statements', '{"@context": "https://openvex.dev/ns/v0.2.0"}', 'it has no statements'],
    ['a list with a mistake', '- id: x\n', 'entry 1 has no reason'],
    ['bytes that are no UTF-8', 'a\ufffdb', 'it is not text in UTF-8'],
    ['more than 1 MiB', `# ${'x'.repeat(1024 * 1024)}`, 'it is larger than 1 MiB'],
    ['more than 1 MiB in bytes', `# ${'ü'.repeat(600 * 1024)}`, 'it is larger than 1 MiB'],
  ])('are not in a file with %s', async (_what, text, wrong) => {
    const problems = await problemsOf({ exceptions: 'file', ...gate }, { files: { file: text } });
    expect(problems).toEqual([expect.stringContaining(wrong)]);
    expect(problems[0]).toMatch(/^Input exceptions names the file "file", which cannot be used: .*\.$/);
  });

  test('are not in a file that is missing, and every mistake is named', async () => {
    expect(await problemsOf({ exceptions: 'missing.yml\nwrong.yml', ...gate }, { files })).toEqual([
      `Input exceptions names the file "missing.yml", which cannot be read (ENOENT: no such file or directory, open ` +
        `'missing.yml'); expected the path of a file of exceptions. A file of the repository is there only after the ` +
        'repository was checked out.',
      'Input exceptions names the file "wrong.yml", which cannot be used: entry 1 has no reason.',
    ]);
  });

  test('that serve Trivy alone are named in one warning', async () => {
    const text = `${TRIVY}  - id: CVE-2026-2\n  - statement: x\n    expired_at: 2027-01-01\nsecrets:\n  - id: key\n`;
    expect(await warningsOf({ exceptions: 'file', ...gate }, { files: { file: text } })).toEqual([
      'Entries of "file" accept nothing here, since an exception needs an id, a reason (statement) and a last day ' +
        '(expired_at): entry 2 (CVE-2026-2) has no usable statement; entry 3 has no usable id.',
      'The file "file" has sections that accept nothing here: secrets.',
    ]);
  });

  test('have members of OpenVEX that are not known, which are warned of', async () => {
    const text = VEX.replace('"status"', '"_own":1,"expires":"never","status"');
    expect(await warningsOf({ exceptions: 'file', ...gate }, { files: { file: text } })).toEqual([
      'The file "file" has members that OpenVEX does not have, which are ignored: statements[0].expires.',
    ]);
  });

  test('of OpenVEX have an age', async () => {
    const { policy } = await configOf(
      { exceptions: 'file', 'vex-max-age': '30d', ...gate },
      { files: { file: VEX } },
    );
    expect(policy.decisions.vexMaxAgeMs).toBe(30 * 86_400_000);
  });

  test.each(['0s', '59m', '30', 'never', '11y', '3651d'])('of OpenVEX have no age of %s', async (age) => {
    const problems = await problemsOf(
      { exceptions: 'file', 'vex-max-age': age, ...gate },
      { files: { file: VEX } },
    );
    expect(problems).toEqual([expect.stringContaining(`Input vex-max-age is "${age}"`)]);
  });

  test('without OpenVEX have no use for an age', async () => {
    expect(
      await warningsOf({ exceptions: 'accepted.yml', 'vex-max-age': '30d', ...gate }, { files }),
    ).toEqual(['Input vex-max-age has no effect without an OpenVEX document in exceptions.']);
  });
});
