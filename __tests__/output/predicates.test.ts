import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { SVR_PREDICATE_TYPE, svrPredicateOf, vulnPredicateOf } from '../../src/output/predicates.ts';
import { checksumsOf, subjectsOf } from '../../src/output/subjects.ts';
import { gateResult } from '../../src/policy/gates.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { ImageResult, RunRequest } from '../../src/policy/result.ts';
import type { AssessedFinding } from '../../src/policy/waivers/waiver.ts';
import type { FindingCounts } from '../../src/scan/finding.ts';
import { noGates } from '../builders/policy.ts';
import {
  assessment,
  complianceIssue,
  DIGEST,
  decided,
  exception,
  failedRun,
  finding,
  imageResult,
  OTHER_DIGEST,
  otherImage,
  runInfo,
  runRequest,
  runResult,
  SCAN_TIME,
  unknownImage,
} from './builders.ts';
import { receiptErrors, svrStatementErrors, vulnPredicateErrors } from './schemas.ts';

describe('The predicate of a vulnerability scan', () => {
  const failed = imageResult([finding()], { decision: decided('severity-cutoff', 'One high.') });

  test.each([
    ['a pass', imageResult()],
    ['a failure', failed],
  ])('has the Console’s scan time and the receipt of the image, for %s', (_name, image) => {
    const predicate = vulnPredicateOf(runResult([image, otherImage('web')]), image, runInfo);
    expect(vulnPredicateErrors(predicate)).toEqual([]);
    expect(predicate?.metadata).toEqual({ scanStartedOn: SCAN_TIME, scanFinishedOn: SCAN_TIME });
    expect(receiptErrors(predicate?.scanner.result)).toEqual([]);
    expect(predicate?.scanner.result).toMatchObject({ verdict: image.decision.verdict });
    expect(predicate?.scanner.result.images).toHaveLength(1);
  });

  test('does not exist if the time of the scan is unknown, or is not a time', () => {
    for (const image of [unknownImage(), imageResult([], { scanTime: 'yesterday' })]) {
      expect(vulnPredicateOf(runResult([image]), image, runInfo)).toBeUndefined();
    }
  });

  test('writes a time of another form as RFC 3339, which is all that cosign decodes', () => {
    const image = imageResult([], { scanTime: '2026-11-24 10:00:00Z' });
    const predicate = vulnPredicateOf(runResult([image]), image, runInfo);
    expect(predicate?.metadata.scanFinishedOn).toBe('2026-11-24T10:00:00.000Z');
  });
});

