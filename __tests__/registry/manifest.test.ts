import { describe, expect, test } from '@jest/globals';
import { DecodeError } from '../../src/http/decode.ts';
import { ACCEPT_MANIFEST, decodeConfigPlatform, decodeManifest } from '../../src/registry/manifest.ts';
import { digestOf, platformOf } from '../image/manifests.ts';
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from './scripted-registry.ts';

const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const DOCKER_IMAGE = 'application/vnd.docker.distribution.manifest.v2+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';
const DOCUMENT = 'application/vnd.in-toto+json';

const digest = digestOf('child');
const child = { mediaType: OCI_MANIFEST, digest, platform: platformOf('linux/arm/v7') };
const config = { mediaType: OCI_CONFIG, digest: digestOf('configuration') };
const INDEX = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [child] };
const IMAGE = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [{ mediaType: LAYER, digest }] };

const bytesOf = (json: object) => new TextEncoder().encode(JSON.stringify(json));
const decoded = (json: object) => decodeManifest(bytesOf(json));
const layersOf = (...mediaTypes: readonly string[]) =>
  decoded({ ...IMAGE, layers: mediaTypes.map((mediaType) => ({ mediaType })) });
const childOf = (given: object) => decoded({ ...INDEX, manifests: [{ ...child, ...given }] });

/** The same document with one more key in capitals, once for each of its keys, at any depth. */
function withOtherSpelling(json: unknown): readonly unknown[] {
  if (Array.isArray(json)) return json.flatMap((each) => withOtherSpelling(each).map((other) => [other]));
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([key, value]) => [
    { ...json, [key.toUpperCase()]: null },
    ...withOtherSpelling(value).map((other) => ({ ...json, [key]: other })),
  ]);
}

