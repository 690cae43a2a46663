import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { receiptOf } from '../../src/output/receipt.ts';
import type { Proof } from '../../src/policy/proof.ts';
import { type RecordedRun, recordOfImage } from '../../src/policy/record.ts';
import type { ImageResult, RunRequest } from '../../src/policy/result.ts';
import { EMPTY_BOOK } from '../../src/policy/waivers/decisions/decision-book.ts';
import type { TimelineEntry } from '../../src/scan/events.ts';
import { RECORD_TEXTS } from '../../src/text/record-texts.ts';
import { noGates } from '../builders/policy.ts';
import {
  assessment,
  baselineRow,
  complianceIssue,
  DIGEST,
  decided,
  exception,
  failedScan,
  finding,
  imageResult,
  notMet,
  otherImage,
  runInfo,
  runRequest,
  runResult,
  SCAN_TIME,
  unknownImage,
} from './builders.ts';
import { receiptErrors } from './schemas.ts';

/** The receipt as its readers get it, held to the schema. */
function written({ record }: Pick<RecordedRun, 'record'>) {
  const receipt = JSON.parse(JSON.stringify(receiptOf(record, runInfo)));
  expect(receiptErrors(receipt)).toEqual([]);
  return receipt;
}

const withRequest = (request: Partial<RunRequest>, images: readonly ImageResult[] = [imageResult()]) =>
  runResult(images, { request: runRequest(request) });

/** Every phase there is: the type of the record asks for each of them. */
const PHASES: Readonly<Record<TimelineEntry['phase'], true>> = {
  requested: true,
  pending: true,
  discovery: true,
  'image-scan': true,
  'over-before': true,
  'awaiting-report': true,
  lost: true,
  'between-batches': true,
  'awaiting-better-row': true,
  finished: true,
  'given-up': true,
};
const isPhase = (name: string): name is TimelineEntry['phase'] => Object.hasOwn(PHASES, name);

const PROOFS: Readonly<Record<Proof, true>> = {
  report: true,
  progress: true,
  'progress-lost': true,
  recent: true,
  digest: true,
};
const isProof = (name: string): name is Proof => Object.hasOwn(PROOFS, name);

