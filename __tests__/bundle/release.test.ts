import { describe, expect, test } from '@jest/globals';
import { buildEarlierScan, buildImage, buildScan, buildScenario } from 'compute-console-emulator';
import { fleet, samples } from 'compute-console-emulator/scenarios';
import { PASSED, shown, verdictOf, visible } from './gate.ts';
import { fleetConsole, type Release, referenceOf, waitForRelease } from './release-console.ts';

const LONG_MS = 280_000;

const reasons = ({ results }: Release) => results.map(({ verdict, reason }) => `${verdict} ${reason}`);
const all = (count: number, what: string) => Array.from({ length: count }, () => what);
const GOOD = 'passed scan-completed';

describe('A release of 120 images', () => {
  test.concurrent(
    'is proven whole, with few requests and no refusal, soon after the slowest scan',
    async () => {
      const run = await waitForRelease({ scenario: fleetConsole(120), with: { 'severity-cutoff': 'high' } });

      expect(verdictOf(run)).toBe(PASSED);
      expect(reasons(run)).toEqual(all(120, GOOD));
      expect(run.outputs).toMatchObject({ scanned: '120', total: '120', findings: '0', high: '0' });
      expect(new Set(run.reportStatuses)).toEqual(new Set([200]));
      expect(run.requests.filter(({ call }) => call === 'scan')).toHaveLength(120);
      // One line for each image, and little else.
      expect(visible(run).trim().split('\n').length).toBeLessThan(150);
      expect(run.log).not.toMatch(/Warning|unhandled/i);
    },
    LONG_MS,
  );
});

describe('One image among good ones', () => {
  const good = fleet(3).map(referenceOf);
  const broken = 'registry.example.com/shop/broken:1.0';
  const unlisted = 'registry.example.com/shop/unlisted:1.0';
  const vulnerable = 'registry.example.com/shop/payments:2.3';
  const unknown = 'registry.example.com/shop/nowhere:1.0';
  // The registry is asked about another digest, and no test asks one that is not on this machine.
  const pushedAnew = buildImage({
    registry: '127.0.0.1:9',
    repo: 'team/moved',
    tag: 'latest',
    scans: [buildScan({ digest: `sha256:${'e'.repeat(64)}` })],
  });
  const moved = `${referenceOf(pushedAnew)}@${pushedAnew.digest}`;
  const mixed = buildScenario({ images: [...samples().images, ...fleet(3), pushedAnew] });

  /** A row of another digest counts once nothing better has come for this long. */
  const STANDS_SOON = { 'report-timeout': '15s' } as const;

  interface Case {
    readonly name: string;
    readonly images: readonly string[];
    readonly with?: Readonly<Record<string, string>>;
    readonly step: string;
    readonly each: readonly string[];
  }

  const CASES: readonly Case[] = [
    {
      name: 'that cannot be found by the scan, with no row ever, fails the step',
      images: [unlisted, ...good],
      step: '1 failed scan-error',
      each: ['failed scan-error', ...all(3, GOOD)],
    },
    {
      name: 'of several bad ones that is the first of the worst gives the reason',
      images: [moved, vulnerable, unknown, ...good, broken],
      with: { ...STANDS_SOON, 'start-timeout': '15s', 'severity-cutoff': 'high' },
      step: '1 timed-out not-started',
      each: [
        'failed digest-mismatch',
        'failed severity-cutoff',
        'timed-out not-started',
        ...all(3, GOOD),
        'failed scan-error',
      ],
    },
    {
      name: 'of two that fail alike is the first whose reason the step has',
      images: [good[0] ?? '', vulnerable, moved, broken],
      with: { ...STANDS_SOON, 'severity-cutoff': 'high' },
      step: '1 failed severity-cutoff',
      each: [GOOD, 'failed severity-cutoff', 'failed digest-mismatch', 'failed scan-error'],
    },
  ];

  test.concurrent.each(CASES)(
    '$name',
    async ({ images, with: inputs = {}, step, each }) => {
      const run = await waitForRelease({ scenario: mixed, images, with: inputs });

      expect({ step: verdictOf(run), each: reasons(run) }).toEqual({ step, each });
      expect(run.results.map(({ image }) => image)).toEqual(images);
      expect(run.outputs).toMatchObject({ digest: '', 'image-by-digest': '', 'scan-time': '' });
      for (const image of images) expect(run.summary).toContain(image.split('@')[0] ?? '');
    },
    LONG_MS,
  );
});

