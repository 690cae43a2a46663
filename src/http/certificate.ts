import { isIP } from 'node:net';
import * as tls from 'node:tls';
import { addTrustedCas, type TlsOptions } from './tls.ts';
import { codeOf } from './transport-error.ts';

/** The certificate that a server shows, valid or not. */
export interface ServerCertificate {
  /** DNS names and addresses that it is for. */
  readonly names: readonly string[];
  /** The issuer's common name, or its organization; undefined without either. */
  readonly issuer: string | undefined;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  /** OpenSSL's or Node's code for why it is not trusted; undefined if it is trusted. */
  readonly refusal: string | undefined;
}

/** Reads the certificate of a server; undefined if no TLS connection is established, or the signal aborts. */
export type ReadCertificate = (
  url: URL,
  options: TlsOptions,
  signal: AbortSignal,
) => Promise<ServerCertificate | undefined>;

/**
 * Connects, notes the certificate and whether it would be trusted, and closes the connection. Nothing is sent over
 * it, so accepting any certificate does no harm here.
 */
export const readCertificate: ReadCertificate = (url, options, signal) =>
  new Promise((resolve) => {
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const { ca } = addTrustedCas(options.extraCas);
    const socket = tls.connect({
      host,
      port: url.port === '' ? 443 : Number(url.port),
      // An IP address is not a server name (RFC 6066).
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(ca === undefined ? {} : { ca: [...ca] }),
      rejectUnauthorized: false,
    });
    const end = (certificate: ServerCertificate | undefined) => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve(certificate);
    };
    const abort = () => end(undefined);
    socket.on('error', abort);
    socket.once('secureConnect', () => end(certificateOf(socket)));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });

function certificateOf(socket: tls.TLSSocket): ServerCertificate | undefined {
  const shown = socket.getPeerX509Certificate();
  if (shown === undefined) return undefined;
  const names = (shown.subjectAltName ?? '')
    .split(', ')
    .map((name) => name.replace(/^(?:DNS|IP Address):/, ''))
    .filter((name) => name !== '');
  const { authorizationError: error } = socket;
  return {
    names,
    issuer: /^CN=(.+)$/m.exec(shown.issuer)?.[1] ?? /^O=(.+)$/m.exec(shown.issuer)?.[1],
    startsAtMs: Date.parse(shown.validFrom),
    endsAtMs: Date.parse(shown.validTo),
    refusal: socket.authorized ? undefined : refusalOf(error),
  };
}

/** The code of a certificate error: Node's types declare an error here, but Node sets its code. */
function refusalOf(error: unknown): string {
  return typeof error === 'string' ? error : (codeOf(error) ?? 'UNSPECIFIED');
}
