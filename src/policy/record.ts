import { platformName } from '../image/platform.ts';
import type { TimelineEntry } from '../scan/events.ts';
import type { ReportSnapshot } from '../scan/evidence.ts';
import type { Finding } from '../scan/finding.ts';
import type { Because } from './because.ts';
import { decisionsRecord, exceptionsRecord, MOST_LISTED } from './exception-record.ts';
import type { GateResult } from './gates.ts';
import { assessmentOf, newTotal, promotedReference, totalCounts } from './image-findings.ts';
import { type Json, jsonOf } from './json.ts';
import { requestRecord } from './request-record.ts';
import type { Assessment, ImageResult, RunResult } from './result.ts';
import type { Comparison } from './waivers/reference.ts';

const MOST_FINDINGS = 10;
const MOST_WAIVED = 100;

const SCHEMA_VERSION = '2.0';

/**
 * The record of a run: plain JSON in the form of `docs/receipt.schema.json`. Times of scans and of the report are the
 * Console's; only `run` uses the runner's clock. Unknown values are null, never 0.
 */
export type RunRecord = ReturnType<typeof runRecord>;

/** The record of one image, or of one platform of it. */
export type ImageRecord = RunRecord['images'][number];

/** A completed run: its record, and the facts that are too large for it, such as every finding. */
export interface RecordedRun extends RunResult {
  readonly record: RunRecord;
}

/** Writes the texts of a record from the same facts. */
export interface RecordTexts {
  readonly ofRun: (result: RunResult) => string;
  readonly ofImage: (image: ImageResult) => string;
  readonly warnings: (image: ImageResult) => readonly string[];
  /** Text that is not ours, as one short harmless line. */
  readonly shown: (text: string) => string;
}

/** Records a run, once. */
export function recorded(result: RunResult, texts: RecordTexts): RecordedRun {
  return { ...result, record: runRecord(result, texts) };
}

/** The record of a single image of the run, for an attestation of its digest. */
export function recordOfImage(result: RunResult, image: ImageResult, texts: RecordTexts): RunRecord {
  const { decision, discovery, imageScan, promotes, imageByDigest } = image;
  const isPromotable = promotes !== undefined && imageByDigest !== undefined;
  return runRecord(
    {
      ...result,
      decision,
      discovery,
      imageScan,
      warnings: texts.warnings(image),
      images: [image],
      promotion: isPromotable ? { digest: promotes, imageByDigest } : undefined,
    },
    texts,
  );
}

function runRecord(result: RunResult, texts: RecordTexts) {
  const { decision, images, request, promotion } = result;
  return {
    schemaVersion: SCHEMA_VERSION,
    verdict: decision.verdict,
    reason: decision.reason,
    message: texts.ofRun(result),
    because: becauseRecord(decision.because, texts),
    digest: promotion?.digest ?? null,
    imageByDigest: decision.verdict === 'passed' ? (promotion?.imageByDigest ?? null) : null,
    totals: totalsRecord(images),
    images: images.map((image) => imageRecord(image, texts)),
    discovery: result.discovery,
    imageScan: result.imageScan,
    request: orNull(request, requestRecord),
    exceptions: exceptionsRecord(images, request?.policy.exceptions ?? [], result.decidedAt.day),
    decisions: decisionsRecord(images, texts.shown),
    checks: result.checks,
    warnings: result.warnings.slice(0, MOST_LISTED),
    timeline: timelineRecord(result.timeline),
    run: timesRecord(result),
  };
}

/** The record of a value; null if it is unknown. */
function orNull<Value, Recorded>(
  value: Value | undefined,
  record: (value: Value) => Recorded,
): Recorded | null {
  return value === undefined ? null : record(value);
}

function totalsRecord(images: readonly ImageResult[]) {
  return {
    vulnerabilities: totalCounts(images, 'vulnerabilities') ?? null,
    compliance: totalCounts(images, 'compliance') ?? null,
    new: newTotal(images) ?? null,
  };
}

