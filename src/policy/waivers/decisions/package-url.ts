import { type PackageUrlParts, withTypeRules } from './package-url-types.ts';

/** A package URL, decoded: https://github.com/package-url/purl-spec. */
export interface PackageUrl extends PackageUrlParts {
  readonly subpath: string | undefined;
}

/** No package has a longer URL, but a file or a report may contain one. */
const MAX_URL_LENGTH = 4_096;

const TYPE = /^[a-z][a-z0-9.-]*$/;
const QUALIFIER_KEY = /^[a-z][a-z0-9._-]*$/;
/** Characters of version ranges or white space, which a package URL cannot contain. */
const NOT_OF_A_URL = /[\s<>"'`{}|\\^]/;

/**
 * Reads a package URL; undefined for any other text. The parts are split off from the right, as specified, and then
 * decoded.
 */
export function parsePackageUrl(text: string): PackageUrl | undefined {
  if (text.length > MAX_URL_LENGTH || NOT_OF_A_URL.test(text)) return undefined;
  const [withoutSubpath, subpath] = splitLast(text, '#');
  const [withoutQualifiers, query] = splitLast(withoutSubpath, '?');
  const identity = identityIn(withoutQualifiers);
  const qualifiers = qualifiersIn(query);
  const path = subpathOf(subpath ?? '');
  if (identity === undefined || qualifiers === undefined || path === undefined) return undefined;
  const parts = withTypeRules({ ...identity, qualifiers });
  return parts && { ...parts, subpath: textOrNone(path) };
}

/** The subpath without `.` and `..`; undefined for a broken escape. */
function subpathOf(text: string): string | undefined {
  const segments = segmentsOf(text)?.filter((part) => part !== '.' && part !== '..');
  return segments?.join('/');
}

/** Type, namespace, name and version. */
function identityIn(text: string): Omit<PackageUrlParts, 'qualifiers'> | undefined {
  const [, path = ''] = /^pkg:\/*(.+)$/i.exec(text) ?? [];
  const [type, rest] = splitFirst(path);
  const [names, rawVersion] = splitVersion(rest);
  const segments = segmentsOf(names) ?? [];
  const name = segments.at(-1);
  const namespace = segments.slice(0, -1).join('/');
  const version = decoded(rawVersion ?? '');
  const hasNoName = rawVersion !== undefined && names.endsWith('/');
  if (!TYPE.test(type) || name === undefined || hasNoName || version === undefined) return undefined;
  return { type, namespace: textOrNone(namespace), name, version: textOrNone(version) };
}

function textOrNone(text: string): string | undefined {
  return text === '' ? undefined : text;
}

/** The type, in lower case, and what follows it. */
function splitFirst(path: string): readonly [string, string] {
  const slash = path.indexOf('/');
  return slash < 0 ? ['', ''] : [path.slice(0, slash).toLowerCase(), path.slice(slash + 1)];
}

function splitLast(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.lastIndexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** Splits off the version. The `@` of an npm scope, which may be unescaped, begins a name, not a version. */
function splitVersion(path: string): readonly [string, string | undefined] {
  const at = path.lastIndexOf('@');
  const isScope =
    at >= 0 && at < path.length - 1 && path.slice(at).includes('/') && (at === 0 || path[at - 1] === '/');
  return at < 0 || isScope ? [path, undefined] : [path.slice(0, at), path.slice(at + 1)];
}

function segmentsOf(path: string): readonly string[] | undefined {
  const segments = path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decoded);
  return segments.every((segment) => segment !== undefined) ? segments : undefined;
}

/** The qualifiers of a query; undefined if a key occurs twice, since either value could count. */
function qualifiersIn(query: string | undefined): ReadonlyMap<string, string> | undefined {
  const qualifiers = new Map<string, string>();
  for (const pair of (query ?? '').split('&').filter((each) => each !== '')) {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, Math.max(equals, 0));
    const key = name.toLowerCase();
    const value = decoded(pair.slice(equals + 1));
    // A key with a capital first letter is refused, as in purl-spec's test suite.
    if (!QUALIFIER_KEY.test(key) || name[0] !== key[0] || value === undefined || qualifiers.has(key))
      return undefined;
    if (value !== '') qualifiers.set(key, value);
  }
  return qualifiers;
}

/** Decodes a text; `+` stands for itself. Undefined for a broken escape. */
function decoded(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A package URL in its canonical spelling: everything but letters, digits, `.-_~` and `:` is percent-encoded. */
export function formatPackageUrl({
  type,
  namespace,
  name,
  version,
  qualifiers,
  subpath,
}: PackageUrl): string {
  const path = (text: string) => text.split('/').map(encoded).join('/');
  const pairs = [...qualifiers].sort(([one], [other]) => (one < other ? -1 : 1));
  return [
    `pkg:${type}/`,
    namespace === undefined ? '' : `${path(namespace)}/`,
    // The name of a repository of Git has slashes.
    path(name),
    version === undefined ? '' : `@${encoded(version)}`,
    pairs.length === 0 ? '' : `?${pairs.map(([key, value]) => `${key}=${encoded(value)}`).join('&')}`,
    subpath === undefined ? '' : `#${path(subpath)}`,
  ].join('');
}

function encoded(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%3A', ':')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