describe('The verification result', () => {
  const predicateOf = (images: readonly ImageResult[], request: Partial<RunRequest> = {}) =>
    svrPredicateOf(runResult(images, { request: runRequest(request) }));
  const propertiesOf = (images: readonly ImageResult[], policy: Partial<Policy> = {}) =>
    predicateOf(images, { policy: { ...noGates, ...policy } })?.properties.map((property) =>
      property.replace(/^REGISTRY_SCAN_GATE_/, ''),
    );
  const proven = ['SCAN_PROVEN', 'SCAN_NEW'];

  test('is valid as a statement about all images, with the time of the decision', () => {
    const images = [imageResult([]), otherImage('web', [])];
    const predicate = predicateOf(images, {
      exceptionFiles: [{ path: 'accepted.yml', format: 'exceptions', digest: OTHER_DIGEST }],
    });
    const statement = {
      _type: 'https://in-toto.io/Statement/v1',
      subject: subjectsOf(images),
      predicateType: SVR_PREDICATE_TYPE,
      predicate,
    };
    expect(svrStatementErrors(statement)).toEqual([]);
    expect(predicate).toMatchObject({
      verifier: { id: 'urn:registry-scan-gate:verifier:1' },
      timeCreated: '2026-11-24T10:01:05.250Z',
    });
  });

  test.each([
    ['an image that failed', [imageResult([], { decision: decided('severity-cutoff', 'One high.') })]],
    [
      'one failed image of two',
      [imageResult(), otherImage('web', [], { decision: decided('scan-error', 'x') })],
    ],
    ['an image that timed out', [unknownImage()]],
    ['no image', []],
  ])('does not exist for %s', (_name, images) => {
    expect(predicateOf(images)).toBeUndefined();
  });

  test('does not exist if the run did not pass, even if its images did', () => {
    const cancelled = runResult([imageResult()], { decision: decided('signal', 'Stopped by SIGTERM.') });
    expect(svrPredicateOf(cancelled)).toBeUndefined();
    expect(svrPredicateOf(failedRun())).toBeUndefined();
    const preflight = runResult([], { decision: decided('check-passed', 'Nothing failed.') });
    expect(svrPredicateOf(preflight)).toBeUndefined();
  });

  test('has the policy by its digest, and each file of exceptions by its own', () => {
    const exceptionFiles = [
      { path: 'accepted.yml', format: 'exceptions', digest: DIGEST },
      { path: 'vex.json', format: 'openvex', digest: OTHER_DIGEST },
    ] as const;
    const [policy, ...exceptions] = predicateOf([imageResult()], { exceptionFiles })?.verifier.policies ?? [];
    const content = policy !== undefined && 'content' in policy ? String(policy.content) : undefined;
    const text = Buffer.from(content ?? '', 'base64').toString();
    expect(JSON.parse(text)).toMatchObject({
      severityCutoff: null,
      exceptions: [
        { format: 'exceptions', digest: DIGEST },
        { format: 'openvex', digest: OTHER_DIGEST },
      ],
    });
    expect(policy?.digest.sha256).toBe(createHash('sha256').update(text).digest('hex'));
    expect(exceptions).toEqual([
      { name: 'exceptions', digest: { sha256: 'a'.repeat(64) } },
      { name: 'exceptions', digest: { sha256: 'b'.repeat(64) } },
    ]);
    expect(predicateOf([imageResult()])?.verifier.policies).toHaveLength(1);
  });

  test('says nothing of findings if no gate was set, even if there are none', () => {
    expect(propertiesOf([imageResult([])])).toEqual(proven);
  });

  test.each([
    ['report', proven],
    ['recent', ['SCAN_PROVEN']],
    ['digest', ['SCAN_PROVEN']],
    ['progress', []],
    ['progress-lost', []],
  ] as const)('says of a scan proven by %s: %p', (proof, properties) => {
    expect(propertiesOf([imageResult([], { proof })])).toEqual(properties);
    expect(propertiesOf([imageResult([]), imageResult([], { proof })])).toEqual(properties);
  });

  test('says that digests are verified and platforms are complete if every image’s are', () => {
    const checked = imageResult([], { isDigestVerified: true, hasAllPlatforms: true });
    expect(propertiesOf([checked])).toEqual([...proven, 'DIGEST_VERIFIED', 'ALL_PLATFORMS']);
    expect(propertiesOf([checked, imageResult([])])).toEqual(proven);
    expect(propertiesOf([{ ...checked, hasAllPlatforms: false }])).toEqual([...proven, 'DIGEST_VERIFIED']);
  });

  test('says which severities severity-cutoff found absent', () => {
    const noCritical = 'NO_CRITICAL_FINDINGS';
    const images = [imageResult([finding({ severity: 'medium' })]), otherImage('web', [])];
    expect(propertiesOf(images, { severityCutoff: 'critical' })).toEqual([...proven, noCritical]);
    expect(propertiesOf(images, { severityCutoff: 'high' })).toEqual([
      ...proven,
      noCritical,
      'NO_HIGH_FINDINGS',
    ]);
  });

  test('does not say so if only-fixed lets findings without a fix pass', () => {
    expect(propertiesOf([imageResult([])], { severityCutoff: 'high', onlyFixed: true })).toEqual(proven);
  });

  test('says which severities have nothing new, in the place of those that have nothing', () => {
    const policy = { severityCutoff: 'high', compareWith: 'app:live' } as const;
    const none = { critical: 0, high: 0, medium: 0, low: 0, total: 0 };
    const compared = (added: FindingCounts): ImageResult => {
      const findings = [finding({ severity: 'high', waivers: [{ kind: 'known', reference: 'app:live' }] })];
      const row = { digest: DIGEST, scanTime: SCAN_TIME } as const;
      const given = { kind: 'compared', reference: 'app:live', row, added, known: none, gone: 0 } as const;
      const comparison = { ...given, isPartial: false, isPromoted: false };
      return imageResult(findings, { assessment: assessment(findings, { comparison }) });
    };
    expect(propertiesOf([compared(none)], policy)).toEqual([
      ...proven,
      'NO_NEW_CRITICAL_FINDINGS',
      'NO_NEW_HIGH_FINDINGS',
    ]);
    const withNew = compared({ ...none, high: 1, total: 1 });
    expect(propertiesOf([withNew], policy)).toEqual([...proven, 'NO_NEW_CRITICAL_FINDINGS']);
    expect(propertiesOf([compared(none), imageResult([])], policy)).toEqual(proven);
  });

  test.each<[AssessedFinding['exploit'], 'in-the-wild' | 'poc', readonly string[]]>([
    [undefined, 'in-the-wild', ['NO_FINDINGS_EXPLOITED_IN_THE_WILD']],
    [undefined, 'poc', ['NO_FINDINGS_EXPLOITED_IN_THE_WILD', 'NO_FINDINGS_WITH_EXPLOIT']],
    ['poc', 'in-the-wild', ['NO_FINDINGS_EXPLOITED_IN_THE_WILD']],
    ['poc', 'poc', ['NO_FINDINGS_EXPLOITED_IN_THE_WILD']],
    ['in-the-wild', 'poc', []],
  ])('with the exploit %j and exploit-cutoff %s says %j', (exploit, exploitCutoff, properties) => {
    const image = imageResult([finding({ exploit, acceptedBy: exception })]);
    const gates = [...image.gates, gateResult('exploit-cutoff', 'exploit-cutoff')];
    expect(propertiesOf([{ ...image, gates }], { exploitCutoff })).toEqual([...proven, ...properties]);
    expect(propertiesOf([image], { exploitCutoff })).toEqual(proven);
  });

  test('does not say so of a severity in which an exception accepted a finding', () => {
    const accepted = imageResult([finding({ severity: 'high', acceptedBy: exception })]);
    expect(propertiesOf([accepted], { severityCutoff: 'high' })).toEqual([...proven, 'NO_CRITICAL_FINDINGS']);
    expect(propertiesOf([imageResult([]), accepted], { severityCutoff: 'high' })).toEqual([
      ...proven,
      'NO_CRITICAL_FINDINGS',
    ]);
  });

  test.each([
    ['counts more than it lists', { isComplete: false }],
    ['has no counts', { vulnerabilities: undefined, compliance: undefined }],
    ['is of a distribution that the scanner does not cover', { isUnsupportedDistro: true }],
  ])('says nothing of findings if the report %s', (_name, given) => {
    const image = imageResult([], { assessment: assessment([], given) });
    const policy = { severityCutoff: 'low', complianceCutoff: 'low' } as const;
    expect(propertiesOf([image], policy)).toEqual(proven);
  });

  test('says which severities compliance-cutoff found absent, whatever only-fixed is', () => {
    const issue = imageResult([complianceIssue({ severity: 'medium' }), finding({ severity: 'critical' })]);
    const properties = ['NO_CRITICAL_COMPLIANCE_ISSUES', 'NO_HIGH_COMPLIANCE_ISSUES'];
    expect(propertiesOf([issue], { complianceCutoff: 'high', onlyFixed: true })).toEqual([
      ...proven,
      ...properties,
    ]);
  });

  test('says that the Console’s policy passed if the gate was set and nothing is blocking', () => {
    const blocked = imageResult([finding({ isBlocking: true, acceptedBy: exception })]);
    expect(propertiesOf([imageResult()], { failOnPolicy: true })).toEqual([...proven, 'POLICY_PASSED']);
    expect(propertiesOf([imageResult(), blocked], { failOnPolicy: true })).toEqual(proven);
    expect(propertiesOf([imageResult()])).toEqual(proven);
  });
});

