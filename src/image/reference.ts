import {
  canonicalRegistry,
  canonicalRepository,
  type Digest,
  type Image,
  imageReference,
  isDigest,
  isDockerHub,
} from './image.ts';

// The grammar of names and tags: https://github.com/distribution/reference
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+|\/)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const REGISTRY = /^(?:(?:https?:\/\/)?(?:\[[0-9a-f:.]+\]|[a-z0-9][a-z0-9_.-]*)(?::\d+)?\/*)?$/i;
const IPV6_HOST = /^\[[0-9a-f:.]+\](?::\d+)?\//i;

export function isRepository(text: string): boolean {
  return REPOSITORY.test(text);
}

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** True if a text can be a registry as the Console knows it, perhaps with a scheme; empty stands for Docker Hub. */
export function isRegistry(text: string): boolean {
  return REGISTRY.test(text);
}

/** True if the first part of a name is a registry, as Docker decides it. */
export function namesRegistry(firstPart: string): boolean {
  return /[.:]/.test(firstPart) || firstPart === 'localhost';
}

/** The ways in which a text is no reference. */
export type ReferenceFault =
  | 'digest'
  | 'registry'
  | 'tag'
  | 'scheme'
  | 'log-in'
  | 'json'
  | 'dash'
  | 'quotation-mark'
  | 'comma'
  | 'white-space'
  | 'repository'
  | 'capitals';

/** The mistake in a reference, and the reference that was probably meant. */
export interface ReferenceMistake {
  readonly wrong: ReferenceFault;
  readonly meant: string | undefined;
}

/**
 * Reads `[registry/]repo[:tag][@sha256:…]` as Docker does: no tag and no digest means `latest`, and a single name on
 * Docker Hub is one of its official images. Returns the image, or the mistake in the text.
 */
export function parseReference(text: string): Image | ReferenceMistake {
  const common = commonMistake(text);
  if (common !== undefined) return common;
  const [beforeDigest = '', digest, ...more] = text.split('@');
  if (more.length > 0 || (digest !== undefined && !isDigest(digest))) {
    return mistake('digest');
  }
  return parseNamed(text, beforeDigest, digest);
}

/** Reads the part of a reference before the digest. */
function parseNamed(text: string, named: string, digest: Digest | undefined): Image | ReferenceMistake {
  const { registry, path } = splitRegistry(named);
  if (!isRegistry(registry)) return mistake('registry');

  const [name = '', tag, ...rest] = path.split(':');
  if (rest.length > 0 || (tag !== undefined && !isTag(tag))) return mistake('tag');
  return isRepository(name)
    ? imageNamed(registry, canonicalRepository(registry, name), tag, digest)
    : repositoryMistake(text, name);
}

/** The registry, empty for Docker Hub, and what follows it. */
function splitRegistry(named: string): { readonly registry: string; readonly path: string } {
  const slash = named.indexOf('/');
  const host = named.slice(0, Math.max(slash, 0));
  if (!namesRegistry(host)) return { registry: '', path: named };
  return { registry: isDockerHub(host) ? '' : host, path: named.slice(slash + 1) };
}

function imageNamed(
  registry: string,
  repository: string,
  tag: string | undefined,
  digest: Digest | undefined,
): Image {
  if (digest !== undefined && tag === undefined) {
    return { registry, repository, tag, digest, scanBy: { digest }, platform: undefined };
  }
  const scanned = tag ?? 'latest';
  return { registry, repository, tag: scanned, digest, scanBy: { tag: scanned }, platform: undefined };
}

/** Recognizes common mistakes, such as another kind of list. */
function commonMistake(text: string): ReferenceMistake | undefined {
  const scheme = /^[a-z][a-z0-9+.-]*:\/+/i.exec(text)?.[0];
  if (scheme !== undefined) {
    const rest = withoutLogIn(text.slice(scheme.length));
    return mistake('scheme', 'wrong' in parseReference(rest) ? undefined : rest);
  }
  if (withoutLogIn(text) !== text) {
    return mistake('log-in');
  }
  return notationMistake(text);
}

function notationMistake(text: string): ReferenceMistake | undefined {
  if (/^[[{]/.test(text) && !IPV6_HOST.test(text)) return mistake('json');
  if (/^-\s/.test(text)) return mistake('dash');
  if (/["'`]/.test(text)) return mistake('quotation-mark');
  if (text.includes(',')) return mistake('comma');
  if (/\s/.test(text)) return mistake('white-space');
  return undefined;
}

/** The text without `user:password@`; an @ also precedes a digest. */
function withoutLogIn(text: string): string {
  return text.replace(/^[^/@]*:[^/]*@(?!sha\d+:)(?=[^@]*[./:])/i, '');
}

function repositoryMistake(text: string, name: string): ReferenceMistake {
  const lower = name.toLowerCase();
  const meant = text.replace(name, () => lower);
  if (name === lower || 'wrong' in parseReference(meant)) return mistake('repository');
  return mistake('capitals', meant);
}

function mistake(wrong: ReferenceFault, meant?: string): ReferenceMistake {
  return { wrong, meant };
}

/** A list of references, with the mistake of every invalid line. */
interface ReferenceList {
  readonly images: readonly Image[];
  readonly mistakes: readonly (ReferenceMistake & { readonly line: string })[];
}

/**
 * Reads a list of references, one a line; `#` begins a comment at the start of a line or after white space. Duplicate
 * images count once.
 */
export function parseReferences(text: string): ReferenceList {
  const images = new Map<string, Image>();
  const mistakes: (ReferenceMistake & { readonly line: string })[] = [];
  for (const whole of text.split(/\r\n|\r|\n/)) {
    const comment = whole.search(/(?:^|\s)#/);
    const line = (comment < 0 ? whole : whole.slice(0, comment)).trim();
    if (line === '') continue;
    const image = parseReference(line);
    if ('wrong' in image) {
      mistakes.push({ ...image, line });
      continue;
    }
    const key = imageReference({ ...image, registry: canonicalRegistry(image.registry) });
    if (!images.has(key)) images.set(key, image);
  }
  return { images: [...images.values()], mistakes };
}
