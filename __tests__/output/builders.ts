import { type Decision, decide, worstOf } from '../../src/policy/decision.ts';
import { type GateResult, gateResult } from '../../src/policy/gates.ts';
import type { Inventory } from '../../src/policy/inventory.ts';
import type { Reason } from '../../src/policy/reasons.ts';
import { type RecordedRun, recorded } from '../../src/policy/record.ts';
import type { Assessment, ImageResult, RunRequest, RunResult } from '../../src/policy/result.ts';
import type { Exception } from '../../src/policy/waivers/exception.ts';
import { type AssessedFinding, acceptedBy, type Waiver } from '../../src/policy/waivers/waiver.ts';
import { withPolicyDigest } from '../../src/run/run-result.ts';
import { addCounts, type ImageScanResult, type ReportSnapshot } from '../../src/scan/evidence.ts';
import { countFindings } from '../../src/scan/finding.ts';
import { warningTexts } from '../../src/text/image-warning-text.ts';
import { RECORD_TEXTS } from '../../src/text/record-texts.ts';
import { COMPLIANCE_ISSUE, finding as reportedFinding } from '../builders/finding.ts';
import { exception as exceptionFor, noGates } from '../builders/policy.ts';
import { scanRow, scanTimeOf } from '../builders/row.ts';

/** Builders of run results, for the outputs that are made from them. Each takes what a test cares about. */

export const DIGEST = `sha256:${'a'.repeat(64)}` as const;
export const OTHER_DIGEST = `sha256:${'b'.repeat(64)}` as const;
export const SCAN_TIME = '2026-11-24T10:00:00.123456789Z';
export const ENDED_AT = new Date('2026-11-24T10:01:05.250Z');

/** The program that writes. */
export const runInfo = {
  version: '1.0.0',
  url: 'https://github.com/team/app/actions/runs/42',
  reasonsPage: 'https://docs.example.com/troubleshooting.md',
};

/** A decision for this reason whose message is the text, ended by a full stop. */
export function decided(reason: Reason, message = 'It is so.'): Decision {
  return decide(reason, { kind: 'wrong-input', message });
}

/** An exception that accepts the second CVE for now. */
export const exception = exceptionFor({ id: 'CVE-2026-0002', reason: 'Not reachable from our code.' });

/** A finding, perhaps with the exception that accepts it. */
type GivenFinding = Partial<AssessedFinding> & { readonly acceptedBy?: Exception | undefined };

/** A vulnerability of an operating system package that has a fix. */
export function finding({ acceptedBy: exception, ...given }: GivenFinding = {}): AssessedFinding {
  const found = reportedFinding({
    id: 'CVE-2026-0001',
    severity: 'high',
    cvss: 8.1,
    packageType: 'os',
    fix: { version: '3.0.2' },
    link: 'https://nvd.example/CVE-2026-0001',
    description: 'A buffer is read beyond its end.',
    ...given,
  });
  return { ...found, nearMisses: given.nearMisses ?? [], waivers: given.waivers ?? waiversOf(exception) };
}

function waiversOf(exception: Exception | undefined): readonly Waiver[] {
  return exception === undefined ? [] : [{ kind: 'exception', format: 'own', exception }];
}

/** A compliance issue, which has a number, a title and a cause, and neither package nor fix. */
export function complianceIssue(given: GivenFinding = {}): AssessedFinding {
  return finding({
    ...COMPLIANCE_ISSUE,
    id: given.title ?? 'Private keys stored in image',
    cause: 'Found: /etc/ssl/private/server.key',
    cvss: undefined,
    fix: undefined,
    link: undefined,
    description: 'Keys in an image are known to everybody who can pull it.',
    ...given,
  });
}

