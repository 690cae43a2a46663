import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CallError } from '../../src/http/call-error.ts';
import type { Digest } from '../../src/image/image.ts';
import { platformName } from '../../src/image/platform.ts';
import type { CallFailureKind } from '../../src/scan/call-failure.ts';
import { withHint } from '../../src/text/call-text.ts';
import { digestOf, platformOf } from '../image/manifests.ts';
import {
  createClient,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_MANIFEST,
  registryErrors,
  respond,
  ScriptedRegistry,
} from './scripted-registry.ts';

let server: ScriptedRegistry;

beforeEach(async () => {
  server = await ScriptedRegistry.start();
});

afterEach(() => server.stop());

const cart = () => ({ registry: server.name, repository: 'shop/cart' });

/** Descriptor with a platform, as an index has it. */
const on = (name: string, descriptor: object): object => ({ ...descriptor, platform: platformOf(name) });

/** An attestation as BuildKit writes it for an image of the index. */
function attestation(of: Digest): object {
  const config = JSON.stringify({
    architecture: 'unknown',
    os: 'unknown',
    config: {},
    rootfs: { type: 'layers' },
  });
  server.hold(`blobs/${digestOf(config)}`, config);
  const descriptor = server.manifest({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, digest: digestOf(config), size: config.length },
    layers: [
      {
        mediaType: 'application/vnd.in-toto+json',
        digest: digestOf(`statement of ${of}`),
        size: 9,
        annotations: { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v1' },
      },
    ],
  });
  return {
    ...on('unknown/unknown', descriptor),
    annotations: { 'vnd.docker.reference.digest': of, 'vnd.docker.reference.type': 'attestation-manifest' },
  };
}

/** The newer form: an OCI artifact with an empty configuration that names its subject. */
function artifactAttestation(of: Digest): object {
  const artifactType = 'application/vnd.docker.attestation.manifest.v1+json';
  const descriptor = server.manifest({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType,
    config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf('{}'), size: 2, data: 'e30=' },
    layers: [{ mediaType: 'application/vnd.in-toto+json', digest: digestOf('newer statement'), size: 9 }],
    subject: { mediaType: OCI_MANIFEST, digest: of, size: 1 },
  });
  return { ...descriptor, artifactType };
}

async function failure(work: Promise<unknown>): Promise<CallError> {
  const error: unknown = await work.then(
    () => new Error('nothing failed'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof CallError)) throw error;
  return error;
}

async function expectFailure(
  work: Promise<unknown>,
  kind: CallFailureKind,
  text: string | RegExp,
): Promise<void> {
  const error = await failure(work);
  expect({ kind: error.kind, message: withHint(error) }).toEqual({
    kind,
    message: typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text),
  });
}

const namesIn = async (digest: Digest): Promise<readonly string[]> =>
  (await createClient().registry.manifestsOf(cart(), digest)).platforms.map(({ platform }) =>
    platform === undefined ? 'unknown' : platformName(platform),
  );

