import { describe, expect, test } from '@jest/globals';
import { renderSummary } from '../../src/output/summary.ts';
import { decide } from '../../src/policy/decision.ts';
import { gateResult } from '../../src/policy/gates.ts';
import type { ImageResult, RunResult } from '../../src/policy/result.ts';
import { countFindings } from '../../src/scan/finding.ts';
import { verdictLine } from '../../src/text/verdict-line.ts';
import { noGates } from '../builders/policy.ts';
import {
  baselineRow,
  decided,
  exception,
  finding,
  heldImage,
  imageResult,
  notMet,
  otherImage,
  runInfo,
  runRequest,
  runResult,
  unknownImage,
} from './builders.ts';
import { cellsIn, rendered } from './rendered.ts';

const RUN = { ...runInfo, receiptPath: '/reports/receipt.json' };

const summaryOf = (result: RunResult) => renderSummary(result, RUN);

/** The rows of the table below a heading. */
function rowsBelow(summary: string, heading: string): readonly (readonly string[])[] {
  const from = summary.indexOf(heading);
  return from < 0 ? [] : cellsIn(summary.slice(from).split(/\n\n(?:### |<details)/)[0] ?? '');
}

/** The gates and their results: `✅ met`. */
function gatesOf(result: RunResult): readonly string[] {
  return cellsIn(summaryOf(result).split('\n\n```')[0] ?? '').map(
    ([sign, , outcome]) => `${sign} ${outcome}`,
  );
}

const gates = { ...noGates, severityCutoff: 'high', complianceCutoff: 'low', failOnPolicy: true } as const;
const gated = { request: runRequest({ policy: gates }) };

function held(findings = [finding()], given: Partial<ImageResult> = {}): ImageResult {
  return imageResult(findings, {
    decision: decide('severity-cutoff', { kind: 'gates-not-met', gates: notMet(findings) }),
    gates: notMet(findings),
    ...given,
  });
}

describe('The job summary', () => {
  test('links to the image in the Console, if its address is known', () => {
    const linksWith = (given: Parameters<typeof runRequest>[0]) =>
      rendered(summaryOf(runResult([imageResult()], { request: runRequest(given) }))).links;
    expect(linksWith({ consoleUrl: 'https://console.example.com:8083' })).toContain(
      'https://console.example.com:8083/#!/monitor/vulnerabilities/images/registries?search=team%2Fapp%3A1.4',
    );
    const isOfConsole = (link: string) => link.includes('#!/monitor');
    expect(linksWith({ consoleUrl: 'https://us-east1.cloud.twistlock.com/us-2-1' }).some(isOfConsole)).toBe(
      false,
    );
    expect(linksWith({ project: 'shop' }).some(isOfConsole)).toBe(false);
    const { image } = imageResult();
    const untagged = imageResult([], { image: image && { ...image, tag: undefined } });
    expect(rendered(summaryOf(runResult([untagged]))).links).toContain(
      'https://console.example.com/#!/monitor/vulnerabilities/images/registries?search=team%2Fapp',
    );
  });

  test('ends with the receipt and the run that has it', () => {
    const summary = summaryOf(runResult());
    expect(summary).toMatch(
      /\n\nReceipt: `\/reports\/receipt\.json` · \[this run\]\(.*\/42\) · registry-scan-gate 1\.0\.0\n$/,
    );
    expect(renderSummary(runResult(), { ...RUN, receiptPath: undefined })).not.toContain('Receipt');
    expect(renderSummary(runResult(), { ...RUN, url: '' })).not.toContain('this run');
    const elsewhere = renderSummary(runResult(), { ...RUN, url: 'https://ci.example.com/job/1' });
    expect(elsewhere).toContain(' · [this run](https://ci.example.com/job/1) · ');
  });
});

describe('The gates in the summary', () => {
  test('are not evaluated if the scan is not proven finished', () => {
    const open = gateResult('severity-cutoff', 'report-unavailable', {
      state: 'unknown',
      detail: { kind: 'not-evaluated' },
    });
    const { gates: scan } = unknownImage();
    expect(gatesOf(runResult([unknownImage({ gates: [...scan, open] })], gated))).toEqual([
      '➖ unknown',
      '➖ not evaluated',
    ]);
  });

  test('are not met if the report only counts', () => {
    const image = imageResult([], {
      decision: decided('severity-cutoff', ''),
      gates: notMet([], {
        detail: { kind: 'unlisted', count: 2, cutoff: 'high', couldWaive: false, unread: undefined },
      }),
    });
    expect(gatesOf(runResult([image], gated))[1]).toBe(
      '❌ **not met**: the report counts 2 findings at or above high that it does not list',
    );
  });
});

describe('The findings in the summary', () => {
  test('are compared with the scan before', () => {
    const counts = countFindings([
      finding(),
      finding({ severity: 'medium' }),
      finding({ severity: 'medium' }),
    ]);
    const image = imageResult([finding({ severity: 'critical' }), finding()], {
      baseline: baselineRow({ vulnerabilityCounts: counts }),
    });
    expect(summaryOf(runResult([image]))).toContain(
      'Since the previous scan (`2026-11-23T09:00:00Z`): +1 critical, −2 medium.',
    );
    const same = imageResult([finding()], {
      baseline: baselineRow({ vulnerabilityCounts: countFindings([finding()]) }),
    });
    expect(summaryOf(runResult([same]))).toContain('no change in the counts');
    for (const proof of ['recent', 'digest'] as const) {
      expect(summaryOf(runResult([{ ...same, proof }]))).not.toContain('Since the previous scan');
    }
    expect(summaryOf(runResult())).not.toContain('Since the previous scan');
  });

  test('are the ten worst, and how many more', () => {
    const findings = Array.from({ length: 12 }, (_none, at) => finding({ id: `CVE-2026-${at}` }));
    const summary = summaryOf(runResult([held(findings)], gated));
    expect(rowsBelow(summary, '### What violates the gates')).toHaveLength(10);
    expect(summary).toContain('<details>\n<summary>2 more findings</summary>');
    expect(rowsBelow(summary, '<summary>2 more')).toHaveLength(2);
  });
});

describe('The timeline in the summary', () => {
  test('says how long the phase lasted that was broken off', () => {
    const timeline = [{ atMs: 5_000, phase: 'image-scan' }] as const;
    expect(summaryOf(runResult([imageResult([], { timeline })]))).toContain(
      '| 5s | step 2/2  scanning images | 1m |',
    );
  });
});

describe('The job summary of several images', () => {
  function many(count: number): readonly ImageResult[] {
    return Array.from({ length: count }, (_none, at) => {
      const name = `registry.example.com:5000/team/app-${at}:1.4`;
      if (at % 10 === 9) return unknownImage({ name, decision: decided('not-started', 'No sign of it.') });
      if (at % 10 === 8) return { ...otherImage(`app-${at}`), ...held(), name };
      return otherImage(`app-${at}`, [finding({ severity: 'low' })]);
    });
  }

  test('has those that gates hold open, each with what to update, and those that passed folded', () => {
    const summary = summaryOf(runResult(many(30), gated));
    expect(summary.match(/<details open>/g)).toHaveLength(3);
    expect(summary).toContain(
      '<details open>\n<summary>❌ <code>registry.example.com:5000/team/app-8:1.4</code> severity-cutoff</summary>\n',
    );
    expect(summary).toContain('<details>\n<summary>✅ 24 images passed</summary>\n');
  });

  test('stays short with 300, and says how many are left out', () => {
    const summary = summaryOf(runResult(many(300), gated));
    expect(summary).toContain('… and 40 more, in the receipt.');
    expect(summary.match(/<details open>/g)).toHaveLength(10);
  });

  test('stays within what GitHub takes with a thousand images, each text as long as can be', () => {
    const text = '|'.repeat(300);
    const images = Array.from({ length: 1_000 }, (_none, at) => {
      const findings = [finding({ id: text, packageName: text, acceptedBy: { ...exception, reason: text } })];
      return held(findings, {
        name: `${at}${'n'.repeat(300)}`,
        decision: decided('scan-error', text.repeat(4)),
        warnings: [{ kind: 'findings-unread', unread: { kind: 'call-refused', what: text } }],
      });
    });
    const summary = summaryOf(runResult(images, gated));
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1024 * 1024);
    expect(summary).toMatch(/^## ❌/);
  });
});

describe('The headline', () => {
  test('of several images says what to do once for each', () => {
    const summary = summaryOf(runResult([heldImage('web'), otherImage('ok')], gated));
    expect(summary.split('Update to the fixed versions')).toHaveLength(2);
  });

  test('hides no critical image behind those that timed out, however many', () => {
    const critical = heldImage('web', [finding({ severity: 'critical' })]);
    const many = Array.from({ length: 250 }, (_, index) => unknownImage({ name: `app-${index}` }));
    const result = runResult([...many, critical], gated);
    const summary = summaryOf(result);
    expect(summary).toMatch(/^## .* 250 not-started, 1 severity-cutoff \(1 critical\)\n/);
    expect(summary).toMatch(/<summary>❌ <code>[^<]*team\/web:1\.4<\/code> severity-cutoff/);
    expect(verdictLine(result, RUN.reasonsPage)).toContain('1 severity-cutoff (1 critical)');
  });
});
