import type { ImageScanResult } from '../scan/evidence.ts';
import { type FindingCounts, vulnerabilitiesIn } from '../scan/finding.ts';
import { isAtLeast, SEVERITIES, type Severity } from '../scan/severity.ts';
import type { Unread } from '../scan/unread.ts';
import { evaluateExploits } from './exploit-gate.ts';
import {
  type Evaluation,
  evaluatedGate,
  type FindingGateName,
  type GateResult,
  partByWaivers,
} from './gates.ts';
import { hasGate, type Policy } from './policy.ts';
import type { Assessment } from './result.ts';
import { couldWaive } from './waivers/decision-waivers.ts';
import type { Comparison } from './waivers/reference.ts';
import type { AssessedFinding } from './waivers/waiver.ts';

/** A gate on findings that is set. */
interface FindingGate {
  readonly gate: FindingGateName;
  readonly evaluate: (evidence: Evidence) => Evaluation;
}

/** The gates on findings that are set, each evaluated: none if no gate is set. */
export function findingGates(
  row: ImageScanResult | undefined,
  assessment: Assessment | undefined,
  unread: Unread | undefined,
  policy: Policy,
): readonly GateResult[] {
  if (row === undefined || assessment === undefined) return openGates(policy, { kind: 'no-row' });
  const { findings, comparison } = assessment;
  if (findings === undefined || isUnknown(row.vulnerabilityCounts, vulnerabilitiesIn(findings))) {
    return openGates(policy, { kind: 'findings-unread', unread });
  }
  const evidence: Evidence = { row, findings, unread, policy, comparison };
  return gatesSet(policy).map(({ gate, evaluate }) => evaluatedGate(gate, evaluate(evidence)));
}

/** The gates on findings that are set, none of which was evaluated. */
export function unevaluatedFindingGates(policy: Policy): readonly GateResult[] {
  return openGates(policy, { kind: 'not-evaluated' });
}

function openGates(policy: Policy, detail: GateResult['detail']): readonly GateResult[] {
  return gatesSet(policy).map(({ gate }) => evaluatedGate(gate, { state: 'unknown', detail }));
}

/** The gates that are set, in the order in which they decide. */
function gatesSet(policy: Policy): readonly FindingGate[] {
  const { severityCutoff, exploitCutoff, complianceCutoff, failOnPolicy } = policy;
  const gates: FindingGate[] = [];
  if (severityCutoff !== undefined)
    gates.push({
      gate: 'severity-cutoff',
      evaluate: (evidence) => evaluateSeverity(evidence, severityCutoff),
    });
  if (exploitCutoff !== undefined)
    gates.push({ gate: 'exploit-cutoff', evaluate: (evidence) => evaluateExploits(evidence, exploitCutoff) });
  if (complianceCutoff !== undefined)
    gates.push({
      gate: 'compliance-cutoff',
      evaluate: (evidence) => evaluateIssues(evidence, complianceCutoff),
    });
  if (failOnPolicy) gates.push({ gate: 'fail-on-policy', evaluate: evaluateBlocking });
  if (hasGate(policy)) gates.push({ gate: 'coverage', evaluate: evaluateCoverage });
  return gates;
}

/** The evidence for the gates on findings. */
interface Evidence {
  readonly row: ImageScanResult;
  readonly findings: readonly AssessedFinding[];
  /** The reason why the row was not read in full; undefined if it was. */
  readonly unread: Unread | undefined;
  readonly policy: Policy;
  readonly comparison: Comparison | undefined;
}

function evaluateSeverity(
  { row, findings, unread, policy, comparison }: Evidence,
  cutoff: Severity,
): Evaluation {
  if (comparison?.kind === 'unavailable') {
    return { state: 'unknown', detail: { kind: 'reference-unavailable', comparison } };
  }
  return evaluateCutoff({
    gate: 'severity-cutoff',
    cutoff,
    onlyFixed: policy.onlyFixed,
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

function evaluateIssues({ row, findings, unread, policy }: Evidence, cutoff: Severity): Evaluation {
  const listed = issuesIn(findings);
  if (isUnknown(row.complianceCounts, listed)) return withoutCompliance(unread);
  return evaluateCutoff({
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

function withoutCompliance(unread: Unread | undefined): Evaluation {
  return { state: 'unknown', detail: { kind: 'no-compliance', unread } };
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

function evaluateCutoff({ gate, cutoff, listed, counts, couldWaive, unread, ...about }: Cutoff): Evaluation {
  const above = listed.filter(({ severity }) => isAtLeast(severity, cutoff));
  const { violating, waived } = partByWaivers(above, gate);
  if (violating.length > 0) {
    const detail = { kind: 'at-or-above', cutoff, ...about } as const;
    return { state: 'not-met', detail, findings: violating, waived };
  }
  // If the report counts more than it lists, its counts decide, unless a waiver might apply to the unlisted findings.
  const count = unlistedAtOrAbove(counts, cutoff, listed);
  if (count <= 0) return { waived };
  const detail = { kind: 'unlisted', count, cutoff, couldWaive, unread } as const;
  return { state: couldWaive ? 'unknown' : 'not-met', detail, waived };
}

/** `fail-on-policy`. */
function evaluateBlocking({ row, findings, unread }: Evidence): Evaluation {
  const blocking = findings.filter(({ isBlocking }) => isBlocking);
  const { violating, waived } = partByWaivers(blocking, 'fail-on-policy');
  if (violating.length > 0) return { state: 'not-met', findings: violating, waived };
  if (isUnknown(row.complianceCounts, issuesIn(findings))) return withoutCompliance(unread);
  const count = unlistedOf(row, findings);
  if (count <= 0) return { waived };
  const detail = { kind: 'unlisted', count, cutoff: undefined, couldWaive: true, unread } as const;
  return { state: 'unknown', detail, waived };
}

/** The number of findings of both kinds that the report counts but does not list. */
function unlistedOf(row: ImageScanResult, findings: readonly AssessedFinding[]): number {
  return (
    Math.max(0, (row.vulnerabilityCounts?.total ?? 0) - vulnerabilitiesIn(findings).length) +
    Math.max(0, (row.complianceCounts?.total ?? 0) - issuesIn(findings).length)
  );
}

function evaluateCoverage({ row }: Evidence): Evaluation {
  return row.isUnsupportedDistro ? { state: 'not-met', detail: { kind: 'unsupported-distribution' } } : {};
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
