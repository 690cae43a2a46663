import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { receiptErrors } from '../output/schemas.ts';
import { ended, NEW_DIGEST, nothing, ongoing } from './console-data.ts';
import { afterOldRow, found, reportOf, type WireFinding } from './findings-data.ts';
import { commands, gate, gates, PASSED, type Run, verdictOf } from './gate.ts';
import { json, READ_TIME, type Scripts } from './scripted-console.ts';

/** Decisions of others, through the front door: files as people have them, an image as a Console reports it. */

const CUTOFF = '1 failed severity-cutoff';
const UNAVAILABLE = '1 error report-unavailable';
const HIGH = { 'severity-cutoff': 'high' };
const DAY_MS = 86_400_000;
const before = (days: number): string => new Date(Date.parse(READ_TIME) - days * DAY_MS).toISOString();

const high = found('high', { cve: 'CVE-2026-9' });
/** Debian 12.13 for amd64 with openssl, whose binary package is libssl3. */
const debian: WireFinding = {
  isARM64: false,
  osDistro: 'debian',
  osDistroVersion: '12.13',
  osDistroRelease: 'bookworm',
  packages: [
    {
      pkgsType: 'package',
      pkgs: [
        {
          name: 'openssl',
          version: '3.0.1',
          purl: 'pkg:deb/debian/openssl@3.0.1',
          binaryPkgs: ['libssl3'],
          license: 'Apache-2.0',
        },
      ],
    },
  ],
};

function vex(statements: readonly object[], given: object = {}): string {
  return JSON.stringify({
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': 'https://example.com/vex/1',
    author: 'Example Security',
    timestamp: before(1),
    version: 1,
    statements,
    ...given,
  });
}

const notAffected = (given: object = {}): object => ({
  vulnerability: { name: 'CVE-2026-9' },
  products: [{ '@id': 'docker.io/library/alpine:3.16' }],
  status: 'not_affected',
  justification: 'vulnerable_code_not_in_execute_path',
  ...given,
});

const trivy = (given: string, until = before(-30).slice(0, 10)): string =>
  `vulnerabilities:\n  - id: CVE-2026-9\n    statement: not reachable\n    expired_at: ${until}\n${given}`;

interface Case {
  readonly name: string;
  readonly files: readonly string[];
  readonly findings?: readonly WireFinding[];
  readonly row?: WireFinding;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly expected: string;
  readonly warns?: readonly RegExp[];
}

const product = (id: string) => [{ '@id': id }];
const inImage = (id: string) => [{ '@id': 'pkg:docker/alpine', subcomponents: [{ '@id': id }] }];

