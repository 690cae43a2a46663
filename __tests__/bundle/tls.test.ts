import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerOptions } from 'node:https';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Certificate,
  createAuthority,
  selfSignedCertificate,
} from 'compute-console-emulator/certificates';
import { cleanRow, ended, newRow, nothing, oldRow, ongoing } from './console-data.ts';
import { commands, gate, gates, PASSED, type Run, shown, verdictOf } from './gate.ts';
import { misfitCertificates } from './misfit-certificates.ts';
import { preload } from './preload.ts';
import { refused, type ScriptedConsole, type Scripts, startConsole } from './scripted-console.ts';

const DAY_MS = 24 * 3_600_000;
const authority = await createAuthority();
const certificate = await authority.issue();
const misfits = await misfitCertificates();
const selfSigned = await selfSignedCertificate();
const unrelated = await selfSignedCertificate();
const namesake = await createAuthority();
const PAST = { notBefore: new Date(Date.now() - 10 * DAY_MS), notAfter: new Date(Date.now() - DAY_MS) };
const FUTURE = { notBefore: new Date(Date.now() + DAY_MS), notAfter: new Date(Date.now() + 10 * DAY_MS) };
const expired = await authority.issue(PAST);
const expiredSelfSigned = await selfSignedCertificate(PAST);
const expiredAuthority = await createAuthority(PAST);
const ofExpiredAuthority = await expiredAuthority.issue();
const early = await authority.issue(FUTURE);
const misnamed = await authority.issue({ names: ['console.example.com', '192.0.2.1'] });

const folder = await mkdtemp(join(tmpdir(), 'registry-scan-gate-ca-'));
const file = (name: string): string => join(folder, name);
await Promise.all([
  writeFile(file('ca.pem'), authority.cert),
  writeFile(file('ca with spaces.pem'), authority.cert),
  writeFile(file('several.pem'), `${unrelated.cert}\n${authority.cert}`),
  writeFile(file('windows.pem'), `\ufeff${authority.cert.replaceAll(/\r?\n/g, '\r\n')}`),
  writeFile(file('empty.pem'), ''),
  writeFile(file('key.pem'), certificate.key),
]);
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const finishes = (tls: Certificate): Scripts => ({
  progress: [ongoing, ended, nothing],
  report: [oldRow, cleanRow],
  tls,
});

const trusting = (
  caCert: string,
  tls = certificate,
  env: Readonly<Record<string, string>> = {},
): Promise<Run> => gate(finishes(tls), { 'ca-cert': caCert }, { addressed: (url) => ({ url, env }) });

