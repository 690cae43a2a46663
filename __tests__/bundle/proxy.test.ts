import { beforeAll, describe, expect, test } from '@jest/globals';
import { createAuthority, selfSignedCertificate } from 'compute-console-emulator/certificates';
import { cleanRow, ended, newRow, nothing, oldRow, ongoing } from './console-data.ts';
import { gate, gates, type Meanwhile, PASSED, PASSWORD, type Run, shown, USER, verdictOf } from './gate.ts';
import { RESOLVES_TEST } from './preload.ts';
import { type ProxyScript, type RunningProxy, startProxy, type Treatment } from './proxy.ts';
import { type Scripts, token } from './scripted-console.ts';

// The runner's client never asks a proxy for loopback, so the Console goes by names that only the proxy knows.
const HOST = 'console.test';
const IPV4 = '192.0.2.7';
const authority = await createAuthority();
const tls = await authority.issue({ names: [HOST, IPV4, '2001:db8::7'] });
const finishes: Scripts = { progress: [ongoing, ended, nothing], report: [oldRow, cleanRow], tls };

const USER_AT_PROXY = 'user@corp';
const PROXY_PASSWORD = 'p@ss:w/rd %41 ü';
const CREDENTIALS = `${USER_AT_PROXY}:${PROXY_PASSWORD}`;
const IN_ADDRESS = `${encodeURIComponent(USER_AT_PROXY)}:${encodeURIComponent(PROXY_PASSWORD)}`;
const BASIC = Buffer.from(CREDENTIALS).toString('base64');

const SECRETS = [PROXY_PASSWORD, encodeURIComponent(PROXY_PASSWORD), IN_ADDRESS, CREDENTIALS, BASIC];

interface Given {
  readonly scripts?: Scripts;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly host?: string;
  readonly env?: (proxy: RunningProxy, port: string) => Readonly<Record<string, string>>;
  readonly meanwhile?: (proxy: RunningProxy) => Meanwhile;
}

interface Passage {
  readonly run: Run;
  readonly proxy: RunningProxy;
}

const named = (proxy: RunningProxy): Readonly<Record<string, string>> => ({ https_proxy: proxy.address() });
const namedWithCredentials = (proxy: RunningProxy): Readonly<Record<string, string>> => ({
  https_proxy: proxy.address(IN_ADDRESS),
});

/** Runs the gate with a proxy of this script, and the Console at a host that only the proxy knows. */
async function through(
  script: ProxyScript,
  { scripts = finishes, inputs = {}, host = HOST, env = named, meanwhile }: Given = {},
): Promise<Passage> {
  const proxy = await startProxy(script);
  try {
    const run = await gate(
      scripts,
      { 'ca-cert': authority.cert, ...inputs },
      {
        ...(meanwhile && { meanwhile: meanwhile(proxy) }),
        addressed: (url) => ({
          url: url.replace('127.0.0.1', host),
          env: env(proxy, new URL(url).port),
        }),
      },
    );
    return { run, proxy };
  } finally {
    await proxy.close();
  }
}

const targets = ({ proxy }: Passage): string[] => [
  ...new Set(proxy.tunnelled.map(({ target }) => target.replace(/:\d+$/, ''))),
];

