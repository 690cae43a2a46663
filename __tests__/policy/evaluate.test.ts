import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Identity } from '../../src/image/identity.ts';
import type { Image, Subject } from '../../src/image/image.ts';
import type { FailedRead, PlatformManifest } from '../../src/image/manifests.ts';
import { UNKNOWN_PLATFORM } from '../../src/image/platform.ts';
import type { Because } from '../../src/policy/because.ts';
import { decide } from '../../src/policy/decision.ts';
import { type EvaluationContext, evaluateImages } from '../../src/policy/evaluate.ts';
import { openOnFindings } from '../../src/policy/gates.ts';
import { givenUpFacts } from '../../src/policy/given-up.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { type Reason, VERDICT_OF } from '../../src/policy/reasons.ts';
import type { ImageResult } from '../../src/policy/result.ts';
import type { IdentityEvidence } from '../../src/policy/scan-gates.ts';
import { failedImage } from '../../src/policy/unproven-image.ts';
import type { ImageScanResult } from '../../src/scan/evidence.ts';
import type { History } from '../../src/scan/history.ts';
import type { Finished, GivenUp } from '../../src/scan/state.ts';
import { Timeline } from '../../src/scan/timeline.ts';
import type { Unread } from '../../src/scan/unread.ts';
import type { EvaluableOutcome } from '../../src/scan/wait.ts';
import { describe as describeFacts } from '../../src/text/catalogue.ts';
import { warningTexts } from '../../src/text/image-warning-text.ts';
import { finding } from '../builders/finding.ts';
import { noGates } from '../builders/policy.ts';
import {
  absent,
  DIGEST,
  entry,
  OTHER_DIGEST,
  row as scannedAt,
  shows,
  unreadable,
} from '../scan/evidence.ts';
import { complianceIssue, evaluateOne as evaluate, imageOf, noonOf, rowOf } from './builders.ts';

const NAME = 'registry.example.com/team/app:1.4';

const image: Image = {
  registry: 'https://registry.example.com',
  repository: 'team/app',
  tag: '1.4',
  digest: undefined,
  scanBy: { tag: '1.4' },
  platform: undefined,
};
const pinned: Image = { ...image, digest: DIGEST };
const byDigest: Image = { ...image, tag: undefined, digest: DIGEST, scanBy: { digest: DIGEST } };

const context: EvaluationContext = {
  mode: 'trigger',
  policy: noGates,
  limits: { timeoutMs: 1_800_000, startTimeoutMs: 300_000, reportTimeoutMs: 120_000 },
  maxScanAgeMs: undefined,
  decidedAt: noonOf('2026-11-24'),
};
const gated = (policy: Partial<Policy>): EvaluationContext => ({
  ...context,
  policy: { ...noGates, ...policy },
});

const before = scannedAt('08:00:00');
const row = scannedAt('09:00:20', { digest: DIGEST, digests: [DIGEST] });

const history: History = {
  baseline: shows(before, '09:00:00'),
  readAtMs: Date.parse('2026-11-02T09:00:00Z'),
  snapshot: shows(before, '09:01:00'),
  rows: [],
  progress: [entry({ scanned: 1, total: 2 }), entry()],
  wasSeen: true,
  error: undefined,
  outdated: undefined,
  hadSeveral: false,
  hadIncompleteEnd: false,
  vanished: [],
  polledAtMs: 0,
  isAnswered: true,
};
const finished: Finished = { phase: 'finished', proof: 'report', row, error: undefined, history };
const givenUp = (why: GivenUp['why'], from: GivenUp['from'], given: Partial<History> = {}): GivenUp => ({
  phase: 'given-up',
  why,
  from,
  history: { ...history, ...given },
});

const calls = { made: 9, refused: 4 };
const ended = (state: Finished | GivenUp, unread?: Unread): EvaluableOutcome => ({
  kind: 'ended',
  state,
  unread,
  calls,
});

const noEvidence: IdentityEvidence = { identity: undefined, registryError: undefined, requiredPlatforms: [] };
const same = (given: Partial<Extract<Identity, { kind: 'same' }>> = {}): Identity => ({
  kind: 'same',
  scanned: [],
  isComplete: undefined,
  promote: DIGEST,
  ...given,
});
const evidence = (identity: Identity, given: Partial<IdentityEvidence> = {}): IdentityEvidence => ({
  ...noEvidence,
  identity,
  ...given,
});

