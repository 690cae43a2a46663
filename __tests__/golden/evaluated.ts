import type { Image, Subject } from '../../src/image/image.ts';
import type { EvaluationContext } from '../../src/policy/evaluate.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { ImageResult } from '../../src/policy/result.ts';
import type { IdentityEvidence } from '../../src/policy/scan-gates.ts';
import type { Reference, ReferenceReading } from '../../src/policy/waivers/reference.ts';
import type { AssessedFinding } from '../../src/policy/waivers/waiver.ts';
import type { ImageScanResult, Progress, ReportSnapshot } from '../../src/scan/evidence.ts';
import { countFindings } from '../../src/scan/finding.ts';
import type { History } from '../../src/scan/history.ts';
import type { Finished, GivenUp } from '../../src/scan/state.ts';
import type { Unread } from '../../src/scan/unread.ts';
import type { EvaluableOutcome } from '../../src/scan/wait.ts';
import { noGates } from '../builders/policy.ts';
import { baselineRow, finding } from '../output/builders.ts';
import { evaluateOne, noonOf } from '../policy/builders.ts';

/** Images that were really evaluated, so that the messages are those of the source. */

const SCANNED_AT = '2026-11-24T10:00:00Z';

export const image: Image = {
  registry: 'registry.example.com',
  repository: 'shop/payments',
  tag: '2.3',
  digest: undefined,
  scanBy: { tag: '2.3' },
  platform: undefined,
};

export const limits = { timeoutMs: 1_800_000, startTimeoutMs: 300_000, reportTimeoutMs: 120_000 };

/** The changes of a case to an ordinary wait for an image. */
export interface Circumstances {
  readonly subject?: Subject;
  readonly policy?: Partial<Policy>;
  readonly mode?: EvaluationContext['mode'];
  readonly evidence?: Partial<IdentityEvidence>;
  readonly unread?: Unread;
  readonly reference?: Reference;
}

/** A row of the new scan that lists and counts these findings. */
export function scannedRow(
  findings: readonly AssessedFinding[] = [],
  given: Partial<ImageScanResult> = {},
): ImageScanResult {
  const { row } = baselineRow();
  return {
    ...row,
    scanTime: { text: SCANNED_AT, epochMs: Date.parse(SCANNED_AT) },
    findings,
    vulnerabilityCounts: countFindings(findings.filter(({ kind }) => kind === 'vulnerability')),
    complianceCounts: countFindings(findings.filter(({ kind }) => kind === 'compliance')),
    ...given,
  };
}

/** Progress with so many images scanned of so many. */
export function progressOf(scanned: number, total: number): Progress {
  const phase = { scanned: 1, total: 1, error: undefined };
  return [
    {
      discovery: phase,
      imageScan: { scanned, total, error: undefined },
      isOngoing: scanned < total,
      registry: undefined,
    },
  ];
}

export const forbidden: ReportSnapshot = { kind: 'unreadable', why: 'forbidden', readAtMs: undefined };
export const absent: ReportSnapshot = { kind: 'absent', readAtMs: Date.parse('2026-11-24T09:59:30Z') };

export const CALLS = { made: 12, refused: 0 };

function history(given: Partial<History>): History {
  const baseline = given.baseline ?? baselineRow();
  return {
    baseline,
    readAtMs: baseline.readAtMs,
    snapshot: baseline,
    rows: [],
    progress: progressOf(1, 1),
    wasSeen: true,
    error: undefined,
    outdated: undefined,
    hadIncompleteEnd: false,
    hadSeveral: false,
    vanished: [],
    polledAtMs: 60_000,
    isAnswered: true,
    ...given,
  };
}

/** The result of a scan that is proven finished. */
export function finished(
  given: Partial<Omit<Finished, 'history'>> & { readonly history?: Partial<History> } = {},
  circumstances: Circumstances = {},
): ImageResult {
  const state: Finished = {
    phase: 'finished',
    proof: 'report',
    row: scannedRow(),
    error: undefined,
    ...given,
    history: history(given.history ?? {}),
  };
  return evaluated({ kind: 'ended', state, unread: circumstances.unread, calls: CALLS }, circumstances);
}

/** The result of a wait that ended without a proof. */
export function givenUp(
  why: GivenUp['why'],
  from: GivenUp['from'],
  given: Partial<History> = {},
  circumstances: Circumstances = {},
): ImageResult {
  const state: GivenUp = { phase: 'given-up', why, from, history: history(given) };
  return evaluated({ kind: 'ended', state, unread: undefined, calls: CALLS }, circumstances);
}

export function evaluated(outcome: EvaluableOutcome, circumstances: Circumstances = {}): ImageResult {
  const { subject = image, policy = {}, mode = 'trigger', evidence = {} } = circumstances;
  const context = {
    mode,
    policy: { ...noGates, ...policy },
    limits,
    maxScanAgeMs: undefined,
    decidedAt: noonOf('2026-11-24'),
  };
  return evaluateOne(
    subject,
    outcome,
    { identity: undefined, registryError: undefined, requiredPlatforms: [], ...evidence },
    context,
    circumstances.reference,
  );
}

/** The reference image of `compare-with`, with this report. */
export function referenceOf(reading: ReferenceReading): Reference {
  const reference = { ...image, repository: 'production/payments', tag: 'latest', scanBy: { tag: 'latest' } };
  return { name: 'registry.example.com/production/payments:latest', image: reference, reading };
}

const openssl = { packageName: 'openssl', packageVersion: '1.1.1n', fix: { version: '1.1.1t' } };

export const critical = finding({ id: 'CVE-2099-1003', severity: 'critical', cvss: 9.8, ...openssl });
export const high = finding({ id: 'CVE-2099-1001', severity: 'high', ...openssl });
export const medium = finding({
  id: 'CVE-2099-1005',
  severity: 'medium',
  packageName: 'glibc',
  packageVersion: '2.31',
  fix: undefined,
});
/** One library in three binaries. */
export const copies = ['app', 'cli', 'worker'].map((name) =>
  finding({
    id: 'CVE-2099-2001',
    packageName: 'golang.org/x/net',
    packageVersion: 'v0.17.0',
    packageType: 'go',
    packagePath: `usr/local/bin/${name}`,
    fix: { version: '0.23.0' },
  }),
);
