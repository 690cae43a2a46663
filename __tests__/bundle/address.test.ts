import { networkInterfaces } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { ended, newRow, nothing, oldRow, ongoing } from './console-data.ts';
import { gate, of, PASSED, shown, verdictOf } from './gate.ts';
import type { Scripts } from './scripted-console.ts';

const finishes: Scripts = { progress: [ongoing, ended, nothing], report: [oldRow, newRow] };
const TENANT = '/us-2-158254964';

describe('the address of the Console', () => {
  test.concurrent.each([
    ['as it is', ''],
    ['with a slash at its end', '/'],
    ['with a pasted tail', '/api/v32.07'],
    ['with a pasted tail and a slash', '/api/v32.07/'],
    ['with the tail of another version', '/api/v1/authenticate'],
    ['with a pasted call', '/api/v32.07/registry/progress?onDemand=true&repo=library/alpine&tag=3.16'],
  ])('keeps its path, %s', async (_name, tail) => {
    const runs = await Promise.all(
      ['', TENANT].map((basePath) =>
        gate({ ...finishes, basePath }, {}, { addressed: (url) => `${url}${tail}` }),
      ),
    );

    expect(runs.map(verdictOf)).toEqual([PASSED, PASSED]);
    for (const [index, prefix] of ['/api/v32.07/', `${TENANT}/api/v32.07/`].entries()) {
      const paths = runs[index]?.asked.map(({ path }) => path) ?? [];
      expect(paths.filter((path) => !path.startsWith(prefix))).toEqual([]);
    }
  });

  test.concurrent('may be localhost', async () => {
    const run = await gate({ ...finishes, host: 'localhost' });

    expect(verdictOf(run)).toBe(PASSED);
  });

  const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
    all?.some(({ address }) => address === '::1'),
  );
  test.concurrent('may be [::1]', async () => {
    // A machine without IPv6 can only show that the address is accepted.
    const run = await gate(
      { ...finishes, host: hasIpv6 ? '::1' : '127.0.0.1' },
      { ...(hasIpv6 ? {} : { 'console-url': 'http://[::1]:9', timeout: '5s' }) },
    );

    expect(verdictOf(run)).toBe(hasIpv6 ? PASSED : '1 error unreachable');
  });

  test.concurrent.each([
    'http://console.example.com:8083',
    'http://10.0.0.1:8083',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'HTTP://console.example.com',
  ])('%s is refused: what is not loopback needs https, and nothing is sent', async (address) => {
    const run = await gate(
      finishes,
      {},
      {
        addressed: (proxy) => ({
          url: address,
          env: { http_proxy: proxy },
        }),
      },
    );

    expect(verdictOf(run)).toBe('1 error invalid-input');
    expect(shown(run)).toMatch(/console-url.*https:/);
    expect(run.asked).toEqual([]);
  });

  test.concurrent.each([
    'https://api-acme.xdr.us.paloaltonetworks.com',
    'https://acme.xdr.eu.paloaltonetworks.com/dashboard',
    'https://acme.crtx.us.paloaltonetworks.com',
  ])('%s is refused: Cortex Cloud cannot do it, and the message says so', async (address) => {
    const run = await gate(
      finishes,
      {},
      {
        addressed: (proxy) => ({
          url: address,
          env: { https_proxy: proxy },
        }),
      },
    );

    expect(verdictOf(run)).toBe('1 error invalid-input');
    expect(shown(run)).toMatch(/console-url.*Cortex Cloud/);
    expect(run.asked).toEqual([]);
  });

  test.concurrent.each([
    'https://app.prismacloud.io',
    'https://api2.eu.prismacloud.io/login?token=s3cr3t-in-url',
  ])('%s is refused: the platform is not the Console, and the message says so', async (address) => {
    const run = await gate(
      finishes,
      {},
      {
        addressed: (proxy) => ({
          url: address,
          env: { https_proxy: proxy },
        }),
      },
    );

    expect(verdictOf(run)).toBe('1 error invalid-input');
    expect(shown(run)).toMatch(/console-url.*Prisma Cloud platform.*Path to Console/);
    expect(shown(run)).not.toContain('s3cr3t-in-url');
    expect(run.asked).toEqual([]);
  });

  test.concurrent.each([
    '',
    'console.example.com',
    'ftp://console.example.com',
    'https://',
    'not an address',
  ])('"%s" is no address: invalid-input', async (address) => {
    const run = await gate(finishes, {}, { addressed: () => address });

    expect(verdictOf(run)).toBe('1 error invalid-input');
    expect(shown(run)).toContain('console-url');
  });

  test.concurrent('with a password in it never shows that password', async () => {
    const run = await gate(
      finishes,
      {},
      { addressed: (url) => url.replace('http://', 'http://ci:s3cr3t-in-url@') },
    );

    expect(run.exitCode).toBe(1);
    expect(run.outputs.reason).toBe('invalid-input');
    expect(`${shown(run)}${run.summary}${JSON.stringify(run.outputs)}`).not.toContain('s3cr3t-in-url');
    expect(run.asked).toEqual([]);
  });
});

describe('the version of the API', () => {
  test.concurrent.each(['32.07', 'v32.07'])('%s stands in the path', async (version) => {
    const run = await gate(finishes, { 'api-version': version });

    expect(verdictOf(run)).toBe(PASSED);
  });

  test.concurrent('another one does too', async () => {
    const run = await gate({ ...finishes, version: '34.04' }, { 'api-version': '34.04' });

    expect(verdictOf(run)).toBe(PASSED);
  });

  test.concurrent('one that the Console does not have: not-found, at once', async () => {
    const run = await gate({ ...finishes, version: '34.04' });

    expect(verdictOf(run)).toBe('1 error not-found');
    expect(run.asked).toHaveLength(1);
    expect(shown(run)).toMatch(/api-version/);
    expect(shown(run)).toMatch(/console-url/);
  });

  test.concurrent('a path that the tenant does not have: not-found', async () => {
    const run = await gate(
      { ...finishes, basePath: TENANT },
      {},
      { addressed: (url) => url.replace(TENANT, '') },
    );

    expect(verdictOf(run)).toBe('1 error not-found');
  });
});

describe('the project', () => {
  test.concurrent('is named on every call but authenticate', async () => {
    const run = await gate(finishes, { project: 'team a&b=c' });

    expect(verdictOf(run)).toBe(PASSED);
    for (const { call, query } of run.asked) {
      const projects = query.filter(([name]) => name === 'project').map(([, value]) => value);
      expect([call, ...projects]).toEqual(call === 'authenticate' ? [call] : [call, 'team a&b=c']);
    }
    expect(of(run, 'trigger')).toHaveLength(1);
  });

  test.concurrent('is not named if there is none', async () => {
    const run = await gate(finishes);

    expect(run.asked.flatMap(({ query }) => query.map(([name]) => name))).not.toContain('project');
  });
});
