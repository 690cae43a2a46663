import { isIPv4 } from 'node:net';

/** True if a host names this machine alone, as `URL` spells it. */
export function isLoopback(hostname: string): boolean {
  const isLoopbackV4 = isIPv4(hostname) && hostname.startsWith('127.');
  return isLoopbackV4 || hostname === '[::1]' || hostname === 'localhost';
}

/** True if a host is a domain, or within it. */
export function isInDomain(hostname: string, domain: string): boolean {
  return hostname === domain || hostname.endsWith(`.${domain}`);
}
