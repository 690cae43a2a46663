import {
  canonicalRegistry,
  canonicalRepository,
  type Digest,
  type Image,
  isDigest,
  isDockerHub,
  withoutScheme,
} from '../image/image.ts';
import { type Platform, parsePlatform, platformName, type RequiredPlatforms } from '../image/platform.ts';
import { isRegistry, isRepository, isTag, namesRegistry, parseReferences } from '../image/reference.ts';
import { withoutTrailing } from '../image/trailing.ts';
import { joined } from '../text/joined.ts';
import { listText } from '../text/plural.ts';
import { sanitize } from '../text/sanitize.ts';
import type { ImageSelection } from './config.ts';
import { closestOf, didYouMean } from './hints.ts';
import { type InputReader, shown } from './input-reader.ts';
import type { InputName } from './inputs.ts';
import { mistakeHint, wrongText } from './reference-text.ts';

const OF_ONE_IMAGE = ['registry', 'repo', 'tag'] as const satisfies readonly InputName[];
const EXPECTED_DIGEST = 'sha256: and 64 hex digits in lower case, any, or registry';
const EXPECTED_LINES = 'one reference a line, [registry/]repo[:tag][@sha256:…]';
const NO_IMAGE =
  'Inputs repo, tag and images are all empty; expected an image: repo and tag, or references in images. An output of an ' +
  'earlier step that does not exist arrives empty.';
const MOST_LINES_NAMED = 5;

/** Reads the images to wait for: `images`, or the inputs of a single one. `mode: check` may have none. */
export function readImages(reader: InputReader, mode: 'trigger' | 'await' | 'check'): ImageSelection {
  const platforms = readPlatforms(reader);
  const digest = readDigest(reader);
  const digestSource = digest === 'registry' ? 'registry' : 'input';
  const common = { digestSource, platforms } as const;
  const isOneGiven = OF_ONE_IMAGE.some((name) => reader.isSet(name)) || askedDigest(digest) !== undefined;
  const list = reader.text('images');
  if (list !== undefined) return { images: readReferences(reader, list, digest), ...common };
  if (!isOneGiven) {
    if (mode !== 'check') reader.refuse(NO_IMAGE);
    return { images: [], ...common };
  }
  const image = readSingleImage(reader, digest);
  return { images: image === undefined ? [] : [image], ...common };
}

function readReferences(reader: InputReader, list: string, digest: DigestInput): readonly Image[] {
  const extra: InputName[] = OF_ONE_IMAGE.filter((name) => reader.isSet(name));
  if (askedDigest(digest) !== undefined) extra.push('digest');
  if (extra.length > 0) {
    const values = extra.map((name) => `${name} (${shown(reader.text(name) ?? '')})`);
    reader.refuse(
      `Inputs ${listText(['images', ...values])} contradict each other; put the whole reference into images, or leave images out.`,
    );
  }
  const { images, mistakes } = parseReferences(list);
  for (const { line, ...mistake } of mistakes.slice(0, MOST_LINES_NAMED)) {
    const problem = `Input images: the line ${shown(line)} ${wrongText(mistake)}; expected ${EXPECTED_LINES}.`;
    reader.refuse(joined([problem, mistakeHint(mistake)]));
  }
  const more = mistakes.length - MOST_LINES_NAMED;
  if (more > 0)
    reader.refuse(`Input images: ${more} more ${more === 1 ? 'line is' : 'lines are'} not a reference.`);
  if (images.length === 0 && mistakes.length === 0) {
    reader.refuse(`Input images has nothing but comments in it; expected ${EXPECTED_LINES}.`);
  }
  return images;
}

function readSingleImage(reader: InputReader, digest: DigestInput): Image | undefined {
  const registry = readRegistry(reader);
  const repository = readRepository(reader, registry);
  const tag = readTag(reader, digest);
  const common = { registry, repository: canonicalRepository(registry, repository), platform: undefined };
  const asked = askedDigest(digest);
  if (tag !== undefined) return { ...common, tag, digest: asked, scanBy: { tag } };
  return asked === undefined
    ? undefined
    : { ...common, tag: undefined, digest: asked, scanBy: { digest: asked } };
}

