import { createHash } from 'node:crypto';
import type { RunInfo } from '../host.ts';
import type { Digest } from '../image/image.ts';
import { platformName } from '../image/platform.ts';
import { type Exception, isActive } from '../policy/exception.ts';
import type { GateResult } from '../policy/gates.ts';
import { assessmentOf, promotedReference } from '../policy/image-findings.ts';
import type { Policy } from '../policy/policy.ts';
import type { Comparison } from '../policy/reference.ts';
import type { ImageResult, RunRequest, RunResult } from '../policy/result.ts';
import type { TimelineEntry } from '../scan/events.ts';
import type { Finding } from '../scan/finding.ts';
import { SEVERITIES } from '../scan/severity.ts';
import type { ReportSnapshot } from '../scan/types.ts';
import { idleDecisions } from '../text/decision-text.ts';
import { warningTexts } from '../text/image-warning-text.ts';
import { shownText } from '../text/sanitize.ts';
import { describeImage, messageOf } from '../text/verdict-line.ts';
import { waiverText } from '../text/waiver-text.ts';

/** How much of each kind a receipt lists; attestations take 16 MB. */
const MOST_LISTED = 1_000;
const MOST_FINDINGS = 10;
const MOST_WAIVED = 100;
const MOST_IMAGES = 20;

const RECEIPT_VERSION = '2.0';

/** What a receipt needs to know of the run that writes it. */
export type ReceiptRun = Pick<RunInfo, 'version' | 'url' | 'now'>;

/**
 * What was decided and why, in the form of `docs/receipt.schema.json`. Times of scans and of the report are the
 * Console's own; `run` alone goes by the runner's clock. Whatever is unknown is null, never 0.
 */
export function receiptOf(result: RunResult, run: ReceiptRun) {
  const { decision, images, request, durationMs } = result;
  const endedAt = run.now();
  return {
    schemaVersion: RECEIPT_VERSION,
    verdict: decision.verdict,
    reason: decision.reason,
    message: messageOf(result),
    images: images.map(imageEntry),
    discovery: result.discovery,
    imageScan: result.imageScan,
    request: request === undefined ? null : requestEntry(request),
    exceptions: exceptionsOf(images, request?.policy.exceptions ?? [], result.decidedAt.day),
    decisions: decisionsOf(images),
    checks: result.checks,
    warnings: result.warnings.slice(0, MOST_LISTED),
    timeline: timelineEntries(result.timeline),
    run: {
      tool: { name: 'registry-scan-gate', version: run.version },
      url: run.url === '' ? null : run.url,
      startedAt: new Date(endedAt.getTime() - durationMs).toISOString(),
      endedAt: endedAt.toISOString(),
    },
  };
}

/** The receipt of one image of the run alone, for an attestation of its digest. */
export function receiptOfImage(result: RunResult, image: ImageResult, run: ReceiptRun) {
  const { decision, discovery, imageScan } = image;
  const warnings = warningTexts(image);
  return receiptOf({ ...result, decision, discovery, imageScan, warnings, images: [image] }, run);
}

export type Receipt = ReturnType<typeof receiptOf>;

function imageEntry(result: ImageResult) {
  const { image, decision } = result;
  const assessment = assessmentOf(result);
  return {
    image: result.name,
    platform: image?.platform === undefined ? null : platformName(image.platform),
    verdict: decision.verdict,
    reason: decision.reason,
    message: describeImage(result).what,
    digest: result.digest ?? null,
    imageByDigest: promotedReference(result) ?? null,
    isDigestVerified: result.isDigestVerified,
    hasAllPlatforms: result.hasAllPlatforms ?? null,
    evidence: {
      proof: result.proof ?? null,
      scanTime: result.scanTime ?? null,
      baseline: result.baseline === undefined ? null : baselineEntry(result.baseline),
      discovery: result.discovery,
      imageScan: result.imageScan,
    },
    findings:
      assessment === undefined
        ? null
        : {
            counts: assessment.vulnerabilities ?? null,
            fixable: assessment.fixable ?? null,
            accepted: assessment.accepted ?? null,
            isComplete: assessment.isComplete,
            isUnsupportedDistro: assessment.isUnsupportedDistro,
          },
    compliance: assessment?.compliance ?? null,
    comparison: assessment?.comparison === undefined ? null : comparisonEntry(assessment.comparison),
    gates: result.gates.map(gateEntry),
    timeline: timelineEntries(result.timeline),
  };
}

