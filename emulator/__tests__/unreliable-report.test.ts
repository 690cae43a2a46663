import { describe, expect, test } from '@jest/globals';
import { buildEarlierScan, buildImage, buildScan, digestOf } from '../src/builders.ts';
import { alpine, alpineImage, testConsole } from './test-console.ts';

const alpineName = 'library/alpine:3.16';
const hourMs = 3_600_000;

describe('a report that cannot be relied on', () => {
  test('answers null at first, and then an old row', () => {
    const { scanTimes, model } = testConsole({
      images: [alpineImage({}, { earlier: buildEarlierScan() })],
      settings: { reportNullReads: 2 },
    });
    expect(model.report()).toMatchObject({ status: 200, body: null, totalCount: undefined });
    expect(scanTimes()).toEqual([]);
    expect(scanTimes()).toHaveLength(1);
  });

  test('answers null for a while after the start and after a restart', () => {
    const { scanTimes, model, clock } = testConsole({
      images: [alpineImage({}, { earlier: buildEarlierScan() })],
      settings: { reportNullMs: 10_000 },
    });
    const seen = [scanTimes().length];
    clock.advance(10_000);
    seen.push(scanTimes().length);
    model.restart();
    seen.push(scanTimes().length);
    clock.advance(10_000);
    expect([...seen, scanTimes().length]).toEqual([0, 1, 0, 1]);
  });

  test('is answered by replicas in turn, each with the rows of its own time', () => {
    const { scanTimes } = testConsole({
      images: [
        alpineImage(
          {},
          {
            earlier: buildEarlierScan({ agoMs: hourMs }),
            history: [buildEarlierScan({ agoMs: 5 * hourMs }), buildEarlierScan({ agoMs: 3 * hourMs })],
          },
        ),
      ],
      settings: { reportReplicaLagsMs: [4 * hourMs, 0, 2 * hourMs] },
    });
    expect([scanTimes(), scanTimes(), scanTimes(), scanTimes()]).toEqual([
      ['2026-11-02T04:00:00.000Z'],
      ['2026-11-02T08:00:00.000Z'],
      ['2026-11-02T06:00:00.000Z'],
      ['2026-11-02T04:00:00.000Z'],
    ]);
  });

  test('finds a row of another tag that lists the name among its tags', () => {
    const other = buildImage({
      repo: 'library/alpine',
      tag: 'latest',
      alsoTagged: ['3.16'],
      earlier: buildEarlierScan(),
    });
    const found = (nameMatchesTags: boolean) => {
      const { model } = testConsole({ images: [alpineImage(), other], settings: { nameMatchesTags } });
      const result = model.report({ name: [alpineName] });
      return result.status === 200 ? result.body : [];
    };
    expect(found(false)).toBeNull();
    expect(found(true)).toMatchObject([
      {
        _id: 'library/alpine:latest',
        repoTag: { tag: 'latest' },
        tags: [{ tag: 'latest' }, { tag: '3.16' }],
      },
    ]);
  });

  test('has compact rows without any digest', () => {
    const { model } = testConsole({
      images: [alpineImage({}, { earlier: buildEarlierScan() })],
      settings: { compactDropsRepoDigests: true, compactDropsTagDigest: true },
    });
    expect(JSON.stringify(model.report({ compact: true }))).not.toMatch(/"digest"|repoDigests/);
    expect(JSON.stringify(model.report())).toMatch(/"digest".*repoDigests/);
  });

  test('has an error code without an error', () => {
    const { model, trigger, clock } = testConsole({ images: [alpineImage({ errCode: 7 })] });
    trigger();
    clock.advance(11_000);
    expect(model.report()).toMatchObject({ body: [{ err: '', errCode: 7 }] });
  });

  test.each([
    ['digest', `library/alpine@${digestOf('another')}`],
    ['repository', 'library/alpine'],
  ] as const)('has a row of its own for a scan by digest, named by %s', (untaggedName, name) => {
    const digest = digestOf('another');
    const { model, trigger, ongoing, clock } = testConsole({
      images: [alpineImage({}, { digests: [digest], earlier: buildEarlierScan() })],
      settings: { digestScanRow: 'untagged', untaggedName },
    });
    trigger({ repo: alpine.repo, digest });
    clock.advance(5_000);
    expect(ongoing({ repo: alpine.repo, digest })).toEqual([true]);
    clock.advance(6_000);
    expect(model.report({ name: [name] })).toMatchObject({
      body: [{ _id: name, repoTag: { repo: alpine.repo, tag: '', digest } }],
    });
    expect(model.scansOf(alpine)).toHaveLength(1);
  });
});

