import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MOST_RESULTS, sarifOf } from '../../src/output/sarif.ts';
import { artifactUri, ruleIdOf } from '../../src/output/sarif-identity.ts';
import type { ImageResult } from '../../src/policy/result.ts';
import type { AssessedFinding } from '../../src/policy/waivers/waiver.ts';
import { SEVERITIES } from '../../src/scan/severity.ts';
import { VEX_STATEMENT } from '../builders/policy.ts';
import {
  complianceIssue,
  DIGEST,
  exception,
  finding,
  imageResult,
  OTHER_DIGEST,
  otherImage,
  runInfo,
  runResult,
} from './builders.ts';
import { sarifErrors } from './schemas.ts';
import { alikeFindings, shuffled } from './shuffled.ts';

function fileOf(images: readonly ImageResult[]) {
  return JSON.stringify(sarifOf(runResult(images), runInfo));
}

function runOf(images: readonly ImageResult[]) {
  const log = JSON.parse(fileOf(images));
  expect(sarifErrors(log)).toEqual([]);
  expect(log.runs).toHaveLength(1);
  return log.runs[0];
}

const rulesOf = (findings: readonly AssessedFinding[]) => runOf([imageResult(findings)]).tool.driver.rules;
const resultsOf = (findings: readonly AssessedFinding[]) => runOf([imageResult(findings)]).results;
const idsOf = (rules: readonly { readonly id: string }[]) => rules.map(({ id }) => id);

/** As many findings as in a large report, every fourth of each severity, many of one CVE. */
function many(count: number): readonly AssessedFinding[] {
  return Array.from({ length: count }, (_, index) =>
    finding({
      id: `CVE-2026-${index % 7_000}`,
      severity: SEVERITIES[Math.floor((index * 4) / count)] ?? 'low',
      cvss: undefined,
      packageName: `package-${index}`,
      description: `Description ${index} `.repeat(15),
    }),
  );
}

