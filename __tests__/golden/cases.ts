import type { ImageSelection } from '../../src/config/config.ts';
import { SecretLateError } from '../../src/config/input-reader.ts';
import { objectAt, parseJson } from '../../src/http/decode.ts';
import { CancelledError } from '../../src/lifecycle.ts';
import { OutputsLostError } from '../../src/output/publish.ts';
import type { Decision } from '../../src/policy/decision.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { Reason } from '../../src/policy/reasons.ts';
import type { RecordedRun } from '../../src/policy/record.ts';
import type { ImageResult, RunRequest, RunResult } from '../../src/policy/result.ts';
import type { ImageRegistry } from '../../src/registry/registry.ts';
import { decisionFromError } from '../../src/run/decision-from-error.ts';
import { resolveTargets } from '../../src/run/targets.ts';
import { NOTHING_SEEN, type WaitSeen } from '../../src/scan/timeline.ts';
import { FakeClock } from '../builders/fake-clock.ts';
import { noGates } from '../builders/policy.ts';
import { preflight } from '../check/preflight.ts';
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
import { answer, broken, misread, registryAnswer } from './errors.ts';
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
  referenceOf,
  scannedRow,
} from './evaluated.ts';

/** One way in which a run ends. */
export type GoldenCase = readonly [when: string, result: RecordedRun];

const pinned = { ...image, digest: DIGEST };
const amd64 = {
  platform: { os: 'linux', architecture: 'amd64', variant: '' },
  digest: DIGEST,
  configDigest: DIGEST,
};
const arm64 = {
  platform: { os: 'linux', architecture: 'arm64', variant: '' },
  digest: OTHER_DIGEST,
  configDigest: OTHER_DIGEST,
};

/** A run over images that were evaluated under these circumstances. */
function run(
  images: readonly ImageResult[],
  { policy = {}, mode = 'trigger' }: Circumstances = {},
  given: Partial<RunResult> = {},
): RecordedRun {
  return runResult(images, { request: runRequest({ mode, policy: { ...noGates, ...policy } }), ...given });
}

/** A run whose only image was scanned. */
function scanned(given: Parameters<typeof finished>[0] = {}, circumstances: Circumstances = {}): RecordedRun {
  return run([finished(given, circumstances)], circumstances);
}

/** A gate with the findings that violate it. */
function gated(
  policy: Partial<Policy>,
  row = scannedRow([critical, high, ...copies, medium]),
  circumstances: Circumstances = {},
): RecordedRun {
  return scanned({ row }, { ...circumstances, policy });
}

/** A run whose only wait ended without a proof. */
function unproven(...[why, from, history = {}, circumstances = {}]: Parameters<typeof givenUp>): RecordedRun {
  return run([givenUp(why, from, history, circumstances)], circumstances);
}

function regular(image: ImageResult, given: Partial<RunResult> = {}): RecordedRun {
  const request: RunRequest = runRequest({ mode: 'await-regular' });
  return runResult([], { decision: image.decision, request, ...given });
}

const REGULAR = { subject: 'regular-scan', mode: 'await-regular' } as const;

/** A wait that an error ended, with the decision that the source makes of it. */
function refused(error: unknown, seen: Partial<WaitSeen> = {}, of = image): ImageResult {
  return { ...givenUp('not-started', 'pending', {}, { subject: of }), decision: decisionOf(error, seen) };
}

function decisionOf(error: unknown, seen: Partial<WaitSeen> = {}): Decision {
  return decisionFromError(error, new AbortController().signal, { ...NOTHING_SEEN, ...seen });
}

/** A run that an error ended before it had an image. */
function broke(error: unknown): RecordedRun {
  return failedRun({ decision: decisionOf(error) });
}

/** A run whose inputs are wrong, with the errors of `config/`. */
async function misconfigured(change: Readonly<Record<string, string>>): Promise<RecordedRun> {
  return broke(await configOf(change).catch((caught: unknown) => caught));
}

function stopped(seen: Partial<WaitSeen>): Decision {
  const signal = AbortSignal.abort(new CancelledError('SIGTERM'));
  return decisionFromError(new Error('stopped'), signal, { ...NOTHING_SEEN, ...seen });
}

/** A preflight against a Console, with the results of `check/`. */
async function checked(world: Parameters<typeof preflight>[0] = {}): Promise<RecordedRun> {
  const { result } = await preflight(world);
  return failedRun({
    decision: result.decision,
    checks: result.checks,
    request: runRequest({ mode: 'check' }),
  });
}