describe('ca-cert', () => {
  const cases = [
    { name: 'PEM text', caCert: authority.cert },
    { name: 'PEM text with line ends of Windows', caCert: authority.cert.replaceAll(/\r?\n/g, '\r\n') },
    {
      name: 'several certificates, the one that counts first',
      caCert: `${authority.cert}\n${unrelated.cert}`,
    },
    {
      name: 'several certificates, the one that counts last',
      caCert: `${unrelated.cert}\n${authority.cert}`,
    },
    {
      name: 'certificates with remarks around them',
      caCert: `# ours\nsubject=CN = embedded Console\n${unrelated.cert}\n\n# theirs\n${authority.cert}\n# end`,
    },
    { name: 'the same certificate twice', caCert: `${authority.cert}\n${authority.cert}` },
    { name: 'the path of a file', caCert: file('ca.pem') },
    { name: 'a path with spaces in it', caCert: file('ca with spaces.pem') },
    { name: 'a path relative to the working folder of the step', caCert: `../${basename(folder)}/ca.pem` },
    { name: 'the path of a file with several certificates', caCert: file('several.pem') },
    { name: 'the path of a file written on Windows', caCert: file('windows.pem') },
    { name: 'the path of a file, with a line end', caCert: `${file('ca.pem')}\n` },
  ];
  let runOf: (name: string) => Run;
  beforeAll(async () => {
    runOf = await gates(cases, ({ caCert }) => trusting(caCert));
  });

  test.each(cases)('may be $name', ({ name }) => {
    const run = runOf(name);

    expect(verdictOf(run)).toBe(PASSED);
    expect(run.log).not.toMatch(/warning/i);
  });

  test.concurrent('may be the certificate of the Console itself, self-signed as installed', async () => {
    const run = await trusting(selfSigned.cert, selfSigned);

    expect(verdictOf(run)).toBe(PASSED);
  });

  const CA_FILE = file('ca.pem');
  test.concurrent.each([
    ['NODE_EXTRA_CA_CERTS', { NODE_EXTRA_CA_CERTS: CA_FILE }],
    ['the system', { NODE_OPTIONS: '--use-system-ca', SSL_CERT_FILE: CA_FILE }],
  ])('adds to the roots that the job trusts already, those of %s', async (_name, env) => {
    const runs = await Promise.all(['', unrelated.cert].map((caCert) => trusting(caCert, certificate, env)));

    expect(runs.map(verdictOf)).toEqual([PASSED, PASSED]);
  });

  test.concurrent('adds to the roots that come with Node, all of which stay', async () => {
    // Asks the very process of the step, as it ends, whom it trusts.
    const tell = preload(`
      import process from 'node:process';
      import tls from 'node:tls';
      import { X509Certificate } from 'node:crypto';
      const nameOf = (pem) => new X509Certificate(pem).fingerprint256;
      process.on('exit', () => {
        const trusted = new Set(tls.getCACertificates('default').map(nameOf));
        const lost = tls.rootCertificates.filter((one) => !trusted.has(nameOf(one))).length;
        process._rawDebug(\`roots: \${tls.rootCertificates.length}, lost: \${lost}\`);
      });
    `);
    const run = await trusting(authority.cert, certificate, tell);

    expect(verdictOf(run)).toBe(PASSED);
    expect(run.log).toMatch(/^roots: [1-9]\d+, lost: 0$/m);
  });

  test.concurrent('does not trust those that its own certificates were signed with', async () => {
    // A certificate of a Console says nothing about others from the same authority.
    const run = await trusting(certificate.cert, await authority.issue());

    expect(verdictOf(run)).toBe('1 error tls');
  });
});

describe('a broken ca-cert is invalid-input, and nothing is sent', () => {
  const [first = '', ...lines] = authority.cert.trim().split(/\r?\n/);
  const cases = [
    { name: 'a path that leads nowhere', caCert: file('missing.pem'), says: /missing\.pem/ },
    { name: 'a folder', caCert: folder, says: /ca-cert/ },
    { name: 'an empty file', caCert: file('empty.pem'), says: /empty\.pem/ },
    { name: 'a file with a key', caCert: file('key.pem'), says: /key\.pem/ },
    { name: 'a key', caCert: certificate.key, says: /PEM/ },
    { name: 'half a certificate', caCert: [first, ...lines.slice(0, 2)].join('\n'), says: /PEM/ },
    {
      name: 'a certificate with a line missing',
      caCert: [first, ...lines.slice(1)].join('\n'),
      says: /PEM/,
    },
    {
      name: 'a good certificate and a broken one',
      caCert: `${authority.cert}\n${[first, 'bm90IG9uZQ==', lines.at(-1)].join('\n')}`,
      says: /PEM/,
    },
    { name: 'some other text', caCert: 'trust me', says: /trust me/ },
  ];
  let runOf: (name: string) => Run;
  beforeAll(async () => {
    runOf = await gates(cases, ({ caCert }) => trusting(caCert));
  });

  test.each(cases)('$name', ({ name, says }) => {
    const run = runOf(name);

    expect(verdictOf(run)).toBe('1 error invalid-input');
    expect(shown(run)).toMatch(/ca-cert/);
    expect(shown(run)).toMatch(says);
    expect(run.asked).toEqual([]);
    expect(shown(run)).not.toContain(certificate.key.split(/\r?\n/)[1]);
  });

  test.concurrent('even if certificates are not checked at all', async () => {
    const run = await gate(finishes(certificate), {
      'ca-cert': file('missing.pem'),
      'insecure-skip-tls-verify': 'true',
    });

    expect(verdictOf(run)).toBe('1 error invalid-input');
    expect(run.asked).toEqual([]);
  });
});

