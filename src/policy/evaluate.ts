import { type Digest, referenceByDigest, type Subject, subjectImage, subjectName } from '../image/image.ts';
import type { Counts, ImageScanResult, Progress } from '../scan/evidence.ts';
import type { Limits } from '../scan/limits.ts';
import type { Finished } from '../scan/state.ts';
import type { Timeline } from '../scan/timeline.ts';
import type { Unread } from '../scan/unread.ts';
import type { EvaluableOutcome } from '../scan/wait.ts';
import { assessImages } from './assessment.ts';
import type { ScanFinished } from './because.ts';
import { type Decision, decide, decisionFromFailure } from './decision.ts';
import type { DecisionTime } from './decision-time.ts';
import { findingGates, unevaluatedFindingGates } from './finding-gates.ts';
import { decidingGate, type GateResult, gateResult } from './gates.ts';
import { givenUpFacts, type WaitMode } from './given-up.ts';
import { type ImageWarning, warningsOf } from './image-warnings.ts';
import { inventoryOf } from './inventory.ts';
import { hasGate, type Policy } from './policy.ts';
import { digestToPromote, provenDigests, provenIdentity, provenPlatform } from './proven-image.ts';
import type { Assessment, ImageResult } from './result.ts';
import {
  finishedGate,
  givenUpGate,
  type IdentityEvidence,
  identityGates,
  unevaluatedIdentityGates,
} from './scan-gates.ts';
import { failedImage, seenCounts, unproven } from './unproven-image.ts';
import type { Reference } from './waivers/reference.ts';
import type { AssessableImage } from './waivers/waiver-source.ts';

/** The requirements for an image. */
export interface EvaluationContext {
  readonly mode: WaitMode;
  readonly policy: Policy;
  readonly limits: Limits;
  /** The value of `max-scan-age`; undefined for never. */
  readonly maxScanAgeMs: number | undefined;
  readonly decidedAt: DecisionTime;
}

/** The end of the wait for one image, with the registry's evidence; or the error that ended it. */
export type WaitEnd =
  | {
      readonly subject: Subject;
      readonly outcome: EvaluableOutcome;
      readonly evidence: IdentityEvidence;
      readonly timeline: Timeline;
      /** The image that `compare-with` names for it; undefined without one. */
      readonly reference: Reference | undefined;
    }
  | {
      readonly subject: Subject;
      readonly error: Decision;
      readonly progress: Progress;
      readonly timeline: Timeline;
    };

type EvaluableEnd = Exclude<WaitEnd, { error: Decision }>;

/**
 * Evaluates the ends of all waits of a step, in their order. They are evaluated together and once, because an
 * exception is compared with the findings of all images.
 */
export function evaluateImages(ends: readonly WaitEnd[], context: EvaluationContext): readonly ImageResult[] {
  const assessments = assessEnds(ends, context);
  return ends.map((end) => {
    if ('error' in end) return failedImage(end.subject, end.progress, end.error, end.timeline);
    return evaluate(end, assessments.get(end), context);
  });
}

function assessEnds(
  ends: readonly WaitEnd[],
  { policy, decidedAt }: EvaluationContext,
): ReadonlyMap<WaitEnd, Assessment> {
  const readable = ends.flatMap((end) => {
    const row = 'error' in end ? undefined : rowOf(end.outcome);
    const image = 'error' in end || row === undefined ? undefined : assessable(end, row);
    return image === undefined ? [] : [{ end, image }];
  });
  const assessments = assessImages(
    readable.map(({ image }) => image),
    policy,
    decidedAt,
  );
  return new Map(
    readable.flatMap(({ end }, at) => {
      const assessment = assessments[at];
      return assessment === undefined ? [] : [[end, assessment] as const];
    }),
  );
}

function assessable({ subject, evidence, reference }: EvaluableEnd, row: ImageScanResult): AssessableImage {
  const image = subjectImage(subject);
  const identity = provenIdentity(evidence.identity);
  return {
    name: subjectName(subject),
    row,
    image,
    digests: provenDigests(row, image, identity),
    platform: provenPlatform(row, image, identity),
    reference,
  };
}

function rowOf(outcome: EvaluableOutcome): ImageScanResult | undefined {
  return outcome.kind === 'ended' && outcome.state.phase === 'finished' ? outcome.state.row : undefined;
}