const evaluated = (
  state: Finished | GivenUp,
  {
    of = image,
    given = noEvidence,
    within = context,
    unread,
  }: { of?: Image; given?: IdentityEvidence; within?: EvaluationContext; unread?: Unread | undefined } = {},
) => evaluate(of, ended(state, unread), given, within);
const messageOf = (...args: Parameters<typeof evaluated>) => told(evaluated(...args)).message;
/** Each gate in the order in which they decide, with its state, its reason and the kind of its facts. */
const gatesTold = (gates: ImageResult['gates']) =>
  gates.map(({ gate, state, reason, detail }) => `${gate} ${state} ${reason} ${detail.kind}`);
/** The reason, and what people read. */
const told = ({ name, decision: { reason, because } }: ImageResult) => ({
  reason,
  message: describeFacts(because, { name, issuesPage: undefined }).what,
});

describe('A finished scan', () => {
  test('passes, with everything that the report gives', () => {
    const { vulnerabilityCounts, findings } = rowOf([finding()]);
    const result = evaluated({ ...finished, row: { ...row, vulnerabilityCounts, findings } });
    expect(result).toMatchObject({
      name: NAME,
      image,
      decision: { verdict: 'passed', reason: 'scan-completed' },
      proof: 'report',
      baseline: history.baseline,
      digest: DIGEST,
      imageByDigest: `registry.example.com/team/app@${DIGEST}`,
      scanTime: '2026-11-02T09:00:20Z',
      isDigestVerified: false,
      hasAllPlatforms: undefined,
      warnings: [],
    });
    expect(result.assessment?.vulnerabilities?.total).toBe(1);
  });

  test.each<[Finished['proof'], Reason, string]>([
    ['report', 'scan-completed', 'is finished; the report shows the scan of 2026-11-02T09:00:20Z.'],
    ['progress', 'scan-completed', 'is finished.'],
    ['progress-lost', 'scan-completed', 'is finished, as far as progress shows.'],
    ['digest', 'scan-completed', 'had finished before this step started; the report has the digest.'],
    ['recent', 'recent-scan', 'of 2026-11-02T09:00:20Z is recent enough for max-scan-age.'],
  ])('that %s proves is %s', (proof, reason, words) => {
    const message = `The scan of ${NAME} ${words}`;
    expect(told(evaluated({ ...finished, proof }))).toEqual({ reason, message });
  });

  test.each<[string, Partial<Finished>, { scanned: number; total: number }]>([
    [
      'the row counts its image, where progress showed no end',
      { history: { ...history, wasSeen: false } },
      { scanned: 1, total: 1 },
    ],
    ['progress counts, where it showed the end', {}, { scanned: 2, total: 3 }],
    [
      'the row counts its image, where an older scan is accepted',
      { proof: 'recent' },
      { scanned: 1, total: 1 },
    ],
    ['progress counts, where the report is unreadable', { proof: 'progress' }, { scanned: 2, total: 3 }],
    [
      'the row counts its image, where progress still shows a scan',
      { history: { ...history, progress: [entry(), entry({ isOngoing: true, total: 9 })] } },
      { scanned: 1, total: 1 },
    ],
    [
      'the row counts its image, where progress has no entry',
      { history: { ...history, progress: [] } },
      { scanned: 1, total: 1 },
    ],
    ['the row counts its image, where it has the digest', { proof: 'digest' }, { scanned: 1, total: 1 }],
    ['progress counts, where it lost the scan', { proof: 'progress-lost' }, { scanned: 2, total: 3 }],
  ])('has counts: %s', (_which, given, counts) => {
    expect(evaluated({ ...finished, ...given }).imageScan).toEqual(counts);
  });

  test.each<[string, Partial<Finished>, string]>([
    ['progress', { error: 'no such tag' }, 'no such tag'],
    ['the row', { row: { ...row, error: 'error code 5' } }, 'error code 5'],
    ['both', { error: 'no such tag', row: { ...row, error: 'error code 5' } }, 'no such tag'],
    ['progress, without a row', { error: 'no such tag', row: undefined, proof: 'progress' }, 'no such tag'],
  ])('that failed by %s is a scan error, whatever else', (_who, given, error) => {
    const within = gated({ severityCutoff: 'low' });
    const result = evaluated(
      { ...finished, ...given },
      { of: pinned, within, given: evidence({ kind: 'needs-registry' }) },
    );
    expect(told(result)).toEqual({
      reason: 'scan-error',
      message: `The Console reports that the scan of ${NAME}@${DIGEST} failed: “${error}”.`,
    });
    expect(result.warnings).toEqual([]);
  });
});

