import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { Certificate } from '../../emulator/certificate.ts';

/** A certificate of a known authority that is in date, has the right name, and is no good all the same. */
export interface Misfit extends Certificate {
  readonly name: string;
  /** The certificate of its authority, PEM. */
  readonly authority: string;
  /** What a client has to say of it. */
  readonly says: RegExp;
}

const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const SHORT_KEY = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 1024,
  publicExponent: new Uint8Array([1, 0, 1]),
};
const ISSUER = 'CN=misfit authority';
const DAY_MS = 24 * 3_600_000;

/** The ways in which certificates of private authorities go wrong besides name, date and authority. */
export async function misfitCertificates(): Promise<readonly Misfit[]> {
  return await Promise.all([
    misfit({ name: 'for clients, not for servers', says: /purpose/, usage: ExtendedKeyUsage.clientAuth }),
    misfit({ name: 'of an authority that is none', says: /purpose|CA certificate/i, isAuthority: false }),
    misfit({ name: 'with a key too short to be safe', says: /key too (weak|small)/i, isShort: true }),
  ]);
}

interface Given {
  readonly name: string;
  readonly says: RegExp;
  readonly usage?: ExtendedKeyUsage;
  readonly isAuthority?: boolean;
  readonly isShort?: boolean;
}

async function misfit({
  name,
  says,
  usage = ExtendedKeyUsage.serverAuth,
  isAuthority = true,
  isShort = false,
}: Given): Promise<Misfit> {
  const keys = await crypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const leafKeys = isShort
    ? await crypto.subtle.generateKey(SHORT_KEY, true, ['sign', 'verify'])
    : await crypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const dates = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) };
  const issuer = await X509CertificateGenerator.createSelfSigned(
    {
      name: ISSUER,
      ...dates,
      keys,
      signingAlgorithm: CURVE,
      extensions: [new BasicConstraintsExtension(isAuthority, undefined, true)],
    },
    crypto,
  );
  const leaf = await X509CertificateGenerator.create(
    {
      subject: 'CN=misfit',
      issuer: ISSUER,
      ...dates,
      publicKey: leafKeys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: CURVE,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new ExtendedKeyUsageExtension([usage]),
        new SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
      ],
    },
    crypto,
  );
  return { name, says, authority: issuer.toString('pem'), ...(await pem(leaf, leafKeys)) };
}

async function pem(certificate: X509Certificate, keys: webcrypto.CryptoKeyPair): Promise<Certificate> {
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { key: PemConverter.encode(key, 'PRIVATE KEY'), cert: certificate.toString('pem') };
}
