import { createHash, generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import {
  bitString,
  boolean,
  integer,
  octetString,
  oid,
  sequence,
  set,
  tagged,
  time,
  utf8String,
} from './der.ts';

/** A certificate with its private key, both PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateOptions {
  /** DNS names and addresses that it is valid for; those of loopback by default. */
  readonly names?: readonly string[];
  /** A day ago by default. */
  readonly notBefore?: Date;
  /** In thirty days by default. */
  readonly notAfter?: Date;
  /** Purpose of the key; by default, to authenticate a server. */
  readonly usage?: 'server' | 'client';
  /** Type of the key; an elliptic curve by default. Clients refuse a short RSA key. */
  readonly keyType?: 'p-256' | 'rsa-1024';
}

export type AuthorityOptions = Pick<CertificateOptions, 'notBefore' | 'notAfter'> & {
  /** True if its own certificate marks it as an authority; true by default. */
  readonly isAuthority?: boolean;
};

/** A private certificate authority. */
export interface Authority {
  /** The certificate that clients have to trust, PEM. */
  readonly cert: string;
  issue(options?: CertificateOptions): Promise<Certificate>;
}

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const OID = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  subjectAlternativeName: '2.5.29.17',
  subjectKeyIdentifier: '2.5.29.14',
  authorityKeyIdentifier: '2.5.29.35',
  server: '1.3.6.1.5.5.7.3.1',
  client: '1.3.6.1.5.5.7.3.2',
} as const;

/** The bits of a key usage, with the number of bits after the last one that is set. */
const DIGITAL_SIGNATURE = { bits: 0b1000_0000, unused: 7 } as const;
const SIGN_CERTIFICATES_AND_LISTS = { bits: 0b0000_0110, unused: 1 } as const;

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];
const SUBJECT = 'embedded Console';
const ISSUER = 'embedded Console authority';
const DAY_MS = 24 * 3_600_000;

const generate = promisify(generateKeyPair);

/** A self-signed certificate, as a freshly installed Console has it. */
export async function selfSignedCertificate(options: CertificateOptions = {}): Promise<Certificate> {
  const keys = await newKeys();
  const cert = signed({ subject: SUBJECT, issuer: SUBJECT, keys, signer: keys, ...options }, leafOf(options));
  return { key: pemOfKey(keys), cert };
}

/** Makes an authority that issues certificates on demand. */
export async function createAuthority(options: AuthorityOptions = {}): Promise<Authority> {
  const signer = await newKeys();
  const extensions = [basicConstraints(options.isAuthority ?? true), keyUsage(SIGN_CERTIFICATES_AND_LISTS)];
  return {
    cert: signed({ subject: ISSUER, issuer: ISSUER, keys: signer, signer, ...options }, extensions),
    issue: async (leaf = {}) => {
      const keys = await newKeys(leaf.keyType);
      const cert = signed({ subject: SUBJECT, issuer: ISSUER, keys, signer, ...leaf }, leafOf(leaf));
      return { key: pemOfKey(keys), cert };
    },
  };
}

async function newKeys(type: CertificateOptions['keyType'] = 'p-256'): Promise<Keys> {
  return type === 'p-256'
    ? await generate('ec', { namedCurve: 'prime256v1' })
    : await generate('rsa', { modulusLength: 1_024 });
}

function pemOfKey({ privateKey }: Keys): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

type Content = Pick<CertificateOptions, 'notBefore' | 'notAfter'> & {
  readonly subject: string;
  readonly issuer: string;
  readonly keys: Pick<Keys, 'publicKey'>;
  readonly signer: Keys;
};

/** A certificate of version 3 as RFC 5280 defines it, PEM. */
function signed(
  { subject, issuer, keys, signer, ...dates }: Content,
  extensions: readonly Uint8Array[],
): string {
  const nowMs = Date.now();
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const content = sequence(
    tagged(0xa0, integer(Buffer.of(2))),
    integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    algorithm,
    nameOf(issuer),
    sequence(
      time(dates.notBefore ?? new Date(nowMs - DAY_MS)),
      time(dates.notAfter ?? new Date(nowMs + 30 * DAY_MS)),
    ),
    nameOf(subject),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions, ...keyIdentifiers(keys, signer))),
  );
  const der = sequence(content, algorithm, bitString(sign('sha256', content, signer.privateKey)));
  const lines = Buffer.from(der)
    .toString('base64')
    .replaceAll(/.{1,64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
}

function nameOf(commonName: string): Uint8Array {
  return sequence(set(sequence(oid(OID.commonName), utf8String(commonName))));
}

function leafOf({ names = LOOPBACK, usage = 'server' }: CertificateOptions): readonly Uint8Array[] {
  return [
    basicConstraints(false),
    keyUsage(DIGITAL_SIGNATURE),
    extension(OID.extendedKeyUsage, sequence(oid(OID[usage]))),
    extension(OID.subjectAlternativeName, sequence(...names.map(alternativeName))),
  ];
}

/** DER omits default values, and false is the default of this field. */
function basicConstraints(isAuthority: boolean): Uint8Array {
  return extension(OID.basicConstraints, isAuthority ? sequence(boolean(true)) : sequence(), 'critical');
}

function keyUsage({ bits, unused }: { readonly bits: number; readonly unused: number }): Uint8Array {
  return extension(OID.keyUsage, bitString(Buffer.of(bits), unused), 'critical');
}

/** Strict clients require both identifiers. */
function keyIdentifiers(keys: Pick<Keys, 'publicKey'>, signer: Keys): readonly Uint8Array[] {
  return [
    extension(OID.subjectKeyIdentifier, octetString(keyIdentifier(keys))),
    extension(OID.authorityKeyIdentifier, sequence(tagged(0x80, keyIdentifier(signer)))),
  ];
}

function keyIdentifier({ publicKey }: Pick<Keys, 'publicKey'>): Uint8Array {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest().subarray(0, 20);
}

function extension(id: string, value: Uint8Array, critical?: 'critical'): Uint8Array {
  return sequence(oid(id), ...(critical === undefined ? [] : [boolean(true)]), octetString(value));
}

function alternativeName(name: string): Uint8Array {
  return isIP(name) === 0 ? tagged(0x82, Buffer.from(name)) : tagged(0x87, addressBytes(name));
}

/** An address as 4 or 16 bytes. In IPv6, `::` stands for the groups of zeros that are missing from eight. */
function addressBytes(address: string): Uint8Array {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [before = [], after = []] = address
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(''), 'hex');
}
