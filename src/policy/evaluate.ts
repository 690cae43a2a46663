import { type Image, referenceByDigest, type Subject, subjectName } from '../image/image.ts';
import type { Limits } from '../scan/limits.ts';
import type { WaitOutcome } from '../scan/poller.ts';
import type { Finished } from '../scan/state.ts';
import { type Counts, countPhase, type ImageScanResult, type Progress } from '../scan/types.ts';
import { assessImages } from './assessment.ts';
import type { DecisionTime } from './decision-time.ts';
import { findingGates, unevaluatedFindingGates } from './finding-gates.ts';
import { describeIdentityGate } from './gate-text.ts';
import { decidingGate, type GateResult, gateResult } from './gates.ts';
import { decisionOfGivenUp } from './given-up.ts';
import { unsupportedDistro, warningsOf } from './image-warnings.ts';
import { hasGate, type Policy } from './policy.ts';
import { provenDigests, provenPlatform } from './proven-image.ts';
import { type Decision, decide, decisionFromFailure, type Reason } from './reasons.ts';
import type { Reference } from './reference.ts';
import type { Assessment, ImageResult } from './result.ts';
import {
  finishedGate,
  givenUpGate,
  type IdentityEvidence,
  identityGates,
  unevaluatedIdentityGates,
} from './scan-gates.ts';
import { violationsOf } from './violations.ts';
import type { AssessableImage } from './waiver-source.ts';

/** What an image is held to. */
export interface EvaluationContext {
  readonly mode: 'trigger' | 'await' | 'await-regular';
  readonly policy: Policy;
  readonly limits: Limits;
  readonly decidedAt: DecisionTime;
}

/** The end of the wait for one image, with what the registry adds; or the error that ended it. */
export type WaitEnd =
  | {
      readonly subject: Subject;
      readonly outcome: WaitOutcome;
      readonly evidence: IdentityEvidence;
      /** The image that `compare-with` names for it; undefined without one. */
      readonly reference: Reference | undefined;
    }
  | { readonly subject: Subject; readonly error: Decision; readonly progress: Progress };

type ReadEnd = Exclude<WaitEnd, { error: Decision }>;

/**
 * What may be promoted: the ends of all waits of a step, held to what was asked for, in their order. They are evaluated
 * together and once, because an exception is held against the findings of all images.
 */
