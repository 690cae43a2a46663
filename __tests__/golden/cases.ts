import { decideChecks } from '../../src/check/check-result.ts';
import { SecretLateError } from '../../src/config/input-reader.ts';
import { consolePeer } from '../../src/console/errors.ts';
import { type CallError, errorOfBody, errorOfStatus, errorOfTransport } from '../../src/http/call-error.ts';
import { DecodeError, objectAt, parseJson } from '../../src/http/decode.ts';
import { transportErrorOf } from '../../src/http/transport-error.ts';
import { CancelledError } from '../../src/lifecycle.ts';
import { OutputsLostError } from '../../src/output/publish.ts';
import type { Decision } from '../../src/policy/decision.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { Reason } from '../../src/policy/reasons.ts';
import type { RecordedRun } from '../../src/policy/record.ts';
import type { Check, ImageResult, RunRequest, RunResult } from '../../src/policy/result.ts';
import { decisionFromError } from '../../src/run/decision-from-error.ts';
import { NOTHING_SEEN, type WaitSeen } from '../../src/scan/timeline.ts';
import { noGates } from '../builders/policy.ts';
import { configOf } from '../config/reading.ts';
import {
  complianceIssue,
  DIGEST,
  failedRun,
  finding,
  OTHER_DIGEST,
  otherImage,
  runRequest,
  runResult,
} from '../output/builders.ts';
import {
  absent,
  type Circumstances,
  copies,
  critical,
  evaluated,
  finished,
  forbidden,
  givenUp,
  high,
  image,
  medium,
  progressOf,
  scannedRow,
} from './evaluated.ts';

/** One way in which a run ends. */
export interface GoldenCase {
  /** When it happens, for the heading. */
  readonly when: string;
  readonly result: RecordedRun;
}

const severityGate: Partial<Policy> = { severityCutoff: 'high' };
const pinned = { ...image, digest: DIGEST };
const amd64 = { os: 'linux', architecture: 'amd64', variant: '' };
const arm64 = { os: 'linux', architecture: 'arm64', variant: '' };

/** A run over images that were evaluated under these circumstances. */
function run(
  images: readonly ImageResult[],
  { policy = {}, mode = 'trigger' }: Circumstances = {},
  given: Partial<RunResult> = {},
): RecordedRun {
  const [only] = images.length === 1 ? images : [];
  const { digest, imageByDigest } = only ?? {};
  return runResult(images, {
    promotion: digest === undefined || imageByDigest === undefined ? undefined : { digest, imageByDigest },
    request: runRequest({ mode, policy: { ...noGates, ...policy } }),
    ...given,
  });
}

/** A gate with the findings that violate it. */
function gated(policy: Partial<Policy>, row = scannedRow([critical, high, ...copies, medium])): RecordedRun {
  return run([finished({ row }, { policy })], { policy });
}

function regular(decision: Decision, given: Partial<RunResult> = {}): RecordedRun {
  const request: RunRequest = runRequest({ mode: 'await-regular' });
  return runResult([], { decision, request, timeline: [], promotion: undefined, ...given });
}

/** A wait that an error ended, which is the one that the source makes of what came back. */
function refused(error: unknown, seen: Partial<WaitSeen> = {}, of = image): ImageResult {
  const decision = decisionFromError(error, new AbortController().signal, { ...NOTHING_SEEN, ...seen });
  return { ...givenUp('not-started', 'pending', {}, { subject: of }), decision };
}

/** The Console's answer to a call. */
function answer(call: string, status: number, body = ''): CallError {
  const response = { status, headers: {}, body: new TextEncoder().encode(body) };
  const error = errorOfStatus(call, response, peer);
  if (error === undefined) throw new RangeError(`${status} is no error.`);
  return error;
}

const peer = consolePeer((text) => text);

/** A call without an answer. */
function broken(call: string, code: string, message: string): CallError {
  return errorOfTransport(call, transportErrorOf(Object.assign(new Error(message), { code })), peer);
}

/** A body that is not what the API promises: the error is the one of the decoder. */
function misread(call: string, decode: () => unknown): CallError {
  try {
    decode();
  } catch (error) {
    if (error instanceof DecodeError) return errorOfBody(call, error, 'Console');
    throw error;
  }
  throw new RangeError('The body can be read.');
}

/** A run whose inputs are wrong: what `config/` says of them. */
async function wrongInputs(change: Readonly<Record<string, string>>): Promise<RecordedRun> {
  const error = await configOf(change).catch((caught: unknown) => caught);
  return failedRun({ decision: decisionFromError(error, new AbortController().signal) });
}