/** A run whose only image fails before its wait, because of what a registry answers. */
async function unresolved(
  selection: Partial<ImageSelection>,
  given: Partial<ImageRegistry>,
): Promise<RecordedRun> {
  const never = () => Promise.reject(registryError);
  const retry = {
    clock: new FakeClock(),
    signal: new AbortController().signal,
    forMs: 0,
    leftMs: () => 0,
    onPause: () => undefined,
  };
  const all = { images: [image], digestSource: 'registry', platforms: 'scanned', ...selection } as const;
  const { failed } = await resolveTargets(all, { resolveTag: never, manifestsOf: never, ...given }, retry);
  return run(failed);
}

const severityGate: Partial<Policy> = { severityCutoff: 'high' };
const otherRow = scannedRow([], { digest: OTHER_DIGEST, digests: [OTHER_DIGEST] });
const unlisted = { critical: 2, high: 0, medium: 58, low: 0, total: 60 };
const noAnswer = broken('GET registry', 'ETIMEDOUT', 'connect ETIMEDOUT');
const registryError = registryAnswer('GET https://registry.example.com/v2/shop/payments/manifests/2.3', 401);
const unreadReport = { kind: 'call-failed', failure: noAnswer, calls: undefined } as const;
const unreadable = { proof: 'progress', row: undefined, history: { baseline: forbidden } } as const;

