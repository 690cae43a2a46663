import { type JsonObject, objectAt, optionalObjectAt, optionalTextAt } from '../http/decode.ts';
import { canonicalRegistry } from '../image/image.ts';
import { withoutTrailing } from '../image/trailing.ts';
import { quoted } from '../text/sanitize.ts';
import type { Endpoint } from './endpoint.ts';

/** A way to authenticate with a registry. */
export type RegistryCredential =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** Exchanged for a token at the registry's token server (OAuth 2 refresh token). */
  | { readonly kind: 'identity-token'; readonly token: string }
  /** Sent to the registry as it is. */
  | { readonly kind: 'registry-token'; readonly token: string };

export interface FoundCredential {
  /** Undefined: requests are anonymous. */
  readonly credential: RegistryCredential | undefined;
  /** The source of the credentials, or why there are none: a sentence for messages. */
  readonly origin: string;
}

/** Finds the credentials of a repository's registry. Rejects only with the reason of the run's signal. */
export type FindCredential = (endpoint: Endpoint) => Promise<FoundCredential>;

interface DockerConfigSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Reads a file; throws if it does not exist. */
  readonly readFile: (path: string) => string;
  /** Runs `docker-credential-NAME get` for a server, and returns its output. */
  readonly runHelper: (name: string, server: string) => Promise<string>;
  /** Receives every secret before it is used. */
  readonly addSecret: (secret: string) => void;
  readonly signal: AbortSignal;
}

const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';

/**
 * Helpers are programs: only names in the style of Docker's own tools are allowed, and none that leads to another
 * folder.
 */
const HELPER_NAME = /^[a-z0-9][a-z0-9-]*$/;

/**
 * Credentials as `docker login`, docker/login-action, podman and skopeo keep them: the file that `REGISTRY_AUTH_FILE`
 * names, Docker's `config.json`, then podman's `auth.json`. The first file with an entry for the registry counts.
 */
export function createCredentialFinder(sources: DockerConfigSources): FindCredential {
  return async (endpoint) => {
    const problems: string[] = [];
    for (const path of configPaths(sources.environment)) {
      const text = configText(path, sources.readFile);
      if (text === undefined) continue;
      try {
        const config = objectAt(JSON.parse(text), 'config');
        const found = await credentialIn(config, endpoint, path, sources);
        if (found !== undefined) return found;
      } catch {
        sources.signal.throwIfAborted();
        // The JSON parser's error quotes the text, which holds secrets.
        problems.push(`${quoted(path)} is not a configuration of Docker.`);
      }
    }
    const origin = [
      `No credentials for ${endpoint.registry} were found in Docker's config.json.`,
      ...problems,
    ];
    return { credential: undefined, origin: origin.join(' ') };
  };
}

function configPaths(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const at = (folder: string | undefined, path: string): readonly string[] =>
    folder === undefined || folder === '' ? [] : [`${withoutTrailing(folder, '/')}/${path}`];
  const home = environment.HOME ?? environment.USERPROFILE;
  const docker = at(environment.DOCKER_CONFIG, 'config.json');
  const paths = [
    ...[environment.REGISTRY_AUTH_FILE ?? ''].filter((path) => path !== ''),
    ...(docker.length > 0 ? docker : at(home, '.docker/config.json')),
    ...at(environment.XDG_RUNTIME_DIR, 'containers/auth.json'),
  ];
  return [...new Set(paths)];
}

function configText(path: string, readFile: (path: string) => string): string | undefined {
  try {
    return readFile(path);
  } catch {
    // Most of these files do not exist.
    return undefined;
  }
}