describe('The digest asked for', () => {
  const amd64: PlatformManifest = {
    digest: OTHER_DIGEST,
    configDigest: undefined,
    platform: { os: 'linux', architecture: 'amd64', variant: '' },
  };
  const name = `${NAME}@${DIGEST}`;

  test.each<[string, Identity, FailedRead | undefined, Reason, string]>([
    [
      'is another',
      { kind: 'different', why: 'other-digest', shown: [OTHER_DIGEST], platforms: [] },
      undefined,
      'digest-mismatch',
      `Asked for ${name}, but the report gives ${OTHER_DIGEST}.`,
    ],
    [
      'is of another architecture',
      { kind: 'different', why: 'architecture', shown: [], platforms: ['linux/arm64'] },
      undefined,
      'digest-mismatch',
      `Asked for ${name}, but the digest is of linux/arm64, and the report is of an image that is not ARM64.`,
    ],
    [
      'is not in the report',
      { kind: 'different', why: 'no-digest', shown: [], platforms: [] },
      { what: 'The registry answered 500' },
      'report-unavailable',
      `The registry answered 500. Asked for ${name}, but the report gives no digest of the scanned image.`,
    ],
    [
      'may be that of an index',
      { kind: 'needs-registry' },
      { what: 'The registry answered 401' },
      'digest-mismatch',
      `The registry answered 401. Asked for ${name}, but the report gives ${DIGEST}, and only the registry can say if that is a platform of it.`,
    ],
  ])(
    'never passes if it %s, and the digest that was scanned is named',
    (_what, identity, registryError, reason, message) => {
      const result = evaluated(finished, { of: pinned, given: evidence(identity, { registryError }) });
      expect(told(result)).toEqual({ reason, message });
      expect(result.isDigestVerified).toBe(false);
      expect(result.digest).toBe(finished.row?.digest);
    },
  );

  test.each<[Partial<ImageScanResult>, readonly string[]]>([
    [{ digests: [DIGEST], imageId: OTHER_DIGEST }, [DIGEST]],
    [{ digests: [], imageId: OTHER_DIGEST }, [OTHER_DIGEST]],
    [{ digests: [], imageId: undefined }, []],
  ])('that needs the registry has what the row shows as a fact: %#', (shown, expected) => {
    const state = { ...finished, row: { ...row, ...shown } };
    const { gates } = evaluated(state, { of: pinned, given: evidence({ kind: 'needs-registry' }) });
    expect(gates[1]?.detail).toMatchObject({ kind: 'registry-not-asked', shown: expected });
  });

  test('never passes if the user is not allowed to read the report, unless the scan was of that digest', () => {
    const unread: Finished = { ...finished, proof: 'progress', row: undefined };
    expect(told(evaluated(unread, { of: pinned }))).toEqual({
      reason: 'report-unavailable',
      message: `The scan of ${name} is finished, but the Console user is not allowed to read the report, which is needed to verify the digest.`,
    });
    expect(evaluated(unread, { of: byDigest }).decision.reason).toBe('scan-completed');
  });

  test.each<[string, readonly PlatformManifest[], Reason]>([
    ['was scanned', [amd64], 'scan-completed'],
    ['was not scanned', [], 'platform-unscanned'],
  ])('needs its platform, which %s', (_what, scanned, reason) => {
    const given = evidence(same({ scanned }), { requiredPlatforms: [amd64] });
    const result = told(evaluated(finished, { of: pinned, given }));
    expect(result.reason).toBe(reason);
    if (reason !== 'scan-completed') expect(result.message).toContain('The platform linux/amd64 of');
  });
});

