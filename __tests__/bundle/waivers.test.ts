import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  ended,
  NEW_DIGEST,
  NEW_TIME,
  nothing,
  OLD_DIGEST,
  OLD_TIME,
  oldRow,
  ongoing,
  row,
} from './console-data.ts';
import { distribution, found, isCompact, type WireFinding } from './findings-data.ts';
import { commands, gate, gates, of, PASSED, type Run, verdictOf } from './gate.ts';
import { type Answer, type Asked, json, READ_TIME, refused, type Script } from './scripted-console.ts';

/*
 * Every row of the tables of what blocks and what may wait, through the front door. The Console's clock stands at
 * `READ_TIME`.
 */

const CUTOFF = '1 failed severity-cutoff';
const EXPLOIT = '1 failed exploit-cutoff';
const UNAVAILABLE = '1 error report-unavailable';
const INVALID = '1 error invalid-input';

type Inputs = Readonly<Record<string, string>>;

interface Case {
  readonly name: string;
  readonly findings: readonly WireFinding[];
  /** Of the row, instead. */
  readonly row?: WireFinding;
  /** The rows that the report has of other images. */
  readonly others?: readonly unknown[];
  readonly inputs: Inputs;
  /** The text of the file of exceptions. */
  readonly exceptions?: string;
  readonly expected: string;
  /** The output `new`; empty if not given. */
  readonly added?: string;
  readonly says?: readonly string[];
  readonly warns?: readonly RegExp[];
  /** The `Date` of the answers; none for null. */
  readonly date?: string | null;
  /** Instead of the answer to what is asked by the name of the reference. */
  readonly reference?: Answer;
}

const TOKEN = 'a-token-of-thirty-two-letters-1234';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waivers-'));
});
afterAll(() => rm(folder, { recursive: true }));

const reportRow = (findings: readonly WireFinding[], given: WireFinding = {}, isFull = true): unknown =>
  row(NEW_TIME, {
    vulnerabilities: isFull && findings.length > 0 ? findings : null,
    vulnerabilityDistribution: distribution(findings),
    vulnerabilitiesCount: findings.length,
    ...given,
  });

const isOfReference = ({ query }: Asked): boolean =>
  query.some(([name, value]) => name === 'name' && value.includes('production'));

async function run({
  name,
  findings,
  row: given,
  others = [],
  inputs,
  exceptions,
  date,
  reference,
}: Case): Promise<Run> {
  const onDate = (answer: Answer): Answer => (date === undefined ? answer : { ...answer, date });
  const report: Script = (asked, nth) => {
    if (nth === 0) return onDate(oldRow);
    if (reference !== undefined && isOfReference(asked)) return onDate(reference);
    return onDate(json([reportRow(findings, given, !isCompact(asked)), ...others]));
  };
  const path = join(folder, `${name.replace(/\W+/g, '-')}.yml`);
  if (exceptions !== undefined) await writeFile(path, exceptions);
  return gate(
    {
      ...(date === null && { knownToken: TOKEN }),
      trigger: [onDate({ status: 200 })],
      progress: [ongoing, ended, nothing].map(onDate),
      report,
    },
    {
      ...inputs,
      ...(exceptions !== undefined && { exceptions: path }),
      // Logging in would be answered with a date.
      ...(date === null && { username: '', password: '', token: TOKEN }),
    },
  );
}

function expectCase(given: Run, { expected, added = '', says = [], warns }: Case): void {
  expect(verdictOf(given)).toBe(expected);
  expect(given.outputs.new).toBe(added);
  for (const words of says) expect(given.log).toContain(words);
  if (warns === undefined) return;
  const warnings = commands(given).filter((line) => line.startsWith('::warning'));
  expect(warnings).toEqual(warns.map((words) => expect.stringMatching(words)));
}

const cases = (what: string, all: readonly Case[]): void => {
  describe(what, () => {
    let runOf: (name: string) => Run;
    beforeAll(async () => {
      runOf = await gates(all, run);
    });

    test.each(all)('$name', (one) => {
      expectCase(runOf(one.name), one);
    });
  });
};

const NOW_S = Date.parse(READ_TIME) / 1_000;
const DAY_S = 86_400;
const daysAgo = (days: number): number => NOW_S - days * DAY_S;

const WILD = { riskFactors: { 'Exploit exists - in the wild': {} } };
const QUIET = { riskFactors: { 'Remote execution': {} } };
const HIGH = { 'severity-cutoff': 'high' } as const;
const accepted = (id: string, more = ''): string =>
  `- id: ${id}\n  reason: nobody calls it\n  until: 2027-01-01\n${more}`;

// ── exploit-cutoff ──────────────────────────────────────────────────────────────────────────────────────────────

