import { formatDuration } from '../scan/duration.ts';
import type { Ending } from '../scan/event.ts';
import {
  type Counts,
  countPhase,
  type ProgressAnswer,
  type ReportReading,
  type ReportRow,
} from '../scan/evidence.ts';
import { type Digest, type Image, imageName, type Subject, subjectName } from '../scan/image.ts';
import type { Limits } from '../scan/limits.ts';
import { carries } from '../scan/recent.ts';
import type { Finished, Proof } from '../scan/state.ts';
import { type Assessment, assess } from './assessment.ts';
import { type Gates, isAnyGateSet } from './gates.ts';
import { objections } from './objection.ts';
import { type Decision, decision } from './verdict.ts';

/** By what a finished scan is judged. */
export interface Rules {
  readonly limits: Limits;
  readonly gates: Gates;
  /** The day of the step, `2026-12-31` in UTC: exceptions end with a day. */
  readonly today: string;
}

/** What is known of one image, or of the regular scan, when its wait is over. */
export interface Judged {
  /** The full reference of the image. */
  readonly name: string;
  readonly decision: Decision;
  readonly discovery: Counts;
  readonly imageScan: Counts;
  /** What proved the end of the scan; undefined where nothing did. */
  readonly proof: Proof | undefined;
  /** The report as it was before; undefined where it was not read, or the wait was broken off. */
  readonly earlier: ReportReading | undefined;
  readonly digest: Digest | undefined;
  /** `registry/repo@sha256:…`, to promote. */
  readonly imageByDigest: string | undefined;
  /** The Console's time of the scan, as the report gives it. */
  readonly scanTime: string | undefined;
  /** What the report says of the image; undefined where it was not read. */
  readonly assessment: Assessment | undefined;
  /** What a person should know although it decides nothing. */
  readonly warnings: readonly string[];
}

/** What may be promoted: the evidence of a scan, judged for what was asked for. */
export function judge(subject: Subject, ending: Ending, rules: Rules): Judged {
  const name = subjectName(subject);
  if (ending.phase !== 'finished') {
    const earlier = ending.phase === 'given-up' ? ending.earlier : undefined;
    return { ...nothingProven(name, ending.entries), decision: giveUp(name, ending, rules.limits), earlier };
  }
  const { row, proof, earlier } = ending;
  const digest = subject === 'regular-scan' ? undefined : scannedDigest(subject, row);
  const assessment = row && assess(row, name, rules.gates.exceptions, rules.today);
  return {
    name,
    decision: decide(subject, ending, assessment, rules.gates),
    ...provenCounts(ending),
    proof,
    earlier,
    digest,
    imageByDigest: subject === 'regular-scan' ? undefined : digest && `${imageName(subject)}@${digest}`,
    scanTime: row?.scanTime?.text,
    assessment,
    warnings: subject === 'regular-scan' ? [] : warningsOf(name, ending, digest, assessment),
  };
}

/** A wait that was broken off: what was seen until then, and why. */
export function judgeBrokenOff(subject: Subject, entries: ProgressAnswer, decided: Decision): Judged {
  return { ...nothingProven(subjectName(subject), entries), decision: decided };
}

function scannedDigest({ requiredDigest }: Image, row: ReportRow | undefined): Digest | undefined {
  const isCarried = requiredDigest !== undefined && row?.digests.includes(requiredDigest);
  return isCarried ? requiredDigest : row?.digest;
}

function decide(
  subject: Subject,
  ending: Finished,
  assessment: Assessment | undefined,
  gates: Gates,
): Decision {
  const name = subjectName(subject);
  const { error, row, proof } = ending;
  if (error !== '')
    return decision('scan-error', `The Console reports that the scan of ${name} failed: “${error}”.`);
  return (
    (subject === 'regular-scan' ? undefined : identityObjection(subject, row)) ??
    gateObjection(name, ending, assessment, gates) ??
    (proof === 'recent'
      ? decision('recent-scan', `The scan of ${name} at ${row?.scanTime?.text} is recent enough.`)
      : decision('scan-completed', `The scan of ${name} is finished${PROVEN_BY[proof]}.`))
  );
}

/** Whether what was scanned is what was asked for. By digest alone, the row was found by it. */
function identityObjection(image: Image, row: ReportRow | undefined): Decision | undefined {
  if (image.requiredDigest === undefined || !('tag' in image.scanBy)) return undefined;
  const name = subjectName(image);
  if (row === undefined || row.digests.length === 0) {
    const why = row === undefined ? 'could not be read' : 'gives none';
    return decision(
      'report-unavailable',
      `The scan of ${name} is finished, but the report that must show its digest ${why}.`,
    );
  }
  if (carries(row, image.requiredDigest)) return undefined;
  return decision('digest-mismatch', `Asked for ${name}, but the report shows ${row.digests.join(', ')}.`);
}

