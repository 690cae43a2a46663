import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ended, NEW_DIGEST, nothing, OLD_DIGEST, OLD_TIME, oldRow, ongoing, row } from './console-data.ts';
import { afterOldRow, distribution, found, isCompact, reportOf, type WireFinding } from './findings-data.ts';
import { commands, gate, gates, NO_IMAGE, of, PASSED, type Run, verdictOf } from './gate.ts';
import {
  type Answer,
  type Asked,
  json,
  READ_TIME,
  refused,
  type Script,
  type Scripts,
} from './scripted-console.ts';

type Inputs = Readonly<Record<string, string>>;

interface Case {
  readonly name: string;
  readonly findings: readonly WireFinding[];
  /** Of the row, instead. */
  readonly row?: WireFinding;
  readonly inputs: Inputs;
  /** The text of the file of exceptions. */
  readonly exceptions?: string;
  readonly expected: string;
  /** The expected message. */
  readonly says?: readonly string[];
  /** The expected warnings; there must be no others. */
  readonly warns?: readonly RegExp[];
}

const CUTOFF = '1 failed severity-cutoff';
const POLICY = '1 failed policy-violation';
const UNAVAILABLE = '1 error report-unavailable';

const DAY_MS = 86_400_000;
/** Days by the Console's clock. */
const dayFromNow = (days: number): string =>
  new Date(Date.parse(READ_TIME) + days * DAY_MS).toISOString().slice(0, 10);
const accepted = (id: string, more = '', until = dayFromNow(60)): string =>
  `- id: ${id}\n  reason: nobody calls it\n  until: ${until}\n${more}`;

const passes = (name: string, findings: readonly WireFinding[], inputs: Inputs): Case => ({
  name: `${name}: passed`,
  findings,
  inputs,
  expected: PASSED,
  warns: [],
});

/** Cutoffs and severities one by one are a table of `policy/violations`, words one of `scan/severity`. */
const LADDER: Case[] = [
  {
    name: 'found at the cutoff: failed',
    findings: [found('high')],
    inputs: { 'severity-cutoff': 'high' },
    expected: CUTOFF,
    says: ['at or above high (1 high)', 'CVE-2026-high in openssl 3.0.1'],
    warns: [],
  },
  passes('found below the cutoff', [found('medium')], { 'severity-cutoff': 'high' }),
  {
    name: 'a word of the vendor is its severity: failed',
    findings: [found('low', { severity: 'Important', cve: 'CVE-2026-7' })],
    inputs: { 'severity-cutoff': 'high' },
    expected: CUTOFF,
    says: ['at or above high (1 high): CVE-2026-7'],
    warns: [],
  },
  {
    name: 'a word that nobody knows is critical, and warned of: failed',
    findings: [found('low', { severity: 'grave', cve: 'CVE-2026-7' })],
    inputs: { 'severity-cutoff': 'critical' },
    expected: CUTOFF,
    says: ['at or above critical (1 critical): CVE-2026-7'],
    warns: [/severities that are unknown here/],
  },
];

const fixedHigh = found('high', { cve: 'CVE-2026-2', status: 'fixed in 3.0.2' });
const blocked = found('low', { cve: 'CVE-2026-3', block: true });

