import { afterAll, describe, expect, test } from '@jest/globals';
import {
  buildDefender,
  buildEarlierScan,
  buildImage,
  buildScenario,
  buildScope,
  type RunningConsole,
  type Scenario,
  startConsole,
  versionSettings,
} from 'compute-console-emulator';
import { type CertificateOptions, createAuthority } from 'compute-console-emulator/certificates';
import { runStep, type StepEnd } from '../../demo/runner.ts';
import { ScriptedRegistry } from '../registry/scripted-registry.ts';
import { preloading, RESOLVES_TEST } from './preload.ts';
import { startProxy, type Treatment } from './proxy.ts';
import { startConsole as startScripted } from './scripted-console.ts';
import { VIRTUAL_TIME } from './virtual-time.ts';

const DAY_MS = 24 * 3_600_000;
const authority = await createAuthority();
const registry = await ScriptedRegistry.start();
afterAll(() => registry.stop());

const IMAGE = buildImage({
  registry: 'https://registry.example.com',
  repo: 'shop/cart',
  tag: '7',
  earlier: buildEarlierScan({ agoMs: 3 * 3_600_000, scanMs: 41_000, unread: true }),
});

const SCENARIO = buildScenario({
  images: [IMAGE],
  scopes: [
    buildScope({ registry: 'https://registry.example.com', repository: 'shop/*', excludedTags: ['*-dev'] }),
  ],
  defenders: [buildDefender()],
  users: [
    { username: 'gate', password: 'let-me-scan', role: 'administrator' },
    { username: 'operator', password: 'let-me-run', role: 'operator' },
    { username: 'ci', password: 'let-me-build', role: 'ci' },
    { username: 'no-progress', password: 'let-me-read', role: 'operator', denied: ['progress'] },
  ],
});

const INPUTS: Readonly<Record<string, string>> = {
  mode: 'check',
  username: 'gate',
  password: 'let-me-scan',
  registry: 'registry.example.com',
  repo: 'shop/cart',
  tag: '7',
  'severity-cutoff': 'high',
  'ca-cert': authority.cert,
};

interface Setting {
  readonly scenario?: Scenario;
  readonly certificate?: CertificateOptions;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly host?: string;
}

interface CheckRun extends StepEnd {
  readonly console: Pick<RunningConsole, 'requests' | 'model'>;
  readonly failed: readonly string[];
  readonly untold: readonly string[];
  readonly text: (check: string) => string;
}

interface ListedCheck {
  readonly check: string;
  readonly state: string;
  readonly message: string;
  readonly fix: string;
}

function checksOf({ outputs }: StepEnd): readonly ListedCheck[] {
  const results: ListedCheck[] = JSON.parse(outputs.results ?? '');
  return results;
}

/** Runs the bundle in mode `check` against the embedded Console over TLS. */
async function check({
  scenario = SCENARIO,
  certificate = {},
  inputs = {},
  env = {},
  host = '127.0.0.1',
}: Setting = {}): Promise<CheckRun> {
  const console = await startConsole({ scenario, tls: await authority.issue(certificate) });
  try {
    const url = `https://${host}:${console.port}`;
    const end = await runStep({
      with: { 'console-url': url, ...INPUTS, ...inputs },
      env: preloading(VIRTUAL_TIME, env),
    });
    const checks = checksOf(end);
    const named = (wanted: string) =>
      checks.filter(({ state }) => state === wanted).map(({ check: name }) => name);
    return {
      ...end,
      console: { requests: [...console.requests], model: console.model },
      failed: named('failed'),
      untold: named('cannot-tell'),
      text: (wanted) => {
        const found = checks.find(({ check: name }) => name === wanted);
        return `${found?.message} ${found?.fix}`;
      },
    };
  } finally {
    await console.close();
  }
}