describe('a certificate that proves nothing ends the step with tls, at once', () => {
  const unknown = /self.signed|unknown|unable to (verify|get)/i;
  const cases: {
    readonly name: string;
    readonly tls: ServerOptions;
    readonly caCert: string;
    /** The cause, and the place of the help. */
    readonly says: readonly RegExp[];
  }[] = [
    { name: 'of an unknown authority', tls: certificate, caCert: '', says: [unknown, /ca-cert/] },
    { name: 'that is self-signed', tls: selfSigned, caCert: '', says: [unknown, /ca-cert/] },
    {
      name: 'of an authority that ca-cert does not hold',
      tls: certificate,
      caCert: unrelated.cert,
      says: [unknown, /ca-cert/],
    },
    {
      name: 'of an authority that only has the name of the one in ca-cert',
      tls: certificate,
      caCert: namesake.cert,
      says: [unknown, /ca-cert/],
    },
    {
      name: 'for another name',
      tls: misnamed,
      caCert: authority.cert,
      says: [/127\.0\.0\.1/, /192\.0\.2\.1/, /console-url/],
    },
    { name: 'that has expired', tls: expired, caCert: authority.cert, says: [/expired/] },
    {
      name: 'that is self-signed, in ca-cert, and has expired',
      tls: expiredSelfSigned,
      caCert: expiredSelfSigned.cert,
      says: [/expired/],
    },
    {
      name: 'of an authority that has expired',
      tls: ofExpiredAuthority,
      caCert: expiredAuthority.cert,
      says: [/expired/],
    },
    {
      name: 'that is not valid yet',
      tls: early,
      caCert: authority.cert,
      says: [/not (yet valid|valid yet)/, /clock/],
    },
    ...misfits.map(({ name, key, cert, authority: caCert, says }) => ({
      name,
      // A server would refuse a short key, too.
      tls: { key, cert, ciphers: 'DEFAULT:@SECLEVEL=0' },
      caCert,
      says: [says],
    })),
  ];

  interface Met {
    readonly run: Run;
    readonly connections: number;
  }
  let metOf: (name: string) => Met;
  beforeAll(async () => {
    metOf = await gates(cases, async ({ tls, caCert }) => {
      let met: ScriptedConsole | undefined;
      const run = await gate(
        { ...finishes(certificate), tls },
        // Retrying would last until then.
        { 'ca-cert': caCert, timeout: '10m', 'start-timeout': '10m' },
        {
          meanwhile: async (asked) => {
            met = asked;
          },
        },
      );
      return { run, connections: met?.connections() ?? 0 };
    });
  });

  test.each(cases)('$name', ({ name, says }) => {
    const { run, connections } = metOf(name);

    expect(verdictOf(run)).toBe('1 error tls');
    for (const part of says) expect(shown(run)).toMatch(part);
    expect(run.asked).toEqual([]);
    expect(connections).toBeGreaterThan(0);
    expect(connections).toBeLessThanOrEqual(2);
  });

  test.concurrent('if the certificate changes in the middle of the wait', async () => {
    let real: ScriptedConsole | undefined;
    let impostor: ScriptedConsole | undefined;
    const run = await gate(
      {
        progress: [nothing, { ...ongoing, headers: { connection: 'close' } }],
        report: [oldRow],
        tls: certificate,
      },
      { 'ca-cert': authority.cert, timeout: '10m' },
      {
        meanwhile: async (asked) => {
          real = asked;
          await asked.reached('progress', 2);
          await asked.close();
          impostor = await startConsole({ ...finishes(certificate), tls: selfSigned, port: asked.port });
        },
      },
    );
    await impostor?.close();

    expect(verdictOf(run)).toBe('1 error tls');
    expect(real?.count('trigger')).toBe(1);
    expect(impostor?.asked).toEqual([]);
  });

  test.concurrent('if plain HTTP answers, and the message names what to check', async () => {
    const run = await gate(
      { progress: [ongoing, ended, nothing], report: [oldRow, newRow] },
      { timeout: '10m' },
      { addressed: (url) => url.replace('http:', 'https:') },
    );

    expect(verdictOf(run)).toBe('1 error tls');
    expect(shown(run)).toMatch(/console-url/);
    expect(run.asked).toEqual([]);
  });

  test.concurrent('if the Console wants a certificate of its clients', async () => {
    const run = await gate(
      { ...finishes(certificate), tls: { ...certificate, requestCert: true, rejectUnauthorized: true } },
      { 'ca-cert': authority.cert, timeout: '10m' },
    );

    expect(verdictOf(run)).toBe('1 error tls');
    expect(run.asked).toEqual([]);
  });

  test.concurrent('if the Console speaks only versions of TLS that nobody should', async () => {
    const run = await gate(
      {
        ...finishes(certificate),
        tls: {
          ...certificate,
          minVersion: 'TLSv1',
          maxVersion: 'TLSv1.1',
          ciphers: 'DEFAULT:@SECLEVEL=0',
        },
      },
      { 'ca-cert': authority.cert, timeout: '10m' },
    );

    expect(verdictOf(run)).toBe('1 error tls');
    expect(run.asked).toEqual([]);
  });
});

