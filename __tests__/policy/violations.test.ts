import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findingGates } from '../../src/policy/finding-gates.ts';
import { openOnFindings } from '../../src/policy/gates.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { Reason } from '../../src/policy/reasons.ts';
import { EMPTY_BOOK } from '../../src/policy/waivers/decisions/decision-book.ts';
import type { ImageScanResult } from '../../src/scan/evidence.ts';
import type { Finding, FindingCounts } from '../../src/scan/finding.ts';
import { SEVERITIES, type Severity } from '../../src/scan/severity.ts';
import { clauseOf } from '../../src/text/gate-clause.ts';
import { finding } from '../builders/finding.ts';
import { exception, noGates } from '../builders/policy.ts';
import { assessOne, complianceIssue, counts, rowOf } from './builders.ts';

const NAME = 'registry.example.com/team/app:1.4';
const TODAY = '2026-11-24';

const violations = (row: ImageScanResult, policy: Partial<Policy>) => {
  const all = { ...noGates, ...policy };
  const gates = openOnFindings(findingGates(row, assessOne(row, NAME, all, TODAY), undefined, all));
  return gates.map((gate) => ({ reason: gate.reason, message: clauseOf(gate), findings: gate.findings }));
};

const against = (row: ImageScanResult, policy: Partial<Policy>) =>
  violations(row, policy).map(({ reason, message }) => ({ reason, message }));

const reasonsOf = (row: ImageScanResult, policy: Partial<Policy>) =>
  violations(row, policy).map(({ reason }) => reason);

const messageOf = (row: ImageScanResult, policy: Partial<Policy>) =>
  violations(row, policy)
    .map(({ message }) => message)
    .join(' | ');

const one = (severity: Severity, given: Partial<Finding> = {}) => finding({ severity, ...given });

const blocking = finding({ isBlocking: true });
const issue = complianceIssue();

const SHUT: Policy = { ...noGates, severityCutoff: 'low', failOnPolicy: true };
const UNSUPPORTED = 'the scanner does not support its distribution, so an empty report proves nothing';

describe('If no gate is set', () => {
  test.each<[string, ImageScanResult]>([
    ['whatever was found', rowOf([one('critical', { isBlocking: true })], { isUnsupportedDistro: true })],
    ['whatever is counted', rowOf([], { vulnerabilityCounts: counts({ critical: 5, total: 5 }) })],
    ['what could not be read', rowOf(undefined)],
  ])('nothing is violated by %s', (_what, row) => {
    expect(against(row, {})).toEqual([]);
    expect(against(row, { onlyFixed: true, exceptions: [exception()] })).toEqual([]);
  });
});

describe('Any gate', () => {
  test.each<[string, Partial<Policy>]>([
    ['the cutoff', { severityCutoff: 'critical' }],
    ['the cutoff of compliance', { complianceCutoff: 'critical' }],
    ['the policy', { failOnPolicy: true }],
    ['both', SHUT],
  ])('(%s) is violated by findings that were not read, and by nothing else then', (_what, gates) => {
    const row = rowOf(undefined, {
      isUnsupportedDistro: true,
      vulnerabilityCounts: counts({ critical: 5, total: 5 }),
    });
    expect(against(row, gates)).toEqual([
      { reason: 'report-unavailable', message: 'its findings could not be read' },
    ]);
    expect(against(rowOf([], { isUnsupportedDistro: true }), gates)).toEqual([
      { reason: 'coverage-missing', message: UNSUPPORTED },
    ]);
    expect(against(rowOf([]), gates)).toEqual([]);
    expect(against(rowOf([], { vulnerabilityCounts: undefined }), gates)).toEqual([
      { reason: 'report-unavailable', message: 'its findings could not be read' },
    ]);
  });
});

