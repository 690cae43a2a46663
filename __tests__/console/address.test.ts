import { describe, expect, test } from '@jest/globals';
import { callUrl, consoleHost, parseConsoleUrl } from '../../src/console/address.ts';

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

  test.each([
    ['console.example.com', 'is not an address', false],
    ['ftp://console.example.com', 'is not an address', false],
    ['', 'is not an address', false],
    ['user:secret@console', 'is not an address', true],
    ['http://console.example.com', 'loopback', false],
    ['http://127.0.0.1.example.com', 'loopback', false],
    ['http://localhost.example.com', 'loopback', false],
    ['https://user:secret@console.example.com', 'a user or a password', true],
    ['https://token@console.example.com', 'a user or a password', true],
    ['https://:secret@console.example.com', 'a user or a password', true],
    ['http://10.0.0.1:8083', 'loopback', false],
    ['http://192.127.0.1', 'loopback', false],
    ['https://paloaltonetworks.com', 'Cortex Cloud', false],
    ['https://console.example.com/?x=1', 'a ? in it', false],
    [
      'https://api-tenant.xdr.us.paloaltonetworks.com',
      'this action needs a Prisma Cloud Compute Console',
      false,
    ],
    ['https://tenant.xdr.eu.paloaltonetworks.com/cloud', 'Cortex Cloud', false],
  ])('is not %s', (text, wrong, isSecret) => {
    expect(parseConsoleUrl(text)).toEqual({ wrong: expect.stringContaining(wrong), isSecret });
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

  test('leaves the project out of authentication, and out of everything where there is none', () => {
    expect(callUrl(address, 'authenticate').search).toBe('');
    expect(callUrl({ ...address, project: '' }, 'registry').search).toBe('');
  });

  test('shows people the host only', () => {
    expect(consoleHost(address)).toBe('console.example.com');
  });
});
