import { describe, expect, test } from '@jest/globals';
import {
  ConsoleError,
  dateOf,
  errorOfBody,
  errorOfStatus,
  errorOfTransport,
  isRefusal,
  retryableFailureOf,
} from '../../src/console/errors.ts';
import { DecodeError } from '../../src/http/decode.ts';
import { type HttpResponse, TransportError } from '../../src/http/transport.ts';

const call = 'GET registry/progress';
const date = 'Mon, 23 Nov 2026 10:00:00 GMT';
const dateMs = Date.parse(date);

const redact = (text: string) => text.replaceAll('hunter2', '***');

function response(status: number, headers: HttpResponse['headers'] = {}, body = ''): HttpResponse {
  return { status, headers, body: Buffer.from(body) };
}

const statusError = (given: HttpResponse) => errorOfStatus(call, given, redact);
const transportError = (kind: TransportError['kind'], code = '', message = 'what came back') =>
  errorOfTransport(call, new TransportError(kind, code, message), redact);

/** The kind of an error, and whether another attempt may help. */
function kindOf(error: ConsoleError | undefined): string {
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

  test('is told with the call, the words of the Console and its time', () => {
    const error = statusError(response(403, { date }, '{"err":"no\\n::error::access"}'));
    expect(error).toMatchObject({ name: 'ConsoleError', call, dateMs });
    expect(error?.message).toBe(`${call}: the Console answered 403 (no : :error: :access).`);
  });

  test('is told without secrets', () => {
    const body = JSON.stringify({ err: `${'x'.repeat(294)} hunter2` });
    expect(statusError(response(400, {}, body))?.message).not.toContain('hunt');
    expect(statusError(response(302, { location: '/hunter2' }))?.message).toContain('to /***;');
  });

  test.each([
    '<html>no</html>',
    '',
    '{"err":5}',
    '[]',
    '{"err":""}',
    '{"err":',
    JSON.stringify({ err: 'x'.repeat(100_000) }),
  ])('is told without words where the body has none: %#', (body) => {
    expect(statusError(response(500, {}, body))?.message).toBe(`${call}: the Console answered 500.`);
  });

  test('of 407 names the proxy', () => {
    expect(statusError(response(407))?.message).toMatch(/proxy answered 407\. .*user and a password/);
  });

  test('that redirects says where to, as one harmless line', () => {
    expect(statusError(response(302, { location: 'https://evil.example/\n##[x]' }))?.message).toBe(
      `${call}: redirected (302) to https://evil.example/ # #[x]; not followed.`,
    );
    expect(statusError(response(302))?.message).toContain('to nowhere');
  });

  test.each<[string, HttpResponse['headers'], number | undefined]>([
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['absurdly many seconds', { 'retry-after': '99999' }, 99_999_000],
    ['negative seconds', { 'retry-after': '-5' }, undefined],
    ['seconds with a unit', { 'retry-after': '7s', date }, undefined],
    ['a date that is now', { 'retry-after': date, date }, undefined],
    ['rubbish', { 'retry-after': 'soon' }, undefined],
    ['nothing', { 'retry-after': '' }, undefined],
    ['no header', {}, undefined],
    ['a date, by the clock of the sender', { 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT', date }, 30_000],
    ['a date that has passed', { 'retry-after': 'Mon, 23 Nov 2026 09:00:00 GMT', date }, undefined],
    ['a date without the sender’s', { 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT' }, undefined],
  ])('of 429 asks for a pause in %s', (_what, headers, expected) => {
    expect(statusError(response(429, headers))?.retryAfterMs).toBe(expected);
  });
});

describe('The time of a response is', () => {
  test.each<[string, Record<string, string>, number | undefined]>([
    ['that of its date', { date }, dateMs],
    ['later by its age, where a cache gave it', { date, age: '90' }, dateMs + 90_000],
    ['that of its date, where its age is none', { date, age: '0' }, dateMs],
    ['unknown without a date', {}, undefined],
    ['unknown with an age alone', { age: '90' }, undefined],
    ['unknown where the date is none', { date: 'yesterday' }, undefined],
    ['unknown where the age is none', { date, age: 'old' }, undefined],
    ['unknown where the age is no whole number of seconds', { date, age: '1e300' }, undefined],
    ['unknown where no calendar has it', { date: '+275760-09-12T23:59:59Z', age: '999999' }, undefined],
    ['unknown where the age is below zero, which makes a scan look younger', { date, age: '-1' }, undefined],
  ])('%s', (_what, headers, expected) => {
    expect(dateOf(response(200, headers))).toBe(expected);
  });
});

describe('A failure of the transport', () => {
  test.each<[TransportError['kind'], string]>([
    ['timeout', 'again unreachable'],
    ['connection', 'again unreachable'],
    ['too-large', 'again invalid-response'],
    ['tls', 'final tls'],
  ])('of kind %s is %s', (kind, expected) => {
    const cause = new TransportError(kind, '', 'what came back from hunter2');
    const error = errorOfTransport(call, cause, redact);
    expect(kindOf(error)).toBe(expected);
    expect(error.message).toBe(`${call}: what came back from ***.`);
    expect(error.cause).toBe(cause);
  });

  test.each([
    ['CERT_HAS_EXPIRED', 'has expired'],
    ['CERT_NOT_YET_VALID', 'not valid yet'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'another host name'],
    ['HOSTNAME_MISMATCH', 'another host name'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'that CA in ca-cert'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'that CA in ca-cert'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'that CA in ca-cert'],
    ['INVALID_PURPOSE', 'not a server certificate'],
    ['EE_KEY_TOO_SMALL', 'not a server certificate'],
    ['EPROTO', 'does not speak TLS'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'does not speak TLS'],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'does not speak TLS'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'certificate of the client'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'TLS versions'],
  ])('of TLS with %s names the cause: %s', (code, words) => {
    expect(transportError('tls', code).message).toContain(words);
  });

  test.each([
    ['ECONNRESET', 'tunneling socket could not be established, statusCode=407', 'user and a password'],
    ['ECONNRESET', 'tunneling socket could not be established, statusCode=403', 'did not open a connection'],
    ['ECONNRESET', 'tunneling socket could not be established, cause=x', 'proxy cannot be reached'],
    ['ENOTFOUND', 'getaddrinfo ENOTFOUND console', 'cannot be resolved'],
    ['EAI_AGAIN', 'getaddrinfo EAI_AGAIN console', 'cannot be resolved'],
    ['ECONNREFUSED', 'connect ECONNREFUSED', 'Nothing accepts connections'],
  ])('of the connection with %s (%s) names the cause: %s', (code, message, words) => {
    expect(transportError('connection', code, message).message).toContain(words);
  });

  test('of another kind has no hint', () => {
    expect(transportError('connection', 'ECONNRESET', 'socket hang up').message).toBe(
      `${call}: socket hang up.`,
    );
  });
});

test('A body that is not the API’s is told by its field, and may be right at the next attempt', () => {
  const cause = new DecodeError('progress[0].isScanOngoing', 'true or false', 'null');
  const error = errorOfBody(call, cause);
  expect(error.cause).toBe(cause);
  expect(kindOf(error)).toBe('again invalid-response');
  expect(error.message).toBe(
    `${call}: the response is not the API's: progress[0].isScanOngoing: expected true or false, got null.`,
  );
});

test('A failure has the pause that the Console asked for', () => {
  const error = new ConsoleError('rate-limited', call, 'slow down', { retryAfterMs: 5_000 });
  expect(retryableFailureOf(error)).toEqual({
    kind: 'rate-limited',
    message: 'slow down',
    retryAfterMs: 5_000,
  });
});
