import { X509Certificate } from 'node:crypto';
import * as tls from 'node:tls';

/** How the certificates of servers are checked. */
export interface TlsOptions {
  /** Certificates of CAs trusted besides the default roots, PEM; undefined for none. */
  readonly extraCas: string | undefined;
  /** false: no certificate is checked. */
  readonly verify: boolean;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates in a PEM text, each of them checked; undefined if there is none or one is broken. */
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
 * Adds CAs to the default roots, and returns the TLS options that a request still needs. Node 22.19 and later add
 * them for the whole process, which includes connections through a proxy: those ignore the TLS options of a request.
 */
export function addTrustedCas(pem: string | undefined): { readonly ca?: string[] } {
  const extraCas = (pem && certificatesIn(pem)) || [];
  if (extraCas.length === 0) return {};
  if (typeof tls.setDefaultCACertificates !== 'function')
    return { ca: [...tls.rootCertificates, ...extraCas] };
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...extraCas]);
  return {};
}