const CASES: readonly Case[] = [
  { name: 'a statement about the image', files: [vex([notAffected()])], expected: PASSED, warns: [] },
  {
    name: 'a statement about its digest',
    files: [vex([notAffected({ products: product(`pkg:oci/alpine@${NEW_DIGEST}`) })])],
    expected: PASSED,
    warns: [],
  },
  {
    name: 'a statement about a binary package in it, as a distribution files it',
    files: [
      vex([
        notAffected({
          products: inImage('pkg:deb/debian/libssl3@3.0.1?arch=amd64&distro=debian-12&upstream=openssl'),
        }),
      ]),
    ],
    expected: PASSED,
    warns: [],
  },
  {
    name: "a statement with Docker's qualifiers about a package in every image",
    files: [
      vex([
        notAffected({
          products: product('pkg:deb/debian/openssl@3.0.1?os_distro=bookworm&os_name=debian&os_version=12'),
        }),
      ]),
    ],
    expected: PASSED,
    warns: [],
  },
  {
    name: 'a statement about another version',
    files: [vex([notAffected({ products: inImage('pkg:deb/debian/openssl@3.0.2') })])],
    expected: CUTOFF,
    warns: [/CVE-2026-9 \(statement 1 of .*\): another version, 3\.0\.1 is there/],
  },
  {
    name: 'a statement about another architecture',
    files: [vex([notAffected({ products: product('pkg:deb/debian/openssl@3.0.1?arch=arm64') })])],
    expected: CUTOFF,
    warns: [/the qualifier arch differs or cannot be compared/],
  },
  {
    name: 'a statement about another tag',
    files: [vex([notAffected({ products: product('docker.io/library/alpine:3.17') })])],
    expected: CUTOFF,
    warns: [/another tag/],
  },
  {
    name: 'a statement about a package, where the report has no package URLs',
    files: [vex([notAffected({ products: inImage('pkg:deb/debian/openssl@3.0.1') })])],
    row: { packages: null },
    expected: CUTOFF,
    warns: [
      /No SBOM .* does not list the packages/,
      /no package URL in the report/,
      /has no package URLs for .*since 32\.04/,
    ],
  },
  {
    name: 'a newer file that says otherwise',
    files: [
      vex([notAffected()]),
      vex([notAffected({ status: 'affected', justification: undefined })], {
        '@id': 'https://example.com/vex/2',
        timestamp: before(0.5),
      }),
    ],
    expected: CUTOFF,
    warns: [],
  },
  {
    name: 'a higher version of a document without the statement',
    files: [vex([notAffected()]), vex([], { version: 2 })],
    expected: CUTOFF,
    warns: [/there is a higher version/],
  },
  {
    name: 'a statement that is too old',
    files: [vex([notAffected()], { timestamp: before(366) })],
    expected: CUTOFF,
    warns: [/are older than vex-max-age/],
  },
  {
    name: 'a statement that is too old for vex-max-age within a week',
    files: [vex([notAffected()], { timestamp: before(25) })],
    inputs: { 'vex-max-age': '30d' },
    expected: PASSED,
    warns: [/older than vex-max-age within a week/],
  },
  {
    name: 'a statement of tomorrow',
    files: [vex([notAffected()], { timestamp: before(-1) })],
    expected: CUTOFF,
    warns: [/in the future/],
  },
  {
    name: 'a statement without a time',
    files: [vex([notAffected()], { timestamp: undefined })],
    expected: CUTOFF,
    warns: [/no readable time/],
  },
  {
    name: 'a statement without a justification',
    files: [vex([notAffected({ justification: undefined })])],
    expected: CUTOFF,
    warns: [/without a justification/],
  },
  {
    name: 'a statement about a compliance issue',
    files: [vex([notAffected()])],
    findings: [],
    row: {
      complianceIssues: [{ id: 425, title: 'CVE-2026-9', severity: 'high', cause: 'x' }],
      complianceDistribution: { critical: 0, high: 1, medium: 0, low: 0, total: 1 },
    },
    inputs: { 'compliance-cutoff': 'high' },
    expected: '1 failed compliance-cutoff',
  },
  {
    name: "a statement about a finding that the Console's policy blocks",
    files: [vex([notAffected()])],
    findings: [{ ...high, block: true }],
    inputs: { 'fail-on-policy': 'true' },
    expected: PASSED,
    warns: [],
  },
  {
    name: 'a report that counts more than it lists',
    files: [vex([notAffected()])],
    row: {
      vulnerabilityDistribution: { critical: 0, high: 2, medium: 0, low: 0, total: 2 },
      vulnerabilitiesCount: 2,
    },
    expected: UNAVAILABLE,
  },
  { name: 'an entry for Trivy', files: [trivy('')], expected: PASSED, warns: [] },
  {
    name: 'an entry for Trivy with the package',
    files: [trivy('    purls:\n      - pkg:deb/debian/openssl\n')],
    expected: PASSED,
    warns: [],
  },
  {
    name: 'an entry for Trivy with another package',
    files: [trivy('    purls:\n      - pkg:deb/debian/zlib\n')],
    expected: CUTOFF,
    warns: [/no such package/],
  },
  {
    name: 'an entry for Trivy with a path',
    files: [trivy('    paths:\n      - "**/*.jar"\n')],
    findings: [{ ...high, packagePath: '/app/lib/x.jar' }],
    expected: PASSED,
    warns: [],
  },
  {
    name: 'an entry for Trivy on the day on which it ends',
    files: [trivy('', before(0).slice(0, 10))],
    expected: CUTOFF,
    warns: [/have expired/],
  },
  {
    name: 'an entry for Trivy on the day before',
    files: [trivy('', before(-1).slice(0, 10))],
    expected: PASSED,
    warns: [/expire within a week/],
  },
  {
    name: 'an entry for Trivy that never ends',
    files: ['vulnerabilities:\n  - id: CVE-2026-9\n    statement: not reachable\n'],
    expected: CUTOFF,
    warns: [/has no usable expired_at/],
  },
  {
    name: 'a file of each format',
    files: [trivy(''), vex([notAffected({ vulnerability: { name: 'CVE-2026-8' } })])],
    findings: [high, found('high', { cve: 'CVE-2026-8' })],
    expected: PASSED,
    warns: [],
  },
];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'decisions-'));
});
afterAll(async () => rm(folder, { recursive: true }));

