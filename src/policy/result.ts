import type { Digest, Image } from '../image/image.ts';
import type { TimelineEntry } from '../scan/events.ts';
import type { Counts, ReportSnapshot } from '../scan/evidence.ts';
import type { FindingCounts } from '../scan/finding.ts';
import type { Distribution } from '../scan/package.ts';
import type { Decision } from './decision.ts';
import type { DecisionTime } from './decision-time.ts';
import type { GateResult } from './gates.ts';
import type { ImageWarning } from './image-warnings.ts';
import type { Inventory } from './inventory.ts';
import type { Policy } from './policy.ts';
import type { Proof } from './proof.ts';
import type { DecisionReview } from './waivers/decision-waivers.ts';
import type { Exception, ExceptionFile } from './waivers/exception.ts';
import type { Comparison } from './waivers/reference.ts';
import type { AssessedFinding } from './waivers/waiver.ts';

/** The report on an image, with the exceptions applied. An unknown value is undefined, never 0. */
export interface Assessment {
  /** Vulnerabilities of the report before exceptions, by the largest count. */
  readonly vulnerabilities: FindingCounts | undefined;
  /** Compliance issues of the report before exceptions. */
  readonly compliance: FindingCounts | undefined;
  /** Vulnerabilities that have a fix, before exceptions; undefined if the report counts more than it lists. */
  readonly fixable: FindingCounts | undefined;
  /** Vulnerabilities that an active exception accepts; undefined if the report counts more than it lists. */
  readonly accepted: FindingCounts | undefined;
  /** All findings, sorted by severity, CVSS, id, package, version and path; undefined if they were not listed. */
  readonly findings: readonly AssessedFinding[] | undefined;
  /** True if every finding that the report counts is listed. */
  readonly isComplete: boolean;
  readonly isUnsupportedDistro: boolean;
  /** The system of the image, from the row. */
  readonly distribution: Distribution;
  /** The comparison with the reference image; undefined without one. */
  readonly comparison: Comparison | undefined;
  /** The exceptions that match some finding, active or expired. */
  readonly matchedExceptions: readonly Exception[];
  /** The exceptions that accept nothing, because they match several different findings without a CVE. */
  readonly ambiguousExceptions: readonly Exception[];
  /** The review of the decisions of others in all images of the step: the same for each image. */
  readonly decisions: DecisionReview;
}

/** The result of one image, or of the regular scan, after its wait. */
export interface ImageResult {
  /** The reference of the image for people; `the registries` for the regular scan. */
  readonly name: string;
  /** Undefined for the regular scan. */
  readonly image: Image | undefined;
  readonly decision: Decision;
  readonly discovery: Counts;
  readonly imageScan: Counts;
  /** Undefined if the end of the scan is not proven. */
  readonly proof: Proof | undefined;
  /** The baseline; undefined if it was not read. */
  readonly baseline: ReportSnapshot | undefined;
  readonly digest: Digest | undefined;
  /** The digest of `imageByDigest`: the image's own, or that of all its platforms together. */
  readonly promotes: Digest | undefined;
  /** `registry/repo@sha256:…`, to promote if the image passed. */
  readonly imageByDigest: string | undefined;
  /** The Console's time of the scan, as in the report. */
  readonly scanTime: string | undefined;
  /** True if the requested digest was proven by the report or by the registry's index. */
  readonly isDigestVerified: boolean;
  /** True if every runnable platform of the digest was scanned; undefined if that was not checked. */
  readonly hasAllPlatforms: boolean | undefined;
  /** Undefined if the report was not read. */
  readonly assessment: Assessment | undefined;
  /** The scanned packages. */
  readonly inventory: Inventory;
  /** Every gate in force, in the order in which they decide. */
  readonly gates: readonly GateResult[];
  /** When each phase of the wait began. */
  readonly timeline: readonly TimelineEntry[];
  readonly warnings: readonly ImageWarning[];
}

/** The request of a step, as outputs show it. */
export interface RunRequest {
  readonly mode: 'trigger' | 'await' | 'await-regular' | 'check';
  readonly consoleHost: string;
  /** The Console's address for people to follow, without credentials and query. */
  readonly consoleUrl: string;
  readonly apiVersion: string;
  /** Undefined for none. */
  readonly project: string | undefined;
  readonly policy: Policy;
  /** The files of exceptions, with the digest of each. */
  readonly exceptionFiles: readonly ExceptionFile[];
  readonly maxScanAgeMs: number | undefined;
  /** The value of `platforms` as given. */
  readonly platforms: string;
  /** The SHA-256 of the text of the policy in force. */
  readonly policyDigest: Digest;
}

/** One check of the preflight. */
export interface Check {
  readonly check: string;
  readonly state: 'ok' | 'failed' | 'cannot-tell';
  /** The result in words. */
  readonly message: string;
  /** The advice; empty if there is nothing to do. */
  readonly fix: string;
}

/** The result of a run: every output is made from it. */
export interface RunResult {
  readonly decision: Decision;
  /** One for each image; none for a regular scan, a preflight, or a run that ended before the wait. */
  readonly images: readonly ImageResult[];
  readonly discovery: Counts;
  readonly imageScan: Counts;
  readonly warnings: readonly string[];
  /** When the run was decided: exceptions and grace end by it. */
  readonly decidedAt: DecisionTime;
  readonly durationMs: number;
  /** When the run ended, by the runner's clock, in epoch milliseconds. */
  readonly endedAtMs: number;
  /** The timeline of the regular scan; empty for images, each of which has its own. */
  readonly timeline: readonly TimelineEntry[];
  /** The promotion of the one requested image, all its platforms together; undefined for several images. */
  readonly promotion: { readonly digest: Digest; readonly imageByDigest: string } | undefined;
  /** The checks of `mode: check`; empty otherwise. */
  readonly checks: readonly Check[];
  /** Undefined if the inputs could not be read. */
  readonly request: RunRequest | undefined;
}
