import { describe, expect, test } from '@jest/globals';
import { callUrl, consoleHost, lacksTenantPath, parseConsoleUrl } from '../../src/console/address.ts';

describe('The address of a Console', () => {
  test.each([
    ['https://console.example.com', 'https://console.example.com'],
    ['https://console.example.com/', 'https://console.example.com'],
    ['https://console.example.com:8083', 'https://console.example.com:8083'],
    ['https://us-east1.example.com/us-2-158254964', 'https://us-east1.example.com/us-2-158254964'],
    ['https://us-east1.example.com/us-2-158254964//', 'https://us-east1.example.com/us-2-158254964'],
    [
      'https://us-east1.example.com/us-2-1/api/v32.07/registry/progress',
      'https://us-east1.example.com/us-2-1',
    ],
    ['https://console.example.com/api/v1', 'https://console.example.com'],
    ['https://console.example.com/api/', 'https://console.example.com'],
    ['https://console.example.com/api', 'https://console.example.com'],
    ['https://console.example.com/apiary', 'https://console.example.com/apiary'],
    ['https://console.example.com/tenant/#!/monitor/vulnerabilities', 'https://console.example.com/tenant'],
    ['https://console.example.com/api/v32.07/registry/progress?onDemand=true', 'https://console.example.com'],
    ['HTTPS://Console.Example.Com/Tenant', 'https://console.example.com/Tenant'],
    ['http://localhost:8083', 'http://localhost:8083'],
    ['http://127.0.0.1:8083', 'http://127.0.0.1:8083'],
    ['http://127.8.9.10', 'http://127.8.9.10'],
    ['http://[::1]:8083/', 'http://[::1]:8083'],
  ])('%s is %s', (text, base) => {
    expect(parseConsoleUrl(text)).toEqual({ base });
  });

  const saas = 'https://us-east1.cloud.twistlock.com/us-2-158254964';
  const whereToFind = `Give the address that the Console shows as "Path to Console" (Manage > System > Utilities), such as ${saas}.`;
  const noAddress = 'is not an address; expected https://HOST[:PORT][/PATH].';
  const unencrypted = 'would send secrets unencrypted. Use https://; http:// is allowed for loopback only.';
  const userInfo = 'contains a user or a password. Give them in username and password.';
  const cortex =
    'is an address of Cortex Cloud, which has no public call that starts a registry scan. A Prisma Cloud Compute ' +
    `Console is needed. ${whereToFind}`;
  const platform = `is an address of the Prisma Cloud platform, not of its Compute Console. ${whereToFind}`;

  test.each<[string, string, string | undefined]>([
    ['console', noAddress, 'console'],
    ['console.example.com', `${noAddress} Did you mean https://console.example.com?`, 'console.example.com'],
    [
      'console.example.com:8083/a?token=x',
      `${noAddress} Did you mean https://console.example.com:8083/a?`,
      'console.example.com:8083/a',
    ],
    ['localhost:8083', `${noAddress} Did you mean https://localhost:8083?`, 'localhost:8083'],
    ['ftp://console.example.com', noAddress, 'ftp://console.example.com'],
    ['', noAddress, ''],
    ['console?token=x', noAddress, 'console'],
    ['user:secret@console', noAddress, undefined],
    ['https://user:secret@console.example.com', userInfo, undefined],
    ['https://token@console.example.com', userInfo, undefined],
    ['https://:secret@console.example.com', userInfo, undefined],
    ['http://console.example.com', unencrypted, 'http://console.example.com/'],
    ['http://127.0.0.1.example.com', unencrypted, 'http://127.0.0.1.example.com/'],
    ['http://localhost.example.com', unencrypted, 'http://localhost.example.com/'],
    ['http://10.0.0.1:8083', unencrypted, 'http://10.0.0.1:8083/'],
    ['http://192.127.0.1', unencrypted, 'http://192.127.0.1/'],
    [
      'https://console.example.com/?x=1',
      'has a query. Leave out the ? and everything behind it.',
      'https://console.example.com/',
    ],
    ['https://paloaltonetworks.com', cortex, 'https://paloaltonetworks.com/'],
    [
      'https://tenant.xdr.eu.paloaltonetworks.com/cloud?x=1',
      cortex,
      'https://tenant.xdr.eu.paloaltonetworks.com/cloud',
    ],
    ['https://app.prismacloud.io/home#x', platform, 'https://app.prismacloud.io/home'],
    ['https://api2.eu.prismacloud.io', platform, 'https://api2.eu.prismacloud.io/'],
    ['https://app.prismacloud.cn', platform, 'https://app.prismacloud.cn/'],
  ])('is not %s, and no more of it is printed than may be', (text, wrong, printable) => {
    expect(parseConsoleUrl(text)).toEqual({ wrong, printable });
  });

  test.each([
    ['https://us-east1.cloud.twistlock.com', true],
    [saas, false],
    ['https://twistlock.example.com', false],
  ])('%s lacks the path of its tenant: %s', (base, expected) => {
    expect(lacksTenantPath(base)).toBe(expected);
  });
});

describe('The address of a call', () => {
  const address = { base: 'https://console.example.com/tenant', apiVersion: '32.07', project: 'blue team' };

  test('keeps the path of the tenant and carries version, query and project', () => {
    const url = callUrl(address, 'registry', [
      ['name', 'a/b:1'],
      ['name', 'https://a/b:1'],
    ]);
    expect(url.href).toBe(
      'https://console.example.com/tenant/api/v32.07/registry?name=a%2Fb%3A1&name=https%3A%2F%2Fa%2Fb%3A1&project=blue+team',
    );
  });

  test('leaves the project out of authentication, and out of everything if there is none', () => {
    expect(callUrl(address, 'authenticate').search).toBe('');
    expect(callUrl({ ...address, project: undefined }, 'registry').search).toBe('');
  });

  test('shows people the host only', () => {
    expect(consoleHost(address)).toBe('console.example.com');
  });
});
