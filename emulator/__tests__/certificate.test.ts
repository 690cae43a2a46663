import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { type Certificate, createAuthority, selfSignedCertificate } from '../src/certificate.ts';

/**
 * The result of a client that trusts `ca`, for a server with a certificate: `trusted`, or the code of its refusal.
 */
async function judged(certificate: Certificate, ca: string): Promise<string> {
  const server = createServer({ ...certificate }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  try {
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca });
    const outcome = await new Promise<string>((resolve) => {
      socket.once('secureConnect', () => resolve('trusted'));
      socket.once('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    });
    socket.destroy();
    return outcome;
  } finally {
    server.close();
  }
}

describe('a certificate', () => {
  test('that vouches for itself is good for every name of loopback', async () => {
    const certificate = await selfSignedCertificate();
    const { subjectAltName } = new X509Certificate(certificate.cert);
    expect(subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    expect(await judged(certificate, certificate.cert)).toBe('trusted');
  });

  test('of an authority is trusted by clients that trust the authority, and by no others', async () => {
    const authority = await createAuthority();
    const stranger = await createAuthority();
    const certificate = await authority.issue();
    expect(await judged(certificate, authority.cert)).toBe('trusted');
    expect(await judged(certificate, stranger.cert)).not.toBe('trusted');
  });

  test('can be for another name', async () => {
    const authority = await createAuthority();
    const certificate = await authority.issue({ names: ['console.example'] });
    expect(await judged(certificate, authority.cert)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  test('can have expired', async () => {
    const authority = await createAuthority();
    const certificate = await authority.issue({
      notBefore: new Date('2020-01-01'),
      notAfter: new Date('2020-02-01'),
    });
    expect(await judged(certificate, authority.cert)).toBe('CERT_HAS_EXPIRED');
  });
});