describe('The list of images', () => {
  test.concurrent(
    'has comments, ports, digests and Docker’s short names, and each image once',
    async () => {
      const at = (registry: string, repo: string, tag: string) =>
        buildImage({ registry, repo, tag, scans: [buildScan({ scanMs: 500, discoveryMs: 100 })] });
      const app = at('registry.example.com:5000', 'team/app', '1.0');
      const tool = at('localhost', 'tool', 'latest');
      const alpine = at('', 'library/alpine', '3.16');
      const images = [
        '# the release of today',
        '',
        `${referenceOf(app)}   # ours`,
        'alpine:3.16',
        'docker.io/library/alpine:3.16 # the same',
        '  localhost/tool',
        `registry.example.com:5000/team/app:1.0@${app.digest}`,
        `${referenceOf(app)}`,
      ];
      const run = await waitForRelease({ scenario: buildScenario({ images: [app, tool, alpine] }), images });

      expect(verdictOf(run)).toBe(PASSED);
      expect(run.results.map(({ image, digest }) => [image, digest])).toEqual([
        ['registry.example.com:5000/team/app:1.0', app.digest],
        ['library/alpine:3.16', alpine.digest],
        ['localhost/tool:latest', tool.digest],
        [`registry.example.com:5000/team/app:1.0@${app.digest}`, app.digest],
      ]);
    },
    LONG_MS,
  );

  test.concurrent(
    'that is of one image in the end is like that image alone',
    async () => {
      const [image] = fleet(1);
      if (image === undefined) throw new Error('there is no image');
      const images = [referenceOf(image), `${referenceOf(image)} # again`];
      const run = await waitForRelease({ scenario: buildScenario({ images: [image] }), images });

      expect(verdictOf(run)).toBe(PASSED);
      expect(run.outputs).toMatchObject({
        digest: image.digest,
        'image-by-digest': `registry.example.com/fleet/service-0000@${image.digest}`,
        scanned: '1',
        total: '1',
      });
      expect(run.outputs['scan-time']).not.toBe('');
    },
    LONG_MS,
  );

  test.concurrent(
    'may ask for many digests of one repository',
    async () => {
      const images = Array.from({ length: 60 }, (_none, at) =>
        buildImage({
          registry: 'registry.example.com',
          repo: 'team/app',
          tag: `build-${at}`,
          scans: [buildScan({ scanMs: 1_000 + 20 * at })],
          earlier: buildEarlierScan(),
        }),
      );
      const asked = images.slice(0, 20).map(({ digest }) => `registry.example.com/team/app@${digest}`);
      const run = await waitForRelease({ scenario: buildScenario({ images }), images: asked });

      expect(verdictOf(run)).toBe(PASSED);
      expect(run.results.map(({ image, digest }) => [image, digest])).toEqual(
        images.slice(0, 20).map(({ digest }) => [`registry.example.com/team/app@${digest}`, digest]),
      );
      expect(new Set(run.reportStatuses)).toEqual(new Set([200]));
    },
    LONG_MS,
  );
});

describe('The counts of a release', () => {
  const found = (at: number) =>
    buildImage({
      registry: 'registry.example.com',
      repo: `team/counted-${at}`,
      tag: '1',
      scans: [buildScan({ images: 1, scanMs: 800, findings: { seed: at, count: 10 * (at + 1) } })],
    });

  test.concurrent(
    'are those of its images, added up',
    async () => {
      const run = await waitForRelease({
        scenario: buildScenario({ images: [found(0), found(1), found(2)] }),
      });

      expect(verdictOf(run)).toBe(PASSED);
      const sum = (of: string) =>
        String(run.results.reduce((total, { findings }) => total + (findings?.[of] ?? 0), 0));
      expect(run.outputs).toMatchObject({
        scanned: '3',
        total: '3',
        findings: '60',
        critical: sum('critical'),
        high: sum('high'),
        medium: sum('medium'),
        low: sum('low'),
      });
      expect(run.results.map(({ findings }) => findings?.total)).toEqual([10, 20, 30]);
    },
    LONG_MS,
  );

  test.concurrent(
    'are nobody’s guess if one image has none',
    async () => {
      const images = [
        found(0),
        buildImage({
          repo: 'team/unlisted',
          tag: '1',
          scans: [buildScan({ outcome: 'discovery-error', discoveryMs: 4_000 })],
        }),
      ];
      const run = await waitForRelease({ scenario: buildScenario({ images }) });

      expect(verdictOf(run)).toBe('1 failed scan-error');
      expect(run.outputs).toMatchObject({ findings: '', critical: '', high: '', medium: '', low: '' });
    },
    LONG_MS,
  );
});

