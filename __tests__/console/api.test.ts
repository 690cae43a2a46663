import { describe, expect, test } from '@jest/globals';
import { ConsoleApi } from '../../src/console/api.ts';
import type { Credentials } from '../../src/console/session.ts';
import type { HttpRequest, HttpResponse } from '../../src/http/transport.ts';
import { TransportError } from '../../src/http/transport-error.ts';
import type { Image } from '../../src/image/image.ts';
import { ActiveScans } from '../../src/scan/clock.ts';
import { Deadline } from '../../src/scan/deadline.ts';
import { FakeClock } from '../builders/fake-clock.ts';
import { taggedImage } from '../builders/image.ts';

const MB = 1024 * 1024;
const PASSWORD = 'p4ss-w0rd';
const address = { base: 'https://console.example/path', apiVersion: '32.07', project: 'team one' };
const login: Credentials = { kind: 'login', username: 'gate', password: PASSWORD };
const date = 'Mon, 02 Nov 2026 09:00:00 GMT';

const image = taggedImage('team/app', '1.4', 'https://registry.example.com');
const otherImage: Image = { ...image, repository: 'team/other' };

type Reply = Partial<Pick<HttpResponse, 'status' | 'headers'>> & {
  readonly json?: unknown;
  readonly text?: string;
};
/** A reply, or a failure of the transport. */
type Fate = Reply | TransportError;

const call = ({ method, url }: HttpRequest) => `${method} ${url.pathname.replace('/path/api/v32.07/', '')}`;

/** A client of a Console that answers each request as scripted; log-ins succeed by default. */
function begin(fateOf: (request: HttpRequest, nth: number) => Fate, credentials = login) {
  const clock = new FakeClock();
  const requests: HttpRequest[] = [];
  const debug: string[] = [];
  const secrets: string[] = [];
  const aborted = new AbortController();
  const { signal } = aborted;
  const transport = async (request: HttpRequest): Promise<HttpResponse> => {
    requests.push(request);
    await clock.sleep(10, request.signal);
    request.signal.throwIfAborted();
    const isLogIn = call(request) === 'POST authenticate';
    const count = requests.filter((each) => call(each) === call(request)).length;
    const fate = isLogIn ? { json: { token: `issued-token-${count}` } } : fateOf(request, count - 1);
    if (fate instanceof TransportError) throw fate;
    const { status = 200, headers = {}, json, text = JSON.stringify(json ?? null) } = fate;
    return { status, headers, body: Buffer.from(text) };
  };
  const api = new ConsoleApi(address, credentials, {
    transport,
    clock,
    deadline: new Deadline(clock, 1_800_000),
    activeScans: new ActiveScans(),
    random: () => 0,
    signal,
    redact: (text) => text.replaceAll(PASSWORD, '***').replaceAll(/issued-token-\d/g, '***'),
    addSecret: (secret) => secrets.push(secret),
    debug: (text) => debug.push(text),
  });
  const source = (of = image) => api.scanOf(of, () => []);
  return {
    clock,
    requests,
    debug,
    secrets,
    aborted,
    api,
    progress: (of = image) => clock.run(source(of).progress(signal)),
    report: (of = image, detail: 'compact' | 'full' = 'compact') =>
      clock.run(source(of).report(detail, signal)),
    trigger: (of = image) => clock.run(api.starterOf(of, 75_000)(signal)),
  };
}

const ongoing = [{ isScanOngoing: true }];
const answered = () => ({ json: ongoing });
const refused = (status: number): Reply => ({ status, json: { err: 'no' } });

