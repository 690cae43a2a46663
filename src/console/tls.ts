import { X509Certificate } from 'node:crypto';
import * as tls from 'node:tls';

/** How the certificates of servers are checked. */
export interface TlsOptions {
  /** Certificates of CAs trusted besides the default roots, PEM; empty for none. */
  readonly extraCas: string;
  /** false: no certificate is checked. */
  readonly verify: boolean;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The certificates in a PEM text, each checked to be one; undefined where there is none or one is broken. */
export function certificatesIn(pem: string): readonly string[] | undefined {
  const certificates = pem.match(CERTIFICATE) ?? [];
  const areAll = certificates.every((certificate) => {
    try {
      return new X509Certificate(certificate).raw.byteLength > 0;
    } catch {
      return false;
    }
  });
  return certificates.length > 0 && areAll ? certificates : undefined;
}

/**
 * Adds CAs to the default roots of this process. They are added here and not to each request, because a connection
 * through a proxy takes no TLS options from the request.
 */
export function addTrustedCas(pem: string): void {
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...(certificatesIn(pem) ?? [])]);
}