function timesRecord({ durationMs, endedAtMs }: RunResult) {
  return {
    startedAt: new Date(endedAtMs - durationMs).toISOString(),
    endedAt: new Date(endedAtMs).toISOString(),
    durationMs: Math.floor(durationMs),
  };
}

function imageRecord(result: ImageResult, texts: RecordTexts) {
  const { image, decision } = result;
  const assessment = assessmentOf(result);
  return {
    image: result.name,
    platform: orNull(image?.platform, platformName),
    verdict: decision.verdict,
    reason: decision.reason,
    message: texts.ofImage(result),
    because: becauseRecord(decision.because, texts),
    digest: result.digest ?? null,
    imageByDigest: promotedReference(result) ?? null,
    isDigestVerified: result.isDigestVerified,
    hasAllPlatforms: result.hasAllPlatforms ?? null,
    evidence: evidenceRecord(result),
    findings: orNull(assessment, findingsRecord),
    compliance: assessment?.compliance ?? null,
    comparison: orNull(assessment?.comparison, comparisonRecord),
    gates: result.gates.map((gate) => gateRecord(gate, texts)),
    timeline: timelineRecord(result.timeline),
  };
}

function evidenceRecord({ proof, scanTime, baseline, discovery, imageScan }: ImageResult) {
  return {
    proof: proof ?? null,
    scanTime: scanTime ?? null,
    baseline: orNull(baseline, baselineRecord),
    discovery,
    imageScan,
  };
}

function findingsRecord(assessment: Assessment) {
  const { vulnerabilities, fixable, accepted, isComplete, isUnsupportedDistro } = assessment;
  return {
    counts: vulnerabilities ?? null,
    fixable: fixable ?? null,
    accepted: accepted ?? null,
    isComplete,
    isUnsupportedDistro,
  };
}

/** The facts of a decision. Gates, which are listed separately, are named only. */
function becauseRecord(because: Because, { shown }: RecordTexts): Json {
  if (because.kind !== 'gates-not-met') return jsonOf(because, shown);
  const open = because.gates.filter(({ state }) => state !== 'met');
  return { kind: because.kind, gates: open.map(({ gate }) => gate) };
}

/** The comparison of the image with its reference; unknown values are null. */
function comparisonRecord(comparison: Comparison) {
  const { kind, reference } = comparison;
  const row = 'row' in comparison ? comparison.row : undefined;
  return {
    kind,
    reference,
    digest: row?.digest ?? null,
    scanTime: row?.scanTime ?? null,
    new: 'added' in comparison ? (comparison.added ?? null) : null,
    known: 'known' in comparison ? comparison.known : null,
    gone: 'gone' in comparison ? comparison.gone : null,
  };
}

function timelineRecord(timeline: readonly TimelineEntry[]) {
  return timeline.slice(0, MOST_LISTED).map(({ atMs, phase }) => ({ phase, atMs: Math.round(atMs) }));
}

function baselineRecord(baseline: ReportSnapshot) {
  const { kind, readAtMs } = baseline;
  return {
    kind,
    scanTime: kind === 'row' ? (baseline.row.scanTime?.text ?? null) : null,
    readAt: readAtMs === undefined ? null : new Date(readAtMs).toISOString(),
  };
}

function gateRecord({ gate, state, reason, detail, findings, waived }: GateResult, { shown }: RecordTexts) {
  return {
    gate,
    state,
    reason,
    detail: jsonOf(detail, shown),
    findingCount: findings.length,
    findings: findings.slice(0, MOST_FINDINGS).map((finding) => findingRecord(finding, shown)),
    waivedCount: waived.length,
    waived: waived.slice(0, MOST_WAIVED).map(({ finding, by }) => ({
      ...findingRecord(finding, shown),
      by: by.map((waiver) => jsonOf(waiver, shown)),
    })),
  };
}

function findingRecord(
  { id, title, severity, packageName, packageVersion }: Finding,
  shown: RecordTexts['shown'],
) {
  return {
    id: shown(id),
    title: shown(title ?? ''),
    severity,
    packageName: shown(packageName ?? ''),
    packageVersion: shown(packageVersion ?? ''),
  };
}
