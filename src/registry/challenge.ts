import { isIP } from 'node:net';
import { isInDomain, isLoopback } from '../http/host-name.ts';

/** One way to authenticate that a registry offers in `WWW-Authenticate`. */
export interface Challenge {
  /** The name of the scheme, in lower case. */
  readonly scheme: string;
  /** The parameters by name, in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const PARAMETER = /([!#$%&'*+.^_`|~\w-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/y;
const SCHEME = /[!#$%&'*+.^_`|~\w-]+(?=[ \t,]|$)/y;
const SEPARATOR = /[\s,]*/y;

/** Reads `WWW-Authenticate`, which may hold several challenges. Text after an unreadable part is ignored. */
export function parseChallenges(header: string | undefined): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  const text = header ?? '';
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  while (at < text.length) {
    match(SEPARATOR);
    const current = challenges.at(-1);
    const parameter = current === undefined ? null : match(PARAMETER);
    if (parameter !== null) {
      addParameter(current?.parameters, parameter);
      continue;
    }
    const scheme = match(SCHEME);
    if (scheme === null) break;
    challenges.push({ scheme: scheme[0].toLowerCase(), parameters: new Map() });
  }
  return challenges;
}

function addParameter(
  parameters: Map<string, string> | undefined,
  [, name = '', quotedValue, bare = '']: RegExpExecArray,
): void {
  const value = quotedValue === undefined ? bare : quotedValue.replace(/\\(.)/g, '$1');
  // If a name occurs twice, the first one counts, so that nothing appended changes it.
  if (parameters?.has(name.toLowerCase()) === false) parameters.set(name.toLowerCase(), value);
}

/** Domains whose hosts belong to different owners: the token server has to be the registry's own host. */
const SHARED_DOMAINS = [
  ...['amazonaws.com', 'aliyuncs.com', 'azurecr.io', 'azurewebsites.net', 'windows.net', 'azure.com'],
  ...['cloudfront.net', 'run.app', 'appspot.com', 'web.app', 'herokuapp.com', 'github.io', 'gitlab.io'],
  ...['pages.dev', 'workers.dev', 'vercel.app', 'netlify.app', 'onrender.com', 'fly.dev', 'jfrog.io'],
  ...['ngrok.io', 'ngrok.app', 'ngrok-free.app', 'nip.io', 'sslip.io', 'duckdns.org', 'scw.cloud'],
];

/** Registries whose token server is in another domain, or in a shared one. */
const KNOWN_TOKEN_SERVERS: readonly (readonly [registry: RegExp, realm: RegExp])[] = [
  [/\.aliyuncs\.com$/, /^dockerauth(?:-[a-z]+)*\.[a-z0-9-]+\.aliyuncs\.com$/],
  [/^nvcr\.io$/, /^authn\.nvidia\.com$/],
  [/\.scw\.cloud$/, /^api\.scaleway\.com$/],
];

/** Domains of two labels that serve as a top-level domain: `co.uk`, `com.au`. */
const SECOND_LEVEL = /^(?:ac|co|com|edu|gob|go|gov|govt|mil|ne|net|nom|or|org)\.[a-z]{2}$/;

/**
 * True if a registry's token server may be given the credentials. Docker, containerd and skopeo send them wherever the
 * registry says; go-containerregistry requires https and no private address; others require the registry's own host, which
 * excludes Docker Hub (`auth.docker.io`) and GitLab (`gitlab.com` for `registry.gitlab.com`).
 *
 * The rule here: https, and the host of the registry on any port, or a host in the same domain, or a pair in the table above. This
 * serves GHCR, Google, ACR, Quay and Harbor (their own host), Docker Hub and GitLab (their domain); ECR uses no token server. A
 * domain is the last two labels of a host (three under `co.uk` and the like). No list of public suffixes is needed:
 * a registry in a domain that strangers share could ask for the password itself, with a basic challenge. `http://` only
 * from loopback to loopback. Without credentials the same rule holds, so that no registry can make a runner call other
 * addresses.
 */
export function isTrustedRealm(registry: URL, realm: URL): boolean {
  return realm.username === '' && realm.password === '' && isOwnServer(registry, realm);
}

function isOwnServer(registry: URL, realm: URL): boolean {
  if (isLoopback(registry.hostname)) {
    return isLoopback(realm.hostname) && (realm.protocol === 'http:' || realm.protocol === 'https:');
  }
  if (realm.protocol !== 'https:') return false;
  const [own, other] = [registry.hostname.replace(/\.$/, ''), realm.hostname.replace(/\.$/, '')];
  if (own === other) return true;
  // A different port on another host may be another owner's service.
  if (realm.port !== '' && realm.port !== registry.port) return false;
  const domain = domainOf(own);
  if (domain !== undefined && isInDomain(other, domain)) return true;
  return KNOWN_TOKEN_SERVERS.some(([registries, realms]) => registries.test(own) && realms.test(other));
}

/** The domain that a host shares with its owner's other hosts; undefined if it shares none. */
function domainOf(host: string): string | undefined {
  if (isIP(host.replace(/^\[(.*)\]$/, '$1')) !== 0) return undefined;
  const labels = host.split('.');
  const two = labels.slice(-2).join('.');
  const domain = SECOND_LEVEL.test(two) ? labels.slice(-3).join('.') : two;
  const isShared = SHARED_DOMAINS.some((shared) => domain === shared || host.endsWith(`.${shared}`));
  return labels.length < 2 || SECOND_LEVEL.test(domain) || isShared ? undefined : domain;
}
