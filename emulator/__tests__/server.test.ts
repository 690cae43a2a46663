import { request as httpsRequest } from 'node:https';
import { afterEach, describe, expect, test } from '@jest/globals';
import { buildEarlierScan, buildScenario } from '../src/builders.ts';
import { type ConsoleOptions, type RunningConsole, startConsole } from '../src/server.ts';
import type { Settings } from '../src/settings.ts';
import { TestClock } from './test-clock.ts';
import { alpineImage, STARTS_AT_MS } from './test-console.ts';

const running: RunningConsole[] = [];
const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const gate = basic('gate', 'let-me-scan');
const onAlpine = 'registry/progress?onDemand=true&repo=library/alpine&tag=3.16';
const triggerBody = JSON.stringify({
  onDemandScan: true,
  tag: { registry: '', repo: 'library/alpine', tag: '3.16', digest: '' },
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((console) => console.close()));
});

/** A Console on a socket whose clock is ours, and a way to call it. */
async function served(settings: Partial<Settings> = {}, options: Partial<ConsoleOptions> = {}) {
  const clock = new TestClock(STARTS_AT_MS);
  const users = [
    { username: 'gate', password: 'let-me-scan', role: 'administrator' },
    { username: 'viewer', password: 'look:only', role: 'reader' },
    { username: 'builder', password: 'build', role: 'ci' },
  ] as const;
  const images = [alpineImage({}, { earlier: buildEarlierScan() })];
  const console = await startConsole({
    scenario: buildScenario({ images, users, settings }),
    now: () => clock.nowMs(),
    ...options,
  });
  running.push(console);
  const call = async (path: string, init: RequestInit = {}, authorization = gate) => {
    const headers = { authorization, 'content-type': 'application/json' };
    const response = await fetch(`${console.url}/api/v32.07/${path}`, { headers, ...init });
    const text = await response.text();
    const { status } = response;
    return { status, text, totalCount: response.headers.get('total-count'), headers: response.headers };
  };
  const post = (path: string, body: string, authorization?: string) =>
    call(path, { method: 'POST', body }, authorization);
  return { console, clock, call, post };
}

