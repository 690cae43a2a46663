import type { RunInfo } from '../host.ts';
import { repositoryName } from '../image/image.ts';
import { assessmentOf } from '../policy/image-findings.ts';
import type { Policy } from '../policy/policy.ts';
import { type RecordedRun, recordOfImage } from '../policy/record.ts';
import { policyText } from '../policy/request-record.ts';
import type { ImageResult, RunRequest } from '../policy/result.ts';
import type { Grace } from '../policy/waivers/grace-waivers.ts';
import type { AssessedFinding } from '../policy/waivers/waiver.ts';
import type { Exploit } from '../scan/finding.ts';
import { isAtLeast, SEVERITIES, type Severity } from '../scan/severity.ts';
import { RFC_3339 } from '../scan/timestamp.ts';
import { RECORD_TEXTS } from '../text/record-texts.ts';
import { receiptOf } from './receipt.ts';

/**
 * The id of the verifier. Its number changes with the meaning of a property, so that a policy can require one
 * meaning.
 */
export const VERIFIER_ID = 'urn:registry-scan-gate:verifier:1';

/** The predicate type with its scheme, as Sigstore's tools compare it. */
export const VULN_PREDICATE_TYPE = 'https://cosign.sigstore.dev/attestation/vuln/v1';

/**
 * The predicate that an image was scanned, and when: the time is the Console's, `scanner.result` is the receipt of
 * this image. Undefined if the time is unknown. It exists both for a pass and for a failure.
 */
export function vulnPredicateOf(
  result: RecordedRun,
  image: ImageResult,
  run: Pick<RunInfo, 'version' | 'url'>,
) {
  const scanTime = rfc3339(image.scanTime);
  if (scanTime === undefined) return undefined;
  const { request } = result;
  return {
    invocation: {
      parameters: request === undefined ? [] : parametersOf(request),
      uri: run.url,
      event_id: /\/(\d+)\/?$/.exec(run.url)?.[1] ?? '',
      'builder.id': VERIFIER_ID,
    },
    scanner: {
      uri: request?.consoleUrl ?? '',
      version: request?.apiVersion ?? '',
      // The Console does not show which version of its vulnerability database a scan used.
      db: { uri: '', version: '' },
      result: receiptOf(recordOfImage(result, image, RECORD_TEXTS), run),
    },
    // The report gives one time of a scan, not its start.
    metadata: { scanStartedOn: scanTime, scanFinishedOn: scanTime },
  };
}

/** The inputs that determine the meaning of the scan, as flags of the command line. */
function parametersOf(request: RunRequest): readonly string[] {
  const { mode, platforms, maxScanAgeMs, policy, exceptionFiles } = request;
  return [
    `--mode=${mode}`,
    `--platforms=${platforms}`,
    `--max-scan-age=${maxScanAgeMs === undefined ? 'never' : `${maxScanAgeMs / 1000}s`}`,
    `--severity-cutoff=${policy.severityCutoff ?? 'none'}`,
    `--exploit-cutoff=${policy.exploitCutoff ?? 'none'}`,
    `--grace=${graceText(policy.grace)}`,
    ...(policy.compareWith === undefined ? [] : [`--compare-with=${policy.compareWith}`]),
    `--compliance-cutoff=${policy.complianceCutoff ?? 'none'}`,
    `--only-fixed=${policy.onlyFixed}`,
    `--fail-on-policy=${policy.failOnPolicy}`,
    ...exceptionFiles.map(({ digest }) => `--exceptions=${digest}`),
    ...(policy.decisions.vexFiles.length === 0
      ? []
      : [`--vex-max-age=${policy.decisions.vexMaxAgeMs / 1000}s`]),
  ];
}

/** The grace in the form of the input, in hours: `critical=168h,high=720h`; `none` without any. */
function graceText(grace: Grace): string {
  const parts = SEVERITIES.flatMap((severity) => {
    const ms = grace[severity];
    return ms === undefined ? [] : [`${severity}=${ms / 3_600_000}h`];
  });
  return parts.length === 0 ? 'none' : parts.join(',');
}