describe('a proxy', () => {
  test.concurrent.each(['https_proxy', 'HTTPS_PROXY'])('named in %s leads to the Console', async (name) => {
    const passage = await through({}, { env: (proxy) => ({ [name]: proxy.address() }) });

    expect(verdictOf(passage.run)).toBe(PASSED);
    expect(targets(passage)).toEqual([HOST]);
    expect(passage.run.asked.length).toBeGreaterThan(3);
  });

  test.concurrent('may be named without its scheme', async () => {
    const passage = await through({}, { env: (proxy) => ({ https_proxy: `127.0.0.1:${proxy.port}` }) });

    expect(verdictOf(passage.run)).toBe(PASSED);
    expect(targets(passage)).toEqual([HOST]);
  });

  test.concurrent('sees nothing but where to connect to, and TLS', async () => {
    const { run, proxy } = await through(
      { credentials: CREDENTIALS },
      { env: namedWithCredentials, inputs: { project: 'team-of-mine' } },
    );
    const seen = proxy.bytes();

    expect(verdictOf(run)).toBe(PASSED);
    expect(proxy.inTheClear).toEqual([]);
    // Every handshake of TLS begins with this byte.
    expect(seen[0]).toBe(0x16);
    for (const text of [
      USER,
      PASSWORD,
      token(1),
      'authenticate',
      'authorization',
      'library/alpine',
      'team-of-mine',
    ]) {
      expect(seen.includes(text)).toBe(false);
    }
  });

  test.concurrent('gets the credentials of its address, decoded, with every connection', async () => {
    const { run, proxy } = await through(
      { credentials: CREDENTIALS },
      { env: (one) => ({ ...namedWithCredentials(one), RUNNER_DEBUG: '1' }) },
    );
    const seen = `${shown(run)}${JSON.stringify(run.outputs)}${run.summary}`;

    expect(verdictOf(run)).toBe(PASSED);
    for (const secret of SECRETS) expect(seen).not.toContain(secret);
    expect(new Set(proxy.tunnelled.map(({ authorization }) => authorization))).toEqual(
      new Set([`Basic ${BASIC}`]),
    );
  });

  test.concurrent('leads to a Console that goes by its IPv4 address', async () => {
    const passage = await through({}, { host: IPV4 });

    expect(verdictOf(passage.run)).toBe(PASSED);
    expect(targets(passage)).toEqual([IPV4]);
  });

  test.concurrent('leaves no warning about the inside of the action in the log', async () => {
    const passages = await Promise.all([
      through({}),
      through({ credentials: CREDENTIALS }, { env: namedWithCredentials }),
      through({}, { host: IPV4 }),
    ]);

    for (const { run } of passages) expect(run.log).not.toMatch(/warning/i);
  });
});

describe('no proxy', () => {
  test.concurrent.each([
    ['names the host', () => ({ no_proxy: HOST })],
    ['names the host in capitals', () => ({ no_proxy: HOST.toUpperCase() })],
    ['names the host with its port', (port: string) => ({ no_proxy: `${HOST}:${port}` })],
    ['names the host among others', () => ({ no_proxy: `one.example, ${HOST} ,other.example` })],
    ['names its domain', () => ({ no_proxy: '.test' })],
    ['names everything', () => ({ no_proxy: '*' })],
    ['is in capitals', () => ({ NO_PROXY: HOST })],
  ])('is asked if no_proxy %s', async (_name, exception) => {
    const { run, proxy } = await through(
      {},
      { env: (one, port) => ({ ...named(one), ...RESOLVES_TEST, ...exception(port) }) },
    );

    expect(verdictOf(run)).toBe(PASSED);
    expect(proxy.tunnelled).toEqual([]);
  });

  test.concurrent('is asked for loopback', async () => {
    const proxy = await startProxy();
    const run = await gate(
      { progress: [ongoing, ended, nothing], report: [oldRow, newRow] },
      {},
      {
        addressed: (url) => ({
          url,
          env: { http_proxy: proxy.address(), https_proxy: proxy.address() },
        }),
      },
    );
    await proxy.close();

    expect(verdictOf(run)).toBe(PASSED);
    expect(proxy.tunnelled).toEqual([]);
    expect(proxy.inTheClear).toEqual([]);
  });

  test.concurrent('is left out if no_proxy names another host', async () => {
    const passage = await through(
      {},
      { env: (proxy) => ({ ...named(proxy), ...RESOLVES_TEST, no_proxy: 'other.test,sole.test:1' }) },
    );

    expect(verdictOf(passage.run)).toBe(PASSED);
    expect(targets(passage)).toEqual([HOST]);
  });
});