describe('The cutoff', () => {
  test.each(SEVERITIES.flatMap((cutoff) => SEVERITIES.map((severity) => [cutoff, severity] as const)))(
    'of %s, and a finding that is %s',
    (severityCutoff, severity) => {
      const isAbove = SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(severityCutoff);
      const expected = [
        {
          reason: 'severity-cutoff',
          message: `it has 1 finding at or above ${severityCutoff} (1 ${severity}): CVE-2026-1 in openssl 3.0.1`,
        },
      ];
      expect(against(rowOf([one(severity)]), { severityCutoff })).toEqual(isAbove ? expected : []);
    },
  );

  test('counts each severity, and names the worst', () => {
    const row = rowOf([
      one('low', { id: 'L' }),
      one('medium', { id: 'M', packageVersion: undefined }),
      one('high', { id: 'H1', packageName: undefined, packageVersion: undefined }),
      one('critical', { id: 'C', fix: { version: undefined } }),
      one('high', { id: 'H2', fix: { version: '3.0.2' }, cvss: 8 }),
    ]);
    expect(messageOf(row, { severityCutoff: 'low' })).toBe(
      'it has 5 findings at or above low (1 critical, 2 high, 1 medium and 1 low): ' +
        'C in openssl 3.0.1 (has a fix), H2 in openssl 3.0.1 (fixed in 3.0.2), H1 and 2 more findings',
    );
    expect(messageOf(row, { severityCutoff: 'medium' })).toBe(
      'it has 4 findings at or above medium (1 critical, 2 high and 1 medium): ' +
        'C in openssl 3.0.1 (has a fix), H2 in openssl 3.0.1 (fixed in 3.0.2), H1 and 1 more finding',
    );
    expect(messageOf(row, { severityCutoff: 'high' })).toBe(
      'it has 3 findings at or above high (1 critical and 2 high): ' +
        'C in openssl 3.0.1 (has a fix), H2 in openssl 3.0.1 (fixed in 3.0.2), H1',
    );
  });

  test('names a package without a version', () => {
    expect(messageOf(rowOf([one('high', { packageVersion: undefined })]), { severityCutoff: 'high' })).toBe(
      'it has 1 finding at or above high (1 high): CVE-2026-1 in openssl',
    );
  });

  test('counts only what has a fix, if that is asked for', () => {
    const gates = { severityCutoff: 'high', onlyFixed: true } as const;
    expect(against(rowOf([one('critical')]), gates)).toEqual([]);
    expect(against(rowOf([one('low', { fix: { version: '1' } })]), gates)).toEqual([]);
    expect(messageOf(rowOf([one('critical'), one('high', { id: 'B', fix: { version: '2' } })]), gates)).toBe(
      'it has 1 finding at or above high that have a fix (1 high): B in openssl 3.0.1 (fixed in 2)',
    );
    expect(messageOf(rowOf([one('critical', { fix: { version: undefined } })]), gates)).toBe(
      'it has 1 finding at or above high that have a fix (1 critical): CVE-2026-1 in openssl 3.0.1 (has a fix)',
    );
  });

  test('is not reached by compliance issues, nor by what the policy blocks', () => {
    expect(against(rowOf([issue, blocking]), { severityCutoff: 'critical' })).toEqual([]);
  });
});

