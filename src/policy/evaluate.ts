import { type Identity, unscannedPlatforms } from '../image/identity.ts';
import { type Digest, type Image, referenceByDigest, type Subject, subjectName } from '../image/image.ts';
import type { PlatformManifest } from '../image/manifests.ts';
import { knownPlatformName } from '../image/platform.ts';
import type { Limits } from '../scan/limits.ts';
import type { WaitOutcome } from '../scan/poller.ts';
import type { Finished } from '../scan/state.ts';
import { Timeline } from '../scan/timeline.ts';
import { type Counts, countPhase, type ImageScanResult, type Progress } from '../scan/types.ts';
import { assess } from './assessment.ts';
import { type Decision, decide, decisionFromFailure } from './decision.ts';
import { decisionOfGivenUp } from './given-up.ts';
import { unsupportedDistro, warningsOf } from './image-warnings.ts';
import { hasGate, type Policy } from './policy.ts';
import type { ImageResult } from './result.ts';
import type { Violation } from './violation.ts';
import { violationsOf } from './violations.ts';

/** What the registry adds to what the report says of an image. */
export interface IdentityEvidence {
  /** Undefined where no digest was asked for, or the report has no row. */
  readonly identity: Identity | undefined;
  /** Why the registry could not be asked; empty where it was, or was not needed. */
  readonly registryError: string;
  /** The platforms that `platforms` asks for, and of which at least one row has to be; empty for any. */
  readonly requiredPlatforms: readonly PlatformManifest[];
}

/** What an image is held to. */
export interface EvaluationContext {
  readonly mode: 'trigger' | 'await' | 'await-regular';
  readonly policy: Policy;
  readonly limits: Limits;
  readonly maxScanAgeMs: number | undefined;
  /** The day of the step, `2026-12-31` in UTC: exceptions end with a day. */
  readonly today: string;
}

/** What may be promoted: the outcome of the wait for one image, held to what was asked for. */
export function evaluate(
  subject: Subject,
  outcome: WaitOutcome,
  evidence: IdentityEvidence,
  context: EvaluationContext,
  timeline = new Timeline(),
): ImageResult {
  const name = subjectName(subject);
  if (outcome.kind === 'no-response') {
    return {
      ...unproven(subject, outcome.progress, timeline),
      decision: decisionFromFailure(outcome.failure, timeline.seen()),
    };
  }
  const { state, unread } = outcome;
  if (state.phase === 'given-up') {
    const isPlatform = subject !== 'regular-scan' && subject.platform !== undefined;
    const decision = decisionOfGivenUp(state, context, isPlatform);
    return {
      ...unproven(subject, state.history.progress, timeline),
      decision,
      baseline: state.history.baseline,
    };
  }
  const { row, proof, history } = state;
  const assessment = row && assess(row, name, context.policy.exceptions, context.today);
  const violations = row && assessment ? violationsOf(row, assessment, context.policy) : [];
  const identity = evidence.identity?.kind === 'same' ? evidence.identity : undefined;
  // Without the proof, the outputs name what was scanned all the same; the verdict is not passed then.
  const digest = row && (identity === undefined ? row.digest : identity.promote);
  const imageByDigest =
    subject === 'regular-scan' || digest === undefined ? undefined : referenceByDigest(subject, digest);
  return {
    name,
    image: imageOf(subject),
    decision: decideFinished(subject, state, unread, evidence, violations, imageByDigest, context),
    ...provenCounts(state),
    proof,
    baseline: history.baseline,
    digest,
    imageByDigest,
    scanTime: row?.scanTime?.text,
    isDigestVerified: identity !== undefined,
    hasAllPlatforms: identity?.isComplete,
    assessment,
    violations,
    timeline: timeline.entries(),
    warnings: [
      ...(subject === 'regular-scan'
        ? []
        : warningsOf(name, state, unread, digest, assessment, evidence.identity)),
      ...(assessment?.isUnsupportedDistro === true && !hasGate(context.policy)
        ? [unsupportedDistro(name)]
        : []),
    ],
  };
}

