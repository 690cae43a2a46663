import { type Image, isDockerHub } from '../../image/image.ts';
import type { Finding } from '../../scan/finding.ts';

/** A finding that is accepted for a while, and why. */
export interface Exception {
  readonly id: string;
  readonly reason: string;
  /** Its last day, `2026-12-31`, in UTC. */
  readonly until: string;
  /** True if it ends as soon as its finding has a fix. */
  readonly untilFixed: boolean;
  /** The name of the package, in which `*` matches any text; undefined for every package. */
  readonly package: string | undefined;
  /** The full reference of the image, in which `*` matches any text; undefined for every image. */
  readonly image: string | undefined;
}

/** A file of the input `exceptions`. */
export interface ExceptionFile {
  /** The path, as the input names it. */
  readonly path: string;
  readonly format: 'exceptions' | 'trivyignore' | 'openvex';
  /** The SHA-256 of its bytes, `sha256:…`. */
  readonly digest: string;
}

/** True if the exception is still active on a day, `2026-12-31`. */
export function isActive(exception: Exception, today: string): boolean {
  return today <= exception.until;
}

/**
 * The findings of an image that each exception matches, active or expired. A report can have 60,000 findings and a
 * file thousands of exceptions, so findings are looked up by their names.
 */
export function findMatches(
  exceptions: readonly Exception[],
  findings: readonly Finding[],
  image: NamedImage,
): ReadonlyMap<Exception, readonly Finding[]> {
  const named = new Map<string, Finding[]>();
  const wanted = new Set(exceptions.flatMap(({ id }) => keysOf(id)));
  for (const finding of exceptions.length === 0 ? [] : findings) {
    for (const name of keysOfFinding(finding)) {
      if (!wanted.has(name)) continue;
      const others = named.get(name);
      if (others === undefined) named.set(name, [finding]);
      else others.push(finding);
    }
  }
  const names = referencesOf(image);
  return new Map(
    exceptions.map((exception) => {
      const { id, image: pattern } = exception;
      const isAboutImage = pattern === undefined || matchesImage(pattern, image, names);
      const found = isAboutImage ? keysOf(id).flatMap((key) => named.get(key) ?? []) : [];
      return [exception, [...new Set(found)].filter((finding) => isAboutPackage(exception, finding))];
    }),
  );
}

function isAboutPackage(exception: Exception, { packageName }: Finding): boolean {
  return exception.package === undefined || matchesPattern(exception.package, packageName ?? '');
}

/** The keys by which an id of the list may match a finding. */
function keysOf(id: string): readonly string[] {
  return [wordKey(id), titleKey(id), textKey(id)];
}

/** The key of a CVE or a vendor's id, in any case. */
function wordKey(id: string): string {
  return `id ${id.toLowerCase()}`;
}

/** The key of a title or a description, in any case. */
function titleKey(text: string): string {
  return `title ${text.toLowerCase()}`;
}

/** The key of a text that contains paths, whose case matters. */
function textKey(text: string): string {
  return `text ${text}`;
}

/** A number, or the form of a CVE or a vendor's id: as the text of a finding without an id, it identifies nothing. */
const NO_TEXT = /^(?:\d+|[a-z]+-\d[\w.:-]*|ghsa-[\w-]+)$/i;

/**
 * The keys of a finding: its id; without one, its title, description or cause, also combined or with the check's
 * number.
 */
function keysOfFinding({ id, title, description, cause, checkId, hasOwnId }: Finding): ReadonlySet<string> {
  if (hasOwnId) return new Set([wordKey(id)]);
  const joined = (...parts: readonly (string | undefined)[]) =>
    parts.includes(undefined) ? undefined : parts.join(': ');
  const titles = [title, description, joined(checkId, title), joined(checkId, description)];
  const texts = [cause, joined(checkId, cause), joined(title, cause), joined(checkId, title, cause)];
  const namesIn = (names: readonly (string | undefined)[]) =>
    names.filter((name) => name !== undefined && !NO_TEXT.test(name)).filter((name) => name !== undefined);
  return new Set([...namesIn(titles).map(titleKey), ...namesIn(texts).map(textKey)]);
}

/** An image and its name. */
interface NamedImage {
  readonly name: string;
  /** Undefined for the regular scan. */
  readonly image: Image | undefined;
}

/**
 * The references that a pattern is compared with: a digest or a platform after the tag does not make it another
 * image, and on Docker Hub `library/` may be omitted.
 */
function referencesOf({ name, image }: NamedImage): readonly string[] {
  const withoutPlatform = name.replace(/ \([a-z0-9./_-]+\)$/, '');
  const withoutDigest = withoutPlatform.replace(/@sha256:[0-9a-f]{64}$/, '');
  const names = [name, withoutPlatform, withoutDigest];
  if (!isOnHub(image)) return names;
  const onHub = names.map(withoutHub);
  return [...onHub, ...onHub.map((each) => each.replace(/^library\//, ''))];
}

/**
 * True if a pattern matches an image. A pattern that names Docker Hub matches only images there, which need not name
 * it.
 */
function matchesImage(pattern: string, { image }: NamedImage, names: readonly string[]): boolean {
  const rest = withoutHub(pattern);
  return (rest === pattern || isOnHub(image)) && names.some((name) => matchesPattern(rest, name));
}

function isOnHub(image: Image | undefined): boolean {
  return image !== undefined && isDockerHub(image.registry);
}

function withoutHub(reference: string): string {
  const [host = '', ...rest] = reference.split('/');
  return rest.length > 0 && host !== '' && isDockerHub(host) ? rest.join('/') : reference;
}

/** True if a text matches a pattern in which `*` matches any text. Takes time in proportion to both. */
export function matchesPattern(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
