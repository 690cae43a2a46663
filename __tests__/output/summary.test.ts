import { describe, expect, test } from '@jest/globals';
import { renderSummary } from '../../src/output/summary.ts';
import { decide } from '../../src/policy/decision.ts';
import { gateResult } from '../../src/policy/gates.ts';
import type { ImageResult, RunResult } from '../../src/policy/result.ts';
import { countFindings } from '../../src/scan/finding.ts';
import { verdictLine } from '../../src/text/verdict-line.ts';
import { noGates } from '../builders/policy.ts';
import {
  assessment,
  baselineRow,
  complianceIssue,
  DIGEST,
  decided,
  exception,
  failedRun,
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
  test('begins with the verdict, what happened, what to do, and the page of the reason', () => {
    expect(summaryOf(runResult([held()], gated))).toMatch(
      /^## ❌ `registry\.example\.com:5000\/team\/app:1\.4`: failed \(severity-cutoff\)\n\nThe scan of .* is finished, but it has 1 finding .*\.\n\nUpdate to .* \[About severity-cutoff\]\(https:\/\/docs\.example\.com\/troubleshooting\.md#severity-cutoff\)\n/,
    );
  });

  test('has a warning if a pass has critical findings and no gate', () => {
    const summary = summaryOf(runResult([imageResult([finding({ severity: 'critical' })])]));
    expect(summary).toMatch(/^## ⚠️ `.*`: passed \(scan-completed\), with critical findings and no gate\n/);
    expect(summary).toContain('> ⚠️ 1 critical finding was ignored because no gate is configured.');
  });

  test('has what to promote, to copy', () => {
    const summary = summaryOf(runResult());
    expect(summary).toContain(
      `Promote exactly what was scanned:\n\n\`\`\`text\nregistry.example.com:5000/team/app@${DIGEST}\n\`\`\``,
    );
    expect(summary).toContain('Proof of its end: a newer row in the report.');
  });

  test('does not call for promotion what did not pass', () => {
    expect(summaryOf(runResult([held()]))).not.toContain('Promote');
    expect(summaryOf(runResult([held()]))).toContain('What was scanned:');
  });

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

  test('has nothing but the verdict if there was nothing to wait for', () => {
    expect(renderSummary(failedRun(), { ...RUN, receiptPath: undefined })).toBe(
      '## ⚠️ Registry scan gate: error (invalid-input)\n\ntag is missing.\n\nCorrect the input; nothing was sent to the ' +
        'Console. [About invalid-input](https://docs.example.com/troubleshooting.md#invalid-input)\n\n' +
        '[this run](https://github.com/team/app/actions/runs/42) · registry-scan-gate 1.0.0\n',
    );
  });

  test('shows the phases of the regular scan, and no advice to promote by digest', () => {
    const summary = summaryOf(
      runResult([], {
        decision: decided('scan-completed', 'The scan of the registries is finished.'),
        imageScan: { scanned: 4, total: 4 },
        request: runRequest({ mode: 'await-regular' }),
      }),
    );
    expect(summary).toContain('| Image scan | 4/4 |');
    expect(summary).toContain('| ✅ | The scan is proven finished without an error |');
    expect(summary).not.toContain('by its digest');
  });

  test('shows the checks of a preflight', () => {
    const result = failedRun({
      decision: decided('check-failed', '1 of 3 checks failed.'),
      request: runRequest({ mode: 'check' }),
      checks: [
        { check: 'log-in', state: 'ok', message: 'Accepted.', fix: '' },
        { check: 'version', state: 'failed', message: 'It is 32.07.', fix: 'Set api-version to 32.07.' },
        { check: 'start', state: 'cannot-tell', message: 'Not tried.', fix: '' },
      ],
    });
    const summary = summaryOf(result);
    expect(summary).toContain('### 1 of 3 checks passed');
    expect(cellsIn(summary)).toEqual([
      ['✅', 'log-in', 'Accepted.', ''],
      ['❌', 'version', 'It is 32.07.', 'Set api-version to 32.07.'],
      ['❓', 'start', 'Not tried.', ''],
    ]);
  });
});

