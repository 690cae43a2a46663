import { type FindingCounts, vulnerabilitiesIn } from '../scan/finding.ts';
import { isAtLeast, SEVERITIES, type Severity } from '../scan/severity.ts';
import type { ImageScanResult } from '../scan/types.ts';
import type { Unread } from '../scan/unread.ts';
import { exploitGate } from './exploit-gate.ts';
import type { GateName } from './gate-name.ts';
import { type GateResult, gateResult, partByWaivers } from './gates.ts';
import { hasGate, type Policy } from './policy.ts';
import type { Assessment } from './result.ts';
import { couldWaive } from './waivers/decision-waivers.ts';
import type { Comparison } from './waivers/reference.ts';
import type { AssessedFinding } from './waivers/waiver.ts';

const REASON_OF = {
  'severity-cutoff': 'severity-cutoff',
  'exploit-cutoff': 'exploit-cutoff',
  'compliance-cutoff': 'compliance-cutoff',
  'fail-on-policy': 'policy-violation',
  coverage: 'coverage-missing',
} as const;

/** The gates on findings that are set, each evaluated: none if no gate is set. */
export function findingGates(
  row: ImageScanResult | undefined,
  assessment: Assessment | undefined,
  unread: Unread | undefined,
  policy: Policy,
): readonly GateResult[] {
  if (row === undefined || assessment === undefined) {
    return openGates(policy, { kind: 'no-row' });
  }
  const { findings } = assessment;
  if (findings === undefined || isUnknown(row.vulnerabilityCounts, vulnerabilitiesIn(findings))) {
    return openGates(policy, { kind: 'findings-unread', unread });
  }
  const { comparison } = assessment;
  const evidence: Evidence = { row, findings, unread, policy, comparison };
  return gatesSet(policy).map((gate) => EVALUATE[gate](evidence));
}

/** The gates on findings that are set, none of which was evaluated. */
export function unevaluatedFindingGates(policy: Policy): readonly GateResult[] {
  return openGates(policy, { kind: 'not-evaluated' });
}

function openGates(policy: Policy, detail: GateResult['detail']): readonly GateResult[] {
  return gatesSet(policy).map((gate) => gateResult(gate, 'report-unavailable', { state: 'unknown', detail }));
}

/** The gates that are set, in the order in which they decide. */
function gatesSet(policy: Policy): readonly (keyof typeof REASON_OF)[] {
  return [
    ...(policy.severityCutoff === undefined ? [] : (['severity-cutoff'] as const)),
    ...(policy.exploitCutoff === undefined ? [] : (['exploit-cutoff'] as const)),
    ...(policy.complianceCutoff === undefined ? [] : (['compliance-cutoff'] as const)),
    ...(policy.failOnPolicy ? (['fail-on-policy'] as const) : []),
    ...(hasGate(policy) ? (['coverage'] as const) : []),
  ];
}

/** The evidence for the gates on findings. */
interface Evidence {
  readonly row: ImageScanResult;
  readonly findings: readonly AssessedFinding[];
  /** The reason why the row was not read in full; empty if it was. */
  readonly unread: Unread | undefined;
  readonly policy: Policy;
  readonly comparison: Comparison | undefined;
}

const EVALUATE = {
  'severity-cutoff': severityGate,
  'exploit-cutoff': ({ row, findings, unread, policy }: Evidence) =>
    exploitGate(row, findings, policy.exploitCutoff ?? 'poc', unread),
  'compliance-cutoff': complianceGate,
  'fail-on-policy': policyGate,
  coverage: coverageGate,
} as const satisfies Partial<Record<GateName, (evidence: Evidence) => GateResult>>;

function severityGate({ row, findings, unread, policy, comparison }: Evidence): GateResult {
  const { severityCutoff: cutoff, onlyFixed } = policy;
  if (cutoff === undefined) return gateResult('severity-cutoff', 'severity-cutoff');
  if (comparison?.kind === 'unavailable') {
    const detail = { kind: 'reference-unavailable', comparison } as const;
    return gateResult('severity-cutoff', 'report-unavailable', { state: 'unknown', detail });
  }
  return cutoffGate({
    gate: 'severity-cutoff',
    cutoff,
    onlyFixed,
    listed: vulnerabilitiesIn(findings),
    counts: row.vulnerabilityCounts,
    comparison,
    couldWaive: couldWaiveSeverity(policy),
    unread,
  });
}

/** True if the policy might waive a vulnerability of the report for its severity. */
function couldWaiveSeverity(policy: Policy): boolean {
  const { onlyFixed, exceptions, decisions, grace, compareWith } = policy;
  const isGiven = exceptions.length > 0 || couldWaive(decisions) || Object.keys(grace).length > 0;
  return onlyFixed || isGiven || compareWith !== undefined;
}

function complianceGate({ row, findings, unread, policy }: Evidence): GateResult {
  const { complianceCutoff: cutoff } = policy;
  if (cutoff === undefined) return gateResult('compliance-cutoff', 'compliance-cutoff');
  const listed = issuesIn(findings);
  if (isUnknown(row.complianceCounts, listed)) return withoutCompliance('compliance-cutoff', unread);
  return cutoffGate({
    gate: 'compliance-cutoff',
    cutoff,
    onlyFixed: false,
    comparison: undefined,
    listed,
    counts: row.complianceCounts,
    couldWaive: policy.exceptions.length > 0,
    unread,
  });
}