describe('a certificate is checked behind a proxy as anywhere', () => {
  test.concurrent.each([
    ['of an unknown authority', HOST, { 'ca-cert': '' }, /ca-cert/],
    ['of another name', 'other.test', {}, /other\.test.*console-url/],
  ])('%s: tls, at once', async (_name, host, inputs, help) => {
    const { run, proxy } = await through({}, { host, inputs: { ...inputs, timeout: '5m' } });

    expect(verdictOf(run)).toBe('1 error tls');
    expect(shown(run)).toMatch(help);
    expect(run.asked).toEqual([]);
    expect(proxy.tunnelled.length).toBeLessThanOrEqual(2);
  });

  test.concurrent('unless insecure-skip-tls-verify is on, which warns', async () => {
    const passage = await through(
      {},
      { host: 'other.test', inputs: { 'ca-cert': '', 'insecure-skip-tls-verify': 'true' } },
    );

    expect(verdictOf(passage.run)).toBe(PASSED);
    expect(targets(passage)).toEqual(['other.test']);
    expect(passage.run.log).toMatch(/^::warning.*insecure-skip-tls-verify/m);
  });

  test.concurrent('and a proxy which speaks TLS itself is refused: its certificate could not be', async () => {
    const { run, proxy } = await through(
      { tls: await selfSignedCertificate(), credentials: CREDENTIALS },
      { env: namedWithCredentials },
    );

    expect(run.exitCode).toBe(1);
    expect(run.outputs.verdict).toBe('error');
    expect(shown(run)).toMatch(/https_proxy/);
    // It was sent nothing, so it never got the credentials.
    expect(proxy.tunnelled).toEqual([]);
  });
});

interface Trouble {
  readonly name: string;
  readonly treatment: Treatment;
  /** The expected log. */
  readonly says: RegExp;
}

const REFUSING: readonly Trouble[] = [
  { name: 'answers 403', treatment: { status: 403 }, says: /403/ },
  { name: 'answers 407', treatment: { status: 407, body: '<h1>Who are you?</h1>' }, says: /407/ },
  { name: 'answers 502', treatment: { status: 502, body: 'no such host' }, says: /502/ },
  {
    name: 'answers 302',
    treatment: { status: 302, header: 'Location: http://127.0.0.1:9/login' },
    says: /302/,
  },
  {
    name: 'echoes what it was sent',
    treatment: {
      status: 407,
      header: `X-Echo: Basic ${BASIC}`,
      body: `Not for Basic ${BASIC}, ${CREDENTIALS}`,
    },
    says: /407/,
  },
  { name: 'hangs up', treatment: 'drop', says: /proxy/i },
  { name: 'hangs up within the tunnel', treatment: 'drop-within', says: /disconnected/ },
  { name: 'speaks something else', treatment: 'rubbish', says: /proxy/i },
];

const STALLING: readonly Trouble[] = [
  { name: 'never answers', treatment: 'stall', says: /no complete response/ },
  { name: 'hands nothing on', treatment: 'stall-within', says: /no complete response/ },
];

const TROUBLES = [...REFUSING, ...STALLING];