const CASES: Case[] = [
  ...LADDER,
  passes('no gate, high findings', [found('high', { block: true })], {}),
  {
    name: 'no gate, a critical finding: passed, with a warning',
    findings: [found('critical', { block: true }), found('high')],
    inputs: {},
    expected: PASSED,
    warns: [/1 critical finding.*severity-cutoff/],
  },
  passes('nothing found, every gate', [], { 'severity-cutoff': 'low', 'fail-on-policy': 'true' }),
  passes('only-fixed, a fix below', [found('low', { status: 'fixed in 2' })], {
    'severity-cutoff': 'high',
    'only-fixed': 'true',
  }),
  passes('a blocked finding, and no gate for it', [blocked], { 'severity-cutoff': 'high' }),
  {
    name: 'only-fixed, one fix: failed',
    findings: [found('critical'), fixedHigh],
    inputs: { 'severity-cutoff': 'high', 'only-fixed': 'true' },
    expected: CUTOFF,
    says: ['at or above high that have a fix (1 high): CVE-2026-2 in openssl 3.0.1 (fixed in 3.0.2)'],
  },
  {
    name: 'only-fixed without a cutoff decides nothing, and says so',
    findings: [fixedHigh],
    inputs: { 'only-fixed': 'true' },
    expected: PASSED,
    warns: [/only-fixed.*severity-cutoff/],
  },
  {
    name: 'fail-on-policy, one blocked: failed',
    findings: [found('critical'), blocked],
    inputs: { 'fail-on-policy': 'true' },
    expected: POLICY,
    says: ['policy blocks 1 low: CVE-2026-3'],
  },
  {
    name: 'fail-on-policy, a blocked issue of compliance: failed',
    findings: [],
    row: { complianceIssues: [{ id: 41, severity: 'high', title: 'Runs as root', block: true }] },
    inputs: { 'fail-on-policy': 'true' },
    expected: POLICY,
    says: ['policy blocks 1 high: 41'],
  },
  {
    name: 'an issue of compliance is no finding for the cutoff: passed',
    findings: [],
    row: { complianceIssues: [{ id: 41, severity: 'critical', title: 'Runs as root' }] },
    inputs: { 'severity-cutoff': 'low' },
    expected: PASSED,
  },
  {
    name: 'both gates shut: the cutoff first, and the policy told as well',
    findings: [fixedHigh, blocked],
    inputs: { 'severity-cutoff': 'high', 'fail-on-policy': 'true' },
    expected: CUTOFF,
    says: ['at or above high (1 high): CVE-2026-2', 'policy blocks 1 low: CVE-2026-3'],
  },
  {
    name: 'an uncovered system, and a gate: failed',
    findings: [],
    row: { missingDistroVulnCoverage: true },
    inputs: { 'severity-cutoff': 'critical' },
    expected: '1 failed coverage-missing',
  },
  {
    name: 'an uncovered system, and no gate: passed',
    findings: [],
    row: { missingDistroVulnCoverage: true },
    inputs: {},
    expected: PASSED,
  },
  {
    name: 'counts without findings: failed by the counts',
    findings: [],
    row: { vulnerabilityDistribution: distribution([found('critical')]) },
    inputs: { 'severity-cutoff': 'high' },
    expected: CUTOFF,
    says: ['the report counts 1'],
  },
  {
    name: 'counts without findings, and a fix decides: never passed',
    findings: [],
    row: { vulnerabilityDistribution: distribution([found('critical')]) },
    inputs: { 'severity-cutoff': 'high', 'only-fixed': 'true' },
    expected: UNAVAILABLE,
  },
  {
    name: 'a row that neither lists nor counts, and a gate: never passed',
    findings: [],
    row: {
      vulnerabilities: undefined,
      vulnerabilityDistribution: undefined,
      vulnerabilitiesCount: undefined,
    },
    inputs: { 'severity-cutoff': 'high' },
    expected: UNAVAILABLE,
  },
];

/** A cause as the Console writes it, far longer than what is shown of it. */
const MANY_KEYS = Array.from({ length: 14 }, (_none, at) => `/etc/ssl/private/service-${at}.key`).join(', ');

const HIGH = { 'severity-cutoff': 'high' } as const;
const high = found('high', { cve: 'CVE-2026-9' });

