import {
  type AuthorityOptions,
  type Certificate,
  type CertificateOptions,
  createAuthority,
} from 'compute-console-emulator/certificates';

/** A certificate that is in date, has the right name and a known issuer, and has to be refused all the same. */
export interface Misfit extends Certificate {
  readonly name: string;
  /** The certificate of its issuer, PEM. */
  readonly authority: string;
  /** The expected message of a client. */
  readonly says: RegExp;
}

type Given = Pick<Misfit, 'name' | 'says'> & {
  readonly authority?: AuthorityOptions;
  readonly certificate?: CertificateOptions;
};

const KINDS: readonly Given[] = [
  { name: 'for clients, not for servers', says: /purpose/, certificate: { usage: 'client' } },
  {
    name: 'of an authority that is none',
    says: /purpose|CA certificate/i,
    authority: { isAuthority: false },
  },
  {
    name: 'with a key too short to be safe',
    says: /key too (weak|small)/i,
    certificate: { keyType: 'rsa-1024' },
  },
];

/** The ways in which certificates of private authorities go wrong besides name, date and authority. */
export async function misfitCertificates(): Promise<readonly Misfit[]> {
  return await Promise.all(
    KINDS.map(async ({ name, says, authority, certificate }) => {
      const issuer = await createAuthority(authority);
      return { name, says, authority: issuer.cert, ...(await issuer.issue(certificate)) };
    }),
  );
}
