import { describe, expect, test } from '@jest/globals';
import { consolePeer, isRefusal, retryableFailureOf } from '../../src/console/errors.ts';
import { CallError, errorOfBody, errorOfStatus, errorOfTransport } from '../../src/http/call-error.ts';
import { DecodeError } from '../../src/http/decode.ts';
import type { HttpResponse } from '../../src/http/transport.ts';
import { TransportError } from '../../src/http/transport-error.ts';
import { registryPeer } from '../../src/registry/registry-error.ts';
import { withHint } from '../../src/text/call-text.ts';

const call = 'GET registry/progress';
const date = 'Mon, 23 Nov 2026 10:00:00 GMT';
const dateMs = Date.parse(date);

const redact = (text: string) => text.replaceAll('hunter2', '***');
const peer = consolePeer(redact);

function response(status: number, headers: HttpResponse['headers'] = {}, body = ''): HttpResponse {
  return { status, headers, body: Buffer.from(body) };
}

const statusError = (given: HttpResponse) => errorOfStatus(call, given, peer);
const transportError = (kind: TransportError['kind'], code?: string, message = 'what came back') =>
  errorOfTransport(call, new TransportError(kind, code, message), peer);

/** The kind of an error, and whether another attempt may help. */
function kindOf(error: CallError | undefined): string {
  if (error === undefined) return 'success';
  return `${retryableFailureOf(error) === undefined ? 'final' : 'again'} ${error.kind}`;
}

describe('A status', () => {
  test.each([
    [200, 'success'],
    [204, 'success'],
    [299, 'success'],
    [199, 'final bad-request'],
    [300, 'again invalid-response'],
    [302, 'again invalid-response'],
    [399, 'again invalid-response'],
    [400, 'final bad-request'],
    [401, 'final unauthorized'],
    [403, 'final forbidden'],
    [404, 'final not-found'],
    [405, 'final bad-request'],
    [407, 'again unreachable'],
    [408, 'again unreachable'],
    [418, 'final bad-request'],
    [425, 'again unreachable'],
    [429, 'again rate-limited'],
    [499, 'final bad-request'],
    [500, 'again unreachable'],
    [502, 'again unreachable'],
    [503, 'again unreachable'],
    [504, 'again unreachable'],
    [599, 'again unreachable'],
  ])('of %i is %s', (status, kind) => {
    expect(kindOf(statusError(response(status)))).toBe(kind);
  });

  test.each([
    [401, false],
    [403, true],
    [404, true],
    [400, true],
    [500, false],
    [429, false],
  ])('of %i may be an outage of what was answered before: %s', (status, expected) => {
    const error = statusError(response(status));
    expect(error && isRefusal(error)).toBe(expected);
  });

  test('is reported with the call, the words of the Console and its time', () => {
    const error = statusError(response(403, { date }, '{"err":"no\\n::error::access"}'));
    expect(error).toMatchObject({ name: 'CallError', server: 'Console', call, dateMs });
    expect(error?.what).toBe(`${call}: the Console answered 403 (no : :error: :access)`);
    expect(error?.hint).toBeUndefined();
  });

  test('of a registry is reported with its words, and the hint beside them', () => {
    const body = JSON.stringify({ errors: [{ code: 'DENIED', message: 'because of hunter2' }] });
    const error = errorOfStatus(
      'GET https://r.example/v2/x',
      response(403, {}, body),
      registryPeer(redact, (kind) => `About ${kind}.`),
    );
    expect(error).toMatchObject({
      server: 'registry',
      what: 'GET https://r.example/v2/x: the registry answered 403 (DENIED: because of ***)',
      hint: 'About forbidden.',
    });
  });

  test('is reported without secrets', () => {
    const body = JSON.stringify({ err: `${'x'.repeat(294)} hunter2` });
    expect(statusError(response(400, {}, body))?.what).not.toContain('hunt');
    expect(statusError(response(302, { location: '/hunter2' }))?.what).toContain('to /***;');
  });

  test.each([
    '<html>no</html>',
    '',
    '{"err":5}',
    '[]',
    '{"err":""}',
    '{"err":',
    JSON.stringify({ err: 'x'.repeat(100_000) }),
  ])('is reported without words if the body has none: %#', (body) => {
    expect(statusError(response(500, {}, body))?.what).toBe(`${call}: the Console answered 500`);
  });

  test('of 407 names the proxy', () => {
    const error = statusError(response(407));
    expect(error?.what).toBe(`${call}: a proxy answered 407`);
    expect(error?.hint).toContain('user and a password');
  });

  test.each<[string | undefined, string]>([
    ['https://evil.example/\n##[x]', 'https://evil.example/'],
    ['https://user:pass@store.example/blob?signature=s#f', 'https://store.example/blob'],
    ['/login?state=s', '/login'],
    [undefined, 'nowhere'],
  ])('that redirects to %j says where to, without what may be secret', (location, shown) => {
    const headers = location === undefined ? {} : { location };
    expect(statusError(response(302, headers))?.what).toBe(
      `${call}: redirected (302) to ${shown}; not followed`,
    );
  });

  test('of 429 carries the pause that the server asked for; a final one does not', () => {
    expect(statusError(response(429, { 'retry-after': '7' }))?.retryAfterMs).toBe(7_000);
    expect(statusError(response(403, { 'retry-after': '7' }))?.retryAfterMs).toBeUndefined();
  });
});