/** A wait that an error ended: what was seen until then. */
export function failedImage(
  subject: Subject,
  progress: Progress,
  decision: Decision,
  timeline = new Timeline(),
): ImageResult {
  return { ...unproven(subject, progress, timeline), decision };
}

// ── Finished ────────────────────────────────────────────────────────────────────────────────────────────────────

function decideFinished(
  subject: Subject,
  state: Finished,
  unread: string,
  evidence: IdentityEvidence,
  violations: readonly Violation[],
  imageByDigest: string | undefined,
  { policy, mode }: EvaluationContext,
): Decision {
  const { error, row, proof } = state;
  const scanError = error || (row?.error ?? '');
  if (scanError !== '') return decide('scan-error', { kind: 'scan-failed', error: scanError });
  const notMet =
    (subject === 'regular-scan' ? undefined : identityDecision(subject, row, evidence)) ??
    gateDecision(row, unread, violations, policy);
  if (notMet !== undefined) return notMet;
  const scanTime = row?.scanTime?.text;
  return decide(proof === 'recent' ? 'recent-scan' : 'scan-completed', {
    kind: 'scan-finished',
    mode,
    proof,
    scanTime,
    imageByDigest,
  });
}

/** Undefined if what was scanned is what was asked for, and all of it. */
function identityDecision(
  image: Image,
  row: ImageScanResult | undefined,
  { identity, registryError, requiredPlatforms }: IdentityEvidence,
): Decision | undefined {
  if (image.digest === undefined) return undefined;
  const differs = {
    kind: 'digest-differs',
    shown: [],
    platforms: [],
    isArm64: undefined,
    registryError: registryError === '' ? undefined : registryError,
  } as const;
  if (row === undefined || identity === undefined) {
    // What the Console was asked to scan by its digest is of that digest.
    if ('digest' in image.scanBy) return undefined;
    return decide('report-unavailable', { ...differs, why: 'report-unreadable' });
  }
  switch (identity.kind) {
    case 'different': {
      const { why, shown, platforms } = identity;
      const reason = why === 'no-digest' ? 'report-unavailable' : 'digest-mismatch';
      return decide(reason, { ...differs, why, shown, platforms, isArm64: row.isArm64 });
    }
    case 'needs-registry':
      return decide('digest-mismatch', { ...differs, why: 'registry-unread', shown: shownDigests(row) });
    case 'same': {
      const unscanned = unscannedPlatforms({ selected: requiredPlatforms, absent: [] }, identity.scanned);
      if (unscanned.length === 0) return undefined;
      return decide('platform-unscanned', {
        kind: 'platforms-missing',
        why: 'not-scanned',
        platforms: unscanned.map(({ platform }) => knownPlatformName(platform)),
        registryError: differs.registryError,
      });
    }
  }
}

function shownDigests({ digests, imageId }: ImageScanResult): readonly Digest[] {
  return digests.length > 0 ? digests : imageId === undefined ? [] : [imageId];
}

function gateDecision(
  row: ImageScanResult | undefined,
  unread: string,
  violations: readonly Violation[],
  policy: Policy,
): Decision | undefined {
  if (row === undefined) {
    return hasGate(policy) ? decide('report-unavailable', { kind: 'report-unreadable' }) : undefined;
  }
  const [first] = violations;
  if (first === undefined) return undefined;
  return decide(first.reason, {
    kind: 'gates-not-met',
    gates: violations,
    unread: unread === '' ? undefined : unread,
  });
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

function unproven(subject: Subject, progress: Progress, timeline: Timeline): Omit<ImageResult, 'decision'> {
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
    timeline: timeline.entries(),
    warnings: [],
  };
}

function imageOf(subject: Subject): Image | undefined {
  return subject === 'regular-scan' ? undefined : subject;
}