describe('A report that counts more than it lists', () => {
  const counted = (given: Partial<FindingCounts>, listed: readonly Finding[] = []) =>
    rowOf(listed, { vulnerabilityCounts: counts(given) });
  const unlisted = (count: number, cutoff: Severity) =>
    `the report counts ${count} ${count === 1 ? 'finding' : 'findings'} at or above ${cutoff} that it does not list`;

  test.each<[string, ImageScanResult, Severity, number]>([
    ['lists none of what is above', counted({ high: 2, total: 2 }), 'high', 2],
    ['counts above and below', counted({ critical: 1, high: 2, medium: 3, low: 4, total: 10 }), 'medium', 6],
    ['lists what is below', counted({ critical: 1, low: 1, total: 2 }, [one('low')]), 'critical', 1],
    ['counts what is none of the four', counted({ low: 1, total: 3 }, [one('low')]), 'critical', 2],
    ['contradicts its list', counted({ critical: 1, total: 1 }, [one('low')]), 'critical', 1],
    ['has no sum', counted({ critical: 2 }), 'critical', 2],
    [
      'lists a compliance issue that is as bad',
      counted({ high: 1, total: 1 }, [finding({ kind: 'compliance', severity: 'high' })]),
      'high',
      1,
    ],
    [
      'lists some of what is none of the four',
      counted({ total: 3 }, [one('high'), one('low')]),
      'critical',
      1,
    ],
  ])('and %s is a violation by its counts', (_what, row, severityCutoff, count) => {
    expect(against(row, { severityCutoff })).toEqual([
      { reason: 'severity-cutoff', message: unlisted(count, severityCutoff) },
    ]);
  });

  test.each<[string, ImageScanResult, Severity]>([
    ['counts what is below', counted({ medium: 3, low: 4, total: 7 }), 'high'],
    [
      'lists all, some by other words',
      counted({ high: 1, total: 3 }, [one('high'), one('high'), one('low')]),
      'critical',
    ],
    ['lists all by other words', counted({ total: 2 }, [one('medium'), one('low')]), 'high'],
    ['counts less than it lists', counted({ low: 1, total: 1 }, [one('low'), one('low')]), 'high'],
    ['counts nothing', rowOf([one('low')], { vulnerabilityCounts: undefined }), 'high'],
    ['counts no compliance', counted({ low: 1, total: 1 }, [one('low'), issue]), 'critical'],
  ])('or %s is not', (_what, row, severityCutoff) => {
    expect(against(row, { severityCutoff })).toEqual([]);
  });

  test('is held to what it lists if that is enough', () => {
    const row = counted({ high: 9, total: 9 }, [one('high')]);
    expect(messageOf(row, { severityCutoff: 'high' })).toBe(
      'it has 1 finding at or above high (1 high): CVE-2026-1 in openssl 3.0.1',
    );
  });

  test('counts an accepted finding among those it lists', () => {
    const accepted = { severityCutoff: 'high', exceptions: [exception()] } as const;
    expect(against(counted({ high: 1, total: 1 }, [one('high')]), accepted)).toEqual([]);
  });

  const ignoreFiles = [{ file: '.trivyignore.yaml', entries: [] }];
  const document = { id: undefined, author: undefined, version: 1, statements: [], unknownMembers: [] };
  const vexFiles = [{ file: 'vex.json', document }];

  test.each<[string, Partial<Policy>, Reason]>([
    ['a fix decides', { onlyFixed: true }, 'compliance-cutoff'],
    ['an exception may', { exceptions: [exception()] }, 'report-unavailable'],
    ['grace may', { grace: { critical: 1 } }, 'compliance-cutoff'],
    ['the reference image may', { compareWith: NAME }, 'compliance-cutoff'],
    ['a statement may', { decisions: { ...EMPTY_BOOK, vexFiles } }, 'compliance-cutoff'],
    ['an entry for Trivy may', { decisions: { ...EMPTY_BOOK, ignoreFiles } }, 'compliance-cutoff'],
  ])(
    'leaves it open if %s, except for compliance, which only an exception waives',
    (_what, gates, reason) => {
      const row = counted({ high: 1, total: 1 });
      const message = `${unlisted(1, 'high')}, so it is unknown if it is waived`;
      const open = [{ reason: 'report-unavailable', message }];
      expect(against(row, { severityCutoff: 'high', ...gates })).toEqual(open);
      const issues = rowOf([], { complianceCounts: row.vulnerabilityCounts });
      expect(reasonsOf(issues, { complianceCutoff: 'high', ...gates })).toEqual([reason]);
    },
  );

  test('leaves it open if it counts a worse one than the waived one that it lists', () => {
    const policy = { severityCutoff: 'medium', exceptions: [exception()] } as const;
    fc.assert(
      fc.property(fc.constantFrom(...SEVERITIES), fc.constantFrom(...SEVERITIES), (ofOne, listedAs) => {
        const row = counted({ [ofOne]: 1, total: 1 }, [one(listedAs)]);
        const isWorse = ofOne !== 'low' && SEVERITIES.indexOf(ofOne) < SEVERITIES.indexOf(listedAs);
        expect(reasonsOf(row, policy)).toEqual(isWorse ? ['report-unavailable'] : []);
      }),
    );
  });

  test('leaves it open whether the policy blocks the rest', () => {
    const open = (count: string, them: string) =>
      `the report counts ${count} that it does not list, so it is unknown if the Console's policy blocks ${them}`;
    const policy = { failOnPolicy: true };
    expect(against(counted({ low: 3, total: 3 }, [one('low'), issue]), policy)).toEqual([
      { reason: 'report-unavailable', message: open('2 findings', 'them') },
    ]);
    expect(against(counted({ total: 1 }), policy)).toEqual([
      { reason: 'report-unavailable', message: open('1 finding', 'it') },
    ]);
    expect(against(counted({ low: 1, total: 1 }, [one('low')]), policy)).toEqual([]);
    expect(against(counted({ low: 1, total: 1 }, [one('low'), one('low')]), policy)).toEqual([]);
    expect(against(rowOf([one('low')], { vulnerabilityCounts: undefined }), policy)).toEqual([]);
    expect(against(rowOf([issue], { complianceCounts: counts({ low: 4, total: 4 }) }), policy)).toEqual([
      { reason: 'report-unavailable', message: open('3 findings', 'them') },
    ]);
  });
});