describe('The gates in the summary', () => {
  test('have a sign, and count findings and CVEs apart', () => {
    const findings = [finding({ packagePath: 'bin/a' }), finding({ packagePath: 'bin/b' })];
    expect(gatesOf(runResult([held(findings)], gated))).toEqual(['✅ met', '❌ **2 findings (1 CVE)**']);
  });

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

  test('say that there is none', () => {
    expect(gatesOf(runResult())).toEqual(['✅ met', '➖ Findings are counted and decide nothing.']);
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

  test('cannot be distinguished if the report is not complete', () => {
    const detail = {
      kind: 'unlisted',
      count: 2,
      cutoff: 'high',
      couldWaive: true,
      unread: undefined,
    } as const;
    const open = notMet([], { state: 'unknown', reason: 'report-unavailable', detail });
    const image = imageResult([], { decision: decided('report-unavailable'), gates: open });
    expect(gatesOf(runResult([image], gated))).toEqual(['✅ met', '➖ unknown']);
  });

  test('count the images that do not meet them', () => {
    const images = [held(), otherImage('other'), unknownImage()];
    const [finished, severity] = cellsIn(summaryOf(runResult(images, gated)));
    expect(finished?.[2]).toBe('unknown in 1 of 3 images');
    expect(severity?.[2]).toBe('**1 finding**');
  });

  test('include digest, platforms and age if they were asked for', () => {
    const request = runRequest({ platforms: 'all', maxScanAgeMs: 3_600_000 });
    const gatesWith = (state: 'met' | 'not-met') => [
      ...notMet([]).slice(0, 1),
      gateResult('digest', 'digest-mismatch', { state }),
      gateResult('platforms', 'platform-unscanned', { state }),
    ];
    const summary = summaryOf(runResult([imageResult([], { gates: gatesWith('met') })], { request }));
    expect(summary).toContain(
      '| ✅ | The scan is proven finished without an error, or finished at most 1h ago (`max-scan-age`) | met |',
    );
    expect(summary).toContain('| ✅ | The scanned digest is the one asked for (`digest`) | met |');
    expect(summary).toContain('| ✅ | Platforms are scanned (`platforms`: all) | met |');
    const other = summaryOf(runResult([imageResult([], { gates: gatesWith('not-met') })], { request }));
    expect(other).toContain('| ❌ | The scanned digest is the one asked for');
    expect(other).toContain('| ❌ | Platforms are scanned');
  });
});

describe('The findings in the summary', () => {
  test('are counted by severity: in all, with a fix, accepted, and compliance issues', () => {
    const findings = [
      finding({ severity: 'critical', fix: undefined }),
      finding({ id: exception.id, acceptedBy: exception }),
      finding({ severity: 'low', fix: { version: undefined } }),
      complianceIssue(),
    ];
    const summary = summaryOf(runResult([imageResult(findings)]));
    expect(rowsBelow(summary, '|  | 🟥 critical').slice(0, 4)).toEqual([
      ['Vulnerabilities', '1', '1', '0', '1', '3'],
      ['… fixable', '0', '1', '0', '1', '2'],
      ['… accepted', '0', '1', '0', '0', '1'],
      ['Compliance issues', '0', '1', '0', '0', '1'],
    ]);
  });

  test('have no row for what is unknown', () => {
    const counted = assessment([], {
      vulnerabilities: { critical: 0, high: 60, medium: 0, low: 0, total: 60 },
      fixable: undefined,
      accepted: undefined,
      isComplete: false,
    });
    const summary = summaryOf(runResult([imageResult([], { assessment: counted })]));
    expect(summary).toContain('| Vulnerabilities | 0 | 60 | 0 | 0 | 60 |');
    expect(summary).not.toContain('fixable');
    expect(summary).toContain('The report counts more findings than it lists.');
    expect(summaryOf(runResult([unknownImage()]))).not.toContain('Vulnerabilities');
  });

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
    expect(summaryOf(runResult([{ ...same, proof: 'recent' }]))).not.toContain('Since the scan');
    expect(summaryOf(runResult())).not.toContain('Since the scan');
  });

  test('show what to update and what that fixes', () => {
    const findings = [
      finding({ id: 'CVE-1', severity: 'critical' }),
      finding({ id: 'CVE-2' }),
      finding({ id: 'CVE-2', packagePath: 'another/binary' }),
      finding({ id: 'CVE-3', fix: { version: '3.0.9' } }),
      finding({ id: 'CVE-4', packageName: 'zlib', packageVersion: '1.2', fix: { version: undefined } }),
      finding({ id: 'CVE-5', packageName: 'bash', fix: undefined }),
      finding({ id: exception.id, packageName: 'curl', acceptedBy: exception }),
    ];
    expect(
      rowsBelow(summaryOf(runResult([imageResult(findings)])), '### What to update').slice(0, 2),
    ).toEqual([
      ['`openssl 3.0.1`', '→ `3.0.9`', '4 findings (1 critical, 3 high)'],
      ['`zlib 1.2`', '→ a newer version', '1 finding (1 high)'],
    ]);
  });

  test('are listed with CVSS, link, package, fix, and what is known of exploits', () => {
    const findings = [
      finding({
        severity: 'critical',
        cvss: 9.8,
        exploit: 'in-the-wild',
        riskFactors: ['Remote execution', 'Has fix', 'DoS - High'],
        isBlocking: true,
      }),
      finding({ id: 'CVE-2', fix: undefined, rawSeverity: 'grave', packagePath: 'usr/lib/x' }),
      complianceIssue({ severity: 'low' }),
    ];
    const rows = rowsBelow(summaryOf(runResult([held(findings)], gated)), '### What violates the gates');
    expect(rows).toEqual([
      [
        '🟥 critical',
        '9.8',
        '[CVE-2026-0001](https://nvd.example/CVE-2026-0001)<br>🔥 exploited in the wild' +
          '<br>Remote execution, DoS - High<br>⛔ blocked by the Console policy',
        '`openssl 3.0.1` os',
        '`3.0.2`',
      ],
      [
        '🟧 high (grave)',
        '8.1',
        '[CVE-2](https://nvd.example/CVE-2026-0001)',
        '`openssl 3.0.1` os in `usr/lib/x`',
        '–',
      ],
      [
        '🟦 low',
        '',
        '425: Private keys stored in image: Found: /etc/ssl/private/server.key<br>compliance',
        '',
        '–',
      ],
    ]);
  });

  test('are one row for a library in twelve binaries', () => {
    const findings = Array.from({ length: 12 }, (_none, at) => finding({ packagePath: `bin/${at}` }));
    const rows = rowsBelow(summaryOf(runResult([held(findings)], gated)), '### What violates the gates');
    expect(rows).toHaveLength(1);
    expect(rows[0]?.[3]).toBe('`openssl 3.0.1` os × 12 in `bin/0`, `bin/1`, `bin/2` and 9 more');
  });

  test('are the ten worst, and how many more', () => {
    const findings = Array.from({ length: 12 }, (_none, at) => finding({ id: `CVE-2026-${at}` }));
    const summary = summaryOf(runResult([held(findings)], gated));
    expect(rowsBelow(summary, '### What violates the gates')).toHaveLength(10);
    expect(summary).toContain('<details>\n<summary>2 more findings</summary>');
    expect(rowsBelow(summary, '<summary>2 more')).toHaveLength(2);
  });

  test('are folded if every gate is met', () => {
    expect(summaryOf(runResult())).toContain('<details>\n<summary>The worst of 1 finding</summary>\n');
    expect(summaryOf(runResult())).not.toContain('What violates the gates');
  });

  test('that are accepted have reason and last day, and are not among the worst', () => {
    const summary = summaryOf(
      runResult([imageResult([finding({ id: exception.id, acceptedBy: exception })])]),
    );
    expect(summary).not.toContain('The worst of');
    expect(summary).toContain('| CVE-2026-0002 | any | 2026-12-31 | Not reachable from our code. |');
  });

  test('mean nothing if the scanner does not support the distribution', () => {
    const unsupported = assessment([], { isUnsupportedDistro: true });
    expect(summaryOf(runResult([imageResult([], { assessment: unsupported })]))).toContain(
      '⚠️ The scanner does not support the distribution',
    );
  });
});