/** The time unchanged if Go's decoder accepts its form; a time in another form is rewritten. */
function rfc3339(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const epochMs = Date.parse(text);
  if (Number.isNaN(epochMs)) return undefined;
  return RFC_3339.test(text) ? text : new Date(epochMs).toISOString();
}

export const SVR_PREDICATE_TYPE = 'https://in-toto.io/attestation/svr/v0.2';

const PROPERTY_PREFIX = 'REGISTRY_SCAN_GATE_';

/**
 * The predicate that all images of a run passed, with the properties that a gate checked. Undefined unless all
 * passed: its existence is the proof. `timeCreated` is the time of the decision.
 */
export function svrPredicateOf({ decision, images, request, record }: RecordedRun) {
  const hasPassed = [decision, ...images.map((image) => image.decision)].every(
    ({ verdict }) => verdict === 'passed',
  );
  if (!hasPassed || images.length === 0 || request === undefined) return undefined;
  return {
    verifier: { id: VERIFIER_ID, policies: policiesOf(request) },
    timeCreated: record.run.endedAt,
    properties: checkedProperties(images, request).map((property) => `${PROPERTY_PREFIX}${property}`),
  };
}

/** The policy in force, in a form that can be read and hashed again, and each file of exceptions by its digest. */
function policiesOf(request: RunRequest) {
  const policy = {
    name: 'policy',
    digest: { sha256: hexOf(request.policyDigest) },
    mediaType: 'application/json',
    content: Buffer.from(policyText(request)).toString('base64'),
  };
  const files = request.exceptionFiles.map(({ digest }) => ({
    name: 'exceptions',
    digest: { sha256: hexOf(digest) },
  }));
  return [policy, ...files];
}

function hexOf(digest: string): string {
  return digest.replace(/^sha256:/, '');
}

/**
 * The properties checked for every image. A property is left out if its gate was not set, if an exception or
 * `only-fixed` may have waived a finding that it excludes, or if the report does not list every finding.
 */
function checkedProperties(images: readonly ImageResult[], { policy }: RunRequest): readonly string[] {
  const checks = [
    ...EVIDENCE,
    ...vulnerabilityChecks(policy),
    ...exploitChecks(policy),
    ...otherChecks(policy),
  ];
  return checks.filter(({ holds }) => images.every(holds)).map(({ property }) => property);
}

/** A property, and the condition that every image has to meet. */
interface PropertyCheck {
  readonly property: string;
  readonly holds: (image: ImageResult) => boolean;
}

const EVIDENCE: readonly PropertyCheck[] = [
  // A row of the report has a date; an end seen only in progress has none.
  {
    property: 'SCAN_PROVEN',
    holds: ({ proof }) => proof === 'report' || proof === 'recent' || proof === 'digest',
  },
  // The scan ended during the run, so the time of the decision limits its age.
  { property: 'SCAN_NEW', holds: ({ proof }) => proof === 'report' },
  { property: 'DIGEST_VERIFIED', holds: ({ isDigestVerified }) => isDigestVerified },
  { property: 'ALL_PLATFORMS', holds: ({ hasAllPlatforms }) => hasAllPlatforms === true },
];

function vulnerabilityChecks({ severityCutoff, onlyFixed, compareWith }: Policy): readonly PropertyCheck[] {
  if (onlyFixed) return [];
  return severitiesFrom(severityCutoff).map((severity) =>
    compareWith === undefined
      ? {
          property: `NO_${severity.toUpperCase()}_FINDINGS`,
          holds: (image) => hasNone(image, 'vulnerability', severity),
        }
      : {
          property: `NO_NEW_${severity.toUpperCase()}_FINDINGS`,
          holds: (image) => hasNoNew(image, severity),
        },
  );
}