function issuesIn(findings: readonly AssessedFinding[]): readonly AssessedFinding[] {
  return findings.filter(({ kind }) => kind === 'compliance');
}

/** True if the report neither counts nor lists the findings of a kind, so that none is known not to be there. */
function isUnknown(counts: FindingCounts | undefined, listed: readonly AssessedFinding[]): boolean {
  return counts === undefined && listed.length === 0;
}

function withoutCompliance(
  gate: 'compliance-cutoff' | 'fail-on-policy',
  unread: Unread | undefined,
): GateResult {
  return gateResult(gate, 'report-unavailable', {
    state: 'unknown',
    detail: { kind: 'no-compliance', unread },
  });
}

interface Cutoff {
  readonly gate: 'severity-cutoff' | 'compliance-cutoff';
  readonly cutoff: Severity;
  readonly onlyFixed: boolean;
  readonly comparison: Comparison | undefined;
  readonly listed: readonly AssessedFinding[];
  readonly counts: FindingCounts | undefined;
  /** True if the policy might waive a finding that is only counted. */
  readonly couldWaive: boolean;
  readonly unread: Unread | undefined;
}

function cutoffGate({ gate, cutoff, listed, counts, couldWaive, unread, ...about }: Cutoff): GateResult {
  const above = listed.filter(({ severity }) => isAtLeast(severity, cutoff));
  const { violating, waived } = partByWaivers(above, gate);
  if (violating.length > 0) {
    const detail = { kind: 'at-or-above', cutoff, ...about } as const;
    return gateResult(gate, REASON_OF[gate], { state: 'not-met', detail, findings: violating, waived });
  }
  // If the report counts more than it lists, its counts decide, unless a waiver might apply to the unlisted findings.
  const count = unlistedAtOrAbove(counts, cutoff, listed);
  if (count <= 0) return gateResult(gate, REASON_OF[gate], { waived });
  const detail = { kind: 'unlisted', count, cutoff, couldWaive, unread } as const;
  return couldWaive
    ? gateResult(gate, 'report-unavailable', { state: 'unknown', detail, waived })
    : gateResult(gate, REASON_OF[gate], { state: 'not-met', detail, waived });
}

function policyGate({ row, findings, unread }: Evidence): GateResult {
  const blocking = findings.filter(({ isBlocking }) => isBlocking);
  const { violating, waived } = partByWaivers(blocking, 'fail-on-policy');
  if (violating.length > 0) {
    return gateResult('fail-on-policy', 'policy-violation', {
      state: 'not-met',
      findings: violating,
      waived,
    });
  }
  if (isUnknown(row.complianceCounts, issuesIn(findings))) return withoutCompliance('fail-on-policy', unread);
  const count = unlistedOf(row, findings);
  if (count <= 0) return gateResult('fail-on-policy', 'policy-violation', { waived });
  const detail = { kind: 'unlisted', count, cutoff: undefined, couldWaive: true, unread } as const;
  return gateResult('fail-on-policy', 'report-unavailable', { state: 'unknown', detail, waived });
}

/** The number of findings of both kinds that the report counts but does not list. */
function unlistedOf(row: ImageScanResult, findings: readonly AssessedFinding[]): number {
  return (
    Math.max(0, (row.vulnerabilityCounts?.total ?? 0) - vulnerabilitiesIn(findings).length) +
    Math.max(0, (row.complianceCounts?.total ?? 0) - issuesIn(findings).length)
  );
}

function coverageGate({ row }: Evidence): GateResult {
  if (!row.isUnsupportedDistro) return gateResult('coverage', 'coverage-missing');
  return gateResult('coverage', 'coverage-missing', {
    state: 'not-met',
    detail: { kind: 'unsupported-distribution' },
  });
}

/**
 * The number of findings at or above the cutoff that the report counts but does not list. Worse severities are also
 * compared separately: a listed high finding does not make up for a counted critical one. Counted findings outside
 * the four severities count as the worst, unless they are listed: then their severity is known.
 */
function unlistedAtOrAbove(
  counts: FindingCounts | undefined,
  cutoff: Severity,
  listed: readonly AssessedFinding[],
): number {
  if (counts === undefined) return 0;
  const sum = (severities: readonly Severity[]) =>
    severities.reduce((total, severity) => total + counts[severity], 0);
  const missingFrom = (least: Severity) => {
    const isAbove = (severity: Severity) => isAtLeast(severity, least);
    return sum(SEVERITIES.filter(isAbove)) - listed.filter(({ severity }) => isAbove(severity)).length;
  };
  const missing = Math.max(...SEVERITIES.filter((each) => isAtLeast(each, cutoff)).map(missingFrom));
  const ofNone = Math.max(0, counts.total - sum(SEVERITIES));
  return Math.max(missing, Math.min(missing + ofNone, counts.total - listed.length));
}