const exploited = (
  name: string,
  cutoff: 'in-the-wild' | 'poc',
  given: WireFinding,
  expected: string,
  more: Partial<Case> = {},
): Case => ({
  name: `${cutoff}, ${name}`,
  findings: [found('low', { ...QUIET, ...given })],
  inputs: { 'exploit-cutoff': cutoff },
  expected,
  ...more,
});

cases('exploit-cutoff', [
  exploited('no exploit', 'poc', {}, PASSED, { warns: [] }),
  exploited('in the wild by its risk factor', 'in-the-wild', WILD, EXPLOIT, {
    says: ['exploited in the wild (1 low)'],
  }),
  exploited(
    'CISA, whatever the kind',
    'in-the-wild',
    { exploits: [{ source: 'cisa-kev', kind: 'poc' }] },
    EXPLOIT,
  ),
  exploited('an unknown kind', 'in-the-wild', { exploits: [{ source: 'x', kind: 'weaponized' }] }, EXPLOIT, {
    warns: [/kinds of exploit that are unknown here \(“weaponized”\)/],
  }),
  {
    name: 'a fix does not matter, nor does grace, the reference or only-fixed',
    findings: [found('high', { ...WILD, published: daysAgo(1) })],
    others: [
      row(OLD_TIME, {
        repoTag: { registry: '', repo: 'production/alpine', tag: 'latest' },
        repoDigests: [`production/alpine@${OLD_DIGEST}`],
        vulnerabilities: [found('high')],
        vulnerabilitiesCount: 1,
        vulnerabilityDistribution: distribution([found('high')]),
      }),
    ],
    inputs: {
      ...HIGH,
      'exploit-cutoff': 'in-the-wild',
      grace: 'high=30d',
      'only-fixed': 'true',
      'compare-with': 'production/{name}:latest',
    },
    expected: EXPLOIT,
    added: '0',
  },
  {
    name: 'an exception of our own reaches it',
    findings: [found('low', WILD)],
    inputs: { 'exploit-cutoff': 'in-the-wild' },
    exceptions: accepted('CVE-2026-low'),
    expected: PASSED,
  },
  {
    name: 'more are counted than listed: unavailable',
    findings: [found('low', QUIET)],
    row: { vulnerabilitiesCount: 2 },
    inputs: { 'exploit-cutoff': 'poc' },
    expected: UNAVAILABLE,
    says: ['the report counts 1 finding that it does not list'],
  },
  {
    name: 'the row names an exploit that no finding has: unavailable',
    findings: [found('low', QUIET)],
    row: { riskFactors: { 'Exploit exists - in the wild': {} } },
    inputs: { 'exploit-cutoff': 'in-the-wild' },
    expected: UNAVAILABLE,
  },
  {
    name: 'the row names two levels, and the excepted finding has the worse one alone: unavailable',
    findings: [found('low', WILD)],
    row: { riskFactors: { 'Exploit exists - in the wild': {}, 'Exploit exists - POC': {} } },
    inputs: { 'exploit-cutoff': 'poc' },
    exceptions: accepted('CVE-2026-low'),
    expected: UNAVAILABLE,
  },
  {
    name: 'high findings, and not one has a risk factor or an exploit: unavailable',
    findings: [found('high'), found('low')],
    inputs: { 'exploit-cutoff': 'in-the-wild' },
    expected: UNAVAILABLE,
    says: ['does not say which findings have an exploit'],
  },
]);

// ── grace ───────────────────────────────────────────────────────────────────────────────────────────────────────

const inGrace = (name: string, given: WireFinding, expected: string, more: Partial<Case> = {}): Case => ({
  name,
  findings: [found('high', { ...QUIET, ...given })],
  inputs: { ...HIGH, grace: 'high=7d' },
  expected,
  ...more,
});

cases('grace', [
  inGrace('a fix of yesterday waits, and is warned of', { fixDate: daysAgo(1) }, PASSED, {
    warns: [/grace end within a week .*CVE-2026-high in openssl 3.0.1 on 2026-11-26/],
  }),
  inGrace('a second before its end waits', { fixDate: daysAgo(7) + 1 }, PASSED),
  inGrace('at its end blocks', { fixDate: daysAgo(7) }, CUTOFF),
  inGrace('what is exploited in the wild never waits', { ...WILD, fixDate: daysAgo(1) }, CUTOFF),
  inGrace('without a Date of the Console nothing waits', { fixDate: daysAgo(1) }, CUTOFF, {
    date: null,
  }),
  inGrace('several severities, one a line', { fixDate: daysAgo(20) }, PASSED, {
    inputs: { ...HIGH, grace: 'critical=7d\nhigh = 30d' },
    warns: [],
  }),
  inGrace('more are counted than listed: unavailable', { fixDate: daysAgo(1) }, UNAVAILABLE, {
    row: { vulnerabilityDistribution: { critical: 0, high: 2, medium: 0, low: 0, total: 2 } },
  }),
  inGrace(
    'grace does not reach what the policy blocks',
    { fixDate: daysAgo(1), block: true },
    '1 failed policy-violation',
    {
      inputs: { ...HIGH, grace: 'high=7d', 'fail-on-policy': 'true' },
    },
  ),
  {
    name: 'without a cutoff: invalid-input',
    findings: [],
    inputs: { grace: 'high=7d' },
    expected: INVALID,
    says: ['grace', 'severity-cutoff'],
  },
]);