describe('A release', () => {
  test.concurrent(
    'that somebody else starts is awaited',
    async () => {
      const images = fleet(30);
      const run = await waitForRelease({
        scenario: buildScenario({
          images,
          events: images.map(({ registry, repo, tag }, at) => ({
            kind: 'scan' as const,
            atMs: 3_000 + 50 * at,
            image: { registry, repo, tag },
          })),
        }),
        with: { mode: 'await' },
      });

      expect(verdictOf(run)).toBe(PASSED);
      expect(reasons(run)).toEqual(all(30, GOOD));
      expect(run.requests.filter(({ call }) => call === 'scan')).toEqual([]);
    },
    LONG_MS,
  );

  test.concurrent(
    'with a wrong password is unauthorized, every image of it',
    async () => {
      const run = await waitForRelease({ scenario: fleetConsole(10), with: { password: 'guessed' } });

      expect(verdictOf(run)).toBe('1 error unauthorized');
      expect(reasons(run)).toEqual(all(10, 'error unauthorized'));
      expect(run.requests.filter(({ call }) => call !== 'authenticate')).toEqual([]);
      expect(shown(run)).not.toContain('guessed');
    },
    LONG_MS,
  );

  test.concurrent(
    'that is stopped says of each image how far it came',
    async () => {
      const endless = buildImage({
        repo: 'team/endless',
        tag: '1',
        scans: [buildScan({ scanMs: 3_600_000 })],
      });
      const run = await waitForRelease({
        scenario: buildScenario({ images: [...fleet(59), endless] }),
        onStart: (child) => {
          child.stdout?.on('data', (text: string) => {
            // Later polls of the image that never ends say how many waits are over.
            if (text.includes(' 59/60 ')) child.kill('SIGTERM');
          });
        },
      });

      expect(verdictOf(run)).toBe('1 cancelled signal');
      expect(reasons(run)).toEqual([...all(59, GOOD), 'cancelled signal']);
      expect(run.log).toMatch(/59\/60 {2}waiting for 1; step 2\/2 {2}scanning images: team\/endless:1/);
      expect(run.log).not.toMatch(/unhandled|internal/i);
      expect(run.requests.filter(({ path }) => path.includes('stop'))).toEqual([]);
    },
    LONG_MS,
  );

  test.concurrent(
    'is slower for a storm of refusals, and passes',
    async () => {
      const refusal = { kind: 'answer', status: 429, body: '{"err":"too many requests"}' } as const;
      const run = await waitForRelease({
        scenario: fleetConsole(40),
        faults: [{ call: 'registry', from: 2, times: 3, fault: refusal }],
      });

      expect(verdictOf(run)).toBe(PASSED);
      expect(reasons(run)).toEqual(all(40, GOOD));
      // All were struck at once, and one line is enough to say so.
      expect(visible(run).match(/answered 429/g)?.length ?? 0).toBeLessThanOrEqual(3);
      expect(run.requests.filter(({ call }) => call === 'registry').length).toBeLessThan(30);
    },
    LONG_MS,
  );

  test.concurrent(
    'does not stand still if the Console holds back every request for a scan',
    async () => {
      const run = await waitForRelease({ scenario: fleetConsole(40, { triggerBlocksMs: 10_000 }) });

      expect(verdictOf(run)).toBe(PASSED);
      expect(reasons(run)).toEqual(all(40, GOOD));
      expect(run.requests.filter(({ call }) => call === 'scan')).toHaveLength(40);
    },
    LONG_MS,
  );
});
