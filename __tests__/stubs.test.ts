import { platform } from '@actions/core';
import { HttpClient } from '@actions/http-client';
import { afterEach, describe, expect, test } from '@jest/globals';

const proxyOfTheJob = process.env.https_proxy;

afterEach(() => {
  if (proxyOfTheJob === undefined) delete process.env.https_proxy;
  else process.env.https_proxy = proxyOfTheJob;
});

/** Jest takes the same stubs as the bundler, both from tsconfig.json. */
describe('A stub in the bundle', () => {
  test('of undici throws when a dispatcher for fetch is asked for, and names itself', () => {
    process.env.https_proxy = 'http://127.0.0.1:3128';
    const client = new HttpClient('test');
    expect(() => client.getAgentDispatcher('https://console.example.com')).toThrow(/stubs\/undici\.js/);
  });

  test('of @actions/exec rejects when the details of the platform are asked for, and names itself', async () => {
    await expect(platform.getDetails()).rejects.toThrow(/stubs\/actions-exec\.js/);
  });
});