describe('A finished scan, under a gate,', () => {
  const read = (findings: ImageScanResult['findings'], given: Partial<ImageScanResult> = {}): Finished => ({
    ...finished,
    row: { ...rowOf(findings), scanTime: row.scanTime, digest: DIGEST, digests: [DIGEST], ...given },
  });
  const high = finding({ id: 'CVE-1', severity: 'high', fix: { version: '3.0.2' }, isBlocking: true });
  const severityCutoff = 'high' as const;

  test('fails with every violation in the message, the decisive one first', () => {
    const within = gated({ severityCutoff, complianceCutoff: 'low', failOnPolicy: true });
    const result = evaluated(read([high, complianceIssue()]), { within });
    expect(told(result)).toEqual({
      reason: 'severity-cutoff',
      message:
        `The scan of ${NAME} is finished, but it has 1 finding at or above high (1 high): CVE-1 in openssl 3.0.1 (fixed in 3.0.2).` +
        ' Also, it has 1 compliance issue at or above low (1 critical): 425: Private keys stored in image: Found: /key.pem.' +
        " Also, the Console's policy blocks 1 high: CVE-1 in openssl 3.0.1 (fixed in 3.0.2).",
    });
    expect(openOnFindings(result.gates).map(({ reason }) => reason)).toEqual([
      'severity-cutoff',
      'compliance-cutoff',
      'policy-violation',
    ]);
  });

  test('never passes without the report, whatever proved the end', () => {
    const within = gated({ severityCutoff });
    for (const subject of [image, byDigest]) {
      for (const proof of ['progress', 'progress-lost'] as const) {
        const result = evaluated({ ...finished, proof, row: undefined }, { of: subject, within });
        expect(result.decision.reason).toBe('report-unavailable');
        expect(told(result).message).toContain('not allowed to read the report, which the gates need.');
        expect(result.assessment).toBeUndefined();
      }
    }
    const regular = evaluate('regular-scan', ended({ ...finished, row: undefined }), noEvidence, within);
    expect(regular.decision.reason).toBe('report-unavailable');
  });

  test('never passes without the findings, and says why without blaming rights', () => {
    const within = gated({ severityCutoff });
    const unread = { kind: 'call-refused', what: 'GET registry: the Console answered 500' } as const;
    expect(messageOf(finished, { within, unread })).toBe(
      `The scan of ${NAME} is finished, but its findings could not be read. ${unread.what}.`,
    );
    expect(messageOf(finished, { within })).toBe(
      `The scan of ${NAME} is finished, but its findings could not be read.`,
    );
  });

  test('has no such cause if a violation is certain', () => {
    expect(
      messageOf(read([high]), { within: gated({ severityCutoff }), unread: { kind: 'scan-gone' } }),
    ).toMatch(/\(fixed in 3\.0\.2\)\.$/);
  });

  test('fails if the distribution is not supported', () => {
    const state = read([], { isUnsupportedDistro: true });
    expect(evaluated(state, { within: gated({ severityCutoff }) })).toMatchObject({
      decision: { verdict: 'failed', reason: 'coverage-missing' },
      warnings: [],
    });
  });

  test('that is recent enough fails all the same', () => {
    expect(
      evaluated({ ...read([high]), proof: 'recent' }, { within: gated({ severityCutoff }) }).decision.reason,
    ).toBe('severity-cutoff');
  });
});

