import type { Image } from '../../src/image/image.ts';
import { parseReference } from '../../src/image/reference.ts';
import { assessImages } from '../../src/policy/assessment.ts';
import type { DecisionTime } from '../../src/policy/decision-time.ts';
import { type EvaluationContext, evaluateImages, type WaitEnd } from '../../src/policy/evaluate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { Assessment, ImageResult } from '../../src/policy/result.ts';
import type { IdentityEvidence } from '../../src/policy/scan-gates.ts';
import type { Reference } from '../../src/policy/waivers/reference.ts';
import type { AssessableImage } from '../../src/policy/waivers/waiver-source.ts';
import type { ImageScanResult } from '../../src/scan/evidence.ts';
import { countFindings, type Finding, type FindingCounts } from '../../src/scan/finding.ts';
import { Timeline } from '../../src/scan/timeline.ts';
import type { EvaluableOutcome } from '../../src/scan/wait.ts';
import { COMPLIANCE_ISSUE, finding } from '../builders/finding.ts';
import { noGates } from '../builders/policy.ts';
import { scanRow } from '../builders/row.ts';

/** A critical compliance issue, which has a number, a title and a cause, with whatever is given instead. */
export function complianceIssue(given: Partial<Finding> = {}): Finding {
  return finding({
    ...COMPLIANCE_ISSUE,
    id: given.title ?? 'Private keys stored in image',
    cause: 'Found: /key.pem',
    severity: 'critical',
    ...given,
  });
}

/** A row that lists these findings and counts them. */
export function rowOf(
  findings: readonly Finding[] | undefined,
  given: Partial<ImageScanResult> = {},
): ImageScanResult {
  return scanRow({
    vulnerabilityCounts: findings && countFindings(findings.filter(({ kind }) => kind === 'vulnerability')),
    complianceCounts: findings && countFindings(findings.filter(({ kind }) => kind === 'compliance')),
    findings,
    ...given,
  });
}

/** These counts, and none of the other severities. */
export function counts(given: Partial<FindingCounts> = {}): FindingCounts {
  return { critical: 0, high: 0, medium: 0, low: 0, total: 0, ...given };
}

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
  reference?: Reference,
): ImageResult {
  const end = { subject, outcome, evidence, reference, timeline: new Timeline() };
  const [result] = evaluateImages([end], context);
  if (result === undefined) throw new Error('An image was not evaluated.');
  return result;
}
