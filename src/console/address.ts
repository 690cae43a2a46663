import { isIPv4 } from 'node:net';

/** Where the Console's API is, and what every call to it carries. */
export interface ConsoleAddress {
  /** The user's address up to and without `/api`, no trailing slash; SaaS Consoles have a path. */
  readonly base: string;
  /** `32.07` */
  readonly apiVersion: string;
  /** Tenant project of a self-hosted Console; empty for none. */
  readonly project: string;
}

/** The address of a call. `project` goes with every one but authentication. */
export function callUrl(
  address: ConsoleAddress,
  path: string,
  query: readonly (readonly [string, string])[] = [],
): URL {
  const url = new URL(`${address.base}/api/v${address.apiVersion}/${path}`);
  for (const [name, value] of query) url.searchParams.append(name, value);
  if (address.project !== '' && path !== 'authenticate') url.searchParams.append('project', address.project);
  return url;
}

/** The host of the Console, for people. */
export function consoleHost(address: ConsoleAddress): string {
  return new URL(address.base).host;
}

/** The path of a call, as it stands behind the address of the Console. */
const CALL = /\/api(?:\/v[^/]*(?:\/.*)?)?\/?$/;

/**
 * Reads the address of a Console as people paste it: with its path, with or without a trailing slash, the
 * `/api/v…` of some call, or the `#!/…` of a page. Gives the base, or what is wrong with it, and whether a secret
 * makes the address itself unfit to print.
 */
export function parseConsoleUrl(
  text: string,
): { readonly base: string } | { readonly wrong: string; readonly isSecret: boolean } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return refusal('is not an address; expected https://HOST[:PORT][/PATH]', text.includes('@'));
  }
  if (url.username !== '' || url.password !== '') {
    return refusal('contains a user or a password; give them in username and password', true);
  }
  if (url.search !== '' && !CALL.test(url.pathname)) {
    return refusal('has a ? in it; leave out everything from there on');
  }
  if (isCortexCloud(url.hostname)) {
    return refusal(
      'is an address of Cortex Cloud, which has no public call to start a registry scan; ' +
        'this action needs a Prisma Cloud Compute Console',
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return refusal('would send secrets in the clear; http:// is for loopback only, use https://');
  }
  const path = url.pathname.replace(CALL, '').replace(/\/+$/, '');
  return { base: `${url.origin}${path}` };
}

function refusal(wrong: string, isSecret = false): { readonly wrong: string; readonly isSecret: boolean } {
  return { wrong, isSecret };
}

function isLoopback(hostname: string): boolean {
  const isLoopbackV4 = isIPv4(hostname) && hostname.startsWith('127.');
  return isLoopbackV4 || hostname === '[::1]' || hostname === 'localhost';
}

/** Tenants of Cortex Cloud live under their vendor's domain; Consoles on SaaS under `twistlock.com`. */
function isCortexCloud(hostname: string): boolean {
  return hostname === 'paloaltonetworks.com' || hostname.endsWith('.paloaltonetworks.com');
}