describe('The registry client', () => {
  test('gives the digest of what a tag holds, computed from the bytes', async () => {
    const image = server.image('amd64', {}, '1.0');
    expect(await createClient().registry.resolveTag(cart(), '1.0')).toBe(image.digest);
  });

  test('reads an image, with the platform of its configuration', async () => {
    const { digest, config } = server.image('arm64');
    expect(await createClient().registry.manifestsOf(cart(), digest)).toEqual({
      digest,
      isIndex: false,
      platforms: [{ platform: platformOf('linux/arm64'), digest, configDigest: config }],
      unread: undefined,
    });
  });

  test('reads an index, with the configuration of every image in it', async () => {
    const images = ['amd64', 'arm64'].map((name) => server.image(name));
    const [amd64, arm64] = images;
    const { digest } = server.index([on('linux/amd64', amd64 ?? {}), on('linux/arm64/v8', arm64 ?? {})]);
    expect(await createClient().registry.manifestsOf(cart(), digest)).toEqual({
      digest,
      isIndex: true,
      platforms: [
        { platform: platformOf('linux/amd64'), digest: amd64?.digest, configDigest: amd64?.config },
        { platform: platformOf('linux/arm64/v8'), digest: arm64?.digest, configDigest: arm64?.config },
      ],
      unread: undefined,
    });
  });

  test('asks for both kinds of index and of image', async () => {
    const { digest } = server.image('amd64');
    let accept: string | undefined;
    server.answer(`manifests/${digest}`, (_request, response, { headers }) => {
      accept = headers.accept;
      respond(response, 404);
    });
    await failure(createClient().registry.manifestsOf(cart(), digest));
    expect(accept?.split(', ')).toEqual([
      OCI_INDEX,
      'application/vnd.docker.distribution.manifest.list.v2+json',
      OCI_MANIFEST,
      'application/vnd.docker.distribution.manifest.v2+json',
    ]);
  });

  test('reads what it knows by digest only once in a run', async () => {
    const image = server.image('amd64');
    const { digest } = server.index([on('linux/amd64', image)], '1.0');
    const { registry } = createClient();
    await registry.resolveTag(cart(), '1.0');
    await Promise.all([registry.manifestsOf(cart(), digest), registry.manifestsOf(cart(), digest)]);
    await registry.manifestsOf(cart(), image.digest);
    expect(server.paths).toEqual(['manifests/1.0', `manifests/${image.digest}`, `blobs/${image.config}`]);
  });

  test('asks for a few things at once, however many there are', async () => {
    let active = 0;
    let most = 0;
    const entries = Array.from({ length: 60 }, (_, at) => {
      const name = `linux/s390x/v${at}`;
      const image = server.image(`s390x${at}`);
      const whole = JSON.stringify({ schemaVersion: 2, config: { digest: digestOf('c') }, layers: [], at });
      const digest = digestOf(whole);
      server.answer(`manifests/${digest}`, (_request, response) => {
        active += 1;
        most = Math.max(most, active);
        setImmediate(() => {
          active -= 1;
          respond(response, 200, whole);
        });
      });
      return on(name, { ...image, digest });
    });
    const { digest } = server.index(entries);
    const { platforms } = await createClient().registry.manifestsOf(cart(), digest);
    expect(platforms).toHaveLength(60);
    expect(most).toBeLessThanOrEqual(8);
  });

  test('asks again after a failure', async () => {
    const digest = digestOf('not there yet');
    const { registry } = createClient();
    await expectFailure(
      registry.manifestsOf(cart(), digest),
      'not-found',
      'MANIFEST_UNKNOWN: manifest unknown',
    );
    await expectFailure(registry.manifestsOf(cart(), digest), 'not-found', '404');
    expect(server.requests).toHaveLength(2);
  });
});

