import { platform } from '@actions/core';
import { HttpClient } from '@actions/http-client';
import { afterEach, describe, expect, test } from '@jest/globals';

const proxyOfTheJob = process.env.https_proxy;

afterEach(() => {
  if (proxyOfTheJob === undefined) delete process.env.https_proxy;
  else process.env.https_proxy = proxyOfTheJob;
});

describe('A package that something stands in for', () => {
  test('undici: the way through a proxy for fetch throws, and names the stand-in', () => {
    process.env.https_proxy = 'http://127.0.0.1:3128';
    const client = new HttpClient('test');
    expect(() => client.getAgentDispatcher('https://console.example.com')).toThrow(/stand-ins\/README\.md/);
  });

  test('@actions/exec: the details of the platform reject, and name the stand-in', async () => {
    await expect(platform.getDetails()).rejects.toThrow(/stand-ins\/README\.md/);
  });
});
