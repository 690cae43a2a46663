import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OCI_MANIFEST, respond, ScriptedRegistry } from '../registry/scripted-registry.ts';
import { ended, NEW_TIME, nothing, OLD_DIGEST, OLD_TIME, ongoing, row } from './console-data.ts';
import { gate, of, PASSED, type Run, shown, verdictOf } from './gate.ts';
import { type Answer, type Asked, json, type Script, type Scripts } from './scripted-console.ts';

const MISMATCH = '1 failed digest-mismatch';
const UNSCANNED = '1 failed platform-unscanned';
const OTHER = `sha256:${'e'.repeat(64)}`;
const REPO = 'shop/cart';

let registry: ScriptedRegistry;
let folder: string;
/** An index of two platforms and an attestation, with the tag 1.0. */
let index: string;
let amd64: { readonly digest: string; readonly config: string };
let attestation: string;
let arm64: { readonly digest: string; readonly config: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-scan-gate-docker-'));
  registry = await ScriptedRegistry.start();
  ({ amd64, arm64, attestation, index } = fill(registry));
});

afterAll(async () => {
  await registry.stop();
  await rm(folder, { recursive: true });
});

function fill(held: ScriptedRegistry) {
  const images = { amd64: held.image('amd64'), arm64: held.image('arm64') };
  const statement = held.manifest({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: OTHER, size: 1 },
    layers: [{ mediaType: 'application/vnd.in-toto+json', digest: OTHER, size: 1 }],
  });
  const { digest } = held.index(
    [
      { ...images.amd64, platform: { os: 'linux', architecture: 'amd64' } },
      { ...images.arm64, platform: { os: 'linux', architecture: 'arm64' } },
      {
        ...statement,
        platform: { os: 'unknown', architecture: 'unknown' },
        annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
      },
    ],
    '1.0',
  );
  return { ...images, attestation: statement.digest, index: digest };
}

interface Shown {
  /** The digest of the row; none if left out. */
  readonly digest?: string;
  readonly id?: string;
  readonly isARM64?: boolean;
  readonly repoTag?: object;
}

const rowOf = (scanTime: string, name: string, { digest, id = OTHER, ...more }: Shown, tag = '1.0') =>
  row(scanTime, {
    repoTag: { registry: name, repo: REPO, tag },
    repoDigests: digest === undefined ? [] : [`${name}/${REPO}@${digest}`],
    id,
    ...more,
  });

/** A scan by tag that the report then shows like this. */
const showing = (of: Shown, name = registry.name): Scripts => ({
  progress: [nothing, ongoing, ended, nothing],
  report: (_asked, nth) =>
    json([nth === 0 ? rowOf(OLD_TIME, name, { digest: OLD_DIGEST }) : rowOf(NEW_TIME, name, of)]),
});

/** The image by its tag, held to the digest of the index. */
const image = (given: Readonly<Record<string, string>> = {}, name = registry.name) => ({
  registry: name,
  repo: REPO,
  tag: '1.0',
  digest: index,
  ...given,
});

/** The answers of a script. */
const answered = async (script: Script | undefined, asked: Asked, nth: number): Promise<Answer> =>
  (typeof script === 'function' ? await script(asked, nth) : script?.at(nth)) ?? {};

const promoted = ({ outputs }: Run) => [outputs.digest, outputs['image-by-digest']];
const byDigest = (digest: string): string[] => [digest, `${registry.name}/${REPO}@${digest}`];

describe('a digest that was asked for', () => {
  test.concurrent('is shown by the row itself: the registry need not be asked', async () => {
    const run = await gate(showing({ digest: index }), image({}, registry.name));

    expect(verdictOf(run)).toBe(PASSED);
    expect(promoted(run)).toEqual(byDigest(index));
  });

  test.concurrent("is shown by the digest of a child of it, and the child's own is promoted", async () => {
    const run = await gate(showing({ digest: amd64.digest }), image());

    expect(verdictOf(run)).toBe(PASSED);
    expect(promoted(run)).toEqual(byDigest(amd64.digest));
  });

  test.concurrent('is not shown by another digest, and the message names both', async () => {
    const run = await gate(showing({ digest: OTHER }), image());

    expect(verdictOf(run)).toBe(MISMATCH);
    for (const digest of [index, OTHER]) expect(shown(run)).toContain(digest);
    expect(run.outputs['image-by-digest']).not.toContain(index);
  });

  test.concurrent('is not shown by an attestation', async () => {
    const statement = { digest: attestation };
    const run = await gate(showing(statement), image());

    expect(verdictOf(run)).toBe(MISMATCH);
  });
});