describe('a preflight that finds nothing wrong', () => {
  test('passes, starts nothing, consumes nothing, and shows its checks in log, summary and results', async () => {
    const run = await check();

    expect(run.failed).toEqual([]);
    expect(run.untold).toEqual(['start-scans']);
    expect([run.exitCode, run.outputs.verdict, run.outputs.reason]).toEqual([0, 'passed', 'check-passed']);
    expect(run.text('certificate')).toMatch(/^For localhost, 127\.0\.0\.1.*ends in 29 days/);
    expect(run.text('image')).toMatch(/Last scan (?:3h|2h59m).* ago, took 41s: timeout 30m is ample/);
    for (const { check: name } of checksOf(run)) {
      expect(run.log).toContain(name);
      expect(run.summary).toContain(name);
    }
    const { requests, model } = run.console;
    expect(requests.filter(({ method }) => method !== 'GET').map(({ call }) => call)).toEqual([
      'authenticate',
    ]);
    const unread = model.progress({
      onDemand: true,
      registry: IMAGE.registry,
      repo: IMAGE.repo,
      tag: IMAGE.tag,
    });
    expect(unread.body).toEqual([expect.objectContaining({ isScanOngoing: false })]);
  });

  test('shows no secret', async () => {
    const run = await check();
    const token = /eyJ[\w-]+\.[\w-]+/;

    for (const text of [
      run.summary,
      run.outputs.results ?? '',
      run.log.replaceAll(/^::add-mask::.*$/gm, ''),
    ]) {
      expect(text).not.toContain('let-me-scan');
      expect(text).not.toMatch(token);
    }
  });
});

interface Case extends Setting {
  readonly wrong: string;
  readonly fails: readonly string[];
  readonly says: RegExp;
}

const dates = (fromDays: number, toDays: number): CertificateOptions => ({
  notBefore: new Date(Date.now() + fromDays * DAY_MS),
  notAfter: new Date(Date.now() + toDays * DAY_MS),
});

const CASES: readonly Case[] = [
  {
    wrong: 'the certificate has expired',
    certificate: dates(-10, -2),
    fails: ['certificate'],
    says: /ended .* ago.*renew it/,
  },
  {
    wrong: 'the certificate is not valid yet',
    certificate: dates(2, 10),
    fails: ['certificate'],
    says: /begins only on.*clocks/,
  },
  {
    wrong: 'the certificate is for another name',
    certificate: { names: ['console.example.com'] },
    fails: ['certificate'],
    says: /For console\.example\.com.*console-url/,
  },
  { wrong: 'the CA is not trusted', inputs: { 'ca-cert': '' }, fails: ['certificate'], says: /ca-cert/ },
  {
    wrong: 'the Console is older than the API version',
    scenario: buildScenario({ ...SCENARIO, settings: versionSettings('31.02') }),
    fails: ['api-version'],
    says: /31\.02\.123.*Give api-version 31\.02/,
  },
  {
    wrong: 'the password is wrong',
    inputs: { password: 'let-me-guess' },
    fails: ['log-in'],
    says: /401.*username and password/,
  },
  {
    wrong: 'the role is that of a CI user',
    inputs: { username: 'ci', password: 'let-me-build' },
    fails: ['read-report', 'read-progress'],
    says: /403.*CI User cannot/,
  },
  {
    wrong: 'the role may not read progress',
    inputs: { username: 'no-progress', password: 'let-me-read' },
    fails: ['read-progress'],
    says: /403/,
  },
  {
    wrong: 'the registry is given with its port',
    inputs: { registry: 'registry.example.com:443' },
    fails: ['registry-spelling'],
    says: /The Console has "https:\/\/registry\.example\.com/,
  },
  {
    wrong: 'the tag is excluded',
    inputs: { tag: '7-dev' },
    fails: ['scope'],
    says: /tags "\*-dev" are excluded/,
  },
  {
    wrong: 'no Defender is connected',
    scenario: buildScenario({ ...SCENARIO, defenders: [buildDefender({ connected: false })] }),
    fails: ['defender'],
    says: /No Defender is connected/,
  },
  {
    wrong: 'the clock of the Console is ahead',
    scenario: buildScenario({ ...SCENARIO, settings: { clockSkewMs: 20 * 60_000 } }),
    fails: ['clock'],
    says: /20m|19m\d+s/,
  },
];

