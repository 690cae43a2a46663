import { decide } from '../../src/policy/decision.ts';
import { gateResult } from '../../src/policy/gates.ts';
import type { RecordedRun } from '../../src/policy/record.ts';
import type { ImageResult } from '../../src/policy/result.ts';
import { countFindings } from '../../src/scan/finding.ts';
import { noGates } from '../builders/policy.ts';
import {
  assessment,
  baselineRow,
  complianceIssue,
  DIGEST,
  decided,
  exception,
  failedRun,
  failedScan,
  finding,
  heldImage,
  imageResult,
  notMet,
  OTHER_DIGEST,
  otherImage,
  runRequest,
  runResult,
  SCAN_TIME,
  unknownImage,
} from './builders.ts';

/** Named runs, of which every output has an expected form. Together they have what an output can show. */

const [scanMet] = notMet([]);

/** One of the platforms of an image. */
function platformImage(architecture: string, given: Partial<ImageResult> = {}): ImageResult {
  const { image } = imageResult();
  return imageResult([], {
    name: `registry.example.com:5000/team/app:1.4 (linux/${architecture})`,
    image: image && { ...image, platform: { os: 'linux', architecture, variant: '' } },
    ...given,
  });
}

/** Accepted findings, fixes with and without a version, and all gates met. */
function passed(): RecordedRun {
  const findings = [
    finding({ severity: 'medium', fix: undefined }),
    finding({ id: exception.id, acceptedBy: exception }),
    finding({
      id: 'CVE-2026-0007',
      waivers: [{ kind: 'known', reference: 'production:latest' }, { kind: 'no-fix' }],
    }),
    finding({ id: 'CVE-2026-0003', severity: 'low', fix: { version: undefined } }),
    complianceIssue({ severity: 'low' }),
  ];
  const gates = [
    ...notMet([]).slice(0, 1),
    gateResult('digest', 'digest-mismatch'),
    gateResult('platforms', 'platform-unscanned'),
    gateResult('severity-cutoff', 'severity-cutoff'),
    gateResult('compliance-cutoff', 'compliance-cutoff'),
  ];
  const before = countFindings([finding({ severity: 'critical' }), finding()]);
  const image = imageResult(findings, {
    gates,
    isDigestVerified: true,
    hasAllPlatforms: true,
    baseline: baselineRow({ vulnerabilityCounts: before }),
    timeline: [
      { atMs: 0, phase: 'requested' },
      { atMs: 1_000.4, phase: 'discovery' },
      { atMs: 5_000, phase: 'image-scan' },
      { atMs: 65_000, phase: 'finished' },
    ],
  });
  const expired = { ...exception, id: 'CVE-2026-0009', until: '2026-11-23', untilFixed: true };
  const request = runRequest({
    project: 'blue',
    maxScanAgeMs: 3_600_000,
    platforms: 'all',
    exceptionFiles: [{ path: 'accepted.yml', format: 'exceptions', digest: OTHER_DIGEST }],
    policy: {
      ...noGates,
      severityCutoff: 'high',
      complianceCutoff: 'high',
      grace: { critical: 3_600_000 },
      exceptions: [exception, expired],
    },
  });
  return runResult([image], { request });
}

/** Two gates that are not met, findings with everything that a report can show, and waived ones. */
function held(): RecordedRun {
  const worst = finding({
    severity: 'critical',
    cvss: 9.8,
    exploit: 'in-the-wild',
    riskFactors: ['Remote execution', 'Has fix', 'DoS - High'],
    isBlocking: true,
  });
  const raw = finding({
    id: 'CVE-2026-0002',
    fix: undefined,
    rawSeverity: 'grave',
    packagePath: 'usr/lib/x',
  });
  const copies = Array.from({ length: 5 }, (_none, at) =>
    finding({ id: 'CVE-2026-0003', packagePath: `bin/${at}`, fix: { version: '3.0.9' } }),
  );
  const missed = finding({
    id: 'CVE-2026-0004',
    packageName: 'zlib',
    nearMisses: [{ kind: 'known-milder', reference: 'production:latest', severity: 'low' }],
  });
  const known = finding({ id: 'CVE-K', waivers: [{ kind: 'known', reference: 'production:latest' }] });
  const [soon, late] = ['2026-12-01', '2026-12-31'].map((day) =>
    finding({ id: `CVE-${day}`, waivers: [{ kind: 'grace', endsAtMs: Date.parse(`${day}T12:00:00Z`) }] }),
  );
  if (soon === undefined || late === undefined) throw new Error('There are two days.');
  const violating = [worst, missed, raw, ...copies];
  const issue = complianceIssue();
  const waived = [known, late, soon].map((one) => ({ finding: one, by: one.waivers }));
  const gates = [
    ...notMet(violating, { waived }),
    gateResult('compliance-cutoff', 'compliance-cutoff', {
      state: 'not-met',
      detail: { kind: 'at-or-above', cutoff: 'low', onlyFixed: false, comparison: undefined },
      findings: [issue],
    }),
  ];
  const mild = finding({ id: 'CVE-2026-0005', severity: 'medium', packageName: 'curl' });
  const findings = [...violating, known, late, soon, issue, mild];
  const counts = (total: number) => ({ critical: 0, high: total, medium: 0, low: 0, total });
  const comparison = {
    kind: 'compared',
    reference: 'production:latest',
    row: { digest: OTHER_DIGEST, scanTime: SCAN_TIME },
    added: counts(3),
    known: counts(1),
    gone: 2,
    isPartial: false,
    isPromoted: false,
  } as const;
  const image = imageResult(findings, {
    decision: decide('severity-cutoff', { kind: 'gates-not-met', gates }),
    gates,
    assessment: assessment(findings, { comparison }),
  });
  const policy = { ...noGates, severityCutoff: 'high', complianceCutoff: 'low' } as const;
  return runResult([image], {
    request: runRequest({ policy: { ...policy, compareWith: 'production:latest' } }),
  });
}