describe('platforms', () => {
  /** A Console that scans each platform by its digest, and these alone. */
  const scanning = (digests: () => readonly string[]): Scripts => {
    const polls = new Map<string, number>();
    const nameOf = ({ query }: Asked) => Object.fromEntries(query).digest ?? '';
    return {
      progress: (asked) => {
        const poll = (polls.get(nameOf(asked)) ?? 0) + 1;
        polls.set(nameOf(asked), poll);
        return digests().includes(nameOf(asked)) ? ([nothing, ongoing, ended][poll - 1] ?? nothing) : nothing;
      },
      report: () =>
        json(
          digests()
            .filter((digest) => (polls.get(digest) ?? 0) >= 3)
            .map((digest) =>
              rowOf(NEW_TIME, registry.name, { digest, isARM64: digest === arm64.digest }, ''),
            ),
        ),
    };
  };
  const both = () => [amd64.digest, arm64.digest];

  test.concurrent('all: each is scanned by its digest and judged by itself, and the index is promoted', async () => {
    const run = await gate(scanning(both), image({ platforms: 'all' }));

    expect(verdictOf(run)).toBe(PASSED);
    const bodies = of(run, 'trigger').map(({ body }) => JSON.parse(body).tag.digest);
    expect(new Set(bodies)).toEqual(new Set(both()));
    const results: readonly { image: string }[] = JSON.parse(run.outputs.results ?? '');
    expect(results.map((each) => each.image)).toEqual([
      expect.stringContaining('(linux/amd64)'),
      expect.stringContaining('(linux/arm64)'),
    ]);
    expect(promoted(run)).toEqual(byDigest(index));
  });

  test.concurrent('all: a Console that keeps one row for the tag has the platforms scanned one after the other', async () => {
    const scripts = scanning(both);
    let last = '';
    const run = await gate(
      {
        ...scripts,
        trigger: ({ body }) => {
          last = JSON.parse(body).tag.digest;
          return { status: 200 };
        },
        report: () =>
          json(
            last === ''
              ? null
              : [rowOf(NEW_TIME, registry.name, { digest: last, isARM64: last === arm64.digest })],
          ),
      },
      image({ platforms: 'all' }),
    );

    expect(verdictOf(run)).toBe(PASSED);
    expect(promoted(run)).toEqual(byDigest(index));
  });

  test.concurrent('one of two, and the Console scanned the other: unscanned', async () => {
    const run = await gate(showing({ digest: amd64.digest }), image({ platforms: 'linux/arm64' }));

    expect(verdictOf(run)).toBe(UNSCANNED);
    expect(shown(run)).toContain('linux/arm64');
  });

  test.concurrent('one that the image does not have is unscanned, and named', async () => {
    const run = await gate(
      showing({ digest: amd64.digest }),
      image({ platforms: 'linux/amd64,linux/s390x' }),
    );

    expect(verdictOf(run)).toBe(UNSCANNED);
    expect(shown(run)).toContain('linux/s390x');
  });

  test.concurrent('all, and one fails: nothing says passed with the digest of the index', async () => {
    const scripts = scanning(both);
    const run = await gate(
      {
        ...scripts,
        report: async (asked, nth) => {
          const rows: readonly { readonly repoDigests: readonly string[] }[] = JSON.parse(
            String((await answered(scripts.report, asked, nth)).body),
          );
          return json(
            rows.map((each) =>
              each.repoDigests.join().includes(arm64.digest) ? { ...each, err: 'no layer' } : each,
            ),
          );
        },
      },
      image({ platforms: 'all' }),
    );

    expect(verdictOf(run)).toBe('1 failed scan-error');
    const results: readonly { verdict: string; digest: string; imageByDigest: string }[] = JSON.parse(
      run.outputs.results ?? '',
    );
    expect(results.map(({ verdict, digest }) => [verdict, digest])).toEqual([
      ['passed', amd64.digest],
      ['failed', arm64.digest],
    ]);
    expect(results[0]?.imageByDigest).toBe(`${registry.name}/${REPO}@${amd64.digest}`);
    expect(run.outputs['image-by-digest']).toBe('');
    expect(`${JSON.stringify(run.outputs)}${run.summary}`).not.toContain(`@${index}`);
  });
});

