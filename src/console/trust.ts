import { X509Certificate } from 'node:crypto';
import * as tls from 'node:tls';

/** Whom to believe that they are the Console. */
export interface Trust {
  /** Certificates trusted besides the default roots, PEM; empty for none. */
  readonly extraCa: string;
  /** false: nobody's certificate is checked. */
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
 * Adds certificates to the default roots of this process. They are added here and not to each request, because
 * connections through a proxy take no options of ours.
 */
export function trustAlso(pem: string): void {
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...(certificatesIn(pem) ?? [])]);
}