describe('Every request', () => {
  test('but the log-in has a token, and the project', async () => {
    const { progress, report, trigger, requests, secrets } = begin(() => ({}));
    await progress();
    await report();
    await trigger();
    expect(requests.map((request) => [call(request), request.headers.authorization])).toEqual([
      ['POST authenticate', undefined],
      ['GET registry/progress', 'Bearer issued-token-1'],
      ['GET registry', 'Bearer issued-token-1'],
      ['POST registry/scan', 'Bearer issued-token-1'],
    ]);
    expect(requests.map(({ url }) => url.searchParams.get('project'))).toEqual([
      null,
      ...Array(3).fill('team one'),
    ]);
    expect(secrets).toEqual(['issued-token-1']);
  });

  test('has a bound of 1 MB for its response, but for the pages of the report, which have their own', async () => {
    const { progress, report, trigger, requests } = begin(() => ({}));
    await progress();
    await report();
    await report(image, 'full');
    await trigger();
    expect(requests.map(({ maxBytes }) => maxBytes)).toEqual([MB, MB, 16 * MB, 96 * MB, MB]);
  });

  test('is logged for debugging, without bodies and secrets', async () => {
    const { progress, debug } = begin((_request, nth) =>
      nth === 0 ? { json: ongoing } : new TransportError('connection', '', `reset by ${PASSWORD}`),
    );
    await progress();
    await progress();
    expect(debug).toEqual([
      'POST authenticate: 200, 26 bytes, 10 ms',
      'GET registry/progress?onDemand=true&registry=https%3A%2F%2Fregistry.example.com&repo=team%2Fapp&tag=1.4&project=team+one: 200, 24 bytes, 10 ms',
      'GET registry/progress?onDemand=true&registry=https%3A%2F%2Fregistry.example.com&repo=team%2Fapp&tag=1.4&project=team+one: reset by ***, 10 ms',
    ]);
  });

  test('ends with the reason of its signal', async () => {
    const { progress, aborted, clock } = begin(answered);
    const reason = new Error('aborted');
    void clock.sleep(5).then(() => aborted.abort(reason));
    await expect(progress()).rejects.toBe(reason);
  });

  test.each<[string, Fate, string]>([
    ['a server error', { status: 503 }, 'unreachable'],
    ['too many requests', { status: 429, headers: { 'retry-after': '7' } }, 'rate-limited'],
    ['a timeout', new TransportError('timeout', '', 'no complete response within 1.0 s'), 'unreachable'],
    ['a response that is too large', new TransportError('too-large', '', 'x'), 'invalid-response'],
    ['a page of HTML', { text: '<html>' }, 'invalid-response'],
    ['nothing', { text: '' }, 'invalid-response'],
    ['another kind of JSON', { json: {} }, 'invalid-response'],
    ['a redirect', { status: 302 }, 'invalid-response'],
  ])('may be repeated after %s', async (_what, fate, kind) => {
    const { progress } = begin(() => fate);
    expect(await progress()).toMatchObject({ ok: false, failure: { kind } });
  });

  test('is not repeated with a certificate that is wrong', async () => {
    const { progress } = begin(() => new TransportError('tls', 'CERT_HAS_EXPIRED', 'expired'));
    await expect(progress()).rejects.toMatchObject({ kind: 'tls' });
  });
});

describe('A token', () => {
  const unless = (accepted: string) => (request: HttpRequest) =>
    request.headers.authorization === `Bearer ${accepted}` ? { json: ongoing } : { status: 401 };

  test('that is rejected is renewed at once', async () => {
    const { progress, requests } = begin(unless('issued-token-2'));
    expect(await progress()).toMatchObject({ ok: true });
    expect(requests.map(call)).toEqual([
      'POST authenticate',
      'GET registry/progress',
      'POST authenticate',
      'GET registry/progress',
    ]);
  });

  test('that is rejected a second time is final, also if the call was answered before', async () => {
    const { progress, requests } = begin((_request, nth) =>
      nth === 0 ? { json: ongoing } : { status: 401 },
    );
    await progress();
    await expect(progress()).rejects.toMatchObject({ kind: 'unauthorized' });
    expect(requests).toHaveLength(5);
  });

  test('that was given is not renewed', async () => {
    const { progress, requests } = begin(unless('other'), { kind: 'token', token: 'given' });
    await expect(progress()).rejects.toMatchObject({ kind: 'unauthorized' });
    expect(requests.map(call)).toEqual(['GET registry/progress']);
  });
});