let count = 0;
async function pathsOf(files: readonly string[]): Promise<string> {
  const paths = files.map(() => {
    count += 1;
    return join(folder, `file-${count}`);
  });
  await Promise.all(files.map((text, at) => writeFile(paths[at] ?? '', text)));
  return paths.join('\n');
}

async function run({ files, findings = [high], row = {}, inputs = {} }: Case): Promise<Run> {
  const scripts: Scripts = {
    progress: [ongoing, ended, nothing],
    report: afterOldRow(reportOf(findings, { ...debian, ...row })),
  };
  return gate(scripts, { ...HIGH, ...inputs, exceptions: await pathsOf(files) });
}

const warnings = (end: Run): string[] => commands(end).filter((line) => line.startsWith('::warning'));

describe('decisions of others', () => {
  let runOf: (name: string) => Run;
  beforeAll(async () => {
    runOf = await gates(CASES, run);
  });

  test.each(CASES)('$name: $expected', ({ name, expected, warns }) => {
    const end = runOf(name);
    expect(verdictOf(end)).toBe(expected);
    if (warns !== undefined)
      expect(warnings(end)).toEqual(warns.map((words) => expect.stringMatching(words)));
  });
});

test('the receipt has every file with its digest, what accepted, and what did not with why', async () => {
  const files = [
    vex([
      notAffected(),
      notAffected({ vulnerability: { name: 'CVE-2020-1' } }),
      notAffected({ products: product('docker.io/library/alpine:3.17') }),
    ]),
    trivy('    purls:\n      - pkg:deb/debian/openssl@9\n'),
  ];
  const end = await run({ name: '', files, expected: PASSED });
  const unmatched = (miss: object) => ({ kind: 'unmatched', miss });
  const receipt = JSON.parse(end.files.receipt ?? '');
  expect(receiptErrors(receipt)).toEqual([]);
  expect(receipt.decisions).toMatchObject({
    given: 4,
    usedCount: 1,
    idleCount: 3,
    idle: [
      { number: 2, id: 'CVE-2020-1', outcome: unmatched({ kind: 'no-such-vulnerability' }) },
      { number: 3, id: 'CVE-2026-9', outcome: unmatched({ kind: 'other-tag' }) },
      { number: 1, id: 'CVE-2026-9', outcome: unmatched({ kind: 'other-version', found: '3.0.1' }) },
    ],
  });
  expect(receipt.request.policy.exceptions).toEqual(
    files.map((text, at) => ({
      path: expect.any(String),
      format: at === 0 ? 'openvex' : 'trivyignore',
      digest: `sha256:${createHash('sha256').update(text).digest('hex')}`,
    })),
  );
});

describe('a file that another program reads otherwise: invalid-input, and nothing is sent', () => {
  const text = vex([notAffected()]);
  test.concurrent.each([
    ['a member twice', text.replace('"status":', '"status":"affected","status":')],
    ['a member in two cases', text.replace('"status":', '"Status":"affected","status":')],
    ['a member in another case', text.replace('"products":', '"Products":')],
    [
      'subcomponents in another case',
      text.replace('"@id":"docker.io', '"SubComponents":[{}],"@id":"docker.io'),
    ],
    ['an attestation', JSON.stringify({ predicateType: 'https://openvex.dev/ns/v0.2.0', predicate: {} })],
    ['half of it', text.slice(0, 100)],
  ])('%s', async (_what, given) => {
    const end = await gate(
      { progress: [nothing], report: [json(null)] },
      { ...HIGH, exceptions: await pathsOf([given]) },
    );
    expect(verdictOf(end)).toBe('1 error invalid-input');
    expect(end.asked).toEqual([]);
  });
});
