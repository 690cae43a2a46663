import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { svrStatementErrors, vulnPredicateErrors } from '../output/schemas.ts';
import { type GatedImage, GatedImages, type Verification } from './gated-images.ts';

const SVR = 'https://in-toto.io/attestation/svr/v0.2';
const VULN = 'https://cosign.sigstore.dev/attestation/vuln/v1';
const DAY_MS = 86_400_000;
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();
const policyPath = (name: string): string =>
  fileURLToPath(new URL(`../../policies/${name}`, import.meta.url));

let images: GatedImages;
let passed: GatedImage;
let failed: GatedImage;
let old: GatedImage;
let ungated: GatedImage;
/** A verification result as it is 30 days after it was written. */
let oldSvr: string;

beforeAll(async () => {
  images = await GatedImages.start();
  [passed, failed, old, ungated] = await Promise.all([
    images.gate('shop/passed', 'few'),
    images.gate('shop/failed', 'severe'),
    images.gate('shop/old', 'few'),
    images.gate('shop/ungated', 'few', {}),
  ]);
  oldSvr = await images.altered(old.svrPath, 'old.json', { timeCreated: daysAgo(30) });
  await images.sign(passed.reference, 'vuln', passed.vulnPath);
  await images.sign(passed.reference, SVR, passed.svrPath);
  await images.sign(failed.reference, 'vuln', failed.vulnPath);
  await images.sign(old.reference, 'vuln', old.vulnPath);
  await images.sign(old.reference, SVR, oldSvr);
  await images.sign(ungated.reference, SVR, ungated.svrPath);
});

afterAll(() => images.stop());

/** A CUE policy with its time put in, as its first lines say. */
async function since(name: string): Promise<string> {
  const path = join(images.folder, name.replace('/', '-'));
  const text = await readFile(policyPath(name), 'utf8');
  const dated = text
    .replaceAll('"SINCE"', `"${daysAgo(7)}"`)
    .replaceAll('"UNTIL"', `"${daysAgo(-5 / 1_440)}"`);
  await writeFile(path, dated);
  return path;
}

const policies = async (): Promise<readonly string[]> => [
  policyPath('cosign/svr.rego'),
  await since('cosign/svr.cue'),
];

/** The statement that cosign verified. */
function statementIn({ stdout }: Verification): Readonly<Record<string, unknown>> {
  const { payload }: { payload: string } = JSON.parse(stdout.trim().split('\n')[0] ?? '');
  return JSON.parse(Buffer.from(payload, 'base64').toString());
}

test('The gate decided as the tests below assume', () => {
  const outcomes = [passed, failed, old, ungated].map(({ end }) => end.outputs.reason);
  expect(outcomes).toEqual(['scan-completed', 'severity-cutoff', 'scan-completed', 'scan-completed']);
  expect([passed, failed, old, ungated].map(({ svrPath }) => svrPath !== '')).toEqual([
    true,
    false,
    true,
    true,
  ]);
});