describe('The gates of an image', () => {
  const platform = { os: 'linux', architecture: 'amd64', variant: '' };
  const amd64: PlatformManifest = { digest: DIGEST, configDigest: undefined, platform };
  const others = ['other-digest', 'no-digest', 'architecture', 'contradiction'] as const;
  const identities: readonly (Identity | undefined)[] = [
    undefined,
    same(),
    same({ scanned: [amd64], isComplete: true }),
    same({ scanned: [amd64], isComplete: false, promote: OTHER_DIGEST }),
    same({ scanned: [], isComplete: false, promote: undefined }),
    { kind: 'needs-registry' },
    ...others.map((why) => ({ kind: 'different', why, shown: [OTHER_DIGEST], platforms: [] }) as const),
  ];
  const subjects: readonly Image[] = [
    image,
    pinned,
    byDigest,
    { ...byDigest, platform },
    { ...pinned, platform },
    { ...byDigest, platform: UNKNOWN_PLATFORM },
  ];
  const anyScan = fc.record({
    subject: fc.constantFrom(...subjects),
    identity: fc.constantFrom(...identities),
    requiredPlatforms: fc.constantFrom<readonly PlatformManifest[]>([], [amd64]),
    hasRow: fc.boolean(),
    error: fc.constantFrom(undefined, 'no such tag'),
    rowError: fc.constantFrom(undefined, undefined, 'error code 5'),
    severity: fc.constantFrom('critical' as const, 'low' as const),
    proof: fc.constantFrom('report' as const, 'recent' as const, 'digest' as const),
  });

  const digestOf = ({ subject, identity, hasRow }: Scan) => {
    const isByDigest = 'digest' in subject.scanBy;
    const known = hasRow ? identity : undefined;
    if (known === undefined) {
      return isByDigest ? 'met digest-mismatch none' : 'unknown report-unavailable no-row-for-digest';
    }
    if (known.kind === 'same') return 'met digest-mismatch none';
    if (known.kind === 'needs-registry') return 'not-met digest-mismatch registry-not-asked';
    return known.why === 'no-digest'
      ? 'unknown report-unavailable different-image'
      : 'not-met digest-mismatch different-image';
  };

  const platformsOf = ({ subject, identity, hasRow, requiredPlatforms }: Scan) => {
    const known = hasRow ? identity : undefined;
    const isNamed = 'digest' in subject.scanBy && subject.platform === platform;
    if (known?.kind !== 'same') return known === undefined && isNamed ? 'met none' : 'unknown not-evaluated';
    return requiredPlatforms.length > known.scanned.length ? 'not-met unscanned-platforms' : 'met none';
  };

  /** Each gate is evaluated only on what those before it have proven: the scan, then the digest. */
  const expectedGates = (scan: Scan) => {
    const { subject, requiredPlatforms, hasRow, severity, error, rowError, proof } = scan;
    const isScanned = error === undefined && !(hasRow && rowError !== undefined);
    const isPinned = subject.digest !== undefined;
    const needsPlatforms = subject.platform !== undefined || (isScanned && requiredPlatforms.length > 0);
    const isProven = isScanned && (!isPinned || digestOf(scan).startsWith('met'));
    const completed = proof === 'recent' ? 'recent-scan' : 'scan-completed';
    const findings =
      severity === 'critical' ? 'not-met severity-cutoff at-or-above' : 'met severity-cutoff none';
    const open = `unknown report-unavailable ${isProven ? 'no-row' : 'not-evaluated'}`;
    return [
      `scan ${isScanned ? `met ${completed} proven` : 'not-met scan-error scan-error'}`,
      ...(isPinned ? [`digest ${isScanned ? digestOf(scan) : 'unknown digest-mismatch not-evaluated'}`] : []),
      ...(isPinned && needsPlatforms
        ? [
            `platforms ${isScanned ? platformsOf(scan) : 'unknown not-evaluated'}`.replace(
              / (\S+)$/,
              ' platform-unscanned $1',
            ),
          ]
        : []),
      `severity-cutoff ${isProven && hasRow ? findings : open}`,
      `coverage ${isProven && hasRow ? 'met coverage-missing none' : open}`,
    ];
  };
  type Scan = typeof anyScan extends fc.Arbitrary<infer T> ? T : never;

  test('are evaluated in order, none on what is not proven, and all of them are met if it passes', () => {
    fc.assert(
      fc.property(anyScan, (scan) => {
        const { subject, identity, requiredPlatforms, hasRow, error, rowError, severity, proof } = scan;
        const read = { ...row, ...rowOf([finding({ severity })]), error: rowError, digest: OTHER_DIGEST };
        const state: Finished = { ...finished, proof, error, row: hasRow ? read : undefined };
        const given = { ...noEvidence, identity: hasRow ? identity : undefined, requiredPlatforms };
        const within = gated({ severityCutoff: 'high' });
        const { gates, ...result } = evaluated(state, { of: subject, given, within });
        expect(gatesTold(gates)).toEqual(expectedGates(scan));
        const deciding =
          gates.find(({ state: met }) => met === 'not-met') ??
          gates.find(({ state: met }) => met === 'unknown');
        const passed = proof === 'recent' ? 'recent-scan' : 'scan-completed';
        expect(result.decision.reason).toBe(deciding?.reason ?? passed);
        expect(result.decision.verdict === 'passed').toBe(deciding === undefined);
        const isSame = given.identity?.kind === 'same';
        expect(result.isDigestVerified).toBe(isSame);
        expect(result.hasAllPlatforms).toBe(
          given.identity?.kind === 'same' ? given.identity.isComplete : undefined,
        );
        const digest = given.identity?.kind === 'same' ? given.identity.promote : state.row?.digest;
        expect([result.digest, result.promotes]).toEqual([digest, digest]);
        expect(result.imageByDigest).toBe(digest && `registry.example.com/team/app@${digest}`);
      }),
      { numRuns: 2_000 },
    );
  });
});

test('An image is compared with its reference by every digest that is proven for it', () => {
  const name = 'registry.example.com/team/app:live';
  const read = { ...row, ...rowOf([finding()]), digest: DIGEST, digests: [DIGEST] };
  const live = { ...read, digest: OTHER_DIGEST, digests: [OTHER_DIGEST] };
  const reference = { name, image: imageOf(name), reading: { kind: 'rows', rows: [live] } } as const;
  const scanned = [{ platform: undefined, digest: OTHER_DIGEST, configDigest: undefined }];
  const outcome = ended({ ...finished, row: read });
  const end = { subject: pinned, outcome, reference, timeline: new Timeline() };
  const kinds = [evidence(same({ scanned, promote: OTHER_DIGEST })), noEvidence].map((given) => {
    const [result] = evaluateImages([{ ...end, evidence: given }], context);
    return result?.assessment?.comparison?.kind;
  });
  expect(kinds).toEqual(['same-image', 'compared']);
});

