import { describe, expect, test } from '@jest/globals';
import { countsLine, openGateWarning } from '../../src/text/counts-line.ts';
import { verdictLine } from '../../src/text/verdict-line.ts';
import { noGates } from '../builders/policy.ts';
import {
  assessment,
  decided,
  failedRun,
  finding,
  heldImage,
  imageResult,
  otherImage,
  runInfo,
  runRequest,
  runResult,
  unknownImage,
} from '../output/builders.ts';

const lineOf = (result: Parameters<typeof verdictLine>[0]) => verdictLine(result, runInfo.reasonsPage);

const held = heldImage;

const gated = runRequest({ policy: { ...noGates, severityCutoff: 'high' } });

describe('The line that decides', () => {
  test('sends to the results for the digests of several images', () => {
    expect(lineOf(runResult([imageResult(), otherImage('other')], { promotion: undefined }))).toBe(
      'passed (scan-completed): All 2 images passed. Promote each image by its digest, which results lists.',
    );
  });

  test('names every image that did not pass, with its reason and worst findings', () => {
    const critical = finding({ id: 'CVE-2026-9', severity: 'critical' });
    const unstarted = unknownImage({
      name: 'team/late:1',
      decision: decided('not-started', 'No sign of a scan of team/late:1 within 5m'),
    });
    expect(lineOf(runResult([imageResult(), held('web', [critical, finding()]), unstarted]))).toContain(
      'timed-out (not-started): 2 of 3 images did not pass: ' +
        'team/late:1 (not-started): No sign of a scan of team/late:1 within 5m; ' +
        'registry.example.com:5000/team/web:1.4 (severity-cutoff): 1 critical and 1 high: ' +
        'CVE-2026-9 in openssl 3.0.1 (fixed in 3.0.2), CVE-2026-0001 in openssl 3.0.1 (fixed in 3.0.2). ',
    );
  });

  test('names the findings of a library once, however many binaries have it', () => {
    const copies = Array.from({ length: 12 }, (_none, at) => finding({ packagePath: `bin/${at}` }));
    const line = lineOf(runResult([held('web', [...copies, finding({ id: 'CVE-2026-2' })]), imageResult()]));
    expect(line).toContain('CVE-2026-0001 in openssl 3.0.1 (fixed in 3.0.2) (12 findings), CVE-2026-2');
  });

  test('is one item if many images met the same', () => {
    const images = Array.from({ length: 4 }, (_none, at) =>
      unknownImage({ name: `app-${at}`, decision: decided('unreachable', 'GET registry: refused') }),
    );
    expect(lineOf(runResult(images))).toContain(
      '4 of 4 images did not pass: app-0, app-1, app-2, app-3 (unreachable): GET registry: refused. ',
    );
  });

  test('names ten images and counts the others by reason', () => {
    const images = [
      ...Array.from({ length: 11 }, (_none, at) => held(`a${at}`, [finding({ id: `CVE-2026-${at}` })])),
      unknownImage({ name: 'z', decision: decided('scan-error', 'It failed.') }),
    ];
    const line = lineOf(runResult(images));
    expect(line).toContain('12 of 12 images did not pass: ');
    expect(line).toContain('; and 2 more (1 severity-cutoff, 1 scan-error).');
    expect(line.match(/\(severity-cutoff\): /g)).toHaveLength(11);
  });

  test('is one line that a runner keeps whole, whatever is in it', () => {
    const long = 'x'.repeat(300);
    const images = Array.from({ length: 50 }, (_none, at) =>
      held(`${at}-${'n'.repeat(20)}`, [finding({ id: long, packageName: long, fix: { version: long } })]),
    );
    const line = lineOf(runResult(images));
    expect(line).not.toContain('\n');
    expect(line.length).toBeLessThan(4_096);
  });
});

describe('The counts at the end of the log', () => {
  test('leave out what the report does not show: unknown is not zero', () => {
    const counted = assessment([finding()], { isComplete: false, fixable: undefined, accepted: undefined });
    expect(countsLine(runResult([imageResult([], { assessment: counted })]))).toBe(
      '1 finding: 1 high; gate: none',
    );
  });
});

describe('A pass with critical findings and no gate', () => {
  const critical = imageResult([finding({ severity: 'critical' })]);

  test('is a warning', () => {
    expect(openGateWarning(runResult([critical]))).toBe(
      '1 critical finding was ignored because no gate is configured. Set severity-cutoff to fail on them.',
    );
    expect(openGateWarning(runResult([critical, imageResult()]))).toContain(
      ' in registry.example.com:5000/team/app:1.4 ',
    );
  });

  test.each([
    ['a gate is set', runResult([critical], { request: gated })],
    ['nothing is critical', runResult()],
    ['it did not pass', runResult([{ ...critical, decision: decided('scan-error', '') }])],
    ['nothing was asked', failedRun()],
  ])('is none if %s', (_where, result) => {
    expect(openGateWarning(result)).toBeUndefined();
  });
});
