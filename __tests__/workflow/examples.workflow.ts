import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildDefender } from 'compute-console-emulator';
import { createAuthority } from 'compute-console-emulator/certificates';
import { startProxy } from '../bundle/proxy.ts';
import type { Start } from './act.ts';
import { type KeyPair, keyPair } from './cosign.ts';
import { layImage } from './image.ts';
import { expectHeld, PASSWORD, type Pipeline, type PipelineGiven, USER, withPipeline } from './pipeline.ts';
import { KEEPER } from './registry.ts';

/** Runs side by side, and counts which examples were run. */
const tried = new Set<string>();
const example = (
  name: string,
  behaviour: string,
  use: (pipeline: Pipeline, run: Pipeline['run']) => Promise<void>,
  given: PipelineGiven = {},
): void => {
  tried.add(name);
  test.concurrent(`${name} ${behaviour}`, () =>
    withPipeline(given, (pipeline) => use(pipeline, pipeline.run)));
};

const RELEASE = { cart: 'clean', payments: 'few', search: 'clean' } as const;

/** Pushes images `shop/NAME:TAG` with these findings, and gives `shop/NAME:TAG` and digest of each. */
async function push(
  { staging }: Pipeline,
  findings: Readonly<Record<string, string>>,
  tag = '1.0',
): Promise<Record<string, string>> {
  const pushed = Object.entries(findings).map(async ([name, label]) => {
    const labels = { 'embedded-console.findings': label };
    return [`shop/${name}:${tag}`, await staging.push(`shop/${name}`, tag, { text: name, labels })] as const;
  });
  return Object.fromEntries(await Promise.all(pushed));
}

/** Has the Console begin its regular scan, as its own clock does at night, while the workflow waits for it. */
const nightlyScan =
  ({ prisma }: Pipeline): NonNullable<Start['meanwhile']> =>
  async (log) => {
    await log.shows('looking for the regular scan');
    const credentials = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
    await fetch(`${prisma.url}/api/v32.07/registry/scan`, {
      method: 'POST',
      headers: { authorization: `Basic ${credentials}` },
    });
  };

/** The contents of an index that BuildKit pushed: two platforms, and an attestation of each. */
const PLATFORMS = ['amd64', 'arm64', 'unknown', 'unknown'];

const BOTH_DEFENDERS: PipelineGiven = {
  defenders: [buildDefender(), buildDefender({ hostname: 'arm.example', arm64: true })],
  settings: { digestScanRow: 'untagged' },
};

const TAG = { inputs: { tag: '1.0' } } as const;

