import { describe, expect, test } from '@jest/globals';
import type { Start, WorkflowEnd } from './act.ts';
import { expectHeld, type Pipeline, type PipelineGiven, withPipeline } from './pipeline.ts';

const CART = 'shop/cart:1.0';

/** The pipeline that people copy: a workflow of theirs that calls the reusable one. */
const promote = (
  pipeline: Pipeline,
  inputs: Readonly<Record<string, string>> = {},
  meanwhile?: Start['meanwhile'],
): Promise<WorkflowEnd> =>
  pipeline.run('call-scan-then-promote', {
    calls: ['examples/scan-then-promote.yml'],
    inputs: { repo: 'shop/cart', tag: '1.0', ...inputs },
    ...(meanwhile === undefined ? {} : { meanwhile }),
  });

const push = ({ staging }: Pipeline, text: string, findings?: string): Promise<string> =>
  staging.push('shop/cart', '1.0', {
    text,
    ...(findings === undefined ? {} : { labels: { 'embedded-console.findings': findings } }),
  });

const pipelineTest = (
  name: string,
  given: PipelineGiven,
  use: (pipeline: Pipeline) => Promise<void>,
): void => {
  test.concurrent(name, () => withPipeline(given, use));
};

describe('The promotion of an image', () => {
  pipelineTest('that is clean copies the very digest that was scanned', {}, async (pipeline) => {
    const digest = await push(pipeline, 'clean');

    const { exitCode, log } = await promote(pipeline);

    expect(log).toContain(`shop/cart@${digest}`);
    expect(await pipeline.production.content()).toEqual({ [CART]: digest });
    expect(exitCode).toBe(0);
  });

  pipelineTest('that has the digest asked for copies it', {}, async (pipeline) => {
    const digest = await push(pipeline, 'clean');

    const { exitCode } = await promote(pipeline, { digest });

    expect(await pipeline.production.content()).toEqual({ [CART]: digest });
    expect(exitCode).toBe(0);
  });

  pipelineTest('with severe findings is held', {}, async (pipeline) => {
    const digest = await push(pipeline, 'vulnerable', 'severe');

    await expectHeld(pipeline, await promote(pipeline), 'severity-cutoff');
    expect(await pipeline.production.has('shop/cart', digest)).toBe(false);
  });

  pipelineTest('with findings below the cutoff goes on', {}, async (pipeline) => {
    const digest = await push(pipeline, 'hardly vulnerable', 'few');

    const { exitCode } = await promote(pipeline);

    expect(await pipeline.production.content()).toEqual({ [CART]: digest });
    expect(exitCode).toBe(0);
  });

  pipelineTest('that cannot be scanned is held', {}, async (pipeline) => {
    await push(pipeline, 'broken', 'broken');

    await expectHeld(pipeline, await promote(pipeline), 'scan-error');
  });

  pipelineTest('whose tag is not in the registry is held', {}, async (pipeline) => {
    await push(pipeline, 'clean');

    await expectHeld(pipeline, await promote(pipeline, { tag: '1.1' }), 'digest-mismatch');
  });

  pipelineTest('that the Console does not know is held', {}, async (pipeline) => {
    await push(pipeline, 'clean');

    const run = await promote(pipeline, { tag: '1.1', digest: 'any', 'start-timeout': '3s' });

    await expectHeld(pipeline, run, 'not-started');
  });
});

describe('The promotion of an image whose tag moves during the scan', () => {
  const move = (pipeline: Pipeline, findings?: string): Start['meanwhile'] & object => {
    return async (log) => {
      await log.shows('scanning images');
      await push(pipeline, 'moved', findings);
    };
  };

  pipelineTest('is held where the digest that was pushed is known', { scanMs: 6_000 }, async (pipeline) => {
    const digest = await push(pipeline, 'clean');

    await expectHeld(pipeline, await promote(pipeline, { digest }, move(pipeline)), 'digest-mismatch');
  });

  pipelineTest(
    'copies what was scanned, not what the tag means by then',
    { scanMs: 6_000, settings: { tagReadAt: 'scan-start' } },
    async (pipeline) => {
      const digest = await push(pipeline, 'clean');

      const { exitCode } = await promote(pipeline, {}, move(pipeline, 'severe'));

      expect((await pipeline.staging.content())[CART]).not.toBe(digest);
      expect(await pipeline.production.content()).toEqual({ [CART]: digest });
      expect(exitCode).toBe(0);
    },
  );
});

