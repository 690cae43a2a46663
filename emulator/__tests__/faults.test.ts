import { afterEach, describe, expect, test } from '@jest/globals';
import { buildEarlierScan, buildImage, buildScenario } from '../src/builders.ts';
import { type Fault, faultsFrom } from '../src/faults.ts';
import { type RunningConsole, startConsole } from '../src/server.ts';
import { alpineImage } from './test-console.ts';

const running: RunningConsole[] = [];
const authorization = `Basic ${Buffer.from('gate:let-me-scan').toString('base64')}`;
const body = JSON.stringify({ onDemandScan: true, tag: { repo: 'library/alpine', tag: '3.16' } });

afterEach(async () => {
  await Promise.all(running.splice(0).map((console) => console.close()));
});

async function faulty(...rules: Parameters<typeof faultsFrom>[0]) {
  const console = await startConsole({
    scenario: buildScenario({ images: [alpineImage()] }),
    fault: faultsFrom(rules),
  });
  running.push(console);
  const get = (path: string, init: RequestInit = {}) =>
    fetch(`${console.url}/api/v1/${path}`, { headers: { authorization }, ...init });
  return { console, get, trigger: () => get('registry/scan', { method: 'POST', body }) };
}

/** The result of a trigger with a fault, and true if the Console has started the scan. */
async function struckTrigger(fault: Fault) {
  const { console, trigger } = await faulty({ call: 'scan', fault });
  const outcome = await trigger().then(
    (response) => response.status,
    () => 'broken',
  );
  return { outcome, scans: console.model.counts.scan };
}