describe('The SARIF file', () => {
  test('is the same to the byte for the same findings in any order, and for the images in any order', () => {
    const images = [imageResult(alikeFindings), otherImage('web', alikeFindings)];
    const expected = fileOf(images);
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const other = [
          imageResult(shuffled(alikeFindings, seed)),
          otherImage('web', shuffled(alikeFindings, seed + 1)),
        ];
        expect(fileOf(shuffled(other, seed))).toBe(expected);
      }),
    );
  });

  test('is the same to the byte if 5,200 findings of one severity are cut', () => {
    const findings = Array.from({ length: 5_200 }, (_, index) => finding({ id: `CVE-2026-${index}` }));
    const expected = fileOf([imageResult(findings)]);
    expect(fileOf([imageResult(shuffled(findings, 7))])).toBe(expected);
    expect(JSON.parse(expected).runs[0].properties).toEqual({ omittedResults: 200 });
  });

  test('has one rule for each CVE, wherever it is found', () => {
    const run = runOf([
      imageResult([finding({ packageName: 'openssl' }), finding({ packageName: 'libssl' })]),
      otherImage('web', [finding(), finding({ id: 'CVE-2026-0002' })]),
    ]);
    expect(idsOf(run.tool.driver.rules)).toEqual(['CVE-2026-0001', 'CVE-2026-0002']);
    expect(run.results.map(({ ruleIndex }: { ruleIndex: number }) => ruleIndex)).toEqual([0, 0, 0, 1]);
  });

  test.each([
    // A pair of surrogates that a limit would halve goes whole.
    ['shortDescription', 1_024, 'x'.repeat(1_024), 'x'.repeat(1_024)],
    ['shortDescription', 1_024, 'x'.repeat(5_000), 'x'.repeat(1_024)],
    ['shortDescription', 1_024, `${'x'.repeat(1_023)}😀`, 'x'.repeat(1_023)],
    ['fullDescription', 20_000, 'x'.repeat(20_000), 'x'.repeat(20_000)],
    ['fullDescription', 20_000, 'x'.repeat(20_001), 'x'.repeat(20_000)],
    ['fullDescription', 20_000, `${'x'.repeat(19_999)}😀`, 'x'.repeat(19_999)],
  ] as const)('has a %s of %i characters at most', (field, _longest, description, expected) => {
    const prefix = field === 'shortDescription' ? 'CVE-2026-0001: ' : '';
    const [rule] = rulesOf([finding({ description: description.slice(prefix.length) })]);
    expect(rule[field].text).toBe(`${prefix}${expected.slice(prefix.length)}`);
  });

  test('has the whole description in the help of a rule, however long', () => {
    const description = 'x'.repeat(50_000);
    const [{ help }] = rulesOf([finding({ description })]);
    expect([help.text, help.markdown]).toEqual([1, 2].map(() => expect.stringContaining(description)));
  });

  test('names package, version, path, fix and image in a result', () => {
    const [result] = resultsOf([finding()]);
    expect(result.message.text).toBe(
      'openssl 3.0.1 in registry.example.com:5000/team/app:1.4 has CVE-2026-0001. Fixed in 3.0.2.',
    );
    expect(result.properties).toMatchObject({ fixedIn: '3.0.2', digest: DIGEST });
    expect(resultsOf([finding({ fix: undefined })])[0].message.text).toMatch(/no fix yet\.$/);
    expect(resultsOf([finding({ fix: { version: undefined } })])[0].message.text).toMatch(/Fixed\.$/);
    expect(resultsOf([finding({ packagePath: '/usr/bin/app' })])[0].message.text).toContain('(/usr/bin/app)');
  });

  test('distinguishes compliance issues of one number by title and by cause', () => {
    const run = runOf([
      imageResult([
        complianceIssue(),
        complianceIssue({ cause: 'Found: /root/.ssh/id_rsa' }),
        complianceIssue({ title: 'Malware found in image', cause: 'Found: /usr/bin/miner' }),
      ]),
    ]);
    expect(idsOf(run.tool.driver.rules)).toEqual([
      '425: Malware found in image',
      '425: Private keys stored in image',
    ]);
    const texts = run.results.map(({ message }: { message: { text: string } }) => message.text);
    expect(new Set(texts).size).toBe(3);
  });

  test.each([
    ['critical', 9.8, '9.8', 'error'],
    ['critical', 5, '9.1', 'error'],
    ['critical', undefined, '9.5', 'error'],
    ['high', 9.8, '8.9', 'error'],
    ['high', undefined, '8.0', 'error'],
    ['medium', 6.5, '6.5', 'warning'],
    ['medium', undefined, '5.5', 'warning'],
    ['low', 0, '0.1', 'note'],
    ['low', undefined, '2.0', 'note'],
  ] as const)('scores %s with CVSS %p as %s, which GitHub calls the same', (severity, cvss, score, level) => {
    const [rule] = rulesOf([finding({ severity, cvss })]);
    expect(rule.properties['security-severity']).toBe(score);
    expect(rule.defaultConfiguration.level).toBe(level);
  });

  test('leaves the category to the upload, so that two uploads do not replace each other’s alerts', () => {
    expect(runOf([imageResult()])).not.toHaveProperty('automationDetails');
  });

  test('keeps the worst 5,000 of 20,000 findings, counts the rest, and is small enough to upload', () => {
    const log = sarifOf(runResult([imageResult(many(10_000)), otherImage('web', many(10_000))]), runInfo);
    const [run] = log.runs;
    const fingerprints = run?.results?.map(
      ({ partialFingerprints }) => partialFingerprints?.primaryLocationLineHash,
    );
    expect(new Set(fingerprints).size).toBe(MOST_RESULTS);
    const ids = run?.tool.driver.rules?.map(({ id }) => id) ?? [];
    expect(new Set(ids).size).toBe(ids.length);
    expect(run?.results).toHaveLength(MOST_RESULTS);
    expect(run?.results?.every(({ level }) => level === 'error')).toBe(true);
    expect(run?.properties).toEqual({ omittedResults: 15_000 });
    expect(run?.invocations?.[0]?.toolExecutionNotifications?.[0]?.message.text).toContain('15000');
    expect(gzipSync(JSON.stringify(log)).length).toBeLessThan(2_000_000);
  });

  test('of nothing found has no results and no rules', () => {
    expect(runOf([imageResult([])])).toMatchObject({ results: [], tool: { driver: { rules: [] } } });
  });

  test('is valid by the official schema whatever the texts, and links to nothing but the page of a finding', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const given = {
          id: text,
          title: text,
          cause: text,
          packageName: text,
          packageVersion: text,
          packagePath: text,
        };
        const hostile = finding({
          ...given,
          fix: { version: text },
          description: text,
          link: `https://nvd.example/${text}`,
          acceptedBy: { ...exception, reason: text },
        });
        const { image } = imageResult();
        const run = runOf([
          imageResult([hostile, complianceIssue(given)], {
            name: text,
            image: image && { ...image, repository: text },
          }),
        ]);
        const [rule] = run.tool.driver.rules;
        for (const plain of [
          run.results[0].message,
          rule.shortDescription,
          rule.fullDescription,
          rule.help,
        ]) {
          expect(plain.text).not.toMatch(/[[\]{}]/);
        }
        expect(run.results[0].locations[0].physicalLocation.artifactLocation.uri).not.toMatch(/^[^/]*:/);
      }),
    );
  });
});