/** How the image compares with its reference; what is not known of it is null. */
function comparisonEntry(comparison: Comparison) {
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

function timelineEntries(timeline: readonly TimelineEntry[]) {
  return timeline.slice(0, MOST_LISTED).map(({ atMs, phase }) => ({ phase, atMs: Math.round(atMs) }));
}

function baselineEntry(baseline: ReportSnapshot) {
  const { kind, readAtMs } = baseline;
  return {
    kind,
    scanTime: kind === 'row' ? (baseline.row.scanTime?.text ?? null) : null,
    readAt: readAtMs === undefined ? null : new Date(readAtMs).toISOString(),
  };
}

function gateEntry({ gate, state, reason, findings, waived }: GateResult) {
  return {
    gate,
    state,
    reason,
    findingCount: findings.length,
    findings: findings.slice(0, MOST_FINDINGS).map(findingEntry),
    waivedCount: waived.length,
    waived: waived.slice(0, MOST_WAIVED).map(({ finding, by }) => ({
      ...findingEntry(finding),
      by: by.map((waiver) => ({ kind: waiver.kind, text: waiverText(waiver) })),
    })),
  };
}

function findingEntry({ id, title, severity, packageName, packageVersion }: Finding) {
  return {
    id: shownText(id),
    title: shownText(title),
    severity,
    packageName: shownText(packageName),
    packageVersion: shownText(packageVersion),
  };
}

function requestEntry(request: RunRequest) {
  const { mode, consoleHost, apiVersion, project, policy, exceptionFiles, maxScanAgeMs, platforms } = request;
  return {
    mode,
    console: { host: consoleHost, apiVersion, project: project === '' ? null : project },
    platforms,
    maxScanAgeMs: maxScanAgeMs ?? null,
    policy: {
      ...gatesEntry(policy),
      exceptions: exceptionFiles.map(({ path, format, digest }) => ({ path, format, digest })),
      vexMaxAgeMs: policy.decisions.vexMaxAgeMs,
    },
    policyDigest: policyDigest(request),
  };
}

/** What became of OpenVEX statements and of entries for Trivy, each in all images of the step together. */
function decisionsOf(images: readonly ImageResult[]) {
  const review = images.map(({ assessment }) => assessment?.decisions).find((each) => each !== undefined);
  const idle = review === undefined ? [] : idleDecisions(review);
  const given = (review?.statements.length ?? 0) + (review?.entries.length ?? 0);
  return {
    given,
    usedCount: given - idle.length,
    idleCount: idle.length,
    idle: idle.slice(0, MOST_LISTED),
  };
}

/** The exceptions that accepted a finding, and those that have expired by a day, `2026-12-31`. */
function exceptionsOf(images: readonly ImageResult[], given: readonly Exception[], today: string) {
  const used = usedExceptions(images);
  const expired = given.filter((exception) => !isActive(exception, today));
  return {
    given: given.length,
    usedCount: used.length,
    used: used.slice(0, MOST_LISTED).map((one) => ({
      ...exceptionEntry(one.exception),
      imageCount: one.images.length,
      images: one.images.slice(0, MOST_IMAGES),
    })),
    expiredCount: expired.length,
    expired: expired.slice(0, MOST_LISTED).map(exceptionEntry),
  };
}

/** An exception that accepted a finding, and the names of the images that it did so in. */
interface UsedException {
  readonly exception: Exception;
  readonly images: readonly string[];
}

function usedExceptions(images: readonly ImageResult[]): readonly UsedException[] {
  const used = new Map<string, { readonly exception: Exception; readonly images: Set<string> }>();
  for (const image of images) {
    const accepting = new Set(assessmentOf(image)?.findings?.flatMap(({ acceptedBy }) => acceptedBy ?? []));
    for (const exception of accepting) {
      // Two equal entries of the file are one here.
      const key = JSON.stringify(exceptionEntry(exception));
      const one = used.get(key) ?? { exception, images: new Set() };
      used.set(key, one);
      one.images.add(image.name);
    }
  }
  return [...used.values()].map((one) => ({ exception: one.exception, images: [...one.images] }));
}

function exceptionEntry({ id, reason, until, package: packageName, image }: Exception) {
  return { id, reason, until, package: packageName ?? null, image: image ?? null };
}

/** The gates on findings, and what they do not count. */
function gatesEntry({
  severityCutoff,
  exploitCutoff,
  grace,
  compareWith,
  onlyFixed,
  complianceCutoff,
  failOnPolicy,
}: Policy) {
  return {
    severityCutoff: severityCutoff ?? null,
    exploitCutoff: exploitCutoff ?? null,
    graceMs: Object.fromEntries(SEVERITIES.map((severity) => [severity, grace[severity] ?? null])),
    compareWith: compareWith ?? null,
    onlyFixed,
    complianceCutoff: complianceCutoff ?? null,
    failOnPolicy,
  };
}

/**
 * The policy in force as one JSON text: the gates, the digests of the files of exceptions, and what scan was asked for. The
 * same policy gives the same text in every run, so that its digest names it.
 */
export function policyText({ policy, exceptionFiles, maxScanAgeMs, platforms }: RunRequest): string {
  return JSON.stringify({
    ...gatesEntry(policy),
    exceptions: exceptionFiles.map(({ format, digest }) => ({ format, digest })),
    vexMaxAgeMs: policy.decisions.vexMaxAgeMs,
    maxScanAgeMs: maxScanAgeMs ?? null,
    platforms,
  });
}

/** The SHA-256 of the policy's text. */
export function policyDigest(request: RunRequest): Digest {
  return `sha256:${createHash('sha256').update(policyText(request)).digest('hex')}`;
}
