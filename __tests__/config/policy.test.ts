import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { configOf, problemsOf, warningsOf } from './reading.ts';

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

describe('Exceptions', () => {
  test('are read, with the digest of their file', async () => {
    const { policy, exceptionsDigest, warnings } = await configOf(
      { exceptions: 'accepted.yml', 'severity-cutoff': 'high' },
      { files },
    );
    expect(policy.exceptions).toEqual([
      {
        id: 'CVE-2026-1',
        reason: 'not reachable',
        until: '2026-12-31',
        package: undefined,
        image: undefined,
      },
    ]);
    expect(exceptionsDigest).toBe(`sha256:${createHash('sha256').update(LIST).digest('hex')}`);
    expect(warnings).toEqual([]);
  });

  test('without a gate are warned of', async () => {
    expect(await warningsOf({ exceptions: 'accepted.yml' }, { files })).toEqual([
      'Input exceptions has no effect without a gate: severity-cutoff, compliance-cutoff or fail-on-policy.',
    ]);
  });

  test.each([
    [
      'wrong.yml',
      'Input exceptions names the file "wrong.yml", which cannot be used: entry 1 has no reason. Expected a list of ' +
        'entries with id, reason and until, and optionally package and image.',
    ],
    [
      'missing.yml',
      `Input exceptions names the file "missing.yml", which cannot be read (ENOENT: no such file or directory, open ` +
        `'missing.yml'); expected the path of a YAML file. A file of the repository is there only after the repository ` +
        'was checked out.',
    ],
  ])('are not in %s', async (path, problem) => {
    expect(await problemsOf({ exceptions: path, 'severity-cutoff': 'high' }, { files })).toEqual([problem]);
  });
});
