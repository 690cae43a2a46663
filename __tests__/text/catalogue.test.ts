import { describe, expect, test } from '@jest/globals';
import { errorOfBody } from '../../src/http/call-error.ts';
import { DecodeError } from '../../src/http/decode.ts';
import type { Because } from '../../src/policy/because.ts';
import { gateResult } from '../../src/policy/gates.ts';
import type { WaitGivenUp } from '../../src/policy/given-up.ts';
import type { CallFailure } from '../../src/scan/call-failure.ts';
import type { Finding } from '../../src/scan/finding.ts';
import type { WaitSeen } from '../../src/scan/timeline.ts';
import { describe as described, issuesPageOf } from '../../src/text/catalogue.ts';
import { DIGEST, finding } from '../output/builders.ts';

const NAME = 'registry.example.com/team/app:1.4';
const text = (because: Because) => described(because, { name: NAME, issuesPage: undefined });
const todo = (because: Because) => text(because).todo;

const givenUp = (given: Partial<WaitGivenUp>): Because => {
  const facts: WaitGivenUp = {
    mode: 'trigger',
    why: 'still-scanning',
    from: 'scanning',
    waitedMs: 120_000,
    maxScanAgeMs: undefined,
    discovery: { scanned: 1, total: 1 },
    imageScan: { scanned: 1, total: 1 },
    shown: { kind: 'no-row' },
    ...given,
  };
  const detail = { kind: 'given-up', facts } as const;
  return {
    kind: 'gates-not-met',
    gates: [gateResult('scan', 'still-scanning', { state: 'unknown', detail })],
  };
};

const unseen: WaitSeen = { wasRequested: false, running: undefined };

const failed = (
  failure: Partial<Extract<Because, { kind: 'call-failed' }>['failure']>,
  seen: Partial<WaitSeen> = {},
): Because => ({
  kind: 'call-failed',
  failure: {
    kind: 'unreachable',
    call: undefined,
    what: 'GET registry: refused',
    hint: undefined,
    status: undefined,
    streak: undefined,
    ...failure,
  },
  seen: { ...unseen, ...seen },
  calls: undefined,
});

const held = (gate: 'severity-cutoff' | 'fail-on-policy', fix: Finding['fix']): Because => {
  const detail = gate === 'fail-on-policy' ? ({ kind: 'none' } as const) : undefined;
  const result = gateResult(gate, 'severity-cutoff', { findings: [finding({ fix })], state: 'not-met' });
  const atOrAbove = { kind: 'at-or-above', cutoff: 'high', onlyFixed: false, comparison: undefined } as const;
  return { kind: 'gates-not-met', gates: [{ ...result, detail: detail ?? atOrAbove }] };
};

const WHYS = ['not-triggered', 'not-started', 'still-scanning', 'unconfirmed', 'incomplete'] as const;
const PHASES = [
  'pending',
  'scanning',
  'over-before',
  'awaiting-report',
  'awaiting-better-row',
  'lost',
  'between-batches',
] as const;
const SHOWN: readonly WaitGivenUp['shown'][] = [
  { kind: 'scan', scanTime: '2026-11-02T08:00:00Z', ageMs: 60_000 },
  { kind: 'outdated-scan', scanTime: '2026-11-02T08:00:00Z', baselineAtMs: 0 },
  { kind: 'unscanned-row' },
  { kind: 'no-row' },
  { kind: 'unreadable' },
];

describe('Every wait that is given up', () => {
  const all = WHYS.flatMap((why) =>
    PHASES.flatMap((from) =>
      SHOWN.flatMap((shown) =>
        (['trigger', 'await', 'await-regular'] as const).map((mode) => givenUp({ why, from, shown, mode })),
      ),
    ),
  );

  test('has sentences for what happened and for what to do, and says each once', () => {
    for (const because of all) {
      const { what, todo: next, brief } = text(because);
      expect(what).toMatch(/^[A-Z].*\.$/);
      expect(next).toMatch(/^[A-Z].*\.$/);
      expect(brief).not.toMatch(/\.$|registry\.example/);
      for (const input of ['max-scan-age', 'collections', 'report-timeout']) {
        expect(`${what} ${next}`.split(input).length).toBeLessThanOrEqual(3);
        if (what.includes(input)) expect(next).not.toContain(input);
      }
    }
  });

  test('is not joined if the Console has lost it, and is if it was running', () => {
    expect(todo(givenUp({ from: 'lost' }))).not.toContain('await');
    expect(todo(givenUp({ from: 'scanning' }))).toContain('mode await');
    expect(todo(givenUp({ from: 'awaiting-report' }))).toContain('report-timeout');
    expect(todo(givenUp({ from: 'scanning', mode: 'await-regular' }))).not.toMatch(/mode await|max-scan-age/);
  });

  test('goes by what starts the scan if there was no sign of one', () => {
    const why = 'not-started';
    expect(todo(givenUp({ why }))).toContain('spelled as in the Console');
    expect(todo(givenUp({ why: 'not-triggered' }))).toContain('Raise timeout');
    expect(todo(givenUp({ why, mode: 'await' }))).toContain('mode trigger');
    expect(todo(givenUp({ why, mode: 'await-regular' }))).toContain('schedule');
  });

  test('names max-scan-age and digest for a scan that had finished before', () => {
    const before = givenUp({ why: 'unconfirmed', from: 'over-before', mode: 'await' });
    expect(todo(before)).toMatch(/digest or max-scan-age/);
  });
});