function evaluate(
  end: EvaluableEnd,
  assessment: Assessment | undefined,
  context: EvaluationContext,
): ImageResult {
  const { subject, outcome, timeline } = end;
  if (outcome.kind === 'no-response') {
    const decision = decisionFromFailure(outcome.failure, timeline.seen(), outcome.calls);
    const detail = { kind: 'no-response', failure: outcome.failure } as const;
    const scan = gateResult('scan', decision.reason, { state: 'unknown', detail });
    const gates = [scan, ...unevaluatedGates(subject, context.policy)];
    return { ...unproven(subject, outcome.history?.progress ?? [], timeline), gates, decision };
  }
  const { state } = outcome;
  if (state.phase === 'given-up') {
    const scan = givenUpGate(subject, givenUpFacts(state, context));
    const gates = [scan, ...unevaluatedGates(subject, context.policy)];
    return {
      ...unproven(subject, state.history.progress, timeline),
      gates,
      decision: decide(scan.reason, { kind: 'gates-not-met', gates }),
      baseline: state.history.baseline,
    };
  }
  return finishedImage(end, state, outcome.unread, assessment, context);
}

function finishedImage(
  { subject, evidence, timeline }: EvaluableEnd,
  state: Finished,
  unread: Unread | undefined,
  assessment: Assessment | undefined,
  { policy, mode }: EvaluationContext,
): ImageResult {
  const name = subjectName(subject);
  const { row, proof, history } = state;
  const identity = provenIdentity(evidence.identity);
  const digest = digestToPromote(row, identity);
  const imageByDigest = digest && imageByDigestOf(subject, digest);
  const scanTime = row?.scanTime?.text;
  const gates = gatesOf(subject, state, evidence, assessment, unread, policy);
  return {
    name,
    image: subjectImage(subject),
    gates,
    decision: decisionOf(gates, { mode, proof, scanTime, imageByDigest }),
    ...provenCounts(state),
    proof,
    baseline: history.baseline,
    digest,
    promotes: digest,
    imageByDigest,
    scanTime,
    isDigestVerified: identity !== undefined,
    hasAllPlatforms: identity?.isComplete,
    assessment,
    inventory: inventoryOf(row, subjectImage(subject), evidence.identity),
    timeline: timeline.entries(),
    warnings: [
      ...(subject === 'regular-scan'
        ? []
        : warningsOf(state, unread, digest, findingsIn(assessment), evidence.identity)),
      ...(hasGate(policy) ? [] : distributionWarning(assessment)),
    ],
  };
}

function imageByDigestOf(subject: Subject, digest: Digest): string | undefined {
  return subject === 'regular-scan' ? undefined : referenceByDigest(subject, digest);
}

function findingsIn(assessment: Assessment | undefined): NonNullable<Assessment['findings']> {
  return assessment?.findings ?? [];
}

/** The warning of an unsupported distribution; none with a gate on findings, which then decides. */
function distributionWarning(assessment: Assessment | undefined): readonly ImageWarning[] {
  return assessment?.isUnsupportedDistro === true ? [{ kind: 'unsupported-distribution' }] : [];
}

// ── Gates ───────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * All gates. Findings of another image prove nothing, so the gates on findings are unknown until scan and digest are
 * proven.
 */
function gatesOf(
  subject: Subject,
  state: Finished,
  evidence: IdentityEvidence,
  assessment: Assessment | undefined,
  unread: Unread | undefined,
  policy: Policy,
): readonly GateResult[] {
  const scan = finishedGate(state);
  if (scan.state !== 'met') return [scan, ...unevaluatedGates(subject, policy)];
  const identity = subject === 'regular-scan' ? [] : identityGates(subject, state.row, evidence);
  const isProven = identity.every(({ gate, state: met }) => gate !== 'digest' || met === 'met');
  return [
    scan,
    ...identity,
    ...(isProven ? findingGates(state.row, assessment, unread, policy) : unevaluatedFindingGates(policy)),
  ];
}

function unevaluatedGates(subject: Subject, policy: Policy): readonly GateResult[] {
  const identity = subject === 'regular-scan' ? [] : unevaluatedIdentityGates(subject);
  return [...identity, ...unevaluatedFindingGates(policy)];
}

function decisionOf(gates: readonly GateResult[], finished: Omit<ScanFinished, 'kind'>): Decision {
  const deciding = decidingGate(gates);
  if (deciding !== undefined) return decide(deciding.reason, { kind: 'gates-not-met', gates });
  const reason = finished.proof === 'recent' ? 'recent-scan' : 'scan-completed';
  return decide(reason, { kind: 'scan-finished', ...finished });
}

/**
 * The counts of a finished scan. If the report alone proves the end, progress has no final counts: the row proves one
 * image.
 */
function provenCounts({ proof, history }: Finished): Pick<ImageResult, 'discovery' | 'imageScan'> {
  const one: Counts = { scanned: 1, total: 1 };
  switch (proof) {
    case 'recent':
    case 'digest':
      return { discovery: one, imageScan: one };
    case 'report': {
      const hasEnded = history.progress.length > 0 && history.progress.every(({ isOngoing }) => !isOngoing);
      return hasEnded && history.wasSeen ? seenCounts(history.progress) : { discovery: one, imageScan: one };
    }
    case 'progress':
    case 'progress-lost':
      return seenCounts(history.progress);
  }
}