describe('The promotion of a multi-platform image', () => {
  const pushBoth = ({ staging }: Pipeline): Promise<string> =>
    staging.push('shop/cart', '1.0', { text: 'clean', architectures: ['amd64', 'arm64'] });

  pipelineTest(
    'copies the whole index where the Console reports its digest',
    { settings: { indexDigest: 'index' } },
    async (pipeline) => {
      const digest = await pushBoth(pipeline);

      const { exitCode } = await promote(pipeline, { digest });

      expect(await pipeline.production.content()).toEqual({ [CART]: digest });
      expect(await pipeline.production.platforms('shop/cart', digest)).toEqual(['amd64', 'arm64']);
      expect(exitCode).toBe(0);
    },
  );

  pipelineTest('copies the one platform that was scanned where that is reported', {}, async (pipeline) => {
    const digest = await pushBoth(pipeline);

    const { exitCode, log } = await promote(pipeline, { digest });

    const [, scanned] =
      /shop\/cart@(sha256:[0-9a-f]{64})/.exec(log.split('image-by-digest').at(-1) ?? '') ?? [];
    expect(scanned).not.toBe(digest);
    expect(await pipeline.production.content()).toEqual({ [CART]: scanned });
    expect(await pipeline.production.has('shop/cart', digest)).toBe(false);
    expect(exitCode).toBe(0);
  });

  pipelineTest('is held where all platforms are asked for and one has no Defender', {}, async (pipeline) => {
    const digest = await pushBoth(pipeline);

    const run = await promote(pipeline, { digest, platforms: 'all' });

    await expectHeld(pipeline, run, 'scan-error');
  });
});

describe('A promotion that is broken', () => {
  pipelineTest('by a Console that stops in the middle is held', { scanMs: 60_000 }, async (pipeline) => {
    await push(pipeline, 'clean');

    const run = await promote(pipeline, { timeout: '12s' }, async (log) => {
      await log.shows('scanning images');
      await pipeline.prisma.close();
    });

    await expectHeld(pipeline, run, 'unreachable');
  });

  pipelineTest('by a timeout that is too short is held', { scanMs: 60_000 }, async (pipeline) => {
    await push(pipeline, 'clean');

    await expectHeld(pipeline, await promote(pipeline, { timeout: '5s' }), 'still-scanning');
  });

  pipelineTest('by a staging registry that goes down is held', { scanMs: 3_000 }, async (pipeline) => {
    await push(pipeline, 'clean');

    const run = await promote(pipeline, { timeout: '20s' }, async (log) => {
      await log.shows('scanning images');
      await pipeline.staging.stop();
    });

    await expectHeld(pipeline, run, 'scan-error');
  });

  pipelineTest('by whoever cancels it is held', { scanMs: 60_000 }, async (pipeline) => {
    await push(pipeline, 'clean');

    const { exitCode } = await promote(pipeline, {}, async (log, runner) => {
      await log.shows('scanning images');
      runner.kill('SIGINT');
    });

    expect(exitCode).toBe(1);
    expect(await pipeline.production.content()).toEqual({});
  });

  pipelineTest('by a password that is wrong is held', {}, async (pipeline) => {
    await push(pipeline, 'clean');

    const run = await pipeline.run('call-scan-then-promote', {
      calls: ['examples/scan-then-promote.yml'],
      inputs: { repo: 'shop/cart', tag: '1.0' },
      secrets: { CONSOLE_PASSWORD: 'a-guess' },
    });

    await expectHeld(pipeline, run, 'unauthorized');
  });
});