describe('The example', () => {
  example('promote-one', 'promotes a good image', async (pipeline, run) => {
    const pushed = await push(pipeline, { cart: 'clean' });

    const { exitCode, records } = await run('promote-one', TAG);

    expect(exitCode).toBe(0);
    expect(await pipeline.production.content()).toEqual(pushed);
    expect(JSON.parse(records.get('receipt') ?? '')).toMatchObject({ verdict: 'passed' });
  });

  example('promote-one', 'takes the scan of a run that was cut off', async (pipeline, run) => {
    const pushed = await push(pipeline, { cart: 'clean' });
    await run('report-without-blocking', TAG);

    const { exitCode, log } = await run('promote-one', {
      inputs: { ...TAG.inputs, mode: 'await', 'max-scan-age': '1h' },
    });

    expect(log).toContain('(recent-scan)');
    expect(exitCode).toBe(0);
    expect(await pipeline.production.content()).toEqual(pushed);
  });

  example('embedded-console', 'passes a good image and holds a bad one', async (_, run) => {
    expect((await run('embedded-console')).exitCode).toBe(0);
  });

  example('promote-one', 'holds a bad image', async (pipeline, run) => {
    await push(pipeline, { cart: 'severe' });

    await expectHeld(pipeline, await run('promote-one', TAG), 'severity-cutoff');
  });

  example(
    'promote-unless-worse',
    'holds a bad image that is compared with nothing',
    async (pipeline, run) => {
      await push(pipeline, { cart: 'severe' });

      await expectHeld(pipeline, await run('promote-unless-worse', TAG), 'severity-cutoff');
    },
  );

  example('promote-unless-worse', 'promotes what production has already', async (pipeline, run) => {
    const { staging } = pipeline;
    const labels = { 'embedded-console.findings': 'severe' };
    await staging.push('shop/cart', 'latest', { text: 'what runs', labels });
    const pushed = await staging.push('shop/cart', '1.0', { text: 'what is new', labels });
    await run('report-without-blocking', { inputs: { tag: 'latest' } });

    const production = { PRODUCTION_REGISTRY: staging.name };
    const { exitCode } = await run('promote-unless-worse', { ...TAG, vars: production });

    expect(exitCode).toBe(0);
    expect((await staging.content())['shop/cart:latest']).toBe(pushed);
  });

  example('promote-release-matrix', 'promotes a good release', async (pipeline, run) => {
    const pushed = await push(pipeline, RELEASE);

    expect((await run('promote-release-matrix', TAG)).exitCode).toBe(0);
    expect(await pipeline.production.content()).toEqual(pushed);
  });

  example('promote-release-matrix', 'holds the one bad image, and fails', async (pipeline, run) => {
    const { 'shop/payments:1.0': bad, ...good } = await push(pipeline, { ...RELEASE, payments: 'severe' });

    expect((await run('promote-release-matrix', TAG)).exitCode).toBe(1);
    expect(await pipeline.production.content()).toEqual(good);
    expect(await pipeline.production.has('shop/payments', bad ?? '')).toBe(false);
  });

  example('promote-release-one-step', 'promotes a good release', async (pipeline, run) => {
    const pushed = await push(pipeline, RELEASE);

    expect((await run('promote-release-one-step', TAG)).exitCode).toBe(0);
    expect(await pipeline.production.content()).toEqual(pushed);
  });

  example('promote-release-one-step', 'holds all for one bad image', async (pipeline, run) => {
    await push(pipeline, { ...RELEASE, search: 'severe' });

    await expectHeld(pipeline, await run('promote-release-one-step', TAG), 'severity-cutoff');
  });

  example(
    'promote-after-nightly-scan',
    'promotes what the nightly scan found good, without another scan',
    async (pipeline, run) => {
      const { 'shop/payments:candidate': bad, ...good } = await push(
        pipeline,
        { cart: 'clean', payments: 'severe' },
        'candidate',
      );

      const { exitCode, log } = await run('promote-after-nightly-scan', { meanwhile: nightlyScan(pipeline) });

      expect(log).toContain('(recent-scan)');
      expect(log).toContain('(severity-cutoff)');
      expect(pipeline.prisma.requests.filter(({ body }) => body.includes('onDemandScan'))).toEqual([]);
      expect(exitCode).toBe(1);
      expect(await pipeline.production.content()).toEqual(good);
      expect(await pipeline.production.has('shop/payments', bad ?? '')).toBe(false);
    },
  );

  example(
    'promote-after-nightly-scan',
    'promotes nothing where the nightly scan fails',
    async (pipeline, run) => {
      await push(pipeline, { cart: 'clean', payments: 'clean' }, 'candidate');
      await pipeline.staging.stop();

      const night = { meanwhile: nightlyScan(pipeline) };

      await expectHeld(pipeline, await run('promote-after-nightly-scan', night), 'scan-error');
    },
  );

  example('report-without-blocking', 'says nothing of a good image', async (pipeline, run) => {
    await push(pipeline, { cart: 'clean' });

    const { exitCode, log } = await run('report-without-blocking', TAG);

    expect(log).not.toContain('The gate would hold this image::');
    expect(exitCode).toBe(0);
  });

  example('report-without-blocking', 'warns of a bad image, and goes on', async (pipeline, run) => {
    await push(pipeline, { cart: 'severe' });

    const { exitCode, log } = await run('report-without-blocking', TAG);

    expect(log).toMatch(/The gate would hold this image::failed \(severity-cutoff\), critical: [1-9]/);
    expect(exitCode).toBe(0);
  });

  example('upload-sarif', 'uploads the findings of a good image', async (pipeline, run) => {
    await push(pipeline, { cart: 'few' });

    const { exitCode, records } = await run('upload-sarif', TAG);

    expect(JSON.parse(records.get('sarif') ?? '')).toMatchObject({
      version: '2.1.0',
      runs: [{ results: [{}, {}] }],
    });
    expect(records.get('category')).toBe('registry-scan/shop/cart');
    expect(exitCode).toBe(0);
  });

  example('upload-sarif', 'uploads the findings of a bad image, and fails', async (pipeline, run) => {
    await push(pipeline, { cart: 'severe' });

    const { exitCode, records } = await run('upload-sarif', TAG);

    expect(records.get('sarif')).toContain('"level":');
    expect(exitCode).toBe(1);
  });

  example(
    'promote-multi-platform',
    'promotes an image whose platforms are all good',
    async (pipeline, run) => {
      const digest = await pushPlatforms(pipeline, 'clean');

      expect((await run('promote-multi-platform', TAG)).exitCode).toBe(0);
      expect(await pipeline.production.content()).toEqual({ 'shop/cart:1.0': digest });
      expect(await pipeline.production.platforms('shop/cart', digest)).toEqual(PLATFORMS);
    },
    BOTH_DEFENDERS,
  );

  example(
    'promote-multi-platform',
    'holds an image of which one platform is bad',
    async (pipeline, run) => {
      await pushPlatforms(pipeline, 'severe');

      await expectHeld(pipeline, await run('promote-multi-platform', TAG), 'severity-cutoff');
    },
    BOTH_DEFENDERS,
  );

  example('attest-and-promote', 'promotes what is attested to have passed', async (pipeline, run) => {
    const pushed = await push(pipeline, { cart: 'clean' });

    const { exitCode, records } = await run('attest-and-promote', TAG);

    expect(attestationsIn(records)).toMatchObject([
      {
        subjects: [`${pipeline.staging.name}/shop/cart@${pushed['shop/cart:1.0']}`],
        push: true,
        type: 'https://in-toto.io/attestation/svr/v0.2',
        predicate: { properties: expect.arrayContaining(['REGISTRY_SCAN_GATE_NO_HIGH_FINDINGS']) },
      },
    ]);
    expect(exitCode).toBe(0);
    expect(await pipeline.production.content()).toEqual(pushed);
    expect(records.get('api')?.split('\n')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^orgs\/.+\/artifacts\/metadata\/storage-record$/),
        `digest=${pushed['shop/cart:1.0']}`,
        `registry_url=https://${pipeline.production.name}`,
      ]),
    );
  });

  example('attest-and-promote', 'attests nothing of a bad image', async (pipeline, run) => {
    await push(pipeline, { cart: 'severe' });

    const end = await run('attest-and-promote', TAG);

    await expectHeld(pipeline, end, 'severity-cutoff');
    expect(end.records.has('attestations')).toBe(false);
  });

  example(
    'attest-and-promote',
    'holds an image of another digest than the attested',
    async (pipeline, run) => {
      await push(pipeline, { cart: 'clean' });

      const env = { STAND_IN_SUBJECT: `${pipeline.staging.name}/shop/cart@sha256:${'0'.repeat(64)}` };

      const { exitCode, log } = await run('attest-and-promote', { ...TAG, env });

      expect(log).toContain('Success - Main Attest that it passed');
      expect(log).toContain('Failure - Main Verify that it passed');
      expect(exitCode).toBe(1);
      expect(await pipeline.production.content()).toEqual({});
    },
  );

  example('attest-release', 'promotes a good release on one attestation', async (pipeline, run) => {
    const pushed = await push(pipeline, RELEASE);

    const { exitCode, records } = await run('attest-release', TAG);

    expect(attestationsIn(records)).toMatchObject([
      { subjects: Object.entries(pushed).map(([name, digest]) => byDigest(pipeline, name, digest)) },
    ]);
    expect(exitCode).toBe(0);
    expect(await pipeline.production.content()).toEqual(pushed);
  });

  example('attest-release', 'attests nothing where one image is bad', async (pipeline, run) => {
    await push(pipeline, { ...RELEASE, search: 'severe' });

    const end = await run('attest-release', TAG);

    await expectHeld(pipeline, end, 'severity-cutoff');
    expect(end.records.has('attestations')).toBe(false);
  });

  example('attest-release', 'holds all where one image is not attested', async (pipeline, run) => {
    const pushed = await push(pipeline, RELEASE);
    const [[name, digest] = ['', '']] = Object.entries(pushed);

    const env = { STAND_IN_SUBJECT: byDigest(pipeline, name, digest) };

    const { exitCode, log } = await run('attest-release', { ...TAG, env });

    expect(log).toContain('Failure - Main Verify that all passed');
    expect(exitCode).toBe(1);
    expect(await pipeline.production.content()).toEqual({});
  });

  example('attest-with-cosign', 'promotes what is signed to have passed', async (pipeline, run) => {
    const pushed = await push(pipeline, { cart: 'clean' });

    const { exitCode } = await run('attest-with-cosign', { ...TAG, ...withKeys(await keyPair()) });

    expect(exitCode).toBe(0);
    expect(await pipeline.production.content()).toEqual(pushed);
  });

  example('attest-with-cosign', 'holds a bad image', async (pipeline, run) => {
    await push(pipeline, { cart: 'severe' });

    const end = await run('attest-with-cosign', { ...TAG, ...withKeys(await keyPair()) });

    await expectHeld(pipeline, end, 'severity-cutoff');
  });

  example('attest-with-cosign', 'holds an image that is signed with another key', async (pipeline, run) => {
    await push(pipeline, { cart: 'clean' });
    const [signer, other] = await Promise.all([keyPair(), keyPair()]);

    const { exitCode, log } = await run('attest-with-cosign', {
      ...TAG,
      ...withKeys({ ...signer, publicKey: other.publicKey }),
    });

    expect(log).toContain('Success - Main Attest that it passed');
    expect(log).toContain('Failure - Main Verify that it passed');
    expect(exitCode).toBe(1);
    expect(await pipeline.production.content()).toEqual({});
  });
});

