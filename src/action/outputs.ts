import type { Judged } from '../gate/judge.ts';
import type { StepRecord } from '../report/record.ts';

/** The outputs as `action.yml` declares them. */
export const OUTPUT_NAMES = [
  'verdict',
  'reason',
  'scanned',
  'total',
  'discovery-scanned',
  'discovery-total',
  'digest',
  'image-by-digest',
  'scan-time',
  'duration-seconds',
  'results',
] as const;

export type OutputName = (typeof OUTPUT_NAMES)[number];

/** The outputs of a run. What is of one image is empty where there are several. */
export function outputsOf(record: StepRecord): Readonly<Record<OutputName, string>> {
  const only = record.images.length === 1 ? record.images[0] : undefined;
  return {
    verdict: record.decision.verdict,
    reason: record.decision.reason,
    scanned: String(record.imageScan.scanned),
    total: String(record.imageScan.total),
    'discovery-scanned': String(record.discovery.scanned),
    'discovery-total': String(record.discovery.total),
    digest: only?.digest ?? '',
    'image-by-digest': only?.imageByDigest ?? '',
    'scan-time': only?.scanTime ?? '',
    'duration-seconds': String(Math.floor(record.durationMs / 1000)),
    results: JSON.stringify(record.images.map(resultOf)),
  };
}

function resultOf(image: Judged) {
  return {
    image: image.name,
    verdict: image.decision.verdict,
    reason: image.decision.reason,
    message: image.decision.message,
    scanned: image.imageScan.scanned,
    total: image.imageScan.total,
    digest: image.digest ?? '',
    imageByDigest: image.imageByDigest ?? '',
    scanTime: image.scanTime ?? '',
    findings: image.findings ?? null,
  };
}
