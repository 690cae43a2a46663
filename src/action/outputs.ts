import type { Judged } from '../gate/judge.ts';
import type { StepRecord } from '../report/record.ts';
import type { FindingCounts } from '../scan/finding.ts';
import type { Severity } from '../scan/severity.ts';

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
  'critical',
  'high',
  'medium',
  'low',
  'findings',
  'results',
  'receipt-path',
  'sarif-path',
] as const;

export type OutputName = (typeof OUTPUT_NAMES)[number];

/** The outputs that name the file of a report. */
export type ReportPaths = Readonly<Record<'receipt-path' | 'sarif-path', string>>;

/** The outputs of a run. What is of one image is empty where there are several. */
export function outputsOf(record: StepRecord, paths: ReportPaths): Readonly<Record<OutputName, string>> {
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
    ...countsOf(record.images),
    results: JSON.stringify(record.images.map(resultOf)),
    ...paths,
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
    findings: image.assessment?.counts ?? null,
  };
}

/** The findings of all images together; empty where any report was not read, for then nobody knows. */
function countsOf(images: readonly Judged[]): Record<Severity | 'findings', string> {
  const counts = images.map(({ assessment }) => assessment?.counts);
  const isKnown = counts.length > 0 && counts.every((each) => each !== undefined);
  const sum = (of: keyof FindingCounts) =>
    isKnown ? String(counts.reduce((total, each) => total + (each?.[of] ?? 0), 0)) : '';
  return {
    critical: sum('critical'),
    high: sum('high'),
    medium: sum('medium'),
    low: sum('low'),
    findings: sum('total'),
  };
}