describe('The subjects', () => {
  test('are the digests of all images, by repository', () => {
    const images = [
      imageResult(),
      otherImage('web', [], { digest: OTHER_DIGEST, promotes: undefined }),
      unknownImage(),
    ];
    expect(checksumsOf(images)).toBe(
      `${'a'.repeat(64)}  registry.example.com:5000/team/app\n${'b'.repeat(64)}  registry.example.com:5000/team/web\n`,
    );
  });

  test('are without repetition, the index before the platforms that were scanned', () => {
    const index = `registry.example.com:5000/team/app@${DIGEST}`;
    const images = [
      imageResult([], { digest: OTHER_DIGEST, imageByDigest: index }),
      imageResult([], { digest: DIGEST, imageByDigest: index }),
    ];
    expect(subjectsOf(images).map(({ digest }) => digest.sha256)).toEqual(['a'.repeat(64), 'b'.repeat(64)]);
  });

  test('are read back by the rules of actions/attest', () => {
    const { image } = imageResult();
    const hub = imageResult([], { image: image && { ...image, registry: '', repository: 'library/alpine' } });
    const lines = checksumsOf([imageResult(), hub]).split('\n').filter(Boolean);
    const read = lines.map((line) => {
      const blank = line.indexOf(' ');
      return [line.slice(0, blank), line.slice(blank + 1).replace(/^[ *]/, '')];
    });
    expect(read).toEqual([
      ['a'.repeat(64), 'registry.example.com:5000/team/app'],
      ['a'.repeat(64), 'library/alpine'],
    ]);
  });

  test('are an empty file if no digest is known', () => {
    expect(checksumsOf([unknownImage()])).toBe('');
  });
});