/** A report that counts more than it lists. */
function incomplete(): RecordedRun {
  const counts = { critical: 0, high: 60, medium: 0, low: 0, total: 60 };
  const detail = {
    kind: 'unlisted',
    count: 59,
    cutoff: 'high',
    couldWaive: true,
    unread: undefined,
  } as const;
  const gates = notMet([], { state: 'unknown', reason: 'report-unavailable', detail });
  const image = imageResult([], {
    decision: decide('report-unavailable', { kind: 'gates-not-met', gates }),
    gates,
    assessment: assessment([finding()], {
      vulnerabilities: counts,
      fixable: undefined,
      accepted: undefined,
      isComplete: false,
      isUnsupportedDistro: true,
    }),
    inventory: { kind: 'unknown', why: 'unlisted' },
  });
  return runResult([image], { request: runRequest({ policy: { ...noGates, severityCutoff: 'high' } }) });
}

/** Images that passed, that a gate holds, and that have the same cause. */
function several(): RecordedRun {
  const unknown = (name: string) => unknownImage({ name: `registry.example.com:5000/team/${name}:1.4` });
  const accepted = finding({ id: exception.id, acceptedBy: exception });
  return runResult(
    [
      imageResult([accepted]),
      heldImage('web', [finding({ severity: 'critical' }), finding()]),
      unknown('mail'),
      unknown('news'),
      otherImage('api', [accepted, finding({ severity: 'low' })]),
    ],
    { request: runRequest({ policy: { ...noGates, severityCutoff: 'high' } }) },
  );
}

/** Two platforms of an image, one of which is not the one asked for. */
function anotherImage(): RecordedRun {
  const platform = { os: 'linux', architecture: 'arm64', variant: '' };
  const unscanned = { platform, digest: OTHER_DIGEST, configDigest: undefined };
  const gates = [
    ...notMet([]).slice(0, 1),
    gateResult('platforms', 'platform-unscanned', {
      state: 'not-met',
      detail: { kind: 'unscanned-platforms', platforms: [unscanned], registryError: undefined },
    }),
  ];
  const decision = decide('platform-unscanned', { kind: 'gates-not-met', gates });
  return runResult([platformImage('amd64'), platformImage('arm64', { gates, decision })], {
    request: runRequest({ platforms: 'linux/amd64,linux/arm64' }),
    promotion: { digest: DIGEST, imageByDigest: `registry.example.com:5000/team/app@${DIGEST}` },
  });
}

/** All platforms of an image, which is promoted as a whole. */
function allPlatforms(): RecordedRun {
  const imageByDigest = `registry.example.com:5000/team/app@${DIGEST}`;
  const of = (architecture: string) =>
    platformImage(architecture, { digest: OTHER_DIGEST, hasAllPlatforms: true });
  return runResult([of('amd64'), of('arm64')], { promotion: { digest: DIGEST, imageByDigest } });
}

const CHECKS = [
  { check: 'log-in', state: 'ok', message: 'Accepted.', fix: '' },
  { check: 'version', state: 'failed', message: 'It is 32.07.', fix: 'Set api-version to 32.07.' },
  { check: 'start', state: 'cannot-tell', message: 'Not tried.', fix: '' },
] as const;

export const RUNS: Readonly<Record<string, RecordedRun>> = {
  passed: passed(),
  'open-gate': runResult([imageResult([finding({ severity: 'critical' })])]),
  held: held(),
  incomplete: incomplete(),
  'scan-error': runResult([failedScan()]),
  several: several(),
  'another-image': anotherImage(),
  'all-platforms': allPlatforms(),
  regular: runResult([], {
    decision: decide('scan-completed', {
      kind: 'scan-finished',
      mode: 'await-regular',
      proof: 'progress',
      scanTime: undefined,
      imageByDigest: undefined,
    }),
    discovery: { scanned: 2, total: 2 },
    imageScan: { scanned: 4, total: 4 },
    timeline: [{ atMs: 5_000, phase: 'image-scan' }],
    request: runRequest({ mode: 'await-regular' }),
  }),
  preflight: runResult([], {
    decision: decide('check-failed', {
      kind: 'checks-done',
      failed: ['version'],
      counts: { ok: 1, failed: 1, 'cannot-tell': 1 },
    }),
    request: runRequest({ mode: 'check' }),
    checks: CHECKS,
  }),
  stopped: runResult([imageResult(undefined, scanMet && { gates: [scanMet] })], {
    decision: decided('signal', 'Stopped by SIGTERM.'),
  }),
  'invalid-input': failedRun(),
};