describe('The id of a rule', () => {
  test('is the CVE', () => {
    expect(ruleIdOf(finding({ title: 'Heartbleed' }))).toBe('CVE-2026-0001');
  });

  test('is the description of a vulnerability without a CVE', () => {
    expect(ruleIdOf(finding({ id: 'A flaw.', hasOwnId: false }))).toBe('A flaw.');
  });

  test('is no longer than code scanning takes, and still distinguishes titles', () => {
    const [one, other] = ['a', 'b'].map((end) =>
      ruleIdOf(complianceIssue({ title: `${'😀'.repeat(200)}${end}` })),
    );
    expect(one?.length).toBeLessThanOrEqual(255);
    expect(one?.isWellFormed()).toBe(true);
    expect(one).not.toBe(other);
  });
});

describe('The fingerprint of a finding', () => {
  const fingerprintsOf = (images: readonly ImageResult[]): readonly string[] =>
    runOf(images).results.map(
      ({ partialFingerprints }: { partialFingerprints: Record<string, string> }) =>
        partialFingerprints.primaryLocationLineHash,
    );
  const { image } = imageResult();

  test('stays the same when tag, digest, fix and severity change', () => {
    const before = fingerprintsOf([imageResult([finding()])]);
    const after = fingerprintsOf([
      imageResult([finding({ fix: { version: '3.1' }, severity: 'critical', cvss: 10 })], {
        name: 'registry.example.com:5000/team/app:2.0',
        image: image && { ...image, tag: '2.0', scanBy: { tag: '2.0' } },
        digest: OTHER_DIGEST,
      }),
    ]);
    expect(after).toEqual(before);
    expect(before).toEqual([expect.stringMatching(/^[0-9a-f]{16}:1$/)]);
  });

  test('stays the same when other findings come and go', () => {
    const [alone] = fingerprintsOf([imageResult([finding({ packageVersion: '3.0.9' })])]);
    const both = fingerprintsOf([
      imageResult([finding({ packageVersion: '1.1.1' }), finding({ packageVersion: '3.0.9' })]),
    ]);
    expect(both[1]).toBe(alone);
  });

  test('distinguishes findings, versions, paths, causes, repositories and platforms', () => {
    const platform = { os: 'linux', architecture: 'arm64', variant: '' };
    const all = fingerprintsOf([
      imageResult(alikeFindings),
      otherImage('web', alikeFindings),
      imageResult(alikeFindings, { image: image && { ...image, platform } }),
    ]);
    expect(new Set(all).size).toBe(3 * alikeFindings.length);
  });
});

describe('The location of a finding', () => {
  test.each([
    ['', 'library/alpine', 'library/alpine'],
    ['registry.example.com:5000', 'team/app', 'registry.example.com%3A5000/team/app'],
    ['https://registry.example.com/', 'team/app', 'registry.example.com/team/app'],
    ['localhost:5000', 'app', 'localhost%3A5000/app'],
    ['[::1]:5000', 'app', '%5B%3A%3A1%5D%3A5000/app'],
    ['', '../../etc/passwd', 'etc/passwd'],
  ])(
    'in registry %p and repository %p is %s, without a scheme and without a tag',
    (registry, repository, uri) => {
      const { image } = imageResult();
      expect(artifactUri(imageResult([], { image: image && { ...image, registry, repository } }))).toBe(uri);
    },
  );
});

test('A statement of OpenVEX suppresses a result, and grace raises no level', () => {
  const [suppressed] = resultsOf([finding({ waivers: [{ kind: 'vex', statement: VEX_STATEMENT }] })]);
  expect(suppressed.suppressions).toHaveLength(1);
  const [mild] = resultsOf([finding({ severity: 'low', waivers: [{ kind: 'grace', endsAtMs: 0 }] })]);
  expect(mild.level).toBe('note');
});