describe('The cutoff of compliance', () => {
  test.each(SEVERITIES.flatMap((cutoff) => SEVERITIES.map((severity) => [cutoff, severity] as const)))(
    'of %s, and an issue that is %s',
    (complianceCutoff, severity) => {
      const isAbove = SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(complianceCutoff);
      const message = `it has 1 compliance issue at or above ${complianceCutoff} (1 ${severity}): 425: Private keys stored in image: Found: /key.pem`;
      expect(against(rowOf([complianceIssue({ severity })]), { complianceCutoff })).toEqual(
        isAbove ? [{ reason: 'compliance-cutoff', message }] : [],
      );
    },
  );

  test('is not reached by vulnerabilities, and does not look for fixes', () => {
    expect(against(rowOf([one('critical')]), { complianceCutoff: 'low' })).toEqual([]);
    const message = 'it has 1 compliance issue at or above low (1 critical): ';
    expect(messageOf(rowOf([issue]), { complianceCutoff: 'low', onlyFixed: true })).toContain(message);
  });

  test('is not reached by an accepted issue', () => {
    const accepted = { complianceCutoff: 'low', exceptions: [exception({ id: issue.title ?? '' })] } as const;
    expect(against(rowOf([issue]), accepted)).toEqual([]);
    expect(reasonsOf(rowOf([issue, complianceIssue({ cause: '/b' })]), accepted)).toEqual([
      'compliance-cutoff',
    ]);
  });

  test('is reached by what is counted and not listed', () => {
    const row = rowOf([], { complianceCounts: counts({ high: 2, total: 2 }) });
    const message = 'the report counts 2 compliance issues at or above high that it does not list';
    expect(against(row, { complianceCutoff: 'high' })).toEqual([{ reason: 'compliance-cutoff', message }]);
    expect(against(row, { complianceCutoff: 'critical' })).toEqual([]);
    expect(reasonsOf(row, { complianceCutoff: 'high', exceptions: [exception()] })).toEqual([
      'report-unavailable',
    ]);
  });

  test('is not known to be kept if the report neither counts nor lists issues', () => {
    expect(against(rowOf([], { complianceCounts: undefined }), { complianceCutoff: 'critical' })).toEqual([
      { reason: 'report-unavailable', message: 'the report neither counts nor lists compliance issues' },
    ]);
  });
});

describe('The policy', () => {
  const policy = { failOnPolicy: true };

  test('is violated by what the Console blocks, and by nothing else', () => {
    expect(against(rowOf([one('critical')]), policy)).toEqual([]);
    expect(
      against(rowOf([one('critical'), blocking, { ...blocking, id: 'B', severity: 'high' }]), policy),
    ).toEqual([
      {
        reason: 'policy-violation',
        message:
          "the Console's policy blocks 1 high and 1 low: B in openssl 3.0.1, CVE-2026-1 in openssl 3.0.1",
      },
    ]);
  });

  test('is violated by compliance issues as well', () => {
    expect(messageOf(rowOf([{ ...issue, isBlocking: true }]), policy)).toBe(
      "the Console's policy blocks 1 critical: 425: Private keys stored in image: Found: /key.pem",
    );
  });

  test.each<[string, Partial<ImageScanResult>, string]>([
    ['issues', { complianceCounts: undefined }, 'the report neither counts nor lists compliance issues'],
    ['vulnerabilities', { vulnerabilityCounts: undefined }, 'its findings could not be read'],
  ])('is not known to be kept if the report neither counts nor lists %s', (_what, given, message) => {
    expect(against(rowOf([], given), policy)).toEqual([{ reason: 'report-unavailable', message }]);
  });

  test('is violated by what is listed, whatever else is unknown', () => {
    expect(reasonsOf(rowOf([blocking], { complianceCounts: undefined }), policy)).toEqual([
      'policy-violation',
    ]);
  });
});

