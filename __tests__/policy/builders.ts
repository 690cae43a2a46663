import type { Image } from '../../src/image/image.ts';
import { parseReference } from '../../src/image/reference.ts';
import { assessImages } from '../../src/policy/assessment.ts';
import type { DecisionTime } from '../../src/policy/decision-time.ts';
import { EMPTY_BOOK } from '../../src/policy/decisions/decision-book.ts';
import { type EvaluationContext, evaluateImages, type WaitEnd } from '../../src/policy/evaluate.ts';
import type { Exception } from '../../src/policy/exception.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { Assessment, ImageResult } from '../../src/policy/result.ts';
import type { IdentityEvidence } from '../../src/policy/scan-gates.ts';
import type { AssessableImage } from '../../src/policy/waiver-source.ts';
import { countFindings, type Finding, type FindingCounts } from '../../src/scan/finding.ts';
import { Timeline } from '../../src/scan/timeline.ts';
import type { ImageScanResult } from '../../src/scan/types.ts';
import type { EvaluableOutcome } from '../../src/scan/wait.ts';

/** A low vulnerability without a fix, with whatever is given instead. */
export function finding(given: Partial<Finding> = {}): Finding {
  return {
    kind: 'vulnerability',
    id: 'CVE-2026-1',
    hasOwnId: true,
    checkId: '',
    title: '',
    cause: '',
    severity: 'low',
    rawSeverity: undefined,
    cvss: undefined,
    packageName: 'openssl',
    packageVersion: '3.0.1',
    packageType: 'package',
    packagePath: '',
    fixedIn: undefined,
    rawStatus: undefined,
    exploit: given.exploit,
    exploits: given.exploit === undefined ? [] : [given.exploit],
    rawExploit: undefined,
    publishedAt: { kind: 'none' },
    fixedAt: { kind: 'none' },
    riskFactors: [],
    link: '',
    description: '',
    isBlocking: false,
    ...given,
  };
}

/** A critical compliance issue, which has a number, a title and a cause, with whatever is given instead. */
export function complianceIssue(given: Partial<Finding> = {}): Finding {
  return finding({
    kind: 'compliance',
    id: given.title ?? 'Private keys stored in image',
    hasOwnId: false,
    checkId: '425',
    title: 'Private keys stored in image',
    cause: 'Found: /key.pem',
    severity: 'critical',
    packageName: '',
    packageVersion: '',
    packageType: '',
    ...given,
  });
}

/** An exception for every package and image, with whatever is given instead. */
export function exception(given: Partial<Exception> = {}): Exception {
  return {
    id: 'CVE-2026-1',
    reason: 'not reachable',
    until: '2026-12-31',
    untilFixed: false,
    package: undefined,
    image: undefined,
    ...given,
  };
}

/** A row that lists these findings and counts them. */
export function rowOf(
  findings: readonly Finding[] | undefined,
  given: Partial<ImageScanResult> = {},
): ImageScanResult {
  return {
    scanTime: { text: '2026-11-23T10:00:00Z', epochMs: Date.parse('2026-11-23T10:00:00Z') },
    error: '',
    digest: undefined,
    digests: [],
    imageId: undefined,
    isArm64: undefined,
    vulnerabilityCounts: findings && countFindings(findings.filter(({ kind }) => kind === 'vulnerability')),
    complianceCounts: findings && countFindings(findings.filter(({ kind }) => kind === 'compliance')),
    findings,
    packages: undefined,
    distribution: { name: '', version: '', release: '' },
    exploits: [],
    isUnsupportedDistro: false,
    durationMs: undefined,
    ignoredFields: [],
    ...given,
  };
}

/** These counts, and none of the other severities. */
export function counts(given: Partial<FindingCounts> = {}): FindingCounts {
  return { critical: 0, high: 0, medium: 0, low: 0, total: 0, ...given };
}

/** No gate is set. */
export const noGates: Policy = {
  severityCutoff: undefined,
  exploitCutoff: undefined,
  grace: {},
  compareWith: undefined,
  onlyFixed: false,
  complianceCutoff: undefined,
  failOnPolicy: false,
  exceptions: [],
  decisions: EMPTY_BOOK,
};

/** The Console's time at noon of a day, `2026-12-31`. */
export function noonOf(day: string): DecisionTime {
  return { epochMs: Date.parse(`${day}T12:00:00Z`), clock: 'console', day };
}

/** The image that a reference names; what stands behind a blank is no part of it. */
export function imageOf(reference: string): Image {
  const image = parseReference(reference.split(' ')[0] ?? '');
  if ('wrong' in image) throw new Error(`${reference} ${image.wrong}`);
  return image;
}

/** An image of the report that nothing else is known of. */
export function assessable(name: string, row: ImageScanResult): AssessableImage {
  return { name, row, image: imageOf(name), digests: [], platform: undefined, reference: undefined };
}

/** The assessment of the row of one image, with the waivers of a policy applied on a day. */
export function assessOne(
  row: ImageScanResult,
  name: string,
  policy: Partial<Policy>,
  today: string,
): Assessment {
  const [assessment] = assessImages([assessable(name, row)], { ...noGates, ...policy }, noonOf(today));
  if (assessment === undefined) throw new Error('An image was not assessed.');
  return assessment;
}

/** A finding that nothing waives. */
export function unwaived(given: Finding) {
  return { ...given, waivers: [], nearMisses: [] };
}

/** The result of the only image of a step. */
export function evaluateOne(
  subject: WaitEnd['subject'],
  outcome: EvaluableOutcome,
  evidence: IdentityEvidence,
  context: EvaluationContext,
): ImageResult {
  const end = { subject, outcome, evidence, reference: undefined, timeline: new Timeline() };
  const [result] = evaluateImages([end], context);
  if (result === undefined) throw new Error('An image was not evaluated.');
  return result;
}
