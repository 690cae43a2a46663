import { DecodeError, listOf, objectAt, optionalTextAt } from '../http/decode.ts';
import { type Fields, parseStrictObject } from '../http/strict-json.ts';
import { type Digest, isDigest } from '../image/image.ts';
import { isUnknownPlatform, type Platform, parsePlatform } from '../image/platform.ts';

const INDEX_TYPES = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);
const IMAGE_TYPES = new Set([
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]);

/** The `Accept` header for manifests: a registry converts or refuses types that are not in it. */
export const ACCEPT_MANIFEST = [...INDEX_TYPES, ...IMAGE_TYPES].join(', ');

const PLATFORM: Fields = { os: 'value', architecture: 'value', variant: 'value' };
const DESCRIPTOR: Fields = { mediaType: 'value', digest: 'value', platform: PLATFORM };
const MANIFEST: Fields = {
  schemaVersion: 'value',
  mediaType: 'value',
  config: DESCRIPTOR,
  layers: DESCRIPTOR,
  manifests: DESCRIPTOR,
  fsLayers: 'value',
};

/** The document that a digest or a tag names. */
export type Manifest =
  | { readonly kind: 'index'; readonly children: readonly Child[] }
  /** `isRunnable`: false if all layers are marked as documents. */
  | { readonly kind: 'image'; readonly config: Digest; readonly isRunnable: boolean }
  /** Docker's format 1: old runtimes run it, and it names its contents without digests. */
  | { readonly kind: 'format-1' }
  /** An artifact of a form that no runtime runs. */
  | { readonly kind: 'artifact' };

/** An entry of an index. */
export interface Child {
  readonly digest: Digest;
  /** The kind that the entry claims; undefined for a type that is neither. */
  readonly kind: 'index' | 'image' | undefined;
  /** Undefined if the index names none. */
  readonly platform: Platform | undefined;
  /** True if the index names `unknown/unknown`, which no runtime chooses: most such entries are attestations. */
  readonly isUnknown: boolean;
}

/**
 * Reads a manifest. Its content decides its kind, because the digest covers the content, but not the `Content-Type`.
 * Throws a `DecodeError` for an ambiguous document, because another client may read it differently.
 */
export function decodeManifest(body: Uint8Array): Manifest {
  const json = parseStrictObject(body, MANIFEST);
  const isIndex = isGiven(json.manifests);
  const isImage = [json.config, json.layers].some(isGiven);
  const isFormat1 = isGiven(json.fsLayers) || json.schemaVersion === 1;
  if ([isIndex, isImage, isFormat1].filter(Boolean).length > 1) {
    throw new DecodeError('manifest', 'an index or an image', 'a mixture of both');
  }
  return isFormat1 ? { kind: 'format-1' } : decodeCurrent(json, isIndex, isImage);
}

function decodeCurrent(
  json: { readonly [key: string]: unknown },
  isIndex: boolean,
  isImage: boolean,
): Manifest {
  const mediaType = optionalTextAt(json.mediaType, 'mediaType');
  const claimed = claimedKind(mediaType);
  if (!isIndex && !isImage && claimed === undefined) return { kind: 'artifact' };
  const kind = isIndex ? 'index' : 'image';
  if (mediaType !== '' && claimed !== kind)
    throw new DecodeError('mediaType', `that of an ${kind}`, 'another');
  return isIndex
    ? { kind: 'index', children: listOf(json.manifests, 'manifests', decodeChild) }
    : decodeImage(json);
}

/** The platform of an image by its configuration; undefined if it names none. */
export function decodeConfigPlatform(body: Uint8Array): Platform | undefined {
  const platform = platformAt(parseStrictObject(body, PLATFORM), 'configuration');
  return platform !== undefined && isUnknownPlatform(platform) ? undefined : platform;
}

/**
 * An image runs unless all of its layers are documents, as those of attestations and signatures are. The type of the
 * configuration does not matter: Docker accepts `application/octet-stream` for an image, and containerd accepts any.
 */
function decodeImage(json: { readonly [key: string]: unknown }): Manifest {
  const config = objectAt(json.config, 'config');
  const layers = listOf(json.layers, 'layers', (layer, field) =>
    optionalTextAt(objectAt(layer, field).mediaType, `${field}.mediaType`),
  );
  return {
    kind: 'image',
    config: digestAt(config.digest, 'config.digest'),
    isRunnable: layers.length === 0 || !layers.every(isDocument),
  };
}

/** True for a layer without files. Docker accepts every type that begins like an image's, in upper or lower case. */
function isDocument(mediaType: string): boolean {
  const type = mediaType.toLowerCase();
  return /[/+]json$/.test(type) && !/^application\/vnd\.(?:oci\.image|docker)\./.test(type);
}

/** Reads an entry of an index. Annotations and `artifactType` are ignored: runtimes choose by the platform alone. */
function decodeChild(value: unknown, field: string): Child {
  const json = objectAt(value, field);
  const platform = isGiven(json.platform) ? platformAt(json.platform, `${field}.platform`) : undefined;
  const isUnknown = platform !== undefined && isUnknownPlatform(platform);
  return {
    digest: digestAt(json.digest, `${field}.digest`),
    kind: claimedKind(optionalTextAt(json.mediaType, `${field}.mediaType`)),
    platform: isUnknown ? undefined : platform,
    isUnknown,
  };
}

function claimedKind(mediaType: string): Child['kind'] {
  if (INDEX_TYPES.has(mediaType)) return 'index';
  return IMAGE_TYPES.has(mediaType) ? 'image' : undefined;
}

/** Reads a platform; undefined if it has no valid name. */
function platformAt(value: unknown, field: string): Platform | undefined {
  const json = objectAt(value, field);
  const os = optionalTextAt(json.os, `${field}.os`);
  const architecture = optionalTextAt(json.architecture, `${field}.architecture`);
  const variant = optionalTextAt(json.variant, `${field}.variant`);
  return parsePlatform([os, architecture, ...(variant === '' ? [] : [variant])].join('/'));
}

function digestAt(value: unknown, field: string): Digest {
  const text = optionalTextAt(value, field);
  if (!isDigest(text)) throw new DecodeError(field, 'sha256: with 64 hex digits', 'something else');
  return text;
}

/** Go reads `null` as an absent field. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
