import type { AssessedFinding } from '../../src/gate/assessment.ts';
import type { Exception } from '../../src/gate/exception.ts';
import type { Judged } from '../../src/gate/judge.ts';
import { decision } from '../../src/gate/verdict.ts';
import { type Asked, type ReportedRun, recordOf, type StepRecord } from '../../src/report/record.ts';
import { countFindings } from '../../src/scan/finding.ts';
import { openGates } from '../gate/rules.ts';

/** Records of runs, for the reports that are made from them. */

export const TODAY = '2026-11-24';
export const DIGEST = `sha256:${'a'.repeat(64)}` as const;

export const asked: Asked = {
  mode: 'trigger',
  consoleHost: 'console.example.com',
  apiVersion: '32.07',
  project: '',
  gates: openGates,
  maxScanAgeMs: undefined,
};

export const run = {
  durationMs: 65_000,
  timeline: [
    { atMs: 0, phase: 'requested' },
    { atMs: 5_000, phase: 'image-scan' },
    { atMs: 65_000, phase: 'finished' },
  ],
} as const;

export const reported: ReportedRun = {
  actionVersion: '1.0.0',
  url: 'https://github.com/team/app/actions/runs/42',
  endedAt: new Date('2026-11-24T10:01:05.250Z'),
};

export const exception: Exception = {
  id: 'CVE-2026-0002',
  reason: 'Not reachable from our code.',
  until: '2026-12-31',
  package: undefined,
  image: undefined,
};

export function finding(given: Partial<AssessedFinding> = {}): AssessedFinding {
  return {
    kind: 'vulnerability',
    id: 'CVE-2026-0001',
    severity: 'high',
    unknownWord: undefined,
    cvss: 8.1,
    packageName: 'openssl',
    packageVersion: '3.0.1',
    packageType: 'os',
    fix: '3.0.2',
    link: 'https://nvd.example/CVE-2026-0001',
    description: 'A buffer is read beyond its end.',
    isBlocking: false,
    acceptedBy: undefined,
    ...given,
  };
}

/** An image that passed, with these findings. */
export function judged(
  findings: readonly AssessedFinding[] = [finding()],
  given: Partial<Judged> = {},
): Judged {
  const vulnerabilities = findings.filter(({ kind }) => kind === 'vulnerability');
  return {
    name: 'registry.example.com:5000/team/app:1.4',
    decision: decision('scan-completed', 'The scan is finished.'),
    discovery: { scanned: 1, total: 1 },
    imageScan: { scanned: 1, total: 1 },
    digest: DIGEST,
    imageByDigest: `registry.example.com:5000/team/app@${DIGEST}`,
    scanTime: '2026-11-24T10:00:00.123456789Z',
    proof: 'progress',
    earlier: { kind: 'absent' },
    assessment: {
      counts: countFindings(vulnerabilities),
      fixable: countFindings(vulnerabilities.filter(({ fix }) => fix !== undefined)),
      findings,
      isUncovered: false,
      matched: [],
    },
    warnings: [],
    ...given,
  };
}

/** The record of a run over these images. */
export function recorded(images: readonly Judged[], given: Partial<Asked> = {}): StepRecord {
  return recordOf(images, { ...asked, ...given }, TODAY, run);
}
