/** The decoded parts of a package URL that have rules by type. */
export interface PackageUrlParts {
  readonly type: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly version: string | undefined;
  readonly qualifiers: ReadonlyMap<string, string>;
}

/** Types whose namespace and name are compared without regard to case (purl-spec, `types/`). */
const CASELESS = new Set([
  'alpm',
  'apk',
  'bitbucket',
  'bitnami',
  'brew',
  'composer',
  'deb',
  'github',
  'hex',
  'luarocks',
  'oci',
  'otp',
  'pub',
  'pypi',
  'vscode-extension',
]);

/** Types whose namespace alone is in lower case. */
const CASELESS_NAMESPACE = new Set(['qpkg', 'rpm', 'yocto']);

/** Types whose version is in lower case as well. */
const CASELESS_VERSION = new Set(['huggingface', 'oci', 'pypi', 'vscode-extension']);

/** Additional rules of types. Only rules that change which package a text names, or make it invalid. */
const RULES: ReadonlyMap<string, (parts: PackageUrlParts) => PackageUrlParts | undefined> = new Map<
  string,
  (parts: PackageUrlParts) => PackageUrlParts | undefined
>([
  ['pypi', (parts) => ({ ...parts, name: parts.name.replaceAll('_', '-') })],
  ['pub', (parts) => ({ ...parts, name: parts.name.replace(/[^a-z0-9]/g, '_') })],
  ['git', withRepositoryAsName],
  ['mlflow', (parts) => (isOnDatabricks(parts) ? { ...parts, name: parts.name.toLowerCase() } : parts)],
  ['cpan', (parts) => unless(parts.name.includes('::'), parts)],
  ['swift', (parts) => unless(parts.namespace === undefined, parts)],
  ['vscode-extension', (parts) => unless(parts.namespace === undefined, parts)],
  ['otp', (parts) => unless(parts.namespace !== undefined, parts)],
  ['vcpkg', (parts) => unless(parts.namespace !== undefined, parts)],
  ['oci', (parts) => unless(parts.namespace !== undefined, parts)],
  ['julia', (parts) => unless(!parts.qualifiers.has('uuid'), parts)],
  ['swid', (parts) => unless(!parts.qualifiers.has('tag_id'), parts)],
  ['chrome-extension', (parts) => unless(!isChromeExtension(parts), parts)],
]);

/** The parts as their type spells them; undefined if the type does not allow them. */
export function withTypeRules(parts: PackageUrlParts): PackageUrlParts | undefined {
  const { type, namespace, name, version } = parts;
  const isCaseless = CASELESS.has(type);
  const folded: PackageUrlParts = {
    ...parts,
    namespace: isCaseless || CASELESS_NAMESPACE.has(type) ? namespace?.toLowerCase() : namespace,
    name: isCaseless ? name.toLowerCase() : name,
    version: CASELESS_VERSION.has(type) ? version?.toLowerCase() : version,
  };
  const rule = RULES.get(type);
  return rule === undefined ? folded : rule(folded);
}

function unless(isWrong: boolean, parts: PackageUrlParts): PackageUrlParts | undefined {
  return isWrong ? undefined : parts;
}

/** For `git`, the namespace is only the host, and the name is the rest. */
function withRepositoryAsName(parts: PackageUrlParts): PackageUrlParts {
  const [host, ...path] = parts.namespace?.split('/') ?? [];
  return { ...parts, namespace: host, name: [...path, parts.name].join('/') };
}

function isOnDatabricks({ qualifiers }: PackageUrlParts): boolean {
  return qualifiers.get('repository_url')?.includes('azuredatabricks') ?? false;
}

function isChromeExtension({ name, version }: PackageUrlParts): boolean {
  return /^[a-p]{32}$/.test(name) && (version === undefined || /^\d+(?:\.\d+){0,3}$/.test(version));
}
