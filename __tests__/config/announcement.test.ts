import { describe, expect, test } from '@jest/globals';
import { announcement } from '../../src/config/announcement.ts';
import type { Config } from '../../src/config/config.ts';
import { EMPTY_BOOK } from '../../src/policy/waivers/decisions/decision-book.ts';
import { noGates } from '../builders/policy.ts';
import { exception, imageResult, otherImage } from '../output/builders.ts';

const { image } = imageResult();
const images = image === undefined ? [] : [image];

const config: Config = {
  address: { base: 'https://console.example.com:8083/team', apiVersion: '32.07', project: '' },
  credentials: { kind: 'token', token: 'secret' },
  tls: { extraCas: '', verify: true },
  task: { mode: 'trigger', images, digestSource: 'input', platforms: 'scanned' },
  limits: { timeoutMs: 5_400_000, startTimeoutMs: 300_000, reportTimeoutMs: 120_000 },
  pollInterval: 'auto',
  maxScanAgeMs: undefined,
  policy: noGates,
  exceptionFiles: [],
  warnings: [],
};

/** The first lines of the log with these changes. */
function linesOf(
  given: Partial<Config> = {},
  inputs: Readonly<Record<string, string>> = {},
): readonly string[] {
  return announcement({ ...config, ...given }, new Map(Object.entries(inputs)));
}

describe('The first lines of the log', () => {
  test('begin with the gates in force, and say what is waited for, where and how long', () => {
    expect(linesOf()).toEqual([
      'Gates on findings: none; they are counted and decide nothing',
      'Scan of registry.example.com:5000/team/app:1.4, started by this step',
      'Console console.example.com:8083, API 32.07',
      'Timeouts: 1h30m in all, 5m for the scan to start, 2m for the report to show it',
    ]);
  });

  test('name the gates as the inputs do', () => {
    const policy = {
      severityCutoff: 'high',
      onlyFixed: true,
      complianceCutoff: 'critical',
      exploitCutoff: undefined,
      grace: {},
      compareWith: undefined,
      failOnPolicy: true,
      exceptions: [exception],
      decisions: EMPTY_BOOK,
    } as const;
    expect(linesOf({ policy })[0]).toBe(
      'Gates on findings: severity-cutoff high (only-fixed), compliance-cutoff critical, fail-on-policy; 1 exception',
    );
  });

  test('show timeouts as they were given', () => {
    const lines = linesOf({ maxScanAgeMs: 5_400_000 }, { timeout: '90m', 'max-scan-age': '5400s' });
    expect(lines).toContain('Timeouts: 90m in all, 5m for the scan to start, 2m for the report to show it');
    expect(lines).toContain('A scan that finished at most 5400s ago is accepted');
  });

  test.each([
    ['await', 'Waiting for the scan of registry.example.com:5000/team/app:1.4, which something else starts'],
    ['check', 'Preflight: nothing is started, and nothing is waited for'],
  ] as const)('say what mode %s does', (mode, line) => {
    expect(linesOf({ task: { mode, images, digestSource: 'input', platforms: 'scanned' } })[1]).toBe(line);
  });

  test('say what is waited for of several images, and of all registries', () => {
    const second = otherImage('other').image;
    const several = second === undefined ? images : [...images, second];
    const task = { mode: 'trigger', images: several, digestSource: 'input', platforms: 'scanned' } as const;
    expect(linesOf({ task })[1]).toBe('Scan of 2 images, started by this step');
    expect(linesOf({ task: { mode: 'await-regular' } })[1]).toBe(
      'Waiting for the regular scan of the registries',
    );
  });

  test('have no timeouts of a wait if there is none', () => {
    const task = { mode: 'check', images: [], digestSource: 'input', platforms: 'scanned' } as const;
    expect(linesOf({ task }).some((line) => line.startsWith('Timeouts'))).toBe(false);
  });
});