describe('A call that failed for good', () => {
  test('blames the network only if nothing answered', () => {
    expect(todo(failed({}))).toContain('can reach the Console');
    for (const status of [500, 502, 503]) {
      expect(todo(failed({ status }))).toMatch(/^The network is fine/);
    }
    expect(todo(failed({ kind: 'rate-limited', status: 429 }))).toMatch(/^The network is fine/);
  });

  test('says that the scan was seen running, since when there is no answer, and how to join', () => {
    const { what, todo: next } = text(
      failed(
        { status: 503, streak: { times: 12, lastedMs: 90_000 } },
        {
          wasRequested: true,
          running: { atMs: 60_000, counts: { scanned: 3, total: 10 } },
        },
      ),
    );
    expect(what).toContain(
      `The scan of ${NAME} was last seen running 1m after the start, with 3 of 10 scanned.`,
    );
    expect(what).toContain('It was tried 12 times in 1m30s.');
    expect(next).toContain('mode await');
  });

  test('says nothing of a scan that was never asked for', () => {
    expect(`${text(failed({})).what} ${todo(failed({}))}`).not.toMatch(/scan of|await/);
  });
});

test('A scan that the Console refused to start is not joined, and one that it may have started is', () => {
  const asked = (failure: Parameters<typeof failed>[0]) => todo(failed(failure, { wasRequested: true }));
  const trigger = 'POST registry/scan';
  expect(asked({ kind: 'forbidden', call: trigger, status: 403 })).not.toMatch(/may have started|join/);
  expect(asked({ kind: 'bad-request', call: trigger, status: 400 })).not.toMatch(/may have started|join/);
  for (const call of [trigger, 'GET registry/progress']) {
    expect(asked({ kind: 'unreachable', call, status: 502 })).toContain('with mode await to join it');
    expect(asked({ kind: 'unreachable', call, status: undefined })).toContain('with mode await to join it');
  }
  expect(asked({ kind: 'forbidden', call: 'GET registry/progress', status: 403 })).toContain('to join it');
});

test('A refused log-in is no matter of roles', () => {
  const at = (call: string) => todo(failed({ kind: 'forbidden', status: 403, call }));
  expect(at('POST authenticate')).not.toContain('role');
  expect(at('POST registry/scan')).toContain('role');
});

test('A field of an unexpected type is no matter of time', () => {
  const unread = (failure: Pick<CallFailure, 'what' | 'hint'>): Because => {
    const because = { kind: 'invalid-response', ...failure } as const;
    const detail = {
      kind: 'findings-unread',
      unread: { kind: 'call-failed', failure: because, calls: undefined },
    } as const;
    const gate = gateResult('severity-cutoff', 'report-unavailable', { state: 'unknown', detail });
    return { kind: 'gates-not-met', gates: [gate] };
  };
  expect(todo(unread({ what: 'GET registry: no complete response within 30 s' }))).toContain(
    'report-timeout',
  );
  const error = errorOfBody('GET registry', new DecodeError('[0]', 'a list', 'a text'), 'Console');
  expect(todo(unread(error))).toContain('api-version');
  expect(todo(unread(error))).not.toContain('report-timeout');
});

test('A fix is advised only if there is one', () => {
  for (const reason of ['severity-cutoff', 'fail-on-policy'] as const) {
    expect(todo(held(reason, { version: '3.0.2' }))).toContain('Update to the fixed versions');
    expect(todo(held(reason, undefined))).toContain('No fix is known');
  }
});

test('A scan that was stopped is joined only if this step started it', () => {
  const stopped = (wasRequested: boolean) =>
    todo({ kind: 'stopped', signal: 'SIGTERM', seen: { ...unseen, wasRequested } });
  expect(stopped(true)).toContain('join it');
  expect(stopped(false)).toBe('Run again.');
});

test('A registry that could not be asked comes first', () => {
  const registryError = { what: 'registry.example.com: 401, and docker has no credentials for it' };
  for (const detail of [
    { kind: 'registry-not-asked', shown: [DIGEST], registryError },
    { kind: 'unscanned-platforms', platforms: [], registryError },
  ] as const) {
    const gate = gateResult('digest', 'digest-mismatch', { state: 'not-met', detail });
    expect(text({ kind: 'gates-not-met', gates: [gate] }).what).toMatch(/^registry\.example\.com: 401/);
  }
});

test('A defect says where to report it', () => {
  const page = 'https://github.com/acme/gate/blob/v1/docs/troubleshooting.md';
  const defect = { kind: 'defect', message: 'x is undefined' } as const;
  expect(described(defect, { name: NAME, issuesPage: issuesPageOf(page) }).todo).toMatch(
    /with this log at https:\/\/github\.com\/acme\/gate\/issues\.$/,
  );
  expect(todo(defect)).toMatch(/with this log\.$/);
  expect(issuesPageOf('docs/troubleshooting.md')).toBeUndefined();
});
