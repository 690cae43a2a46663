import { describe, expect, test } from '@jest/globals';
import { gitlabReportOf } from '../../src/output/gitlab.ts';
import { publish } from '../../src/output/publish.ts';
import { gateResult } from '../../src/policy/gates.ts';
import { decided, finding, imageResult, notMet, otherImage, runInfo, runResult } from './builders.ts';
import { recordingHost } from './publish-host.ts';

/** A run whose report is of another image than the one asked for. */
const runWith = (gate: 'digest' | 'platforms', reason: 'digest-mismatch' | 'platform-unscanned') =>
  runResult([
    imageResult([finding()], {
      decision: decided(reason),
      gates: [...notMet([]).slice(0, 1), gateResult(gate, reason, { state: 'not-met' })],
    }),
    otherImage('web'),
  ]);

describe.each([
  ['digest', 'digest-mismatch'],
  ['platforms', 'platform-unscanned'],
] as const)('The findings of another image (%s)', (gate, reason) => {
  test('are in no SARIF file, which would close the alerts of the right one', async () => {
    const { host, outputs, log, files } = recordingHost();
    await publish(host, runWith(gate, reason));
    expect(outputs.get('sarif-path')).toBe('');
    expect(files.has('/reports/findings.sarif')).toBe(false);
    expect(log).toContain('No SARIF file: what was scanned is not proven to be what was asked for.');
  });

  test('are not in the report for GitLab, which says that it is not complete', () => {
    const report = gitlabReportOf(runWith(gate, reason), runInfo);
    expect(report.scan.status).toBe('failure');
    expect(report.vulnerabilities.map(({ location }) => location.image)).toEqual([
      'registry.example.com:5000/team/web:1.4',
    ]);
  });
});