describe('a digest alone', () => {
  const alone = (given: Readonly<Record<string, string>> = {}) => image({ tag: '', ...given });
  /** The row of a platform, from before this step, and from this step on. */
  const rows = (before: string, after: string): Scripts => ({
    progress: [nothing, ongoing, ended, nothing],
    report: (_asked, nth) =>
      json([rowOf(nth === 0 ? before : after, registry.name, { digest: amd64.digest }, 'other')]),
  });
  const MINUTES_AGO = '2026-11-20T09:26:00.000Z';

  test.concurrent('is compared with the row of its platform that was there before', async () => {
    const run = await gate({ ...rows(MINUTES_AGO, MINUTES_AGO), progress: [nothing] }, alone());

    expect(verdictOf(run)).toBe('1 timed-out not-started');
    expect(of(run, 'trigger')).not.toEqual([]);
  });

  test.concurrent('passes by a newer row of its platform', async () => {
    const run = await gate(rows(MINUTES_AGO, NEW_TIME), alone());

    expect(verdictOf(run)).toBe(PASSED);
    expect(promoted(run)).toEqual(byDigest(amd64.digest));
  });

  test.concurrent('is accepted by the age of the row of its platform', async () => {
    const run = await gate(rows(MINUTES_AGO, MINUTES_AGO), alone({ 'max-scan-age': '1h' }));

    expect(verdictOf(run)).toBe('0 passed recent-scan');
    expect(of(run, 'trigger')).toEqual([]);
  });

  test.concurrent('whose registry cannot be asked passes by a row that carries it, and by no other', async () => {
    const closed = '127.0.0.1:9';
    const scripts = (digest: string): Scripts => ({
      progress: [nothing, ongoing, ended, nothing],
      report: (_asked, nth) => json(nth === 0 ? null : [rowOf(NEW_TIME, closed, { digest }, 'other')]),
    });
    const [own, child] = await Promise.all([
      gate(scripts(index), alone({ registry: closed })),
      gate(scripts(amd64.digest), alone({ registry: closed })),
    ]);

    expect(verdictOf(own)).toBe(PASSED);
    expect(child.outputs.verdict).not.toBe('passed');
  });
});

describe('what an index hides', () => {
  /** An index of one platform, and an entry without one that says of itself to be an attestation. */
  const withHidden = (entry: object) =>
    registry.index([{ ...registry.image('amd64'), platform: { os: 'linux', architecture: 'amd64' } }, entry])
      .digest;
  const scanningAmd64: Scripts = {
    progress: [nothing, ongoing, ended, nothing],
    report: (_asked, nth) =>
      json(nth === 0 ? null : [rowOf(NEW_TIME, registry.name, { digest: amd64.digest, isARM64: false })]),
  };

  const hidden: readonly [string, () => object][] = [
    [
      'an image that is annotated as an attestation',
      () => ({
        ...registry.image('s390x'),
        annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
      }),
    ],
    ['an image that cannot be read', () => ({ mediaType: OCI_MANIFEST, digest: OTHER, size: 1 })],
  ];

  test.concurrent.each(hidden)('%s has to be scanned', async (_what, entry) => {
    const run = await gate(scanningAmd64, image({ digest: withHidden(entry()), platforms: 'all' }));

    expect(verdictOf(run)).toBe(UNSCANNED);
    expect(run.outputs['image-by-digest']).toBe('');
  });

  test.concurrent.each(hidden)(
    '%s is not promoted with the platform that was scanned',
    async (_what, entry) => {
      const digest = withHidden(entry());
      const run = await gate(scanningAmd64, image({ digest }));

      expect(JSON.stringify(run.outputs['image-by-digest'])).not.toContain(digest);
    },
  );

  test.concurrent.each(['linux/arm64', 'linux/s390x'])(
    '%s is not assumed of an image whose configuration cannot be read',
    async (platforms) => {
      const { digest, config } = registry.image(
        'amd64',
        { annotations: { of: platforms } },
        `1.${platforms.length}`,
      );
      registry.answer(`blobs/${config}`, (_request, response) => respond(response, 403, '{}'));
      const run = await gate(showing({ digest }), image({ digest, platforms }));

      expect(verdictOf(run)).toBe(UNSCANNED);
      expect(run.summary.split('\n').find((line) => line.includes('403'))).toBeDefined();
    },
  );
});