describe('The timeline in the summary', () => {
  test('shows when each phase began and how long it lasted', () => {
    expect(rowsBelow(summaryOf(runResult()), 'Timeline: 1m5s')).toEqual([
      ['0s', 'asking the Console to scan', '5s'],
      ['5s', 'step 2/2  scanning images', '1m'],
      ['1m5s', 'the scan is finished', ''],
    ]);
  });

  test('has a chart if there are several phases to compare', () => {
    const timeline = [
      { atMs: 0, phase: 'requested' },
      { atMs: 1_000.4, phase: 'discovery' },
      { atMs: 5_000, phase: 'image-scan' },
      { atMs: 65_000, phase: 'given-up' },
    ] as const;
    expect(summaryOf(runResult([imageResult([], { timeline })]))).toContain(
      [
        '```mermaid',
        'gantt',
        '  dateFormat x',
        '  axisFormat %ss',
        '  request :0, 1000',
        '  discovery :1000, 5000',
        '  image scan :5000, 65000',
        '```',
      ].join('\n'),
    );
    expect(summaryOf(runResult())).not.toContain('mermaid');
  });

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

  test('counts those that did not pass, and begins with them', () => {
    const summary = summaryOf(runResult(many(30), gated));
    expect(summary).toContain('6 of 30 images did not pass: 3 not-started, 3 severity-cutoff');
    expect(
      rowsBelow(summary, '### Images that did not pass')
        .slice(0, 6)
        .map(([verdict]) => verdict),
    ).toEqual([...Array(3).fill('⌛ not-started'), ...Array(3).fill('❌ severity-cutoff')]);
  });

  test('has those that gates hold open, each with what to update, and those that passed folded', () => {
    const summary = summaryOf(runResult(many(30), gated));
    expect(summary.match(/<details open>/g)).toHaveLength(3);
    expect(summary).toContain(
      '<details open>\n<summary>❌ <code>registry.example.com:5000/team/app-8:1.4</code> severity-cutoff</summary>\n',
    );
    expect(summary).toContain('<details>\n<summary>✅ 24 images passed</summary>\n');
  });

  test('shows a cause that several images share once', () => {
    const summary = summaryOf(runResult(many(30), gated));
    expect(summary).toContain('- ⌛ No sign of it. (and 2 other images) Correct the input');
  });

  test('has the digests of those that passed to copy in one go', () => {
    const [, block = ''] = summaryOf(runResult(many(20), gated)).split(
      'Scanned and passed, by digest:\n\n```text\n',
    );
    expect(block.split('\n```')[0]?.split('\n')).toHaveLength(16);
    expect(block).not.toContain('app-9@');
  });

  test('has the one digest of all platforms of an image', () => {
    const promotion = { digest: DIGEST, imageByDigest: `team/app@${DIGEST}` };
    expect(summaryOf(runResult([imageResult(), imageResult()], { promotion }))).toContain(
      `Promote exactly what was scanned:\n\n\`\`\`text\nteam/app@${DIGEST}\n\`\`\``,
    );
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

describe('What is waived, in the summary', () => {
  const known = finding({ id: 'CVE-K', waivers: [{ kind: 'known', reference: 'production:latest' }] });
  const inGrace = (id: string, day: string) =>
    finding({ id, waivers: [{ kind: 'grace', endsAtMs: Date.parse(`${day}T12:00:00Z`) }] });
  const late = inGrace('CVE-LATE', '2026-12-31');
  const soon = inGrace('CVE-SOON', '2026-12-01');
  const missed = finding({
    id: 'CVE-M',
    nearMisses: [{ kind: 'known-milder', reference: 'production:latest', severity: 'low' }],
  });
  const waived = [known, late, soon].map((one) => ({ finding: one, by: one.waivers }));
  const findings = [missed, known, late, soon];
  const gatesOfImage = notMet([missed], { waived });
  const result = runResult(
    [
      imageResult(findings, {
        decision: decide('severity-cutoff', { kind: 'gates-not-met', gates: gatesOfImage }),
        gates: gatesOfImage,
      }),
    ],
    gated,
  );

  test('has the day on which each in grace begins to block, the next first', () => {
    expect(rowsBelow(summaryOf(result), '2 findings in grace').map(([day, , id]) => [day, id])).toEqual([
      ['2026-12-01T12:00:00Z', 'CVE-SOON'],
      ['2026-12-31T12:00:00Z', 'CVE-LATE'],
    ]);
  });

  test('has what the reference image has, and what is nearly waived', () => {
    expect(summaryOf(result)).toContain('1 finding known in the reference image');
    expect(rowsBelow(summaryOf(result), '1 finding nearly waived')[0]?.[0]).toBe(
      'production:latest has it as low only',
    );
  });

  test('is counted in the line and in the gate, apart from what violates', () => {
    expect(summaryOf(result)).toContain(
      'it has 4 findings at or above high (4 high), of which 1 known in production:latest, 2 in grace: CVE-M in',
    );
    expect(summaryOf(result)).toContain(
      '**1 finding**; 3 findings waived: 1 known in production:latest, 2 in grace',
    );
  });

  test('is compared with the reference image: new, known and gone', () => {
    const comparison = {
      kind: 'compared',
      reference: 'production:latest',
      row: { digest: undefined, scanTime: undefined },
      added: { critical: 0, high: 3, medium: 0, low: 0, total: 3 },
      known: { critical: 0, high: 1, medium: 0, low: 0, total: 1 },
      gone: 2,
      isPartial: false,
      isPromoted: false,
    } as const;
    const image = imageResult(findings, { assessment: assessment(findings, { comparison }) });
    expect(summaryOf(runResult([image], gated))).toContain(
      'Compared with `production:latest`: 3 new, 1 known, 2 gone.',
    );
  });

  test('is not advised to be updated', () => {
    expect(rowsBelow(summaryOf(result), '### What to update')[0]?.[2]).toBe('1 finding (1 high)');
  });
});

test('A scan that failed is not called scanned', () => {
  const detail = { kind: 'scan-error', error: 'no space left' } as const;
  const gates = [gateResult('scan', 'scan-error', { state: 'not-met', detail })];
  const decision = decide('scan-error', { kind: 'gates-not-met', gates });
  expect(summaryOf(runResult([imageResult([], { gates, decision })]))).not.toContain('Scanned');
});

describe('The headline', () => {
  const platform = (architecture: string, given: Partial<ImageResult> = {}) => {
    const { image } = imageResult();
    return imageResult([], {
      name: `registry.example.com:5000/team/app:1.4 (linux/${architecture})`,
      image: image && { ...image, platform: { os: 'linux', architecture, variant: '' } },
      ...given,
    });
  };

  test('says of several images how many for which reason, and hides nothing critical', () => {
    const images = [unknownImage(), heldImage('web', [finding({ severity: 'critical' })]), otherImage('ok')];
    expect(summaryOf(runResult(images, gated))).toMatch(
      /^## ⌛ Registry scan gate: 2 of 3 images did not pass: 1 not-started, 1 severity-cutoff \(1 critical\)\n/,
    );
  });

  test('counts platforms as platforms of one image', () => {
    const held = platform('arm64', { decision: decided('scan-error'), gates: [] });
    const summary = summaryOf(runResult([platform('amd64'), held]));
    expect(summary).toMatch(/^## ❌ Registry scan gate: 1 of 2 platforms of .*team\/app:1\.4 did not pass/);
    expect(summary).toContain('### Platforms that did not pass');
    expect(summary).toContain('<summary>✅ 1 platform passed</summary>');
  });

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