describe('What runs in an index', () => {
  test('is no attestation, in either form', async () => {
    const { digest, mediaType, size } = server.image('amd64');
    const image = on('linux/amd64', { digest, mediaType, size });
    const index = server.index([image, attestation(digest), artifactAttestation(digest)]);
    expect(await namesIn(index.digest)).toEqual(['linux/amd64']);
  });

  test('is no artifact that only its own manifest shows to be one', async () => {
    const { digest } = server.image('amd64');
    const { artifactType: _, ...unmarked } = Object.assign({ artifactType: '' }, artifactAttestation(digest));
    const index = server.index([on('linux/amd64', { ...server.image('amd64') }), unmarked]);
    expect(await namesIn(index.digest)).toEqual(['linux/amd64']);
  });

  /** Claims of an entry that runtimes ignore. */
  const claims: readonly [string, object][] = [
    ['an annotation', { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } }],
    ['an artifactType', { artifactType: 'application/vnd.docker.attestation.manifest.v1+json' }],
    ['a type of its own', { mediaType: 'application/vnd.example+json' }],
    ['no type', { mediaType: undefined }],
  ];

  test.each(claims)(
    'is an entry without a platform whose %s says that it is something else',
    async (_what, claim) => {
      const { digest } = server.image('arm64');
      const index = server.index([
        on('linux/amd64', server.image('amd64')),
        { digest, size: 1, mediaType: OCI_MANIFEST, ...claim },
      ]);
      expect(await namesIn(index.digest)).toEqual(['linux/amd64', 'linux/arm64']);
    },
  );

  const documents = {
    layers: [{ mediaType: 'application/vnd.in-toto+json', digest: digestOf('x'), size: 1 }],
  };
  const absentConfig = { mediaType: OCI_CONFIG, digest: digestOf('absent'), size: 1 };

  test.each<[string, () => object, readonly string[]]>([
    ['whose configuration names a platform', () => server.image('arm64', documents), ['linux/arm64']],
    [
      'whose entry names a platform',
      () => on('linux/arm64', server.image('x', { ...documents, config: absentConfig })),
      ['linux/arm64'],
    ],
    [
      'whose configuration is not there',
      () => server.image('x', { ...documents, config: absentConfig }),
      ['unknown'],
    ],
    [
      'whose configuration is refused',
      () => {
        const refused = digestOf('refused');
        server.answer(`blobs/${refused}`, (_request, response) => respond(response, 403, '{}'));
        return server.image('x', { ...documents, config: { ...absentConfig, digest: refused } });
      },
      ['unknown'],
    ],
    ['whose entry calls itself unknown', () => on('unknown/unknown', server.image('arm64', documents)), []],
  ])('is an image %s, though its layers call themselves documents: %#', async (_which, entry, expected) => {
    expect(await namesIn(server.index([entry()]).digest)).toEqual(expected);
  });

  test('is an image that calls itself unknown/unknown', async () => {
    const { digest } = server.index([on('unknown/unknown', server.image('arm64'))]);
    expect(await namesIn(digest)).toEqual(['linux/arm64']);
  });

  test('is no attestation that was not copied with its index', async () => {
    const entry = attestation(server.image('amd64').digest);
    if ('digest' in entry) server.drop(`manifests/${String(entry.digest)}`);
    expect(await namesIn(server.index([on('linux/amd64', server.image('amd64')), entry]).digest)).toEqual([
      'linux/amd64',
    ]);
  });

  test.each<[string, () => object]>([
    ['that was not copied', () => ({ mediaType: OCI_MANIFEST, digest: digestOf('absent'), size: 1 })],
    ['of the obsolete format', () => server.manifest({ schemaVersion: 1, name: 'shop/cart', fsLayers: [] })],
  ])('includes an image without a platform %s, which is unknown', async (_what, entry) => {
    expect(await namesIn(server.index([entry()]).digest)).toEqual(['unknown']);
  });

  test('is nothing of a form that no runtime runs', async () => {
    const mediaType = 'application/vnd.oci.artifact.manifest.v1+json';
    const artifact = server.manifest({ mediaType, artifactType: 'application/x', blobs: [], subject: {} });
    expect(await namesIn(server.index([artifact, on('linux/amd64', artifact)]).digest)).toEqual([]);
  });

  test('is found in an index that has no type, and in one that calls itself unknown/unknown', async () => {
    const inner = server.index([server.image('arm64')]);
    const outer = server.index([{ ...inner, mediaType: undefined }, on('unknown/unknown', inner)]);
    expect(await namesIn(outer.digest)).toEqual(['linux/arm64']);
  });

  test('is an image that is marked as an attestation but has a platform and layers', async () => {
    const hidden = {
      ...on('linux/arm64', server.image('arm64')),
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
    };
    const index = server.index([on('linux/amd64', server.image('amd64')), hidden]);
    expect(await namesIn(index.digest)).toEqual(['linux/amd64', 'linux/arm64']);
  });

  test('is what calls itself an attestation on a platform, whose layers podman unpacks', async () => {
    const { digest } = server.image('amd64');
    const marked = { ...attestation(digest), platform: platformOf('linux/amd64') };
    const index = server.index([on('linux/arm64', server.image('arm64')), marked]);
    expect(await namesIn(index.digest)).toEqual(['linux/arm64', 'linux/amd64']);
  });

  test('is each entry of the index, though two name one manifest', async () => {
    const marked = attestation(server.image('amd64').digest);
    const twice = server.index([marked, { ...marked, platform: platformOf('linux/amd64') }]);
    expect(await namesIn(twice.digest)).toEqual(['linux/amd64']);
    const image = server.image('arm64', documents);
    expect(await namesIn(server.index([on('unknown/unknown', image), image]).digest)).toEqual([
      'linux/arm64',
    ]);
  });

  test('has the platform of its configuration if the index names none', async () => {
    const index = server.index([server.image('arm64'), { ...server.image('amd64'), platform: null }]);
    expect(await namesIn(index.digest)).toEqual(['linux/arm64', 'linux/amd64']);
  });

  test('includes what nested indexes have', async () => {
    const inner = server.index([on('linux/arm64', server.image('arm64'))]);
    const outer = server.index([on('linux/amd64', server.image('amd64')), inner, inner]);
    expect(await namesIn(outer.digest)).toEqual(['linux/amd64', 'linux/arm64']);
  });

  test('includes an image that was not copied with its index', async () => {
    const image = server.image('s390x');
    server.drop(`manifests/${image.digest}`);
    const { digest } = server.index([on('linux/s390x', image)]);
    expect((await createClient().registry.manifestsOf(cart(), digest)).platforms).toEqual([
      { platform: platformOf('linux/s390x'), digest: image.digest, configDigest: undefined },
    ]);
  });

  test('is not read from an index with more entries than any image has', async () => {
    const entries = Array.from({ length: 10_000 }, (_, index) =>
      on('linux/amd64', { mediaType: OCI_MANIFEST, digest: digestOf(`${index}`), size: 1 }),
    );
    const { digest } = server.index(entries);
    await expectFailure(
      createClient().registry.manifestsOf(cart(), digest),
      'unsupported',
      'more than 200 images',
    );
    expect(server.requests).toHaveLength(1);
  });

  test('is not looked for in ever deeper indexes', async () => {
    let index = server.index([on('linux/amd64', server.image('amd64'))]);
    for (let depth = 0; depth < 20; depth += 1) index = server.index([index]);
    const work = createClient().registry.manifestsOf(cart(), index.digest);
    await expectFailure(work, 'unsupported', 'too many nested indexes');
  });

  test('is not looked for in a loop, which only a registry that lies can have', async () => {
    const inner = digestOf('the inner index');
    const { digest } = server.index([{ mediaType: OCI_INDEX, digest: inner, size: 1 }]);
    const loop = JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [{ mediaType: OCI_INDEX, digest, size: 1 }],
    });
    server.hold(`manifests/${inner}`, loop);
    const work = createClient().registry.manifestsOf(cart(), digest);
    await expectFailure(work, 'invalid-response', 'the answer is other content');
  });
});

