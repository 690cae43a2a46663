import { describe, expect, test } from '@jest/globals';
import { CallError } from '../../src/http/call-error.ts';
import { decide } from '../../src/policy/decision.ts';
import type { Reason } from '../../src/policy/reasons.ts';
import { decisionFromError } from '../../src/run/decision-from-error.ts';
import type { CallFailureKind } from '../../src/scan/call-failure.ts';

describe('An error', () => {
  const { signal } = new AbortController();

  test.each<[CallFailureKind, Reason]>([
    ['unauthorized', 'unauthorized'],
    ['forbidden', 'forbidden'],
    ['not-found', 'not-found'],
    ['bad-request', 'bad-request'],
    ['tls', 'tls'],
    ['unreachable', 'unreachable'],
    ['rate-limited', 'unreachable'],
    ['invalid-response', 'invalid-response'],
  ])('of the Console of kind %s is %s', (kind, reason) => {
    const error = new CallError({ server: 'Console', kind, call: 'GET registry', what: 'what came back' });
    expect(decisionFromError(error, signal)).toMatchObject({
      reason,
      because: { kind: 'call-failed', failure: { kind, what: 'what came back' } },
    });
  });

  test('of no known class is a defect, as one line', () => {
    expect(decisionFromError(new TypeError('a\nb'), signal)).toEqual(
      decide('internal', { kind: 'defect', message: 'a b' }),
    );
    expect(decisionFromError(undefined, signal).verdict).toBe('error');
  });

  test('after the abort is the abort’s', () => {
    const aborted = AbortSignal.abort(new Error('stop'));
    expect(decisionFromError(new Error('other'), aborted)).toMatchObject({
      verdict: 'cancelled',
      reason: 'signal',
    });
  });
});
