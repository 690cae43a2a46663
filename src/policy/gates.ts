import type { Digest } from '../image/image.ts';
import type { FailedRead, PlatformManifest } from '../image/manifests.ts';
import type { RetryableFailure } from '../scan/call-failure.ts';
import type { Exploit } from '../scan/finding.ts';
import type { Severity } from '../scan/severity.ts';
import type { Finished } from '../scan/state.ts';
import type { Unread } from '../scan/unread.ts';
import type { GateName } from './gate-name.ts';
import type { WaitGivenUp } from './given-up.ts';
import type { Reason } from './reasons.ts';
import type { Comparison } from './waivers/reference.ts';
import { type AssessedFinding, reaches, type WaivedFinding } from './waivers/waiver.ts';

/** One gate, evaluated once for one image. Every output reads this. */
export interface GateResult {
  readonly gate: GateName;
  /** `unknown`: the evidence is missing, which is not a pass. */
  readonly state: 'met' | 'not-met' | 'unknown';
  /** The reason of the decision if this gate decides it. */
  readonly reason: Reason;
  readonly detail: GateDetail;
  /** The findings that violate it, worst first. */
  readonly findings: readonly AssessedFinding[];
  /** The findings that would violate it, with the waivers of each. */
  readonly waived: readonly WaivedFinding[];
}

/** The facts behind the state of a gate, without sentences. */
export type GateDetail =
  /** No facts beside the state and the findings. */
  | { readonly kind: 'none' }
  /** An earlier gate is not met or unknown, so this one was not evaluated. */
  | { readonly kind: 'not-evaluated' }
  // ── scan ──
  | { readonly kind: 'proven'; readonly proof: Finished['proof']; readonly scanTime: string | undefined }
  | { readonly kind: 'given-up'; readonly facts: WaitGivenUp }
  | { readonly kind: 'no-response'; readonly failure: RetryableFailure }
  /** An error ended the wait, or the run before it. */
  | { readonly kind: 'ended-by-error' }
  | { readonly kind: 'scan-error'; readonly error: string }
  // ── digest and platforms ──
  /** The user is not allowed to read the report that must show the digest. */
  | { readonly kind: 'no-row-for-digest' }
  | {
      readonly kind: 'different-image';
      readonly why: 'other-digest' | 'no-digest' | 'architecture' | 'contradiction';
      /** The digests that the row shows. */
      readonly shown: readonly Digest[];
      /** For `architecture`: the names of the platforms behind the requested digest. */
      readonly platforms: readonly string[];
      readonly isArm64: boolean | undefined;
      readonly registryError: FailedRead | undefined;
    }
  | {
      readonly kind: 'registry-not-asked';
      /** The digests that the report shows instead of the requested one. */
      readonly shown: readonly Digest[];
      readonly registryError: FailedRead | undefined;
    }
  | {
      readonly kind: 'unscanned-platforms';
      readonly platforms: readonly PlatformManifest[];
      readonly registryError: FailedRead | undefined;
    }
  // ── findings ──
  /** The user is not allowed to read the report. */
  | { readonly kind: 'no-row' }
  /** The row has no list of findings; `unread` is undefined if no reason is known. */
  | { readonly kind: 'findings-unread'; readonly unread: Unread | undefined }
  /** The findings violate the cutoff. */
  | {
      readonly kind: 'at-or-above';
      readonly cutoff: Severity;
      readonly onlyFixed: boolean;
      /** The comparison of the image with its reference; undefined without one. */
      readonly comparison: Comparison | undefined;
    }
  /** The report counts more at or above the cutoff than it lists. `couldWaive`: the policy might waive them. */
  | {
      readonly kind: 'unlisted';
      readonly count: number;
      readonly cutoff: Severity | undefined;
      readonly couldWaive: boolean;
      /** The reason why the row was not read in full; undefined if it was. */
      readonly unread: Unread | undefined;
    }
  /** Findings have such an exploit. */
  | { readonly kind: 'exploited'; readonly cutoff: Exploit }
  /** The risk factors of the row name an exploit that no listed vulnerability has. */
  | { readonly kind: 'unlisted-exploit'; readonly exploit: Exploit }
  /** High or critical vulnerabilities are listed, and none of any severity has a risk factor or an exploit. */
  | { readonly kind: 'exploits-unsaid' }
  /** The findings of the reference image are unknown. */
  | {
      readonly kind: 'reference-unavailable';
      readonly comparison: Extract<Comparison, { readonly kind: 'unavailable' }>;
    }
  /** The report neither counts nor lists compliance issues. */
  | { readonly kind: 'no-compliance'; readonly unread: Unread | undefined }
  /** The scanner does not support the distribution of the image. */
  | { readonly kind: 'unsupported-distribution' };

