import { type Identity, unscannedPlatforms } from '../image/identity.ts';
import { type Digest, type Image, referenceByDigest, type Subject, subjectName } from '../image/image.ts';
import { knownPlatformName, type PlatformManifest } from '../image/platform.ts';
import { formatDuration } from '../scan/duration.ts';
import type { Limits } from '../scan/limits.ts';
import type { WaitOutcome } from '../scan/poller.ts';
import type { Finished, GivenUp, History } from '../scan/state.ts';
import { type Counts, countPhase, type ImageScanResult, type Progress } from '../scan/types.ts';
import { assess } from './assessment.ts';
import { decisionFromFailure } from './decision-from-error.ts';
import { hasGate, type Policy } from './policy.ts';
import { type Decision, decide } from './reasons.ts';
import type { Assessment, ImageResult, Violation } from './result.ts';
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
  outcome: WaitOutcome,
  evidence: IdentityEvidence,
  context: EvaluationContext,
): ImageResult {
  const name = subjectName(subject);
  if (outcome.kind === 'no-response') {
    return { ...unproven(subject, outcome.progress), decision: decisionFromFailure(outcome.failure) };
  }
  const { state, unread } = outcome;
  if (state.phase === 'given-up') {
    const decision = decisionOfGivenUp(name, state, context);
    return { ...unproven(subject, state.history.progress), decision, baseline: state.history.baseline };
  }
  const { row, proof, history } = state;
  const assessment = row && assess(row, name, context.policy.exceptions, context.today);
  const violations = row && assessment ? violationsOf(row, assessment, context.policy) : [];
  const identity = evidence.identity?.kind === 'same' ? evidence.identity : undefined;
  const digest = row && (evidence.identity === undefined ? row.digest : identity?.promote);
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
      ...(subject === 'regular-scan' ? [] : warningsOf(name, state, unread, digest, assessment, evidence)),
      ...(assessment?.isUnsupportedDistro === true && !hasGate(context.policy)
        ? [unsupportedDistro(name)]
        : []),
    ],
  };
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

// ── Given up ────────────────────────────────────────────────────────────────────────────────────────────────────

function decisionOfGivenUp(name: string, state: GivenUp, context: EvaluationContext): Decision {
  const { why, from, history } = state;
  const timeout = formatDuration(context.limits.timeoutMs);
  const reportTimeout = formatDuration(context.limits.reportTimeoutMs);
  switch (why) {
    case 'not-triggered':
      return decide(
        'not-started',
        `The timeout of ${timeout} was over before the Console could be asked to scan ${name}.`,
      );
    case 'not-started': {
      const waited = formatDuration(Math.min(context.limits.startTimeoutMs, context.limits.timeoutMs));
      return decide(
        'not-started',
        `No sign of a scan of ${name} within ${waited}.${lastScan(history, context)}`,
      );
    }
    case 'still-scanning': {
      // A scan that runs has no row yet, so the row of before explains nothing.
      const row = from === 'scanning' || from === 'between-batches' ? '' : rowThatIsThere(history);
      return decide('still-scanning', `${STILL_SCANNING[from](name, timeout)}${row}`);
    }
    case 'incomplete':
      return decide('scan-incomplete', incompleteMessage(name, history.progress));
    case 'unconfirmed':
      return from === 'over-before'
        ? decide('unconfirmed', overBeforeMessage(name, reportTimeout, history))
        : decide(
            'unconfirmed',
            `${from === 'lost' ? 'Progress stopped showing the scan of' : 'Progress shows the end of the scan of'} ` +
              `${name}, but within ${reportTimeout} the report showed no new scan of it.${rowThatIsThere(history)}`,
          );
  }
}

const STILL_SCANNING: Readonly<Record<GivenUp['from'], (name: string, timeout: string) => string>> = {
  pending: (name, timeout) => `The scan of ${name} had not shown when the timeout of ${timeout} was over.`,
  scanning: (name, timeout) =>
    `The scan of ${name} was still running when the timeout of ${timeout} was over.`,
  'between-batches': (name, timeout) =>
    `The scan of ${name} was between two batches when the timeout of ${timeout} was over.`,
  'over-before': (name, timeout) =>
    `No new scan of ${name} had ended when the timeout of ${timeout} was over.`,
  'awaiting-report': (name, timeout) =>
    `The scan of ${name} ended, but the report did not show it before the timeout of ${timeout} was over.`,
  'awaiting-better-row': (name, timeout) =>
    `The scan of ${name} was not confirmed before the timeout of ${timeout} was over.`,
  lost: (name, timeout) =>
    `The scan of ${name} was running, then the Console stopped showing it (another client read its end, or the ` +
    `Console restarted), and the report did not show it before the timeout of ${timeout} was over.`,
};

