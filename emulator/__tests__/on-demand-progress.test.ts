import { describe, expect, test } from '@jest/globals';
import { buildEarlierScan, buildImage } from '../src/builders.ts';
import { alpine, alpineImage, roundScan, testConsole } from './test-console.ts';

describe('the progress of an on-demand scan', () => {
  test('is empty before a trigger, and until the scan registers', () => {
    const { entries, trigger, clock } = testConsole();
    expect(entries()).toEqual([]);
    trigger();
    clock.advance(999);
    expect(entries()).toEqual([]);
    clock.advance(1);
    expect(entries()).toHaveLength(1);
  });

  test('ends in the documented sample, field for field and in its order', () => {
    const { entries, trigger, clock } = testConsole();
    trigger();
    clock.advance(10_000);
    const sample = [
      {
        discovery: {
          id: '',
          type: '',
          discovery: false,
          total: 1,
          scanned: 1,
          title: 'Step 1/2 discovering tags in repository: library/alpine, tag: 3.16',
        },
        imageScan: {
          id: '',
          type: '',
          discovery: false,
          total: 1,
          scanned: 1,
          title: 'Step 2/2 scanning images in repository: library/alpine, tag: 3.16',
        },
        isScanOngoing: false,
        specScanStartTime: '0001-01-01T00:00:00Z',
      },
    ];
    expect(JSON.stringify(entries())).toBe(JSON.stringify(sample));
  });

  test('counts up through discovery and scan', () => {
    const { entries, trigger, clock } = testConsole({ images: [alpineImage({ images: 4 })] });
    const counts = () =>
      entries().map(({ discovery, imageScan }) => [
        discovery.scanned,
        discovery.total,
        imageScan.scanned,
        imageScan.total,
      ]);
    trigger();
    clock.advance(1_500);
    expect(counts()).toEqual([[0, 1, 0, 0]]);
    clock.advance(4_500);
    expect(counts()).toEqual([[1, 1, 2, 4]]);
    clock.advance(4_000);
    expect(counts()).toEqual([[1, 1, 4, 4]]);
  });

  test('shows the end once, then nothing until the next trigger', () => {
    const { ongoing, trigger, clock } = testConsole();
    trigger();
    clock.advance(9_999);
    expect(ongoing()).toEqual([true]);
    clock.advance(1);
    expect(ongoing()).toEqual([false]);
    expect(ongoing()).toEqual([]);
    trigger();
    clock.advance(5_000);
    expect(ongoing()).toEqual([true]);
  });

  test('can be ongoing with all counts complete', () => {
    const { entries, trigger, clock } = testConsole({ images: [alpineImage({ closingMs: 2_000 })] });
    trigger();
    clock.advance(11_000);
    expect(entries()).toMatchObject([{ imageScan: { scanned: 1, total: 1 }, isScanOngoing: true }]);
  });

  test('needs a repository, and a tag or a digest', () => {
    const { model } = testConsole();
    expect(model.progress({ onDemand: true }).status).toBe(400);
    expect(model.progress({ onDemand: true, repo: 'library/alpine' }).status).toBe(400);
    expect(model.progress({ onDemand: true, tag: '3.16' }).status).toBe(400);
    expect(model.progress({ onDemand: true, ...alpine })).toEqual({ status: 200, body: [] });
  });

  test('is a bad request with image parameters and no onDemand', () => {
    const { model } = testConsole();
    expect(model.progress(alpine)).toMatchObject({ status: 400, body: { err: expect.any(String) } });
    expect(model.progress({ onDemand: false, registry: 'registry.example.com' }).status).toBe(400);
  });

  test.each([
    ['discovery-error', 'discovery', 2_000],
    ['scan-error', 'imageScan', 10_000],
  ] as const)('carries the error of a %s in %s', (outcome, step, endsAfterMs) => {
    const { entries, trigger, clock } = testConsole({
      images: [alpineImage({ outcome, errorText: 'no way' })],
    });
    trigger();
    clock.advance(endsAfterMs);
    const [entry] = entries();
    expect(entry).toMatchObject({ isScanOngoing: false, [step]: { error: 'no way', scanned: 0 } });
  });

  test('never shows a scan that progress leaves out', () => {
    const { ongoing, trigger, clock, scanTimes } = testConsole({
      images: [alpineImage({ shownInProgress: false })],
    });
    trigger();
    clock.advance(5_000);
    expect(ongoing()).toEqual([]);
    clock.advance(6_000);
    expect(ongoing()).toEqual([]);
    expect(scanTimes()).toHaveLength(1);
  });

  test('has an entry for each registry that scans the same name', () => {
    const images = ['registry.example.com', 'https://mirror.example'].map((registry) =>
      buildImage({ registry, repo: 'shop/base', tag: '1', scans: [roundScan] }),
    );
    const { ongoing, trigger, clock } = testConsole({ images });
    const base = { repo: 'shop/base', tag: '1' };
    trigger({ ...base, registry: 'registry.example.com' });
    clock.advance(5_000);
    trigger({ ...base, registry: 'mirror.example' });
    clock.advance(5_000);
    expect(ongoing({ ...base, registry: 'mirror.example' })).toEqual([true]);
    expect(ongoing(base).toSorted()).toEqual([false, true]);
    expect(ongoing(base)).toEqual([true]);
  });

  test('can begin with the unread end of an earlier scan, which the new scan replaces', () => {
    const { ongoing, trigger, clock } = testConsole({
      images: [alpineImage({}, { earlier: buildEarlierScan({ unread: true }) })],
    });
    trigger();
    expect(ongoing()).toEqual([false]);
    expect(ongoing()).toEqual([]);
    clock.advance(1_000);
    expect(ongoing()).toEqual([true]);
  });

  test('titles a scan asked for by digest after the digest', () => {
    const image = alpineImage();
    const { entries, trigger, clock } = testConsole({ images: [image] });
    const byDigest = { repo: image.repo, digest: image.digest };
    trigger(byDigest);
    clock.advance(5_000);
    expect(entries()).toEqual([]);
    expect(entries(byDigest)).toMatchObject([
      {
        discovery: {
          title: `Step 1/2 discovering tags in repository: library/alpine, digest: ${image.digest}`,
        },
      },
    ]);
  });

  test('follows one script after another, and the last one again', () => {
    const image = alpineImage({}, { scans: [roundScan, { ...roundScan, scanMs: 18_000 }] });
    const { ongoing, trigger, clock } = testConsole({ images: [image] });
    const lengths = [1, 2, 3].map(() => {
      trigger();
      clock.advance(10_000);
      const [stillOngoing] = ongoing();
      clock.advance(10_000);
      ongoing();
      return stillOngoing;
    });
    expect(lengths).toEqual([false, true, true]);
  });
});