function readTag(reader: InputReader, digest: DigestInput): string | undefined {
  const tag = reader.text('tag');
  if (tag !== undefined && !isTag(tag)) reader.refuseValue('tag', 'a tag such as 3.16', tagHint(tag));
  if (tag === undefined && digest === 'any') {
    reader.refuse(
      'Input tag is empty and digest is any; expected a tag such as 3.16, a digest (sha256:…), or both.',
    );
  }
  if (tag === undefined && digest === 'registry') {
    reader.refuse(
      'Input tag is empty, but digest registry looks up a tag in the registry; expected a tag such as 3.16.',
    );
  }
  return tag;
}

/** The registry; empty for Docker Hub. */
function readRegistry(reader: InputReader): string {
  const given = reader.text('registry') ?? '';
  if (isDockerHub(given)) {
    if (/^https?:\/*$/i.test(given)) reader.refuseValue('registry', EXPECTED_REGISTRY);
    return '';
  }
  if (!isRegistry(given))
    reader.refuseValue('registry', EXPECTED_REGISTRY, registryHint(given, reader.text('repo')));
  return withoutTrailing(given, '/');
}

const EXPECTED_REGISTRY = 'a registry such as registry.example.com:5000, or nothing for Docker Hub';

function registryHint(given: string, repo: string | undefined): string | undefined {
  const [host = '', ...path] = withoutScheme(given).split('/');
  if (/^v[12]$/.test(path.join('/')) && isRegistry(host)) return didYouMean(host);
  const inRepo = [...path, repo].filter((part) => part).join('/');
  if (path.length === 0 || !isRegistry(host) || !isRepository(inRepo)) return undefined;
  return `The path belongs in repo: give registry ${host} and repo ${inRepo}.`;
}

function readRepository(reader: InputReader, registry: string): string {
  const repository = reader.text('repo');
  if (repository === undefined) {
    reader.refuse(
      'Input repo is empty; expected a repository such as library/alpine, or whole references in images.',
    );
    return '';
  }
  const expected = 'a repository such as library/alpine, without registry, tag and digest';
  const [first = '', ...rest] = withoutScheme(repository).split('/');
  const repeats = registry !== '' && canonicalRegistry(first) === canonicalRegistry(registry);
  const isRegistryFirst = registry === '' ? namesRegistry(first) : repeats;
  if (rest.length > 0 && isRegistryFirst) {
    const host = isDockerHub(first) ? 'no registry' : `registry ${sanitize(first)}`;
    const hint = repeats ? 'It repeats the registry.' : `The registry does not belong here: give ${host}.`;
    reader.refuseValue('repo', expected, joined([hint, repositoryHint(rest.join('/'))]));
  } else if (!isRepository(repository)) {
    reader.refuseValue('repo', expected, repositoryHint(repository));
  }
  return repository;
}

/** The inputs that a text without a registry belongs in; undefined if that is unclear. */
function repositoryHint(given: string): string | undefined {
  if (given.includes('://')) return 'Leave out the scheme.';
  const [beforeDigest = '', digest] = withoutTrailing(given.replace(/^\/+/, ''), '/').split('@');
  const [path = '', tag] = beforeDigest.split(':');
  const name = path.toLowerCase();
  if (!isRepository(name)) return undefined;
  const inputs = [`repo ${name}`];
  if (tag !== undefined && isTag(tag)) inputs.push(`tag ${tag}`);
  if (digest !== undefined && isDigest(digest)) inputs.push(`digest ${digest}`);
  return `Give ${listText(inputs)}.`;
}

function tagHint(tag: string): string | undefined {
  if (/^(?:sha256:)?[0-9a-f]{64}$/i.test(tag)) return 'A digest belongs in the input digest.';
  const [beforeDigest = '', digest] = tag.split('@');
  const name = beforeDigest.slice(beforeDigest.lastIndexOf(':') + 1);
  if (digest !== undefined) {
    return isTag(name) && isDigest(digest) ? `Give tag ${name} and digest ${digest}.` : undefined;
  }
  if (tag.includes(':')) return isTag(name) ? didYouMean(name) : undefined;
  const allowed = tag.replace(/^refs\/(?:heads|tags)\//, '').replaceAll(/[^\w.-]+/g, '-');
  return isTag(allowed) && !/\s/.test(tag)
    ? `Tags have letters, digits, _, . and - only; was the image pushed as ${allowed}?`
    : undefined;
}

type DigestInput = Digest | 'any' | 'registry' | undefined;

function askedDigest(digest: DigestInput): Digest | undefined {
  return digest === 'any' || digest === 'registry' ? undefined : digest;
}

/** Reads `digest`; undefined after a mistake. An empty digest is refused elsewhere. */
function readDigest(reader: InputReader): DigestInput {
  if (reader.isEmpty('digest')) return undefined;
  const digest = reader.text('digest');
  if (isDigest(digest) || digest === 'any' || digest === 'registry') return digest;
  reader.refuseValue('digest', EXPECTED_DIGEST, digestHint(digest));
  return undefined;
}

function digestHint(given: string): string | undefined {
  const digest = given.slice(given.lastIndexOf('@') + 1).toLowerCase();
  const full = digest.startsWith('sha256:') ? digest : `sha256:${digest}`;
  if (isDigest(full)) return didYouMean(full);
  if (/^sha512:/.test(digest)) return 'The Console knows images by SHA-256.';
  const [, digits] = /^sha256:([0-9a-f]+)$/.exec(digest) ?? [];
  if (digits !== undefined) return `It has ${digits.length} digits.`;
  if (given === 'latest') return 'A tag belongs in the input tag.';
  return didYouMean(given === 'none' ? 'any' : closestOf(given, ['any', 'registry']));
}

const ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['x86-64', 'amd64'],
  ['x64', 'amd64'],
  ['aarch64', 'arm64'],
  ['armv7', 'arm/v7'],
  ['armv6', 'arm/v6'],
]);

const KNOWN_ARCHITECTURES = ['amd64', 'arm64', 'arm', 's390x', 'ppc64le', '386'];

function readPlatforms(reader: InputReader): RequiredPlatforms {
  const value = reader.text('platforms');
  if (value === 'scanned' || value === 'all') return value;
  const parts = value.split(/[\s,]+/).filter((part) => part !== '');
  const platforms = parts.map(parsePlatform).filter((platform) => platform !== undefined);
  const areAll = platforms.length === parts.length && !platforms.some(isOtherName);
  // A list without an entry would require nothing.
  if (parts.length === 0 || !areAll) {
    const hint = didYouMean(closestOf(value, ['scanned', 'all']) ?? platformsMeant(parts));
    reader.refuseValue('platforms', 'scanned, all, or a list such as linux/amd64,linux/arm64', hint);
  }
  return [...new Map(platforms.map((platform) => [platformName(platform), platform])).values()];
}

/** True if an architecture has a name that no index uses: `linux/x86_64` would never be found. */
function isOtherName({ architecture }: Platform): boolean {
  return ARCHITECTURES.has(architecture);
}

/** The list with every platform by the name that indexes use; undefined if one of them is unknown. */
function platformsMeant(parts: readonly string[]): string | undefined {
  const names = parts.map((part) => {
    const [os = '', architecture] = part.toLowerCase().split('/');
    const name = architecture ?? os;
    const isKnown = ARCHITECTURES.has(name) || KNOWN_ARCHITECTURES.includes(name);
    return isKnown ? `${architecture === undefined ? 'linux' : os}/${ARCHITECTURES.get(name) ?? name}` : '';
  });
  return names.every((name) => parsePlatform(name) !== undefined) && names.length > 0
    ? names.join(',')
    : undefined;
}