const EXCEPTIONS: Case[] = [
  {
    name: 'one that speaks of the finding: passed',
    findings: [high],
    inputs: HIGH,
    exceptions: accepted('cve-2026-9', '  package: open*\n  image: library/alpine:*\n'),
    expected: PASSED,
    warns: [],
  },
  {
    name: 'one that holds until today: passed, and warned of',
    findings: [high],
    inputs: HIGH,
    exceptions: accepted('CVE-2026-9', '', dayFromNow(0)),
    expected: PASSED,
    warns: [/expire within a week: CVE-2026-9, until \d{4}-\d\d-\d\d\./],
  },
  {
    name: 'one that expired yesterday counts again, and is named',
    findings: [high],
    inputs: HIGH,
    exceptions: accepted('CVE-2026-9', '', dayFromNow(-1)),
    expected: CUTOFF,
    warns: [/expired.*CVE-2026-9, until /],
  },
  {
    name: 'one of another package: failed, and named as unused',
    findings: [high],
    inputs: HIGH,
    exceptions: accepted('CVE-2026-9', '  package: zlib\n'),
    expected: CUTOFF,
    warns: [/match no finding.*: CVE-2026-9, zlib, until /],
  },
  {
    name: 'one of two findings: failed by the other',
    findings: [high, found('critical')],
    inputs: HIGH,
    exceptions: accepted('CVE-2026-9'),
    expected: CUTOFF,
    says: ['at or above high (1 critical)'],
  },
  {
    name: 'one for what the policy blocks: passed',
    findings: [blocked],
    inputs: { 'fail-on-policy': 'true' },
    exceptions: accepted('CVE-2026-3'),
    expected: PASSED,
    warns: [],
  },
  {
    name: 'one for an issue of compliance, by number, title and cause as the message names it: passed',
    findings: [],
    row: {
      complianceIssues: [
        { id: 425, title: 'Private keys', cause: `Found: ${MANY_KEYS}`, severity: 'high', block: true },
      ],
    },
    inputs: { 'fail-on-policy': 'true' },
    exceptions: accepted(`"425: Private keys: Found: ${MANY_KEYS}"`),
    expected: PASSED,
    warns: [],
  },
  {
    name: 'one for a cause of fourteen paths, and the cause has a fifteenth: failed',
    findings: [],
    row: {
      complianceIssues: [
        {
          id: 425,
          title: 'Private keys',
          cause: `Found: ${MANY_KEYS}, /prod.key`,
          severity: 'high',
          block: true,
        },
      ],
    },
    inputs: { 'fail-on-policy': 'true' },
    exceptions: accepted(`"425: Private keys: Found: ${MANY_KEYS}"`),
    expected: POLICY,
  },
  {
    name: 'one for a title that a low and a critical issue share: failed',
    findings: [],
    row: {
      complianceIssues: ['low', 'critical'].map((severity) => ({ id: 41, title: 'Runs as root', severity })),
    },
    inputs: { 'compliance-cutoff': 'low' },
    exceptions: accepted('Runs as root'),
    expected: '1 failed compliance-cutoff',
    warns: [/match several findings.*Runs as root/],
  },
  {
    name: 'one for a CVE that is also the title of an issue of compliance: failed by that',
    findings: [high],
    row: { complianceIssues: [{ id: 41, title: 'CVE-2026-9', severity: 'high' }] },
    inputs: { ...HIGH, 'compliance-cutoff': 'high' },
    exceptions: accepted('CVE-2026-9'),
    expected: '1 failed compliance-cutoff',
  },
  {
    name: 'one for the type of package of a vulnerability without a CVE: failed',
    findings: [found('high', { cve: '', id: 46 })],
    inputs: HIGH,
    exceptions: accepted('"46"'),
    expected: CUTOFF,
  },
  {
    name: 'any without a gate decide nothing, and say so',
    findings: [high],
    inputs: {},
    exceptions: accepted('CVE-2026-9'),
    expected: PASSED,
    warns: [/exceptions.*severity-cutoff/],
  },
  {
    name: 'an image that is asked for by tag and digest is still that tag',
    findings: [high],
    inputs: { ...HIGH, digest: NEW_DIGEST },
    exceptions: accepted('CVE-2026-9', '  image: library/alpine:3.16\n'),
    expected: PASSED,
    warns: [],
  },
];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exceptions-'));
});
afterAll(async () => rm(folder, { recursive: true }));

let files = 0;
async function fileOf(text: string | Buffer): Promise<string> {
  files += 1;
  const path = join(folder, `exceptions-${files}.yml`);
  await writeFile(path, text);
  return path;
}

const scanned = (report: Script): Scripts => ({ progress: [ongoing, ended, nothing], report });

async function run({ findings, row: given, inputs, exceptions }: Case): Promise<Run> {
  const file: Inputs = exceptions === undefined ? {} : { exceptions: await fileOf(exceptions) };
  return gate(scanned(afterOldRow(reportOf(findings, given))), { ...inputs, ...file });
}

const warnings = (ended: Run): string[] => commands(ended).filter((line) => line.startsWith('::warning'));

const resultOf = ({ outputs }: Run): unknown => {
  const results: unknown = JSON.parse(outputs.results ?? '');
  return Array.isArray(results) ? results[0] : undefined;
};

