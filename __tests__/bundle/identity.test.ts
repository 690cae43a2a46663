import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { respond, ScriptedRegistry } from '../registry/scripted-registry.ts';
import { ended, NEW_TIME, nothing, OLD_DIGEST, OLD_TIME, ongoing, row } from './console-data.ts';
import { gate, of, PASSED, type Run, shown, verdictOf } from './gate.ts';
import { type Asked, json, type Scripts } from './scripted-console.ts';

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
  /** The digest of the row; none where left out. */
  readonly digest?: string;
  readonly id?: string;
  readonly isARM64?: boolean;
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

  test.concurrent('is shown by the configuration of a child of it', async () => {
    const run = await gate(showing({ id: arm64.config, isARM64: true }), image());

    expect(verdictOf(run)).toBe(PASSED);
    expect(promoted(run)).toEqual(byDigest(arm64.digest));
  });

  test.concurrent('is not shown by another digest, and the message names both', async () => {
    const run = await gate(showing({ digest: OTHER }), image());

    expect(verdictOf(run)).toBe(MISMATCH);
    for (const digest of [index, OTHER]) expect(shown(run)).toContain(digest);
    expect(run.outputs['image-by-digest']).not.toContain(index);
  });

  test.concurrent('is not shown by the configuration of one platform with the architecture of another', async () => {
    const run = await gate(showing({ id: amd64.config, isARM64: true }), image());

    expect(verdictOf(run)).toBe(MISMATCH);
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

  test.concurrent('a list of both is the same', async () => {
    const run = await gate(scanning(both), image({ platforms: 'linux/amd64,linux/arm64' }));

    expect(verdictOf(run)).toBe(PASSED);
    expect(promoted(run)).toEqual(byDigest(index));
  });

  test.concurrent('one of two: scanned by tag, and its own digest is promoted', async () => {
    const run = await gate(
      showing({ digest: arm64.digest, isARM64: true }),
      image({ platforms: 'linux/arm64' }),
    );

    expect(verdictOf(run)).toBe(PASSED);
    expect(JSON.parse(of(run, 'trigger')[0]?.body ?? '').tag).toMatchObject({ tag: '1.0' });
    expect(promoted(run)).toEqual(byDigest(arm64.digest));
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

  test.concurrent('without a digest, those of what the tag holds in the registry', async () => {
    const run = await gate(scanning(both), image({ digest: 'any', platforms: 'all' }));

    expect(verdictOf(run)).toBe(PASSED);
    expect(promoted(run)).toEqual(byDigest(index));
  });
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

  test('that nobody listens for is a mismatch, and the message says why', async () => {
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
