import type { Judged } from '../gate/judge.ts';
import type { ReportReading } from '../scan/evidence.ts';
import { acceptedCounts } from './counts.ts';
import { exceptionsIn } from './receipt-exceptions.ts';
import type { Asked, ReportedRun, StepRecord } from './record.ts';

/** How many warnings and phases a receipt lists; attestations take 16 MB and no more. */
const LISTED = 1_000;

/**
 * What was decided and why, as `docs/receipt.schema.json` has it. Times of scans are the Console's own; `run` alone
 * goes by the runner's clock.
 */
export function receiptOf(record: StepRecord, run: ReportedRun) {
  const { decision, asked, durationMs } = record;
  return {
    schemaVersion: '1.0',
    verdict: decision.verdict,
    reason: decision.reason,
    message: decision.message,
    images: record.images.map(imageIn),
    discovery: record.discovery,
    imageScan: record.imageScan,
    asked: asked === undefined ? null : askedIn(asked),
    exceptions: exceptionsIn(record, dayOf(run.endedAt)),
    warnings: record.warnings.slice(0, LISTED),
    timeline: record.timeline.slice(0, LISTED).map(({ atMs, phase }) => ({ phase, atMs: Math.round(atMs) })),
    run: {
      action: { name: 'registry-scan-gate', version: run.actionVersion },
      url: run.url === '' ? null : run.url,
      startedAt: new Date(run.endedAt.getTime() - durationMs).toISOString(),
      endedAt: run.endedAt.toISOString(),
    },
  };
}

function imageIn(image: Judged) {
  const { decision, assessment, earlier } = image;
  return {
    image: image.name,
    verdict: decision.verdict,
    reason: decision.reason,
    message: decision.message,
    digest: image.digest ?? null,
    imageByDigest: image.imageByDigest ?? null,
    evidence: {
      provenBy: image.proof ?? null,
      scanTime: image.scanTime ?? null,
      earlierReport: earlier?.kind ?? null,
      earlierScanTime: earlierScanTime(earlier),
      discovery: image.discovery,
      imageScan: image.imageScan,
    },
    findings:
      assessment === undefined
        ? null
        : {
            counts: assessment.counts ?? null,
            fixable: assessment.fixable ?? null,
            accepted: acceptedCounts(assessment) ?? null,
            isCovered: !assessment.isUncovered,
          },
  };
}

function earlierScanTime(earlier: ReportReading | undefined): string | null {
  return earlier?.kind === 'row' ? (earlier.row.scanTime?.text ?? null) : null;
}

function askedIn({ mode, consoleHost, apiVersion, project, gates, maxScanAgeMs }: Asked) {
  return {
    mode,
    console: { host: consoleHost, apiVersion, project: project === '' ? null : project },
    gates: {
      severityCutoff: gates.severityCutoff ?? null,
      onlyFixed: gates.onlyFixed,
      failOnPolicy: gates.failOnPolicy,
      maxScanAgeMs: maxScanAgeMs ?? null,
    },
  };
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