describe('What decides nothing is a warning:', () => {
  const warningsOf = (given: Partial<Finished>, unread?: Unread) =>
    warningTexts(evaluated({ ...finished, ...given }, { unread }));

  test.each<[string, Partial<ImageScanResult>, readonly string[]]>([
    ['nothing', {}, []],
    [
      'no digest',
      { digest: undefined, digests: [] },
      [`The report gives no single digest for ${NAME}, so the outputs have none to promote by.`],
    ],
    [
      'an unsupported distribution',
      { isUnsupportedDistro: true },
      [`The scanner does not support the distribution of ${NAME}, so an empty report proves nothing.`],
    ],
    [
      'fields that were left out',
      { ignoredFields: ['riskFactors', 'link'] },
      [
        `The report of ${NAME} has fields of an unexpected type: riskFactors, link. They are ignored, but a field that could show a fix or an exploit counts as one.`,
      ],
    ],
    [
      'unknown severities, each once',
      { findings: ['odd', 'odd', 'new', undefined].map((rawSeverity) => finding({ rawSeverity })) },
      [`The report of ${NAME} has severities that are unknown here (“new”, “odd”); they count as critical.`],
    ],
    [
      'unknown words of status, five at most',
      { findings: ['1', '2', '3', '4', '5', '6'].map((rawStatus) => finding({ rawStatus })) },
      [
        `The report of ${NAME} has words of status that are unknown here (“1”, “2”, “3”, “4”, “5” and 1 more); they count as a fix.`,
      ],
    ],
  ])('%s', (_what, given, warnings) => {
    const result = warningsOf({ row: { ...row, ...given } });
    expect([...result].toSorted()).toEqual([...warnings].toSorted());
  });

  test('findings that could not be read', () => {
    const unread = { kind: 'call-refused', what: 'GET registry: the Console answered 500' } as const;
    expect(warningsOf({}, unread)).toEqual([
      `The findings of ${NAME} could not be read: GET registry: the Console answered 500.`,
    ]);
  });

  test('an end that progress alone shows, or does not even show', () => {
    expect(warningsOf({ proof: 'progress', row: undefined })).toEqual([
      expect.stringContaining('progress alone shows the end'),
    ]);
    expect(warningsOf({ proof: 'progress-lost', row: undefined })).toEqual([
      expect.stringContaining('Progress stopped showing the scan'),
    ]);
  });

  test('none of the regular scan, which has no row', () => {
    const result = evaluate(
      'regular-scan',
      ended({ ...finished, proof: 'progress', row: undefined }),
      noEvidence,
      context,
    );
    expect(result).toMatchObject({
      image: undefined,
      warnings: [],
      imageByDigest: undefined,
      decision: { reason: 'scan-completed' },
    });
  });
});

/** What no result has without the proof of a scan. */
const nothingProven = {
  digest: undefined,
  promotes: undefined,
  imageByDigest: undefined,
  isDigestVerified: false,
  hasAllPlatforms: undefined,
  scanTime: undefined,
  assessment: undefined,
  proof: undefined,
  inventory: { kind: 'unknown', why: 'not-read' },
  warnings: [],
};