describe('The receipt', () => {
  test('has each image, what was decided, and what proved it by the Console’s clock', () => {
    const receipt = written(
      runResult([
        imageResult([finding(), complianceIssue()], { isDigestVerified: true, hasAllPlatforms: true }),
      ]),
    );
    expect(receipt).toMatchObject({ schemaVersion: '2.0', verdict: 'passed', reason: 'scan-completed' });
    expect(receipt.images).toEqual([
      {
        image: 'registry.example.com:5000/team/app:1.4',
        platform: null,
        verdict: 'passed',
        reason: 'scan-completed',
        message: expect.stringMatching(/^The scan of .* is finished/),
        because: {
          kind: 'scan-finished',
          mode: 'trigger',
          proof: 'report',
          scanTime: SCAN_TIME,
          imageByDigest: `registry.example.com:5000/team/app@${DIGEST}`,
        },
        digest: DIGEST,
        imageByDigest: `registry.example.com:5000/team/app@${DIGEST}`,
        isDigestVerified: true,
        hasAllPlatforms: true,
        evidence: {
          proof: 'report',
          scanTime: SCAN_TIME,
          baseline: { kind: 'absent', scanTime: null, readAt: '2026-11-24T09:59:30.000Z' },
          discovery: { scanned: 1, total: 1 },
          imageScan: { scanned: 1, total: 1 },
        },
        findings: {
          counts: { critical: 0, high: 1, medium: 0, low: 0, total: 1 },
          fixable: { critical: 0, high: 1, medium: 0, low: 0, total: 1 },
          accepted: { critical: 0, high: 0, medium: 0, low: 0, total: 0 },
          isComplete: true,
          isUnsupportedDistro: false,
        },
        compliance: { critical: 0, high: 1, medium: 0, low: 0, total: 1 },
        comparison: null,
        gates: [expect.objectContaining({ gate: 'scan', state: 'met', findingCount: 0, waived: [] })],
        timeline: [
          { phase: 'requested', atMs: 0 },
          { phase: 'image-scan', atMs: 5_000 },
          { phase: 'finished', atMs: 65_000 },
        ],
      },
    ]);
  });

  test('has the scan that the report showed before', () => {
    const receipt = written(runResult([imageResult([], { baseline: baselineRow() })]));
    expect(receipt.images[0].evidence.baseline).toEqual({
      kind: 'row',
      scanTime: '2026-11-23T09:00:00Z',
      readAt: '2026-11-24T09:59:30.000Z',
    });
  });

  test('has null if the report counts more than it lists: unknown is not 0', () => {
    const partial = assessment([finding()], { isComplete: false, fixable: undefined, accepted: undefined });
    const [image] = written(runResult([imageResult([], { assessment: partial })])).images;
    expect(image.findings).toMatchObject({
      counts: { total: 1 },
      fixable: null,
      accepted: null,
      isComplete: false,
    });
  });

  test('has null for the findings of a scan that failed', () => {
    expect(written(runResult([failedScan()])).images[0]).toMatchObject({ findings: null, compliance: null });
  });

  test('names the platform that an entry is about', () => {
    const { image } = imageResult();
    const platform = { os: 'linux', architecture: 'arm', variant: 'v7' };
    const receipt = written(runResult([imageResult([], { image: image && { ...image, platform } })]));
    expect(receipt.images[0].platform).toBe('linux/arm/v7');
  });

  test('has the gates with their worst findings', () => {
    const findings = Array.from({ length: 30 }, (_, index) => finding({ id: `CVE-2026-${index}` }));
    const message = 'it has 30 vulnerabilities of severity high or above';
    const objected = imageResult(findings, {
      decision: decided('severity-cutoff', message),
      gates: notMet(findings),
    });
    const [, violation] = written(runResult([objected])).images[0].gates;
    expect(violation).toMatchObject({ gate: 'severity-cutoff', state: 'not-met', findingCount: 30 });
    expect(violation.findings).toHaveLength(10);
    expect(violation.findings[0]).toEqual({
      id: 'CVE-2026-0',
      title: '',
      severity: 'high',
      packageName: 'openssl',
      packageVersion: '3.0.1',
    });
  });

  test('has the policy in force, at which Console', () => {
    const exceptionFiles = [
      { path: 'vex.json', format: 'openvex', digest: `sha256:${'e'.repeat(64)}` },
    ] as const;
    const receipt = written(
      withRequest({
        project: 'blue',
        maxScanAgeMs: 3_600_000,
        platforms: 'all',
        exceptionFiles,
        policy: {
          ...noGates,
          severityCutoff: 'critical',
          grace: { critical: 3_600_000 },
          complianceCutoff: 'high',
          onlyFixed: true,
          failOnPolicy: true,
        },
      }),
    );
    expect(receipt.request).toEqual({
      mode: 'trigger',
      console: { host: 'console.example.com', apiVersion: '32.07', project: 'blue' },
      platforms: 'all',
      maxScanAgeMs: 3_600_000,
      policy: {
        severityCutoff: 'critical',
        exploitCutoff: null,
        graceMs: { critical: 3_600_000, high: null, medium: null, low: null },
        compareWith: null,
        onlyFixed: true,
        complianceCutoff: 'high',
        failOnPolicy: true,
        exceptions: exceptionFiles,
        vexMaxAgeMs: 31_536_000_000,
      },
      policyDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
  });

  test('has one digest for one policy, and another for every change of it', () => {
    const digestOf = (request: Partial<RunRequest>) => written(withRequest(request)).request.policyDigest;
    const changes: readonly Partial<RunRequest>[] = [
      {},
      { policy: { ...noGates, severityCutoff: 'high' } },
      { policy: { ...noGates, complianceCutoff: 'high' } },
      { policy: { ...noGates, onlyFixed: true } },
      { policy: { ...noGates, exploitCutoff: 'poc' } },
      { policy: { ...noGates, exploitCutoff: 'in-the-wild' } },
      { policy: { ...noGates, grace: { critical: 1 } } },
      { policy: { ...noGates, grace: { high: 1 } } },
      { policy: { ...noGates, compareWith: 'app:live' } },
      { policy: { ...noGates, failOnPolicy: true } },
      { exceptionFiles: [{ path: 'vex.json', format: 'openvex', digest: `sha256:${'e'.repeat(64)}` }] },
      { policy: { ...noGates, decisions: { ...EMPTY_BOOK, vexMaxAgeMs: 1 } } },
      { maxScanAgeMs: 1 },
      { platforms: 'all' },
    ];
    expect(new Set(changes.map(digestOf)).size).toBe(changes.length);
    expect(digestOf({ mode: 'await', consoleHost: 'other.example.com' })).toBe(digestOf({}));
  });

  test('has the exceptions that were used, with their reasons, and those that have expired', () => {
    const expired = { ...exception, id: 'CVE-2026-0003', until: '2026-11-23', untilFixed: true };
    const lastDay = { ...exception, id: 'CVE-2026-0004', until: '2026-11-24' };
    const accepted = finding({ id: exception.id, acceptedBy: exception });
    const receipt = written(
      withRequest({ policy: { ...noGates, exceptions: [exception, expired, lastDay] } }, [
        imageResult([accepted, accepted]),
        otherImage('web', [accepted]),
      ]),
    );
    const told = { reason: exception.reason, package: null, image: null };
    expect(receipt.exceptions).toEqual({
      given: 3,
      usedCount: 1,
      used: [
        {
          ...told,
          id: exception.id,
          until: '2026-12-31',
          untilFixed: false,
          imageCount: 2,
          images: ['registry.example.com:5000/team/app:1.4', 'registry.example.com:5000/team/web:1.4'],
        },
      ],
      expiredCount: 1,
      expired: [{ ...told, id: 'CVE-2026-0003', until: '2026-11-23', untilFixed: true }],
    });
  });

  test('has the run that made it, by the runner’s clock, and when each phase began', () => {
    const receipt = written(runResult());
    expect(receipt.run).toEqual({
      tool: { name: 'registry-scan-gate', version: '1.0.0' },
      url: 'https://github.com/team/app/actions/runs/42',
      startedAt: '2026-11-24T10:00:00.250Z',
      endedAt: '2026-11-24T10:01:05.250Z',
      durationMs: 65_000,
    });
    expect(receipt.images[0].timeline.map(({ phase }: { phase: string }) => phase)).toEqual([
      'requested',
      'image-scan',
      'finished',
    ]);
  });

  test('is valid for every phase and every proof', () => {
    const timeline = Object.keys(PHASES)
      .filter(isPhase)
      .map((phase) => ({ atMs: 0.5, phase }));
    const images = Object.keys(PROOFS)
      .filter(isProof)
      .map((proof) => imageResult([], { proof }));
    expect(written(runResult(images, { timeline })).timeline).toHaveLength(timeline.length);
  });

  test('has the checks of a preflight', () => {
    const checks = [{ check: 'log-in', state: 'ok', message: 'Logged in.', fix: '' }] as const;
    const run = runResult([], {
      decision: decided('check-passed', 'Nothing failed.'),
      request: runRequest({ mode: 'check' }),
      checks,
    });
    expect(written(run).checks).toEqual(checks);
  });

  test('is valid for an image of which nothing is known, outside of a CI system', () => {
    const receipt = receiptOf(runResult([unknownImage()]).record, { ...runInfo, url: '' });
    expect(receiptErrors(receipt)).toEqual([]);
    expect(receipt.run.url).toBeNull();
    expect(receipt.images[0]).toMatchObject({ digest: null, findings: null, evidence: { baseline: null } });
  });

  test('stays far below what an attestation takes, with a thousand images and exceptions', () => {
    const exceptions = Array.from({ length: 1_500 }, (_, index) => ({ ...exception, id: `CVE-${index}` }));
    const findings = exceptions.map((one) => finding({ id: one.id, acceptedBy: one }));
    const gates = notMet(findings);
    const images = Array.from({ length: 1_000 }, () =>
      imageResult(findings, {
        gates,
        warnings: [{ kind: 'findings-unread', unread: { kind: 'call-refused', what: 'w'.repeat(500) } }],
      }),
    );
    const receipt = written(withRequest({ policy: { ...noGates, exceptions } }, images));
    expect(receipt.images).toHaveLength(1_000);
    expect(receipt.exceptions).toMatchObject({ usedCount: 1_500 });
    expect(JSON.stringify(receipt).length).toBeLessThan(8_000_000);
  });

  test('is valid whatever the texts and counts', () => {
    const count = fc.nat();
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), count, count, (text, scanned, total) => {
        const accepting = { ...exception, reason: text, package: text, image: text };
        const findings = [finding({ id: text, acceptedBy: accepting }), complianceIssue({ title: text })];
        const image = imageResult(findings, {
          name: text,
          decision: decided('severity-cutoff', text),
          gates: notMet(findings),
          imageScan: { scanned, total },
          warnings: [{ kind: 'findings-unread', unread: { kind: 'call-refused', what: text } }],
        });
        written(withRequest({ project: text, policy: { ...noGates, exceptions: [accepting] } }, [image]));
      }),
    );
  });
});