// ── compare-with ────────────────────────────────────────────────────────────────────────────────────────────────

const productionRow = (
  findings: readonly WireFinding[],
  given: WireFinding = {},
  digest = OLD_DIGEST,
): unknown =>
  row(OLD_TIME, {
    repoTag: { registry: '', repo: 'production/alpine', tag: 'latest' },
    repoDigests: [`production/alpine@${digest}`],
    vulnerabilities: findings,
    vulnerabilitiesCount: findings.length,
    vulnerabilityDistribution: distribution(findings),
    ...given,
  });

const PRODUCTION = { ...HIGH, 'compare-with': 'production/{name}:latest' } as const;

const compared = (
  name: string,
  ours: readonly WireFinding[],
  theirs: readonly WireFinding[],
  expected: string,
  added: string,
  more: Partial<Case> = {},
): Case => ({
  name,
  findings: ours,
  others: [productionRow(theirs)],
  inputs: PRODUCTION,
  expected,
  added,
  ...more,
});

const high = found('high', { cve: 'CVE-2026-1' });
const other = found('high', { cve: 'CVE-2026-2' });

cases('compare-with', [
  compared('what production has is known', [high], [high], PASSED, '0', { warns: [] }),
  compared('what it has not is new', [high, other], [high], CUTOFF, '1', {
    says: ['of which 1 known in production/alpine:latest', 'CVE-2026-2'],
  }),
  compared('what is new below the cutoff is counted', [high, found('low')], [high], PASSED, '1'),
  compared('three here and two there is one new', [high, high, high], [high, high], CUTOFF, '1', {
    says: ['of which 2 known in'],
  }),
  compared('no row: everything is new', [high], [], CUTOFF, '1', {
    others: [],
    says: ['no row of'],
  }),
  compared('a row with an error: what it lists is known, with a warning', [high], [high], PASSED, '0', {
    others: [productionRow([high], { err: 'failed' })],
    warns: [/not complete/],
  }),
  compared('several rows of different images: unavailable', [high], [high], UNAVAILABLE, '', {
    others: [productionRow([high]), productionRow([high], {}, `sha256:${'9'.repeat(64)}`)],
    says: ['several images'],
  }),
  compared('a reference that may not be read: unavailable', [high], [high], UNAVAILABLE, '', {
    reference: refused(403, 'forbidden'),
  }),
  compared('the same digest in another repository: known, with a warning', [high], [high], PASSED, '0', {
    others: [productionRow([high], {}, NEW_DIGEST)],
    warns: [/promoted already/],
  }),
  compared('the same digest in the same repository waives nothing', [high], [high], CUTOFF, '1', {
    others: [
      productionRow([high], {
        repoTag: { registry: '', repo: 'library/alpine', tag: 'live' },
        repoDigests: [`library/alpine@${NEW_DIGEST}`],
      }),
    ],
    inputs: { ...HIGH, 'compare-with': '{repository}:live' },
    warns: [/the tag has moved already. Name the digest that runs/],
  }),
  compared('the row of the same platform of several', [high], [high], PASSED, '0', {
    row: { isARM64: true },
    others: [
      productionRow([], { isARM64: false }, `sha256:${'9'.repeat(64)}`),
      productionRow([high], { isARM64: true }),
    ],
  }),
  compared('another name is warned of', [high], [], CUTOFF, '1', {
    inputs: { ...HIGH, 'compare-with': 'production/other:latest' },
    warns: [/image of another name/, /no row/],
  }),
  compared('by its digest', [high], [high], PASSED, '0', {
    inputs: { ...HIGH, 'compare-with': `production/{name}@${OLD_DIGEST}` },
  }),
  compared(
    'known reaches neither the policy',
    [{ ...high, block: true }],
    [high],
    '1 failed policy-violation',
    '0',
    {
      inputs: { ...PRODUCTION, 'fail-on-policy': 'true' },
    },
  ),
  compared('more are counted here than listed: unavailable', [high], [high], UNAVAILABLE, '1', {
    row: { vulnerabilityDistribution: { critical: 0, high: 2, medium: 0, low: 0, total: 2 } },
  }),
  {
    name: 'itself by placeholders: invalid-input',
    findings: [],
    inputs: { ...HIGH, 'compare-with': 'docker.io/{repository}:{tag}' },
    expected: INVALID,
    says: ['compare-with'],
  },
]);