function stopped(seen: WaitSeen): Decision {
  return decisionFromError(new Error('stopped'), AbortSignal.abort(new CancelledError('SIGTERM')), seen);
}

function preflight(checks: readonly Check[]): RecordedRun {
  return failedRun({ decision: decideChecks(checks), request: runRequest({ mode: 'check' }), checks });
}

const okCheck: Check = {
  check: 'log-in',
  state: 'ok',
  message: 'The Console accepts the user.',
  fix: '',
};

/** Every reason, and for each the ways that differ in what people have to do. */
export const CASES: Readonly<Record<Reason, readonly GoldenCase[]>> = {
  'scan-completed': [
    { when: 'The report shows the scan.', result: run([finished({ row: scannedRow([medium]) })]) },
    {
      when: 'A gate is set and met.',
      result: gated(severityGate, scannedRow([medium, complianceIssue()])),
    },
    { when: 'No gate is set and there are critical findings.', result: gated({}) },
    {
      when: 'The user is not allowed to read the report.',
      result: run([finished({ proof: 'progress', row: undefined, history: { baseline: forbidden } })]),
    },
    {
      when: 'The user is not allowed to read the report, and progress stopped showing the scan.',
      result: run([finished({ proof: 'progress-lost', row: undefined, history: { baseline: forbidden } })]),
    },
    {
      when: 'The report gives no digest.',
      result: run([finished({ row: scannedRow([], { digest: undefined, digests: [] }) })]),
    },
    {
      when: 'Several images.',
      result: run([finished(), otherImage('cart')]),
    },
    {
      when: 'The regular scan.',
      result: regular(
        finished({ proof: 'progress', row: undefined }, { subject: 'regular-scan', mode: 'await-regular' })
          .decision,
        {
          discovery: { scanned: 12, total: 12 },
          imageScan: { scanned: 240, total: 240 },
        },
      ),
    },
  ],
  'recent-scan': [{ when: '`max-scan-age` accepts a scan.', result: run([finished({ proof: 'recent' })]) }],
  'check-passed': [
    {
      when: 'Every check passed.',
      result: preflight([okCheck]),
    },
  ],
  'scan-error': [
    {
      when: 'Progress shows an error.',
      result: run([finished({ error: 'failed to pull the image: unauthorized', row: undefined })]),
    },
    {
      when: 'The row of the report has an error.',
      result: run([finished({ row: scannedRow([], { error: 'no space left on device' }) })]),
    },
  ],
  'scan-incomplete': [
    {
      when: 'Less was scanned than there is.',
      result: run([givenUp('incomplete', 'awaiting-report', { progress: progressOf(3, 4) })]),
    },
    {
      when: 'Nothing was found to scan.',
      result: run([givenUp('incomplete', 'awaiting-report', { progress: progressOf(0, 0) })]),
    },
  ],
  'severity-cutoff': [
    { when: 'Findings at or above the cutoff.', result: gated(severityGate) },
    { when: 'Only those with a fix.', result: gated({ ...severityGate, onlyFixed: true }) },
    {
      when: 'Two gates are not met.',
      result: gated({ ...severityGate, complianceCutoff: 'low' }, scannedRow([high, complianceIssue()])),
    },
    {
      when: 'The report counts more than it lists.',
      result: gated(
        severityGate,
        scannedRow([medium], {
          vulnerabilityCounts: { critical: 2, high: 0, medium: 58, low: 0, total: 60 },
        }),
      ),
    },
    {
      when: 'No finding has a fix.',
      result: gated({ severityCutoff: 'medium' }, scannedRow([medium])),
    },
    {
      when: 'Two of three images.',
      result: run(
        [
          finished({ row: scannedRow([critical, high]) }, { policy: severityGate }),
          otherImage('cart', [medium]),
          finished(
            { row: scannedRow([high]) },
            { policy: severityGate, subject: { ...image, repository: 'shop/mail' } },
          ),
        ],
        { policy: severityGate },
      ),
    },
  ],
  'exploit-cutoff': [
    {
      when: 'A vulnerability is exploited in the wild.',
      result: gated({ exploitCutoff: 'in-the-wild' }, scannedRow([{ ...high, exploit: 'in-the-wild' }])),
    },
  ],
  'compliance-cutoff': [
    {
      when: 'Compliance issues at or above the cutoff.',
      result: gated({ complianceCutoff: 'high' }, scannedRow([complianceIssue(), medium])),
    },
  ],
  'policy-violation': [
    {
      when: 'The Console policy blocks a finding.',
      result: gated({ failOnPolicy: true }, scannedRow([finding({ isBlocking: true })])),
    },
  ],
  'digest-mismatch': [
    {
      when: 'The report shows another digest.',
      result: run([
        finished(
          { row: scannedRow([], { digest: OTHER_DIGEST, digests: [OTHER_DIGEST] }) },
          {
            subject: pinned,
            evidence: {
              identity: { kind: 'different', why: 'other-digest', shown: [OTHER_DIGEST], platforms: [] },
            },
          },
        ),
      ]),
    },
    {
      when: 'Only the registry knows, and it could not be asked.',
      result: run([
        finished(
          { row: scannedRow([], { digest: OTHER_DIGEST, digests: [OTHER_DIGEST] }) },
          {
            subject: pinned,
            evidence: {
              identity: { kind: 'needs-registry' },
              registryError: { what: 'registry.example.com: 401, and docker has no credentials for it' },
            },
          },
        ),
      ]),
    },
  ],
  'platform-unscanned': [
    {
      when: 'One platform of two was scanned.',
      result: run([
        finished(
          {},
          {
            subject: pinned,
            evidence: {
              identity: {
                kind: 'same',
                scanned: [{ platform: amd64, digest: DIGEST, configDigest: DIGEST }],
                isComplete: false,
                promote: DIGEST,
              },
              requiredPlatforms: [{ platform: arm64, digest: OTHER_DIGEST, configDigest: OTHER_DIGEST }],
            },
          },
        ),
      ]),
    },
  ],
  'coverage-missing': [
    {
      when: 'The scanner does not support the distribution.',
      result: gated(severityGate, scannedRow([], { isUnsupportedDistro: true })),
    },
  ],
  'not-started': [
    {
      when: 'A secret from a pipe has no end.',
      result: failedRun({
        decision: decisionFromError(
          new SecretLateError('--password-file', 60_000),
          new AbortController().signal,
        ),
      }),
    },
    {
      when: '`trigger`: no sign of the scan.',
      result: run([givenUp('not-started', 'pending', { baseline: absent })]),
    },
    {
      when: '`await`: no sign of a scan, and an old row in the report.',
      result: run([givenUp('not-started', 'pending', {}, { mode: 'await' })], { mode: 'await' }),
    },
    {
      when: '`await-regular`: no sign of the regular scan.',
      result: regular(
        givenUp(
          'not-started',
          'pending',
          { baseline: absent },
          { subject: 'regular-scan', mode: 'await-regular' },
        ).decision,
      ),
    },
    {
      when: 'The timeout came before the Console was asked.',
      result: run([givenUp('not-triggered', 'pending', { baseline: absent })]),
    },
  ],
  'still-scanning': [
    {
      when: 'The scan was running.',
      result: run([givenUp('still-scanning', 'scanning')]),
    },
    {
      when: 'The Console had lost the scan.',
      result: run([givenUp('still-scanning', 'lost', { baseline: absent })]),
    },
    {
      when: 'The report was awaited.',
      result: run([givenUp('still-scanning', 'awaiting-report')]),
    },
  ],
  'invalid-input': [
    { when: 'A gate is empty.', result: await wrongInputs({ 'severity-cutoff': '' }) },
    {
      when: 'Several inputs are wrong.',
      result: await wrongInputs({ 'severity-cutof': 'high', timeout: '5', digest: 'abc' }),
    },
    { when: 'A file is missing.', result: await wrongInputs({ exceptions: 'exceptions.yml' }) },
  ],
  unauthorized: [
    { when: 'The Console does not know the user.', result: run([refused(answer('POST authenticate', 401))]) },
  ],
  forbidden: [
    {
      when: 'Something refuses the log-in.',
      result: run([refused(answer('POST authenticate', 403, '<html>'))]),
    },
    {
      when: 'The user is not allowed to start scans.',
      result: run([refused(answer('POST registry/scan', 403))]),
    },
  ],
  'not-found': [
    { when: 'There is no such call at the address.', result: run([refused(answer('GET registry', 404))]) },
  ],
  'bad-request': [
    {
      when: 'The Console refuses the request.',
      result: run([refused(answer('POST registry/scan', 400, '{"err": "invalid tag"}'))]),
    },
  ],
  unreachable: [
    {
      when: 'Nothing answers.',
      result: run([refused(broken('POST authenticate', 'ECONNREFUSED', 'connect ECONNREFUSED'))]),
    },
    {
      when: 'The Console answers, and fails to start the scan.',
      result: run([refused(answer('POST registry/scan', 500, '{"err": "no free Defender"}'))]),
    },
    {
      when: 'The Console fails to start the scan again and again.',
      result: run([
        evaluated({
          kind: 'no-response',
          failure: {
            kind: 'unreachable',
            what: answer('POST registry/scan', 500, '{"err": "no free Defender"}').what,
            status: 500,
            streak: { times: 3, lastedMs: 7_000 },
            retryAfterMs: undefined,
          },
          history: undefined,
          calls: { made: 8, refused: 0 },
        }),
      ]),
    },
    {
      when: 'The Console stopped answering while the scan was running.',
      result: run([
        refused(answer('GET registry/progress', 503), {
          wasRequested: true,
          running: { atMs: 60_000, counts: { scanned: 3, total: 10 } },
        }),
      ]),
    },
    {
      when: 'The Console limits its callers.',
      result: run([refused(answer('GET registry', 429))]),
    },
    {
      when: 'Twelve images.',
      result: run(
        Array.from({ length: 12 }, (_none, at) =>
          refused(
            broken('POST authenticate', 'ECONNREFUSED', 'connect ECONNREFUSED'),
            {},
            { ...image, repository: `shop/app-${at}` },
          ),
        ),
      ),
    },
  ],
  tls: [
    {
      when: 'The certificate is not trusted.',
      result: run([
        refused(broken('POST authenticate', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate')),
      ]),
    },
    {
      when: 'The port speaks HTTP.',
      result: run([
        refused(
          broken(
            'POST authenticate',
            'EPROTO',
            'write EPROTO 0:error:0A00010B:SSL routines:wrong version number',
          ),
        ),
      ]),
    },
  ],
  'invalid-response': [
    {
      when: 'A field has an unexpected type.',
      result: run([refused(misread('GET registry', () => objectAt('many', '[0]')))]),
    },
    {
      when: 'Something else answers.',
      result: run([
        refused(misread('GET registry', () => parseJson(new TextEncoder().encode('<html>log in</html>')))),
      ]),
    },
  ],
  unconfirmed: [
    {
      when: '`await`: a scan was over before.',
      result: run([givenUp('unconfirmed', 'over-before', {}, { mode: 'await' })], { mode: 'await' }),
    },
    {
      when: '`trigger`: the report never showed the scan.',
      result: run([givenUp('unconfirmed', 'awaiting-report', { baseline: absent })]),
    },
    { when: 'Progress stopped showing the scan.', result: run([givenUp('unconfirmed', 'lost')]) },
  ],
  'report-unavailable': [
    {
      when: 'The user is not allowed to read the report.',
      result: run(
        [
          finished(
            { proof: 'progress', row: undefined, history: { baseline: forbidden } },
            { policy: severityGate },
          ),
        ],
        { policy: severityGate },
      ),
    },
    {
      when: 'The findings could not be read.',
      result: run(
        [
          finished(
            { row: scannedRow([high], { findings: undefined }) },
            {
              policy: severityGate,
              unread: { kind: 'call-refused', what: 'GET registry: no complete response within 30 s' },
            },
          ),
        ],
        { policy: severityGate },
      ),
    },
    {
      when: 'The report counts more than it lists, and that decides.',
      result: gated(
        { ...severityGate, onlyFixed: true },
        scannedRow([], { vulnerabilityCounts: { critical: 2, high: 0, medium: 0, low: 0, total: 2 } }),
      ),
    },
  ],
  'check-failed': [
    {
      when: 'A check failed.',
      result: preflight([
        okCheck,
        {
          check: 'version',
          state: 'failed',
          message: 'The Console is 32.07.123 and does not have API version 34.04.',
          fix: 'Set api-version to 32.07.',
        },
      ]),
    },
  ],
  internal: [
    {
      when: 'The outputs of a pass cannot be written.',
      result: failedRun({
        decision: decisionFromError(
          new OutputsLostError(new Error('ENOSPC: no space left on device, write')),
          new AbortController().signal,
        ),
      }),
    },
    {
      when: 'A defect.',
      result: failedRun({
        decision: decisionFromError(
          new TypeError('Cannot read properties of undefined.'),
          new AbortController().signal,
        ),
      }),
    },
  ],
  signal: [
    {
      when: 'After the scan was started.',
      result: run([
        {
          ...givenUp('still-scanning', 'scanning'),
          decision: stopped({ ...NOTHING_SEEN, wasRequested: true }),
        },
      ]),
    },
    { when: 'Before anything was started.', result: failedRun({ decision: stopped(NOTHING_SEEN) }) },
  ],
};
