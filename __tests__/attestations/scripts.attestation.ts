import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const DAY_MS = 86_400_000;
const VERIFIER = { id: 'urn:registry-scan-gate:verifier:1' };
const REQUIRED = ['SCAN_PROVEN', 'SCAN_NEW', 'NO_CRITICAL_FINDINGS', 'NO_HIGH_FINDINGS'].map(
  (name) => `REGISTRY_SCAN_GATE_${name}`,
);

type Predicate = Readonly<Record<string, unknown>>;

const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();

/** A verification result of the gate of so many days ago. */
function result(days: number, fields: Predicate = {}): Predicate {
  return { verifier: VERIFIER, timeCreated: daysAgo(days), properties: REQUIRED, ...fields };
}

/** Stands in for gh: applies the filter of its command line to what GitHub would have answered. */
const GH = `#!/usr/bin/env bash
while [ $# -gt 0 ]; do [ "$1" = --jq ] && filter=$2; shift; done
jq --raw-output "$filter" "$ANSWER"
`;

/** Stands in for cosign: prints the envelopes that it would have verified, and fails if there is none. */
const COSIGN = `#!/usr/bin/env bash
cat "$ANSWER"
[ -s "$ANSWER" ]
`;

/** The output of each program for the results on a digest. */
const ANSWERS: Readonly<Record<string, (predicates: readonly Predicate[]) => string>> = {
  'verify-with-gh.sh': (predicates) =>
    JSON.stringify(predicates.map((predicate) => ({ verificationResult: { statement: { predicate } } }))),
  'verify-with-cosign.sh': (predicates) =>
    predicates
      .map((predicate) => {
        const payload = Buffer.from(JSON.stringify({ predicate })).toString('base64');
        return `${JSON.stringify({ payloadType: 'application/vnd.in-toto+json', payload, signatures: [] })}\n`;
      })
      .join(''),
};

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-scan-gate-scripts-'));
  await writeFile(join(folder, 'gh'), GH, { mode: 0o755 });
  await writeFile(join(folder, 'cosign'), COSIGN, { mode: 0o755 });
});

afterAll(() => rm(folder, { recursive: true }));

describe.each(Object.entries(ANSWERS))('%s', (script, answer) => {
  const verified = async (
    predicates: readonly Predicate[],
  ): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> => {
    const ANSWER = join(folder, 'answer');
    await writeFile(ANSWER, answer(predicates));
    const path = fileURLToPath(new URL(`../../policies/${script}`, import.meta.url));
    const args = ['registry.example.com/app@sha256:0', 'my-org/my-repo', '.github/workflows/gate.yml'];
    const env = { ...process.env, ANSWER, PATH: `${folder}:${process.env.PATH}` };
    return new Promise((resolve) => {
      execFile(path, args, { env }, (error, stdout, stderr) => {
        resolve({ exitCode: error === null ? 0 : 1, stdout, stderr });
      });
    });
  };
  const YOUNG = result(6);

  test.each([
    ['a young one', [YOUNG]],
    ['an old one before a young one', [result(30), YOUNG]],
    ['a young one before an old one', [YOUNG, result(30)]],
    ['one of 2036 beside a young one', [result(-3_650), YOUNG]],
    ['one of another verifier beside a young one', [result(1, { verifier: { id: 'other' } }), YOUNG]],
  ])('accepts %s, and names its time', async (_, predicates) => {
    expect(await verified(predicates)).toEqual({ exitCode: 0, stdout: `${YOUNG.timeCreated}\n`, stderr: '' });
  });

  test.each([
    ['none', []],
    ['old ones', [result(30), result(8)]],
    ['one of 2036', [result(-3_650)]],
    ['one of another verifier', [result(1, { verifier: { id: 'other' } })]],
    ['one without a time', [result(1, { timeCreated: undefined })]],
  ])('refuses %s', async (_, predicates) => {
    const { exitCode, stdout } = await verified(predicates);
    expect([exitCode, stdout]).toEqual([1, '']);
  });
});

describe('verify-with-cosign.sh', () => {
  test('refuses if the newest one lacks a property, whatever an older one has', async () => {
    const ANSWER = join(folder, 'answer');
    const answer = ANSWERS['verify-with-cosign.sh']?.([result(2), result(1, { properties: [] })]) ?? '';
    await writeFile(ANSWER, answer);
    const path = fileURLToPath(new URL('../../policies/verify-with-cosign.sh', import.meta.url));
    const env = { ...process.env, ANSWER, PATH: `${folder}:${process.env.PATH}` };
    const stderr = await new Promise((resolve) => {
      execFile(path, ['image'], { env }, (_, __, text) => resolve(text));
    });
    expect(stderr).toContain('the newest result lacks REGISTRY_SCAN_GATE_SCAN_PROVEN');
  });
});