/** The result of a gate without its name; met, unless it has a state. */
export type Evaluation = Partial<Omit<GateResult, 'gate' | 'reason'>>;

/** A gate that is met, unless something else is given. */
export function gateResult(gate: GateName, reason: Reason, given: Evaluation = {}): GateResult {
  return { gate, state: 'met', reason, detail: { kind: 'none' }, findings: [], waived: [], ...given };
}

/** The reason of each gate on findings, if it is not met. */
const REASON_OF = {
  'severity-cutoff': 'severity-cutoff',
  'exploit-cutoff': 'exploit-cutoff',
  'compliance-cutoff': 'compliance-cutoff',
  'fail-on-policy': 'policy-violation',
  coverage: 'coverage-missing',
} as const satisfies Partial<Record<GateName, Reason>>;

export type FindingGateName = keyof typeof REASON_OF;

/** The result of a gate on findings: if it is unknown, the report does not show enough. */
export function evaluatedGate(gate: FindingGateName, evaluation: Evaluation): GateResult {
  return gateResult(
    gate,
    evaluation.state === 'unknown' ? 'report-unavailable' : REASON_OF[gate],
    evaluation,
  );
}

/** The gate that decides: the first that is not met, then the first unknown; undefined if all are met. */
export function decidingGate(gates: readonly GateResult[]): GateResult | undefined {
  return gates.find(({ state }) => state === 'not-met') ?? gates.find(({ state }) => state === 'unknown');
}

/** True if a gate on findings is not met or unknown for its own cause, not because the report is missing. */
export function isOpenOnFindings({ gate, state, detail }: GateResult): boolean {
  const isOfItsOwn = detail.kind !== 'not-evaluated' && detail.kind !== 'no-row';
  return Object.hasOwn(REASON_OF, gate) && state !== 'met' && isOfItsOwn;
}

/**
 * The gates on findings that are not met, then those that are unknown. If the findings could not be read, all of them
 * are unknown for that cause, so only one is returned.
 */
export function openOnFindings(gates: readonly GateResult[]): readonly GateResult[] {
  const open = gates.filter(isOpenOnFindings);
  const unread = open.find(({ detail }) => detail.kind === 'findings-unread');
  if (unread !== undefined) return [unread];
  return [
    ...open.filter(({ state }) => state === 'not-met'),
    ...open.filter(({ state }) => state !== 'not-met'),
  ];
}

/** The findings that violate any gate, each once, worst first. */
export function violatingFindings(gates: readonly GateResult[]): readonly AssessedFinding[] {
  return [...new Set(openOnFindings(gates).flatMap(({ findings }) => findings))];
}

/** The findings that are waived at any gate, each once, with its waivers at the first gate. */
export function waivedFindings(gates: readonly GateResult[]): readonly WaivedFinding[] {
  const byFinding = new Map<AssessedFinding, WaivedFinding>();
  for (const waived of gates.flatMap((gate) => gate.waived)) {
    if (!byFinding.has(waived.finding)) byFinding.set(waived.finding, waived);
  }
  return [...byFinding.values()];
}

/** Separates findings into those that violate a gate and those that are waived there. */
export function partByWaivers(
  findings: readonly AssessedFinding[],
  gate: GateName,
): { readonly violating: readonly AssessedFinding[]; readonly waived: readonly WaivedFinding[] } {
  const violating: AssessedFinding[] = [];
  const waived: WaivedFinding[] = [];
  for (const finding of findings) {
    const by = finding.waivers.filter((waiver) => reaches(waiver, gate));
    if (by.length === 0) violating.push(finding);
    else waived.push({ finding, by });
  }
  return { violating, waived };
}
