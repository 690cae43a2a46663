import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { type GatedImage, GatedImages } from './gated-images.ts';
import { type Attestation, OlderPlace } from './older-place.ts';

const SVR = 'https://in-toto.io/attestation/svr/v0.2';
const VULN = 'https://cosign.sigstore.dev/attestation/vuln/v1';
const DAY_MS = 86_400_000;

let images: GatedImages;
let place: OlderPlace;
let passed: GatedImage;
let svr: Readonly<Record<string, unknown>>;
let vuln: unknown;
let count = 0;

beforeAll(async () => {
  images = await GatedImages.start(Promise.resolve({ privateKey: '', publicKey: '', password: '' }));
  place = new OlderPlace(images.registry);
  passed = await images.gate('shop/passed', 'few');
  svr = JSON.parse(await readFile(passed.svrPath, 'utf8'));
  vuln = JSON.parse(await readFile(passed.vulnPath, 'utf8'));
});

afterAll(() => images.stop());

/** The verification result that the gate wrote, as if so many days ago. */
function result(agoDays: number, fields: object = {}): Attestation {
  const timeCreated = new Date(Date.now() - agoDays * DAY_MS).toISOString();
  return { type: SVR, predicate: { ...svr, timeCreated, ...fields } };
}

/** A policy as it is shipped, with the names and the key that its first lines ask to replace. */
async function policy(name: string): Promise<string> {
  const path = fileURLToPath(new URL(`../../policies/${name}`, import.meta.url));
  const text = (await readFile(path, 'utf8'))
    .replaceAll('registry.example.com/production/*', `${images.registry.name}/*`)
    .replace(/^( *)-----BEGIN PUBLIC KEY-----\n[\s\S]*?-----END PUBLIC KEY-----$/m, (_, indent: string) =>
      place.publicKey.trim().replaceAll(/^/gm, indent),
    );
  const copy = join(images.folder, name);
  await writeFile(copy, text);
  return copy;
}

/** Applies a policy to a pod with this image; 0: admitted. */
async function admits(
  name: string,
  image: string,
): Promise<{ readonly exitCode: number; readonly output: string }> {
  count += 1;
  const folder = join(images.folder, `pod-${count}`);
  await mkdir(folder);
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'app', namespace: 'default' },
    spec: { containers: [{ name: 'app', image }] },
  };
  await writeFile(join(folder, 'pod.yaml'), stringify(pod));
  const args = ['apply', await policy(name), '--resource', join(folder, 'pod.yaml'), '--registry'];
  const { exitCode, stdout, stderr } = await images.run('kyverno', args);
  return { exitCode, output: stdout + stderr };
}

describe('Kyverno with kyverno-cluster-policy-key.yaml', () => {
  const admitted = async (attestations: readonly Attestation[]): Promise<number> => {
    count += 1;
    const repo = `shop/case-${count}`;
    const digest = await images.registry.push(repo, '1.0', { text: repo });
    if (attestations.length > 0) await place.attest(repo, digest, attestations);
    const { exitCode, output } = await admits(
      'kyverno-cluster-policy-key.yaml',
      `${images.registry.name}/${repo}@${digest}`,
    );
    expect(output).toMatch(exitCode === 0 ? /fail: 0/ : /unverified image|fail: [1-9]/);
    return exitCode;
  };
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

  test.each([
    ['a result of yesterday', () => [result(1)]],
    ['a result by a clock that is two minutes ahead', () => [result(-2 / 1_440)]],
    ['a result, beside a predicate of another type', () => [{ type: VULN, predicate: vuln }, result(1)]],
    ['a result, beside one that somebody else signed', () => [{ ...result(30), by: stranger }, result(1)]],
  ])('admits %s', async (_, attestations) => {
    expect(await admitted(attestations())).toBe(0);
  });

  test.each([
    ['an image without any', () => []],
    ['a result of eight days ago', () => [result(8)]],
    ['a result of 2036', () => [result(-3_650)]],
    ['a result of another verifier', () => [result(1, { verifier: { id: 'https://other.example' } })]],
    ['a result without the properties of a gate', () => [result(1, { properties: [] })]],
    ['a result without a time', () => [result(1, { timeCreated: undefined })]],
    ['a result that somebody else signed', () => [{ ...result(1), by: stranger }]],
    ['the predicate of a failure alone', () => [{ type: VULN, predicate: vuln }]],
  ])('refuses %s', async (_, attestations) => {
    expect(await admitted(attestations())).not.toBe(0);
  });

  // Kyverno holds every result that the key signed to the conditions: so `cosign attest --replace`.
  test.each([
    ['an older one', () => [result(8), result(1)]],
    ['one of 2036', () => [result(-3_650), result(1)]],
    [
      'one of another verifier with the same key',
      () => [result(1, { verifier: { id: 'https://other.example' } }), result(1)],
    ],
  ])('refuses a result of yesterday beside %s, as its page says', async (_, attestations) => {
    expect(await admitted(attestations())).not.toBe(0);
  });

  test('admits an image again whose old result was replaced', async () => {
    const repo = 'shop/replaced';
    const digest = await images.registry.push(repo, '1.0', { text: repo });
    const image = `${images.registry.name}/${repo}@${digest}`;
    await place.attest(repo, digest, [result(8)]);
    expect((await admits('kyverno-cluster-policy-key.yaml', image)).exitCode).not.toBe(0);
    await place.attest(repo, digest, [result(1)]);
    expect((await admits('kyverno-cluster-policy-key.yaml', image)).exitCode).toBe(0);
  });
});

describe('Kyverno reads', () => {
  test.each(['kyverno-cluster-policy.yaml', 'kyverno-image-validating-policy.yaml'])(
    '%s, and leaves an image of another registry alone',
    async (name) => {
      const digest = `sha256:${'0'.repeat(64)}`;
      const { exitCode, output } = await admits(name, `elsewhere.example/app@${digest}`);
      expect({ exitCode, output }).toEqual({
        exitCode: 0,
        output: expect.stringMatching(/fail: 0, .*error: 0/),
      });
    },
  );
});
