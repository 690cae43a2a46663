import { describe, expect, test } from '@jest/globals';
import { DecodeError } from '../../src/console/decode.ts';
import { type Response, TransportError } from '../../src/console/exchange.ts';
import {
  bodyFailure,
  ConsoleError,
  statusFailure as failureOf,
  NoAnswerError,
  transportFailure,
} from '../../src/console/failure.ts';

const attempt = 'GET registry/progress';

const statusFailure = (of: string, given: Response) =>
  failureOf(of, given, (text) => text.replaceAll('hunter2', '***'));

function response(status: number, headers: Response['headers'] = {}, body = ''): Response {
  return { status, headers, body: Buffer.from(body) };
}

/** The failure as a reason, and whether asking again may help. */
function kindOf(failure: ConsoleError | NoAnswerError | undefined): string {
  if (failure === undefined) return 'success';
  return failure instanceof ConsoleError ? `final ${failure.reason}` : `again ${failure.noAnswer.reason}`;
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
    [408, 'again unreachable'],
    [418, 'final bad-request'],
    [425, 'again unreachable'],
    [429, 'again unreachable'],
    [499, 'final bad-request'],
    [500, 'again unreachable'],
    [502, 'again unreachable'],
    [503, 'again unreachable'],
    [504, 'again unreachable'],
    [599, 'again unreachable'],
  ])('of %i is %s', (status, kind) => {
    expect(kindOf(statusFailure(attempt, response(status)))).toBe(kind);
  });

  test.each([
    [408, undefined],
    [429, true],
    [503, undefined],
  ])('of %i says that too much was asked: %s', (status, isTooMuch) => {
    const failure = statusFailure(attempt, response(status));
    expect(failure instanceof NoAnswerError && failure.noAnswer).toEqual({
      kind: 'no-answer',
      reason: 'unreachable',
      message: `${attempt}: the Console answered ${status}.`,
      retryAfterMs: undefined,
      ...(isTooMuch && { isTooMuch }),
    });
    expect(failure?.name).toBe('NoAnswerError');
  });

  test('is told with the attempt and with the words of the Console', () => {
    const failure = statusFailure(attempt, response(403, {}, '{"err":"no\\n::error::access"}'));
    expect(failure?.message).toBe(`${attempt}: the Console answered 403 (no : :error: :access).`);
    expect(failure).toMatchObject({ attempt, name: 'ConsoleError' });
  });

  test('is told without the secrets in them', () => {
    const body = JSON.stringify({ err: `${'x'.repeat(294)} hunter2` });
    expect(statusFailure(attempt, response(400, {}, body))?.message).not.toContain('hunt');
    expect(statusFailure(attempt, response(302, { location: '/hunter2' }))?.message).toContain('to /***;');
  });

  test.each(['<html>no</html>', '', '{"err":5}', '[]', '{"err":""}'])(
    'is told without them where the body is %j',
    (body) => {
      expect(statusFailure(attempt, response(500, {}, body))?.message).toBe(
        `${attempt}: the Console answered 500.`,
      );
    },
  );

  test('that redirects says where to, as one harmless line', () => {
    const failure = statusFailure(attempt, response(302, { location: 'https://evil.example/\n##[x]' }));
    expect(failure?.message).toBe(
      `${attempt}: redirected (302) to https://evil.example/ ## [x]; not followed.`,
    );
    expect(statusFailure(attempt, response(302))?.message).toContain('to nowhere');
  });

  test.each<[string, Response['headers'], number | undefined]>([
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['absurdly many seconds', { 'retry-after': '99999' }, 99_999_000],
    ['negative seconds', { 'retry-after': '-5' }, undefined],
    ['seconds with a unit', { 'retry-after': '7s', date: 'Mon, 23 Nov 2026 10:00:00 GMT' }, undefined],
    [
      'a date that is now',
      { 'retry-after': 'Mon, 23 Nov 2026 10:00:00 GMT', date: 'Mon, 23 Nov 2026 10:00:00 GMT' },
      undefined,
    ],
    ['rubbish', { 'retry-after': 'soon' }, undefined],
    ['nothing', { 'retry-after': '' }, undefined],
    ['no header', {}, undefined],
    [
      'a date, by the clock of the sender',
      { 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT', date: 'Mon, 23 Nov 2026 10:00:00 GMT' },
      30_000,
    ],
    [
      'a date that has passed',
      { 'retry-after': 'Mon, 23 Nov 2026 09:00:00 GMT', date: 'Mon, 23 Nov 2026 10:00:00 GMT' },
      undefined,
    ],
    ['a date without the sender’s', { 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT' }, undefined],
  ])('of 429 asks for a pause in %s', (_what, headers, expected) => {
    const failure = statusFailure(attempt, response(429, headers));
    expect(failure instanceof NoAnswerError && failure.noAnswer.retryAfterMs).toBe(expected);
  });
});

describe('A failure of the transport', () => {
  test.each<[TransportError['kind'], string]>([
    ['timeout', 'again unreachable'],
    ['connection', 'again unreachable'],
    ['too-large', 'again invalid-response'],
    ['tls', 'final tls'],
  ])('of kind %s is %s', (kind, expected) => {
    const error = new TransportError(kind, '', 'what came back');
    const failure = transportFailure(attempt, error);
    expect(kindOf(failure)).toBe(expected);
    expect(failure.message).toBe(`${attempt}: what came back.`);
    expect(failure.cause).toBe(error);
  });

  test.each([
    ['CERT_HAS_EXPIRED', 'has expired'],
    ['CERT_NOT_YET_VALID', 'not valid yet'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'another name'],
    ['HOSTNAME_MISMATCH', 'another name'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'ca-cert'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'ca-cert'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ca-cert'],
    ['INVALID_PURPOSE', 'not fit for a server'],
    ['EE_KEY_TOO_SMALL', 'not fit for a server'],
    ['EPROTO', 'does not speak TLS'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'does not speak TLS'],
  ])('of TLS with %s names the cause: %s', (code, words) => {
    expect(transportFailure(attempt, new TransportError('tls', code, 'x')).message).toContain(words);
  });
});

test('A body that makes no sense is told by its field, and may make sense when asked again', () => {
  const error = new DecodeError('progress[0].isScanOngoing', 'true or false', 'null');
  const failure = bodyFailure(attempt, error);
  expect(failure.cause).toBe(error);
  expect(kindOf(failure)).toBe('again invalid-response');
  expect(failure.message).toBe(
    `${attempt}: the answer makes no sense, progress[0].isScanOngoing: expected true or false, got null.`,
  );
});
