import { describe, expect, test } from '@jest/globals';
import type { Because } from '../../src/policy/because.ts';
import { gateResult } from '../../src/policy/gates.ts';
import type { WaitGivenUp } from '../../src/policy/given-up.ts';
import type { WaitSeen } from '../../src/scan/timeline.ts';
import { describe as described, issuesPageOf } from '../../src/text/catalogue.ts';

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

test('A defect says where to report it', () => {
  const page = 'https://github.com/acme/gate/blob/v1/docs/troubleshooting.md';
  const defect = { kind: 'defect', message: 'x is undefined' } as const;
  expect(described(defect, { name: NAME, issuesPage: issuesPageOf(page) }).todo).toMatch(
    /with this log at https:\/\/github\.com\/acme\/gate\/issues\.$/,
  );
  expect(todo(defect)).toMatch(/with this log\.$/);
  expect(issuesPageOf('docs/troubleshooting.md')).toBeUndefined();
});
