import type { RunInfo } from '../host.ts';
import { type RecordedRun, recordOfImage } from '../policy/record.ts';
import { policyText } from '../policy/request-record.ts';
import type { ImageResult, RunRequest } from '../policy/result.ts';
import type { Grace } from '../policy/waivers/grace-waivers.ts';
import { SEVERITIES } from '../scan/severity.ts';
import { RFC_3339 } from '../scan/timestamp.ts';
import { RECORD_TEXTS } from '../text/record-texts.ts';
import { checkedProperties } from './checked-properties.ts';
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
