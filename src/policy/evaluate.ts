import { type Identity, unscannedPlatforms } from '../image/identity.ts';
import { type Image, referenceByDigest, type Subject, subjectName } from '../image/image.ts';
import { knownPlatformName, type PlatformManifest } from '../image/platform.ts';
import type { Limits } from '../scan/limits.ts';
import type { Finished } from '../scan/state.ts';
import { type Counts, countPhase, type ImageScanResult, type Progress } from '../scan/types.ts';
import type { WaitOutcome } from '../scan/wait.ts';
import { assess } from './assessment.ts';
import { decisionFromFailure } from './decision-from-error.ts';
import { decisionOfGivenUp } from './given-up.ts';
import { unsupportedDistro, warningsOf } from './image-warnings.ts';
import { hasGate, type Policy } from './policy.ts';
import { type Decision, decide } from './reasons.ts';
import type { ImageResult, Violation } from './result.ts';
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
  /** The day of the step, `2026-12-31` in UTC: exceptions end with a day. */
  readonly today: string;
}

/** What may be promoted: the outcome of the wait for one image, held to what was asked for. */
export function evaluate(
  subject: Subject,
  outcome: Exclude<WaitOutcome, { kind: 'refused' }>,
  evidence: IdentityEvidence,
  context: EvaluationContext,
): ImageResult {
  const name = subjectName(subject);
  if (outcome.kind === 'no-response') {
    const { failure, history, calls } = outcome;
    return { ...unproven(subject, history?.progress ?? []), decision: decisionFromFailure(failure, calls) };
  }
  const { state, unread } = outcome;
  if (state.phase === 'given-up') {
    const decision = decisionOfPlatform(subject, decisionOfGivenUp(name, state, context));
    return { ...unproven(subject, state.history.progress), decision, baseline: state.history.baseline };
  }
  const { row, proof, history } = state;
  const assessment = row && assess(row, name, context.policy.exceptions, context.today);
  const violations = row && assessment ? violationsOf(row, assessment, context.policy) : [];
  const identity = evidence.identity?.kind === 'same' ? evidence.identity : undefined;
  // Without the proof, the outputs name what was scanned all the same; the verdict is not passed then.
  const digest = row && (identity === undefined ? row.digest : identity.promote);
  return {
    name,
    image: imageOf(subject),
    decision: decideFinished(subject, state, unread, evidence, violations, context),
    ...provenCounts(state),
    proof,
    baseline: history.baseline,
    digest,
    imageByDigest: subject === 'regular-scan' || !digest ? undefined : referenceByDigest(subject, digest),
    scanTime: row?.scanTime?.text,
    isDigestVerified: identity !== undefined,
    hasAllPlatforms: identity?.isComplete,
    assessment,
    violations,
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

/** A platform that the Console did not scan, because no Defender is of its architecture or for any other cause. */
function decisionOfPlatform(subject: Subject, decision: Decision): Decision {
  const isPlatform = subject !== 'regular-scan' && subject.platform !== undefined;
  const isUnscanned = decision.reason === 'not-started' || decision.reason === 'scan-incomplete';
  return isPlatform && isUnscanned ? decide('platform-unscanned', decision.message) : decision;
}

/** A wait that an error ended: what was seen until then. */
export function failedImage(subject: Subject, progress: Progress, decision: Decision): ImageResult {
  return { ...unproven(subject, progress), decision };
}

// ── Finished ────────────────────────────────────────────────────────────────────────────────────────────────────

function decideFinished(
  subject: Subject,
  state: Finished,
  unread: string,
  evidence: IdentityEvidence,
  violations: readonly Violation[],
  { policy }: EvaluationContext,
): Decision {
  const name = subjectName(subject);
  const { error, row, proof } = state;
  const scanError = error || (row?.error ?? '');
  if (scanError !== '') {
    return decide('scan-error', `The Console reports that the scan of ${name} failed: “${scanError}”.`);
  }
  return (
    (subject === 'regular-scan' ? undefined : identityDecision(subject, row, evidence)) ??
    gateDecision(name, row, unread, violations, policy) ??
    passed(name, proof, row)
  );
}

function passed(name: string, proof: Finished['proof'], row: ImageScanResult | undefined): Decision {
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

/** Whether what was scanned is what was asked for, and all of it. */
function identityDecision(
  image: Image,
  row: ImageScanResult | undefined,
  { identity, registryError, requiredPlatforms }: IdentityEvidence,
): Decision | undefined {
  if (image.digest === undefined) return undefined;
  const name = subjectName(image);
  const cause = registryError === '' ? '' : ` ${registryError}`;
  if (row === undefined || identity === undefined) {
    // What the Console was asked to scan by its digest is of that digest.
    if ('digest' in image.scanBy) return undefined;
    return decide(
      'report-unavailable',
      `The scan of ${name} is finished, but the report that must show its digest may not be read.`,
    );
  }
  switch (identity.kind) {
    case 'different':
      return decide(
        identity.why === 'no-digest' ? 'report-unavailable' : 'digest-mismatch',
        `Asked for ${name}, but ${identity.explanation}.${cause}`,
      );
    case 'needs-registry':
      return decide(
        'digest-mismatch',
        `Asked for ${name}, but the report shows ${shownDigests(row)}, and the registry could not be asked whether that is a platform of it.${cause}`,
      );
    case 'same': {
      const unscanned = unscannedPlatforms({ selected: requiredPlatforms, absent: [] }, identity.scanned);
      if (unscanned.length === 0) return undefined;
      const names = unscanned.map(({ platform }) => knownPlatformName(platform)).join(', ');
      return decide('platform-unscanned', `The platform ${names} of ${name} was not scanned.${cause}`);
    }
  }
}

function shownDigests({ digests, imageId }: ImageScanResult): string {
  const shown = digests.length > 0 ? digests : imageId === undefined ? [] : [imageId];
  return shown.slice(0, 3).join(', ') || 'no digest';
}

function gateDecision(
  name: string,
  row: ImageScanResult | undefined,
  unread: string,
  violations: readonly Violation[],
  policy: Policy,
): Decision | undefined {
  if (row === undefined) {
    if (!hasGate(policy)) return undefined;
    return decide(
      'report-unavailable',
      `The scan of ${name} is finished, but the report that the gates need may not be read.`,
    );
  }
  const [first, ...others] = violations;
  if (first === undefined) return undefined;
  const also = others.map(({ message }) => `; also, ${message}`).join('');
  const cause = first.reason === 'report-unavailable' && unread !== '' ? ` ${unread}` : '';
  return decide(first.reason, `The scan of ${name} is finished, but ${first.message}${also}.${cause}`);
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

function unproven(subject: Subject, progress: Progress): Omit<ImageResult, 'decision'> {
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
