import { afterEach, describe, expect, test } from '@jest/globals';
import { buildImage, buildRegistry, buildScenario } from '../src/builders.ts';
import { createControlApi } from '../src/control-api.ts';
import { type RunningConsole, startConsole } from '../src/server.ts';
import { TestClock } from './test-clock.ts';
import { STARTS_AT_MS } from './test-console.ts';

const running: RunningConsole[] = [];
const cart = { registry: '', repo: 'shop/cart', tag: '7' };

afterEach(async () => {
  await Promise.all(running.splice(0).map((console) => console.close()));
});

async function started(controlToken: string | undefined = 'secret') {
  const clock = new TestClock(STARTS_AT_MS);
  const console = await startConsole({
    scenario: buildScenario({
      images: [buildImage(cart)],
      registries: [buildRegistry({ registry: 'r.example' })],
      settings: { rateLimit: null },
    }),
    now: () => clock.nowMs(),
    basePath: '/tenant-1',
    ...(controlToken === '' ? {} : { control: createControlApi(controlToken) }),
  });
  running.push(console);
  const origin = new URL(console.url).origin;
  const control = async (method: string, path: string, body?: unknown, token = 'secret') => {
    const response = await fetch(`${origin}/_control/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const answer: unknown = JSON.parse((await response.text()).replace(/^404.*/, '""'));
    return { status: response.status, answer };
  };
  const authorization = `Basic ${Buffer.from('gate:let-me-scan').toString('base64')}`;
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${console.url}/api/v32.07/${path}`, { headers: { authorization }, ...init });
  const progress = async () =>
    JSON.parse(await (await call('registry/progress?onDemand=true&repo=shop/cart&tag=7')).text());
  const rows = async () => JSON.parse(await (await call('registry')).text());
  const trigger = () =>
    call('registry/scan', { method: 'POST', body: JSON.stringify({ onDemandScan: true, tag: cart }) });
  return { clock, control, call, progress, rows, trigger };
}

describe('the control API', () => {
  test('is off unless there is a token, and takes no other token', async () => {
    const off = await started('');
    expect(await off.control('GET', 'settings')).toMatchObject({ status: 404 });
    const on = await started();
    expect(await on.control('GET', 'settings', undefined, 'wrong')).toMatchObject({ status: 401 });
    expect(await on.control('GET', 'settings')).toMatchObject({ status: 200, answer: { rowLagMs: 500 } });
  });

  test('lists its calls, and has no others', async () => {
    const { control } = await started();
    expect(await control('GET', '')).toMatchObject({
      answer: { calls: expect.arrayContaining(['POST reset']) },
    });
    expect(await control('DELETE', 'everything')).toMatchObject({ status: 404 });
  });

  test('adds images', async () => {
    const { control, call } = await started();
    await control('PUT', 'images', [{ repo: 'shop/till', tag: '1', earlier: {} }]);
    await control('PUT', 'images', 'repo: shop/lamp\ntag: "1"\n');
    expect(await control('GET', 'images')).toMatchObject({
      answer: ['shop/cart:7', 'shop/lamp:1', 'shop/till:1'],
    });
    expect(await (await call('registry/names')).json()).toEqual(['shop/till:1']);
  });

  test('changes settings, and names what is wrong', async () => {
    const { control, call } = await started();
    await control('PATCH', 'settings', { reportStatus: 403 });
    expect((await call('registry')).status).toBe(403);
    expect(await control('PATCH', 'settings', { reportStatsu: 403 })).toEqual({
      status: 400,
      answer: { err: 'the settings: unknown key "reportStatsu"; did you mean "reportStatus"?' },
    });
  });

  test('injects faults', async () => {
    const { control, call } = await started();
    const fault = { kind: 'answer', status: 503, body: 'no', headers: { 'retry-after': '1' } };
    await control('PUT', 'faults', [{ call: 'progress', times: 1, fault }]);
    expect((await call('registry/progress')).status).toBe(503);
    expect((await call('registry/progress')).status).toBe(200);
    await control('PUT', 'faults', { call: 'any', fault: { kind: 'answer', status: 500 } });
    expect((await call('version')).status).toBe(500);
    await control('DELETE', 'faults');
    expect((await call('version')).status).toBe(200);
    expect(await control('GET', 'faults')).toMatchObject({ answer: [] });
  });

  test('lets time pass, and sets the clock', async () => {
    const { control, progress, trigger, call } = await started();
    await trigger();
    await control('POST', 'clock', { advanceMs: 1_500 });
    expect(await progress()).toMatchObject([{ isScanOngoing: true }]);
    await control('POST', 'clock', { advanceMs: 1_500 });
    expect(await progress()).toMatchObject([{ isScanOngoing: false }]);
    await control('POST', 'clock', { byMs: -60_000 });
    expect(await control('GET', 'clock')).toMatchObject({ answer: { now: '2026-11-02T08:59:03.000Z' } });
    expect((await call('version')).headers.get('date')).toBe('Mon, 02 Nov 2026 08:59:03 GMT');
    expect(await control('POST', 'clock', {})).toMatchObject({ status: 400 });
    expect(await control('POST', 'clock', { advanceMs: -1 })).toMatchObject({ status: 400 });
  });

  test('restarts, and reads an end as another user', async () => {
    const { control, progress, trigger, clock } = await started();
    await trigger();
    clock.advance(1_000);
    await control('POST', 'restart');
    expect(await progress()).toEqual([]);
    await trigger();
    clock.advance(5_000);
    await control('POST', 'read', cart);
    expect(await progress()).toEqual([]);
  });

  test('starts and stops the regular scan, and starts the scan of another user', async () => {
    const { control, call, rows, clock } = await started();
    const regular = async () => JSON.parse(await (await call('registry/progress')).text());
    await control('POST', 'regular-scan');
    expect(await regular()).toMatchObject([{ isScanOngoing: true }]);
    await control('POST', 'regular-scan/stop');
    expect(await regular()).toMatchObject([{ isScanOngoing: false }]);
    await control('POST', 'scans', { image: cart, scan: { outcome: 'report-error', errorText: 'no space' } });
    clock.advance(5_000);
    expect(await rows()).toMatchObject([{ err: 'no space' }]);
    expect(await control('POST', 'scans', { image: { repo: 'shop/cart' } })).toMatchObject({ status: 400 });
  });

  test('shows what was requested, and what happened', async () => {
    const { control, trigger, progress } = await started();
    await trigger();
    await progress();
    expect(await control('GET', 'requests')).toMatchObject({
      answer: [
        { call: 'scan', method: 'POST' },
        { call: 'progress', query: expect.stringContaining('tag=7') },
      ],
    });
    await control('DELETE', 'requests');
    expect(await control('GET', 'requests')).toMatchObject({ answer: [] });
    expect(await control('GET', 'scans')).toMatchObject({
      answer: [{ image: 'shop/cart:7', kind: 'on-demand' }],
    });
    expect(await control('GET', 'scans?repo=shop/cart&tag=7')).toMatchObject({
      answer: [{ outcome: 'finished' }],
    });
  });

  test('resets to the first scenario, or to another one', async () => {
    const { control, trigger, call } = await started();
    await trigger();
    await control('PATCH', 'settings', { reportStatus: 403 });
    await control('POST', 'reset');
    expect(await control('GET', 'scans')).toMatchObject({ answer: [] });
    expect((await call('registry')).status).toBe(200);
    await control('POST', 'reset', 'images: [{ repo: shop/lamp, tag: "1" }]');
    expect(await control('GET', 'images')).toMatchObject({ answer: ['shop/lamp:1'] });
    expect(await control('POST', 'reset', 'images: 7')).toMatchObject({ status: 400 });
  });
});