function gateObjection(
  name: string,
  { row, unread }: Finished,
  assessment: Assessment | undefined,
  gates: Gates,
): Decision | undefined {
  if (row === undefined || assessment === undefined) {
    if (!isAnyGateSet(gates)) return undefined;
    return decision(
      'report-unavailable',
      `The scan of ${name} is finished, but the report that the gates need could not be read.`,
    );
  }
  const [first, ...others] = objections(row, assessment, gates);
  if (first === undefined) return undefined;
  const also = others.map(({ because }) => `; also, ${because}`).join('');
  const cause = first.reason === 'report-unavailable' && unread !== '' ? ` ${unread}` : '';
  return decision(first.reason, `The scan of ${name} is finished, but ${first.because}${also}.${cause}`);
}

const PROVEN_BY = {
  progress: '',
  report: ', as the report shows',
  vanished: ', as far as progress can tell',
} as const satisfies Record<Exclude<Proof, 'recent'>, string>;

function giveUp(name: string, ending: Exclude<Ending, Finished>, limits: Limits): Decision {
  if (ending.phase === 'unanswered') return decision(ending.failure.reason, ending.failure.message);
  switch (ending.why) {
    case 'not-asked-for':
      return decision(
        'not-started',
        `The timeout of ${formatDuration(limits.timeoutMs)} was over before the Console could be asked to scan ${name}.`,
      );
    case 'no-sign': {
      const waitedMs = Math.min(limits.startTimeoutMs, limits.timeoutMs);
      return decision('not-started', `No sign of a scan of ${name} within ${formatDuration(waitedMs)}.`);
    }
    case 'still-scanning':
      return decision(
        'still-scanning',
        `The scan of ${name} was not proven finished when the timeout of ${formatDuration(limits.timeoutMs)} came.`,
      );
    case 'end-unproven': {
      // A scan that failed may never write a row, so this can be all that anybody gets to know of it.
      const failed = ending.error === '' ? '' : ` (it failed: “${ending.error}”)`;
      return decision(
        'unconfirmed',
        `Progress showed the end of a scan of ${name} that may be an earlier one${failed}, and within ` +
          `${formatDuration(limits.reportTimeoutMs)} the report showed no new scan.`,
      );
    }
    case 'vanished':
      return decision(
        'unconfirmed',
        `Progress no longer shows the scan of ${name}, and within ${formatDuration(limits.reportTimeoutMs)} ` +
          'the report did not show it either.',
      );
  }
}

/** Where the report alone proved the end, progress has nothing final to count: the row proves one image. */
function provenCounts({ proof, entries }: Finished): Pick<Judged, 'discovery' | 'imageScan'> {
  if (proof === 'report' || proof === 'recent') {
    return { discovery: { scanned: 1, total: 1 }, imageScan: { scanned: 1, total: 1 } };
  }
  return seenCounts(entries);
}

function seenCounts(entries: ProgressAnswer): Pick<Judged, 'discovery' | 'imageScan'> {
  return { discovery: countPhase(entries, 'discovery'), imageScan: countPhase(entries, 'imageScan') };
}

function nothingProven(name: string, entries: ProgressAnswer): Omit<Judged, 'decision'> {
  return {
    name,
    ...seenCounts(entries),
    digest: undefined,
    imageByDigest: undefined,
    scanTime: undefined,
    proof: undefined,
    earlier: undefined,
    assessment: undefined,
    warnings: [],
  };
}

function warningsOf(
  name: string,
  { proof, row, error, unread }: Finished,
  digest: Digest | undefined,
  assessment: Assessment | undefined,
): readonly string[] {
  if (error !== '') return [];
  if (proof === 'vanished') {
    return [
      `Nobody saw the end of the scan of ${name}: it ran, progress stopped showing it, and the report may not be ` +
        'read. Give the Console user read access to Monitor, so that the report can prove the end.',
    ];
  }
  if (row === undefined) {
    return [
      `Progress showed the end of the scan of ${name}, but the report did not, so the outputs have no digest to ` +
        'promote by. Check that the Console user may read Monitor, or raise report-timeout.',
    ];
  }
  return [
    ...(digest === undefined
      ? [`The report gives no single digest for ${name}, so there is none to promote by.`]
      : []),
    ...(unread === '' ? [] : [`The findings of ${name} could not be read: ${unread}`]),
    ...unknownWords(name, assessment),
  ];
}

/** A word that nobody knows must neither pass nor be overlooked. */
function unknownWords(name: string, assessment: Assessment | undefined): readonly string[] {
  const words = new Set(assessment?.findings?.flatMap(({ unknownWord }) => unknownWord ?? []));
  if (words.size === 0) return [];
  const listed = [...words]
    .slice(0, 5)
    .map((word) => `“${word}”`)
    .join(', ');
  return [`The report of ${name} has severities that are unknown here (${listed}); they count as critical.`];
}