function expectCase(ended: Run, { expected, says = [], warns }: Case): void {
  const [verdict, reason] = expected.split(' ').slice(1);
  expect(verdictOf(ended)).toBe(expected);
  expect(resultOf(ended)).toMatchObject({ verdict, reason });
  for (const words of says) expect(ended.log).toContain(words);
  if (warns === undefined) return;
  expect(warnings(ended)).toEqual(warns.map((words) => expect.stringMatching(words)));
}

describe('gates', () => {
  let runOf: (name: string) => Run;
  beforeAll(async () => {
    runOf = await gates(CASES, run);
  });

  test.each(CASES)('$name', (one) => {
    expectCase(runOf(one.name), one);
  });
});

describe('exceptions', () => {
  let runOf: (name: string) => Run;
  beforeAll(async () => {
    runOf = await gates(EXCEPTIONS, run);
  });

  test.each(EXCEPTIONS)('$name', (one) => {
    expectCase(runOf(one.name), one);
  });
});

describe("the day of a run is that of its decision, by the Console's clock", () => {
  const LATE = '2026-11-20T23:59:59Z';
  const NEXT_DAY = '2026-11-21T00:00:10Z';
  /** The report that decides is answered at another time than all before it. */
  const runUntil = async (then: string | null, until: string): Promise<Run> => {
    const report: Script = (asked, nth) =>
      nth === 0
        ? { ...oldRow, date: LATE }
        : { ...reportOf([high], {}, '2026-11-20T23:59:59.5Z')(asked), date: then };
    return gate(
      {
        ...scanned(report),
        progress: [ongoing, ended, nothing].map((answer) => ({ ...answer, date: LATE })),
      },
      { ...HIGH, exceptions: await fileOf(accepted('CVE-2026-9', '', until)) },
    );
  };
  const receiptOf = ({ files: { receipt = '' } }: Run) => JSON.parse(receipt);

  test.concurrent.each<[string, string | null, string, string, number]>([
    ['begun on the last day and decided after midnight', NEXT_DAY, '2026-11-20', CUTOFF, 0],
    ['decided on the last day after midnight', NEXT_DAY, '2026-11-21', PASSED, 1],
    ['decided by a node that sends no date', null, '2026-11-20', PASSED, 1],
  ])('%s', async (_what, then, until, expected, used) => {
    const run = await runUntil(then, until);

    expect(verdictOf(run)).toBe(expected);
    expect(receiptOf(run).exceptions).toMatchObject({ usedCount: used, expiredCount: 1 - used });
    const hasExpired = warnings(run).some((line) => line.includes('have expired'));
    expect(hasExpired).toBe(used === 0);
  });
});

describe('a file of exceptions that cannot be used: invalid-input, and nothing is sent', () => {
  const valid = accepted('CVE-2026-9');

  test.concurrent.each<[string, string | Buffer, string | RegExp]>([
    ['no YAML', '- id: [', 'not YAML'],
    ['bytes that are no UTF-8', Buffer.from(valid.replace('nobody', 'nöbody'), 'latin1'), 'UTF-8'],
    ['more than 1 MiB', `# ${' '.repeat(1024 * 1024)}\n${valid}`, 'it is larger than 1 MiB'],
    ['a forged line of the log', '- "a\\n::error::forged": x', /entry 1 .*“a : :error: :forged”/],
  ])('%s', async (_what, text, words) => {
    const path = await fileOf(text);
    const ended = await gate(scanned([json(null)]), { ...HIGH, exceptions: path });

    expect(verdictOf(ended)).toBe('1 error invalid-input');
    expect(ended.asked).toEqual([]);
    expect(ended.log).toContain(path);
    expect(ended.log).toMatch(words);
    expect(ended.log).not.toMatch(/^\s*::error::forged/m);
    expect(ended.log).not.toMatch(/\n\s+at /);
  });

  test.concurrent('a path that leads nowhere, or has no end', async () => {
    const ends = await Promise.all(
      ['nowhere.yml', '/dev/zero'].map((exceptions) => gate(scanned([json(null)]), { ...HIGH, exceptions })),
    );
    for (const ended of ends) {
      expect(verdictOf(ended)).toBe('1 error invalid-input');
      expect(ended.asked).toEqual([]);
      expect(ended.log).toContain('exceptions');
    }
  });
});