describe('cosign with Rego and with CUE accepts', () => {
  test('the result of an image that passed', async () => {
    for (const policy of await policies()) {
      const { exitCode, stderr } = await images.verify(passed.reference, SVR, policy);
      expect({ policy, exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({
        policy,
        exitCode: 0,
        stderr: '',
      });
    }
  });

  test('the result in the older place of attestations, which Kyverno reads for a key, and whose old one is replaced', async () => {
    const image = await images.gate('shop/legacy', 'clean');
    const older = ['--new-bundle-format=false', '--replace'];
    await images.sign(
      image.reference,
      SVR,
      await images.altered(image.svrPath, 'legacy.json', { timeCreated: daysAgo(30) }),
      ...older,
    );
    await images.sign(image.reference, SVR, image.svrPath, ...older);
    const [rego = ''] = await policies();
    const { exitCode } = await images.run('cosign', [
      ...['verify-attestation', '--key', join(images.folder, 'cosign.pub'), '--insecure-ignore-tlog=true'],
      ...['--new-bundle-format=false', '--type', SVR, '--policy', rego, image.reference],
    ]);
    expect(exitCode).toBe(0);
  });
});

describe('cosign with Rego and with CUE refuses', () => {
  const refuses = async (image: string, says: RegExp): Promise<void> => {
    for (const policy of await policies()) {
      const { exitCode, stderr } = await images.verify(image, SVR, policy);
      expect({ policy, exitCode, stderr }).toMatchObject({ stderr: expect.stringMatching(says) });
      expect(exitCode).not.toBe(0);
    }
  };
  /** The policy looked at the attestation, and did not find what it wants. */
  const BY_POLICY = /expression value|conflicting|invalid value|required but not present/i;

  test('an image that failed, for want of a verification result', () =>
    refuses(failed.reference, /no matching attestations|none of the attestations/i));

  test('a verification result of 30 days ago', () => refuses(old.reference, BY_POLICY));

  test('a verification result without the properties of a gate', () => refuses(ungated.reference, BY_POLICY));

  test.each([
    ['leaves out what a policy looks at', { timeCreated: undefined, properties: undefined }],
    ['is dated 2036', { timeCreated: daysAgo(-3_650) }],
  ])('a verification result that %s', async (name, fields) => {
    const image = await images.gate(`shop/${name.replaceAll(' ', '-').toLowerCase()}`, 'clean');
    await images.sign(
      image.reference,
      SVR,
      await images.altered(image.svrPath, `${name.length}.json`, fields),
    );
    await refuses(image.reference, BY_POLICY);
  });

  test('an image that was pushed to the same tag after the gate', async () => {
    await images.registry.push('shop/passed', '1.0', { text: 'moved' });
    await refuses(
      passed.reference.replace(/@.*/, ':1.0'),
      /no matching attestations|no signatures|not found/i,
    );
  });

  test('a new result beside an old one, which verify-with-cosign.sh accepts', async () => {
    const image = await images.gate('shop/again', 'clean');
    await images.sign(
      image.reference,
      SVR,
      await images.altered(image.svrPath, 'again.json', { timeCreated: daysAgo(30) }),
    );
    await images.sign(image.reference, SVR, image.svrPath);
    await refuses(image.reference, BY_POLICY);
    const key = ['--key', join(images.folder, 'cosign.pub'), '--insecure-ignore-tlog=true'];
    const script = policyPath('verify-with-cosign.sh');
    const { exitCode, stdout } = await images.run(script, [image.reference, ...key]);
    const { timeCreated } = JSON.parse(await readFile(image.svrPath, 'utf8'));
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${timeCreated}\n` });
    expect((await images.run(script, [old.reference, ...key])).exitCode).not.toBe(0);
    expect((await images.run(script, [failed.reference, ...key])).exitCode).not.toBe(0);
  });
});

describe('The predicates', () => {
  test.each(['pass', 'failure'])('of a %s decode into cosign’s own type and lose nothing', async (which) => {
    const { vulnPath } = which === 'pass' ? passed : failed;
    const { exitCode, stdout, stderr } = await images.run('predicate-check', ['decode', vulnPath]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { metadata: writtenTimes, ...written } = JSON.parse(await readFile(vulnPath, 'utf8'));
    const { metadata: readTimes, ...read } = JSON.parse(stdout);
    expect(read).toEqual(written);
    expect(Date.parse(readTimes.scanFinishedOn)).toBe(Date.parse(writtenTimes.scanFinishedOn));
  });

  test('are signed as they are, about the digest that was pushed', async () => {
    const vuln = statementIn(await images.verify(passed.reference, 'vuln'));
    const svr = statementIn(await images.verify(passed.reference, SVR));
    const subject = [{ digest: { sha256: passed.digest.replace('sha256:', '') } }];
    expect(vuln).toMatchObject({ predicateType: VULN, subject });
    expect(vulnPredicateErrors(vuln.predicate)).toEqual([]);
    expect(svr).toMatchObject({ predicateType: SVR, subject });
    expect(svrStatementErrors({ ...svr, _type: 'https://in-toto.io/Statement/v1' })).toEqual([]);
    expect(svr.predicate).toEqual(JSON.parse(await readFile(passed.svrPath, 'utf8')));
  });
});

describe('The Rego of', () => {
  const statementOf = async (image: GatedImage, path: string) => ({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: image.reference, digest: { sha256: image.digest.replace('sha256:', '') } }],
    predicateType: SVR,
    predicate: JSON.parse(await readFile(path, 'utf8')),
  });
  let count = 0;
  const evaluate = async (query: string, input: object, files: readonly string[]): Promise<unknown> => {
    count += 1;
    const path = join(images.folder, `input-${count}.json`);
    await writeFile(path, JSON.stringify(input));
    const { stdout, stderr } = await images.run('predicate-check', ['rego', query, path, ...files]);
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  };

  test('policy-controller.yaml accepts a pass, and refuses an old one and one without its properties', async () => {
    const policy = parse(await readFile(policyPath('policy-controller.yaml'), 'utf8'));
    const path = join(images.folder, 'policy-controller.rego');
    await writeFile(path, policy.spec.authorities[0].attestations[0].policy.data);
    const verdictOn = async (image: GatedImage, predicate: string) =>
      evaluate('data.sigstore.isCompliant', await statementOf(image, predicate), [path]);
    expect(await verdictOn(passed, passed.svrPath)).toBe(true);
    expect(await verdictOn(old, oldSvr)).toBe(false);
    expect(await verdictOn(ungated, ungated.svrPath)).toBe(false);
  });

  test('Conforma’s rule accepts a pass, and refuses an old one, one without its properties and another digest', async () => {
    const files = [policyPath('conforma/rule'), policyPath('conforma/data/registry_scan_gate_limits.yml')];
    const denials = async (image: GatedImage, statements: readonly object[]): Promise<unknown> => {
      const input = {
        image: { ref: image.reference },
        attestations: statements.map((statement) => ({ statement })),
      };
      return evaluate('data.registry_scan_gate.deny', input, files);
    };
    const denied = [expect.objectContaining({ code: 'registry_scan_gate.passed' })];
    const statement = await statementOf(passed, passed.svrPath);
    expect(await denials(passed, [statement])).toEqual([]);
    expect(await denials(passed, [])).toEqual(denied);
    expect(await denials(old, [statement])).toEqual(denied);
    expect(await denials(old, [await statementOf(old, oldSvr)])).toEqual(denied);
    expect(await denials(ungated, [await statementOf(ungated, ungated.svrPath)])).toEqual(denied);
  });
});