describe('A wait that is given up', () => {
  test.each<[GivenUp['why'], Reason]>([
    ['not-started', 'platform-unscanned'],
    ['incomplete', 'platform-unscanned'],
    ['still-scanning', 'still-scanning'],
    ['unconfirmed', 'unconfirmed'],
  ])('of one platform of an image, as %s, is %s', (why, reason) => {
    const platform = { os: 'linux', architecture: 'arm64', variant: '' };
    const state = ended(givenUp(why, 'pending'));
    const result = told(evaluate({ ...byDigest, platform }, state, noEvidence, context));
    expect(result.reason).toBe(reason);
    expect(result.message).toContain('(linux/arm64)');
  });

  const outdated = { text: '2026-11-02T08:30:00Z', epochMs: Date.parse('2026-11-02T08:30:00Z') };
  const incomplete = [entry({ scanned: 3, total: 10 })];
  const noRow = ' The report has no row of it.';
  const skewed =
    ' The report shows a scan of 2026-11-02T08:30:00Z, more than five minutes before 2026-11-02T09:00:00.000Z, when this step ' +
    'first read the report.';
  const endNotShown = `Progress showed the end of the scan of ${NAME}, but the report showed no new scan of it within 2m.`;
  const overBefore = `A scan of ${NAME} had finished before this step started, and no newer one showed within 2m.`;

  // The golden page has the sentences of the others.
  const CASES: readonly (readonly [GivenUp, Reason, string])[] = [
    [
      givenUp('not-started', 'pending'),
      'not-started',
      `No sign of a scan of ${NAME} within 5m. The last scan in the report is of 2026-11-02T08:00:00Z, 1h1m old.`,
    ],
    [
      givenUp('not-started', 'pending', { snapshot: absent('09:00:00') }),
      'not-started',
      `No sign of a scan of ${NAME} within 5m.`,
    ],
    [
      givenUp('not-started', 'pending', { snapshot: shows(before) }),
      'not-started',
      `No sign of a scan of ${NAME} within 5m. The last scan in the report is of 2026-11-02T08:00:00Z, 1h old.`,
    ],
    [
      givenUp('not-started', 'pending', { snapshot: shows(scannedAt(undefined)) }),
      'not-started',
      `No sign of a scan of ${NAME} within 5m.`,
    ],
    [
      givenUp('still-scanning', 'scanning', { snapshot: unreadable() }),
      'still-scanning',
      `The scan of ${NAME} was still running when the timeout of 30m was over.`,
    ],
    [
      givenUp('still-scanning', 'between-batches', { snapshot: unreadable() }),
      'still-scanning',
      `The scan of ${NAME} was between two batches when the timeout of 30m was over.`,
    ],
    [
      givenUp('incomplete', 'awaiting-report', { progress: incomplete }),
      'scan-incomplete',
      `The scan of ${NAME} ended after 3 of 10 images.`,
    ],
    [
      givenUp('incomplete', 'awaiting-report', {
        progress: [{ ...entry(), discovery: { scanned: 1, total: 3, error: undefined } }],
      }),
      'scan-incomplete',
      `The scan of ${NAME} ended after 1 of 3 steps of its discovery.`,
    ],
    [
      givenUp('incomplete', 'between-batches', { progress: [entry()], hadIncompleteEnd: true }),
      'scan-incomplete',
      `The scan of ${NAME} ended before all of its parts were scanned.`,
    ],
    [
      givenUp('unconfirmed', 'awaiting-report', { snapshot: shows(scannedAt(undefined)) }),
      'unconfirmed',
      `${endNotShown} The report has the image, and no scan of it.`,
    ],
    [givenUp('unconfirmed', 'awaiting-report', { outdated }), 'unconfirmed', `${endNotShown}${skewed}`],
    [givenUp('unconfirmed', 'over-before', { snapshot: absent() }), 'unconfirmed', `${overBefore}${noRow}`],
  ];

  test.each(CASES)('says why: %#', (state, reason, message) => {
    const result = evaluated(state);
    expect(told(result)).toEqual({ reason, message });
  });

  test('never passes, whatever it is and wherever it comes from, and evaluates no other gate', () => {
    const whys = ['not-triggered', 'not-started', 'still-scanning', 'unconfirmed', 'incomplete'] as const;
    const phases = [
      'pending',
      'scanning',
      'over-before',
      'awaiting-report',
      'awaiting-better-row',
      'lost',
      'between-batches',
    ] as const;
    const open = ['severity-cutoff', 'coverage'].map(
      (gate) => `${gate} unknown report-unavailable not-evaluated`,
    );
    const digest = 'digest unknown digest-mismatch not-evaluated';
    const platforms = 'platforms unknown platform-unscanned not-evaluated';
    const subjects: readonly (readonly [Subject, readonly string[]])[] = [
      ['regular-scan', open],
      [image, open],
      [pinned, [digest, ...open]],
      [{ ...pinned, platform: UNKNOWN_PLATFORM }, [digest, platforms, ...open]],
    ];
    const within = gated({ severityCutoff: 'high' });
    for (const [why, from] of whys.flatMap((each) => phases.map((phase) => [each, phase] as const))) {
      for (const [subject, others] of subjects) {
        const result = evaluate(subject, ended(givenUp(why, from)), noEvidence, within);
        expect(result.decision.verdict).not.toBe('passed');
        expect(told(result).message).toMatch(/^[A-Z].*\.$/);
        const state = why === 'incomplete' ? 'not-met' : 'unknown';
        const { reason } = result.decision;
        expect(gatesTold(result.gates)).toEqual([`scan ${state} ${reason} given-up`, ...others]);
        expect(result).toMatchObject({ ...nothingProven, baseline: history.baseline });
      }
    }
  });

  const dated = { ...history, snapshot: shows(before, '09:01:00') };

  test.each<[Partial<History>, object]>([
    [dated, { kind: 'scan', scanTime: before.scanTime?.text, ageMs: 3_660_000 }],
    [
      { ...dated, readAtMs: undefined },
      { kind: 'scan', ageMs: 3_660_000 },
    ],
    [
      { ...dated, readAtMs: undefined, baseline: absent() },
      { kind: 'undated-scan', scanTime: before.scanTime?.text },
    ],
    [
      { ...dated, baseline: absent() },
      { kind: 'scan', ageMs: 3_660_000 },
    ],
    [
      { readAtMs: undefined, snapshot: shows(before, undefined) },
      { kind: 'scan', ageMs: undefined },
    ],
    [{ snapshot: unreadable() }, { kind: 'unreadable' }],
  ])('knows what the report shows instead: %#', (given, shown) => {
    expect(givenUpFacts(givenUp('unconfirmed', 'lost', given), context).shown).toMatchObject(shown);
  });

  test('says that the scan that is there is older than max-scan-age', () => {
    const state = givenUp('not-started', 'pending');
    const within = { ...context, mode: 'await', maxScanAgeMs: 3_600_000 } as const;
    expect(messageOf(state, { within })).toContain('1h1m old, which is older than max-scan-age 1h.');
    expect(messageOf(state)).toContain('1h1m old.');
  });

  test('has the counts that were seen', () => {
    expect(evaluated(givenUp('still-scanning', 'scanning')).imageScan).toEqual({ scanned: 2, total: 3 });
  });
});

