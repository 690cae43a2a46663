import { type Subject, subjectImage, subjectName } from '../image/image.ts';
import { countPhase, type Progress } from '../scan/evidence.ts';
import { Timeline } from '../scan/timeline.ts';
import type { Because } from './because.ts';
import type { Decision } from './decision.ts';
import { gateResult } from './gates.ts';
import type { ImageResult } from './result.ts';

/** The result of a wait that an error ended, with the evidence until then. */
export function failedImage(
  subject: Subject,
  progress: Progress,
  decision: Decision,
  timeline = new Timeline(),
): ImageResult {
  const { reason, because } = decision;
  const identity = identityGateOf(because);
  const gate = gateResult(identity ?? 'scan', reason, {
    state: identity === undefined ? 'unknown' : 'not-met',
    detail: { kind: 'ended-by-error' },
  });
  return { ...unproven(subject, progress, timeline), gates: [gate], decision };
}

/** The gate that an error before the wait is about; undefined if it is not about the identity of the image. */
function identityGateOf(because: Because): 'digest' | 'platforms' | undefined {
  if (because.kind === 'platform-absent') return 'platforms';
  return because.kind === 'registry-unread' ? because.question : undefined;
}

/** An image whose scan is not proven finished, with the progress until then. */
export function unproven(
  subject: Subject,
  progress: Progress,
  timeline: Timeline,
): Omit<ImageResult, 'decision' | 'gates'> {
  return {
    name: subjectName(subject),
    image: subjectImage(subject),
    ...seenCounts(progress),
    digest: undefined,
    promotes: undefined,
    imageByDigest: undefined,
    scanTime: undefined,
    isDigestVerified: false,
    hasAllPlatforms: undefined,
    proof: undefined,
    baseline: undefined,
    assessment: undefined,
    inventory: { kind: 'unknown', why: 'not-read' },
    timeline: timeline.entries(),
    warnings: [],
  };
}

/** The counts of both phases of the scan, as progress shows them. */
export function seenCounts(progress: Progress): Pick<ImageResult, 'discovery' | 'imageScan'> {
  return { discovery: countPhase(progress, 'discovery'), imageScan: countPhase(progress, 'imageScan') };
}
