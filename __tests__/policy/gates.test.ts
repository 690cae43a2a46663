import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assessImages } from '../../src/policy/assessment.ts';
import { findingGates } from '../../src/policy/finding-gates.ts';
import { GATE_NAMES } from '../../src/policy/gate-name.ts';
import {
  decidingGate,
  type GateResult,
  gateResult,
  openOnFindings,
  violatingFindings,
  waivedFindings,
} from '../../src/policy/gates.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { acceptedBy } from '../../src/policy/waivers/waiver.ts';
import type { ImageScanResult } from '../../src/scan/evidence.ts';
import { finding } from '../builders/finding.ts';
import { exception, noGates } from '../builders/policy.ts';
import { assessable, assessOne, complianceIssue, counts, noonOf, rowOf, unwaived } from './builders.ts';

const NAME = 'registry.example.com/team/app:1.4';
const TODAY = '2026-11-24';
const STATES = ['met', 'not-met', 'unknown'] as const;

const gatesOf = (row: ImageScanResult, policy: Partial<Policy>): readonly GateResult[] =>
  findingGates(row, assessOne(row, NAME, policy, TODAY), undefined, { ...noGates, ...policy });

const statesOf = (row: ImageScanResult, policy: Partial<Policy>) =>
  gatesOf(row, policy).map(({ gate, state, reason }) => `${gate} ${state} ${reason}`);

const ALL = { severityCutoff: 'high', complianceCutoff: 'low', failOnPolicy: true } as const;

describe('The gate that decides', () => {
  test('is the first that is not met, then the first unknown, whatever the others are', () => {
    const states = fc.array(fc.constantFrom(...STATES), { maxLength: GATE_NAMES.length });
    fc.assert(
      fc.property(states, (given) => {
        const gates = given.map((state, at) =>
          gateResult(GATE_NAMES[at] ?? 'scan', 'severity-cutoff', { state }),
        );
        const deciding = decidingGate(gates);
        const hasNotMet = given.includes('not-met');
        expect(deciding?.state ?? 'met').toBe(
          hasNotMet ? 'not-met' : given.includes('unknown') ? 'unknown' : 'met',
        );
        const before = deciding === undefined ? gates : gates.slice(0, gates.indexOf(deciding));
        expect(before.some(({ state }) => state === deciding?.state)).toBe(false);
      }),
    );
  });
});