async function credentialIn(
  config: JsonObject,
  endpoint: Endpoint,
  path: string,
  { runHelper, addSecret, signal }: DockerConfigSources,
): Promise<FoundCredential | undefined> {
  const helpers = optionalObjectAt(config.credHelpers, 'credHelpers');
  const [helperKey] = matchingKeys(helpers, endpoint);
  const auths = optionalObjectAt(config.auths, 'auths');
  const keys = matchingKeys(auths, endpoint);
  const helper = helperKey === undefined ? config.credsStore : helpers[helperKey];

  // With a helper for this registry, Docker does not look into `auths`.
  for (const key of helperKey === undefined ? keys : []) {
    const credential = credentialOf(optionalObjectAt(auths[key], 'auths'));
    if (credential === undefined) continue;
    addSecrets(credential, addSecret);
    return { credential, origin: `The credentials are those for ${quoted(key)} in ${quoted(path)}.` };
  }
  const name = optionalTextAt(helper, 'credsStore');
  if (name === '') return undefined;

  const server =
    helperKey ?? keys[0] ?? (endpoint.registry === 'docker.io' ? DOCKER_HUB_KEY : endpoint.registry);
  const program = `docker-credential-${name}`;
  if (!HELPER_NAME.test(name)) {
    return {
      credential: undefined,
      origin: `${quoted(path)} names the credential helper ${quoted(program)}, which is not run.`,
    };
  }
  try {
    const credential = helperCredential(objectAt(JSON.parse(await runHelper(name, server)), 'helper'));
    addSecrets(credential, addSecret);
    return { credential, origin: `The credentials are those that ${quoted(program)} gave.` };
  } catch {
    signal.throwIfAborted();
    const origin = `The credential helper ${quoted(program)}, which ${quoted(path)} names, gave no credentials.`;
    return { credential: undefined, origin };
  }
}

/** The keys of `auths` or `credHelpers` that match this repository, the most specific first. */
function matchingKeys(keyed: JsonObject, { registry, repository }: Endpoint): readonly string[] {
  const ranked = Object.keys(keyed).flatMap((key) => {
    const hasScheme = /^https?:\/\//i.test(key);
    const address = withoutTrailing(key.replace(/^https?:\/\//i, ''), '/');
    const [host = '', ...path] = address.split('/');
    if ((canonicalRegistry(host) || 'docker.io') !== registry) return [];
    // Docker reads only the host of an address; a path without a scheme is podman's, and limits the entry to a
    // namespace.
    const namespace = hasScheme ? '' : path.join('/');
    const isOf = namespace === '' || `${repository}/`.startsWith(`${namespace}/`);
    return isOf ? [{ key, rank: namespace.length + (hasScheme || path.length > 0 ? 0 : 0.5) }] : [];
  });
  return ranked.sort((a, b) => b.rank - a.rank).map(({ key }) => key);
}

function credentialOf(entry: JsonObject): RegistryCredential | undefined {
  const registryToken = optionalTextAt(entry.registrytoken, 'registrytoken');
  if (registryToken !== '') return { kind: 'registry-token', token: registryToken };
  const identityToken = optionalTextAt(entry.identitytoken, 'identitytoken');
  if (identityToken !== '') return { kind: 'identity-token', token: identityToken };
  const auth = Buffer.from(optionalTextAt(entry.auth, 'auth'), 'base64').toString('utf8');
  const colon = auth.indexOf(':');
  const username = colon < 0 ? optionalTextAt(entry.username, 'username') : auth.slice(0, colon);
  // Docker pads the encoded text with zero bytes.
  const password =
    colon < 0 ? optionalTextAt(entry.password, 'password') : withoutTrailing(auth.slice(colon + 1), '\0');
  return username === '' || password === '' ? undefined : { kind: 'password', username, password };
}

function helperCredential(json: JsonObject): RegistryCredential {
  const username = optionalTextAt(json.Username, 'Username');
  const secret = optionalTextAt(json.Secret, 'Secret');
  if (secret === '') throw new Error('no secret');
  return username === '<token>'
    ? { kind: 'identity-token', token: secret }
    : { kind: 'password', username, password: secret };
}

function addSecrets(credential: RegistryCredential, addSecret: (secret: string) => void): void {
  const secrets =
    credential.kind === 'password'
      ? [credential.password, `${credential.username}:${credential.password}`]
      : [credential.token];
  for (const secret of secrets) addSecret(secret);
}