describe('digest: registry', () => {
  test.concurrent('is what the tag holds when the step begins', async () => {
    const run = await gate(showing({ digest: index }), image({ digest: 'registry' }));

    expect(verdictOf(run)).toBe(PASSED);
    expect(promoted(run)).toEqual(byDigest(index));
  });

  test.concurrent('a scan of what the tag held before is a mismatch', async () => {
    const run = await gate(showing({ digest: OTHER }), image({ digest: 'registry' }));

    expect(verdictOf(run)).toBe(MISMATCH);
    expect(shown(run)).toContain(index);
  });

  test.concurrent('a tag that the registry does not have ends the step, and nothing is triggered', async () => {
    const run = await gate(showing({ digest: index }), image({ tag: '9.9', digest: 'registry' }));

    expect(verdictOf(run)).toBe(MISMATCH);
    expect(shown(run)).toContain('9.9');
    expect(of(run, 'trigger')).toEqual([]);
  });
});

describe('a registry', () => {
  const USERNAME = 'octo-reader';
  const SECRET = 'battery-staple-Kx4';
  const BASIC = `Basic ${Buffer.from(`${USERNAME}:${SECRET}`).toString('base64')}`;

  const withRegistry = async (use: (other: ScriptedRegistry) => Promise<void>): Promise<void> => {
    const other = await ScriptedRegistry.start();
    try {
      fill(other);
      await use(other);
    } finally {
      await other.stop();
    }
  };

  test('that sends something else for a digest is not believed', async () => {
    await withRegistry(async (other) => {
      // It claims that the digest of the index is an index of the digest that was scanned.
      const lie = JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.index.v1+json',
        manifests: [
          {
            mediaType: 'application/vnd.oci.image.manifest.v1+json',
            digest: OTHER,
            size: 1,
            platform: { os: 'linux', architecture: 'amd64' },
          },
        ],
      });
      other.hold(`manifests/${index}`, lie);
      const run = await gate(showing({ digest: OTHER }, other.name), image({}, other.name));

      expect(verdictOf(run)).toBe(MISMATCH);
      expect(shown(run)).toContain(other.name);
    });
  });

  test('that wants credentials gets those of DOCKER_CONFIG, and they are shown nowhere', async () => {
    await withRegistry(async (other) => {
      other.guard = ({ authorization }, response) => {
        if (authorization === BASIC) return false;
        respond(response, 401, '{}', { 'www-authenticate': 'Basic realm="octo"' });
        return true;
      };
      const auth = Buffer.from(`${USERNAME}:${SECRET}`).toString('base64');
      await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [other.name]: { auth } } }));
      const inJob = (DOCKER_CONFIG: string) =>
        gate(showing({ digest: amd64.digest }, other.name), image({}, other.name), {
          addressed: (url) => ({ url, env: { DOCKER_CONFIG, HOME: '/nowhere' } }),
        });
      const [allowed, anonymous] = await Promise.all([inJob(folder), inJob('/nowhere')]);

      expect(verdictOf(allowed)).toBe(PASSED);
      expect(allowed.outputs.digest).toBe(amd64.digest);
      const seen = `${shown(allowed)}${JSON.stringify(allowed.outputs)}${allowed.summary}`;
      for (const secret of [SECRET, auth]) expect(seen).not.toContain(secret);

      expect(verdictOf(anonymous)).toBe(MISMATCH);
      expect(shown(anonymous)).toContain(other.name);
    });
  });

  test('without an answer is a mismatch, and the message says why', async () => {
    const closed = '127.0.0.1:9';
    const runs = await Promise.all([
      gate(showing({ digest: amd64.digest }, closed), image({}, closed)),
      gate(showing({ digest: amd64.digest }, closed), image({ digest: 'registry' }, closed)),
      gate(showing({ digest: amd64.digest }, closed), image({ platforms: 'all' }, closed)),
    ]);

    expect(runs.map(verdictOf)).toEqual([MISMATCH, MISMATCH, UNSCANNED]);
    for (const run of runs) expect(shown(run)).toContain(closed);
  });
});