function incompleteMessage(name: string, progress: Progress): string {
  const { scanned, total } = countPhase(progress, 'imageScan');
  const discovery = countPhase(progress, 'discovery');
  if (total === 0) {
    return `The scan of ${name} ended and found no image to scan (0 of 0); the Console may not know this tag.`;
  }
  if (scanned < total) return `The scan of ${name} ended after ${scanned} of ${total} images.`;
  return discovery.scanned < discovery.total
    ? `The scan of ${name} ended after ${discovery.scanned} of ${discovery.total} steps of its discovery.`
    : `A part of the scan of ${name} ended before all of it was scanned.`;
}

function overBeforeMessage(name: string, reportTimeout: string, history: History): string {
  return (
    `A scan of ${name} was over before this step began, and no other one showed within ${reportTimeout}. It may be ` +
    `of the push before: give digest to accept the row that carries it, or max-scan-age to accept its age.${rowThatIsThere(history)}`
  );
}

/** An unconfirmed end: what the report has instead of the new row. */
function rowThatIsThere({ snapshot, outdated, baseline }: History): string {
  if (outdated !== undefined) {
    const readAt = baseline.readAtMs === undefined ? '' : new Date(baseline.readAtMs).toISOString();
    return (
      ` The report shows a scan of ${outdated.text}, more than five minutes before ${readAt}, when this step read ` +
      'the report first; compare the clocks of the Console and of its Defenders.'
    );
  }
  switch (snapshot.kind) {
    case 'row':
      return snapshot.row.scanTime === undefined
        ? ' The report has the image, and no scan of it.'
        : ` The report still shows the scan of ${snapshot.row.scanTime.text}; if the Console skips images that it knows, max-scan-age accepts that.`;
    case 'absent':
      return ' The report has no row of it; the Console user may not see it (check the collections of the user).';
    case 'unreadable':
      return '';
  }
}

/** An age for people: seconds up to an hour, minutes up to a day, then hours. */
function roundedAgeMs(ageMs: number): number {
  const unitMs = ageMs < 3_600_000 ? 1_000 : ageMs < 86_400_000 ? 60_000 : 3_600_000;
  return Math.floor(ageMs / unitMs) * unitMs;
}

function lastScan({ snapshot }: History, { mode }: EvaluationContext): string {
  if (snapshot.kind !== 'row' || snapshot.row.scanTime === undefined) return '';
  const { text, epochMs } = snapshot.row.scanTime;
  const ageMs = snapshot.readAtMs === undefined ? undefined : Math.max(0, snapshot.readAtMs - epochMs);
  const age = ageMs === undefined ? '' : `, ${formatDuration(roundedAgeMs(ageMs))} old`;
  const hint = mode === 'await' ? '; max-scan-age accepts a scan of that age' : '';
  return ` The last scan in the report is of ${text}${age}${hint}.`;
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

function warningsOf(
  name: string,
  { proof, row, error }: Finished,
  unread: string,
  digest: Digest | undefined,
  assessment: Assessment | undefined,
  { identity }: IdentityEvidence,
): readonly string[] {
  if (error !== '' || (row !== undefined && row.error !== '')) return [];
  if (proof === 'progress-lost') {
    return [
      `Progress stopped showing the scan of ${name}, and the report may not be read, so nothing else shows its end. ` +
        'Give the Console user read access to Monitor, so that the report can prove the end.',
    ];
  }
  if (row === undefined) {
    return [
      `The report of ${name} may not be read: progress alone shows the end of the scan, and the outputs have no digest ` +
        'to promote by. Give the Console user read access to Monitor.',
    ];
  }
  return [
    ...(digest === undefined && identity === undefined
      ? [`The report gives no single digest for ${name}, so the outputs have none to promote by.`]
      : []),
    ...(identity?.kind === 'same' && identity.isImageId
      ? [
          `The digest asked for is the image id of ${name}, not its digest; promote the digest of the outputs.`,
        ]
      : []),
    ...(unread === '' ? [] : [`The findings of ${name} could not be read: ${unread}`]),
    ...unknownWords(name, assessment),
    ...(row.ignoredFields.length === 0
      ? []
      : [
          `The report of ${name} has fields of an unexpected type, which were left out: ${row.ignoredFields.join(', ')}.`,
        ]),
  ];
}

function unsupportedDistro(name: string): string {
  return `The scanner does not cover the distribution of ${name}, so that finding nothing means nothing.`;
}

/** A word that is not known here must neither pass nor be overlooked. */
function unknownWords(name: string, assessment: Assessment | undefined): readonly string[] {
  const findings = assessment?.findings ?? [];
  const severities = new Set(findings.flatMap(({ rawSeverity }) => rawSeverity ?? []));
  const statuses = new Set(findings.flatMap(({ rawStatus }) => rawStatus ?? []));
  const listed = (words: ReadonlySet<string>) =>
    [...words]
      .slice(0, 5)
      .map((word) => `“${word}”`)
      .join(', ');
  return [
    ...(severities.size === 0
      ? []
      : [
          `The report of ${name} has severities that are unknown here (${listed(severities)}); they count as critical.`,
        ]),
    ...(statuses.size === 0
      ? []
      : [
          `The report of ${name} has words of status that are unknown here (${listed(statuses)}); they count as a fix.`,
        ]),
  ];
}
