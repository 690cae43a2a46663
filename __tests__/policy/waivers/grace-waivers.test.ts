import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { graceWaivers } from '../../../src/policy/waivers/grace-waivers.ts';
import type { Finding, FindingDate } from '../../../src/scan/finding.ts';
import { finding } from '../../builders/finding.ts';
import { assessable, noonOf, rowOf } from '../builders.ts';

const NOW = noonOf('2026-11-24');
const DAY_MS = 86_400_000;
const GRACE = { high: 7 * DAY_MS } as const;
const IMAGE = assessable('registry.example.com/team/app:1.4', rowOf([]));

const ago = (ms: number): FindingDate => ({ kind: 'time', epochMs: NOW.epochMs - ms });
const graceOf = (given: Partial<Finding>, decidedAt = NOW) =>
  graceWaivers(GRACE, decidedAt).of(IMAGE, finding({ severity: 'high', ...given }));

describe('Grace', () => {
  test('ends to the millisecond of the Console, whatever the start and the length', () => {
    const lengths = fc.integer({ min: 3_600_000, max: 365 * DAY_MS });
    fc.assert(
      fc.property(lengths, fc.nat(400 * DAY_MS), (graceMs, agoMs) => {
        const { waivers, nearMisses } = graceWaivers({ high: graceMs }, NOW).of(
          IMAGE,
          finding({ severity: 'high', fixedAt: ago(agoMs) }),
        );
        const endsAtMs = NOW.epochMs - agoMs + graceMs;
        const expected =
          endsAtMs > NOW.epochMs
            ? { waivers: [{ kind: 'grace', endsAtMs }], nearMisses: [] }
            : { waivers: [], nearMisses: [{ kind: 'grace-ended', endedAtMs: endsAtMs }] };
        expect({ waivers, nearMisses }).toEqual(expected);
      }),
    );
  });

  test('is over at its very end', () => {
    const endedAtMs = NOW.epochMs;
    expect(graceOf({ fixedAt: ago(GRACE.high) }).nearMisses).toEqual([{ kind: 'grace-ended', endedAtMs }]);
  });

  test.each<[string, Partial<Finding>, string]>([
    ['no date at all', {}, 'no-date'],
    ['a fix whose date is unusable', { fixedAt: { kind: 'unusable' }, publishedAt: ago(1) }, 'unusable-date'],
    ['a publication that is unusable', { publishedAt: { kind: 'unusable' } }, 'unusable-date'],
    ['a fix in the future', { fixedAt: ago(-1), publishedAt: ago(1) }, 'unusable-date'],
    ['a publication in the future', { publishedAt: ago(-1) }, 'unusable-date'],
  ])('is not given for %s', (_what, given, why) => {
    expect(graceOf(given)).toEqual({ waivers: [], nearMisses: [{ kind: 'grace-undated', why }] });
  });

  test('is not given by the clock of the runner', () => {
    const given = graceOf({ fixedAt: ago(1) }, { ...NOW, clock: 'runner' });
    expect(given).toEqual({ waivers: [], nearMisses: [{ kind: 'grace-undated', why: 'no-clock' }] });
  });

  test.each<[string, Partial<Finding>]>([
    ['another severity', { severity: 'medium' }],
    ['a severity that nobody knows', { rawSeverity: 'grave' }],
    ['a compliance issue', { kind: 'compliance' }],
  ])('is not given to %s, and nearly is not either', (_what, given) => {
    expect(graceOf({ fixedAt: ago(1), ...given })).toEqual({ waivers: [], nearMisses: [] });
  });

  test('is nearly given to what is exploited in the wild, and is given for a proof of concept', () => {
    const endsAtMs = NOW.epochMs - 1 + GRACE.high;
    expect(graceOf({ fixedAt: ago(1), exploit: 'in-the-wild' })).toEqual({
      waivers: [],
      nearMisses: [{ kind: 'grace-exploited', endsAtMs }],
    });
    expect(graceOf({ fixedAt: ago(1), exploit: 'poc' }).waivers).toEqual([{ kind: 'grace', endsAtMs }]);
  });
});