describe('a proxy that is no help', () => {
  /** The result of the gate if the proxy behaves like this always, from its third connection on, or for a moment. */
  let forGood: (name: string) => Passage;
  let later: (name: string) => Passage;
  let once: (name: string) => Passage;
  beforeAll(async () => {
    [forGood, later, once] = await Promise.all([
      gates(TROUBLES, ({ treatment }) =>
        through(
          { treatments: [treatment] },
          { env: (proxy) => ({ ...namedWithCredentials(proxy), RUNNER_DEBUG: '1' }) },
        ),
      ),
      gates(TROUBLES, ({ treatment }) =>
        through(
          { treatments: ['tunnel', 'tunnel', treatment] },
          { scripts: { progress: [ongoing], report: [oldRow], tls } },
        ),
      ),
      gates(TROUBLES, ({ treatment }) => through({ treatments: [treatment, 'tunnel', treatment, 'tunnel'] })),
    ]);
  });

  test.concurrent('because nobody is there: unreachable', async () => {
    const gone = await startProxy();
    await gone.close();
    const { run } = await through({}, { env: () => named(gone) });

    expect(verdictOf(run)).toBe('1 error unreachable');
    expect(shown(run)).toContain(`127.0.0.1:${gone.port}`);
    expect(shown(run)).toMatch(/proxy/);
  });

  test.concurrent.each([
    ['without credentials', named],
    ['with wrong ones', (proxy: RunningProxy) => ({ https_proxy: proxy.address('user%40corp:wr0ng-Xq') })],
  ])('because it wants credentials, %s: unreachable, and the log says 407', async (_name, env) => {
    const { run } = await through({ credentials: CREDENTIALS }, { env });

    expect(verdictOf(run)).toBe('1 error unreachable');
    expect(shown(run)).toContain('407');
    expect(shown(run)).toMatch(/proxy/);
    expect(shown(run)).not.toContain('wr0ng-Xq');
    expect(run.asked).toEqual([]);
  });

  describe('for good: unreachable, in time, and its credentials stand nowhere', () => {
    test.each(TROUBLES)('because it $name', ({ name, says }) => {
      const { run, proxy } = forGood(name);

      expect(verdictOf(run)).toBe('1 error unreachable');
      expect(shown(run)).toMatch(says);
      expect(run.asked).toEqual([]);
      expect(proxy.inTheClear).toEqual([]);
      // It is asked again, with pauses.
      expect(proxy.tunnelled.length).toBeGreaterThan(1);
      expect(proxy.tunnelled.length).toBeLessThan(30);

      const seen = `${shown(run)}${JSON.stringify(run.outputs)}${run.summary}`;
      for (const secret of SECRETS) expect(seen).not.toContain(secret);
      expect(run.log).toContain(`::add-mask::${BASIC}\n`);
    });
  });

  describe('from the third connection on: fails in time', () => {
    test.each(TROUBLES)('because it $name', ({ name }) => {
      const { run } = later(name);

      expect(run.exitCode).toBe(1);
      expect(['error', 'timed-out']).toContain(run.outputs.verdict);
      expect(run.outputs.reason).not.toBe('internal');
    });
  });

  describe('for a moment, does not fail the gate', () => {
    test.each(TROUBLES)('because it $name', ({ name }) => {
      expect(verdictOf(once(name).run)).toBe(PASSED);
    });
  });

  test.concurrent.each(STALLING)(
    'because it $name, does not keep a signal from ending the step',
    async ({ treatment }) => {
      const { run } = await through(
        { treatments: [treatment] },
        {
          inputs: { timeout: '1h', 'start-timeout': '1h' },
          meanwhile: (proxy) => async (_console, started) => {
            const child = await started;
            await proxy.reached(1);
            await new Promise((resolve) => setTimeout(resolve, 100));
            child.kill('SIGTERM');
          },
        },
      );

      expect(verdictOf(run)).toBe('1 cancelled signal');
    },
  );
});

describe('the credentials of a proxy', () => {
  test.concurrent.each([
    ['a port that there is none of', 'http://corp:s3cr3t-Vw@127.0.0.1:99999'],
    ['a lone percent sign', 'http://corp:s3cr3t-Vw%@127.0.0.1:9'],
    ['no scheme', 'corp:s3cr3t-Vw@127.0.0.1:9'],
    ['another scheme', 'socks5://corp:s3cr3t-Vw@127.0.0.1:9'],
    ['spaces around it', '  http://corp:s3cr3t-Vw@127.0.0.1:9  '],
  ])('stand nowhere, if the address has %s, and the step fails', async (_name, address) => {
    const { run } = await through({}, { env: () => ({ https_proxy: address, RUNNER_DEBUG: '1' }) });

    expect(run.exitCode).toBe(1);
    expect(run.outputs.verdict).toBe('error');
    expect(run.outputs.reason).not.toBe('internal');
    expect(`${shown(run)}${JSON.stringify(run.outputs)}${run.summary}`).not.toContain('s3cr3t-Vw');
  });
});