// ── until-fixed ─────────────────────────────────────────────────────────────────────────────────────────────────

const untilFixed = (name: string, given: WireFinding, expected: string, more: Partial<Case> = {}): Case => ({
  name,
  findings: [found('high', given)],
  inputs: HIGH,
  exceptions: accepted('CVE-2026-high', '  until-fixed: true\n'),
  expected,
  ...more,
});

cases('until-fixed', [
  untilFixed('holds without a fix', {}, PASSED, { warns: [] }),
  untilFixed('ends with a fix', { status: 'fixed in 1.2.3' }, CUTOFF, { warns: [/ended: 1\.2\.3 fixes it/] }),
  untilFixed('ends at another gate', { ...WILD, status: 'fixed in 1.2.3' }, EXPLOIT, {
    inputs: { 'exploit-cutoff': 'poc' },
    warns: [/ended: 1\.2\.3 fixes it/],
  }),
  {
    name: 'is looked at finding by finding',
    findings: [
      found('high', { cve: 'CVE-2026-9', packageName: 'a' }),
      found('high', { cve: 'CVE-2026-9', packageName: 'b', status: 'fixed in 2' }),
    ],
    inputs: HIGH,
    exceptions: accepted('CVE-2026-9', '  until-fixed: true\n'),
    expected: CUTOFF,
    says: ['CVE-2026-9 in b'],
  },
]);

// ── Several images ──────────────────────────────────────────────────────────────────────────────────────────────

describe('several images of one step', () => {
  const IMAGES = { repo: '', tag: '', images: 'library/alpine:3.16\nlibrary/alpine:3.17' } as const;
  const rowOfOther = (scanTime: string, given: WireFinding = {}): unknown =>
    row(scanTime, {
      repoTag: { registry: '', repo: 'library/alpine', tag: '3.17' },
      repoDigests: [`library/alpine@sha256:${(scanTime === OLD_TIME ? '4' : '5').repeat(64)}`],
      ...given,
    });
  const runBoth = (rows: readonly unknown[], inputs: Inputs): Promise<Run> => {
    const polls = new Map<string, number>();
    return gate(
      {
        // Each image has an end of its own.
        progress: ({ query }) => {
          const tag = query.find(([name]) => name === 'tag')?.[1] ?? '';
          const nth = polls.get(tag) ?? 0;
          polls.set(tag, nth + 1);
          return [nothing, ongoing, ended][nth] ?? nothing;
        },
        report: (_asked, nth) => json(nth === 0 ? [row(OLD_TIME), rowOfOther(OLD_TIME)] : rows),
      },
      { ...IMAGES, ...inputs },
    );
  };

  test.concurrent('have no exception for two findings of one title with different causes', async () => {
    const path = join(folder, 'title.yml');
    await writeFile(path, accepted('Private keys'));
    const issue = (cause: string) => ({
      complianceIssues: [{ id: 425, title: 'Private keys', cause, severity: 'high' }],
    });
    const rows = (cause: string) => [
      reportRow([], issue('Found: /a.key')),
      rowOfOther(NEW_TIME, issue(cause)),
    ];
    const inputs = { 'compliance-cutoff': 'high', exceptions: path };
    const [same, different] = await Promise.all([
      runBoth(rows('Found: /a.key'), inputs),
      runBoth(rows('Found: /b.key'), inputs),
    ]);

    expect(verdictOf(same)).toBe(PASSED);
    expect(verdictOf(different)).toBe('1 failed compliance-cutoff');
    expect(different.log).toMatch(/match several findings.*Private keys/);
  });

  test.concurrent('share one read of their reference, and their new findings are counted together', async () => {
    const rows = [
      reportRow([high, other]),
      rowOfOther(NEW_TIME, {
        vulnerabilities: [high, other],
        vulnerabilitiesCount: 2,
        vulnerabilityDistribution: distribution([high, other]),
      }),
      productionRow([high]),
    ];
    const run = await runBoth(rows, PRODUCTION);

    expect(verdictOf(run)).toBe(CUTOFF);
    expect(run.outputs.new).toBe('2');
    expect(of(run, 'report').filter(isOfReference)).toHaveLength(1);
  });
});

test.concurrent('A reference whose report is refused for what others ask is read as soon as it is answered', async () => {
  const refusal = refused(429, 'too many requests');
  let attempts = 0;
  const run = await gate(
    {
      progress: [ongoing, ended, nothing],
      report: (asked, nth) => {
        if (nth === 0) return oldRow;
        if (!isOfReference(asked)) return json([reportRow([high])]);
        attempts += 1;
        return attempts < 6 ? refusal : json([productionRow([high])]);
      },
    },
    { ...PRODUCTION, 'report-timeout': '10s' },
  );

  expect(verdictOf(run)).toBe(PASSED);
  expect(run.outputs.new).toBe('0');
});
