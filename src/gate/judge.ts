import { formatDuration } from '../scan/duration.ts';
import type { Ending } from '../scan/event.ts';
import {
  type Counts,
  countPhase,
  type FindingCounts,
  type ProgressAnswer,
  type ReportRow,
} from '../scan/evidence.ts';
import { type Digest, type Image, imageName, type Subject, subjectName } from '../scan/image.ts';
import type { Limits } from '../scan/limits.ts';
import type { Finished } from '../scan/state.ts';
import { type Decision, decision } from './verdict.ts';

/** What is known of one image, or of the regular scan, when its wait is over. */
export interface Judged {
  /** The full reference of the image. */
  readonly name: string;
  readonly decision: Decision;
  readonly discovery: Counts;
  readonly imageScan: Counts;
  readonly digest: Digest | undefined;
  /** `registry/repo@sha256:…`, to promote. */
  readonly imageByDigest: string | undefined;
  /** The Console's time of the scan, as the report gives it. */
  readonly scanTime: string | undefined;
  readonly findings: FindingCounts | undefined;
  /** What a person should know although it decides nothing. */
  readonly warnings: readonly string[];
}

/** What may be promoted: the evidence of a scan, judged for what was asked for. */
export function judge(subject: Subject, ending: Ending, limits: Limits): Judged {
  const name = subjectName(subject);
  if (ending.phase !== 'finished') {
    return { ...nothingProven(name, ending.entries), decision: giveUp(name, ending, limits) };
  }
  const { row } = ending;
  const digest = subject === 'regular-scan' ? undefined : scannedDigest(subject, row);
  return {
    name,
    decision: decide(subject, ending),
    ...provenCounts(ending),
    digest,
    imageByDigest: subject === 'regular-scan' ? undefined : digest && `${imageName(subject)}@${digest}`,
    scanTime: row?.scanTime?.text,
    findings: row?.findings,
    warnings: subject === 'regular-scan' ? [] : warningsOf(name, ending),
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

function decide(subject: Subject, { error, row, proof }: Finished): Decision {
  const name = subjectName(subject);
  if (error !== '')
    return decision('scan-error', `The Console reports that the scan of ${name} failed: “${error}”.`);

  if (subject !== 'regular-scan' && subject.requiredDigest !== undefined && 'tag' in subject.scanBy) {
    if (row === undefined || row.digests.length === 0) {
      const why = row === undefined ? 'could not be read' : 'gives none';
      return decision(
        'report-unavailable',
        `The scan of ${name} is finished, but the report that must show its digest ${why}.`,
      );
    }
    if (!row.digests.includes(subject.requiredDigest)) {
      return decision(
        'digest-mismatch',
        `Asked for ${name}, but the report shows ${row.digests.join(', ')}.`,
      );
    }
  }
  return decision('scan-completed', `The scan of ${name} is finished${PROVEN_BY[proof]}.`);
}

const PROVEN_BY = {
  progress: '',
  report: ', as the report shows',
  vanished: ', as far as progress can tell',
} as const satisfies Record<Finished['proof'], string>;

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
    case 'end-unproven':
      return decision(
        'unconfirmed',
        `Progress showed the end of a scan of ${name} that may be an earlier one, and within ` +
          `${formatDuration(limits.reportTimeoutMs)} the report showed no new scan.`,
      );
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
  if (proof === 'report') return { discovery: { scanned: 1, total: 1 }, imageScan: { scanned: 1, total: 1 } };
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
    findings: undefined,
    warnings: [],
  };
}

function warningsOf(name: string, { proof, row, error }: Finished): readonly string[] {
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
  if (row.digest === undefined)
    return [`The report gives no single digest for ${name}, so there is none to promote by.`];
  return [];
}