/** An index of amd64 and arm64 as BuildKit pushes it, with these findings in the image for arm64. */
function pushPlatforms({ staging }: Pipeline, arm64: string): Promise<string> {
  return staging.push('shop/cart', '1.0', {
    text: 'cart',
    architectures: ['amd64', 'arm64'],
    attestations: 'images',
    labelsOf: { arm64: { 'embedded-console.findings': arm64 } },
  });
}

function byDigest({ staging }: Pipeline, name: string, digest: string): string {
  return `${staging.name}/${name.replace(/:.*/, '')}@${digest}`;
}

/** The data that the stand-in of actions/attest received, one attestation per line. */
function attestationsIn(records: ReadonlyMap<string, string>): unknown[] {
  return (records.get('attestations') ?? '')
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

function withKeys({ privateKey, publicKey, password }: KeyPair): Pick<Start, 'secrets' | 'vars'> {
  return {
    secrets: { COSIGN_PRIVATE_KEY: privateKey, COSIGN_PASSWORD: password },
    vars: { COSIGN_PUBLIC_KEY: publicKey },
  };
}

describe('The example of a pull request', () => {
  const CASES = [
    {
      name: 'says that the image passed',
      findings: 'clean',
      exit: 0,
      says: '| passed | scan-completed | 0 | 0 |',
    },
    {
      name: 'says why the image is held',
      findings: 'severe',
      exit: 1,
      says: '| failed | severity-cutoff | 1 | 2 |',
    },
  ] as const;

  for (const { name, findings, exit, says } of CASES) {
    example('comment-on-pull-request', name, async (_, run) => {
      const build = await mkdtemp(join(tmpdir(), 'registry-scan-gate-build-'));
      try {
        await layImage(build, { text: 'app', labels: { 'embedded-console.findings': findings } });

        const { exitCode, records } = await run('comment-on-pull-request', {
          event: 'pull_request',
          payload: { pull_request: { number: 7, head: { repo: { full_name: 'octo-org/shop' } } } },
          env: { STAND_IN_BUILD: build },
        });

        expect(exitCode).toBe(exit);
        expect(records.get('comment-arguments')?.split('\n')).toContain('7');
        expect(records.get('comment')).toContain(says);
      } finally {
        await rm(build, { recursive: true });
      }
    });
  }
});

describe('The example of a whole pipeline', () => {
  const CASES = [
    { example: 'pipeline-ghcr', name: 'promotes a good build', findings: 'clean', exit: 0 },
    { example: 'pipeline-ghcr', name: 'holds a bad build', findings: 'severe', exit: 1 },
    { example: 'pipeline-ecr', name: 'promotes a good build', findings: 'clean', exit: 0 },
    { example: 'pipeline-ecr', name: 'holds a bad build', findings: 'severe', exit: 1 },
  ] as const;

  for (const { example: file, name, findings, exit } of CASES) {
    // If BuildKit pushes with provenance, a single platform is an index as well.
    example(file, name, async ({ staging }, run) => {
      const build = await mkdtemp(join(tmpdir(), 'registry-scan-gate-build-'));
      try {
        const digest = await layImage(build, {
          text: 'cart',
          attestations: 'images',
          labels: { 'embedded-console.findings': findings },
        });

        const { exitCode, log } = await run(file, {
          event: 'push',
          actor: KEEPER.username,
          secrets: { GITHUB_TOKEN: KEEPER.password },
          vars: { IMAGE: 'shop/cart', REGISTRY: staging.name },
          env: {
            STAND_IN_BUILD: build,
            STAND_IN_ECR: staging.name,
            STAND_IN_ECR_USER: KEEPER.username,
            STAND_IN_ECR_PASSWORD: KEEPER.password,
          },
        });

        expect(log).toContain(exit === 0 ? '(scan-completed)' : '(severity-cutoff)');
        expect(exitCode).toBe(exit);
        const held = Object.entries(await staging.content()).map(([tag, at]) => [tag.replace(/:.*/, ''), at]);
        const candidate = ['shop/cart-candidate', digest];
        expect(held).toEqual(exit === 0 ? [['shop/cart', digest], candidate] : [candidate]);
      } finally {
        await rm(build, { recursive: true });
      }
    });
  }
});

// The runner's client never asks a proxy for loopback, so the Console goes by a name that only the proxy knows.
const HOST = 'console.test';
const authority = await createAuthority();
const stranger = await createAuthority();

describe('The example of a proxy and a private authority', () => {
  const CASES = [
    { name: 'passes by way of both', authority, exit: 0, says: '(scan-completed)' },
    { name: 'fails where the authority is another', authority: stranger, exit: 1, says: '(tls)' },
  ];

  for (const { name, authority: trusted, exit, says } of CASES) {
    tried.add('behind-a-proxy');
    test.concurrent(`behind-a-proxy ${name}`, async () => {
      const tls = await authority.issue({ names: [HOST] });
      const proxy = await startProxy();
      try {
        await withPipeline({ tls }, async (pipeline) => {
          await push(pipeline, { cart: 'clean' });

          const { exitCode, log } = await pipeline.run('behind-a-proxy', {
            ...TAG,
            secrets: { CONSOLE_URL: pipeline.prisma.url.replace('127.0.0.1', HOST) },
            vars: { PROXY: proxy.address(), NO_PROXY: pipeline.staging.name, CONSOLE_CA: trusted.cert },
          });

          expect(log).toContain(says);
          expect(proxy.tunnelled.length).toBeGreaterThan(0);
          expect(exitCode).toBe(exit);
        });
      } finally {
        await proxy.close();
      }
    });
  }
});

test('Every example is run here, or in the test of the promotion', () => {
  const promotion = ['call-scan-then-promote', 'scan-then-promote'];
  const files = readdirSync(join(import.meta.dirname, '..', '..', 'examples')).filter((name) =>
    name.endsWith('.yml'),
  );
  expect(files.map((name) => name.replace('.yml', ''))).toEqual([...tried, ...promotion].sort());
});
