import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decision, type Reason, VERDICT_OF } from '../../src/gate/verdict.ts';
import { receiptOf } from '../../src/report/receipt.ts';
import { recordOfFailure, type StepRecord } from '../../src/report/record.ts';
import { openGates } from '../gate/rules.ts';
import { asked, DIGEST, exception, finding, judged, recorded, reported, run } from './records.ts';
import { wrongInReceipt } from './schemas.ts';

/** The receipt as its readers get it. */
const written = (record: StepRecord) => JSON.parse(JSON.stringify(receiptOf(record, reported)));

const isReason = (name: string): name is Reason => Object.hasOwn(VERDICT_OF, name);

describe('The receipt', () => {
  test('tells the image, what was decided, and what proved it on the Console’s clock', () => {
    const receipt = written(recorded([judged()]));
    expect(wrongInReceipt(receipt)).toEqual([]);
    expect(receipt).toMatchObject({ verdict: 'passed', reason: 'scan-completed' });
    expect(receipt.images).toEqual([
      {
        image: 'registry.example.com:5000/team/app:1.4',
        verdict: 'passed',
        reason: 'scan-completed',
        message: 'The scan is finished.',
        digest: DIGEST,
        imageByDigest: `registry.example.com:5000/team/app@${DIGEST}`,
        evidence: {
          provenBy: 'progress',
          scanTime: '2026-11-24T10:00:00.123456789Z',
          earlierReport: 'absent',
          earlierScanTime: null,
          discovery: { scanned: 1, total: 1 },
          imageScan: { scanned: 1, total: 1 },
        },
        findings: {
          counts: { critical: 0, high: 1, medium: 0, low: 0, total: 1 },
          fixable: { critical: 0, high: 1, medium: 0, low: 0, total: 1 },
          accepted: { critical: 0, high: 0, medium: 0, low: 0, total: 0 },
          isCovered: true,
        },
      },
    ]);
  });

  test('tells which scan the report showed before', () => {
    const row = {
      scanTime: { text: '2026-11-23T09:00:00Z', epochMs: 1 },
      error: '',
      digest: undefined,
      digests: [],
      counts: undefined,
      listed: undefined,
      isUncovered: false,
      durationMs: undefined,
    };
    const receipt = written(recorded([judged([], { earlier: { kind: 'row', row, atEpochMs: undefined } })]));
    expect(receipt.images[0].evidence).toMatchObject({
      earlierReport: 'row',
      earlierScanTime: '2026-11-23T09:00:00Z',
    });
    expect(wrongInReceipt(receipt)).toEqual([]);
  });

  test('tells which gates were in force, at which Console', () => {
    const receipt = written(
      recorded([judged()], {
        project: 'blue',
        maxScanAgeMs: 3_600_000,
        gates: { ...openGates, severityCutoff: 'critical', onlyFixed: true, failOnPolicy: true },
      }),
    );
    expect(receipt.asked).toEqual({
      mode: 'trigger',
      console: { host: 'console.example.com', apiVersion: '32.07', project: 'blue' },
      gates: { severityCutoff: 'critical', onlyFixed: true, failOnPolicy: true, maxScanAgeMs: 3_600_000 },
    });
    expect(wrongInReceipt(receipt)).toEqual([]);
  });

  test('tells which exceptions were used, with their reasons, and which have expired', () => {
    const expired = { ...exception, id: 'CVE-2026-0003', until: '2026-11-23' };
    const accepted = finding({ id: exception.id, acceptedBy: exception });
    const receipt = written(
      recorded([judged([accepted])], { gates: { ...openGates, exceptions: [exception, expired] } }),
    );
    const told = { reason: exception.reason, package: null, image: null };
    expect(receipt.exceptions).toEqual({
      given: 2,
      usedCount: 1,
      used: [
        {
          ...told,
          id: exception.id,
          until: '2026-12-31',
          imageCount: 1,
          images: ['registry.example.com:5000/team/app:1.4'],
        },
      ],
      expiredCount: 1,
      expired: [{ ...told, id: 'CVE-2026-0003', until: '2026-11-23' }],
    });
    expect(receipt.images[0].findings.accepted.high).toBe(1);
    expect(wrongInReceipt(receipt)).toEqual([]);
  });

  test('tells which run made it, and from when to when on the runner’s clock', () => {
    expect(written(recorded([judged()])).run).toEqual({
      action: { name: 'registry-scan-gate', version: '1.0.0' },
      url: 'https://github.com/team/app/actions/runs/42',
      startedAt: '2026-11-24T10:00:00.250Z',
      endedAt: '2026-11-24T10:01:05.250Z',
    });
  });

  test('tells when each phase began', () => {
    expect(written(recorded([judged()])).timeline).toEqual([
      { phase: 'requested', atMs: 0 },
      { phase: 'image-scan', atMs: 5_000 },
      { phase: 'finished', atMs: 65_000 },
    ]);
  });

  test.each(Object.keys(VERDICT_OF).filter(isReason))(
    'is as its schema says where nothing came to be known, for %s',
    (reason) => {
      const receipt = written(recordOfFailure(decision(reason, 'Why.'), run));
      expect(wrongInReceipt(receipt)).toEqual([]);
      expect(receipt).toMatchObject({ asked: null, images: [] });
    },
  );

  test('is as its schema says for the regular scan, which is of no image', () => {
    const receipt = written(recorded([judged()], { mode: 'await-regular' }));
    expect(wrongInReceipt(receipt)).toEqual([]);
    expect(receipt.images).toEqual([]);
  });

  test('is as its schema says outside of GitHub, and for an image of which nothing is known', () => {
    const nothing = judged([], {
      decision: decision('not-started', 'No sign.'),
      digest: undefined,
      imageByDigest: undefined,
      scanTime: undefined,
      proof: undefined,
      earlier: undefined,
      assessment: undefined,
    });
    const receipt = JSON.parse(JSON.stringify(receiptOf(recorded([nothing]), { ...reported, url: '' })));
    expect(wrongInReceipt(receipt)).toEqual([]);
    expect(receipt.run.url).toBeNull();
  });

  test('stays far below what an attestation takes, with a thousand images and exceptions', () => {
    const exceptions = Array.from({ length: 1_500 }, (_, index) => ({ ...exception, id: `CVE-${index}` }));
    const findings = exceptions.map((one) => finding({ id: one.id, acceptedBy: one }));
    const images = Array.from({ length: 1_000 }, () => judged(findings, { warnings: ['w'.repeat(500)] }));
    const record = recorded(images, { gates: { ...openGates, exceptions } });
    const receipt = written(record);
    expect(wrongInReceipt(receipt)).toEqual([]);
    expect(receipt.images).toHaveLength(1_000);
    expect(receipt.exceptions).toMatchObject({ usedCount: 1_500 });
    expect(JSON.stringify(receipt).length).toBeLessThan(8_000_000);
  });

  test('is as its schema says whatever texts and counts there are', () => {
    const count = fc.nat();
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), count, count, (text, scanned, total) => {
        const accepting = { ...exception, reason: text, package: text, image: text };
        const image = judged([finding({ id: text, acceptedBy: accepting })], {
          name: text,
          decision: decision('severity-cutoff', text),
          imageScan: { scanned, total },
          warnings: [text],
        });
        const record = recorded([image], { project: text, gates: { ...openGates, exceptions: [accepting] } });
        expect(wrongInReceipt(written(record))).toEqual([]);
      }),
    );
  });
});

describe('The schema of the receipt', () => {
  const receipt = written(recorded([judged()], asked));

  test.each([
    ['a passed step with a failed image', { images: [{ ...receipt.images[0], verdict: 'failed' }] }],
    ['a verdict of passed for a reason that is none', { reason: 'not-started' }],
    ['a failure for the reason of a pass', { verdict: 'failed' }],
    ['a verdict that there is not', { verdict: 'good' }],
    ['a digest that is none', { images: [{ ...receipt.images[0], digest: 'latest' }] }],
    ['a field that is not known', { more: 1 }],
    ['another version', { schemaVersion: '2.0' }],
    ['a time that is none', { run: { ...receipt.run, endedAt: 'today' } }],
  ])('refuses %s', (_name, change) => {
    expect(wrongInReceipt({ ...receipt, ...change })).not.toEqual([]);
  });
});
