import { beforeAll, describe, expect, test } from '@jest/globals';
import { ended, entry, newRow, nothing, oldRow, ongoing, row } from './console-data.ts';
import { isCompact } from './findings-data.ts';
import { gate, gates, NO_IMAGE, of, PASSED, type Run, verdictOf } from './gate.ts';
import { type Answer, json, type Scripts, undated } from './scripted-console.ts';

/*
 * Answers that contradict each other, and answers from before the step: which one counts. The Console's clock shows
 * 2026-11-20T09:29:00Z unless a script says otherwise.
 */

const UNCONFIRMED = '1 error unconfirmed';
const INCOMPLETE = '1 failed scan-incomplete';
const NOT_STARTED = '1 timed-out not-started';

const none = json(null);
const at = (answer: Answer, date: string): Answer => ({ ...answer, date });
const THREE_DAYS_AGO = '2026-11-17T09:29:00Z';
const lastNight = json([row('2026-11-20T02:00:00Z')]);

/** One entry of the regular scan, as its title names the registry. */
const ofRegistry = (name: string, isOngoing: boolean, scanned: number, total: number, error?: string) =>
  entry(isOngoing, {
    discovery: {
      title: `Step 1/2 discovering tags in registry ${name}: Discovered tags in 1/1 repositories`,
    },
    imageScan: {
      scanned,
      total,
      title: `Step 2/2 scanning images in registry ${name}: Scanned ${scanned}/${total} images`,
      ...(error === undefined ? {} : { error }),
    },
  });
/** The same without a title. */
const unnamed = (isOngoing: boolean, scanned: number, total: number) =>
  entry(isOngoing, { discovery: { title: '' }, imageScan: { scanned, total, title: '' } });

type RowFields = Readonly<Record<string, unknown>>;

/** The compact form and the full one of a new scan; none of it is shown by progress. */
const twoForms = (compact: RowFields, full: RowFields): Scripts => ({
  progress: [nothing],
  report: (asked, nth) => {
    if (nth === 0) return oldRow;
    return json([row('2026-11-20T09:30:00.456Z', isCompact(asked) ? compact : full)]);
  },
});
const clean = { critical: 0, high: 0, medium: 0, low: 0, total: 0 };
const whole = {
  vulnerabilities: [],
  vulnerabilityDistribution: clean,
  vulnerabilitiesCount: 0,
  complianceIssues: [],
  complianceDistribution: clean,
  complianceIssuesCount: 0,
};

interface Case {
  readonly name: string;
  readonly scripts: Scripts;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly expected: string | RegExp;
}

const DATES: Case[] = [
  {
    name: 'a report from a node three days behind does not make the row of last night new',
    scripts: { progress: [nothing, ended, nothing], report: [at(none, THREE_DAYS_AGO), lastNight] },
    expected: UNCONFIRMED,
  },
  {
    name: 'progress dates the rest where log-in and report lag',
    scripts: {
      authenticate: () => ({ date: THREE_DAYS_AGO, ...json({ token: 'a-token-that-is-known-7' }) }),
      knownToken: 'a-token-that-is-known-7',
      progress: [nothing, ended, nothing],
      report: [at(none, THREE_DAYS_AGO), lastNight],
    },
    expected: UNCONFIRMED,
  },
  {
    name: 'the answer to the trigger dates nothing: it may come after our scan',
    scripts: {
      trigger: [{ status: 200, body: '', date: '2026-11-20T10:29:00Z' }],
      progress: [nothing, ended, nothing],
      report: [oldRow, newRow],
    },
    expected: PASSED,
  },
  {
    name: 'a lagging report does not make a scan of three days ago recent',
    scripts: {
      progress: [nothing],
      report: [at(json([row('2026-11-17T09:00:00Z')]), THREE_DAYS_AGO)],
    },
    inputs: { 'max-scan-age': '1h' },
    expected: NOT_STARTED,
  },
  {
    name: 'a report without a date is dated by the other answers',
    scripts: { progress: [nothing, ended, nothing], report: [undated(none), undated(newRow)] },
    expected: PASSED,
  },
];

const TWO_ANSWERS: Case[] = [
  {
    name: 'critical compliance issues that only the compact form counts',
    scripts: twoForms(
      {
        complianceDistribution: { ...clean, critical: 3, total: 3 },
        complianceIssuesCount: 3,
      },
      whole,
    ),
    inputs: { 'compliance-cutoff': 'critical' },
    expected: '1 failed compliance-cutoff',
  },
  {
    name: 'critical vulnerabilities that only the compact form counts',
    scripts: twoForms({ vulnerabilityDistribution: { ...clean, critical: 1, total: 1 } }, whole),
    inputs: { 'severity-cutoff': 'critical' },
    expected: '1 failed severity-cutoff',
  },
  {
    name: 'a missing coverage that only the compact form shows',
    scripts: twoForms({ ...whole, missingDistroVulnCoverage: true }, whole),
    inputs: { 'severity-cutoff': 'critical' },
    expected: '1 failed coverage-missing',
  },
  {
    name: 'a missing coverage that only the full form shows',
    scripts: twoForms(whole, { ...whole, missingDistroVulnCoverage: true }),
    inputs: { 'severity-cutoff': 'critical' },
    expected: '1 failed coverage-missing',
  },
  {
    name: 'an error that only the full form shows',
    scripts: twoForms(whole, { ...whole, err: 'no such layer' }),
    expected: '1 failed scan-error',
  },
  {
    name: 'an error that only the compact form shows',
    scripts: twoForms({ ...whole, err: 'no such layer' }, whole),
    expected: '1 failed scan-error',
  },
  {
    name: 'an error that a later answer about the same scan leaves out',
    scripts: {
      progress: [nothing],
      report: [oldRow, json([row('2026-11-20T09:30:00.456Z', { err: 'no such layer' })]), newRow],
    },
    expected: '1 failed scan-error',
  },
  {
    name: 'a digest that is another one in the full form',
    scripts: twoForms(
      { ...whole, repoDigests: [`library/alpine@sha256:${'1'.repeat(64)}`] },
      { ...whole, repoDigests: [`library/alpine@sha256:${'2'.repeat(64)}`] },
    ),
    inputs: { digest: `sha256:${'1'.repeat(64)}` },
    expected: '1 failed digest-mismatch',
  },
];

