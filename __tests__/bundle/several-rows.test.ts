import { beforeAll, describe, expect, test } from '@jest/globals';
import { ended, NEW_TIME, newRow, nothing, OLD_TIME, oldRow, ongoing, row } from './console-data.ts';
import { distribution, found, isCompact } from './findings-data.ts';
import { gate, gates, PASSED, type Run, verdictOf } from './gate.ts';
import { type Answer, type Asked, json, refused, type Scripts } from './scripted-console.ts';

/*
 * Several rows of one image, and what the first read did not see. The Console's clock shows
 * 2026-11-20T09:29:00Z.
 */

const INVALID = /^1 error (?:unconfirmed|report-unavailable|invalid-response)$/;
const UNCONFIRMED = '1 error unconfirmed';
const B = `sha256:${'b'.repeat(64)}`;

interface Case {
  readonly name: string;
  readonly scripts: Scripts;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly expected: string | RegExp;
}

type RowFields = Readonly<Record<string, unknown>>;

const clean: RowFields = {
  vulnerabilities: null,
  vulnerabilityDistribution: distribution([]),
  vulnerabilitiesCount: 0,
};
const critical = [found('critical')];
const spoiled = (asked: Asked): RowFields => ({
  vulnerabilities: isCompact(asked) ? null : critical,
  vulnerabilityDistribution: distribution(critical),
  vulnerabilitiesCount: 1,
});

/** After the old row, these rows of the new scan, in this order. */
const rowsOf = (...rows: readonly ((asked: Asked) => RowFields)[]): Scripts => ({
  progress: [nothing, ongoing, ended, nothing],
  report: (asked, nth) =>
    nth === 0 ? oldRow : json(rows.map((given, at) => row(NEW_TIME, { _id: `row-${at}`, ...given(asked) }))),
});
const inBothOrders = (
  name: string,
  bad: (asked: Asked) => RowFields,
  expected: string | RegExp,
  inputs: Readonly<Record<string, string>> = {},
): Case[] => [
  { name: `${name}, first`, scripts: rowsOf(bad, () => clean), inputs, expected },
  { name: `${name}, last`, scripts: rowsOf(() => clean, bad), inputs, expected },
];

const TWO_ROWS: Case[] = [
  ...inBothOrders('findings that only one has', spoiled, '1 failed severity-cutoff', {
    'severity-cutoff': 'critical',
  }),
  ...inBothOrders('an error that only one has', () => ({ ...clean, err: 'no layer' }), '1 failed scan-error'),
  ...inBothOrders(
    'a coverage that only one misses',
    () => ({ ...clean, missingDistroVulnCoverage: true }),
    '1 failed coverage-missing',
    { 'severity-cutoff': 'critical' },
  ),
  ...inBothOrders(
    'a digest that is another one in one of them',
    () => ({ ...clean, repoDigests: [`library/alpine@${B}`] }),
    /^1 (?:failed digest-mismatch|error report-unavailable)$/,
    { digest: `sha256:${'1'.repeat(64)}` },
  ),
  ...inBothOrders(
    'digests of an unexpected type in one of them',
    () => ({ ...clean, repoDigests: 'x', err: 'e' }),
    INVALID,
    {
      'report-timeout': '20s',
    },
  ),
];

const recent = json([row('2026-11-20T09:26:00Z')]);
const BLIND: Case[] = [
  {
    name: 'a row of three minutes before, where the first read was refused and the scan was seen',
    scripts: { progress: [nothing, ongoing, ended, nothing], report: [refused(403, 'no'), recent] },
    expected: UNCONFIRMED,
  },
  {
    name: 'a row of the scan, where the first read was refused',
    scripts: { progress: [nothing, ongoing, ended, nothing], report: [refused(403, 'no'), newRow] },
    expected: PASSED,
  },
  {
    name: 'a row of three minutes before, on a second page that Total-Count denies at first',
    scripts: {
      progress: [nothing, ongoing, ended, nothing],
      report: (asked, nth) => {
        const isFirst = asked.query.some(([name, value]) => name === 'offset' && value === '0');
        if (isFirst) {
          const rows = Array.from({ length: 50 }, (_, at) =>
            row(OLD_TIME, {
              _id: `x${at}`,
              repoTag: { registry: '', repo: 'library/alpine', tag: `x${at}` },
            }),
          );
          return { ...json(rows), headers: { 'total-count': nth === 0 ? '7' : '51' } };
        }
        return { ...recent, headers: { 'total-count': '51' } };
      },
    },
    expected: UNCONFIRMED,
  },
  {
    name: 'a report in full without a list, whose distribution says nothing',
    scripts: {
      progress: [nothing, ongoing, ended, nothing],
      report: (_asked, nth): Answer =>
        nth === 0
          ? oldRow
          : json([
              row(NEW_TIME, {
                vulnerabilities: undefined,
                vulnerabilityDistribution: {},
                vulnerabilitiesCount: undefined,
              }),
            ]),
    },
    inputs: { 'severity-cutoff': 'low', 'report-timeout': '20s' },
    expected: '1 error report-unavailable',
  },
];

const GROUPS = [
  { group: 'Of two rows of one time the worse one counts', cases: TWO_ROWS },
  { group: 'The first read did not see', cases: BLIND },
] as const;

describe.each(GROUPS)('$group', ({ cases }) => {
  let runOf: (name: string) => Run;
  beforeAll(async () => {
    runOf = await gates<Case, Run>(cases, ({ scripts, inputs }) => gate(scripts, inputs ?? {}));
  });

  test.each(cases.map((one) => [one.name, one] as const))('%s', (name, { expected }) => {
    const verdict = verdictOf(runOf(name));
    if (typeof expected === 'string') expect(verdict).toBe(expected);
    else expect(verdict).toMatch(expected);
  });
});