describe('A platform is unknown, and nothing fails,', () => {
  test.each<[string, (config: Digest) => void]>([
    ...[
      'http://storage.example.com/x?signature=s',
      'https://octo:signature@storage.example.com/x',
      'ftp://storage.example.com/signature',
      '//[signature',
    ].map((location): [string, (config: Digest) => void] => [
      `is redirected to ${location}`,
      (config) => server.answer(`blobs/${config}`, (_, response) => respond(response, 307, '', { location })),
    ]),
    ['is not there', (config) => server.drop(`blobs/${config}`)],
    [
      'is not JSON',
      (config) => server.answer(`blobs/${config}`, (_, response) => respond(response, 200, '<html>')),
    ],
    ['is other content', (config) => server.hold(`blobs/${config}`, '{"os":"linux","architecture":"arm64"}')],
  ])('if the configuration %s', async (_name, spoil) => {
    const { digest, config } = server.image('amd64');
    spoil(config);
    const client = createClient();
    const { platforms } = await client.registry.manifestsOf(cart(), digest);
    expect(platforms).toEqual([{ platform: undefined, digest, configDigest: config }]);
    expect((await client.registry.manifestsOf(cart(), digest)).unread?.what).toEqual(expect.any(String));
    expect(client.debugTexts.join()).toContain('A platform is unknown');
    expect(client.debugTexts.join()).not.toContain('signature');
  });
});