describe('the clocks', () => {
  test('a scan time follows the Console when its clock is set back, and the new row still replaces the old', () => {
    const { model, trigger, clock, scanTimes } = testConsole({
      images: [alpineImage({}, { earlier: buildEarlierScan({ agoMs: 10_000 }) })],
      events: [{ kind: 'clock', atMs: 2_000, byMs: -30_000 }],
    });
    trigger();
    clock.advance(11_000);
    expect(scanTimes()).toEqual(['2026-11-02T08:59:40.000Z']);
    expect(new Date(model.shownTimeMs).toISOString()).toBe('2026-11-02T08:59:41.000Z');
  });

  test('durations do not change when the clock is set ahead', () => {
    const { trigger, clock, ongoing, scanTimes } = testConsole({
      events: [{ kind: 'clock', atMs: 2_000, byMs: hourMs }],
    });
    trigger();
    clock.advance(9_999);
    expect(ongoing()).toEqual([true]);
    clock.advance(1_001);
    expect(scanTimes()).toEqual(['2026-11-02T10:00:10.000Z']);
  });

  test("a scan time follows the Defender's clock", () => {
    const { trigger, clock, scanTimes } = testConsole({ settings: { defenderSkewMs: -240_000 } });
    trigger();
    clock.advance(11_000);
    expect(scanTimes()).toEqual(['2026-11-02T08:56:10.000Z']);
  });
});

describe('what other users do', () => {
  test("another user's scan writes a row with an error, unseen in progress, before ours writes a good one", () => {
    const { model, trigger, ongoing, clock } = testConsole({
      events: [
        {
          kind: 'scan',
          atMs: 1_000,
          image: alpine,
          scan: buildScan({ outcome: 'report-error', shownInProgress: false, digest: digestOf('foreign') }),
        },
      ],
    });
    trigger();
    clock.advance(5_000);
    expect(ongoing()).toEqual([true]);
    expect(model.report()).toMatchObject({
      body: [{ err: 'failed to pull image: manifest unknown', repoTag: { digest: digestOf('foreign') } }],
    });
    clock.advance(6_000);
    expect(model.report()).toMatchObject({ body: [{ err: '', repoTag: { digest: alpineImage().digest } }] });
  });

  test('a tag is pushed again while its scan runs', () => {
    const { model, trigger, clock } = testConsole({
      events: [{ kind: 'push', atMs: 20_000, image: alpine, digest: digestOf('second push') }],
    });
    trigger();
    clock.advance(30_000);
    trigger();
    clock.advance(11_000);
    expect(model.report()).toMatchObject({ body: [{ repoTag: { digest: digestOf('second push') } }] });
  });
});

describe('a scan that scans nothing', () => {
  test.each([
    ['zero-of-zero', 0],
    ['zero-of-one', 1],
  ] as const)('a tag that does not exist ends at %s', (unknownImage, total) => {
    const missing = { repo: 'library/alpine', tag: 'missing' };
    const { entries, trigger, clock, scanTimes } = testConsole({ settings: { unknownImage } });
    expect(trigger(missing)).toMatchObject({ status: 200 });
    clock.advance(1_500);
    expect(entries(missing)).toMatchObject([{ isScanOngoing: true }]);
    clock.advance(10_000);
    expect(entries(missing)).toMatchObject([{ isScanOngoing: false, imageScan: { scanned: 0, total } }]);
    expect(entries(missing)).toEqual([]);
    expect(scanTimes('library/alpine:missing')).toEqual([]);
    trigger(missing);
    clock.advance(1_500);
    expect(entries(missing)).toHaveLength(1);
  });

  test.each([
    ['error', [{ isScanOngoing: false, imageScan: { error: 'No available Defender was found' } }], 1],
    ['nothing-scanned', [{ isScanOngoing: false, imageScan: { scanned: 0, total: 1 } }], 0],
    ['never-shows', [], 0],
  ] as const)('an ARM image without an ARM Defender: %s', (unscannablePlatform, shown, rows) => {
    const { entries, trigger, clock, scanTimes } = testConsole({
      images: [alpineImage({}, { arm64: true })],
      settings: { unscannablePlatform },
    });
    trigger();
    clock.advance(11_000);
    expect(entries()).toMatchObject(shown);
    expect(scanTimes()).toHaveLength(rows);
  });

  test('the answer to a trigger can have a body', () => {
    const { trigger } = testConsole({ settings: { triggerBody: '"accepted"' } });
    expect(trigger()).toEqual({ status: 200, body: '"accepted"', answerAfterMs: 0 });
  });
});