describe('A wait without a response', () => {
  test.each([
    ['unreachable', 'unreachable'],
    ['rate-limited', 'unreachable'],
    ['invalid-response', 'invalid-response'],
  ] as const)('of kind %s is %s', (kind, reason) => {
    const failure = { kind, what: 'GET registry: refused', retryAfterMs: undefined };
    const within = gated({ severityCutoff: 'high' });
    const result = evaluate(pinned, { kind: 'no-response', failure, history, calls }, noEvidence, within);
    const crowd = kind === 'rate-limited' ? ' The Console refused 4 of 9 calls of this wait.' : '';
    expect(told(result)).toEqual({ reason, message: `GET registry: refused.${crowd}` });
    expect(result).toMatchObject({
      ...nothingProven,
      imageScan: { scanned: 2, total: 3 },
      baseline: undefined,
    });
    expect(gatesTold(result.gates)).toEqual([
      `scan unknown ${reason} no-response`,
      'digest unknown digest-mismatch not-evaluated',
      'severity-cutoff unknown report-unavailable not-evaluated',
      'coverage unknown report-unavailable not-evaluated',
    ]);
    const unseen = { kind: 'no-response', failure, history: undefined, calls } as const;
    expect(evaluate(image, unseen, noEvidence, context).imageScan).toEqual({ scanned: 0, total: 0 });
  });
});

describe('An error', () => {
  const registryError = { what: 'No answer', hint: undefined };
  const unread = { kind: 'registry-unread', registryError } as const;

  test.each<[Reason, Because, string]>([
    ['internal', { kind: 'defect', message: 'x' }, 'scan unknown'],
    ['digest-mismatch', { ...unread, question: 'digest' }, 'digest not-met'],
    ['platform-unscanned', { ...unread, question: 'platforms' }, 'platforms not-met'],
    [
      'platform-unscanned',
      { kind: 'platform-absent', platform: 'linux/arm64', registryError: undefined },
      'platforms not-met',
    ],
  ])(
    'that ends a wait as %s keeps what was seen, and leaves the others as they are',
    (reason, because, gate) => {
      const error = decide(reason, because);
      const failed = failedImage(pinned, [entry()], error);
      expect(failed).toMatchObject({
        ...nothingProven,
        imageScan: { scanned: 1, total: 1 },
        decision: error,
      });
      expect(gatesTold(failed.gates)).toEqual([`${gate} ${reason} ended-by-error`]);
      const timeline = new Timeline();
      const read = { ...row, ...rowOf([finding()]) };
      const outcome = ended({ ...finished, row: read });
      const others = [image, { ...image, tag: '1.5' }].map((subject) => ({
        subject,
        outcome,
        evidence: noEvidence,
        reference: undefined,
        timeline,
      }));
      const [first, ...rest] = evaluateImages(
        [others[0], { subject: pinned, error, progress: [entry()], timeline }, others[1]].flatMap(
          (end) => end ?? [],
        ),
        context,
      );
      expect([first, ...rest.slice(1)].map((each) => each?.assessment?.findings?.length)).toEqual([1, 1]);
      expect(rest[0]).toEqual(failed);
    },
  );
});

test('Every reason has a verdict, and only three of them pass', () => {
  const passing = Object.entries(VERDICT_OF).filter(([, verdict]) => verdict === 'passed');
  expect(passing.map(([reason]) => reason)).toEqual(['scan-completed', 'recent-scan', 'check-passed']);
});