describe('A configuration that lies in other storage', () => {
  const stored = (config: Digest, hops: number, status = 307) => {
    const document = JSON.stringify({
      os: 'linux',
      architecture: 'arm64',
      rootfs: { type: 'layers', diff_ids: [] },
    });
    const seen: (string | undefined)[] = [];
    for (let hop = 0; hop < hops; hop += 1) {
      const path = hop === 0 ? `blobs/${config}` : `/storage/${hop}`;
      server.answer(path, ({ authorization }, response) => {
        seen.push(authorization);
        respond(response, status, '', { location: `/storage/${hop + 1}?signature=s` });
      });
    }
    server.answer(`/storage/${hops}`, ({ authorization }, response) => {
      seen.push(authorization);
      respond(response, 200, document);
    });
    return seen;
  };
  const authorized = () => {
    server.guard = ({ authorization, url }, response) => {
      if (authorization !== undefined || url.pathname.startsWith('/storage')) return false;
      respond(response, 401, '{}', { 'www-authenticate': 'Basic realm="octo"' });
      return true;
    };
    return createClient({ credential: { kind: 'password', username: 'octo', password: 'secret' } });
  };

  test.each([301, 302, 303, 307, 308])('is read there without credentials (%i)', async (status) => {
    const { digest, config } = server.image('arm64');
    const seen = stored(config, 1, status);
    const { platforms, unread } = await authorized().registry.manifestsOf(cart(), digest);
    expect(platforms[0]?.platform).toEqual(platformOf('linux/arm64'));
    expect(unread).toBeUndefined();
    expect(seen).toEqual([expect.stringContaining('Basic'), undefined]);
  });

  test.each([
    [3, true],
    [4, false],
  ])('is followed %i times: %s', async (hops, isRead) => {
    const { digest, config } = server.image('arm64');
    stored(config, hops);
    const { platforms, unread } = await authorized().registry.manifestsOf(cart(), digest);
    expect(platforms[0]?.platform).toEqual(isRead ? platformOf('linux/arm64') : undefined);
    if (!isRead) expect(unread?.what).toContain('more than 3 times');
  });

  test('has to be what the digest names', async () => {
    const { digest, config } = server.image('amd64');
    stored(config, 1);
    const { platforms, unread } = await authorized().registry.manifestsOf(cart(), digest);
    expect(platforms[0]?.platform).toBeUndefined();
    expect(unread?.what).toContain('other content');
    expect(unread?.what).not.toContain('signature');
  });

  test('is read the next time, if it could not be read', async () => {
    const { digest, config } = server.image('arm64');
    let count = 0;
    const document = JSON.stringify({
      os: 'linux',
      architecture: 'arm64',
      rootfs: { type: 'layers', diff_ids: [] },
    });
    server.answer(`blobs/${config}`, (_, response) => {
      count += 1;
      respond(response, count === 1 ? 403 : 200, count === 1 ? '{}' : document);
    });
    const { registry } = createClient();
    expect((await registry.manifestsOf(cart(), digest)).unread?.what).toContain('403');
    expect((await registry.manifestsOf(cart(), digest)).platforms[0]?.platform).toEqual(
      platformOf('linux/arm64'),
    );
  });
});

