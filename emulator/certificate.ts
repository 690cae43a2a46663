import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate with its private key, both PEM. */
export type Certificate = { readonly key: string; readonly cert: string };

export type CertificateOptions = {
  /** DNS names and addresses that it is good for; those of loopback where left out. */
  readonly names?: readonly string[];
  /** Good from a day ago, where left out. */
  readonly notBefore?: Date;
  /** Good for thirty days, where left out. */
  readonly notAfter?: Date;
};

/** A certificate authority of one's own. */
export type Authority = {
  /** What clients have to trust, PEM. */
  readonly cert: string;
  issue(options?: CertificateOptions): Promise<Certificate>;
};

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const loopback = ['localhost', '127.0.0.1', '::1'];
const dayMs = 24 * 3_600_000;

/** A certificate that vouches for itself, as a Console has it when freshly installed. */
export async function selfSignedCertificate(options: CertificateOptions = {}): Promise<Certificate> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=embedded Console',
      ...validity(options),
      keys,
      signingAlgorithm: algorithm,
      extensions: leaf(options),
    },
    crypto,
  );
  return pem(certificate, keys);
}

/** Makes an authority and, on demand, certificates that chain to it. */
export async function createAuthority(options: CertificateOptions = {}): Promise<Authority> {
  const issuer = 'CN=embedded Console authority';
  const keys = await newKeys();
  const root = await X509CertificateGenerator.createSelfSigned(
    {
      name: issuer,
      ...validity(options),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    },
    crypto,
  );
  return {
    cert: root.toString('pem'),
    issue: async (leafOptions = {}) => {
      const leafKeys = await newKeys();
      const certificate = await X509CertificateGenerator.create(
        {
          subject: 'CN=embedded Console',
          issuer,
          ...validity(leafOptions),
          publicKey: leafKeys.publicKey,
          signingKey: keys.privateKey,
          signingAlgorithm: algorithm,
          extensions: leaf(leafOptions),
        },
        crypto,
      );
      return pem(certificate, leafKeys);
    },
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function validity({ notBefore, notAfter }: CertificateOptions): { notBefore: Date; notAfter: Date } {
  const nowMs = Date.now();
  return {
    notBefore: notBefore ?? new Date(nowMs - dayMs),
    notAfter: notAfter ?? new Date(nowMs + 30 * dayMs),
  };
}

function leaf({ names = loopback }: CertificateOptions) {
  const alternatives = names.map(
    (value): JsonGeneralName => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }),
  );
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension(alternatives),
  ];
}

async function pem(certificate: X509Certificate, keys: webcrypto.CryptoKeyPair): Promise<Certificate> {
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { key: PemConverter.encode(key, 'PRIVATE KEY'), cert: certificate.toString('pem') };
}