/** The assessment of a report that lists and counts these findings. */
export function assessment(
  findings: readonly AssessedFinding[],
  given: Partial<Assessment> = {},
): Assessment {
  const vulnerabilities = findings.filter(({ kind }) => kind === 'vulnerability');
  const exceptions = findings.flatMap((each) => acceptedBy(each) ?? []);
  return {
    vulnerabilities: countFindings(vulnerabilities),
    compliance: countFindings(findings.filter(({ kind }) => kind === 'compliance')),
    fixable: countFindings(vulnerabilities.filter(({ fix }) => fix !== undefined)),
    accepted: countFindings(vulnerabilities.filter((each) => acceptedBy(each) !== undefined)),
    findings,
    isComplete: true,
    isUnsupportedDistro: false,
    comparison: undefined,
    distribution: { name: 'debian', version: '12.13', release: 'bookworm' },
    matchedExceptions: [...new Set(exceptions)],
    ambiguousExceptions: [],
    decisions: { statements: [], entries: [], imagesWithoutUrls: [], areAllListed: true },
    ...given,
  };
}

/** The packages of an image of Debian, as a recorded Console lists them. */
export function inventory(given: Partial<Extract<Inventory, { kind: 'known' }>> = {}): Inventory {
  return {
    kind: 'known',
    digest: DIGEST,
    scanTime: SCAN_TIME,
    platform: { os: 'linux', architecture: 'amd64', variant: '' },
    distribution: { name: 'debian', version: '12.13', release: 'bookworm' },
    packages: [
      {
        type: 'package',
        name: 'openssl',
        version: '1:3.0.1+deb12u1~rc1',
        purl: 'pkg:deb/debian/openssl@1:3.0.1+deb12u1~rc1',
        path: undefined,
        binaryNames: ['libssl3', 'openssl'],
        licenses: ['Apache-2.0 or GPL-2'],
      },
      {
        type: 'nodejs',
        name: '@babel/core',
        version: '7.1.0',
        purl: 'pkg:npm/@babel/core@7.1.0',
        path: '/app/node_modules/@babel/core',
        binaryNames: [],
        licenses: [],
      },
    ],
    ...given,
  };
}

/** A row of the report as it was before the scan, without findings. */
export function baselineRow(
  given: Partial<ImageScanResult> = {},
): Extract<ReportSnapshot, { readonly kind: 'row' }> {
  return {
    kind: 'row',
    row: scanRow({
      scanTime: scanTimeOf('2026-11-23T09:00:00Z'),
      digest: DIGEST,
      digests: [DIGEST],
      ...given,
    }),
    readAtMs: Date.parse('2026-11-24T09:59:30Z'),
  };
}

/** An image that passed with these findings, scanned by its tag. */
export function imageResult(
  findings: readonly AssessedFinding[] = [finding()],
  given: Partial<ImageResult> = {},
): ImageResult {
  return {
    name: 'registry.example.com:5000/team/app:1.4',
    image: {
      registry: 'registry.example.com:5000',
      repository: 'team/app',
      tag: '1.4',
      digest: undefined,
      scanBy: { tag: '1.4' },
      platform: undefined,
    },
    decision: decide('scan-completed', {
      kind: 'scan-finished',
      mode: 'trigger',
      proof: 'report',
      scanTime: SCAN_TIME,
      imageByDigest: `registry.example.com:5000/team/app@${DIGEST}`,
    }),
    discovery: { scanned: 1, total: 1 },
    imageScan: { scanned: 1, total: 1 },
    proof: 'report',
    baseline: { kind: 'absent', readAtMs: Date.parse('2026-11-24T09:59:30Z') },
    digest: DIGEST,
    promotes: DIGEST,
    imageByDigest: `registry.example.com:5000/team/app@${DIGEST}`,
    scanTime: SCAN_TIME,
    isDigestVerified: false,
    hasAllPlatforms: undefined,
    assessment: assessment(findings),
    inventory: inventory(),
    gates: notMet([]).slice(0, 1),
    timeline: [
      { atMs: 0, phase: 'requested' },
      { atMs: 5_000, phase: 'image-scan' },
      { atMs: 65_000, phase: 'finished' },
    ],
    warnings: [],
    ...given,
  };
}

/** The same for an image of another repository on the same registry, at `registry.example.com:5000/team/NAME:1.4`. */
export function otherImage(
  name: string,
  findings: readonly AssessedFinding[] = [finding()],
  given: Partial<ImageResult> = {},
): ImageResult {
  const result = imageResult(findings);
  return {
    ...result,
    name: `registry.example.com:5000/team/${name}:1.4`,
    image: result.image && { ...result.image, repository: `team/${name}` },
    imageByDigest: `registry.example.com:5000/team/${name}@${DIGEST}`,
    ...given,
  };
}

