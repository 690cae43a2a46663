import { isInDomain, isLoopback } from '../http/host-name.ts';
import { withoutTrailing } from '../image/trailing.ts';
import { sanitize } from '../text/sanitize.ts';

/** The address of the Console's API, and the values that every call carries. */
export interface ConsoleAddress {
  /** The user's address up to `/api`, which is left out, without a trailing slash; SaaS Consoles have a path. */
  readonly base: string;
  /** `32.07` */
  readonly apiVersion: string;
  /** Tenant project of a self-hosted Console; undefined for none. */
  readonly project: string | undefined;
}

/** The query of a call, in its order. */
export type Query = readonly (readonly [name: string, value: string])[];

/** The URL of a call. Every call except authentication carries `project`. */
export function callUrl(address: ConsoleAddress, path: string, query: Query = []): URL {
  const url = new URL(`${address.base}/api/v${address.apiVersion}/${path}`);
  for (const [name, value] of query) url.searchParams.append(name, value);
  const { project } = address;
  if (project !== undefined && path !== 'authenticate') url.searchParams.append('project', project);
  return url;
}

/** The host of the Console, for people. */
export function consoleHost(address: ConsoleAddress): string {
  return new URL(address.base).host;
}

/** The mistake in an address, and the printable part of it; undefined if it may contain a secret. */
interface AddressMistake {
  /** Continues “Input console-url (…)”; whole sentences. */
  readonly wrong: string;
  readonly printable: string | undefined;
}

/** The path of a call, after the address of the Console. */
const API_PATH = /\/api(?:\/v.*|\/?)$/s;

const WHERE_TO_FIND =
  'Give the address that the Console shows as "Path to Console" (Manage > System > Utilities), such as ' +
  'https://us-east1.cloud.twistlock.com/us-2-158254964.';

/**
 * Reads the address of a Console as people paste it: with its path, with or without a trailing slash, the `/api/v…`
 * of some call, or the `#!/…` of a page. Returns the base, or the mistake.
 */
export function parseConsoleUrl(text: string): { readonly base: string } | AddressMistake {
  const url = httpUrl(text);
  if (url === undefined) return noAddress(text);
  const refuse = (wrong: string): AddressMistake => ({ wrong, printable: `${url.origin}${url.pathname}` });
  if (url.username !== '' || url.password !== '') {
    return {
      wrong: 'contains a user or a password. Give them in username and password.',
      printable: undefined,
    };
  }
  const product = otherProduct(url.hostname);
  if (product !== undefined) return refuse(`${product} ${WHERE_TO_FIND}`);
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return refuse('would send secrets unencrypted. Use https://; http:// is allowed for loopback only.');
  }
  if (url.search !== '' && !API_PATH.test(url.pathname)) {
    return refuse('has a query. Leave out the ? and everything behind it.');
  }
  const path = withoutTrailing(url.pathname.replace(API_PATH, ''), '/');
  return { base: `${url.origin}${path}` };
}

/** True if an address is that of SaaS but has no path: every tenant has one. */
export function lacksTenantPath(base: string): boolean {
  const { hostname, pathname } = new URL(base);
  return isInDomain(hostname, 'cloud.twistlock.com') && pathname === '/';
}

function httpUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : undefined;
}

/** The mistake in the address of another product of the vendor. */
function otherProduct(hostname: string): string | undefined {
  if (isInDomain(hostname, 'paloaltonetworks.com')) {
    return (
      'is an address of Cortex Cloud, which has no public call that starts a registry scan. A Prisma Cloud Compute ' +
      'Console is needed.'
    );
  }
  return isInDomain(hostname, 'prismacloud.io') || isInDomain(hostname, 'prismacloud.cn')
    ? 'is an address of the Prisma Cloud platform, not of its Compute Console.'
    : undefined;
}

function noAddress(text: string): AddressMistake {
  const isSecret = text.includes('@');
  const withScheme = `https://${text}`;
  const isHost =
    /^(?:localhost|[\w-]+(?:\.[\w-]+)+)(?::\d+)?(?:[/?#]|$)/.test(text) && URL.canParse(withScheme);
  const expected = 'is not an address; expected https://HOST[:PORT][/PATH].';
  const quotes = /^["']/.test(text) ? ' Leave out the quotation marks.' : '';
  const hint = isHost && !isSecret ? ` Did you mean ${sanitize(withoutQuery(withScheme))}?` : quotes;
  return { wrong: `${expected}${hint}`, printable: isSecret ? undefined : withoutQuery(text) };
}

function withoutQuery(text: string): string {
  return text.replace(/[?#].*$/s, '');
}