describe('A registry that lies', () => {
  test.each(['amd64', 'arm64'])('about the bytes of an image is caught (%s)', async (architecture) => {
    const { digest } = server.image(architecture);
    server.hold(`manifests/${digest}`, JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST }));
    await expectFailure(
      createClient().registry.manifestsOf(cart(), digest),
      'invalid-response',
      /its SHA-256 is sha256:[0-9a-f]{64}/,
    );
    expect(server.requests).toHaveLength(1);
  });

  test('about a child is caught', async () => {
    const image = server.image('amd64');
    const { digest } = server.index([on('linux/amd64', image)]);
    server.hold(`manifests/${image.digest}`, JSON.stringify({ schemaVersion: 2 }));
    await expectFailure(
      createClient().registry.manifestsOf(cart(), digest),
      'invalid-response',
      image.digest,
    );
  });

  test('about the digest of a tag is caught', async () => {
    const { digest } = server.image('amd64', {}, '1.0');
    server.answer('manifests/1.0', (_, response) =>
      respond(response, 200, `{"schemaVersion":2,"config":{"digest":"${digest}"},"layers":[]}`, {
        'docker-content-digest': digest,
      }),
    );
    await expectFailure(
      createClient().registry.resolveTag(cart(), '1.0'),
      'invalid-response',
      'A proxy may have changed it',
    );
  });

  test('does not get by with a manifest that is a list', async () => {
    const manifests = createClient().registry.manifestsOf(cart(), server.manifest([]).digest);
    await expectFailure(manifests, 'invalid-response', 'the answer is not a manifest');
  });

  test.each([
    ['the obsolete format 1', { schemaVersion: 1, name: 'shop/cart', fsLayers: [] }],
    [
      'an artifact',
      { schemaVersion: 2, mediaType: 'application/vnd.oci.artifact.manifest.v1+json', blobs: [] },
    ],
    ['an artifact', {}],
  ])('does not get by with %s', async (what, document) => {
    const { digest } = server.manifest(document, '1.0');
    const { registry } = createClient();
    await expectFailure(registry.manifestsOf(cart(), digest), 'unsupported', what);
    await expectFailure(registry.resolveTag(cart(), '1.0'), 'unsupported', what);
  });

  test.each<[string, (image: Digest, index: Digest) => object]>([
    ['an image as an index', (image) => ({ mediaType: OCI_INDEX, digest: image, size: 1 })],
    [
      'an index as an image',
      (_image, index) => ({
        mediaType: OCI_MANIFEST,
        digest: index,
        size: 1,
        platform: platformOf('linux/amd64'),
      }),
    ],
  ])('does not get by with an index that names %s', async (_name, entry) => {
    const image = server.image('amd64');
    const { digest } = server.index([entry(image.digest, server.index([]).digest)]);
    await expectFailure(createClient().registry.manifestsOf(cart(), digest), 'invalid-response', ' as an i');
  });
});