/** An image that `severity-cutoff` holds, at `registry.example.com:5000/team/NAME:1.4`, with the findings that violate it. */
export function heldImage(name: string, findings: readonly AssessedFinding[] = [finding()]): ImageResult {
  const gates = notMet(findings);
  return otherImage(name, findings, {
    decision: decide('severity-cutoff', { kind: 'gates-not-met', gates }),
    gates,
  });
}

/** An image whose scan ended with an error, although a row lists these findings. */
export function failedScan(findings: readonly AssessedFinding[] = [finding()]): ImageResult {
  const detail = { kind: 'scan-error', error: 'No space left.' } as const;
  const gates = [gateResult('scan', 'scan-error', { state: 'not-met', detail })];
  return imageResult(findings, { decision: decide('scan-error', { kind: 'gates-not-met', gates }), gates });
}

/** The scan is proven, and these findings violate `severity-cutoff`, or another gate. */
export function notMet(
  findings: readonly AssessedFinding[],
  given: Partial<GateResult> = {},
): readonly GateResult[] {
  const detail = { kind: 'at-or-above', cutoff: 'high', onlyFixed: false, comparison: undefined } as const;
  const proven = { kind: 'proven', proof: 'report', scanTime: SCAN_TIME } as const;
  return [
    gateResult('scan', 'scan-completed', { detail: proven }),
    gateResult('severity-cutoff', 'severity-cutoff', { state: 'not-met', detail, findings, ...given }),
  ];
}

/** An image whose scan never began, so that nothing is known of it. */
export function unknownImage(given: Partial<ImageResult> = {}): ImageResult {
  return imageResult([], {
    decision: decided('not-started', 'No sign of the scan.'),
    discovery: { scanned: 0, total: 0 },
    imageScan: { scanned: 0, total: 0 },
    proof: undefined,
    gates: [gateResult('scan', 'not-started', { state: 'unknown', detail: { kind: 'ended-by-error' } })],
    baseline: undefined,
    digest: undefined,
    promotes: undefined,
    imageByDigest: undefined,
    scanTime: undefined,
    assessment: undefined,
    inventory: { kind: 'unknown', why: 'not-read' },
    ...given,
  });
}

export function runRequest(given: Partial<RunRequest> = {}): RunRequest {
  return withPolicyDigest({
    mode: 'trigger',
    consoleHost: 'console.example.com',
    consoleUrl: 'https://console.example.com',
    apiVersion: '32.07',
    project: undefined,
    policy: noGates,
    exceptionFiles: [],
    maxScanAgeMs: undefined,
    platforms: 'scanned',
    ...given,
  });
}

/** The result of a run over these images: the verdict is the worst of theirs, the counts are added up. */
export function runResult(
  images: readonly ImageResult[] = [imageResult()],
  given: Partial<RunResult> = {},
): RecordedRun {
  const result: RunResult = {
    decision: worstOf(images.map(({ decision }) => decision)),
    images,
    discovery: addCounts(images.map(({ discovery }) => discovery)),
    imageScan: addCounts(images.map(({ imageScan }) => imageScan)),
    warnings: images.flatMap(warningTexts),
    decidedAt: { epochMs: ENDED_AT.getTime(), clock: 'console', day: '2026-11-24' },
    durationMs: 65_000,
    endedAtMs: ENDED_AT.getTime(),
    timeline: [],
    promotion: promotionOf(images),
    checks: [],
    request: runRequest(),
    ...given,
  };
  return recorded(result, RECORD_TEXTS);
}

/** The promotion of the only image. */
function promotionOf([only, ...others]: readonly ImageResult[]): RunResult['promotion'] {
  if (only?.digest === undefined || only.imageByDigest === undefined || others.length > 0) return undefined;
  return { digest: only.digest, imageByDigest: only.imageByDigest };
}

/** The result of a run that ended before there was any image to wait for. */
export function failedRun(given: Partial<RunResult> = {}): RecordedRun {
  return runResult([], {
    decision: decided('invalid-input', 'tag is missing.'),
    request: undefined,
    ...given,
  });
}
