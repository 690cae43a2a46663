import { DecodeError, objectAt, optionalTextAt, parseJson } from '../http/decode.ts';
import { type Digest, isDigest } from '../image/image.ts';
import { type Platform, parsePlatform } from '../image/platform.ts';

const INDEX_TYPES = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);
const IMAGE_TYPES = new Set([
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]);
const CONFIG_TYPES = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);
const FILE_SYSTEM_LAYER = /^application\/vnd\.(?:oci\.image\.layer|docker\.image\.rootfs)\./;

/** The `Accept` header of a manifest: a registry converts or refuses what is not in it. */
export const ACCEPT_MANIFEST = [...INDEX_TYPES, ...IMAGE_TYPES].join(', ');

/** An image index, or the manifest of one image. */
export type Manifest =
  | { readonly kind: 'index'; readonly children: readonly Child[] }
  | { readonly kind: 'image'; readonly config: Digest; readonly isRunnable: boolean };

/** An entry of an index that may be an image that runs, or a nested index. */
export interface Child {
  readonly kind: 'index' | 'image';
  readonly digest: Digest;
  /** Undefined where the index does not name it. */
  readonly platform: Platform | undefined;
  /**
   * It is marked as something that belongs to an image, such as an attestation, but has a platform, so that a runtime
   * may run it all the same: only its own manifest tells.
   */
  readonly isSuspect: boolean;
}

/**
 * Reads a manifest. What it is follows from its content, which the digest covers, and never from the `Content-Type`,
 * which it does not. A document that can be read both ways is refused: another client may read it the other way.
 */
export function decodeManifest(body: Uint8Array): Manifest {
  const json = objectAt(parseJson(body), 'manifest');
  if (json.schemaVersion === 1) throw new DecodeError('schemaVersion', '2', 'the obsolete format 1');
  const mediaType = optionalTextAt(json.mediaType, 'mediaType');
  const isIndex = Array.isArray(json.manifests);
  if (isIndex && (json.config !== undefined || json.layers !== undefined)) {
    throw new DecodeError('manifest', 'an index or an image', 'a mixture of both');
  }
  const types = isIndex ? INDEX_TYPES : IMAGE_TYPES;
  if (mediaType !== '' && !types.has(mediaType)) {
    throw new DecodeError('mediaType', isIndex ? 'that of an index' : 'that of an image', 'another');
  }
  if (!isIndex) return decodeImage(json);
  const children: readonly unknown[] = Array.isArray(json.manifests) ? json.manifests : [];
  return {
    kind: 'index',
    children: children.flatMap((each, index) => decodeChild(each, `manifests[${index}]`)),
  };
}

function decodeImage(json: { readonly [key: string]: unknown }): Manifest {
  const config = objectAt(json.config, 'config');
  const layers: readonly unknown[] = Array.isArray(json.layers) ? json.layers : [];
  const types = layers.map((layer) =>
    optionalTextAt(objectAt(layer, 'layers').mediaType, 'layers.mediaType'),
  );
  const isConfig = CONFIG_TYPES.has(optionalTextAt(config.mediaType, 'config.mediaType'));
  // The layers of an attestation are statements, and the configuration of a newer one is empty.
  const isRunnable = isConfig && (types.length === 0 || types.some((type) => FILE_SYSTEM_LAYER.test(type)));
  return { kind: 'image', config: digestAt(config.digest, 'config.digest'), isRunnable };
}

/** Entries of other types are ignored, as runtimes do (OCI image specification); so are attestations. */
function decodeChild(value: unknown, field: string): readonly Child[] {
  const json = objectAt(value, field);
  const mediaType = optionalTextAt(json.mediaType, `${field}.mediaType`);
  const isIndex = INDEX_TYPES.has(mediaType);
  if (!isIndex && !IMAGE_TYPES.has(mediaType)) return [];
  const isNamed = json.platform !== undefined && json.platform !== null;
  const platform = isNamed ? platformAt(json.platform, `${field}.platform`) : undefined;
  if (platform === 'unknown') return [];
  const isMarked = belongsToImage(json, field);
  if (isMarked && platform === undefined) return [];
  const digest = digestAt(json.digest, `${field}.digest`);
  return [{ kind: isIndex ? 'index' : 'image', digest, platform, isSuspect: isMarked }];
}

/** BuildKit marks attestations by an annotation, or as artifacts of a type of their own. */
function belongsToImage(json: { readonly [key: string]: unknown }, field: string): boolean {
  const annotations = json.annotations ?? {};
  const artifactType = optionalTextAt(json.artifactType, `${field}.artifactType`);
  return (
    objectAt(annotations, `${field}.annotations`)['vnd.docker.reference.type'] !== undefined ||
    // The descriptor of an ordinary image may repeat the type of its configuration here.
    (artifactType !== '' && !CONFIG_TYPES.has(artifactType))
  );
}

/** The platform of an image by its configuration; undefined where it names none. */
export function decodeConfigPlatform(body: Uint8Array): Platform | undefined {
  const platform = platformAt(parseJson(body), 'configuration');
  return platform === 'unknown' ? undefined : platform;
}

/** `unknown` where it is `unknown/unknown`; undefined where it is not a name of a platform at all. */
function platformAt(value: unknown, field: string): Platform | 'unknown' | undefined {
  const json = objectAt(value, field);
  const os = optionalTextAt(json.os, `${field}.os`);
  const architecture = optionalTextAt(json.architecture, `${field}.architecture`);
  const variant = optionalTextAt(json.variant, `${field}.variant`);
  if (os === 'unknown' && architecture === 'unknown') return 'unknown';
  return parsePlatform([os, architecture, ...(variant === '' ? [] : [variant])].join('/'));
}

function digestAt(value: unknown, field: string): Digest {
  const text = optionalTextAt(value, field);
  if (!isDigest(text)) throw new DecodeError(field, 'sha256: with 64 hex digits', 'something else');
  return text;
}