describe('the served Console', () => {
  test('takes a scan from the trigger to its row over a socket', async () => {
    const { call, post, clock } = await served();
    expect(await post('registry/scan', triggerBody)).toMatchObject({ status: 200, text: '' });
    clock.advance(5_000);
    expect(JSON.parse((await call(onAlpine)).text)).toMatchObject([{ isScanOngoing: true }]);
    clock.advance(6_000);
    expect(JSON.parse((await call(onAlpine)).text)).toMatchObject([{ isScanOngoing: false }]);
    expect((await call(onAlpine)).text).toBe('[]');
    const report = await call('registry?name=library/alpine:3.16');
    expect(report).toMatchObject({ status: 200, totalCount: '1' });
    expect(JSON.parse(report.text)).toMatchObject([{ scanTime: '2026-11-02T09:00:10.000Z' }]);
  });

  test('answers null if the report has nothing', async () => {
    const { call } = await served();
    expect(await call('registry?name=no/such:1')).toMatchObject({
      status: 200,
      text: 'null',
      totalCount: '0',
    });
  });

  test('reads the address that the vendor’s own client pages with', async () => {
    const { call } = await served();
    const page = await call('registry?filterBaseImage=true?limit=50&offset=0');
    expect(JSON.parse(page.text)).toHaveLength(1);
    expect((await call('registry?filterBaseImage=true?limit=50&offset=50')).text).toBe('null');
    expect(JSON.parse((await call('registry/names?')).text)).toEqual(['library/alpine:3.16']);
  });

  test('answers with its version as a JSON string, and to a ping', async () => {
    const { call } = await served();
    expect((await call('version')).text).toBe('"32.07.123"');
    expect(await call('_ping', { headers: {} })).toMatchObject({ status: 200, text: 'OK' });
  });

  test('gives a token for user and password, which serves until it expires', async () => {
    const { call, post, clock } = await served();
    const { text } = await post(
      'authenticate',
      JSON.stringify({ username: 'gate', password: 'let-me-scan' }),
      '',
    );
    const bearer = `Bearer ${JSON.parse(text).token}`;
    clock.advance(30 * 60_000 - 1);
    expect((await call('version', {}, bearer)).status).toBe(200);
    clock.advance(1);
    expect((await call('version', {}, bearer)).status).toBe(401);
  });

  test('can drop tokens when it restarts', async () => {
    const { console, call, post, clock } = await served({ restartDropsTokens: true });
    const logIn = await post('authenticate', JSON.stringify({ username: 'gate', password: 'let-me-scan' }));
    clock.advance(1_000);
    console.model.restart();
    expect((await call('version', {}, `Bearer ${JSON.parse(logIn.text).token}`)).status).toBe(401);
  });

  test.each([
    ['no credentials', ''],
    ['a wrong password', basic('gate', 'wrong')],
    ['an unknown user', basic('stranger', 'let-me-scan')],
    ['an unknown token', 'Bearer made-up'],
    ['another scheme', 'Digest made-up'],
  ])('answers %s with 401 and says so in JSON', async (_, authorization) => {
    const { call } = await served();
    const refusal = await call('registry/progress', {}, authorization);
    expect(refusal.status).toBe(401);
    expect(JSON.parse(refusal.text)).toEqual({ err: expect.any(String) });
  });

  test('refuses a log-in with a wrong password', async () => {
    const { post } = await served();
    expect((await post('authenticate', '{"username":"gate","password":"wrong"}')).status).toBe(401);
    expect((await post('authenticate', 'rubbish')).status).toBe(400);
  });

  test('lets a reader read and not trigger, and a CI user neither', async () => {
    const { call, post } = await served();
    const viewer = basic('viewer', 'look:only');
    expect((await call(onAlpine, {}, viewer)).status).toBe(200);
    expect((await post('registry/scan', triggerBody, viewer)).status).toBe(403);
    expect((await call(onAlpine, {}, basic('builder', 'build'))).status).toBe(403);
  });

  test.each([
    ['another version', '/api/v99.99/registry'],
    ['another path', '/api/v32.07/registries'],
    ['no api', '/registry'],
    ['something that looks like a host', '//registry.example.com/api/v32.07/registry'],
  ])('has no page at %s', async (_, path) => {
    const { console } = await served();
    const response = await fetch(`${console.url}${path}`, { headers: { authorization: gate } });
    expect([response.status, await response.text()]).toEqual([404, '404 - Page not found']);
  });

  test('has no page for another method', async () => {
    const { call } = await served();
    expect((await call('registry/scan')).status).toBe(404);
  });

  test('keeps the path of a tenant of the SaaS', async () => {
    const { console, call } = await served({}, { basePath: '/us-2-158254964/' });
    expect(console.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/us-2-158254964$/);
    expect((await call('version')).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${console.port}/api/v32.07/version`)).status).toBe(404);
  });

  test('is a bad request with a body that is not JSON', async () => {
    const { post } = await served();
    expect((await post('registry/scan', '{"onDemandScan"')).status).toBe(400);
    expect((await post('registry/scan', '[]')).status).toBe(400);
  });

  test('is a bad request with image parameters and onDemand=false', async () => {
    const { call } = await served();
    expect(await call('registry/progress?onDemand=false&repo=library/alpine')).toMatchObject({ status: 400 });
  });

  test('says when to come back after a 429', async () => {
    const { call } = await served({
      rateLimit: { requests: 1, windowMs: 10_000 },
      rateLimitRetryAfter: true,
      rateLimitBody: 'text',
    });
    await call('registry');
    const refusal = await call('registry');
    expect(refusal).toMatchObject({ status: 429, text: 'too many requests' });
    expect(refusal.headers.get('retry-after')).toBe('10');
  });

  test('holds back the answer to a trigger while the scan has begun', async () => {
    const { console, call, clock } = await served({ triggerBlocksMs: 3_600_000 });
    const abort = new AbortController();
    const blocked = fetch(`${console.url}/api/v1/registry/scan`, {
      method: 'POST',
      body: triggerBody,
      headers: { authorization: gate },
      signal: abort.signal,
    });
    while (console.model.counts.scan === 0) await call('_ping');
    clock.advance(5_000);
    expect(JSON.parse((await call(onAlpine)).text)).toMatchObject([{ isScanOngoing: true }]);
    abort.abort();
    await expect(blocked).rejects.toThrow();
  });

  test('shows its own time in Date, however far it is from the true one', async () => {
    const { call, post, clock } = await served({ clockSkewMs: 3_600_000 });
    expect((await call('version')).headers.get('date')).toBe('Mon, 02 Nov 2026 10:00:00 GMT');
    await post('registry/scan', triggerBody);
    clock.advance(15_000);
    const [row] = JSON.parse((await call('registry')).text);
    expect(row.scanTime).toBe('2026-11-02T10:00:10.000Z');
  });

  test.each([
    ['same', ['Mon, 02 Nov 2026 09:00:00 GMT', 'Mon, 02 Nov 2026 09:00:00 GMT']],
    ['lagging', ['Fri, 30 Oct 2026 09:00:00 GMT', 'Mon, 02 Nov 2026 09:00:00 GMT']],
  ] as const)('dates the answers of a replica %s', async (replicaDates, expected) => {
    const { call } = await served({ replicaDates, reportReplicaLagsMs: [3 * 86_400_000, 0] });
    const dates = [await call('registry'), await call('registry')].map(({ headers }) => headers.get('date'));
    expect(dates).toEqual(expected);
    expect((await call('version')).headers.get('date')).toBe('Mon, 02 Nov 2026 09:00:00 GMT');
  });

  test('can keep its time to itself', async () => {
    const { call } = await served({ dateHeader: false });
    expect((await call('version')).headers.get('date')).toBeNull();
  });

  test('notes requests with their project, and never a secret', async () => {
    const { console, call, post } = await served();
    await call('registry/names?project=Central+Console');
    await post('authenticate', JSON.stringify({ username: 'gate', password: 'let-me-scan' }), '');
    expect(console.requests).toEqual([
      {
        call: 'names',
        method: 'GET',
        path: '/api/v32.07/registry/names',
        query: 'project=Central+Console',
        authorization: 'basic',
        body: '',
      },
      expect.objectContaining({ call: 'authenticate', authorization: 'none', body: '' }),
    ]);
    expect(JSON.stringify(console.requests)).not.toContain('let-me-scan');
  });

  test('serves HTTPS to who trusts its certificate', async () => {
    const { console } = await served({}, { tls: true });
    const status = await new Promise((resolve, reject) => {
      const path = `${console.url.replace('127.0.0.1', 'localhost')}/api/v1/_ping`;
      httpsRequest(path, { ca: console.caCertificate, family: 4 }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
    await expect(fetch(`${console.url}/api/v1/_ping`)).rejects.toThrow();
  });
});