export function evaluateImages(ends: readonly WaitEnd[], context: EvaluationContext): readonly ImageResult[] {
  const assessments = assessEnds(ends, context);
  return ends.map((end) => {
    if ('error' in end) return failedImage(end.subject, end.progress, end.error);
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

function assessable({ subject, evidence, reference }: ReadEnd, row: ImageScanResult): AssessableImage {
  const image = imageOf(subject);
  const identity = evidence.identity?.kind === 'same' ? evidence.identity : undefined;
  return {
    name: subjectName(subject),
    row,
    image,
    digests: provenDigests(row, image, identity),
    platform: provenPlatform(row, image, identity),
    reference,
  };
}

function rowOf(outcome: WaitOutcome): ImageScanResult | undefined {
  return outcome.kind === 'ended' && outcome.state.phase === 'finished' ? outcome.state.row : undefined;
}

function evaluate(end: ReadEnd, assessment: Assessment | undefined, context: EvaluationContext): ImageResult {
  const { subject, outcome } = end;
  if (outcome.kind === 'no-response') {
    const decision = decisionFromFailure(outcome.failure);
    const detail = { kind: 'no-response', failure: outcome.failure } as const;
    const scan = gateResult('scan', decision.reason, { state: 'unknown', detail });
    const gates = [scan, ...unevaluatedGates(subject, context.policy)];
    return { ...unproven(subject, outcome.progress), gates, decision };
  }
  const { state } = outcome;
  if (state.phase === 'given-up') {
    const scan = givenUpGate(subject, state);
    const { message } = decisionOfGivenUp(subjectName(subject), state, context);
    return {
      ...unproven(subject, state.history.progress),
      gates: [scan, ...unevaluatedGates(subject, context.policy)],
      decision: decide(scan.reason, message),
      baseline: state.history.baseline,
    };
  }
  return finishedImage(end, state, outcome.unread, assessment, context);
}

function finishedImage(
  { subject, evidence }: ReadEnd,
  state: Finished,
  unread: string,
  assessment: Assessment | undefined,
  { policy }: EvaluationContext,
): ImageResult {
  const name = subjectName(subject);
  const { row, proof, history } = state;
  const identity = evidence.identity?.kind === 'same' ? evidence.identity : undefined;
  // Without the proof, the outputs name what was scanned all the same; the verdict is not passed then.
  const digest = row && (identity === undefined ? row.digest : identity.promote);
  const gates = gatesOf(subject, state, evidence, assessment, unread, policy);
  return {
    name,
    image: imageOf(subject),
    gates,
    decision: decisionOf(name, gates, state, unread),
    ...provenCounts(state),
    proof,
    baseline: history.baseline,
    digest,
    imageByDigest: subject === 'regular-scan' || !digest ? undefined : referenceByDigest(subject, digest),
    scanTime: row?.scanTime?.text,
    isDigestVerified: identity !== undefined,
    hasAllPlatforms: identity?.isComplete,
    assessment,
    violations: violationsOf(gates),
    warnings: [
      ...(subject === 'regular-scan'
        ? []
        : warningsOf(name, state, unread, digest, assessment, evidence.identity)),
      ...(assessment?.isUnsupportedDistro === true && !hasGate(policy) ? [unsupportedDistro(name)] : []),
    ],
  };
}

/** A wait that an error ended: what was seen until then. */
export function failedImage(subject: Subject, progress: Progress, decision: Decision): ImageResult {
  const { verdict, reason, message } = decision;
  const gate = gateResult(GATE_OF_ERROR.get(reason) ?? 'scan', reason, {
    state: verdict === 'failed' ? 'not-met' : 'unknown',
    detail: { kind: 'stopped', message },
  });
  return { ...unproven(subject, progress), gates: [gate], decision };
}

/** What the registry had to be asked before the wait. */
const GATE_OF_ERROR: ReadonlyMap<Reason, 'digest' | 'platforms'> = new Map([
  ['digest-mismatch', 'digest'],
  ['platform-unscanned', 'platforms'],
] as const);

// ── Gates ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Findings of another image say nothing, so their gates stay open until scan and digest are proven. */
function gatesOf(
  subject: Subject,
  state: Finished,
  evidence: IdentityEvidence,
  assessment: Assessment | undefined,
  unread: string,
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

function decisionOf(name: string, gates: readonly GateResult[], state: Finished, unread: string): Decision {
  const deciding = decidingGate(gates);
  if (deciding === undefined) return passed(name, state);
  const { gate, reason, detail } = deciding;
  if (detail.kind === 'scan-error') {
    return decide(reason, `The Console reports that the scan of ${name} failed: “${detail.error}”.`);
  }
  if (gate === 'digest' || gate === 'platforms') return decide(reason, describeIdentityGate(name, deciding));
  if (detail.kind === 'no-row') {
    return decide(
      reason,
      `The scan of ${name} is finished, but the report that the gates need may not be read.`,
    );
  }
  const [first, ...others] = violationsOf(gates).map(({ message }) => message);
  const also = others.map((message) => `; also, ${message}`).join('');
  const cause = reason === 'report-unavailable' && unread !== '' ? ` ${unread}` : '';
  return decide(reason, `The scan of ${name} is finished, but ${first}${also}.${cause}`);
}

function passed(name: string, { proof, row }: Finished): Decision {
  const time = row?.scanTime?.text ?? 'an unknown time';
  switch (proof) {
    case 'report':
      return decide(
        'scan-completed',
        `The scan of ${name} is finished; the report shows the scan of ${time}.`,
      );
    case 'progress':
      return decide('scan-completed', `The scan of ${name} is finished.`);
    case 'progress-lost':
      return decide('scan-completed', `The scan of ${name} is finished, as far as progress shows.`);
    case 'digest':
      return decide('scan-completed', `The scan of ${name} was finished before; the report has the digest.`);
    case 'recent':
      return decide('recent-scan', `The scan of ${name} of ${time} is recent enough for max-scan-age.`);
  }
}

// ── What is common to all ───────────────────────────────────────────────────────────────────────────────────────

/** Where the report alone proves the end, progress has nothing final to count: the row proves one image. */
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

function seenCounts(progress: Progress): Pick<ImageResult, 'discovery' | 'imageScan'> {
  return { discovery: countPhase(progress, 'discovery'), imageScan: countPhase(progress, 'imageScan') };
}

function unproven(subject: Subject, progress: Progress): Omit<ImageResult, 'decision' | 'gates'> {
  return {
    name: subjectName(subject),
    image: imageOf(subject),
    ...seenCounts(progress),
    digest: undefined,
    imageByDigest: undefined,
    scanTime: undefined,
    isDigestVerified: false,
    hasAllPlatforms: undefined,
    proof: undefined,
    baseline: undefined,
    assessment: undefined,
    violations: [],
    warnings: [],
  };
}

function imageOf(subject: Subject): Image | undefined {
  return subject === 'regular-scan' ? undefined : subject;
}
