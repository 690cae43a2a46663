import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { rendered } from '../output/rendered.ts';
import { receiptErrors, sarifErrors } from '../output/schemas.ts';
import {
  ended,
  entry,
  NEW_DIGEST,
  NEW_TIME,
  nothing,
  OLD_TIME,
  oldRow,
  ongoing,
  row,
} from './console-data.ts';
import { commands, gate, PASSED, PASSWORD, type Run, shown, verdictOf } from './gate.ts';
import { HOSTILE } from './hostile.ts';
import { ON_VERDICT, preload } from './preload.ts';
import { json, type Scripts, token } from './scripted-console.ts';

const folder = mkdtempSync(join(tmpdir(), 'registry-scan-gate-reports-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A finding as the Console lists it. */
const vulnerability = (cve: string, given: Readonly<Record<string, unknown>> = {}) => ({
  cve,
  severity: 'high',
  cvss: 8.1,
  packageName: 'openssl',
  packageVersion: '3.0.1',
  packageType: 'os',
  status: 'fixed in 3.0.2',
  link: `https://nvd.example/${cve}`,
  description: 'A buffer is read beyond its end.',
  ...given,
});

/** A scan that finishes, with these findings in the report. */
const finding = (vulnerabilities: readonly unknown[]): Scripts => ({
  progress: [ongoing, ended, nothing],
  report: [
    oldRow,
    json([
      row(NEW_TIME, {
        vulnerabilities,
        vulnerabilityDistribution: undefined,
        vulnerabilitiesCount: vulnerabilities.length,
        err: '',
      }),
    ]),
  ],
});

const passes = finding([vulnerability('CVE-2026-0001'), vulnerability('CVE-2026-0002', { severity: 'low' })]);
const fails: Scripts = {
  progress: [ongoing, json([entry(false, { imageScan: { error: 'no space left' } })])],
  report: [oldRow],
};

const receiptIn = ({ files }: Run) => JSON.parse(files.receipt ?? 'null');
const warnings = (run: Run): string =>
  commands(run)
    .filter((line) => line.startsWith('::warning'))
    .join('\n');

describe('The receipt', () => {
  test.concurrent('of a pass tells image, digest, proof and counts', async () => {
    const run = await gate(
      passes,
      {},
      {
        addressed: (url) => ({
          url,
          env: {
            GITHUB_SERVER_URL: 'https://github.com',
            GITHUB_REPOSITORY: 'team/app',
            GITHUB_RUN_ID: '42',
          },
        }),
      },
    );

    expect(verdictOf(run)).toBe(PASSED);
    const receipt = receiptIn(run);
    expect(receiptErrors(receipt)).toEqual([]);
    expect(receipt).toMatchObject({
      verdict: 'passed',
      reason: 'scan-completed',
      images: [
        {
          image: 'library/alpine:3.16',
          digest: NEW_DIGEST,
          imageByDigest: `library/alpine@${NEW_DIGEST}`,
          evidence: { scanTime: NEW_TIME, baseline: { kind: 'row', scanTime: OLD_TIME } },
          findings: { counts: { high: 1, low: 1, total: 2 }, fixable: { total: 2 } },
        },
      ],
      request: { mode: 'trigger', console: { apiVersion: '32.07' } },
      run: { url: 'https://github.com/team/app/actions/runs/42' },
    });
  });

  test.concurrent.each<[string, Scripts, Record<string, string>]>([
    ['1 failed scan-error', fails, {}],
    ['1 failed severity-cutoff', passes, { 'severity-cutoff': 'high' }],
    ['1 timed-out not-started', { progress: [nothing] }, {}],
    ['1 timed-out still-scanning', { progress: [ongoing], report: [oldRow] }, {}],
    ['1 error invalid-input', {}, { tag: 'no tag' }],
    ['1 error forbidden', { progress: [{ status: 403 }], report: [oldRow] }, {}],
  ])('is as its schema says, and agrees with the outputs, for %s', async (expected, scripts, inputs) => {
    const run = await gate(scripts, inputs);

    expect(verdictOf(run)).toBe(expected);
    const receipt = receiptIn(run);
    expect(receiptErrors(receipt)).toEqual([]);
    expect(`1 ${receipt.verdict} ${receipt.reason}`).toBe(expected);
    expect(receipt.request === null).toBe(expected.includes('invalid-input'));
  });

  test.concurrent('is as its schema says when the job is cancelled', async () => {
    const run = await gate(
      { progress: [ongoing], report: [oldRow] },
      {},
      {
        meanwhile: async (console, started) => {
          const child = await started;
          await console.reached('progress', 1);
          child.kill('SIGTERM');
        },
      },
    );

    expect(verdictOf(run)).toBe('1 cancelled signal');
    expect(receiptErrors(receiptIn(run))).toEqual([]);
    expect(receiptIn(run).images[0]).toMatchObject({ verdict: 'cancelled' });
  });

  test.concurrent('never carries a secret that the Console echoes', async () => {
    const echo = `${PASSWORD} ${token(1)} ${Buffer.from(PASSWORD).toString('base64')}`;
    const run = await gate(
      finding([
        vulnerability(echo, {
          packageName: echo,
          description: echo,
          severity: echo,
          status: `fixed in ${echo}`,
        }),
      ]),
    );

    expect(verdictOf(run)).toBe(PASSED);
    const told = `${JSON.stringify(run.files)}${run.summary}${JSON.stringify(run.outputs)}${shown(run)}`;
    for (const secret of echo.split(' ')) expect(told).not.toContain(secret);
    expect(receiptErrors(receiptIn(run))).toEqual([]);
  });
});

const sarifIn = ({ files }: Run) => JSON.parse(files.sarif ?? 'null');

describe('The SARIF file', () => {
  test.concurrent.each<[string, Record<string, string>]>([
    [PASSED, {}],
    ['1 failed severity-cutoff', { 'severity-cutoff': 'low' }],
  ])('has what was found, for %s', async (expected, inputs) => {
    const run = await gate(passes, inputs);

    expect(verdictOf(run)).toBe(expected);
    const log = sarifIn(run);
    expect(sarifErrors(log)).toEqual([]);
    expect(log.runs[0].results).toHaveLength(2);
    expect(log.runs[0].results[0]).toMatchObject({
      ruleId: 'CVE-2026-0001',
      locations: [{ physicalLocation: { artifactLocation: { uri: 'library/alpine' } } }],
    });
  });

  test.concurrent('of a report without findings is empty, so that alerts close', async () => {
    const run = await gate(finding([]));

    expect(sarifErrors(sarifIn(run))).toEqual([]);
    expect(sarifIn(run).runs[0].results).toEqual([]);
  });

  test.concurrent.each<[string, string, Scripts]>([
    ['the scan failed', '1 failed scan-error', fails],
    ['the report may not be read', PASSED, { progress: [ongoing, ended], report: [{ status: 403 }] }],
    [
      'the report counts more than it lists',
      PASSED,
      { progress: [ongoing, ended, nothing], report: [oldRow, json([row(NEW_TIME)])] },
    ],
    ['nothing was asked', '1 error invalid-input', {}],
  ])('is not there if %s: an empty one would close alerts', async (_name, expected, scripts) => {
    const run = await gate(scripts, expected.includes('invalid') ? { tag: 'no tag' } : {});

    expect(verdictOf(run)).toBe(expected);
    expect(run.outputs['sarif-path']).toBe('');
    expect(run.outputs['receipt-path']).not.toBe('');
  });

  test.concurrent('shows what an exception accepts as suppressed', async () => {
    const file = join(folder, 'exceptions.yml');
    writeFileSync(file, '- { id: CVE-2026-0001, reason: Not reachable., until: 2999-12-31 }\n');
    const run = await gate(passes, { 'severity-cutoff': 'high', exceptions: file });

    expect(verdictOf(run)).toBe(PASSED);
    expect(sarifIn(run).runs[0].results[0].suppressions).toEqual([
      expect.objectContaining({
        kind: 'external',
        justification: 'excepted until 2999-12-31: Not reachable.',
      }),
    ]);
    expect(receiptIn(run).exceptions.used).toEqual([
      expect.objectContaining({ id: 'CVE-2026-0001', reason: 'Not reachable.' }),
    ]);
  });
});

describe('hostile text in every field of a finding', () => {
  const fields = ['cve', 'severity', 'packageName', 'packageVersion', 'packageType', 'description', 'title'];
  const filledWith = (text: string) =>
    gate(
      finding([
        vulnerability('', {
          ...Object.fromEntries(fields.map((field) => [field, text])),
          status: `fixed in ${text}`,
          link: `https://nvd.example/${text}`,
        }),
      ]),
      { 'severity-cutoff': 'low' },
    );

  test.concurrent('is text in every report, and nothing more', async () => {
    const [run, harmless] = await Promise.all([filledWith(HOSTILE), filledWith('x')]);

    expect(verdictOf(run)).toBe('1 failed severity-cutoff');
    const { skeleton, links } = rendered(run.summary);
    expect(skeleton).toEqual(rendered(harmless.summary).skeleton);
    expect(new Set(links.map((link) => new URL(link).hostname))).toEqual(
      new Set(['127.0.0.1', 'github.com', 'nvd.example']),
    );

    expect(sarifErrors(sarifIn(run))).toEqual([]);
    expect(receiptErrors(receiptIn(run))).toEqual([]);
    const [rule] = sarifIn(run).runs[0].tool.driver.rules;
    const page = rendered(rule.help.markdown);
    expect(page.links.map((link) => new URL(link).host)).toEqual(['nvd.example']);
    expect(page.skeleton).toEqual(['paragraph', 'strong', 'link', 'paragraph']);

    const control = /[^\P{Cc}\n]|[\p{Cf}\u2028\u2029]/u;
    for (const text of [run.log, run.summary, run.files.receipt, run.files.sarif]) {
      expect(text).not.toMatch(control);
    }
  });
});

describe('reports', () => {
  test.concurrent('are written only once the outputs are', async () => {
    const tells = preload(`
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      import process from 'node:process';
      const { writeFileSync } = fs;
      fs.writeFileSync = (path, ...given) => {
        if (path === process.env.GITHUB_OUTPUT) return writeFileSync(path, ...given);
        const isOver = /^verdict<<[^]*\\npassed\\n/m.test(fs.readFileSync(process.env.GITHUB_OUTPUT, 'utf8'));
        if (!isOver) throw new Error('too early');
        writeFileSync(path, ...given);
      };
      syncBuiltinESMExports();
    `);
    const run = await gate(passes, {}, { addressed: (url) => ({ url, env: tells }) });

    expect(verdictOf(run)).toBe(PASSED);
    expect(warnings(run)).toBe('');
    expect(run.files.receipt).toBeDefined();
    expect(run.files.sarif).toBeDefined();
  });

  test.concurrent.each([
    "process.nextTick(() => { throw new Error('boom'); })",
    "setImmediate(() => { throw new Error('boom'); })",
  ])('agree with the outputs when the step breaks after its verdict: %s', async (fault) => {
    const env = ON_VERDICT('passed', fault);
    const run = await gate(passes, {}, { addressed: (url) => ({ url, env }) });

    expect(verdictOf(run)).toBe('1 error internal');
    expect(receiptIn(run)).toMatchObject({ verdict: 'error', reason: 'internal' });
    expect(run.outputs['sarif-path']).toBe('');
  });

  test.concurrent('that fail half-way leave nothing behind, and change nothing', async () => {
    const breaks = preload(`
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      import process from 'node:process';
      const { writeFileSync } = fs;
      fs.writeFileSync = (path, text, ...rest) => {
        if (path === process.env.GITHUB_OUTPUT) return writeFileSync(path, text, ...rest);
        writeFileSync(path, text.slice(0, text.length / 2));
        throw new Error('ENOSPC: no space left on device, write');
      };
      syncBuiltinESMExports();
    `);
    const temp = mkdtempSync(join(folder, 'half-'));
    const run = await gate(
      passes,
      {},
      { addressed: (url) => ({ url, env: { ...breaks, RUNNER_TEMP: temp } }) },
    );

    expect(verdictOf(run)).toBe(PASSED);
    expect(warnings(run)).toMatch(/receipt could not be written: ENOSPC.*SARIF file could not be written/s);
    expect(run.outputs).toMatchObject({ 'receipt-path': '', 'sarif-path': '' });
    expect(readdirSync(temp, { recursive: true }).map(String)).toEqual([
      expect.stringMatching(/^registry-scan-gate-[0-9a-f-]+$/),
    ]);
  });
});

describe('a report of 20,000 findings', () => {
  test.concurrent('is counted whole, and its worst are in bounded files', async () => {
    const severities = ['low', 'medium', 'high', 'critical'];
    const findings = Array.from({ length: 20_000 }, (_, index) =>
      vulnerability(`CVE-2026-${index}`, {
        severity: severities[index % 4],
        packageName: `package-${index}`,
      }),
    );
    const run = await gate(finding(findings));

    expect(verdictOf(run)).toBe(PASSED);
    expect(run.outputs).toMatchObject({ findings: '20000', critical: '5000' });
    const [sarif] = sarifIn(run).runs;
    expect(sarif.results).toHaveLength(5_000);
    expect(sarif.properties.omittedResults).toBe(15_000);
    expect(Buffer.byteLength(run.summary)).toBeLessThan(50_000);
    expect(Buffer.byteLength(run.files.receipt ?? '')).toBeLessThan(50_000);
  });
});

describe('a report that cannot be written', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');

  test.concurrent.each([
    ['is no folder', file],
    ['is not to be made', '/proc/nothing/here'],
    ['is a device', '/dev/null'],
  ])('because the folder of temporary files %s is a warning, and changes nothing', async (_name, temp) => {
    const runs = await Promise.all(
      [passes, fails].map((scripts) =>
        gate(scripts, {}, { addressed: (url) => ({ url, env: { RUNNER_TEMP: temp } }) }),
      ),
    );

    expect(runs.map(verdictOf)).toEqual([PASSED, '1 failed scan-error']);
    for (const run of runs) {
      expect(warnings(run)).toMatch(/receipt could not be written/);
      if (verdictOf(run) === PASSED) expect(warnings(run)).toMatch(/SARIF file could not be written/);
      expect(run.outputs).toMatchObject({ 'receipt-path': '', 'sarif-path': '' });
      expect(run.summary).not.toBe('');
    }
  });

  test.concurrent('goes to the system’s folder if the runner names none', async () => {
    const run = await gate(passes, {}, { addressed: (url) => ({ url, env: { RUNNER_TEMP: '' } }) });

    expect(verdictOf(run)).toBe(PASSED);
    expect(receiptErrors(receiptIn(run))).toEqual([]);
    rmSync(dirname(run.outputs['receipt-path'] ?? ''), { recursive: true });
  });
});