describe('A document of a registry', () => {
  const image = { kind: 'image', config: config.digest, isRunnable: true };
  const index = {
    kind: 'index',
    children: [{ digest, platform: child.platform, isUnknown: false, kind: 'image' }],
  };

  test.each<[string, object, object]>([
    ['an OCI index', INDEX, index],
    ['a list of Docker', { ...INDEX, mediaType: DOCKER_LIST }, index],
    ['an index by its content', { manifests: [child], config: null }, index],
    ['an OCI image', IMAGE, image],
    ['an image of Docker', { ...IMAGE, mediaType: DOCKER_IMAGE }, image],
    ['an image by its content', { config, layers: null }, image],
    ['an image whatever its configuration is', { ...IMAGE, config: { ...config, mediaType: 'x/y' } }, image],
    ['an old image by its version', { schemaVersion: 1 }, { kind: 'format-1' }],
    ['an old image by its layers', { fsLayers: [] }, { kind: 'format-1' }],
    ['something else', { schemaVersion: 2, mediaType: 'application/vnd.oci.artifact' }, { kind: 'artifact' }],
  ])('is %s', (_what, json, expected) => {
    expect(decoded(json)).toEqual(expected);
  });

  test.each<[object, string]>([
    [{ ...INDEX, config }, 'manifest: expected an index or an image, got a mixture of both'],
    [{ ...INDEX, layers: [] }, 'manifest: expected an index or an image'],
    [{ ...INDEX, schemaVersion: 1 }, 'manifest: expected an index or an image'],
    [{ ...IMAGE, fsLayers: [] }, 'manifest: expected an index or an image'],
    [{ ...INDEX, mediaType: OCI_MANIFEST }, 'mediaType: expected that of an index, got another'],
    [{ ...IMAGE, mediaType: OCI_INDEX }, 'mediaType: expected that of an image, got another'],
    [{ ...IMAGE, mediaType: 'text/plain' }, 'mediaType: expected that of an image'],
    [{ mediaType: OCI_MANIFEST }, 'config: expected an object'],
    [{ ...INDEX, mediaType: 5 }, 'mediaType: expected a text'],
    [{ ...INDEX, manifests: {} }, 'manifests: expected a list'],
    [
      { ...INDEX, manifests: [{ ...child, digest: 'sha256:x' }] },
      'manifests[0].digest: expected sha256: with 64 hex digits, got something else',
    ],
    [{ ...INDEX, manifests: [{ ...child, mediaType: 5 }] }, 'manifests[0].mediaType: expected a text'],
    ...['os', 'architecture', 'variant'].map((name): [object, string] => [
      { ...INDEX, manifests: [{ ...child, platform: { [name]: 5 } }] },
      `manifests[0].platform.${name}: expected a text`,
    ]),
    [{ ...IMAGE, config: { digest: 'x' } }, 'config.digest: expected sha256:'],
    [{ ...IMAGE, layers: {} }, 'layers: expected a list'],
    [{ ...IMAGE, layers: [{ mediaType: 5 }] }, 'layers[0].mediaType: expected a text'],
  ])('is invalid as %j', (json, message) => {
    expect(() => decoded(json)).toThrow(message);
  });

  test('is refused with any field in another spelling, since Go takes it for the same', () => {
    const absent = ['config', 'layers', 'fsLayers'].map((name) => ({ ...INDEX, [name.toUpperCase()]: null }));
    const others = [...withOtherSpelling(INDEX), ...withOtherSpelling(IMAGE), ...absent];
    expect(others).toHaveLength(3 + 3 + 3 + 4 + 2 + 2 + 3);
    for (const json of others) {
      expect(() => decodeManifest(new TextEncoder().encode(JSON.stringify(json)))).toThrow(DecodeError);
    }
    expect(() => decodeConfigPlatform(bytesOf({ os: 'linux', OS: 'windows' }))).toThrow(DecodeError);
  });

  test.each<[readonly string[], boolean]>([
    [[], true],
    [[LAYER], true],
    [[DOCUMENT], false],
    [[DOCUMENT, DOCUMENT.toUpperCase(), 'application/json'], false],
    [[DOCUMENT, LAYER], true],
    [['application/jsonl'], true],
    [['', 'application/octet-stream'], true],
    [['application/vnd.oci.image.layer.nondistributable.v1.tar+gzip'], true],
    [['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'], true],
    [['application/vnd.dev.cosign.simplesigning.v1+json'], false],
    [['application/vnd.oci.image.layer+json'], true],
    [['Application/vnd.Docker.image.rootfs+json'], true],
    [['text/application/vnd.docker.x+json'], false],
    [['application/vnd.dockerx+json'], false],
  ])('with the layers %j can run: %s', (mediaTypes, isRunnable) => {
    expect(layersOf(...mediaTypes)).toEqual({ ...image, isRunnable });
  });

  test.each<[object, object]>([
    [
      { platform: null, annotations: { x: 'y' }, artifactType: 'z' },
      { platform: undefined, isUnknown: false },
    ],
    [{ platform: {} }, { platform: undefined, isUnknown: false }],
    [{ platform: platformOf('unknown/unknown') }, { platform: undefined, isUnknown: true }],
    [{ platform: platformOf('unknown/amd64') }, { platform: platformOf('unknown/amd64'), isUnknown: false }],
    [{ platform: platformOf('linux/unknown') }, { platform: platformOf('linux/unknown'), isUnknown: false }],
    [{ platform: { os: 'linux', architecture: 'amd64' } }, { platform: platformOf('linux/amd64') }],
    [{ mediaType: DOCKER_LIST }, { kind: 'index' }],
    [{ mediaType: 'application/octet-stream' }, { kind: undefined }],
  ])('lists %j as %j', (given, expected) => {
    expect(childOf(given)).toMatchObject({ children: [expected] });
  });

  test('names the platform of a configuration, and is asked for in every form that can be read', () => {
    expect(decodeConfigPlatform(bytesOf(child.platform))).toEqual(child.platform);
    expect(decodeConfigPlatform(bytesOf(platformOf('unknown/unknown')))).toBeUndefined();
    expect(decodeConfigPlatform(bytesOf({ os: 'linux' }))).toBeUndefined();
    expect(() => decodeConfigPlatform(bytesOf({ os: 5 }))).toThrow('configuration.os: expected a text');
    expect(ACCEPT_MANIFEST.split(', ')).toEqual([OCI_INDEX, DOCKER_LIST, OCI_MANIFEST, DOCKER_IMAGE]);
  });
});
