import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { buildDefender } from 'compute-console-emulator';
import { runStep } from '../../demo/runner.ts';
import type { ImageContent } from './image.ts';
import { PASSWORD, type PipelineGiven, USER, withPipeline } from './pipeline.ts';
import { KEEPER } from './registry.ts';

const run = promisify(execFile);

/** The result in production: everything that was pushed, one platform of it, or nothing. */
type Promoted = 'all' | 'amd64' | 'arm64' | 'nothing';

interface Case {
  readonly name: string;
  readonly image: Partial<ImageContent>;
  readonly console: PipelineGiven;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly reason: string;
  readonly promoted: Promoted;
}

const amd64 = buildDefender();
const arm64 = buildDefender({ hostname: 'arm.example', arm64: true });
const SEVERE = { 'embedded-console.findings': 'severe' };

/** The ways in which the row of a Console may name what it scanned. */
const ANSWERS = {
  'the digest of the platform': { indexDigest: 'platform' },
  'the digest of the index': { indexDigest: 'index' },
  'the configuration alone': { repoTagDigest: false, absentRowFields: ['repoDigests'] },
  'the index as image id': { rowId: 'named-digest' },
} as const satisfies Record<string, PipelineGiven['settings']>;
const answers = Object.entries(ANSWERS);

/** One platform and its provenance, as build-push-action pushes an image by default. */
const ONE_PLATFORM: readonly Case[] = (['images', 'artifacts'] as const).flatMap((attestations) =>
  answers.map(([answer, settings]) => ({
    name: `of one platform with attestations as ${attestations} is promoted where the row has ${answer}`,
    image: { attestations },
    console: { settings },
    reason: 'scan-completed',
    promoted: 'all' as const,
  })),
);

const BOTH = { architectures: ['amd64', 'arm64'], attestations: 'images' } as const;

/** Whichever platform the Console scans: that one is promoted, unless the row is of the index itself. */
const ANY_PLATFORM: readonly Case[] = [
  ...answers.map(
    ([answer, settings]): Case => ({
      name: `of two platforms promotes what was scanned where the row has ${answer}`,
      image: BOTH,
      console: { settings },
      reason: 'scan-completed',
      promoted: answer === 'the digest of the index' ? 'all' : 'amd64',
    }),
  ),
  {
    name: 'of two platforms promotes the one for ARM where only an ARM Defender is connected',
    image: BOTH,
    console: { defenders: [arm64] },
    reason: 'scan-completed',
    promoted: 'arm64',
  },
  {
    name: 'of two platforms is held where no Defender is connected',
    image: BOTH,
    console: { defenders: [] },
    reason: 'scan-error',
    promoted: 'nothing',
  },
];

const ALL = { platforms: 'all' } as const;
const bothDefenders = { defenders: [amd64, arm64] } as const;

const EVERY_PLATFORM: readonly Case[] = [
  ...(['platform', 'index'] as const).map(
    (indexDigest): Case => ({
      name: `of two platforms is promoted whole with platforms: all on a Console that shows the ${indexDigest}`,
      image: BOTH,
      console: { ...bothDefenders, settings: { digestScanRow: 'untagged', indexDigest } },
      inputs: ALL,
      reason: 'scan-completed',
      promoted: 'all',
    }),
  ),
  {
    name: 'is held with platforms: all where the second platform has a finding above the cutoff',
    image: { ...BOTH, labelsOf: { arm64: SEVERE } },
    console: { ...bothDefenders, settings: { digestScanRow: 'untagged' } },
    inputs: ALL,
    reason: 'severity-cutoff',
    promoted: 'nothing',
  },
  {
    name: 'is held with platforms: all where the second platform has no Defender',
    image: BOTH,
    console: { settings: { digestScanRow: 'untagged' } },
    inputs: ALL,
    reason: 'scan-error',
    promoted: 'nothing',
  },
  {
    name: 'promotes one platform where the list names it alone',
    image: { ...BOTH, labelsOf: { arm64: SEVERE } },
    console: {},
    inputs: { platforms: 'linux/amd64' },
    reason: 'scan-completed',
    promoted: 'amd64',
  },
  {
    name: 'is held where the list names a platform that it does not have',
    image: BOTH,
    console: { ...bothDefenders, settings: { digestScanRow: 'untagged' } },
    inputs: { platforms: 'linux/amd64,linux/s390x' },
    reason: 'platform-unscanned',
    promoted: 'nothing',
  },
];

describe('An index in a real registry', () => {
  for (const { name, image, console: given, inputs = {}, reason, promoted } of [
    ...ONE_PLATFORM,
    ...ANY_PLATFORM,
    ...EVERY_PLATFORM,
  ]) {
    test.concurrent(name, () =>
      withPipeline(given, async ({ staging, production, prisma }) => {
        const folder = await mkdtemp(join(tmpdir(), 'registry-scan-gate-identity-'));
        try {
          const auth = Buffer.from(`${KEEPER.username}:${KEEPER.password}`).toString('base64');
          const auths = { [staging.name]: { auth }, [production.name]: { auth } };
          await writeFile(join(folder, 'config.json'), JSON.stringify({ auths }));
          const digest = await staging.pushAsItIs('shop/cart', { text: 'cart', ...image }, '1.0');
          const digests = { all: digest, ...(await staging.digestsOf('shop/cart', digest)) };

          const { exitCode, outputs, log } = await runStep({
            with: {
              'console-url': prisma.url,
              username: USER,
              password: PASSWORD,
              registry: staging.name,
              repo: 'shop/cart',
              tag: '1.0',
              digest,
              'severity-cutoff': 'high',
              'report-timeout': '5s',
              'poll-interval': '1s',
              ...inputs,
            },
            env: { DOCKER_CONFIG: folder },
          });
          expect({ reason: outputs.reason, log }).toEqual({ reason, log });

          const expected = new Map(Object.entries(digests)).get(promoted);
          expect(exitCode).toBe(expected === undefined ? 1 : 0);
          if (exitCode === 0) {
            expect(outputs['image-by-digest']).toBe(`${staging.name}/shop/cart@${expected}`);
            // Older versions of skopeo refuse such an index, because they would write it in other bytes.
            if (image.attestations === 'artifacts' && promoted === 'all') return;
            const from = `docker://${outputs['image-by-digest']}`;
            const to = `docker://${production.name}/shop/cart:1.0`;
            const tls = ['--src-tls-verify=false', '--dest-tls-verify=false'];
            const file = ['--authfile', join(folder, 'config.json')];
            await run('skopeo', ['copy', '--all', '--preserve-digests', ...tls, ...file, from, to]);
          }
          const held = await production.content();
          expect(held).toEqual(promoted === 'nothing' ? {} : { 'shop/cart:1.0': expected });
        } finally {
          await rm(folder, { recursive: true });
        }
      }),
    );
  }
});