describe('A failure of the transport', () => {
  test.each<[TransportError['kind'], string]>([
    ['timeout', 'again unreachable'],
    ['unresolved', 'again unreachable'],
    ['refused', 'again unreachable'],
    ['proxy', 'again unreachable'],
    ['connection', 'again unreachable'],
    ['too-large', 'again invalid-response'],
    ['tls', 'final tls'],
    ['not-tls', 'final tls'],
  ])('of kind %s is %s', (kind, expected) => {
    const cause = new TransportError(kind, undefined, 'what came back from hunter2');
    const error = errorOfTransport(call, cause, peer);
    expect(kindOf(error)).toBe(expected);
    expect(error.what).toBe(`${call}: what came back from ***`);
    expect(error.cause).toBe(cause);
  });

  test.each<[TransportError['kind'], string | undefined, string]>([
    ['tls', 'CERT_HAS_EXPIRED', 'has expired'],
    ['tls', 'CERT_NOT_YET_VALID', 'not valid yet'],
    ['tls', 'ERR_TLS_CERT_ALTNAME_INVALID', 'another host name'],
    ['tls', 'HOSTNAME_MISMATCH', 'another host name'],
    ['tls', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed'],
    ['tls', 'SELF_SIGNED_CERT_IN_CHAIN', 'that CA in ca-cert'],
    ['tls', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'that CA in ca-cert'],
    ['tls', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'that CA in ca-cert'],
    ['tls', 'INVALID_PURPOSE', 'not a server certificate'],
    ['tls', 'EE_KEY_TOO_SMALL', 'not a server certificate'],
    ['tls', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'certificate of the client'],
    ['tls', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'TLS versions'],
    ['not-tls', 'ERR_SSL_WRONG_VERSION_NUMBER', 'https port'],
    ['proxy', '407', 'user and a password'],
    ['proxy', '403', 'did not open a connection'],
    ['proxy', 'ECONNREFUSED', 'proxy cannot be reached'],
    ['proxy', undefined, 'proxy cannot be reached'],
    ['unresolved', 'ENOTFOUND', 'cannot be resolved'],
    ['refused', 'ECONNREFUSED', 'Nothing accepts connections'],
  ])('of kind %s with %s has a hint: %s', (kind, code, words) => {
    for (const server of ['Console', 'registry'] as const) {
      const error = errorOfTransport(call, new TransportError(kind, code, 'x'), { server, redact });
      expect(error.hint).toContain(words);
      expect(error.what).not.toContain(words);
      expect(error.hint).not.toContain(server === 'Console' ? 'registry' : 'Console');
      expect(withHint(error)).toBe(`${error.what}. ${error.hint}`);
    }
  });

  test.each<[TransportError['kind'], string | undefined]>([
    ['connection', 'ECONNRESET'],
    ['timeout', undefined],
    ['too-large', undefined],
    ['tls', 'UNSPECIFIED'],
  ])('of kind %s with %s has no hint', (kind, code) => {
    const error = transportError(kind, code);
    expect(error.hint).toBeUndefined();
    expect(withHint(error)).toBe(`${error.what}.`);
  });
});

test('A body that is not the API’s is reported by its field, and may be right at the next attempt', () => {
  const cause = new DecodeError('progress[0].isScanOngoing', 'true or false', 'null');
  const error = errorOfBody(call, cause, 'Console');
  expect(error.cause).toBe(cause);
  expect(kindOf(error)).toBe('again invalid-response');
  expect(error.what).toBe(
    `${call}: the response is not the API's: progress[0].isScanOngoing: expected true or false, got null`,
  );
});

test('A failure has the pause and the hint of its error', () => {
  const error = new CallError({
    server: 'Console',
    kind: 'rate-limited',
    call,
    what: 'slow down',
    hint: 'Wait.',
    retryAfterMs: 5_000,
  });
  expect(retryableFailureOf(error)).toEqual({
    kind: 'rate-limited',
    call,
    what: 'slow down',
    hint: 'Wait.',
    retryAfterMs: 5_000,
  });
});