describe('The receipt of one image', () => {
  const failed = imageResult([finding()], {
    decision: decided('severity-cutoff', 'One high.'),
    warnings: [{ kind: 'no-single-digest' }],
  });
  const passed = otherImage('web', [finding({ id: exception.id, acceptedBy: exception })]);
  const result = runResult([failed, passed]);
  const receiptOfImage = (image: ImageResult) =>
    written({ record: recordOfImage(result, image, RECORD_TEXTS) });

  test('has the verdict, the exceptions and the warnings of that image alone', () => {
    const receipt = receiptOfImage(passed);
    expect(receipt).toMatchObject({ verdict: 'passed', warnings: [], exceptions: { usedCount: 1 } });
    expect(receipt.images.map(({ image }: { image: string }) => image)).toEqual([
      'registry.example.com:5000/team/web:1.4',
    ]);
    expect(receiptOfImage(failed)).toMatchObject({
      verdict: 'failed',
      warnings: [expect.stringContaining('no single digest')],
      exceptions: { usedCount: 0 },
    });
  });
});

describe('The schema of the receipt', () => {
  const receipt = written(runResult());

  test.each([
    ['a passed run with a failed image', { images: [{ ...receipt.images[0], verdict: 'failed' }] }],
    ['a verdict of passed for another reason', { reason: 'not-started' }],
    ['a failure for the reason of a pass', { verdict: 'failed' }],
    ['an unknown verdict', { verdict: 'good' }],
    ['an image without a digest in its digest', { images: [{ ...receipt.images[0], digest: 'latest' }] }],
    ['an unknown field', { more: 1 }],
    ['another version', { schemaVersion: '1.0' }],
    ['a text that is not a time', { run: { ...receipt.run, endedAt: 'today' } }],
  ])('refuses %s', (_name, change) => {
    expect(receiptErrors({ ...receipt, ...change })).not.toEqual([]);
  });
});