describe('over TLS', () => {
  test.concurrent.each(CASES)('if $wrong, $fails fails and no other', async ({ fails, says, ...setting }) => {
    const run = await check(setting);

    expect(run.failed).toEqual(fails);
    expect(run.text(fails[0] ?? '')).toMatch(says);
    expect([run.exitCode, run.outputs.reason]).toEqual([1, 'check-failed']);
  });

  test('a certificate that ends soon gets advice and does not fail', async () => {
    const run = await check({ certificate: dates(-1, 9.5) });

    expect(run.failed).toEqual([]);
    expect(run.text('certificate')).toMatch(/ends in 9 days.*Renew/);
  });

  test('without checks of certificates, a wrong certificate cannot be distinguished from an accepted one', async () => {
    const run = await check({ inputs: { 'ca-cert': '', 'insecure-skip-tls-verify': 'true' } });

    expect(run.failed).toEqual([]);
    expect(run.text('certificate')).toMatch(/would be refused.*ca-cert/);
  });

  test('an operator may not read settings and Defenders: that fails nothing', async () => {
    const run = await check({ inputs: { username: 'operator', password: 'let-me-run' } });

    expect(run.failed).toEqual([]);
    expect(run.untold).toEqual(['start-scans', 'scope', 'defender']);
  });
});

/** The step goes through a proxy. */
async function checkThrough(treatment: Treatment, credentials = ''): Promise<CheckRun> {
  const proxy = await startProxy({ treatments: [treatment] });
  try {
    const env = { ...RESOLVES_TEST, HTTPS_PROXY: proxy.address(credentials) };
    return await check({ host: 'console.test', certificate: { names: ['console.test'] }, env });
  } finally {
    await proxy.close();
  }
}

describe('through a proxy', () => {
  test('the proxy in use is named without its credentials, and the certificate cannot be read', async () => {
    const run = await checkThrough('tunnel', 'user:proxy-secret-9');

    expect(run.failed).toEqual([]);
    expect(run.text('proxy')).toMatch(/HTTPS_PROXY names 127\.0\.0\.1:\d+\./);
    expect(run.text('certificate')).toMatch(/proxy/);
    expect(`${run.summary}${run.outputs.results}`).not.toContain('proxy-secret-9');
  });

  test('that refuses the tunnel, the proxy fails and no other', async () => {
    const run = await checkThrough({ status: 403 });

    expect(run.failed).toEqual(['proxy']);
    expect(run.text('proxy')).toMatch(/allow the host there/);
  });
});

describe('the registry', () => {
  const { digest } = registry.image('amd64', {}, '7');
  const scenario = () =>
    buildScenario({
      images: [
        buildImage({ registry: registry.name, repo: 'shop/cart', tag: '7', earlier: buildEarlierScan() }),
      ],
    });
  const of = (inputs: Readonly<Record<string, string>>) =>
    check({ scenario: scenario(), inputs: { registry: registry.name, ...inputs } });

  test('has the digest of the tag and its platforms', async () => {
    const run = await of({ digest: 'registry', platforms: 'linux/amd64' });

    expect(run.failed).toEqual([]);
    expect(run.text('digest')).toContain(`${digest}: linux/amd64`);
  });

  test('has another digest in the tag', async () => {
    const run = await of({ digest: `sha256:${'e'.repeat(64)}` });

    expect(run.failed).toEqual(['digest']);
  });

  test('lacks a platform', async () => {
    const run = await of({ platforms: 'linux/amd64,linux/arm64' });

    expect(run.failed).toEqual(['digest']);
    expect(run.text('digest')).toMatch(/not linux\/arm64/);
  });
});

describe('a Console that stalls every call', () => {
  test('fails at the address, and nothing hangs', async () => {
    const stalled = [{ broken: 'stalled' }] as const;
    const console = await startScripted({
      authenticate: stalled,
      trigger: stalled,
      progress: stalled,
      report: stalled,
      other: stalled,
      knownToken: 'given-token-9',
    });
    try {
      const { 'ca-cert': _, username: __, password: ___, ...inputs } = INPUTS;
      const given = { 'console-url': console.url, ...inputs, token: 'given-token-9' };
      const run = await runStep({ with: given, env: VIRTUAL_TIME });

      expect([run.exitCode, run.outputs.reason]).toEqual([1, 'check-failed']);
      expect(checksOf(run)).toHaveLength(17);
      expect(Number(run.outputs['duration-seconds'])).toBeLessThan(10);
      expect(console.asked.filter(({ method }) => method !== 'GET')).toEqual([]);
    } finally {
      await console.close();
    }
  });
});
