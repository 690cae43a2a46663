import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createAuthority } from '../../emulator/certificate.ts';
import { startProxy } from '../bundle/proxy.ts';
import type { Start } from './act.ts';
import { expectHeld, PASSWORD, type Pipeline, type PipelineGiven, USER, withPipeline } from './pipeline.ts';

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
    await log.shows('waiting for the scan to show up');
    const credentials = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
    await fetch(`${prisma.url}/api/v32.07/registry/scan`, {
      method: 'POST',
      headers: { authorization: `Basic ${credentials}` },
    });
  };

const TAG = { inputs: { tag: '1.0' } } as const;

describe('The example', () => {
  example('promote-one', 'promotes a good image', async (pipeline, run) => {
    const pushed = await push(pipeline, { cart: 'clean' });

    expect((await run('promote-one', TAG)).exitCode).toBe(0);
    expect(await pipeline.production.content()).toEqual(pushed);
  });

  example('embedded-console', 'passes a good image and holds a bad one', async (_, run) => {
    expect((await run('embedded-console')).exitCode).toBe(0);
  });

  example('promote-one', 'holds a bad image', async (pipeline, run) => {
    await push(pipeline, { cart: 'severe' });

    await expectHeld(pipeline, await run('promote-one', TAG), 'severity-cutoff');
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
    'attest-receipt',
    'promotes on a receipt for the digest that was scanned',
    async (pipeline, run) => {
      const pushed = await push(pipeline, { cart: 'clean' });

      const { exitCode, records } = await run('attest-receipt', TAG);

      expect(JSON.parse(records.get('attestation') ?? '')).toMatchObject({
        subject: `${pipeline.staging.name}/shop/cart@${pushed['shop/cart:1.0']}`,
        predicate: { verdict: 'passed' },
      });
      expect(exitCode).toBe(0);
      expect(await pipeline.production.content()).toEqual(pushed);
    },
  );

  example('attest-receipt', 'attests nothing of a bad image', async (pipeline, run) => {
    await push(pipeline, { cart: 'severe' });

    const end = await run('attest-receipt', TAG);

    await expectHeld(pipeline, end, 'severity-cutoff');
    expect(end.records.has('attestation')).toBe(false);
  });

  example('attest-receipt', 'holds an image whose receipt is for another digest', async (pipeline, run) => {
    await push(pipeline, { cart: 'clean' });

    const env = { STAND_IN_SUBJECT: `${pipeline.staging.name}/shop/cart@sha256:${'0'.repeat(64)}` };

    const { exitCode, log } = await run('attest-receipt', { ...TAG, env });

    expect(log).toContain('Success - Main Attest the receipt');
    expect(log).toContain('Failure - Main Verify the receipt');
    expect(exitCode).toBe(1);
    expect(await pipeline.production.content()).toEqual({});
  });
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