function exploitChecks({ exploitCutoff }: Policy): readonly PropertyCheck[] {
  const inTheWild: PropertyCheck = {
    property: 'NO_FINDINGS_EXPLOITED_IN_THE_WILD',
    holds: (image) => hasNoExploit(image, 'in-the-wild'),
  };
  const any: PropertyCheck = {
    property: 'NO_FINDINGS_WITH_EXPLOIT',
    holds: (image) => hasNoExploit(image, 'poc'),
  };
  if (exploitCutoff === undefined) return [];
  return exploitCutoff === 'poc' ? [inTheWild, any] : [inTheWild];
}

function otherChecks({ complianceCutoff, failOnPolicy }: Policy): readonly PropertyCheck[] {
  const issues = severitiesFrom(complianceCutoff).map((severity) => ({
    property: `NO_${severity.toUpperCase()}_COMPLIANCE_ISSUES`,
    holds: (image: ImageResult) => hasNone(image, 'compliance', severity),
  }));
  return failOnPolicy ? [...issues, { property: 'POLICY_PASSED', holds: hasNoBlockingFinding }] : issues;
}

function severitiesFrom(cutoff: Severity | undefined): readonly Severity[] {
  return SEVERITIES.filter((severity) => cutoff !== undefined && isAtLeast(severity, cutoff));
}

/** True if the report counts no finding of this severity, even an accepted one, and lists all that it counts. */
function hasNone(image: ImageResult, kind: AssessedFinding['kind'], severity: Severity): boolean {
  const assessment = assessmentOf(image);
  if (assessment === undefined || !assessment.isComplete || assessment.isUnsupportedDistro) return false;
  const counts = kind === 'vulnerability' ? assessment.vulnerabilities : assessment.compliance;
  const isListed = assessment.findings?.some((one) => one.kind === kind && one.severity === severity) ?? true;
  return counts?.[severity] === 0 && !isListed;
}

/** True if the reference has every finding of this severity that the image has, including excepted ones. */
function hasNoNew(image: ImageResult, severity: Severity): boolean {
  const assessment = assessmentOf(image);
  const { comparison } = assessment ?? {};
  if (assessment?.isComplete !== true || assessment.isUnsupportedDistro) return false;
  return comparison !== undefined && 'added' in comparison && comparison.added?.[severity] === 0;
}

/** True if the gate is met without a waived finding that has such an exploit. */
function hasNoExploit(image: ImageResult, level: Exploit): boolean {
  const assessment = assessmentOf(image);
  if (assessment?.findings === undefined || !assessment.isComplete || assessment.isUnsupportedDistro) {
    return false;
  }
  const isMet = image.gates.some(({ gate, state }) => gate === 'exploit-cutoff' && state === 'met');
  const isOfLevel = (exploit: Exploit | undefined) => exploit === 'in-the-wild' || exploit === level;
  return isMet && !assessment.findings.some(({ exploit }) => isOfLevel(exploit));
}

function hasNoBlockingFinding(image: ImageResult): boolean {
  const assessment = assessmentOf(image);
  if (assessment?.findings === undefined || !assessment.isComplete) return false;
  return !assessment.isUnsupportedDistro && !assessment.findings.some(({ isBlocking }) => isBlocking);
}

/** The subject of an attestation: a repository, and the digest of an image in it. */
interface AttestationSubject {
  readonly name: string;
  readonly digest: { readonly sha256: string };
}

/** The digests of the images without duplicates: the scanned ones, and those to promote. */
export function subjectsOf(images: readonly ImageResult[]): readonly AttestationSubject[] {
  const subjects = new Map<string, AttestationSubject>();
  for (const { image, digest, promotes } of images) {
    if (image === undefined) continue;
    const name = repositoryName(image);
    for (const each of [promotes, digest]) {
      if (each === undefined) continue;
      const sha256 = each.replace(/^sha256:/, '');
      subjects.set(`${sha256}  ${name}`, { name, digest: { sha256 } });
    }
  }
  return [...subjects.values()];
}

/**
 * The subjects as a checksums file, as `sha256sum` writes it and `subject-checksums` of actions/attest reads it.
 * Empty if no digest is known.
 */
export function checksumsOf(images: readonly ImageResult[]): string {
  return subjectsOf(images)
    .map(({ name, digest }) => `${digest.sha256}  ${name}\n`)
    .join('');
}