describe('inputs of gates that cannot be right: invalid-input, and nothing is sent', () => {
  test.concurrent.each<[string, Inputs, readonly string[]]>([
    ['a cutoff in capitals', { 'severity-cutoff': 'HIGH' }, ['severity-cutoff', '"HIGH"', 'critical, high']],
    [
      'a gate with await-regular',
      { ...NO_IMAGE, mode: 'await-regular', 'severity-cutoff': 'high' },
      ['severity-cutoff', 'await-regular'],
    ],
  ])('%s', async (_what, inputs, words) => {
    const ended = await gate(scanned([json(null)]), inputs);

    expect(verdictOf(ended)).toBe('1 error invalid-input');
    expect(ended.asked).toEqual([]);
    for (const word of words) expect(ended.log).toContain(word);
  });
});

/** No test may ask a registry that is not on this machine; nothing listens here. */
const REGISTRY = '127.0.0.1:9';
const inRegistry = (...digests: readonly string[]): WireFinding => ({
  repoTag: { registry: REGISTRY, repo: 'library/alpine', tag: '3.16' },
  repoDigests: digests.map((digest) => `${REGISTRY}/library/alpine@${digest}`),
});

const afterOldRowInRegistry =
  (report: (asked: Asked) => Answer): Script =>
  (asked, nth) =>
    nth === 0 ? json([row(OLD_TIME, inRegistry(OLD_DIGEST))]) : report(asked);

describe('a moved tag', () => {
  test.concurrent('is a mismatch that names both digests', async () => {
    const report = reportOf([found('critical')], inRegistry(NEW_DIGEST));
    const ended = await gate(scanned(afterOldRowInRegistry(report)), {
      ...HIGH,
      registry: REGISTRY,
      digest: OLD_DIGEST,
    });

    expect(verdictOf(ended)).toBe('1 failed digest-mismatch');
    expect(resultOf(ended)).toMatchObject({ reason: 'digest-mismatch' });
    for (const word of [OLD_DIGEST, NEW_DIGEST]) expect(ended.log).toContain(word);
    expect(ended.summary).toContain(NEW_DIGEST);
    expect(ended.outputs['image-by-digest']).not.toContain(OLD_DIGEST);
  });

  test.concurrent('that holds what was asked for passes, and is to be promoted by it', async () => {
    const ended = await gate(scanned(afterOldRow(reportOf([]))), { ...HIGH, digest: NEW_DIGEST });

    expect(verdictOf(ended)).toBe(PASSED);
    expect(ended.outputs['image-by-digest']).toBe(`library/alpine@${NEW_DIGEST}`);
    expect(warnings(ended)).toEqual([]);
  });

  test.concurrent('whose report has several digests, one of them asked for, passes without a warning', async () => {
    const given = inRegistry(OLD_DIGEST, NEW_DIGEST);
    const ended = await gate(scanned(afterOldRowInRegistry(reportOf([], given))), {
      ...HIGH,
      registry: REGISTRY,
      digest: NEW_DIGEST,
    });

    expect(verdictOf(ended)).toBe(PASSED);
    expect(ended.outputs.digest).toBe(NEW_DIGEST);
    expect(warnings(ended)).toEqual([]);
  });
});

