import type { TransportError } from './transport-error.ts';

/** The two servers that a run calls. */
export type Server = 'Console' | 'registry';

/** The advice for a failure of the transport; undefined if none is known. */
export function transportHint(
  { kind, code }: Pick<TransportError, 'kind' | 'code'>,
  server: Server,
): string | undefined {
  switch (kind) {
    case 'tls':
      return tlsHint(code ?? '', server);
    case 'not-tls':
      return `Check that ${INPUT_OF[server]} has the https port of the ${server}.`;
    case 'proxy':
      return proxyHint(code, server);
    case 'unresolved':
      return `The host name cannot be resolved; check ${INPUT_OF[server]}, and DNS on the runner.`;
    case 'refused':
      return `Nothing accepts connections there; check host and port in ${INPUT_OF[server]}, and any proxy.`;
    case 'timeout':
    case 'connection':
    case 'too-large':
      return undefined;
  }
}

/** The input that has the server's address. */
const INPUT_OF: Readonly<Record<Server, string>> = { Console: 'console-url', registry: 'registry' };

/**
 * The advice for a proxy failure. A code that is a status is the proxy's answer; any other is from the connection to
 * the proxy.
 */
function proxyHint(code: string | undefined, server: Server): string {
  if (code === '407') return 'The proxy requests a user and a password; give them in the proxy variable.';
  return /^\d+$/.test(code ?? '')
    ? `The proxy did not open a connection to the ${server}; allow the host there, or name it in no_proxy.`
    : 'The proxy cannot be reached; check its address in the proxy variable.';
}

/** Advice for OpenSSL's codes, in terms of the inputs. */
const TLS_HINTS: readonly (readonly [code: RegExp, hint: (server: Server) => string])[] = [
  [/EXPIRED/, (server) => `The certificate of the ${server} has expired; renew it on the ${server}.`],
  [
    /NOT_YET_VALID/,
    (server) =>
      `The certificate of the ${server} is not valid yet; compare the clocks of ${server} and runner.`,
  ],
  [
    /ALTNAME|HOSTNAME/,
    (server) => `The certificate is for another host name; give that name in ${INPUT_OF[server]}.`,
  ],
  [
    /^(?:INVALID|PATH|EE|CA|CRL|ERROR_IN)_/,
    () => 'The certificate is not a server certificate, or its issuer is not a CA.',
  ],
  [
    /DEPTH_ZERO_SELF_SIGNED/,
    (server) =>
      server === 'Console'
        ? 'The certificate is self-signed, as a Console is installed; give it (PEM) in ca-cert.'
        : 'The certificate is self-signed; give it (PEM) in ca-cert.',
  ],
  [
    /SELF_SIGNED|UNABLE_TO/,
    () => 'The certificate is signed by a CA that the runner does not trust; give that CA in ca-cert.',
  ],
  [/CERTIFICATE_REQUIRED/, () => 'The server requires a certificate of the client, which is not supported.'],
  [
    /SSL|TLS/,
    (server) =>
      `The runner and the server found no common way to speak TLS; check the TLS versions of the ${server}.`,
  ],
];

function tlsHint(code: string, server: Server): string | undefined {
  return TLS_HINTS.find(([pattern]) => pattern.test(code))?.[1](server);
}