describe('a fault', () => {
  test.each([
    [
      { kind: 'answer', status: 503 },
      { outcome: 503, scans: 0 },
    ],
    [
      { kind: 'drop', where: 'before' },
      { outcome: 'broken', scans: 0 },
    ],
    [
      { kind: 'drop', where: 'before', accepted: true },
      { outcome: 'broken', scans: 1 },
    ],
    [{ kind: 'reset' }, { outcome: 'broken', scans: 0 }],
    [
      { kind: 'reset', accepted: true },
      { outcome: 'broken', scans: 1 },
    ],
    [
      { kind: 'delay', ms: 1 },
      { outcome: 200, scans: 1 },
    ],
    [
      { kind: 'answer', status: 504, accepted: true },
      { outcome: 504, scans: 1 },
    ],
    [{ kind: 'hang-up' }, { outcome: 200, scans: 1 }],
  ] as const)('%j does to a trigger what it says', async (fault, expected) => {
    expect(await struckTrigger(fault)).toEqual(expected);
  });

  test('strikes the call and the requests that its rule names', async () => {
    const { get } = await faulty({
      call: 'version',
      from: 2,
      times: 2,
      fault: { kind: 'answer', status: 502 },
    });
    const statuses: number[] = [];
    for (let number = 1; number <= 4; number += 1) statuses.push((await get('version')).status);
    expect(statuses).toEqual([200, 502, 502, 200]);
    expect((await get('registry/names')).status).toBe(200);
  });

  test('can strike every call for good', async () => {
    const { get } = await faulty({ call: 'any', fault: { kind: 'answer', status: 500, body: '<html>' } });
    const first = await get('version');
    expect([first.status, await first.text()]).toEqual([500, '<html>']);
    expect((await get('registry')).status).toBe(500);
  });

  test('can answer with any bytes and headers', async () => {
    const { get } = await faulty({
      call: 'version',
      fault: {
        kind: 'answer',
        status: 429,
        headers: { 'retry-after': '7' },
        body: new Uint8Array([0xff, 0xfe]),
      },
    });
    const response = await get('version');
    expect(response.headers.get('retry-after')).toBe('7');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0xff, 0xfe]));
  });

  test.each(['registry/progress', 'registry/scan'])(
    'can drop the connection within the body of %s',
    async (path) => {
      const { get } = await faulty({ call: 'any', fault: { kind: 'drop', where: 'within' } });
      const init = path === 'registry/scan' ? { method: 'POST', body } : {};
      const response = await get(path, init);
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow();
    },
  );

  test.each([
    ['before', 'broken'],
    ['within', 200],
  ] as const)('can stall %s the body, until the client gives up', async (where, expected) => {
    const { console, get } = await faulty({ call: 'version', fault: { kind: 'stall', where } });
    const abort = new AbortController();
    const headers = get('version', { signal: abort.signal }).then(
      (response) => response,
      () => 'broken',
    );
    while (console.requests.length === 0) await get('_ping');
    if (where === 'within') await headers;
    abort.abort();
    const response = await headers;
    expect(response instanceof Response ? response.status : response).toBe(expected);
    if (response instanceof Response) await expect(response.text()).rejects.toThrow();
  });

  test('can let the body trickle', async () => {
    const { get } = await faulty({ call: 'version', fault: { kind: 'trickle', bytes: 1, everyMs: 1 } });
    expect(await (await get('version')).text()).toBe('"32.07.123"');
  });

  test('can rewrite what the Console says', async () => {
    const { get } = await faulty({
      call: 'version',
      fault: { kind: 'rewrite', pattern: /32\.(\d+)/, to: '33.$1' },
    });
    expect(await (await get('version')).text()).toBe('"33.07.123"');
  });

  test('can change or leave out a header, the date too', async () => {
    const header = (name: string, value: string | undefined) => ({ kind: 'header', name, value }) as const;
    const headersWith = async (fault: Fault) => {
      const { get } = await faulty({ call: 'version', fault });
      const response = await get('version');
      return { headers: response.headers, body: await response.text() };
    };
    const dated = await headersWith(header('date', 'yesterday'));
    expect([dated.headers.get('date'), dated.body]).toEqual(['yesterday', '"32.07.123"']);
    expect((await headersWith(header('date', undefined))).headers.has('date')).toBe(false);
    expect((await headersWith(header('content-type', undefined))).headers.has('content-type')).toBe(false);
    expect((await headersWith(header('age', '7'))).headers.get('age')).toBe('7');
  });

  test('can compress an answer although the client does not accept it', async () => {
    const { get } = await faulty({ call: 'version', fault: { kind: 'gzip' } });
    const response = await get('version');
    expect([response.headers.get('content-encoding'), await response.text()]).toEqual([
      'gzip',
      '"32.07.123"',
    ]);
  });

  test('can set the clock of the Console, as far as times from then on show', async () => {
    const startedAtMs = Date.UTC(2026, 10, 2, 9);
    const hour = 3_600_000;
    const image = (repo: string, agoMs: number) =>
      buildImage({ repo, tag: '1', earlier: buildEarlierScan({ agoMs }) });
    const console = await startConsole({
      scenario: buildScenario({ images: [image('a/before', 2 * hour), image('b/after', hour / 2)] }),
      now: () => startedAtMs,
      fault: () => ({ kind: 'clock-set', fromMs: startedAtMs - hour, byMs: -5 * hour }),
    });
    running.push(console);
    const report = await fetch(`${console.url}/api/v1/registry`, { headers: { authorization } });
    const times = (await report.text()).match(/"scanTime":"[^"]*/g);
    expect(times).toEqual(['"scanTime":"2026-11-02T07:00:00.000Z', '"scanTime":"2026-11-02T03:30:00.000Z']);
  });

  test('can make the body as long as it likes', async () => {
    const { get } = await faulty({
      call: 'version',
      fault: { kind: 'flood', bytes: 100_000, everyMs: 0, pieces: 30 },
    });
    expect(await (await get('version')).text()).toHaveLength(3_000_000);
  });

  test.each([false, true])('answers with as much as it says, compressed: %j', async (gzip) => {
    const fault = { kind: 'repeat', start: '[{}', piece: ',{}', times: 100_000, end: ']', gzip } as const;
    const { get } = await faulty({ call: 'registry', fault });
    const response = await get('registry');
    expect(response.headers.get('content-encoding')).toBe(gzip ? 'gzip' : null);
    expect(await response.json()).toHaveLength(100_001);
  });

  test('can flood without end, until the client gives up', async () => {
    const { get } = await faulty({ call: 'version', fault: { kind: 'flood', bytes: 10, everyMs: 1 } });
    const abort = new AbortController();
    const response = await get('version', { signal: abort.signal });
    abort.abort();
    await expect(response.text()).rejects.toThrow();
  });

  test('can hang up after an answer that promised to keep the connection', async () => {
    const { get } = await faulty({ call: 'version', times: 1, fault: { kind: 'hang-up' } });
    const response = await get('version');
    expect([response.headers.get('connection'), await response.text()]).toEqual([
      'keep-alive',
      '"32.07.123"',
    ]);
  });

  test('does not keep the Console from closing', async () => {
    const { console, get } = await faulty({ call: 'version', fault: { kind: 'stall', where: 'before' } });
    const stalled = get('version').then(
      () => 'answered',
      () => 'broken',
    );
    while (console.requests.length === 0) await get('_ping');
    await console.close();
    expect(await stalled).toBe('broken');
  });
});