describe('The gates on findings', () => {
  const worst = [
    finding({ severity: 'critical', isBlocking: true, fix: { version: '2' } }),
    complianceIssue({ severity: 'low' }),
  ];

  test('are those that are set, in the order in which they decide', () => {
    expect(statesOf(rowOf([]), {})).toEqual([]);
    expect(statesOf(rowOf([]), ALL)).toEqual([
      'severity-cutoff met severity-cutoff',
      'compliance-cutoff met compliance-cutoff',
      'fail-on-policy met policy-violation',
      'coverage met coverage-missing',
    ]);
    const exploited = rowOf([finding({ exploit: 'poc' })]);
    for (const [exploitCutoff, state] of [
      ['poc', 'not-met'],
      ['in-the-wild', 'met'],
    ] as const) {
      expect(statesOf(exploited, { exploitCutoff, failOnPolicy: true })).toEqual([
        `exploit-cutoff ${state} exploit-cutoff`,
        'fail-on-policy met policy-violation',
        'coverage met coverage-missing',
      ]);
    }
    expect(statesOf(rowOf(worst, { isUnsupportedDistro: true }), ALL)).toEqual([
      'severity-cutoff not-met severity-cutoff',
      'compliance-cutoff not-met compliance-cutoff',
      'fail-on-policy not-met policy-violation',
      'coverage not-met coverage-missing',
    ]);
  });

  test('are unknown without a row or without its findings', () => {
    const unknown = ['severity-cutoff', 'compliance-cutoff', 'fail-on-policy', 'coverage'].map(
      (gate) => `${gate} unknown report-unavailable`,
    );
    expect(statesOf(rowOf(undefined), ALL)).toEqual(unknown);
    const gates = findingGates(undefined, undefined, undefined, { ...noGates, ...ALL });
    expect(gates.map(({ gate, state, reason }) => `${gate} ${state} ${reason}`)).toEqual(unknown);
  });

  test('name what violates each, and what is waived by what', () => {
    const accepted = exception({ id: 'CVE-2026-1' });
    const [severity, compliance, policy] = gatesOf(rowOf(worst), { ...ALL, exceptions: [accepted] });
    const waiver = { kind: 'exception', format: 'own', exception: accepted };
    expect(severity).toMatchObject({
      state: 'met',
      findings: [],
      waived: [{ finding: { id: 'CVE-2026-1' }, by: [waiver] }],
    });
    expect(compliance).toMatchObject({ state: 'not-met', findings: [{ kind: 'compliance' }], waived: [] });
    expect(policy).toMatchObject({ state: 'met', waived: [{ by: [waiver] }] });
  });

  test('know what only counts for the severity: a missing fix forgives nothing that the policy blocks', () => {
    const unfixed = finding({ severity: 'critical', isBlocking: true });
    const [severity, , policy] = gatesOf(rowOf([unfixed]), { ...ALL, onlyFixed: true });
    expect(severity).toMatchObject({ state: 'met', waived: [{ by: [{ kind: 'no-fix' }] }] });
    expect(policy).toMatchObject({ state: 'not-met', findings: [{ id: 'CVE-2026-1' }], waived: [] });
  });

  test('are unknown if the reference image cannot be read, whatever was found', () => {
    const assessment = assessOne(rowOf(worst), NAME, ALL, TODAY);
    const comparison = {
      kind: 'unavailable',
      reference: 'app:live',
      why: 'unreadable',
      detail: undefined,
    } as const;
    const detail = { kind: 'reference-unavailable', comparison } as const;
    const expected = gateResult('severity-cutoff', 'report-unavailable', { state: 'unknown', detail });
    for (const row of [rowOf(worst), rowOf([])]) {
      const [severity] = findingGates(
        row,
        { ...assessment, findings: row.findings?.map(unwaived), comparison },
        undefined,
        { ...noGates, ...ALL },
      );
      expect(severity).toEqual(expected);
    }
  });

  test('on compliance and the policy do with what the report counts or lists of each kind', () => {
    const gates = { severityCutoff: 'high', complianceCutoff: 'critical', failOnPolicy: true } as const;
    const issues = (...severities: readonly ('critical' | 'low')[]) =>
      severities.map((severity) => complianceIssue({ severity }));
    const stateOf = (row: ImageScanResult) =>
      gatesOf(row, gates)
        .map(({ state, detail }) => `${state} ${detail.kind}`)
        .slice(0, 3);
    const counted = { complianceCounts: undefined };
    expect(stateOf(rowOf(issues('critical'), counted))).toEqual([
      'met none',
      'not-met at-or-above',
      'met none',
    ]);
    expect(stateOf(rowOf(issues('low'), counted))).toEqual(['met none', 'met none', 'met none']);
    expect(stateOf(rowOf([], counted))).toEqual([
      'met none',
      'unknown no-compliance',
      'unknown no-compliance',
    ]);
    expect(stateOf(rowOf([finding()], { vulnerabilityCounts: undefined }))).toEqual([
      'met none',
      'met none',
      'met none',
    ]);
    const unknown = rowOf(issues('critical'), { vulnerabilityCounts: undefined });
    expect(stateOf(unknown)).toEqual(Array.from({ length: 3 }, () => 'unknown findings-unread'));
    const hidden = rowOf([finding(), ...issues('low', 'low')], {
      complianceCounts: counts({ low: 3, total: 3 }),
    });
    expect(gatesOf(hidden, gates)[2]).toMatchObject({
      state: 'unknown',
      detail: { kind: 'unlisted', count: 1 },
    });
  });

  test('that are open come with what is certain first, and only for causes of their own', () => {
    const open = (gate: GateResult['gate'], given: Partial<GateResult>) =>
      gateResult(gate, 'severity-cutoff', given);
    const all = [
      open('scan', { state: 'not-met' }),
      open('severity-cutoff', { state: 'unknown' }),
      open('exploit-cutoff', { state: 'not-met' }),
      open('compliance-cutoff', { state: 'not-met', detail: { kind: 'not-evaluated' } }),
      open('fail-on-policy', { state: 'unknown', detail: { kind: 'no-row' } }),
      open('coverage', { state: 'met' }),
    ];
    expect(openOnFindings(all).map(({ gate }) => gate)).toEqual(['exploit-cutoff', 'severity-cutoff']);
    const unread = open('coverage', {
      state: 'unknown',
      detail: { kind: 'findings-unread', unread: undefined },
    });
    expect(openOnFindings([...all, unread])).toEqual([unread]);
  });

  test('show each finding once, with what waives it at the first of them', () => {
    const [one, other] = [unwaived(finding()), unwaived(finding({ id: 'CVE-2026-2' }))];
    const by = [{ kind: 'no-fix' }] as const;
    const first = { finding: one, by };
    const gates = [
      gateResult('severity-cutoff', 'severity-cutoff', { waived: [first] }),
      gateResult('exploit-cutoff', 'exploit-cutoff', {
        waived: [
          { finding: one, by: [] },
          { finding: other, by },
        ],
      }),
      gateResult('coverage', 'coverage-missing', { state: 'not-met', findings: [one, other, one] }),
    ];
    expect(waivedFindings(gates)).toEqual([first, { finding: other, by }]);
    expect(violatingFindings(gates)).toEqual([one, other]);
  });

  test('have the counts as facts if the report counts more than it lists', () => {
    const row = rowOf([], { vulnerabilityCounts: counts({ high: 2, total: 2 }) });
    const [severity] = gatesOf(row, { severityCutoff: 'high' });
    expect(severity).toMatchObject({
      state: 'not-met',
      detail: { kind: 'unlisted', count: 2, cutoff: 'high', couldWaive: false },
    });
    const [open] = gatesOf(row, { severityCutoff: 'high', onlyFixed: true });
    expect(open).toMatchObject({ state: 'unknown', detail: { kind: 'unlisted', couldWaive: true } });
  });
});

describe('Images of one step', () => {
  const byTitle = exception({ id: 'Private keys stored in image' });
  const image = (name: string, cause: string) => assessable(name, rowOf([complianceIssue({ cause })]));
  const acceptedIn = (...causes: readonly string[]) =>
    assessImages(
      causes.map((cause, at) => image(`app:${at}`, cause)),
      { ...noGates, exceptions: [byTitle] },
      noonOf(TODAY),
    ).map(({ findings, ambiguousExceptions }) => ({
      accepted: findings?.map((each) => acceptedBy(each)?.id),
      isAmbiguous: ambiguousExceptions.length > 0,
    }));

  test('share an exception for one finding', () => {
    const accepted = { accepted: [byTitle.id], isAmbiguous: false };
    expect(acceptedIn('/a')).toEqual([accepted]);
    expect(acceptedIn('/a', '/a')).toEqual([accepted, accepted]);
  });

  test('have none for different findings, each in an image of its own', () => {
    const refused = { accepted: [undefined], isAmbiguous: true };
    expect(acceptedIn('/a', '/b')).toEqual([refused, refused]);
    expect(acceptedIn('/a', '/a', '/b')).toEqual([refused, refused, refused]);
  });
});
