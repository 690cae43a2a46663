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
  complianceIssue,
  decided,
  exception,
  finding,
  imageResult,
  notMet,
  otherImage,
  runInfo,
  runRequest,
  runResult,
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

  test('is valid for every phase and every proof', () => {
    const timeline = Object.keys(PHASES)
      .filter(isPhase)
      .map((phase) => ({ atMs: 0.5, phase }));
    const images = Object.keys(PROOFS)
      .filter(isProof)
      .map((proof) => imageResult([], { proof }));
    expect(written(runResult(images, { timeline })).timeline).toHaveLength(timeline.length);
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