describe('a report that can be read in its compact form only', () => {
  const compact = (asked: Parameters<typeof isCompact>[0], full: Answer): Answer =>
    isCompact(asked) ? reportOf([found('low')])(asked) : full;
  const FULL: readonly (readonly [string, Answer])[] = [
    ['403', refused(403, 'forbidden')],
    ['500', refused(500, 'out of memory')],
    ['429', refused(429, 'too many requests')],
    ['garbage', { body: '[{"repoTag":' }],
    ['an older row', json([row(OLD_TIME)])],
  ];

  test.concurrent.each(FULL)('(in full it is %s) is no pass under a gate', async (what, full) => {
    const ended = await gate(scanned(afterOldRow((asked) => compact(asked, full))), HIGH);

    expect(verdictOf(ended)).toBe(UNAVAILABLE);
    expect(resultOf(ended)).toMatchObject({
      findings: { critical: 0, high: 0, medium: 0, low: 1, total: 1 },
    });
    expect(ended.outputs).toMatchObject({ digest: NEW_DIGEST, low: '1', findings: '1' });
    if (what === '429') expect(ended.log).toMatch(/The Console refused \d+ of \d+ calls/);
  });

  test.concurrent.each(FULL)('(in full it is %s) passes without one, with a warning', async (_what, full) => {
    const ended = await gate(scanned(afterOldRow((asked) => compact(asked, full))));

    expect(verdictOf(ended)).toBe(PASSED);
    expect(warnings(ended)).toEqual([
      expect.stringMatching(/The findings of library\/alpine:3.16 could not be read/),
    ]);
    expect(ended.outputs).toMatchObject({ digest: NEW_DIGEST, low: '1', findings: '1' });
  });

  test.concurrent('without a digest passes without a gate, with a warning', async () => {
    const undigested = reportOf([], { repoDigests: null });
    const full = refused(403, 'forbidden');
    const ended = await gate(scanned(afterOldRow((asked) => (isCompact(asked) ? undigested(asked) : full))));

    expect(verdictOf(ended)).toBe(PASSED);
    expect(warnings(ended)).toContainEqual(
      expect.stringMatching(/The findings of library\/alpine:3.16 could not be read/),
    );
    expect(ended.outputs).toMatchObject({ digest: '', 'image-by-digest': '' });
  });

  test.concurrent('and then in full is asked for again under a gate', async () => {
    let isBroken = true;
    const ended = await gate(
      scanned(
        afterOldRow((asked) => {
          const answer = compact(asked, isBroken ? refused(503, 'busy') : reportOf([found('high')])(asked));
          if (!isCompact(asked)) isBroken = false;
          return answer;
        }),
      ),
      HIGH,
    );

    expect(verdictOf(ended)).toBe(CUTOFF);
    expect(of(ended, 'report').filter((asked) => !isCompact(asked))).toHaveLength(2);
  });
});

describe('a report that cannot be read at all', () => {
  test.concurrent('is no pass under a gate, and one without', async () => {
    const unreadable = refused(403, 'forbidden');
    const [gated, open] = await Promise.all([gate(scanned([unreadable]), HIGH), gate(scanned([unreadable]))]);

    expect([gated, open].map(verdictOf)).toEqual([UNAVAILABLE, PASSED]);
    for (const { outputs } of [gated, open]) {
      expect(['critical', 'high', 'medium', 'low', 'findings'].map((name) => outputs[name])).toEqual(
        Array.from({ length: 5 }, () => ''),
      );
    }
    expect(resultOf(gated)).toMatchObject({ findings: null });
  });
});

describe('counts', () => {
  test.concurrent('are those of the report, by every word and before exceptions', async () => {
    const findings = ['critical', 'high', 'important', 'moderate', 'low', 'negligible', 'grave'].map((word) =>
      found(word),
    );
    const ended = await gate(scanned(afterOldRow(reportOf(findings))), {
      'fail-on-policy': 'true',
      exceptions: await fileOf(accepted('CVE-2026-critical')),
    });

    expect(verdictOf(ended)).toBe(PASSED);
    expect(ended.outputs).toMatchObject({ critical: '2', high: '2', medium: '1', low: '2', findings: '7' });
    expect(resultOf(ended)).toMatchObject({
      findings: { critical: 2, high: 2, medium: 1, low: 2, total: 7 },
    });
  });

  test.concurrent('of nothing are zeros, not blanks', async () => {
    const ended = await gate(scanned(afterOldRow(reportOf([]))));

    expect(ended.outputs).toMatchObject({ critical: '0', high: '0', medium: '0', low: '0', findings: '0' });
  });
});

describe('20,000 findings', () => {
  const many = Array.from({ length: 20_000 }, (_, at) =>
    found('low', { cve: `CVE-2026-${at}`, description: `Flaw ${at}. ${'It may be reached. '.repeat(25)}` }),
  );

  test('are read in full, and the last of them counts', async () => {
    const findings = [...many, found('critical', { cve: 'CVE-2026-worst' })];
    const ended = await gate(scanned(afterOldRow(reportOf(findings))), HIGH);

    expect(verdictOf(ended)).toBe(CUTOFF);
    expect(ended.log).toContain('at or above high (1 critical): CVE-2026-worst');
    expect(ended.outputs).toMatchObject({ critical: '1', low: '20000', findings: '20001' });
    expect(ended.log.length).toBeLessThan(20_000);
    expect(ended.summary.length).toBeLessThan(1024 * 1024);
    expect(of(ended, 'report').filter((asked) => !isCompact(asked))).toHaveLength(1);
  });
});