describe('Several violations', () => {
  test('come in the order severity, policy, coverage', () => {
    const row = rowOf([one('low', { isBlocking: true })], { isUnsupportedDistro: true });
    expect(reasonsOf(row, SHUT)).toEqual(['severity-cutoff', 'policy-violation', 'coverage-missing']);
  });

  test('begin with what is certain', () => {
    const hidden = rowOf([blocking], {
      vulnerabilityCounts: counts({ critical: 1, low: 1, total: 2 }),
      isUnsupportedDistro: true,
    });
    const gates: Policy = { ...noGates, severityCutoff: 'critical', onlyFixed: true, failOnPolicy: true };
    expect(reasonsOf(hidden, gates)).toEqual(['policy-violation', 'coverage-missing', 'report-unavailable']);
    const all = rowOf([], {
      vulnerabilityCounts: counts({ critical: 1, total: 1 }),
      isUnsupportedDistro: true,
    });
    expect(reasonsOf(all, gates)).toEqual(['coverage-missing', 'report-unavailable', 'report-unavailable']);
  });
});

describe('The gates together', () => {
  const some = fc.array(
    fc.record({
      id: fc.constantFrom('CVE-1', 'CVE-2', 'CVE-3'),
      severity: fc.constantFrom(...SEVERITIES),
      fix: fc.constantFrom(undefined, { version: undefined }, { version: '1.2' }),
      isBlocking: fc.boolean(),
      kind: fc.constantFrom('vulnerability' as const, 'compliance' as const),
    }),
  );
  const gates = fc.record({
    severityCutoff: fc.constantFrom(undefined, ...SEVERITIES),
    onlyFixed: fc.boolean(),
    failOnPolicy: fc.boolean(),
    exceptions: fc.array(
      fc.record({ id: fc.constantFrom('CVE-1', 'CVE-2'), until: fc.constantFrom('2026-11-23', TODAY) }),
    ),
  });

  test('are violated by a full report exactly if a finding counts', () => {
    fc.assert(
      fc.property(some, gates, (given, { exceptions, ...rest }) => {
        const row = rowOf(given.map((each) => finding(each)));
        const isAccepted = (id: string) => exceptions.some((each) => each.id === id && each.until >= TODAY);
        const counting = given.filter(({ id }) => !isAccepted(id));
        const { severityCutoff: cutoff, onlyFixed, failOnPolicy } = rest;
        const isAbove = counting.some(
          ({ kind, severity, fix }) =>
            cutoff !== undefined &&
            kind === 'vulnerability' &&
            SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(cutoff) &&
            !(onlyFixed && fix === undefined),
        );
        const isBlocked = failOnPolicy && counting.some((each) => each.isBlocking);
        expect(reasonsOf(row, { ...rest, exceptions: exceptions.map((each) => exception(each)) })).toEqual([
          ...(isAbove ? ['severity-cutoff'] : []),
          ...(isBlocked ? ['policy-violation'] : []),
        ]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('never pass a cutoff that the report’s own counts reach', () => {
    const each = fc.nat(3);
    const some4 = fc.record({ critical: each, high: each, medium: each, low: each, extra: each });
    const listed = fc.array(fc.constantFrom(...SEVERITIES), { maxLength: 6 });
    fc.assert(
      fc.property(some4, listed, fc.constantFrom(...SEVERITIES), ({ extra, ...four }, severities, cutoff) => {
        const total = four.critical + four.high + four.medium + four.low + extra;
        const row = rowOf(
          severities.map((severity) => one(severity)),
          { vulnerabilityCounts: { ...four, total } },
        );
        const above = SEVERITIES.slice(0, SEVERITIES.indexOf(cutoff) + 1);
        const isCounted = above.some((severity) => four[severity] > 0);
        const isListed = severities.some((severity) => above.includes(severity));
        const isHidden = extra > 0 && total > severities.length;
        expect(reasonsOf(row, { severityCutoff: cutoff }).length > 0).toBe(isCounted || isListed || isHidden);
      }),
      { numRuns: 2_000 },
    );
  });
});