const RECENT: Case[] = [
  {
    name: 'an end before the trigger has a row to come, so that the recent one is not accepted',
    scripts: {
      progress: [ended, nothing, ongoing, ended, nothing],
      report: [json([row('2026-11-20T08:49:00Z')]), json([row('2026-11-20T08:49:00Z')]), newRow],
    },
    inputs: { 'max-scan-age': '1h' },
    expected: PASSED,
  },
];

const REGULAR: Case[] = [
  {
    name: 'a registry at 3 of 10 that vanishes while another one ends',
    scripts: {
      progress: [
        json([ofRegistry('a.example', true, 3, 10), ofRegistry('b.example', true, 1, 10)]),
        json([ofRegistry('b.example', true, 5, 10)]),
        json([ofRegistry('b.example', false, 10, 10)]),
        nothing,
      ],
    },
    expected: INCOMPLETE,
  },
  {
    name: 'the same if its place is taken by the next one',
    scripts: {
      progress: [
        json([ofRegistry('a.example', true, 3, 10), ofRegistry('b.example', true, 1, 10)]),
        json([ofRegistry('c.example', true, 5, 20), ofRegistry('b.example', true, 4, 10)]),
        json([ofRegistry('c.example', false, 20, 20), ofRegistry('b.example', false, 10, 10)]),
        nothing,
      ],
    },
    expected: INCOMPLETE,
  },
  {
    name: 'the same without titles',
    scripts: {
      progress: [
        json([unnamed(true, 3, 10), unnamed(true, 1, 10)]),
        json([unnamed(true, 5, 10)]),
        json([unnamed(false, 10, 10)]),
        nothing,
      ],
    },
    expected: INCOMPLETE,
  },
  {
    name: 'a registry that vanishes and comes back is complete once it has ended',
    scripts: {
      progress: [
        json([ofRegistry('a.example', true, 3, 10), ofRegistry('b.example', true, 1, 10)]),
        json([ofRegistry('b.example', true, 5, 10)]),
        json([ofRegistry('a.example', false, 10, 10), ofRegistry('b.example', false, 10, 10)]),
        nothing,
      ],
    },
    expected: PASSED,
  },
  {
    name: 'the unread end of last night beside a registry that runs, which failed',
    scripts: {
      progress: [
        json([ofRegistry('a.example', false, 0, 10, 'unauthorized'), ofRegistry('b.example', true, 1, 10)]),
        json([ofRegistry('b.example', false, 10, 10)]),
        nothing,
      ],
    },
    expected: PASSED,
  },
  {
    name: 'an end with an error after the first poll, before anything was seen running',
    scripts: {
      progress: [
        nothing,
        json([ofRegistry('a.example', false, 10, 10, 'unauthorized')]),
        json([ofRegistry('b.example', true, 1, 10)]),
        json([ofRegistry('b.example', false, 10, 10)]),
        nothing,
      ],
    },
    expected: '1 failed scan-error',
  },
];

const GROUPS = [
  { group: 'The latest time in any answer before the trigger counts', cases: DATES, more: {} },
  { group: 'Of two answers about one scan the worse one counts', cases: TWO_ANSWERS, more: {} },
  { group: 'A recent scan', cases: RECENT, more: {} },
  {
    group: 'The regular scan',
    cases: REGULAR,
    more: { mode: 'await-regular', ...NO_IMAGE },
  },
] as const;

describe.each(GROUPS)('$group', ({ cases, more }) => {
  let runOf: (name: string) => Run;
  beforeAll(async () => {
    runOf = await gates<Case, Run>(cases, ({ scripts, inputs }) => gate(scripts, { ...more, ...inputs }));
  });

  test.each(cases.map((one) => [one.name, one] as const))('%s', (name, { expected }) => {
    expect(verdictOf(runOf(name))).toBe(expected);
  });
});

test.concurrent('A recent scan beside an unread end does not keep the request from being sent', async () => {
  const run = await gate(
    { progress: [ended, nothing, ended, nothing], report: [json([row('2026-11-20T08:49:00Z')]), newRow] },
    { 'max-scan-age': '1h' },
  );
  expect(of(run, 'trigger')).toHaveLength(1);
  expect(run.outputs.reason).toBe('scan-completed');
});
