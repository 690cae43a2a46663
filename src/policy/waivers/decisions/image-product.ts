import { type Image, isDigest, repositoryKey } from '../../../image/image.ts';
import { namesRegistry, parseReference } from '../../../image/reference.ts';
import { isOfArchitecture, isOfPlatform } from './architecture.ts';
import { allOf, anyOf, byQualifier, type MatchResult, other, SAME, unknown } from './match-result.ts';
import { type PackageUrl, parsePackageUrl } from './package-url.ts';
import type { ReviewedImage } from './reviewed-image.ts';

/** The images that a product of a statement names. */
export interface ImageProduct {
  /** One name for each identifier; none if hashes alone identify it. */
  readonly names: readonly ImageName[];
  /** The digests that the identifiers and hashes name: one of them has to be the image's. */
  readonly digests: readonly string[];
  /** The tags that the identifiers name: one of them has to be the image's. */
  readonly tags: readonly string[];
}

interface ImageName {
  /** The keys of the spellings of the whole name; undefined if any registry matches. */
  readonly repositories: readonly string[] | undefined;
  /** The last part of the repository. */
  readonly lastPart: string;
  readonly qualifiers: ReadonlyMap<string, string>;
  readonly type: string;
}

/** One identifier of a product as the name of an image; undefined if it names no image. */
export function imageProductOf(identifier: string): ImageProduct | undefined {
  const url = parsePackageUrl(identifier);
  if (url?.type === 'oci') return ociProduct(url);
  if (url?.type === 'docker') return dockerProduct(url);
  return url === undefined && !identifier.startsWith('pkg:') ? referenceProduct(identifier) : undefined;
}

/** Combines several identifiers and hashes of one product: a digest or tag from one of them applies to all. */
export function combinedProduct(products: readonly ImageProduct[], hashes: readonly string[]): ImageProduct {
  return {
    names: products.flatMap(({ names }) => names),
    digests: [...products.flatMap(({ digests }) => digests), ...hashes],
    tags: products.flatMap(({ tags }) => tags),
  };
}

/** True if the product names a digest or a tag, and not just a repository. */
export function isPinned({ digests, tags }: ImageProduct): boolean {
  return digests.length > 0 || tags.length > 0;
}

/** Compares the images that a product names with an image of the step. */
export function compareImage(product: ImageProduct, image: ReviewedImage): MatchResult {
  const named =
    product.names.length === 0
      ? SAME
      : anyOf(
          product.names.map((name) => compareName(name, image)),
          { kind: 'other-image' },
        );
  return allOf([named, compareDigest(product.digests, image), compareTag(product.tags, image.image)]);
}

function compareName(
  { repositories, lastPart, qualifiers, type }: ImageName,
  image: ReviewedImage,
): MatchResult {
  const isOwn =
    repositories === undefined
      ? lastPartOf(image.image.repository) === lastPart
      : repositories.includes(repositoryKey(image.image));
  if (!isOwn) return other({ kind: 'other-image' });
  return allOf(
    [...qualifiers].map(([key, value]) => byQualifier(key, imageQualifierHolds(key, value, type, image))),
  );
}

/** True if a qualifier matches. `platform` is Docker's; any other qualifier cannot be compared. */
function imageQualifierHolds(
  key: string,
  value: string,
  type: string,
  { platform }: ReviewedImage,
): boolean | undefined {
  if (key === 'arch') return isOfArchitecture(value, platform);
  return key === 'platform' && type === 'docker' ? isOfPlatform(value, platform) : undefined;
}

function compareDigest(wanted: readonly string[], { digests }: ReviewedImage): MatchResult {
  if (wanted.length === 0 || digests.some((digest) => wanted.includes(digest))) return SAME;
  return digests.length === 0 ? unknown({ kind: 'other-digest' }) : other({ kind: 'other-digest' });
}

function compareTag(wanted: readonly string[], { tag }: Image): MatchResult {
  if (wanted.length === 0 || (tag !== undefined && wanted.includes(tag))) return SAME;
  return tag === undefined ? unknown({ kind: 'other-tag' }) : other({ kind: 'other-tag' });
}

// ── The three ways to write an image ────────────────────────────────────────────────────────────────────────────

/** `pkg:oci/NAME@sha256:…?repository_url=…&tag=…`: the URL may or may not include the name. */
function ociProduct(url: PackageUrl): ImageProduct | undefined {
  const { name, version, qualifiers, subpath } = url;
  if (subpath !== undefined || (version !== undefined && !isDigest(version))) return undefined;
  const at = qualifiers.get('repository_url');
  const base = at === undefined ? undefined : withoutEnds(at);
  const spellings =
    base === undefined ? undefined : [`${base}/${name}`, ...(lastPartOf(base) === name ? [base] : [])];
  return product(url, name, spellings?.map(keyOfName), version);
}

/** `pkg:docker/NAMESPACE/NAME@VERSION?repository_url=HOST`: a tag or a digest; Docker Hub without a URL. */
function dockerProduct(url: PackageUrl): ImageProduct | undefined {
  const { namespace, name, version, subpath, qualifiers } = url;
  if (subpath !== undefined) return undefined;
  const path = namespace === undefined ? name : `${namespace}/${name}`;
  const base = withoutEnds(qualifiers.get('repository_url') ?? 'docker.io');
  const spellings = [`${base}/${path}`, ...(base.endsWith(`/${path}`) ? [base] : [])];
  return product(url, name, spellings.map(keyOfName), version);
}

function product(
  { qualifiers, type }: PackageUrl,
  lastPart: string,
  repositories: readonly string[] | undefined,
  version: string | undefined,
): ImageProduct {
  const tag = qualifiers.get('tag');
  const rest = new Map([...qualifiers].filter(([key]) => key !== 'repository_url' && key !== 'tag'));
  const isTag = version !== undefined && !isDigest(version);
  return {
    names: [{ repositories, lastPart, qualifiers: rest, type }],
    digests: version !== undefined && isDigest(version) ? [version] : [],
    tags: [...(tag === undefined ? [] : [tag]), ...(isTag ? [version] : [])],
  };
}

/** `host/repository[:tag][@sha256:…]`; the host is needed, since any word is a name on Docker Hub. */
function referenceProduct(text: string): ImageProduct | undefined {
  const slash = text.indexOf('/');
  if (slash < 0 || !namesRegistry(text.slice(0, slash))) return undefined;
  const reference = parseReference(text);
  if ('wrong' in reference) return undefined;
  const { digest } = reference;
  const [beforeDigest = ''] = text.split('@');
  const tag = /:([^/:]+)$/.exec(beforeDigest)?.[1];
  return {
    names: [
      { repositories: [repositoryKey(reference)], lastPart: '', qualifiers: new Map(), type: 'reference' },
    ],
    digests: digest === undefined ? [] : [digest],
    tags: tag === undefined ? [] : [tag],
  };
}

/** The key of the repository in a name that begins with a host; without a host, it is on Docker Hub. */
function keyOfName(name: string): string {
  const slash = name.indexOf('/');
  const host = name.slice(0, Math.max(slash, 0));
  const hasRegistry = slash >= 0 && namesRegistry(host);
  return repositoryKey({
    registry: hasRegistry ? host : '',
    repository: (hasRegistry ? name.slice(slash + 1) : name).toLowerCase(),
  });
}

function withoutEnds(url: string): string {
  let end = url.length;
  while (url[end - 1] === '/') end -= 1;
  return url.slice(0, end).replace(/^https?:\/\//i, '');
}

function lastPartOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