describe('What a registry answers instead of a manifest', () => {
  const tag = () => createClient().registry.resolveTag(cart(), '1.0');

  test.each<[number, CallFailureKind, string]>([
    [403, 'forbidden', 'The credentials need permission to pull this repository. There are no credentials.'],
    [404, 'not-found', 'or the credentials lack permission to see it'],
    [400, 'bad-request', 'answered 400'],
    [407, 'unreachable', 'a proxy answered 407'],
    [204, 'invalid-response', 'not a manifest'],
    [301, 'invalid-response', 'redirected (301) to https://elsewhere.example.com/x; not followed'],
    [307, 'invalid-response', 'redirected (307)'],
  ])('with status %i is final: %s', async (status, kind, text) => {
    server.answer('manifests/1.0', (_, response) =>
      respond(response, status, status === 204 ? '' : registryErrors('DENIED', 'because'), {
        location: 'https://elsewhere.example.com/x?signature=s',
      }),
    );
    await expectFailure(tag(), kind, text);
    expect(server.requests).toHaveLength(1);
  });

  test.each<[number, CallFailureKind]>([
    [500, 'unreachable'],
    [502, 'unreachable'],
    [503, 'unreachable'],
    [504, 'unreachable'],
    [429, 'rate-limited'],
    [408, 'unreachable'],
  ])('with status %i is asked for again, and then reported', async (status, kind) => {
    server.answer('manifests/1.0', (_, response) => respond(response, status, 'out of order'));
    const client = createClient();
    await expectFailure(client.registry.resolveTag(cart(), '1.0'), kind, `answered ${status}`);
    expect(client.clock.sleeps).toEqual([500, 1_000, 2_000]);
    expect(server.requests).toHaveLength(4);
  });

  test('is forgotten once it answers', async () => {
    const { digest } = server.image('amd64');
    const text = JSON.stringify({ schemaVersion: 2, config: { digest } });
    let failures = 2;
    server.answer('manifests/1.0', (_, response) => {
      failures -= 1;
      respond(response, failures < 0 ? 200 : 503, failures < 0 ? text : '');
    });
    expect(await tag()).toBe(digestOf(text));
  });

  test('with a pause that it asks for is asked for again after that pause', async () => {
    server.answer('manifests/1.0', (_, response) => respond(response, 429, '', { 'retry-after': '7' }));
    const client = createClient();
    await failure(client.registry.resolveTag(cart(), '1.0'));
    expect(client.clock.sleeps).toEqual([7_000, 7_000, 7_000]);
  });

  test('with a pause of hours is reported at once', async () => {
    server.answer('manifests/1.0', (_, response) => respond(response, 429, '', { 'retry-after': '21600' }));
    const client = createClient();
    await expectFailure(client.registry.resolveTag(cart(), '1.0'), 'rate-limited', '429');
    expect(client.clock.sleeps).toEqual([]);
  });

  test('is not asked for again once that took most of a minute', async () => {
    const client = createClient();
    server.answer('manifests/1.0', (_, response) => {
      void client.clock.sleep(30_000);
      respond(response, 503);
    });
    await expectFailure(client.registry.resolveTag(cart(), '1.0'), 'unreachable', '503');
    expect(server.requests).toHaveLength(2);
  });

  test('is not asked for again beyond the deadline', async () => {
    server.answer('manifests/1.0', (_, response) => respond(response, 503));
    const client = createClient({ timeMs: 1_200 });
    await expectFailure(client.registry.resolveTag(cart(), '1.0'), 'unreachable', '503');
    expect(client.clock.sleeps).toEqual([500]);
  });

  test('is not asked for at all if no time is left', async () => {
    await expectFailure(
      createClient({ timeMs: 0 }).registry.resolveTag(cart(), '1.0'),
      'unreachable',
      'no time is left',
    );
    expect(server.requests).toEqual([]);
  });

  test('is a page of HTML', async () => {
    const digest = digestOf('x');
    server.answer('manifests/1.0', (_, response) => respond(response, 200, '<!doctype html><p>Log in'));
    server.hold(`manifests/${digest}`, '<html>');
    await expectFailure(tag(), 'invalid-response', 'a page of HTML');
    await expectFailure(
      createClient().registry.manifestsOf(cart(), digest),
      'invalid-response',
      'a page of HTML',
    );
  });

  test('is more than a manifest can be', async () => {
    server.answer('manifests/1.0', (_, response) =>
      respond(response, 200, Buffer.alloc(4 * 1024 * 1024 + 1)),
    );
    await expectFailure(tag(), 'invalid-response', 'larger than 4194304 bytes');
    expect(server.requests).toHaveLength(1);
  });

  test('breaks off, and comes whole the next time', async () => {
    const text = JSON.stringify({ schemaVersion: 2, config: { digest: digestOf('c') } });
    let isFirst = true;
    server.answer('manifests/1.0', (_, response) => {
      if (!isFirst) return respond(response, 200, text);
      isFirst = false;
      response.writeHead(200, { 'content-length': text.length });
      response.write(text.slice(0, 10), () => response.destroy());
    });
    expect(await tag()).toBe(digestOf(text));
  });

  test('never comes', async () => {
    const client = createClient();
    server.answer('manifests/1.0', () => client.transportClock.ring());
    await expectFailure(
      client.registry.resolveTag(cart(), '1.0'),
      'unreachable',
      'no complete response within 30.0 s',
    );
    expect(server.requests).toHaveLength(4);
  });

  test('does not come from where nothing listens', async () => {
    const other = await ScriptedRegistry.start();
    const registry = other.name;
    await other.stop();
    const work = createClient().registry.resolveTag({ registry, repository: 'shop/cart' }, '1.0');
    await expectFailure(work, 'unreachable', 'ECONNREFUSED');
  });

  test('does not matter once the run is to end', async () => {
    const client = createClient();
    server.answer('manifests/1.0', () => client.abort.abort(new Error('stopped')));
    await expect(client.registry.resolveTag(cart(), '1.0')).rejects.toThrow('stopped');
    expect(server.requests).toHaveLength(1);
  });

  test('is a TLS handshake that is none', async () => {
    const registry = `https://${server.name}`;
    const work = createClient().registry.resolveTag({ registry, repository: 'shop/cart' }, '1.0');
    await expectFailure(work, 'tls', 'does not speak TLS');
  });
});