/** Every reason, and for each the ways that differ in the advice. */
export const CASES: Readonly<Record<Reason, readonly GoldenCase[]>> = {
  'scan-completed': [
    ['The report shows the scan.', scanned({ row: scannedRow([medium]) })],
    ['A gate is set and met.', gated(severityGate, scannedRow([medium, complianceIssue()]))],
    ['No gate is set and there are critical findings.', gated({})],
    ['The user is not allowed to read the report.', scanned(unreadable)],
    [
      'The user is not allowed to read the report, and progress stopped showing the scan.',
      scanned({ ...unreadable, proof: 'progress-lost' }),
    ],
    ['The report gives no digest.', scanned({ row: scannedRow([], { digest: undefined, digests: [] }) })],
    [
      'The findings could not be read, and the row has fields and words that are unknown.',
      scanned(
        {
          row: scannedRow([{ ...medium, rawSeverity: 'grave' }], {
            ignoredFields: ['[0].vulnerabilities[0].cvss'],
          }),
        },
        { unread: unreadReport },
      ),
    ],
    [
      'The scanner does not support the distribution, and no gate is set.',
      scanned({ row: scannedRow([], { isUnsupportedDistro: true }) }),
    ],
    ['Several images.', run([finished(), otherImage('cart')])],
    [
      'The regular scan.',
      regular(finished({ proof: 'progress', row: undefined }, REGULAR), {
        discovery: { scanned: 12, total: 12 },
        imageScan: { scanned: 240, total: 240 },
      }),
    ],
  ],
  'recent-scan': [['`max-scan-age` accepts a scan.', scanned({ proof: 'recent' })]],
  'check-passed': [['Every check passed.', await checked()]],
  'scan-error': [
    [
      'Progress shows an error.',
      scanned({ error: 'failed to pull the image: unauthorized', row: undefined }, { policy: severityGate }),
    ],
    [
      'The row of the report has an error.',
      scanned({ row: scannedRow([], { error: 'no space left on device' }) }),
    ],
  ],
  'scan-incomplete': [
    [
      'Less was scanned than there is.',
      unproven('incomplete', 'awaiting-report', { progress: progressOf(3, 4) }),
    ],
    ['Nothing was found to scan.', unproven('incomplete', 'awaiting-report', { progress: progressOf(0, 0) })],
  ],
  'severity-cutoff': [
    ['Findings at or above the cutoff.', gated(severityGate)],
    ['Only those with a fix.', gated({ ...severityGate, onlyFixed: true })],
    [
      'Two gates are not met.',
      gated({ ...severityGate, complianceCutoff: 'low' }, scannedRow([high, complianceIssue()])),
    ],
    [
      'The report counts more than it lists.',
      gated(severityGate, scannedRow([medium], { vulnerabilityCounts: unlisted })),
    ],
    ['No finding has a fix.', gated({ severityCutoff: 'medium' }, scannedRow([medium]))],
    [
      'Two of three images.',
      run(
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
    ],
  ],
  'exploit-cutoff': [
    [
      'A vulnerability is exploited in the wild.',
      gated({ exploitCutoff: 'in-the-wild' }, scannedRow([{ ...high, exploit: 'in-the-wild' }])),
    ],
    [
      'An exploit exists, and no fix.',
      gated({ exploitCutoff: 'poc' }, scannedRow([{ ...medium, exploit: 'poc' }])),
    ],
  ],
  'compliance-cutoff': [
    [
      'Compliance issues at or above the cutoff.',
      gated({ complianceCutoff: 'high' }, scannedRow([complianceIssue(), medium])),
    ],
  ],
  'policy-violation': [
    [
      'The Console policy blocks a finding.',
      gated({ failOnPolicy: true }, scannedRow([finding({ isBlocking: true })])),
    ],
    [
      'The Console policy blocks a finding without a fix.',
      gated({ failOnPolicy: true }, scannedRow([{ ...medium, isBlocking: true }])),
    ],
  ],
  'digest-mismatch': [
    [
      'The report shows another digest.',
      scanned(
        { row: otherRow },
        {
          subject: pinned,
          evidence: {
            identity: { kind: 'different', why: 'other-digest', shown: [OTHER_DIGEST], platforms: [] },
          },
        },
      ),
    ],
    [
      'Only the registry knows, and it could not be asked.',
      scanned(
        { row: otherRow },
        { subject: pinned, evidence: { identity: { kind: 'needs-registry' }, registryError } },
      ),
    ],
    ['The registry does not say what the tag holds.', await unresolved({}, {})],
  ],
  'platform-unscanned': [
    [
      'One platform of two was scanned.',
      scanned(
        {},
        {
          subject: pinned,
          evidence: {
            identity: { kind: 'same', scanned: [amd64], isComplete: false, promote: DIGEST },
            requiredPlatforms: [arm64],
          },
        },
      ),
    ],
    [
      'A platform was not scanned, and the registry could not be read.',
      scanned(
        {},
        {
          subject: pinned,
          evidence: {
            identity: { kind: 'same', scanned: [amd64], isComplete: false, promote: DIGEST },
            requiredPlatforms: [arm64],
            registryError,
          },
        },
      ),
    ],
    [
      'The image does not have the platform.',
      await unresolved(
        { platforms: [{ ...amd64.platform, architecture: 's390x' }] },
        {
          resolveTag: async () => DIGEST,
          manifestsOf: async () => ({ digest: DIGEST, isIndex: true, platforms: [amd64], unread: undefined }),
        },
      ),
    ],
  ],
  'coverage-missing': [
    [
      'The scanner does not support the distribution.',
      gated(severityGate, scannedRow([], { isUnsupportedDistro: true })),
    ],
  ],
  'not-started': [
    ['A secret from a pipe has no end.', broke(new SecretLateError('--password-file', 60_000))],
    ['`trigger`: no sign of the scan.', unproven('not-started', 'pending', { baseline: absent })],
    [
      '`await`: no sign of a scan, and an old row in the report.',
      unproven('not-started', 'pending', {}, { mode: 'await' }),
    ],
    [
      '`await-regular`: no sign of the regular scan.',
      regular(givenUp('not-started', 'pending', { baseline: absent }, REGULAR)),
    ],
    [
      'The timeout came before the Console was asked.',
      unproven('not-triggered', 'pending', { baseline: absent }),
    ],
  ],
  'still-scanning': [
    ['The scan was running.', unproven('still-scanning', 'scanning')],
    ['The regular scan was running.', regular(givenUp('still-scanning', 'scanning', {}, REGULAR))],
    ['The Console had lost the scan.', unproven('still-scanning', 'lost', { baseline: absent })],
    ['The report was awaited.', unproven('still-scanning', 'awaiting-report')],
  ],
  'invalid-input': [
    ['A gate is empty.', await misconfigured({ 'severity-cutoff': '' })],
    [
      'Several inputs are wrong.',
      await misconfigured({ 'severity-cutof': 'high', timeout: '5', digest: 'abc' }),
    ],
    ['A file is missing.', await misconfigured({ exceptions: 'exceptions.yml' })],
  ],
  unauthorized: [['The Console does not know the user.', run([refused(answer('POST authenticate', 401))])]],
  forbidden: [
    ['Something refuses the log-in.', run([refused(answer('POST authenticate', 403, '<html>'))])],
    ['The user is not allowed to start scans.', run([refused(answer('POST registry/scan', 403))])],
  ],
  'not-found': [['There is no such call at the address.', run([refused(answer('GET registry', 404))])]],
  'bad-request': [
    [
      'The Console refuses the request.',
      run([refused(answer('POST registry/scan', 400, '{"err": "invalid tag"}'))]),
    ],
  ],
  unreachable: [
    ['Nothing answers.', run([refused(broken('POST authenticate', 'ECONNREFUSED', 'connect ECONNREFUSED'))])],
    [
      'The Console answers, and fails to start the scan.',
      run([refused(answer('POST registry/scan', 500, '{"err": "no free Defender"}'))]),
    ],
    [
      'The Console fails to show progress again and again.',
      run([
        evaluated({
          kind: 'no-response',
          failure: {
            ...answer('GET registry/progress', 500, '{"err": "no free Defender"}'),
            kind: 'unreachable',
            streak: { times: 3, lastedMs: 7_000 },
          },
          history: undefined,
          calls: { made: 8, refused: 0 },
        }),
      ]),
    ],
    [
      'The Console stopped answering while the scan was running.',
      run([
        refused(answer('GET registry/progress', 503), {
          wasRequested: true,
          running: { atMs: 60_000, counts: { scanned: 3, total: 10 } },
        }),
      ]),
    ],
    ['The Console limits its callers.', run([refused(answer('GET registry', 429))])],
    [
      'Twelve images.',
      run(
        Array.from({ length: 12 }, (_none, at) =>
          refused(
            broken('POST authenticate', 'ECONNREFUSED', 'connect ECONNREFUSED'),
            {},
            { ...image, repository: `shop/app-${at}` },
          ),
        ),
      ),
    ],
  ],
  tls: [
    [
      'The certificate is not trusted.',
      run([refused(broken('POST authenticate', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'))]),
    ],
    [
      'The port speaks HTTP.',
      run([
        refused(
          broken(
            'POST authenticate',
            'EPROTO',
            'write EPROTO 0:error:0A00010B:SSL routines:wrong version number',
          ),
        ),
      ]),
    ],
  ],
  'invalid-response': [
    [
      'A field has an unexpected type.',
      run([refused(misread('GET registry', () => objectAt('many', '[0]')))]),
    ],
    [
      'Something else answers.',
      run([
        refused(misread('GET registry', () => parseJson(new TextEncoder().encode('<html>log in</html>')))),
      ]),
    ],
  ],
  unconfirmed: [
    ['`await`: a scan was over before.', unproven('unconfirmed', 'over-before', {}, { mode: 'await' })],
    [
      '`trigger`: the report never showed the scan.',
      unproven('unconfirmed', 'awaiting-report', { baseline: absent }),
    ],
    ['Progress stopped showing the scan.', unproven('unconfirmed', 'lost')],
  ],
  'report-unavailable': [
    ['The user is not allowed to read the report.', scanned(unreadable, { policy: severityGate })],
    [
      'The user is not allowed to read the report, which must show the digest.',
      scanned(unreadable, { subject: pinned }),
    ],
    [
      'The findings could not be read.',
      gated(severityGate, scannedRow([high], { findings: undefined }), { unread: unreadReport }),
    ],
    [
      'The findings could not be read, because a field has an unexpected type.',
      gated(severityGate, scannedRow([high], { findings: undefined }), {
        unread: { ...unreadReport, failure: misread('GET registry', () => objectAt('many', '[0]')) },
      }),
    ],
    [
      'The report counts more than it lists, and that decides.',
      gated({ ...severityGate, onlyFixed: true }, scannedRow([], { vulnerabilityCounts: unlisted })),
    ],
    [
      'The report does not show which findings have an exploit.',
      gated({ exploitCutoff: 'poc' }, scannedRow([high])),
    ],
    [
      'The report shows an exploit that no listed finding has.',
      gated({ exploitCutoff: 'poc' }, scannedRow([medium], { exploits: ['poc'] })),
    ],
    [
      'The report neither counts nor lists compliance issues.',
      gated({ complianceCutoff: 'high' }, scannedRow([medium], { complianceCounts: undefined })),
    ],
    [
      'The findings of the reference could not be read.',
      gated({ ...severityGate, compareWith: 'registry.example.com/production/{name}' }, scannedRow([high]), {
        reference: referenceOf({ kind: 'unreadable', why: answer('GET registry', 403).what }),
      }),
    ],
  ],
  'check-failed': [
    [
      'A check failed.',
      await checked({
        replies: { 'GET version': { json: '31.00.100' }, 'GET registry/progress': { status: 403, json: {} } },
      }),
    ],
  ],
  internal: [
    [
      'The outputs of a pass cannot be written.',
      broke(new OutputsLostError(new Error('ENOSPC: no space left on device, write'))),
    ],
    ['A defect.', broke(new TypeError('Cannot read properties of undefined'))],
  ],
  signal: [
    [
      'After the scan was started.',
      run([{ ...givenUp('still-scanning', 'scanning'), decision: stopped({ wasRequested: true }) }]),
    ],
    ['Before anything was started.', failedRun({ decision: stopped({}) })],
  ],
};