describe('A refusal', () => {
  test.each([
    [400, 'bad-request'],
    [403, 'forbidden'],
    [404, 'not-found'],
  ])('with %i of the first answer of a call is final', async (status, kind) => {
    const { progress } = begin(() => refused(status));
    await expect(progress()).rejects.toMatchObject({ kind, call: 'GET registry/progress' });
  });

  test.each([400, 403, 404])(
    'with %i of a call that was answered before is an outage for a minute',
    async (status) => {
      const { clock, progress } = begin((_request, nth) => (nth === 0 ? { json: ongoing } : refused(status)));
      await progress();
      const kinds: string[] = [];
      for (let waitedS = 0; waitedS < 60; waitedS += 20) {
        const result = await progress();
        kinds.push(result.ok ? 'answered' : result.failure.kind);
        await clock.run(clock.sleep(20_000));
      }
      expect(kinds).toEqual(['unreachable', 'unreachable', 'unreachable']);
      await expect(progress()).rejects.toMatchObject({ call: 'GET registry/progress' });
    },
  );

  test('begins a new minute once the call was answered again', async () => {
    const { clock, progress } = begin((_request, nth) => (nth % 2 === 0 ? { json: ongoing } : refused(404)));
    for (let round = 0; round < 5; round += 1) {
      expect(await progress()).toMatchObject({ ok: true });
      expect(await progress()).toMatchObject({ ok: false });
      await clock.run(clock.sleep(50_000));
    }
  });

  test('of one image becomes final, although others are answered', async () => {
    const { clock, progress } = begin(({ url }) =>
      url.searchParams.get('repo') === 'team/app' ? { json: ongoing } : refused(400),
    );
    await progress();
    expect(await progress(otherImage)).toMatchObject({ ok: false });
    await clock.run(clock.sleep(61_000));
    await progress();
    await expect(progress(otherImage)).rejects.toMatchObject({ kind: 'bad-request' });
  });

  test.each([403, 404])(
    'of the report with %i makes it unreadable at first, and an outage later',
    async (status) => {
      const never = begin(() => ({ ...refused(status), headers: { date } }));
      expect(await never.report()).toEqual({
        ok: true,
        value: {
          kind: 'unreadable',
          why: status === 403 ? 'forbidden' : 'not-found',
          readAtMs: Date.parse(date),
        },
      });
      const later = begin((_request, nth) => (nth === 0 ? { json: null } : refused(status)));
      expect(await later.report()).toMatchObject({ value: { kind: 'absent' } });
      expect(await later.report()).toMatchObject({ ok: false, failure: { kind: 'unreachable' } });
      await later.clock.run(later.clock.sleep(60_000));
      await expect(later.report()).rejects.toMatchObject({ call: 'GET registry' });
    },
  );

  test('of the log-in does not make the report unreadable', async () => {
    const { report } = begin(() => ({ status: 401 }), { kind: 'token', token: 'given' });
    await expect(report()).rejects.toMatchObject({ kind: 'unauthorized' });
  });
});

describe('The trigger', () => {
  test('asks for the scan of one image', async () => {
    const { trigger, requests } = begin(() => ({ text: '' }));
    expect(await trigger()).toEqual({ ok: true, value: 'accepted' });
    expect(JSON.parse(requests[1]?.body ?? '')).toEqual({
      onDemandScan: true,
      tag: { registry: 'https://registry.example.com', repo: 'team/app', tag: '1.4' },
    });
    expect(requests[1]?.limitMs).toBe(75_000);
  });

  test.each(['', 'ok', '{"id":1}', 'null'])('is accepted by a 200 with the body %j', async (text) => {
    expect(await begin(() => ({ text })).trigger()).toEqual({ ok: true, value: 'accepted' });
  });

  test('has an unclear outcome if a page of HTML came back, as from a proxy', async () => {
    const failure = { kind: 'invalid-response' };
    expect(await begin(() => ({ text: ' <html>' })).trigger()).toMatchObject({ ok: false, failure });
  });

  test.each([400, 403, 404, 409, 422])(
    'is refused finally with %i, also after one was accepted',
    async (status) => {
      const { trigger } = begin((_request, nth) => (nth === 0 ? {} : refused(status)));
      await trigger();
      await expect(trigger()).rejects.toMatchObject({ call: 'POST registry/scan' });
    },
  );

  test.each([500, 503, 429, 408])('has an unclear outcome with %i', async (status) => {
    expect(await begin(() => refused(status)).trigger()).toMatchObject({ ok: false });
  });
});

describe('The report', () => {
  const repoTag = { registry: 'registry.example.com', repo: 'team/app', tag: '1.4' };
  const row = { repoTag, scanTime: '2026-11-02T08:00:00Z' };

  test('has the time of its response by the clock of the Console', async () => {
    const { report } = begin(() => ({ json: [row], headers: { date, age: '90' } }));
    expect(await report()).toMatchObject({ value: { kind: 'row', readAtMs: Date.parse(date) + 90_000 } });
  });

  test.each([
    ['1', 1],
    ['51', 2],
    ['', 1],
    ['-1', 1],
    ['1e3', 1],
    ['many', 1],
  ])('with the Total-Count %j is read in %d pages if it shows the image', async (count, pages) => {
    const { report, requests } = begin(({ url }) => ({
      json: url.searchParams.get('offset') === '0' ? [row] : [],
      headers: { 'total-count': count },
    }));
    expect(await report()).toMatchObject({ value: { kind: 'row' } });
    expect(requests.slice(1).map(({ url }) => url.searchParams.get('offset'))).toEqual(
      ['0', '1'].slice(0, pages),
    );
  });
});

describe('The regular scan', () => {
  test('is asked for without a query, and has no report', async () => {
    const { api, clock, requests, aborted } = begin(answered);
    const source = api.regularScan();
    await clock.run(source.progress(aborted.signal));
    expect(requests[1]?.url.search).toBe('?project=team+one');
    expect(await source.report('compact', aborted.signal)).toMatchObject({
      value: { kind: 'unreadable', why: 'regular-scan' },
    });
  });
});