describe('a connection that breaks off before TLS begins says nothing about certificates', () => {
  test.concurrent('once: passed', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      if (connections <= 2) {
        socket.destroy();
        return;
      }
      const upstream = connect({ host: '127.0.0.1', port: consolePort });
      for (const one of [socket, upstream]) one.on('error', () => one.destroy());
      socket.pipe(upstream).pipe(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    let consolePort = 0;
    const run = await gate(
      finishes(certificate),
      { 'ca-cert': authority.cert },
      {
        meanwhile: async (asked) => {
          consolePort = asked.port;
        },
        addressed: () => `https://127.0.0.1:${port}`,
      },
    );
    server.close();

    expect(verdictOf(run)).toBe(PASSED);
    expect(connections).toBeGreaterThan(2);
  });
});

describe('insecure-skip-tls-verify', () => {
  const skipping = { 'insecure-skip-tls-verify': 'true' } as const;
  const warnings = (run: Run): string[] => commands(run).filter((line) => line.startsWith('::warning'));

  test.concurrent.each([
    ['of an unknown authority', certificate],
    ['that is self-signed', selfSigned],
    ['that has expired', expired],
    ['for another name', misnamed],
  ])('takes a certificate %s, and warns', async (_name, tls) => {
    const run = await gate(finishes(tls), skipping);

    expect(verdictOf(run)).toBe(PASSED);
    expect(warnings(run).join('\n')).toContain('insecure-skip-tls-verify');
  });

  test.concurrent('warns on every run: with a good certificate, and if the step fails', async () => {
    const runs = await Promise.all([
      gate(finishes(certificate), { ...skipping, 'ca-cert': authority.cert }),
      gate({ authenticate: [refused(401, 'no')], tls: certificate }, skipping),
    ]);

    expect(runs.map(verdictOf)).toEqual([PASSED, '1 error unauthorized']);
    for (const run of runs) expect(warnings(run).join('\n')).toContain('insecure-skip-tls-verify');
  });

  test.concurrent('is off unless it says so, and no other word is taken for yes or no', async () => {
    const words = ['1', 'yes', 'True', 'TRUE', 'on', 'nein'];
    const runs = await Promise.all(
      words.map((word) => gate(finishes(certificate), { 'insecure-skip-tls-verify': word })),
    );

    for (const run of runs) {
      expect(verdictOf(run)).toBe('1 error invalid-input');
      expect(run.asked).toEqual([]);
    }
  });

  test.concurrent('is the only way to turn the checks off: a variable of the job does not, in silence', async () => {
    const run = await gate(
      finishes(certificate),
      {},
      {
        addressed: (url) => ({
          url,
          env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
        }),
      },
    );

    if (run.exitCode === 0) expect(warnings(run)).not.toEqual([]);
    else expect(verdictOf(run)).toBe('1 error tls');
  });
});
